# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does nothing change a value once it is made? Threads share them, and a plan must be the one that was shown."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCES = Path(__file__).parents[3] / "plugins" / "module_utils"
#: Where values are declared; `_api` has state of its own, such as connections.
FOLDERS = ("_schema", "_planning", "_reconcile")


def _values() -> Iterator[tuple[str, ast.ClassDef]]:
    for path in sorted(path for folder in FOLDERS for path in (SOURCES / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and any(isinstance(line, ast.AnnAssign) for line in node.body):
                yield f"{path.relative_to(SOURCES)}: {node.name}", node


@pytest.mark.parametrize("node", [pytest.param(node, id=name) for name, node in _values()])
def test_a_class_that_declares_fields_is_a_frozen_dataclass(node: ast.ClassDef) -> None:
    (decorator,) = map(ast.unparse, node.decorator_list)
    assert decorator.startswith("dataclass(frozen=True")

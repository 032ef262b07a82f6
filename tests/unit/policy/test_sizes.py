# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Can each file and each class be read in one sitting? What is longer does more than one thing."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from unit.policy.test_imports import PLUGINS

MOST_LINES = 300
MOST_LINES_OF_A_CLASS = 150
#: Everything but the modules and documentation fragments: those are their documentation.
FILES = sorted(path for path in PLUGINS.rglob("*.py") if path.parent.name not in ("modules", "doc_fragments"))


def lengths_of_classes(source: str) -> dict[str, int]:
    classes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef)]
    return {node.name: (node.end_lineno or 0) - node.lineno + 1 for node in classes}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_file_and_no_class_is_too_long(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= MOST_LINES
    assert {name for name, lines in lengths_of_classes(source).items() if lines > MOST_LINES_OF_A_CLASS} == set()


def test_lengths_are_of_the_whole_class() -> None:
    assert lengths_of_classes("class A:\n    one = 1\n\n    def two(self):\n        pass\n\nx = 1\n") == {"A": 5}
    assert len(FILES) > 80

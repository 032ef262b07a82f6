# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Is no check switched off, and no error swallowed?"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PLUGINS = sorted((ROOT / "plugins").rglob("*.py"))
BROAD = {"Exception", "BaseException"}


def broad_excepts(source: str) -> list[int]:
    """The lines of the handlers that catch everything, bugs included."""
    handlers = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ExceptHandler))
    return [handler.lineno for handler in handlers if handler.type is None or BROAD & names_in(handler.type)]


def names_in(expression: ast.expr) -> set[str]:
    """The plain names in an expression, and the last part of dotted ones."""
    nodes = list(ast.walk(expression))
    plain = {node.id for node in nodes if isinstance(node, ast.Name)}
    return plain | {node.attr for node in nodes if isinstance(node, ast.Attribute)}


def name_of(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("path", PLUGINS, ids=name_of)
def test_a_plugin_catches_only_errors_that_it_names(path: Path) -> None:
    assert broad_excepts(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "clause",
    ["except:", "except Exception:", "except (OSError, Exception) as error:", "except builtins.BaseException:"],
)
def test_a_broad_except_is_seen_however_it_is_written(clause: str) -> None:
    assert broad_excepts(f"try:\n    act()\n{clause}\n    pass\n") == [3]


def test_a_named_error_is_not_a_broad_except() -> None:
    assert broad_excepts("try:\n    act()\nexcept (OSError, ValueError):\n    pass\n") == []


def test_no_sanity_check_is_ignored() -> None:
    assert list((ROOT / "tests" / "sanity").glob("ignore*")) == []


def test_no_ansible_lint_rule_is_ignored() -> None:
    assert list(ROOT.rglob(".ansible-lint-ignore")) == []
    assert not re.search(
        r"^(skip_list|warn_list|mock_)", (ROOT / ".ansible-lint").read_text(encoding="utf-8"), re.MULTILINE
    )

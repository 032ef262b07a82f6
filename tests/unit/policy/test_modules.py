# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Is every module complete: in the action group, played through Ansible, and nothing but a door?"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[3]
MODULES = sorted((ROOT / "plugins" / "modules").glob("*.py"))
TARGETS = ROOT / "tests" / "integration" / "targets"
LONGEST_MAIN = 15


def name_of(path: Path) -> str:
    return path.stem


def lines_of_main(source: str) -> int:
    """Lines of the function `main`, its first one included; ValueError when there is none, or more than one."""
    (function,) = (node for node in ast.parse(source).body if getattr(node, "name", None) == "main")
    assert isinstance(function, ast.FunctionDef)
    return (function.end_lineno or 0) - function.lineno + 1


def tasks_in(target: Path) -> str:
    """Everything that an integration target plays, as one text."""
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted((target / "tasks").rglob("*.yml")))


def test_there_are_modules() -> None:
    assert MODULES


def test_the_action_group_names_every_module_and_nothing_else() -> None:
    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    assert sorted(runtime["action_groups"]["all"]) == [path.stem for path in MODULES]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_an_integration_target_plays_the_module(path: Path) -> None:
    assert f"ppio.gpu.{path.stem}:" in tasks_in(TARGETS / path.stem)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_main_is_a_few_lines(path: Path) -> None:
    assert lines_of_main(path.read_text(encoding="utf-8")) < LONGEST_MAIN


def test_the_lines_of_main_are_counted() -> None:
    assert lines_of_main("x = 1\n\n\ndef main() -> None:\n    a()\n    b()\n") == 3

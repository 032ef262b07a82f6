# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Is every module complete: in the action group, played through Ansible, its documentation judged, and thin?"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[3]
MODULES = sorted((ROOT / "plugins" / "modules").glob("*.py"))
TARGETS = ROOT / "tests" / "integration" / "targets"
MODULES_PACKAGE = "ansible_collections.ppio.gpu.plugins.modules"
CONTRACT = ROOT / "tests" / "unit" / "contract"
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


def imported_modules(source: str) -> set[str]:
    """The modules of the collection that a test imports."""
    imports = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom))
    return {alias.name for node in imports if node.module == MODULES_PACKAGE for alias in node.names}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_contract_tests_judge_options_limits_and_return_values(path: Path) -> None:
    judged = set().union(*(imported_modules(test.read_text(encoding="utf-8")) for test in CONTRACT.glob("*.py")))
    assert path.stem in judged


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_door_on_the_controller_is_there(path: Path) -> None:
    assert (ROOT / "plugins" / "action" / path.name).is_file()


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_main_is_a_few_lines(path: Path) -> None:
    assert lines_of_main(path.read_text(encoding="utf-8")) < LONGEST_MAIN


def test_the_lines_of_main_are_counted() -> None:
    assert lines_of_main("x = 1\n\n\ndef main() -> None:\n    a()\n    b()\n") == 3


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_an_old_python_gets_a_sentence_before_anything_else_is_imported(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    code = source[source.rindex('"""') + 3 :].strip().splitlines()
    assert code[0].endswith("._python import require_python")
    assert code[2] == "require_python()"
    for readable in (path, path.parents[1] / "module_utils" / "_python.py"):
        ast.parse(readable.read_text(encoding="utf-8"), feature_version=(3, 7))

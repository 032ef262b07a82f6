# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does data flow in one direction? The floors of `plugins/module_utils` and what each may import."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PLUGINS = Path(__file__).parents[3] / "plugins"
MODULE_UTILS = PLUGINS / "module_utils"
COLLECTION = "ansible_collections.ppio.gpu.plugins.module_utils."
#: The floors from the ground up, and those each may import beside itself. The base files are the ground.
BELOW: dict[str, set[str]] = {
    "": {""},
    "_schema": {"", "_schema"},
    "_options": {"", "_schema", "_options"},
    "_planning": {"", "_schema", "_planning"},
    "_api": {"", "_schema", "_api"},
    "_reconcile": {"", "_schema", "_planning", "_api", "_reconcile"},
    "_tasks": {"", "_schema", "_options", "_planning", "_api", "_reconcile", "_tasks"},
}
#: What is not Python's own, and the floors that may know it.
FOREIGN = {"ansible": {"_options", "_tasks"}, "requests": {"_api"}, "urllib3": {"_api"}}
#: Time passes where a test can hold it, and the environment is read by Ansible alone, through `env_fallback`, but for
#: the home directory.
GUARDED = {"time": {"_clock"}, "random": {"_clock"}, "os.environ": {"home"}, "os.getenv": set(), "subprocess": set()}

FILES = sorted(MODULE_UTILS.rglob("*.py"))


def floor_of(path: Path) -> str:
    return path.relative_to(MODULE_UTILS).parts[0] if path.parent != MODULE_UTILS else ""


def imported(path: Path) -> Iterator[str]:
    """Full names of what a file imports; of the collection's own, the path below `module_utils`."""
    package = path.relative_to(MODULE_UTILS).parent.parts if MODULE_UTILS in path.parents else ()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.level:
            start = package[: len(package) - node.level + 1]
            yield ".".join(("own", *start, *([node.module] if node.module else [])))
        elif isinstance(node, ast.ImportFrom):
            name = str(node.module)
            yield f"own.{name.removeprefix(COLLECTION)}" if name.startswith(COLLECTION) else name


def floors(path: Path) -> set[str]:
    """The floors that a file imports from."""
    own = [name.split(".")[1] for name in imported(path) if name.startswith("own.")]
    return {name if name in BELOW else "" for name in own}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_imports_go_down_only(path: Path) -> None:
    assert floors(path) <= BELOW[floor_of(path)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_only_some_floors_know_what_is_not_pythons_own(path: Path) -> None:
    tops = {name.split(".")[0] for name in imported(path)} - {"own"} - set(sys.stdlib_module_names)
    assert {top for top in tops if floor_of(path) not in FOREIGN.get(top, set())} == set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_guarded_names_are_used_only_where_they_may_be(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    used = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)} | set(imported(path))
    assert {name for name, files in GUARDED.items() if name in used and path.stem not in files} == set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_file_is_private_and_says_so(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    assert "private to the ppio.gpu collection" in " ".join(docstring.split()).lower()
    assert path.relative_to(MODULE_UTILS).parts[0].startswith("_")


@pytest.mark.parametrize("path", sorted((PLUGINS / "modules").glob("*.py")), ids=lambda path: path.stem)
def test_a_module_joins_a_table_and_a_task(path: Path) -> None:
    assert floors(path) <= {"", "_schema", "_tasks"}


def test_the_rule_would_notice_an_import_that_goes_up() -> None:
    assert "_tasks" in floors(MODULE_UTILS / "_tasks" / "manage.py")
    assert "_planning" in floors(MODULE_UTILS / "_reconcile" / "apply.py")

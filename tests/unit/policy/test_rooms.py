# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does data flow in one direction? Which room of `plugins/module_utils` may import what?"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
MODULE_UTILS = ROOT / "plugins" / "module_utils"
MODULES = ROOT / "plugins" / "modules"
COLLECTION = "ansible_collections.ppio.gpu.plugins.module_utils"
# How the text before a room's name may be written: from another room, from a module, from anywhere.
ROOM_PREFIXES = ("..module_utils.", f"{COLLECTION}.", ".")

# What a room may import beside Python's own library: other rooms by their name, everything else by its full one. No
# room knows one that stands below it in this list.
# fmt: off
ROOMS: dict[str, set[str]] = {
    "_resource": set(),
    "_secrets": set(),
    "_errors": {"_secrets"},
    "_pace": set(),
    "_timely": set(),
    "_catalog": {"_resource"},
    "_endpoint": {"_resource"},
    "_options": {
        "_resource", "ansible.module_utils.basic.AnsibleFallbackNotFound", "ansible.module_utils.basic.env_fallback",
    },
    "_desired": {"_errors", "_resource"},
    "_gate": {"_pace"},
    "_lock": {"_pace"},
    "_telling": {"_pace"},
    "_plan": {"_desired", "_errors", "_resource"},
    "_connection": {
        "_errors", "_secrets", "requests", "requests.adapters.HTTPAdapter", "requests.utils.DEFAULT_CA_BUNDLE_PATH",
        "urllib3.util.ssl_.create_urllib3_context",
    },
    "_http": {
        "_connection", "_errors", "_gate", "_pace", "_secrets", "_timely", "requests", "urllib3.exceptions",
    },
    "_wait": {"_desired", "_errors", "_pace", "_resource", "_telling"},
    "_outcome": {"_desired", "_errors", "_plan", "_resource"},
    "_client": {"_errors", "_gate", "_http", "_resource"},
    "_result": {"_desired", "_errors", "_outcome", "_resource", "_secrets"},
    "_concurrent": {"_client", "_gate"},
    "_create": {"_client", "_errors", "_pace"},
    "_lookup": {"_client", "_desired", "_errors", "_plan", "_resource"},
    "_proof": {"_create", "_desired", "_errors", "_lookup", "_outcome", "_pace", "_plan"},
    "_reconcile": {
        "_create", "_errors", "_lock", "_lookup", "_outcome", "_plan", "_proof", "_telling", "_wait",
    },
    "_fleet": {
        "_client", "_concurrent", "_create", "_desired", "_errors", "_lock", "_lookup", "_outcome", "_pace",
        "_plan", "_proof", "_reconcile", "_resource", "_telling", "_wait",
    },
    "_fleet_options": {"_desired", "_fleet", "_options", "_resource"},
    "_summary": {"_errors", "_fleet", "_resource", "_result", "_secrets"},
    "_task": {"_options"},
    "_reading": {
        "_catalog", "_client", "_concurrent", "_connection", "_desired", "_endpoint", "_errors", "_http", "_options",
        "_pace", "_plan", "_resource", "_result", "_task", "_telling",
    },
    "_managing": {
        "_client", "_connection", "_desired", "_errors", "_http", "_lookup", "_options", "_pace", "_reconcile",
        "_resource", "_result", "_secrets", "_task", "_telling",
    },
    "_managing_many": {
        "_client", "_connection", "_errors", "_fleet", "_fleet_options", "_http", "_pace", "_resource", "_result",
        "_secrets", "_summary", "_task", "_telling",
    },
    "_module": {
        "_connection", "_desired", "_options", "_result", "_task", "_telling", "ansible.module_utils.basic",
    },
}
# fmt: on

# A module joins the door to the description of what it is about.
MODULE_IMPORTS = {"_module", "_managing", "_managing_many", "_endpoint", "_reading"}

# Names of Python's own library that only the rooms named here may use: time passes where a test can hold it, and the
# environment is read by Ansible alone, through `env_fallback`.
GUARDED: dict[str, set[str]] = {
    "time": {"_pace"},
    "random": {"_pace"},
    "os.environ": set(),
    "os.getenv": set(),
    "subprocess": set(),
}


def imported(source: str) -> set[str]:
    """What a file imports: rooms of the collection by their own name, all else in full, names of a package included."""
    return {room_name(name) for node in ast.walk(ast.parse(source)) for name in imported_by(node)}


def imported_by(node: ast.AST) -> Iterator[str]:
    """Full names that one statement imports; `from package import name` gives `package.name`."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        package = "." * node.level + (f"{node.module}." if node.module else "")
        yield from (package + alias.name for alias in node.names)


def room_name(name: str) -> str:
    """`_http` for what is imported from that room, relatively or in full; other names as they are."""
    for prefix in ROOM_PREFIXES:
        if name.startswith(prefix):
            return name.removeprefix(prefix).split(".")[0]
    return name


def foreign(names: set[str]) -> set[str]:
    """The names that do not belong to Python's own library."""
    return {name for name in names if name.split(".")[0] not in sys.stdlib_module_names}


def forbidden(names: set[str], allowed: set[str]) -> set[str]:
    """The names that are neither allowed nor part of something allowed."""
    return {name for name in names if not any(name == item or name.startswith(f"{item}.") for item in allowed)}


def used(source: str) -> set[str]:
    """What a file imports, and every dotted name in it such as `os.environ`."""
    attributes = {ast.unparse(node) for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute)}
    return imported(source) | attributes


def guarded_uses(room: str, source: str) -> set[str]:
    """The guarded names that a room uses and may not."""
    names = used(source)
    kept_out = {guarded for guarded, rooms in GUARDED.items() if room not in rooms}
    return {guarded for guarded in kept_out if forbidden(names, {guarded}) != names}


def room_files() -> list[Path]:
    return sorted(MODULE_UTILS.rglob("*.py"))


def name_of(path: Path) -> str:
    return path.stem


def test_every_room_is_in_the_table_and_private() -> None:
    assert {path.relative_to(MODULE_UTILS).as_posix() for path in room_files()} == {f"{room}.py" for room in ROOMS}
    assert all(room.startswith("_") for room in ROOMS)


def test_every_room_stands_on_those_above_it_in_the_table() -> None:
    rooms = list(ROOMS)
    assert not {room for room in rooms if ROOMS[room] & set(rooms[rooms.index(room) :])}


@pytest.mark.parametrize("path", room_files(), ids=name_of)
def test_a_room_imports_only_what_the_table_allows(path: Path) -> None:
    assert not forbidden(foreign(imported(path.read_text(encoding="utf-8"))), ROOMS[path.stem])


@pytest.mark.parametrize("path", room_files(), ids=name_of)
def test_a_room_says_that_it_is_private(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    assert "private to the ppio.gpu collection" in " ".join(docstring.split()).lower()


@pytest.mark.parametrize("path", room_files(), ids=name_of)
def test_a_room_uses_guarded_names_only_where_it_may(path: Path) -> None:
    assert not guarded_uses(path.stem, path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", sorted(MODULES.glob("*.py")), ids=name_of)
def test_a_module_imports_only_the_door_and_what_it_is_about(path: Path) -> None:
    assert not forbidden(imported(path.read_text(encoding="utf-8")), MODULE_IMPORTS | {"__future__"})


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("import requests", "requests"),
        ("import requests.adapters", "requests.adapters"),
        ("from requests import Session", "requests.Session"),
        ("def late():\n    import requests", "requests"),
        ("from . import _http", "_http"),
        ("from ._http import Transport", "_http"),
        ("from ..module_utils import _http", "_http"),
        ("from ..module_utils._api.transport import Transport", "_http"),
        (f"from {COLLECTION} import _http", "_http"),
        (f"from {COLLECTION}._http import Transport", "_http"),
        (f"import {COLLECTION}._http", "_http"),
        ("from ansible.module_utils.basic import AnsibleModule", "ansible.module_utils.basic.AnsibleModule"),
    ],
)
def test_an_import_is_seen_however_it_is_written(statement: str, name: str) -> None:
    assert foreign(imported(statement)) == {name}


def test_a_part_of_a_package_does_not_allow_the_rest_of_it() -> None:
    allowed = ROOMS["_options"]
    assert forbidden({"ansible.module_utils.basic.AnsibleModule"}, allowed)
    assert not forbidden({"ansible.module_utils.basic.env_fallback"}, allowed)


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("import time\ntime.sleep(1)", "time"),
        ("from time import sleep", "time"),
        ("import os\nkey = os.environ['PPIO_API_KEY']", "os.environ"),
        ("from os import environ", "os.environ"),
        ("import os\nos.getenv('PPIO_API_KEY')", "os.getenv"),
        ("import subprocess", "subprocess"),
    ],
)
def test_a_guarded_name_is_seen_however_it_is_used(source: str, name: str) -> None:
    assert guarded_uses("_plan", source) == {name}

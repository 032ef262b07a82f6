# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When is something not as wanted, and can that be changed?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from unit.bodies import FULL, MINIMAL
from unit.second.database import DATABASE
from unit.values import current, desired

from ansible_collections.ppio.gpu.plugins.module_utils._planning.compare import (
    Difference,
    combined,
    differences,
    is_as_wanted,
    is_complete,
    overlaid,
)
from ansible_collections.ppio.gpu.plugins.module_utils._planning.state import Current
from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT
from ansible_collections.ppio.gpu.plugins.module_utils._schema.resource import Field, Kind

DISK, CACHE = FULL["volumes"]
MODE, LEVEL = FULL["envs"]
LOCAL = {"type": "local", "size": 30, "mount_point": "/scratch"}
ROWS = {row.name: row for row in (*ENDPOINT.fields, *DATABASE.fields)}


def paths(existing: Mapping[str, Any], asked: Mapping[str, Any]) -> list[str]:
    """The paths at which an existing endpoint is not as asked."""
    return [str(one.path) for one in differences(ENDPOINT, current(existing), desired({"id": "ep-1", **asked}))]


#: What the API shows, and what is asked for.
SAME: Mapping[str, tuple[Mapping[str, Any], Mapping[str, Any]]] = {
    "nothing is asked": (FULL, {}),
    "everything is as asked": (FULL, FULL),
    "numbers come as texts of digits": ({**FULL, "ports": ["9090", "8080"]}, FULL),
    "a number comes as a float": ({"policy": {"value": 5.0}}, {"policy": {"value": 5}}),
    "a CUDA version comes as a number": (
        {"worker_config": {"max_replicas": 3, "min_cuda_version": 12.4}},
        {"worker_config": {"max_replicas": 3, "min_cuda_version": "12.4"}},
    ),
    "lists come in another order": ({**FULL, "envs": [LEVEL, MODE], "volumes": [CACHE, DISK]}, FULL),
    "a port is asked for twice": ({"ports": [80, 443]}, {"ports": [443, 80, 443]}),
    "a port comes twice": ({"ports": [80, 443, 80]}, {"ports": [443, 80]}),
    "an empty text is left out": ({}, {"command": "", "region_id": "", "registry_auth_id": ""}),
    "an empty list is left out": ({}, {"ports": [], "envs": [], "volumes": []}),
    "an empty list comes as null": ({"ports": None}, {"ports": []}),
    "an empty object is left out": ({}, {"policy": {}, "health_check": {}}),
    "a zero is left out": ({}, {"health_check": {"port": 0, "path": ""}}),
    "no worker is left out": ({"worker_config": {}}, {"worker_config": {"max_replicas": 0, "min_replicas": 0}}),
    "more is shown than asked": (FULL, MINIMAL),
    "only a part of an object is asked": (FULL, {"policy": {"value": 5}}),
    "the type is not shown": ({}, {"type": "async"}),
    "an empty app name lets the api choose": (FULL, {"app_name": ""}),
    "the size of a volume is not shown": ({"volumes": [{**LOCAL, "size": None}]}, {"volumes": [LOCAL]}),
    "a volume shows more than asked": ({"volumes": [{**LOCAL, "id": "x"}]}, {"volumes": [LOCAL]}),
    "an env without a value is an empty one": ({"envs": [{"key": "A", "value": ""}]}, {"envs": [{"key": "A"}]}),
    "a secret without a value is there": ({"envs": [MODE, LEVEL]}, {"envs": [MODE], "secret_envs": [{"key": "LEVEL"}]}),
    "a secret without a value is there twice": (
        {"envs": [LEVEL, {**LEVEL, "value": "debug"}]},
        {"secret_envs": [{"key": "LEVEL", "value": None}]},
    ),
    "a secret without a value has no key either": ({"envs": [{"value": "x"}]}, {"secret_envs": [{"key": ""}]}),
    "two volumes share a mount point": (
        {"volumes": [{"id": "b"}, {"id": "a"}]},
        {"volumes": [{"id": "a"}, {"id": "b"}]},
    ),
    "two volumes share a mount point and one asks for less": (
        {"volumes": [{"id": "b"}, {"id": "a"}]},
        {"volumes": [{}, {"id": "b"}]},
    ),
}
DIFFERENT: Mapping[str, tuple[Mapping[str, Any], Mapping[str, Any], list[str]]] = {
    "a text": (FULL, {"command": "--slow"}, ["command"]),
    "a text that is cleared": (FULL, {"command": ""}, ["command"]),
    "a text that is only longer": ({"command": "a"}, {"command": "a "}, ["command"]),
    "an inner number": (FULL, {"worker_config": {"max_replicas": 4}}, ["worker_config.max_replicas"]),
    "an inner number that becomes zero": (
        FULL,
        {"worker_config": {"max_replicas": 3, "min_replicas": 0}},
        ["worker_config.min_replicas"],
    ),
    "two inner fields": (FULL, {"policy": {"type": "queue", "value": 6}}, ["policy.type", "policy.value"]),
    "an inner field that is not shown": ({}, {"policy": {"value": 6}}, ["policy.value"]),
    "the type": (FULL, {"type": "async"}, ["type"]),
    "the app name": (FULL, {"app_name": "other"}, ["app_name"]),
    "one port more": (FULL, {"ports": [8080, 9090, 1]}, ["ports"]),
    "one port less": (FULL, {"ports": [8080]}, ["ports"]),
    "no port": (FULL, {"ports": []}, ["ports"]),
    "another env value": (FULL, {"envs": [MODE, {"key": "LEVEL", "value": "debug"}]}, ["envs"]),
    "another env key": (FULL, {"envs": [MODE, {"key": "Level", "value": "info"}]}, ["envs"]),
    "one env less": (FULL, {"envs": [MODE]}, ["envs"]),
    "an env more, the others kept": (FULL, {"envs": [{"key": "A", "value": "1"}], "purge_envs": False}, ["envs"]),
    "no env": (FULL, {"envs": []}, ["envs"]),
    "a secret without a value, and no such env": (FULL, {"secret_envs": [{"key": "A"}], "purge_envs": False}, ["envs"]),
    "a secret with an empty value": (
        FULL,
        {"secret_envs": [{"key": "MODE", "value": ""}], "purge_envs": False},
        ["envs"],
    ),
    "no secret env, and so none": (FULL, {"secret_envs": []}, ["envs"]),
    "a volume elsewhere": (FULL, {"volumes": [DISK, {**CACHE, "mount_point": "/other"}]}, ["volumes"]),
    "another volume at the mount point": (FULL, {"volumes": [DISK, {**CACHE, "id": "other"}]}, ["volumes"]),
    "another size": ({"volumes": [LOCAL]}, {"volumes": [{**LOCAL, "size": 31}]}, ["volumes"]),
    "a volume that comes twice": ({"volumes": [{"id": "a"}, {"id": "a"}]}, {"volumes": [{"id": "a"}]}, ["volumes"]),
    "one of two volumes with a mount point": (
        {"volumes": [{"id": "a"}, {"id": "b"}]},
        {"volumes": [{"id": "a"}, {"id": "a"}]},
        ["volumes"],
    ),
}


@pytest.mark.parametrize("what", SAME)
def test_it_is_as_wanted_where(what: str) -> None:
    existing, asked = SAME[what]
    assert paths(existing, asked) == []


@pytest.mark.parametrize("what", DIFFERENT)
def test_it_is_not_as_wanted_where_there_is(what: str) -> None:
    existing, asked, expected = DIFFERENT[what]
    assert paths(existing, asked) == expected


@pytest.mark.parametrize("what", DIFFERENT)
def test_what_is_different_is_never_taken_for_equal(what: str) -> None:
    existing, asked, _paths = DIFFERENT[what]
    wanted = desired({"id": "ep-1", **asked})
    if not (wanted.kept or any(wanted.unvalued.values())):
        assert not is_as_wanted(ENDPOINT, existing, wanted)


@pytest.mark.parametrize(
    ("answer", "asked"),
    [
        (FULL, FULL),
        (FULL, MINIMAL),
        ({**FULL, "surprise": 1}, FULL),
        (FULL, {"policy": {"value": 5}}),
        ({}, {"command": "", "ports": []}),
        ({}, {"type": "async"}),
    ],
)
def test_most_answers_are_as_wanted_at_first_sight(answer: Mapping[str, Any], asked: Mapping[str, Any]) -> None:
    assert is_as_wanted(ENDPOINT, answer, desired(asked))


def test_entries_that_the_api_spells_in_its_own_way_need_a_closer_look() -> None:
    disk = Field("disk", Kind.OBJECT, fields=(Field("size_gb", Kind.INTEGER, api_name="sizeGb"),))
    machine = replace(ENDPOINT, fields=(Field("disks", Kind.LIST, item=disk),))
    wanted = replace(desired({}), fields={"disks": [{"size_gb": 1}]})
    assert not is_as_wanted(machine, {"disks": [{"sizeGb": 1}]}, wanted)


@pytest.mark.parametrize(
    ("shown", "wanted", "is_fixed"), [(10, 20, False), (10, 5, True), (None, 20, False), (0, 20, False)]
)
def test_what_can_only_grow_is_fixed_where_it_would_become_less(shown: int | None, wanted: int, is_fixed: bool) -> None:
    assert Difference(ROWS["size_gb"], "size_gb", shown, wanted).is_fixed is is_fixed


@pytest.mark.parametrize(("name", "is_fixed"), [("app_name", True), ("command", False)])
def test_only_what_never_changes_is_fixed(name: str, is_fixed: bool) -> None:
    assert Difference(ROWS[name], name, "a", "b").is_fixed is is_fixed


@pytest.mark.parametrize(
    ("name", "shown", "wanted", "told"),
    [
        ("command", "a", None, "command is 'a', wanted is None"),
        ("password", "hunter2", "hunter3", "password"),
        ("envs", [MODE, LEVEL], [MODE, {"key": "LEVEL", "value": "debug"}], "envs (LEVEL)"),
        ("envs", [MODE], [LEVEL], "envs (LEVEL, MODE)"),
        ("envs", None, [LEVEL], "envs (LEVEL)"),
        ("envs", [LEVEL], None, "envs (LEVEL)"),
        ("envs", [LEVEL], [LEVEL], "envs (another number of them)"),
    ],
)
def test_a_difference_is_told_without_secrets(name: str, shown: Any, wanted: Any, told: str) -> None:
    assert str(Difference(ROWS[name], name, shown, wanted)) == told


def test_nothing_is_carried_over_between_entries_that_share_a_key() -> None:
    shown = [{**DISK, "id": "a", "size": 1}, {**DISK, "id": "b", "size": 2}]
    (entry,) = overlaid(ROWS["volumes"], shown, [{"mount_point": DISK["mount_point"], "id": "a"}])
    assert entry["size"] is None
    (entry,) = overlaid(ROWS["volumes"], shown[:1], [{"mount_point": DISK["mount_point"], "id": "a"}])
    assert entry["size"] == 1


@pytest.mark.parametrize(
    ("shown", "is_whole"),
    [
        ({"volumes": [LOCAL]}, True),
        ({"volumes": [LOCAL, {**LOCAL, "size": None}]}, False),
        ({"volumes": [{**LOCAL, "type": None}]}, True),
        ({"volumes": [], "envs": [{"key": "A"}], "command": None}, True),
    ],
)
def test_an_entry_without_what_only_the_other_view_shows_is_not_complete(
    shown: Mapping[str, Any], is_whole: bool
) -> None:
    assert is_complete(ENDPOINT, current(shown)) is is_whole


def test_a_get_is_completed_by_what_only_the_list_shows() -> None:
    item = current({"volumes": [LOCAL, DISK], "command": "old"})
    detail = current({"type": "async", "volumes": [DISK, {**LOCAL, "size": None}], "command": "new"})
    whole = combined(ENDPOINT, item, detail)
    assert whole.fields["type"] == "async"
    assert whole.fields["command"] == "new"
    assert [volume["size"] for volume in whole.fields["volumes"]] == [None, 30]


def test_what_nobody_has_read_yet_misses_nothing_inside_of_it() -> None:
    """A create that no look has shown has no fields yet, and is read anew."""
    assert is_complete(ENDPOINT, Current("ep-1", {}, {}))
    assert not is_complete(ENDPOINT, current({"volumes": [{**LOCAL, "size": None}]}))

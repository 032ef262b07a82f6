# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What does a plan leave as it is though the task says otherwise, and what does it tell of that?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from unit.bodies import FULL, MINIMAL, Body, bodies, workers_fit
from unit.planning.test_properties import shown_bodies
from unit.values import applied, current, desired, sent_by

from ansible_collections.ppio.gpu.plugins.module_utils._planning.compare import differences
from ansible_collections.ppio.gpu.plugins.module_utils._planning.plan import Action, plan
from ansible_collections.ppio.gpu.plugins.module_utils._redaction import HIDDEN
from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.result import ignored

MODE, LEVEL = FULL["envs"]
DISK, CACHE = FULL["volumes"]
SLOW = {"key": "MODE", "value": "slow"}
NEW = {"key": "NEW", "value": "1"}

Told = Sequence[tuple[str, Any, Any]]

#: What is asked for of FULL, what is ignored, what is told of that, and in what an update differs from FULL.
IGNORED: Mapping[str, tuple[Mapping[str, Any], list[str], Told, Mapping[str, Any]]] = {
    "a scalar": ({"image": "x:2"}, ["image"], [("image", FULL["image"], "x:2")], {}),
    "a scalar that is cleared": ({"entrypoint": ""}, ["entrypoint"], [("entrypoint", "/bin/run", "")], {}),
    "one field of an object": (
        {"policy": {"type": "queue", "value": 6}},
        ["policy.value"],
        [("policy.value", 5, 6)],
        {"policy": {"type": "queue", "value": 5}},
    ),
    "an object": (
        {"policy": {"type": "queue", "value": 6}},
        ["policy"],
        [("policy.type", "concurrency", "queue"), ("policy.value", 5, 6)],
        {},
    ),
    "a set": ({"ports": [1]}, ["ports"], [("ports", [8080, 9090], [1])], {}),
    "a value by its key": (
        {"envs": [SLOW, {"key": "LEVEL", "value": "debug"}]},
        ["envs.MODE"],
        [("envs.MODE", "fast", "slow")],
        {"envs": [MODE, {"key": "LEVEL", "value": "debug"}]},
    ),
    "a key that nobody asks for survives": ({"envs": [LEVEL]}, ["envs.MODE"], [("envs.MODE", HIDDEN, None)], {}),
    "a key that is not there stays away": ({"envs": [MODE, LEVEL, NEW]}, ["envs.NEW"], [("envs.NEW", None, "1")], {}),
    "all variables": (
        {"envs": [SLOW, NEW]},
        ["envs"],
        [("envs.LEVEL", HIDDEN, None), ("envs.MODE", "fast", "slow"), ("envs.NEW", None, "1")],
        {},
    ),
    "all variables, the others kept": (
        {"envs": [SLOW], "purge_envs": False},
        ["envs"],
        [("envs.MODE", "fast", "slow")],
        {},
    ),
    "a secret by its key": (
        {"envs": [LEVEL], "secret_envs": [SLOW]},
        ["secret_envs.MODE"],
        [("envs.MODE", HIDDEN, HIDDEN)],
        {},
    ),
    "a secret by its key in the other list": (
        {"envs": [LEVEL], "secret_envs": [SLOW]},
        ["envs.MODE"],
        [("envs.MODE", HIDDEN, HIDDEN)],
        {},
    ),
    "all that the task has as secrets": (
        {"envs": [{"key": "LEVEL", "value": "debug"}], "secret_envs": [SLOW, NEW]},
        ["secret_envs"],
        [("envs.MODE", HIDDEN, HIDDEN), ("envs.NEW", None, HIDDEN)],
        {"envs": [MODE, {"key": "LEVEL", "value": "debug"}]},
    ),
    "a secret without a value": ({"envs": [LEVEL], "secret_envs": [{"key": "MODE"}]}, ["envs"], [], {}),
    "a secret without a value that is not there": (
        {"envs": FULL["envs"], "secret_envs": [{"key": "NEW"}]},
        ["envs.NEW"],
        [],
        {},
    ),
    "a volume by its mount point": (
        {"volumes": [{**DISK, "id": "x"}, {**CACHE, "id": "y"}]},
        ["volumes./data"],
        [
            (
                "volumes./data",
                {"id": "disk-1", "type": "network", "size": None},
                {"id": "x", "type": "network"},
            )
        ],
        {"volumes": [DISK, {**CACHE, "id": "y"}]},
    ),
    "what is as the task says": ({"image": FULL["image"], "ports": [9090, 8080]}, ["image", "ports"], [], {}),
    "one of the products that will do": ({"product_ids": ["x", FULL["product_id"]]}, ["product_id"], [], {}),
    "none of the products that will do": (
        {"product_ids": ["x", "y"]},
        ["product_id"],
        [("product_id", FULL["product_id"], "x")],
        {},
    ),
    "what the task does not say": ({"image": FULL["image"]}, ["policy", "envs.MODE", "ports"], [], {}),
}


def asked(change: Mapping[str, Any], paths: Sequence[str], **more: Any) -> Any:
    return desired({"id": "ep-1", "ignore_changes": list(paths), **change, **more})


@pytest.mark.parametrize("what", IGNORED)
def test_it_is_told_and_no_difference_by_itself(what: str) -> None:
    change, paths, told, other = IGNORED[what]
    wanted, there = asked(change, paths), current({**FULL, "ports": [9090, 8080]})
    shown = [tuple(one.values()) for one in ignored(ENDPOINT, there.fields, wanted)]
    assert shown == list(told)
    assert {one.path.partition(".")[0] for one in differences(ENDPOINT, there, wanted)} == set(other)


@pytest.mark.parametrize("what", IGNORED)
def test_it_is_sent_as_it_is_beside_a_change(what: str) -> None:
    change, paths, _told, other = IGNORED[what]
    planned = plan(ENDPOINT, current(FULL), asked(change, paths, command="--slow"))
    body = {**FULL, **other, "command": "--slow"}
    sent = sent_by(planned)
    assert by_key(sent) == by_key({name: body[name] for name in sent})
    assert sent.keys() == FULL.keys() - {"type", "app_name"}


@pytest.mark.parametrize("what", IGNORED)
def test_it_is_carried_over_by_a_recreate(what: str) -> None:
    change, paths, _told, other = IGNORED[what]
    planned = plan(ENDPOINT, current(FULL), asked(change, paths, type="async", allow_recreate=True))
    assert planned.action is Action.RECREATE
    assert by_key(sent_by(planned)) == by_key({**FULL, **other, "type": "async"})


def by_key(body: Mapping[str, Any]) -> Body:
    """A body whose lists can be compared."""
    return {**body, **{name: sorted(body[name], key=str) for name in ("envs", "volumes", "ports")}}


def test_a_create_uses_the_values_of_the_task() -> None:
    paths = ["image", "worker_config", "policy", "envs", "volumes", "ports"]
    planned = plan(ENDPOINT, None, desired({**FULL, "ignore_changes": paths}))
    assert sent_by(planned) == FULL


def test_what_the_api_leaves_out_because_it_is_zero_stays_zero() -> None:
    there = {**MINIMAL, "worker_config": {"gpu_num": 2}}
    wanted = asked({"worker_config": {"max_replicas": 3, "gpu_num": 4}}, ["worker_config.max_replicas"])
    assert sent_by(plan(ENDPOINT, current(there), wanted))["worker_config"] == {"max_replicas": 0, "gpu_num": 4}


FIELDS = [field for field in ENDPOINT.fields if field.mutable and field.name != "name"]
PATHS = [
    path
    for field in FIELDS
    for path in (
        field.name,
        *(f"{field.name}.{row.name}" for row in field.fields),
        *([f"{field.name}.A"] * bool(field.key)),
    )
]


def in_any_order(shown: Any) -> Any:
    """Entries that have a key have no order."""
    if isinstance(shown, list) and any(isinstance(one, dict) and "key" in one for one in shown):
        return sorted(shown, key=str)
    return shown or None


@given(existing=shown_bodies(), wanted=bodies(), path=st.sampled_from(PATHS), merges=st.booleans())
def test_an_ignored_field_is_after_a_plan_as_it_was_and_nothing_is_left_to_do(
    existing: Body, wanted: Body, path: str, merges: bool
) -> None:
    given_config = {
        name: value
        for name, value in wanted["worker_config"].items()
        if path not in ("worker_config", f"worker_config.{name}")
    }
    assume(workers_fit(existing, {"worker_config": given_config}))
    task = desired({**wanted, "type": existing.get("type", wanted["type"]), "app_name": "", "ignore_changes": [path]})
    planned = plan(ENDPOINT, current(existing), task)
    assert planned.action in (Action.NONE, Action.UPDATE)
    left = existing if planned.action is Action.NONE else applied(existing, sent_by(planned), merges=merges)
    assert plan(ENDPOINT, current(left), task).action is Action.NONE
    name, _dot, inside = path.partition(".")
    before, after = current(existing).fields[name], current(left).fields[name]
    # What an answer leaves out because it is zero may be shown as zero later.
    told = [
        [{**one, "current": in_any_order(one["current"])} for one in ignored(ENDPOINT, current(body).fields, task)]
        for body in (existing, left)
    ]
    assert told[0] == told[1]
    if isinstance(before, dict) and inside:
        assert before[inside] in (after[inside], None)

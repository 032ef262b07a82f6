# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done about what is different?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from unit.bodies import FULL, MINIMAL
from unit.second.database import DATABASE
from unit.values import current, desired, sent_by

from ansible_collections.ppio.gpu.plugins.module_utils._errors import (
    ImmutableDifference,
    IncompleteCreate,
    InvalidOptions,
    NotFound,
)
from ansible_collections.ppio.gpu.plugins.module_utils._planning.plan import Action, Create, plan
from ansible_collections.ppio.gpu.plugins.module_utils._planning.state import Desired, current_from
from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT

MODE, LEVEL = FULL["envs"]
LOCAL = {"type": "local", "size": 30, "mount_point": "/scratch"}


def body_of(existing: Mapping[str, Any], asked: Mapping[str, Any]) -> Mapping[str, Any]:
    planned = plan(ENDPOINT, current(existing), desired({"id": "ep-1", **asked}))
    assert planned.action is Action.UPDATE
    return sent_by(planned)


SENT: Mapping[str, tuple[Mapping[str, Any], Mapping[str, Any], Mapping[str, Any]]] = {
    "what was not asked for is sent as it is": (
        FULL,
        {"command": "--slow"},
        {name: value for name, value in {**FULL, "command": "--slow"}.items() if name not in ("type", "app_name")},
    ),
    "what the api does not show is not sent": (
        {"name": "chat"},
        {"command": "x"},
        {"name": "chat", "command": "x", "volumes": [], "envs": [], "ports": []},
    ),
    "an empty value that the contract refuses is not sent": (
        {"image": "", "product_id": "", "policy": {"type": "", "value": 0}, "health_check": {"path": "", "port": 0}},
        {"command": "x"},
        {"health_check": {"path": "", "port": 0}, "command": "x", "volumes": [], "envs": [], "ports": []},
    ),
    "an object is completed": (
        {"worker_config": FULL["worker_config"]},
        {"worker_config": {"max_replicas": 9}},
        {"worker_config": {**FULL["worker_config"], "max_replicas": 9}, "volumes": [], "envs": [], "ports": []},
    ),
    "a number that an answer leaves out because it is 0 is sent where the object needs it": (
        {"worker_config": {"gpu_num": 2}},
        {"command": "x"},
        {"worker_config": {"max_replicas": 0, "gpu_num": 2}, "command": "x", "volumes": [], "envs": [], "ports": []},
    ),
    "an entry of a list is completed": (
        {"volumes": [{**LOCAL, "id": "x"}]},
        {"volumes": [{"mount_point": "/scratch", "size": 40}]},
        {"volumes": [{**LOCAL, "id": "x", "size": 40}], "envs": [], "ports": []},
    ),
    "an entry that was not asked for goes away": (
        {"envs": [MODE, LEVEL]},
        {"envs": [MODE]},
        {"envs": [MODE], "volumes": [], "ports": []},
    ),
    "an entry that was not asked for stays without purging": (
        {"envs": [MODE, LEVEL]},
        {"envs": [{"key": "MODE", "value": "slow"}], "purge_envs": False},
        {"envs": [LEVEL, {"key": "MODE", "value": "slow"}], "volumes": [], "ports": []},
    ),
    "a secret without a value stays": (
        {"envs": [LEVEL, MODE]},
        {"secret_envs": [{"key": "LEVEL"}], "envs": [{"key": "MODE", "value": "slow"}]},
        {"envs": [{"key": "MODE", "value": "slow"}, LEVEL], "volumes": [], "ports": []},
    ),
    "a secret without a value stays though the api shows it twice": (
        {"envs": [LEVEL, {**LEVEL, "value": "debug"}]},
        {"secret_envs": [{"key": "LEVEL"}], "command": "x"},
        {"envs": [LEVEL, {**LEVEL, "value": "debug"}], "command": "x", "volumes": [], "ports": []},
    ),
    "open and secret variables are one list": (
        {},
        {"envs": [MODE], "secret_envs": [LEVEL]},
        {"envs": [MODE, LEVEL], "volumes": [], "ports": []},
    ),
}


@pytest.mark.parametrize("what", SENT)
def test_in_an_update(what: str) -> None:
    existing, asked, expected = SENT[what]
    assert body_of(existing, asked) == expected


def action(existing: Mapping[str, Any] | None, asked: Desired) -> Action:
    return plan(ENDPOINT, current(existing) if existing is not None else None, asked).action


def test_the_action_follows_from_what_is_there_and_what_is_wanted() -> None:
    gone = desired({"name": "chat", "state": "absent"})
    assert action(None, desired(FULL)) is Action.CREATE
    assert action(FULL, desired(FULL)) is Action.NONE
    assert action(FULL, desired({**FULL, "command": ""})) is Action.UPDATE
    assert action(FULL, desired({**FULL, "type": "async", "allow_recreate": True})) is Action.RECREATE
    assert action(FULL, desired({**FULL, "command": "", "allow_recreate": True})) is Action.UPDATE
    assert action(FULL, gone) is Action.DELETE
    assert action(None, gone) is Action.NONE
    assert action(None, desired({"id": "ep-1", "state": "absent"})) is Action.NONE


def test_an_id_that_is_not_there_is_an_error_and_no_create() -> None:
    with pytest.raises(NotFound, match="ep-9"):
        plan(ENDPOINT, None, desired({**FULL, "id": "ep-9"}))


@pytest.mark.parametrize("purge", [True, False])
@pytest.mark.parametrize("change", [{}, {"command": "--slow"}, {"type": "async", "allow_recreate": True}])
def test_a_value_that_is_to_stay_and_is_not_there_is_refused_by_its_key(change: Mapping[str, Any], purge: bool) -> None:
    secrets = [{"key": "TOKEN"}, {"key": "MODE"}, {"key": "SALT"}]
    asked = desired({"name": "chat", "secret_envs": secrets, "purge_envs": purge, **change})
    with pytest.raises(InvalidOptions, match=r"SALT.*TOKEN") as refused:
        plan(ENDPOINT, current(FULL), asked)
    assert refused.value.message == (
        "secret_envs: SALT has no value here, and the endpoint ep-1 has no env SALT; "
        "secret_envs: TOKEN has no value here, and the endpoint ep-1 has no env TOKEN. Give their values."
    )


def test_one_value_that_is_not_there_is_asked_for_alone() -> None:
    asked = desired({"name": "chat", "secret_envs": [{"key": "TOKEN"}]})
    with pytest.raises(InvalidOptions, match=r"has no env TOKEN\. Give its value\.$"):
        plan(ENDPOINT, current(FULL), asked)


def test_a_create_has_no_value_that_could_stay() -> None:
    with pytest.raises(IncompleteCreate, match="'chat' yet; to create it, also give the value of TOKEN in secret_envs"):
        plan(ENDPOINT, None, desired({**MINIMAL, "secret_envs": [{"key": "TOKEN"}]}))


@pytest.mark.parametrize(("field", "value"), [("type", "async"), ("app_name", "other")])
def test_what_cannot_change_is_refused_with_both_values_and_the_remedy(field: str, value: str) -> None:
    with pytest.raises(ImmutableDifference) as refused:
        plan(ENDPOINT, current(FULL), desired({**FULL, field: value}))
    words = (field, repr(FULL[field]), repr(value), "this cannot change once", "recreate=true", "ep-1")
    assert [word for word in words if word not in refused.value.message] == []


@pytest.mark.parametrize("app_name", ["chat-app", "z-app"])
def test_a_recreate_keeps_every_setting_and_takes_what_was_asked(app_name: str) -> None:
    existing = current({**FULL, "app_name": app_name})
    asked = desired({"name": "chat", "type": "async", "command": "", "allow_recreate": True})
    planned = plan(ENDPOINT, existing, asked)
    assert sent_by(planned) == {**FULL, "app_name": app_name, "type": "async", "command": ""}
    assert planned.before == existing.fields


@pytest.mark.parametrize(
    ("shown", "restored"),
    [
        ({}, FULL),
        ({"type": None}, None),
        ({"image": ""}, None),
        ({"envs": [{"key": "MODE", "value": "***"}]}, None),
    ],
    ids=["all is shown", "the type is not shown", "the image is not shown", "a value is masked"],
)
def test_a_recreate_that_is_refused_is_undone_where_the_api_shows_all(
    shown: Mapping[str, Any], restored: Mapping[str, Any] | None
) -> None:
    asked = desired({**FULL, "type": "async", "image": "registry.example.com/chat:2", "allow_recreate": True})
    planned = plan(ENDPOINT, current({**FULL, "type": "sync", "app_name": "other", **shown}), asked)
    (create,) = [step for step in planned.steps if isinstance(step, Create)]
    assert create.restored == (restored and {**restored, "app_name": "other"})


def test_each_change_that_is_refused_is_told_with_its_own_rule() -> None:
    existing = current_from(DATABASE, {"databaseId": "db-1", "name": "main", "sizeGb": 20, "regionCode": "a"})
    asked = replace(desired({"name": "main"}), fields={"size_gb": 10, "region": "b"})
    with pytest.raises(ImmutableDifference) as refused:
        plan(DATABASE, existing, asked)
    assert refused.value.message.startswith(
        "size_gb is 20, wanted is 10: this can only grow; region is 'a', wanted is 'b': this cannot change once the "
        "database exists (db-1)."
    )


def test_what_can_only_grow_is_told_as_that() -> None:
    existing = current_from(DATABASE, {"databaseId": "db-1", "name": "main", "sizeGb": 20})
    asked = replace(desired({"name": "main"}), fields={"size_gb": 10})
    with pytest.raises(ImmutableDifference, match="size_gb is 20, wanted is 10: this can only grow once the database"):
        plan(DATABASE, existing, asked)


def test_a_recreate_does_not_keep_an_app_name_that_the_api_made_of_the_old_id() -> None:
    existing = {name: value for name, value in FULL.items() if name != "app_name"}
    planned = plan(ENDPOINT, current(existing), desired({"name": "chat", "type": "async", "allow_recreate": True}))
    assert sent_by(planned) == {**existing, "type": "async"}
    assert planned.after is not None
    assert planned.after.get("app_name") is None


def test_only_an_empty_value_that_cannot_change_is_left_to_the_api() -> None:
    planned = plan(ENDPOINT, None, desired({**MINIMAL, "app_name": "", "command": ""}))
    assert planned.after == {**MINIMAL, "command": ""}

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wanted, and how is an answer read?"""

from __future__ import annotations

from typing import Any

import pytest
from unit.bodies import FULL, MINIMAL
from unit.values import current, desired

from ansible_collections.ppio.gpu.plugins.module_utils._errors import InvalidResponse
from ansible_collections.ppio.gpu.plugins.module_utils._planning.rollout_states import written
from ansible_collections.ppio.gpu.plugins.module_utils._planning.state import current_from, entry_secrets, removal
from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT
from ansible_collections.ppio.gpu.plugins.module_utils._schema.resource import Field, Kind


def test_only_what_was_given_is_wanted() -> None:
    assert desired(FULL).fields == FULL
    assert desired({"name": "chat", "command": None, "policy": {"value": 5}}).fields == {
        "name": "chat",
        "policy": {"value": 5},
    }


def test_empty_values_are_wanted_too() -> None:
    empty = {"command": "", "ports": [], "policy": {}, "envs": [], "volumes": [{}]}
    assert desired(empty).fields == empty


@pytest.mark.parametrize("option", ["envs", "secret_envs"])
def test_one_env_list_is_the_whole_truth(option: str) -> None:
    assert desired({option: []}).fields == {"envs": []}
    assert desired({option: [{"key": "A"}]}).fields == {"envs": [{"key": "A"}]}


def test_open_and_secret_variables_are_told_apart() -> None:
    wanted = desired(
        {
            "envs": [{"key": "OPEN", "value": "1"}, {"value": "2"}],
            "secret_envs": [{"key": "TOKEN", "value": "hunter2"}, {"key": "EMPTY", "value": ""}, {"key": "NONE"}],
            "purge_envs": False,
        }
    )
    assert wanted.shown == {"envs": frozenset({"OPEN", ""})}
    assert wanted.secrets == ("hunter2",)
    assert wanted.kept == {"envs"}
    assert not desired({}).kept


def test_all_of_an_entry_but_its_key_may_be_secret() -> None:
    setting = Field("setting", Kind.OBJECT, fields=(Field("name", Kind.TEXT), Field("content", Kind.TEXT)))
    settings = Field("settings", Kind.LIST, item=setting, key="name", secret_entries=True)
    entries = [{"name": "TOKEN", "content": "hunter2"}, {"name": "EMPTY", "content": ""}, {"name": "NONE"}]
    assert entry_secrets(settings, entries) == ["hunter2"]
    assert entry_secrets(settings, None) == []


def test_what_the_user_allows_is_not_allowed_for_what_is_put_back_or_pruned() -> None:
    generous = {
        "id": "ep-1",
        "product_ids": ["a", "b"],
        "product_choice": "cheapest",
        "allow_recreate": True,
        "on_ambiguous": "resend",
        "on_duplicate": "keep_oldest",
        "unique_name": False,
    }
    asked = desired(generous)
    assert (asked.allow_recreate, asked.resend, asked.keep_oldest, asked.unique_name) == (True, True, True, False)
    for derived in (written(ENDPOINT, current(FULL).fields, asked), removal("ep-1", "gone", 60)):
        assert (derived.allow_recreate, derived.resend, derived.keep_oldest) == (False, False, False)
        assert (derived.by_price, derived.check_stock, derived.predict_stock) == (False, False, False)
        assert derived.unique_name


def test_numbers_are_read_however_the_api_writes_them() -> None:
    shown = current({"worker_config": {"max_replicas": "3", "gpu_num": 2.0, "idle_timeout": ""}, "created_at": "175"})
    config = shown.fields["worker_config"]
    assert (config["max_replicas"], config["gpu_num"], config["idle_timeout"]) == (3, 2, None)
    assert shown.observed["created_at"] == 175


def test_every_field_is_there_and_nothing_else() -> None:
    shown = current(MINIMAL)
    assert shown.fields.keys() == {row.name for row in ENDPOINT.fields}
    assert shown.observed.keys() == {row.name for row in ENDPOINT.observed}
    assert shown.fields["command"] is None
    assert (shown.fields["ports"], shown.fields["policy"]) == ([], {"type": None, "value": None})


UNREADABLE: dict[str, tuple[dict[str, Any], str]] = {
    "no id": ({"id": None}, "id"),
    "an empty id": ({"id": ""}, "id"),
    "true for a number": ({"created_at": True}, "created_at"),
    "a word for a number": ({"worker_config": {"gpu_num": "two"}}, "worker_config.gpu_num"),
    "a fraction for a number": ({"worker_config": {"gpu_num": 1.5}}, "worker_config.gpu_num"),
    "a number that is none": ({"worker_config": {"gpu_num": float("inf")}}, "worker_config.gpu_num"),
    "a text for a list": ({"ports": "8080"}, "ports"),
    "a text for an object": ({"policy": "queue"}, "policy"),
    "a text for a status": ({"status": "running"}, "status"),
    "an object for a text": ({"command": {}}, "command"),
    "true for a text": ({"command": True}, "command"),
    "null among ports": ({"ports": [None, "x"]}, "ports[1]"),
    "a text among volumes": ({"volumes": ["disk"]}, "volumes[0]"),
    "a number for a yes or no": ({"workers": [{"id": "w", "health": 1}]}, "workers[0].health"),
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_an_answer_that_cannot_be_read_is_named_by_its_field(what: str) -> None:
    answer, path = UNREADABLE[what]
    with pytest.raises(InvalidResponse) as unreadable:
        current_from(ENDPOINT, {"id": "ep-1", **answer})
    assert path in unreadable.value.message
    assert "hunter2" not in unreadable.value.message


@pytest.mark.parametrize("number", ["1" * 19, "1" * 400, "--5", "5.0x"])
def test_a_text_that_is_no_usable_number_is_an_error(number: str) -> None:
    with pytest.raises(InvalidResponse, match="created_at should be a value of type integer"):
        current_from(ENDPOINT, {"id": "ep-1", "created_at": number})

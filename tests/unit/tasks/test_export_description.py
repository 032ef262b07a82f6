# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How does what exists become an entry of a fleet, whatever kind it is?"""

from __future__ import annotations

from typing import Any

import pytest
from unit.bodies import FULL
from unit.second.database import DATABASE
from unit.values import current

from ansible_collections.ppio.gpu.plugins.module_utils._planning.state import current_from
from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.export_description import (
    Description,
    Descriptions,
    Reference,
)


def described(*, is_only_one: bool = True, with_references: bool = False, **shown: Any) -> Description:
    plain = {"envs": frozenset({"LEVEL"})}
    descriptions = Descriptions(ENDPOINT, plain, with_references=with_references)
    return descriptions.of(current({**FULL, **shown}), is_only_one=is_only_one)


def test_secret_values_are_where_no_text_shows_them() -> None:
    one = described(envs=[{"key": "LEVEL", "value": "info"}, {"key": "MODE", "value": "canary"}])
    assert (one.entry["envs"], one.entry["secret_envs"]) == ([{"key": "LEVEL", "value": "info"}], [{"key": "MODE"}])
    assert one.secrets == ("MODE",)
    assert "info" not in repr(one)


def test_a_variable_stands_for_each_secret_value() -> None:
    one = described(with_references=True)
    assert one.entry["secret_envs"] == [{"key": "MODE", "value": Reference("vault_chat_mode")}]
    assert str(one.references[0]) == "{{ vault_chat_mode }}"


@pytest.mark.parametrize("text", ["a\0b", "half \ud800"])
def test_a_text_that_cannot_be_written_is_left_out(text: str) -> None:
    one = described(command=text)
    assert [violation.option for violation in one.left_out] == ["command"]
    assert "command" not in one.entry


def test_an_entry_that_could_not_create_has_its_id() -> None:
    assert "id" not in described().entry
    assert described(is_only_one=False).entry["id"] == "ep-1"
    assert described(name="").entry["id"] == "ep-1"
    assert described(image="").entry["id"] == "ep-1"
    assert described(worker_config={"max_replicas": 2000}).entry["id"] == "ep-1"


def test_an_app_name_of_the_apis_own_is_nothing_that_was_asked_for() -> None:
    assert "app_name" not in described(app_name="ep-1").entry
    assert described().entry["app_name"] == FULL["app_name"]


def test_another_kind_follows_its_own_table() -> None:
    answer = {
        "databaseId": "db-1",
        "name": "main",
        "sizeGb": 20,
        "regionCode": "eu",
        "masterPassword": "canary-password",
        "deletionProtection": True,
    }
    one = Descriptions(DATABASE, {}, with_references=False).of(current_from(DATABASE, answer), is_only_one=True)
    assert one.entry == {"name": "main", "size_gb": 20, "region": "eu", "protected": True}

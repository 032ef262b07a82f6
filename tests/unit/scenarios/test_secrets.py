# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Is there a way for the key or a secret value to get into anything that the module prints?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from unit.bodies import FULL, MINIMAL
from unit.running import Said, run_endpoint
from unit.scenarios.worlds import emptied

from simulator import Fault, Settings, Simulator

Account = Mapping[str, Any]

NEW = 'new-"secret"-\\0815'
OLD = "old-secret-4711"
OTHER = "other-secret-1234"
SECRET_ENVS = [{"key": "TOKEN", "value": NEW}]
EXISTING = {**FULL, "envs": [*FULL["envs"], {"key": "TOKEN", "value": OLD}, {"key": "OTHER", "value": OTHER}]}


def leaks(said: Said, *secrets: str) -> list[str]:
    """The secrets that stand in the printed text, as they are or as JSON writes them, once or twice."""
    forms = {secret: {secret, json.dumps(secret)[1:-1], json.dumps(json.dumps(secret))[3:-3]} for secret in secrets}
    return [secret for secret, written in forms.items() if any(form in said.text for form in written)]


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(
    "task",
    [
        {**FULL, "secret_envs": SECRET_ENVS},
        {**FULL, "secret_envs": SECRET_ENVS, "purge_envs": False},
        {**FULL, "envs": None, "secret_envs": SECRET_ENVS},
        {**FULL, "envs": None, "command": "--slow"},
        {**FULL, "secret_envs": SECRET_ENVS, "type": "async", "allow_recreate": True},
        {**FULL, "secret_envs": SECRET_ENVS, "type": "async"},
        {**FULL, "secret_envs": [{"key": "TOKEN"}]},
        {**FULL, "secret_envs": [{"key": "TOKEN"}], "type": "async", "allow_recreate": True},
        {**FULL, "secret_envs": [{"key": "TOKEN"}, {"key": "SALT"}]},
        {"name": "chat", "state": "absent"},
    ],
)
def test_no_secret_is_in_a_result_a_diff_or_a_warning(
    simulator: Simulator, account: Account, task: Mapping[str, Any], check: bool
) -> None:
    simulator.seed(EXISTING)
    said = run_endpoint({**account, **task}, check=check, diff=True)
    assert leaks(said, NEW, OLD, OTHER, simulator.api_key) == []


@pytest.mark.parametrize(
    "change",
    [
        {"secret_envs": SECRET_ENVS},
        {"secret_envs": SECRET_ENVS, "purge_envs": False},
        {"envs": None, "secret_envs": SECRET_ENVS},
        {"envs": None, "command": "--slow"},
    ],
)
@pytest.mark.parametrize("existing", [True, False])
def test_no_secret_is_in_an_error_that_repeats_the_request(
    simulator: Simulator, account: Account, existing: bool, change: Mapping[str, Any]
) -> None:
    if existing:
        simulator.seed(EXISTING)
    simulator.settings = Settings(balance="debt", echo_body=True)
    said = run_endpoint({**account, **FULL, **change}, diff=True)
    assert said.failed
    assert "BALANCE_NOT_ENOUGH" in said.message
    assert leaks(said, NEW, OLD, OTHER, simulator.api_key) == []


@pytest.mark.parametrize("field", ["url", "status"])
def test_no_secret_is_in_what_the_api_says_of_the_endpoint(simulator: Simulator, account: Account, field: str) -> None:
    simulator.seed(FULL)
    words = f"cannot start with TOKEN={NEW} and key {simulator.api_key}"
    value = words if field == "url" else {"status": "running", "error": "", "message": words}
    simulator.script([Fault("overlay", operation="getEndpoint", when="after_commit", body={field: value}, times=9)])
    said = run_endpoint({**account, **FULL, "secret_envs": SECRET_ENVS})
    assert "cannot start with" in said.text
    assert leaks(said, NEW, simulator.api_key) == []


def test_no_secret_of_what_is_as_wanted_is_in_what_the_api_says(simulator: Simulator, account: Account) -> None:
    simulator.seed(EXISTING)
    status = {"status": {"status": "running", "error": "", "message": f"TOKEN={OLD}, {OTHER}"}}
    simulator.script([Fault("overlay", operation="getEndpoint", when="after_commit", body=status, times=9)])
    said = run_endpoint({**account, **FULL, "envs": None})
    assert not said.changed
    assert "TOKEN=(hidden)" in said.text
    assert leaks(said, OLD, OTHER) == []


def test_a_field_that_was_not_applied_is_named_without_its_secret(simulator: Simulator, account: Account) -> None:
    simulator.seed(EXISTING)
    simulator.settings = Settings(ignored_fields=("envs",))
    said = run_endpoint({**account, **FULL, "secret_envs": SECRET_ENVS}, diff=True)
    assert "envs" in said.message
    assert leaks(said, NEW, OLD, OTHER) == []


def test_a_changed_secret_shows_as_changed_without_its_content(simulator: Simulator, account: Account) -> None:
    simulator.seed({**FULL, "envs": [*FULL["envs"], {"key": "TOKEN", "value": OLD}]})
    said = run_endpoint({**account, **FULL, "secret_envs": SECRET_ENVS}, diff=True)
    before, after = (
        {env["key"]: env["value"] for env in said.result["diff"][side]["envs"]} for side in ("before", "after")
    )
    assert said.changed
    assert before["TOKEN"] != after["TOKEN"]
    assert {**before, "TOKEN": ""} == {**after, "TOKEN": ""}
    assert leaks(said, NEW, OLD) == []


@pytest.mark.parametrize("check", [True, False])
def test_a_secret_without_a_value_shows_no_change_of_its_own(
    simulator: Simulator, account: Account, check: bool
) -> None:
    simulator.seed(EXISTING)
    said = run_endpoint({**account, **FULL, "secret_envs": [{"key": "TOKEN"}]}, check=check, diff=True)
    before, after = (
        {env["key"]: env["value"] for env in said.result["diff"][side]["envs"]} for side in ("before", "after")
    )
    assert before.pop("OTHER") == "(hidden)"
    assert before == after
    assert after["TOKEN"] == "(hidden)"
    (there,) = simulator.endpoints
    kept = {env["key"]: env["value"] for env in there["envs"]}
    assert kept == {env["key"]: env["value"] for env in EXISTING["envs"] if check or env["key"] != "OTHER"}


def test_a_new_endpoint_has_no_secret_that_could_stay(simulator: Simulator, account: Account) -> None:
    said = run_endpoint({**account, **FULL, "secret_envs": [{"key": "TOKEN"}, {"key": "SALT"}]})
    assert said.failed
    assert "the value of SALT in secret_envs, the value of TOKEN in secret_envs" in said.message
    assert simulator.writes == ()


@pytest.mark.parametrize("value", ["1", "0", "true", "a", "e", "chat", "3", '"', "\\"])
def test_a_short_or_common_secret_garbles_nothing(simulator: Simulator, account: Account, value: str) -> None:
    plain = run_endpoint({**account, **FULL}).result
    emptied(simulator)
    said = run_endpoint({**account, **FULL, "secret_envs": [{"key": "TOKEN", "value": value}]}).result
    kept = ("id", "changed", "operation", "ansible_facts")
    assert {name: said[name] for name in kept} == {name: plain[name] for name in kept}
    shown = {
        name: value for name, value in said["endpoint"].items() if name not in ("envs", "url", "created_at", "workers")
    }
    assert shown == {name: plain["endpoint"][name] for name in shown}
    assert [env for env in said["endpoint"]["envs"] if env["key"] != "TOKEN"] == plain["endpoint"]["envs"]


def test_the_key_is_stripped_and_sent_as_a_bearer_to_the_api_alone(simulator: Simulator, account: Account) -> None:
    said = run_endpoint({**account, **FULL, "api_key": f"  {simulator.api_key}\n"})
    assert said.changed
    assert {entry.headers["authorization"] for entry in simulator.journal} == {f"Bearer {simulator.api_key}"}
    assert not any(simulator.api_key in entry.path + str(entry.query) + str(entry.body) for entry in simulator.journal)
    assert leaks(said, simulator.api_key) == []


def test_the_invocation_shows_neither_the_key_nor_secret_values(simulator: Simulator, account: Account) -> None:
    said = run_endpoint({**account, **MINIMAL, "secret_envs": SECRET_ENVS})
    shown = said.result["invocation"]["module_args"]
    assert shown["name"] == "chat"
    assert leaks(said, NEW, simulator.api_key) == []

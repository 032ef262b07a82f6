# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What does a fleet return, what does it foresee, and what does it never show?"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
from unit import talking
from unit.bodies import FULL, MINIMAL, Body
from unit.fleets import absent, counted, entry, existing, messages, named, run, seeded, told
from unit.passing import Time
from unit.running import Said
from unit.running import run as run_module
from unit.scenarios import scenarios, worlds

from ansible_collections.ppio.gpu.plugins.modules import endpoint_fleet
from simulator import Settings, Simulator

Account = Mapping[str, Any]

#: Secret values of now and of before.
NEW, OLD = "canary-new-5b1", "canary-old-c07"

#: What there is, and what is wanted of it: each kind of change, and no change, more than once.
THERE: list[Body] = [
    *named(6),
    entry("full", **{name: FULL[name] for name in FULL if name not in MINIMAL}),
    entry("secret", envs=[{"key": "TOKEN", "value": OLD}]),
]
WANTED: list[dict[str, Any]] = [
    entry("chat-0"),
    entry("chat-1", image="registry.example.com/chat:2"),
    entry("chat-2", worker_config={"max_replicas": 5}),
    entry("chat-3", app_name="other", allow_recreate=True),
    *absent(named(6)[4:]),
    entry("full", ports=[8080]),
    entry("secret", secret_envs=[{"key": "TOKEN", "value": NEW}]),
    entry("new-0", secret_envs=[{"key": "TOKEN", "value": NEW}]),
    entry("new-1", envs=[{"key": "MODE", "value": "fast"}]),
    {"name": "never-there", "state": "absent"},
]
OPERATIONS = {
    "chat-1": "update",
    "chat-2": "update",
    "chat-3": "recreate",
    "chat-4": "delete",
    "chat-5": "delete",
    "full": "update",
    "secret": "update",
    "new-0": "create",
    "new-1": "create",
}
WRITES = Counter(PUT=4, POST=3, DELETE=3)


def said_of(account: Account, *, check: bool = False, diff: bool = True, **options: Any) -> Said:
    return run_module(endpoint_fleet, {**account, **options}, check=check, diff=diff)


@pytest.mark.parametrize("world", worlds.EACH)
def test_a_mixed_fleet_changes_once_as_foreseen_and_then_never_again(
    simulator: Simulator, account: Account, world: str
) -> None:
    simulator.settings = worlds.EACH[world]
    seeded(simulator, THERE)
    simulator.seed(entry("bystander"))
    said, writes = [], []
    for check in (True, False, True, False):
        simulator.clear_journal()
        said.append(said_of(account, endpoints=WANTED, check=check))
        writes.append(Counter(one.method for one in simulator.writes))
        assert not said[-1].failed, said[-1].message
    assert [one.changed for one in said] == [True, True, False, False]
    assert writes == [Counter(), WRITES, Counter(), Counter()]
    assert operations(said[0]) == operations(said[1]) == OPERATIONS
    assert said[0].result["summary"] == said[1].result["summary"]
    assert said[0].result["diff"] == said[1].result["diff"]
    assert said[2].result["diff"] == said[3].result["diff"] == []
    assert said[2].result == said[3].result


def operations(said: Said) -> dict[str, str]:
    """What was done with each entry that changed, by name."""
    return {one["name"]: one["operation"] for one in said.result["endpoints"] if one["changed"]}


@pytest.mark.parametrize("name", scenarios.CHANGING)
def test_each_entry_is_done_as_the_endpoint_module_does_it(simulator: Simulator, account: Account, name: str) -> None:
    scenario = scenarios.CHANGING[name]
    identity = simulator.seed(scenario.existing) if scenario.existing else None
    wanted = {**scenario.arguments, **({"id": identity} if scenario.addressed else {})}
    details = "recreate" in name
    said = said_of(account, endpoints=[wanted], include_details=details)
    assert not said.failed, said.text
    assert tuple(one.method for one in simulator.writes) == scenario.writes
    assert not said_of(account, endpoints=[wanted], include_details=details).changed


@pytest.mark.parametrize("name", scenarios.UNCHANGED)
def test_each_entry_that_is_as_wanted_is_left_alone(simulator: Simulator, account: Account, name: str) -> None:
    scenario = scenarios.UNCHANGED[name]
    identity = simulator.seed(scenario.existing) if scenario.existing else None
    shared = ("wait", "wait_for", "wait_timeout")
    own = {option: value for option, value in scenario.arguments.items() if option not in shared}
    said = said_of(account, endpoints=[{**own, **({"id": identity} if scenario.addressed else {})}])
    assert not said.failed, said.text
    assert not said.changed
    assert simulator.writes == ()


def test_check_mode_reads_what_it_would_write_and_so_foresees_its_failure(simulator: Simulator, time: Time) -> None:
    seeded(simulator, named(3))
    wanted = [entry("chat-0", type="async", command="--fast"), entry("chat-1", command="--fast"), entry("chat-2")]
    foreseen = run(simulator, time, wanted, check=True)
    assert simulator.writes == ()
    real = run(simulator, time, wanted)
    assert foreseen.failed
    assert foreseen.result["msg"] == real.result["msg"]
    assert told(foreseen) == told(real)
    assert foreseen.result["summary"] == real.result["summary"] == counted(updated=1, unchanged=1, failed=1)


def test_the_ids_are_in_the_result_and_in_the_facts(simulator: Simulator, account: Account) -> None:
    seeded(simulator, named(2))
    said = said_of(account, endpoints=[*named(3), {"name": "never-there", "state": "absent"}])
    assert said.result["ids"] == existing(simulator)
    assert said.result["ansible_facts"] == {"ppio_endpoint_ids": existing(simulator)}
    assert {one["name"]: one["id"] for one in said.result["endpoints"]} == existing(simulator) | {"never-there": None}


def test_a_removed_endpoint_is_named_with_the_id_that_it_had(simulator: Simulator, account: Account) -> None:
    ids = seeded(simulator, named(1))
    said = said_of(account, endpoints=absent(named(1)))
    assert said.result["endpoints"][0]["id"] == ids["chat-0"]
    assert said.result["ids"] == {}


def test_what_would_be_new_has_no_id_yet(simulator: Simulator, account: Account) -> None:
    said = said_of(account, endpoints=named(1), check=True)
    assert said.result["endpoints"][0]["id"] is None
    assert said.result["ids"] == {}


@pytest.mark.parametrize("check", [True, False])
def test_what_does_not_exist_has_no_place_among_the_ids(simulator: Simulator, account: Account, check: bool) -> None:
    ids = seeded(simulator, named(1))
    wanted = [{"id": "nosuch", "image": "x"}, {"id": ids["chat-0"], "image": "x"}]
    said = said_of(account, endpoints=wanted, check=check)
    assert said.failed
    assert said.result["ids"] == {ids["chat-0"]: ids["chat-0"]}


def test_the_entries_of_a_result_are_in_the_order_of_the_task(simulator: Simulator, time: Time) -> None:
    seeded(simulator, named(30))
    wanted = [one if number % 3 else one | {"command": "--fast"} for number, one in enumerate(named(30)[::-1])]
    report = run(simulator, time, wanted)
    assert [one["name"] for one in report.result["endpoints"]] == [one["name"] for one in wanted]


def test_there_is_one_difference_for_each_endpoint_that_changes(simulator: Simulator, account: Account) -> None:
    seeded(simulator, THERE)
    diff = said_of(account, endpoints=WANTED).result["diff"]
    assert [one["before_header"] for one in diff] == list(OPERATIONS)
    assert all(one["before_header"] == one["after_header"] for one in diff)
    by_name = {one["before_header"]: one for one in diff}
    assert by_name["chat-4"]["after"] == {}
    assert by_name["new-0"]["before"] == {}
    changed = by_name["chat-1"]
    assert {name for name in changed["after"] if changed["before"][name] != changed["after"][name]} == {"image"}


def test_there_is_no_difference_unless_asked_for(simulator: Simulator, account: Account) -> None:
    assert "diff" not in said_of(account, endpoints=named(1), diff=False).result


@pytest.mark.parametrize("check", [False, True])
def test_no_secret_is_ever_shown(simulator: Simulator, account: Account, check: bool) -> None:
    seeded(simulator, THERE)
    said = said_of(account, endpoints=WANTED, check=check)
    assert not said.failed
    for secret in (NEW, OLD, simulator.api_key):
        assert secret not in said.text
    envs = {one["before_header"]: one["after"].get("envs") for one in said.result["diff"]}
    assert envs["secret"] == [{"key": "TOKEN", "value": "(hidden, changed)"}]
    assert envs["new-1"] == [{"key": "MODE", "value": "fast"}]


def test_no_secret_is_shown_when_the_api_repeats_it(simulator: Simulator, account: Account) -> None:
    simulator.settings = Settings(echo_body=True, check_products=True)
    said = said_of(account, endpoints=[entry(f"chat-{number}", product_id="no-such", **TOKEN) for number in range(3)])
    assert said.failed
    assert "registry.example.com" in said.message
    assert NEW not in said.text


TOKEN = {"secret_envs": [{"key": "TOKEN", "value": NEW}]}


@pytest.mark.parametrize(
    "endpoints",
    [
        json.dumps([entry("chat", **TOKEN)]),
        [json.dumps(entry("chat", colour="red", **TOKEN))],
        [entry("chat", colour="red", **TOKEN)],
    ],
    ids=["all as text", "one as text", "an unknown option"],
)
def test_no_secret_is_shown_when_the_options_are_refused(
    simulator: Simulator, account: Account, endpoints: Any
) -> None:
    said = said_of(account, endpoints=endpoints)
    assert said.failed
    assert NEW not in said.text
    assert simulator.journal == ()


def test_short_secrets_garble_nothing(simulator: Simulator, account: Account) -> None:
    secrets = [{"key": "ONE", "value": "1"}, {"key": "YES", "value": "true"}, {"key": "WORD", "value": "chat"}]
    said = said_of(account, endpoints=[entry("chat-1", secret_envs=secrets)])
    assert said.result["ids"] == existing(simulator)
    assert said.result["endpoints"][0]["name"] == "chat-1"


def test_a_failing_entry_does_not_hide_what_was_done(simulator: Simulator, account: Account) -> None:
    said = said_of(account, endpoints=[*named(2), entry("no", id="no-such-id")])
    assert said.failed
    assert said.changed
    assert said.result["summary"] == counted(created=2, failed=1)
    assert said.result["ansible_facts"]["ppio_endpoint_ids"].items() >= existing(simulator).items()
    assert "There is no endpoint with id no-such-id" in said.message


def test_a_value_that_the_provider_is_dropping_is_warned_about(simulator: Simulator, time: Time) -> None:
    local = {"volumes": [{"type": "local", "size": 30, "mount_point": "/scratch"}]}
    report = run(simulator, time, [entry("chat-0"), entry("chat-1", **local)])
    assert not report.failed
    (warning,) = report.warnings
    assert warning.startswith("endpoints[1].volumes[0].type: local works today")
    assert messages(report) == {}


def test_an_entry_by_id_that_fails_keeps_its_id(simulator: Simulator, time: Time) -> None:
    (one,) = run(simulator, time, [{"id": "ep-none", "command": "--fast"}]).result["endpoints"]
    assert (one["id"], one["operation"], one["changed"]) == ("ep-none", "none", False)


@pytest.mark.parametrize("wait", [False, True])
def test_each_entry_tells_where_it_is_asked_and_how_it_is(simulator: Simulator, time: Time, wait: bool) -> None:
    seeded(simulator, named(3))
    wanted = [
        entry("chat-0"),
        entry("chat-1", image="registry.example.com/chat:2"),
        *absent(named(3)[2:]),
        entry("new"),
    ]
    report = run(simulator, time, wanted, wait=wait)
    assert not report.failed, report.result
    there = {
        one["name"]: (one["url"], one["status"]["status"].lower())
        for one in talking.client(simulator.url, talking.Time()).listed()
    }
    assert all(url and status for url, status in there.values())
    shown = {one["name"]: (one["url"], one["status"]) for one in report.result["endpoints"]}
    assert shown == {**there, "chat-2": (None, None)}


def test_an_entry_that_failed_tells_it_too(simulator: Simulator, account: Account) -> None:
    seeded(simulator, named(1))
    said = said_of(account, endpoints=[entry("chat-0", app_name="other")])
    (there,), (shown,) = talking.client(simulator.url, talking.Time()).listed(), said.result["endpoints"]
    assert said.failed
    assert (shown["url"], shown["status"]) == (there["url"], there["status"]["status"].lower())

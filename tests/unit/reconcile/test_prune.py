# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which endpoints go because nobody listed them, and which never do?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from unit.bodies import MINIMAL, Body
from unit.fleets import calls, counted, entry, existing, named, run, seeded, told
from unit.passing import Time
from unit.running import run as run_module

from ansible_collections.ppio.gpu.plugins.modules import endpoint_fleet
from simulator import Fault, Settings, Simulator

OTHERS = ("cha", "Chat-99", "a chat-1", "search")


def pruning(**options: Any) -> dict[str, Any]:
    return {"prune": True, "name_prefix": "chat-", **options}


@pytest.fixture
def bystanders(simulator: Simulator) -> dict[str, str]:
    """Endpoints whose names do not begin with the prefix."""
    return seeded(simulator, [entry(name) for name in OTHERS])


def test_what_is_not_listed_goes_and_nothing_else(simulator: Simulator, time: Time, bystanders: dict[str, str]) -> None:
    ids = seeded(simulator, named(10))
    report = run(simulator, time, named(8), **pruning())
    assert {one.committed for one in simulator.writes} == {ids["chat-8"], ids["chat-9"]}
    assert [one.method for one in simulator.writes] == ["DELETE"] * 2
    assert report.result["summary"] == counted(deleted=2, unchanged=8)
    assert set(told(report)[8:]) == {("chat-8", "delete", True), ("chat-9", "delete", True)}
    assert existing(simulator) == {name: ids[name] for name in list(ids)[:8]} | bystanders


def test_what_is_pruned_is_in_no_list_of_ids(simulator: Simulator, time: Time) -> None:
    seeded(simulator, named(5))
    report = run(simulator, time, named(4), **pruning())
    assert report.result["ids"].keys() == {one["name"] for one in named(4)}


def test_nothing_is_pruned_unless_asked_for(simulator: Simulator, time: Time) -> None:
    seeded(simulator, named(5))
    assert not run(simulator, time, named(1), name_prefix="chat-").result["changed"]
    assert len(simulator.endpoints) == 5


@pytest.mark.parametrize("prefix", [None, ""])
def test_pruning_needs_a_prefix(simulator: Simulator, account: dict[str, Any], prefix: str | None) -> None:
    seeded(simulator, named(2))
    said = run_module(
        endpoint_fleet,
        {**account, "endpoints": named(1), "prune": True, "name_prefix": prefix, "prune_max_percent": 100},
    )
    assert said.failed
    assert "name_prefix" in said.message
    assert simulator.journal == ()


@pytest.mark.parametrize("check", [False, True])
def test_an_empty_list_deletes_nothing(simulator: Simulator, time: Time, check: bool) -> None:
    ids = seeded(simulator, named(3))
    report = run(simulator, time, [], check=check, **pruning(prune_max_percent=100))
    assert report.failed
    assert "prune would delete all 3 endpoints that have such a name: " in report.result["msg"]
    assert report.result["msg"].endswith("To delete them all, set prune_empty=true.")
    assert [name for name, identity in ids.items() if f"{name} ({identity})" in report.result["msg"]] == [*ids]
    assert not report.result["changed"]
    assert simulator.writes == ()


def test_an_empty_list_deletes_everything_where_that_is_meant(
    simulator: Simulator, time: Time, bystanders: dict[str, str]
) -> None:
    seeded(simulator, named(3))
    report = run(simulator, time, [], **pruning(prune_empty=True, prune_max_percent=100))
    assert report.result["summary"] == counted(deleted=3)
    assert existing(simulator) == bystanders


def test_even_then_no_more_than_the_limit(simulator: Simulator, time: Time) -> None:
    seeded(simulator, named(3))
    report = run(simulator, time, [], **pruning(prune_empty=True))
    assert report.failed
    assert "3 of 3 endpoints" in report.result["msg"]
    assert simulator.writes == ()


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize(
    ("listed", "percent", "allowed"),
    [(8, None, True), (7, None, False), (7, 30, True), (7, 29, False), (9, 0, False), (10, 0, True), (1, 90, True)],
)
def test_no_more_than_the_allowed_part_goes(
    simulator: Simulator,
    time: Time,
    bystanders: dict[str, str],
    listed: int,
    percent: int | None,
    allowed: bool,
    check: bool,
) -> None:
    seeded(simulator, named(10))
    limit = {} if percent is None else {"prune_max_percent": percent}
    report = run(simulator, time, named(listed), check=check, **pruning(**limit))
    assert report.failed is not allowed
    assert len(simulator.writes) == (10 - listed if allowed and not check else 0)
    if not allowed:
        assert f"{10 - listed} of 10 endpoints" in report.result["msg"]
        assert "prune_max_percent" in report.result["msg"]


def test_a_refusal_names_whom_it_would_delete(simulator: Simulator, time: Time) -> None:
    ids = seeded(simulator, named(9))
    report = run(simulator, time, named(1), **pruning())
    assert "chat-1 (" + ids["chat-1"] + "), " in report.result["msg"]
    assert [name for name, identity in ids.items() if identity in report.result["msg"]] == [*ids][1:6]
    assert "and 3 more" in report.result["msg"]


def test_what_would_be_done_besides_is_not_done_when_pruning_is_refused(simulator: Simulator, time: Time) -> None:
    seeded(simulator, named(4))
    report = run(simulator, time, [entry("chat-0", command="--fast"), entry("chat-new")], **pruning())
    assert report.failed
    assert simulator.writes == ()


def test_what_is_already_being_deleted_counts_for_nothing(simulator: Simulator, time: Time) -> None:
    ids = seeded(simulator, named(10))
    simulator.settings = replace(simulator.settings, linger_in_list=1000, linger_in_get=1000)
    run(simulator, time, [{"id": ids[f"chat-{number}"], "state": "absent"} for number in range(5, 9)])
    simulator.clear_journal()
    # One of the six that stay: were the four counted, it would be five of ten, and too many.
    report = run(simulator, time, named(5), **pruning())
    assert {one.committed for one in simulator.writes} == {ids["chat-9"]}
    assert report.result["summary"] == counted(deleted=1, unchanged=5)


def test_one_that_an_entry_names_by_its_id_stays(simulator: Simulator, time: Time) -> None:
    ids = seeded(simulator, named(5))
    report = run(
        simulator, time, [*named(4), {"id": ids["chat-4"], "command": "--fast"}], **pruning(prune_max_percent=0)
    )
    assert report.result["summary"] == counted(updated=1, unchanged=4)


def test_one_that_an_entry_renames_stays(simulator: Simulator, time: Time) -> None:
    ids = seeded(simulator, named(5))
    wanted = [*named(4), {"id": ids["chat-4"], "name": "search"}]
    assert not run(simulator, time, wanted, **pruning(prune_max_percent=0)).failed
    assert existing(simulator)["search"] == ids["chat-4"]


def test_two_of_a_listed_name_are_an_error_and_stay(simulator: Simulator, time: Time) -> None:
    simulator.seed(entry("chat-0"))
    simulator.seed(entry("chat-0", app_name="second"))
    report = run(simulator, time, named(1), **pruning(prune_max_percent=100))
    assert report.result["summary"] == counted(failed=1)
    assert simulator.writes == ()


def test_what_another_entry_removes_is_not_pruned_as_well(simulator: Simulator, time: Time) -> None:
    seeded(simulator, named(3))
    wanted = [*named(2), {"name": "chat-2", "state": "absent"}]
    report = run(simulator, time, wanted, **pruning(prune_max_percent=0))
    assert report.result["summary"] == counted(deleted=1, unchanged=2)
    assert calls(simulator) == Counter(list=2, get=1, DELETE=1)


def test_a_fleet_that_is_pruned_can_be_waited_for(simulator: Simulator, time: Time) -> None:
    seeded(simulator, named(5))
    simulator.settings = replace(simulator.settings, linger_in_list=20, linger_in_get=20)
    report = run(simulator, time, named(4), wait=True, **pruning())
    assert report.result["summary"] == counted(deleted=1, unchanged=4)
    assert time.passed >= 20


def test_the_pruned_are_in_the_diff(simulator: Simulator, time: Time) -> None:
    seeded(simulator, named(5))
    (diff,) = run(simulator, time, named(4), check=True, **pruning()).result["diff"]
    assert diff["before_header"] == "chat-4"
    assert diff["before"]["image"] == MINIMAL["image"]
    assert diff["after"] == {}


def test_the_content_of_a_bystander_is_never_touched(
    simulator: Simulator, time: Time, bystanders: dict[str, str]
) -> None:
    before: list[Body] = list(simulator.endpoints)
    seeded(simulator, named(3))
    run(simulator, time, [entry("chat-0", command="--fast")], **pruning(prune_max_percent=70))
    assert [one for one in simulator.endpoints if one["name"] in OTHERS] == before


@pytest.mark.parametrize("check", [False, True])
def test_no_value_of_the_pruned_is_told(simulator: Simulator, time: Time, check: bool) -> None:
    canary = 'canary-"0815"-4711'
    seeded(simulator, [*named(4), entry("chat-4", envs=[{"key": "TOKEN", "value": canary}])])
    body = {"code": 400, "reason": "LOCKED", "message": f"cannot stop what runs with TOKEN={canary}"}
    simulator.script([Fault("status", operation="deleteEndpoint", status=400, body=body)])
    report = run(simulator, time, named(4), check=check, **pruning())
    assert report.failed is not check
    if not check:
        assert "cannot stop what runs with TOKEN=(hidden)" in report.result["msg"]
    assert "4711" not in str(report)


def test_no_value_of_the_pruned_is_told_by_a_wait(simulator: Simulator, time: Time) -> None:
    canary = "canary\n0815-4711"
    seeded(simulator, [*named(4), entry("chat-4", envs=[{"key": "TOKEN", "value": canary}])])
    simulator.settings = replace(simulator.settings, linger_in_list=1000, linger_in_get=1000)
    for message in (f"stopping {canary}", "x" * 1990 + canary):
        status = {"status": "deleting", "error": "", "message": message}
        shown = [{**one, "status": status} if one["name"] == "chat-4" else one for one in simulator.endpoints]
        listing = Fault("overlay", operation="listEndpoints", when="after_commit", body={"data": shown}, times=1000)
        simulator.script([Fault("pass", operation="listEndpoints", times=3), listing])
        report = run(simulator, time, named(4), wait=True, wait_timeout=60, **pruning())
        assert report.failed
        assert "0815" not in str(report)
        assert "canary" not in str(report)
        seeded(simulator, [entry("chat-4", envs=[{"key": "TOKEN", "value": canary}])])


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize(
    "wanted",
    [[entry("caht-0")], [entry("Chat-9")], [{"name": "chat-0", "state": "absent"}]],
    ids=["another prefix", "another case", "nothing that is present"],
)
def test_a_list_in_which_nothing_has_the_prefix_counts_as_empty(
    simulator: Simulator, time: Time, wanted: list[Body], check: bool
) -> None:
    seeded(simulator, named(3))
    report = run(simulator, time, wanted, check=check, **pruning(prune_max_percent=100))
    assert report.failed
    assert "begins with 'chat-'" in report.result["msg"]
    assert "prune_empty" in report.result["msg"]
    assert simulator.writes == ()
    assert not run(simulator, time, wanted, check=check, **pruning(prune_max_percent=100, prune_empty=True)).failed


def test_an_entry_that_is_meant_by_its_id_has_the_name_that_it_has(simulator: Simulator, time: Time) -> None:
    ids = seeded(simulator, named(2))
    wanted = [{"id": ids["chat-0"], "command": "--fast"}]
    report = run(simulator, time, wanted, **pruning(prune_max_percent=100))
    assert report.result["summary"] == counted(updated=1, deleted=1)
    assert run(simulator, time, wanted, **pruning()).result["summary"] == counted(unchanged=1)


NOT_WELL: Mapping[str, tuple[Settings, Body]] = {
    "not ready": (Settings(life="image_pull_failure"), {}),
    "not applied": (Settings(ignored_fields=("command",)), {"command": "--new"}),
    "a wrong answer": (Settings(), {"smoke_test": {"expect": {"contains": "nothing like it"}}}),
}


@pytest.mark.parametrize("what", NOT_WELL)
@pytest.mark.parametrize("batches", [None, ["100%"]], ids=["at once", "in batches"])
def test_nothing_is_pruned_before_all_else_is_well(
    simulator: Simulator, time: Time, what: str, batches: list[str] | None
) -> None:
    seeded(simulator, named(2))
    simulator.clock.advance(100)
    simulator.settings, options = NOT_WELL[what]
    new = entry("chat-new", worker_config={"max_replicas": 3, "min_replicas": 1}, **options)
    report = run(
        simulator,
        time,
        [named(1)[0], new],
        wait=True,
        wait_timeout=60,
        batches=batches,
        **pruning(prune_max_percent=60),
    )
    assert report.result["summary"] == counted(failed=1, not_attempted=1, unchanged=1), report.result
    assert [write.method for write in simulator.writes] == ["POST"]

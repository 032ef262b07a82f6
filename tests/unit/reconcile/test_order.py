# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""May a fleet give a name to one endpoint that another one gives up in the same task?"""

from __future__ import annotations

import pytest
from unit.bodies import MINIMAL, Body
from unit.fleets import calls, counted, entry, existing, messages, run, seeded
from unit.passing import Time

from simulator import Fault, Settings, Simulator


def renamed(identity: str, name: str) -> Body:
    return {"id": identity, "name": name}


@pytest.mark.parametrize("is_first", [True, False], ids=["the rename first", "the new one first"])
def test_one_is_renamed_and_a_new_one_gets_its_name(simulator: Simulator, time: Time, is_first: bool) -> None:
    old = seeded(simulator, [entry("a")])["a"]
    entries = [renamed(old, "b"), entry("a", command="--new")]
    entries = entries if is_first else entries[::-1]
    predicted = run(simulator, time, entries, check=True)
    report = run(simulator, time, entries)
    assert not report.failed, report.result["msg"]
    assert predicted.result["summary"] == report.result["summary"] == counted(created=1, updated=1)
    assert existing(simulator)["b"] == old
    assert existing(simulator).keys() == {"a", "b"}
    assert not run(simulator, time, entries).result["changed"]


@pytest.mark.parametrize("concurrency", [1, 16])
def test_a_chain_of_renames_works_where_names_are_unique(simulator: Simulator, time: Time, concurrency: int) -> None:
    ids = seeded(simulator, [entry(name) for name in "abc"])
    simulator.settings = Settings(unique_names=True)
    entries = [renamed(ids["a"], "b"), renamed(ids["b"], "c"), renamed(ids["c"], "d"), entry("a")]
    report = run(simulator, time, entries, concurrency=concurrency)
    assert not report.failed, report.result["msg"]
    left = existing(simulator)
    assert {name: left[name] for name in "bcd"} == {"b": ids["a"], "c": ids["b"], "d": ids["c"]}
    assert left.keys() == set("abcd")


def test_two_swap_their_names(simulator: Simulator, time: Time) -> None:
    ids = seeded(simulator, [entry("a"), entry("b")])
    entries = [renamed(ids["a"], "b"), renamed(ids["b"], "a")]
    report = run(simulator, time, entries)
    assert not report.failed, report.result["msg"]
    assert existing(simulator) == {"a": ids["b"], "b": ids["a"]}
    assert not run(simulator, time, entries).result["changed"]


@pytest.mark.parametrize("batches", [["1"], ["2"], ["1", "100%"]])
@pytest.mark.parametrize("is_reversed", [True, False])
def test_a_chain_of_renames_works_in_batches(
    simulator: Simulator, time: Time, batches: list[str], is_reversed: bool
) -> None:
    ids = seeded(simulator, [entry(name) for name in "abc"])
    simulator.settings = Settings(unique_names=True)
    entries = [renamed(ids["a"], "b"), renamed(ids["b"], "c"), renamed(ids["c"], "d"), entry("a")]
    entries = entries[::-1] if is_reversed else entries
    report = run(simulator, time, entries, wait=True, batches=batches)
    assert not report.failed, report.result["msg"]
    left = existing(simulator)
    assert {name: left[name] for name in "bcd"} == {"b": ids["a"], "c": ids["b"], "d": ids["c"]}
    assert [one["name"] for one in report.result["endpoints"]] == [one["name"] for one in entries]


def test_two_swap_their_names_in_one_batch(simulator: Simulator, time: Time) -> None:
    ids = seeded(simulator, [entry("a"), entry("b")])
    entries = [renamed(ids["a"], "b"), renamed(ids["b"], "a")]
    report = run(simulator, time, entries, wait=True, batches=["1"])
    assert not report.failed, report.result["msg"]
    assert existing(simulator) == {"a": ids["b"], "b": ids["a"]}


def test_a_new_one_does_not_get_the_name_of_one_whose_rename_fails(simulator: Simulator, time: Time) -> None:
    old = seeded(simulator, [entry("a")])["a"]
    simulator.script([Fault("status", operation="updateEndpoint", status=400, body={"reason": "VALIDATOR_PARAM"})])
    report = run(simulator, time, [entry("a"), renamed(old, "b")])
    assert report.result["summary"] == counted(failed=1, not_attempted=1)
    assert old in messages(report)["a"]
    assert existing(simulator) == {"a": old}
    assert calls(simulator)["POST"] == 0


UNRENAMED = {
    "refused for now": (Fault("status", "updateEndpoint", status=500, times=1000), Settings()),
    "not applied": (Fault("pass", "updateEndpoint"), Settings(ignored_fields=("name",))),
}


@pytest.mark.parametrize(("fault", "settings"), UNRENAMED.values(), ids=UNRENAMED)
@pytest.mark.parametrize("is_new", [True, False], ids=["to a new one", "to one that exists"])
def test_no_name_is_given_away_before_its_owner_shows_another_one(
    simulator: Simulator, time: Time, fault: Fault, settings: Settings, is_new: bool
) -> None:
    ids = seeded(simulator, [entry("a"), entry("c")])
    simulator.settings = settings
    simulator.script([fault])
    heir = entry("a") if is_new else renamed(ids["c"], "a")
    report = run(simulator, time, [renamed(ids["a"], "b"), heir], retry_timeout=5, include_details=True)
    assert report.result["summary"] == counted(failed=1, not_attempted=1)
    assert f"{ids['a']} still has this name, or may have it" in messages(report)["a"]
    assert existing(simulator) == ids


def test_what_came_of_a_rename_is_noted_once(simulator: Simulator, time: Time) -> None:
    """What was sent twice in vain would not be sent again."""
    ids = seeded(simulator, [entry("a")])
    entries = [{**renamed(ids["a"], "b"), "command": "--new"}, entry("a")]
    simulator.settings = Settings(ignored_fields=("command",))
    assert run(simulator, time, entries).failed
    simulator.settings = Settings()
    report = run(simulator, time, entries)
    assert not report.failed, report.result["msg"]
    assert next(one["command"] for one in simulator.endpoints if one["name"] == "b") == "--new"


def test_a_warning_about_the_owner_of_a_name_is_told_once(simulator: Simulator, time: Time) -> None:
    old = seeded(simulator, [entry("a")])["a"]
    simulator.settings = Settings(mask="***")
    secret = {"secret_envs": [{"key": "TOKEN", "value": "sesame-4711"}]}
    report = run(simulator, time, [{**renamed(old, "b"), **secret}, entry("a")])
    assert not report.failed, report.result["msg"]
    assert len(report.warnings) == 1, report.warnings


@pytest.mark.parametrize("batches", [None, ["100%"]])
def test_a_rollback_does_not_take_back_a_name_that_was_given_away(
    simulator: Simulator, time: Time, batches: list[str] | None
) -> None:
    workers = {"max_replicas": 3, "min_replicas": 1}
    old = seeded(simulator, [entry("a", worker_config=workers)])["a"]
    simulator.clock.advance(100)
    bad = "registry.example.com/bad:1"
    simulator.settings = Settings(replacement="at_once", image_lives={bad: "image_pull_failure"})
    broken = {**renamed(old, "b"), "image": bad, "rollout": {"on_failure": "rollback"}}
    report = run(simulator, time, [broken, entry("a")], wait=True, batches=batches)
    assert report.result["summary"] == counted(created=1, failed=1)
    assert "is as it was before, except that it keeps the new name (b)" in messages(report)["b"]
    left = existing(simulator)
    assert left.keys() == {"a", "b"}
    assert left["b"] == old
    assert bad not in {one["image"] for one in simulator.endpoints}


def test_a_rollback_leaves_a_name_to_a_create_that_may_have_happened(simulator: Simulator, time: Time) -> None:
    old = seeded(simulator, [entry("a", worker_config={"max_replicas": 3, "min_replicas": 1})])["a"]
    simulator.clock.advance(100)
    bad = "registry.example.com/bad:1"
    slow = Settings(replacement="at_once", image_lives={bad: "image_pull_failure"}, visible_in_list_after=400)
    simulator.settings = slow
    simulator.script([Fault("reset", "createEndpoint", when="after_commit")])
    broken = {**renamed(old, "b"), "image": bad, "rollout": {"on_failure": "rollback"}}
    report = run(simulator, time, [broken, entry("a")], wait=True)
    assert "utcome unknown" in messages(report)["a"]
    assert existing(simulator).keys() == {"a", "b"}


def test_a_rollback_of_a_swap_that_stopped_halfway_restores_both_names(simulator: Simulator, time: Time) -> None:
    workers = {"max_replicas": 3, "min_replicas": 1}
    ids = seeded(simulator, [entry("a", worker_config=workers), entry("b", worker_config=workers)])
    simulator.clock.advance(100)
    bad = "registry.example.com/bad:1"
    simulator.settings = Settings(replacement="at_once", image_lives={bad: "image_pull_failure"})
    refused = Fault("status", "updateEndpoint", status=400, body={"reason": "VALIDATOR_PARAM"})
    simulator.script([Fault("pass", "updateEndpoint"), refused])
    broken = {**renamed(ids["a"], "b"), "image": bad, "rollout": {"on_failure": "rollback"}}
    report = run(simulator, time, [broken, renamed(ids["b"], "a")], wait=True, concurrency=1)
    assert report.result["summary"] == counted(failed=2)
    assert existing(simulator) == ids


def test_a_new_one_does_not_take_over_what_failed_to_be_renamed_in_an_earlier_batch(
    simulator: Simulator, time: Time
) -> None:
    """One failure is allowed, so the next batch is begun."""
    old = seeded(simulator, [entry("a")])["a"]
    simulator.script([Fault("status", operation="updateEndpoint", status=400, body={"reason": "VALIDATOR_PARAM"})])
    entries = [entry("a", command="--new"), renamed(old, "b"), entry("c")]
    report = run(simulator, time, entries, wait=True, batches=["1"], max_failures=2)
    assert report.result["summary"] == counted(created=1, failed=1, not_attempted=1)
    assert old in messages(report)["a"]
    assert existing(simulator)["a"] == old
    assert [one["command"] for one in simulator.endpoints if one["id"] == old] == [""]


def test_a_new_one_gets_the_name_of_one_that_was_renamed_and_is_not_ready(simulator: Simulator, time: Time) -> None:
    old = seeded(simulator, [entry("a")])["a"]
    bad = "registry.example.com/bad:1"
    simulator.settings = Settings(replacement="at_once", image_lives={bad: "image_pull_failure"})
    broken = {**renamed(old, "b"), "image": bad, "worker_config": {"min_replicas": 1}, "rollout": {}}
    report = run(simulator, time, [broken, entry("a")], wait=True, wait_timeout=60, batches=["1"], max_failures=1)
    assert report.result["summary"] == counted(created=1, failed=1)
    assert existing(simulator).keys() == {"a", "b"}
    assert existing(simulator)["b"] == old


def test_nothing_behind_a_failed_rename_is_begun_in_the_next_batch(simulator: Simulator, time: Time) -> None:
    ids = seeded(simulator, [entry("a"), entry("b")])
    simulator.script([Fault("status", operation="updateEndpoint", status=400, body={"reason": "VALIDATOR_PARAM"})])
    entries = [renamed(ids["a"], "b"), entry("a", command="--new"), renamed(ids["b"], "c")]
    report = run(simulator, time, entries, wait=True, batches=["1", "100%"], max_failures=1)
    assert report.result["summary"] == counted(failed=1, not_attempted=2)
    assert existing(simulator) == ids
    assert [one["command"] for one in simulator.endpoints] == ["", ""]


@pytest.mark.parametrize("more", [{}, {"wait": True, "batches": ["1"]}], ids=["at once", "in batches"])
def test_the_order_holds_where_the_list_does_not_show_the_renamed_one_yet(
    simulator: Simulator, time: Time, more: Body
) -> None:
    old = simulator.seed({**MINIMAL, "name": "a"})
    simulator.settings = Settings(visible_in_list_after=10)
    report = run(simulator, time, [entry("a"), renamed(old, "b")], **more)
    assert not report.failed, report.result["msg"]
    simulator.clock.advance(20)
    left = existing(simulator)
    assert (left["b"], len(left)) == (old, 2)


def test_one_that_only_a_read_shows_is_not_created_again_by_its_name(simulator: Simulator, time: Time) -> None:
    old = simulator.seed({**MINIMAL, "name": "a"})
    simulator.settings = Settings(visible_in_list_after=60)
    report = run(simulator, time, [entry("a"), {"id": old, "command": "--new"}])
    assert report.result["summary"] == counted(failed=2)
    assert calls(simulator)["POST"] == 0


def test_a_name_that_nobody_gives_up_is_refused(simulator: Simulator, time: Time) -> None:
    ids = seeded(simulator, [entry("a"), entry("b")])
    report = run(simulator, time, [renamed(ids["a"], "b"), entry("c")])
    assert messages(report).keys() == {"b"}
    assert ids["b"] in messages(report)["b"]
    assert existing(simulator)["a"] == ids["a"]


def test_two_entries_of_one_name_are_still_refused(simulator: Simulator, time: Time) -> None:
    ids = seeded(simulator, [entry("a"), entry("b")])
    report = run(simulator, time, [renamed(ids["a"], "b"), entry("b", command="--other")])
    assert messages(report).keys() == {"b"}
    assert report.result["summary"] == counted(failed=2)
    assert existing(simulator) == ids


def test_a_lagging_list_does_not_mix_up_the_old_and_the_new(simulator: Simulator, time: Time) -> None:
    old = simulator.seed({**MINIMAL, "name": "a"})
    simulator.clock.advance(60)
    simulator.settings = Settings(visible_in_list_after=60)
    entries = [renamed(old, "b"), entry("a")]
    for _round in range(2):
        report = run(simulator, time, entries)
        assert not report.failed, report.result["msg"]
    assert existing(simulator)["b"] == old
    assert len(existing(simulator)) == 2

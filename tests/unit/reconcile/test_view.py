# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many calls does a fleet take? One look at all, the writes that it needs, and one more look as proof."""

from __future__ import annotations

from collections import Counter
from math import ceil

import pytest
from unit import passing
from unit.bodies import FULL, MINIMAL, Body
from unit.crowd import most_at_once
from unit.fleets import absent, calls, counted, entry, existing, named, run, seeded, told
from unit.passing import Time

from simulator import Settings, Simulator

PAGE = 20


@pytest.mark.parametrize("count", [1, PAGE, PAGE + 1, 2 * PAGE + 5])
@pytest.mark.parametrize("check", [False, True])
def test_an_unchanged_fleet_takes_one_call_for_each_page(
    simulator: Simulator, time: Time, count: int, check: bool
) -> None:
    seeded(simulator, named(count))
    report = run(simulator, time, named(count), check=check)
    assert not report.result["changed"]
    assert report.result["summary"] == counted(unchanged=count)
    assert [(one.method, one.query.get("limit")) for one in simulator.journal] == [("GET", "100")] * ceil(count / PAGE)


def test_a_thousand_entries_that_name_one_setting_take_one_call_for_each_page(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(page_size=100)
    seeded(simulator, named(1000, command="--fast"))
    partial: list[Body] = [{"name": f"chat-{number}", "command": "--fast"} for number in range(1000)]
    assert run(simulator, time, partial).result["summary"] == counted(unchanged=1000)
    assert calls(simulator) == Counter(list=10)
    simulator.clear_journal()
    partial[500] = {"name": "chat-500", "worker_config": {"min_replicas": 2}}
    assert run(simulator, time, partial).result["summary"] == counted(updated=1, unchanged=999)
    assert calls(simulator) == Counter(list=10 + 10, get=1, PUT=1)


@pytest.mark.parametrize(
    ("by_id", "looks"), [(True, ["GET one"]), (False, ["GET all", "GET one"])], ids=["by id", "by name"]
)
def test_an_update_of_one_takes_a_look_the_write_and_the_proof(
    simulator: Simulator, time: Time, by_id: bool, looks: list[str]
) -> None:
    assert update_of_one(simulator, time, MINIMAL, by_id) == [*looks, "PUT one", "GET one"]


@pytest.mark.parametrize(
    ("by_id", "looks"),
    [(True, ["GET one", "GET all", "GET one"]), (False, ["GET all", "GET one"])],
    ids=["by id", "by name"],
)
def test_an_update_of_one_with_local_volumes_needs_the_list_for_their_sizes(
    simulator: Simulator, time: Time, by_id: bool, looks: list[str]
) -> None:
    assert update_of_one(simulator, time, FULL, by_id) == [*looks, "PUT one", "GET one"]


def update_of_one(simulator: Simulator, time: Time, body: Body, by_id: bool) -> list[str]:
    """The calls of a task that changes one setting of this one."""
    identity = simulator.seed(body)
    which: Body = {"id": identity} if by_id else {"name": body["name"]}
    report = passing.run(simulator, time, {**which, "command": "--other", "wait": False})
    assert report.result["operation"] == "update"
    return [f"{one.method} {'one' if one.path.endswith(identity) else 'all'}" for one in simulator.journal]


def test_an_unchanged_fleet_reads_what_others_have_as_well(simulator: Simulator, time: Time) -> None:
    seeded(simulator, named(3))
    seeded(simulator, [entry(f"other-{number}") for number in range(2 * PAGE)])
    run(simulator, time, named(3))
    assert calls(simulator) == Counter(list=3)


def test_a_new_fleet_takes_one_post_each_and_two_looks(simulator: Simulator, time: Time) -> None:
    wanted = named(2 * PAGE + 1)
    report = run(simulator, time, wanted)
    assert calls(simulator) == Counter(list=1 + 3, POST=len(wanted))
    assert report.result["summary"] == counted(created=len(wanted))
    assert existing(simulator) == report.result["ids"]
    assert sorted(one.body["name"] for one in simulator.writes) == sorted(one["name"] for one in wanted)


def test_only_what_differs_is_read_and_written(simulator: Simulator, time: Time) -> None:
    ids = seeded(simulator, named(PAGE + 5))
    changed = {"chat-3", "chat-17"}
    wanted = [one | {"command": "--fast"} if one["name"] in changed else one for one in named(PAGE + 5)]
    report = run(simulator, time, wanted)
    assert calls(simulator) == Counter(list=4, get=2, PUT=2)
    assert {one.committed for one in simulator.writes} == {ids[name] for name in changed}
    assert report.result["summary"] == counted(updated=2, unchanged=PAGE + 3)
    assert {one["name"] for one in simulator.endpoints if one["command"] == "--fast"} == changed


def test_what_is_to_go_takes_one_read_and_one_delete_each(simulator: Simulator, time: Time) -> None:
    seeded(simulator, named(PAGE + 1))
    report = run(simulator, time, absent(named(5)))
    assert calls(simulator) == Counter(list=2 + 1, get=5, DELETE=5)
    assert report.result["summary"] == counted(deleted=5)
    assert existing(simulator).keys() == {f"chat-{number}" for number in range(5, PAGE + 1)}


def test_what_is_gone_already_takes_no_call_of_its_own(simulator: Simulator, time: Time) -> None:
    report = run(simulator, time, absent(named(PAGE)))
    assert calls(simulator) == Counter(list=1)
    assert report.result["summary"] == counted(unchanged=PAGE)
    assert not report.result["changed"]


def test_a_mixed_fleet_is_done_in_one_go(simulator: Simulator, time: Time) -> None:
    seeded(simulator, named(4))
    wanted = [
        entry("chat-0"),
        entry("chat-1", image="registry.example.com/chat:2"),
        entry("chat-2", app_name="other", allow_recreate=True),
        {"name": "chat-3", "state": "absent"},
        entry("chat-4"),
    ]
    report = run(simulator, time, wanted)
    assert not report.failed, report.result["msg"]
    assert told(report) == [
        ("chat-0", "none", False),
        ("chat-1", "update", True),
        ("chat-2", "recreate", True),
        ("chat-3", "delete", True),
        ("chat-4", "create", True),
    ]
    assert report.result["summary"] == counted(created=1, updated=1, recreated=1, deleted=1, unchanged=1)
    assert Counter(one.method for one in simulator.writes) == Counter(POST=2, PUT=1, DELETE=2)
    assert existing(simulator) == report.result["ids"]
    assert existing(simulator).keys() == {"chat-0", "chat-1", "chat-2", "chat-4"}


def test_an_entry_may_name_an_endpoint_by_its_id(simulator: Simulator, time: Time) -> None:
    ids = seeded(simulator, named(3))
    wanted = [
        entry("renamed", id=ids["chat-0"]),
        {"id": ids["chat-1"], "command": "--fast"},
        {"id": ids["chat-2"], "state": "absent"},
    ]
    report = run(simulator, time, wanted)
    assert report.result["summary"] == counted(updated=2, deleted=1)
    assert existing(simulator) == {"renamed": ids["chat-0"], "chat-1": ids["chat-1"]}
    assert report.result["ids"]["renamed"] == ids["chat-0"]


def test_the_type_is_noticed_only_when_the_endpoint_is_read(simulator: Simulator, time: Time) -> None:
    seeded(simulator, named(2))
    wanted = [one | {"type": "async"} for one in named(2)]
    assert not run(simulator, time, wanted).failed
    about_to_write = run(simulator, time, [wanted[0] | {"command": "--fast"}, wanted[1]])
    assert "type is 'sync', wanted is 'async'" in about_to_write.result["msg"]
    assert about_to_write.result["summary"] == counted(failed=1, unchanged=1)
    read = run(simulator, time, wanted, include_details=True)
    assert read.result["summary"] == counted(failed=2)
    assert simulator.writes == ()


def test_details_are_read_once_for_each_entry_that_exists(simulator: Simulator, time: Time) -> None:
    seeded(simulator, named(PAGE + 5))
    report = run(simulator, time, [*named(5), entry("new")], include_details=True)
    assert calls(simulator) == Counter(list=4, get=5, POST=1)
    assert report.result["summary"] == counted(created=1, unchanged=5)


def test_details_let_a_fleet_recreate_for_the_type(simulator: Simulator, time: Time) -> None:
    old = seeded(simulator, named(3))
    wanted = [one | {"type": "async", "allow_recreate": True} for one in named(3)]
    assert not run(simulator, time, wanted).result["changed"]
    report = run(simulator, time, wanted, include_details=True)
    assert report.result["summary"] == counted(recreated=3)
    assert {one["type"] for one in simulator.endpoints} == {"async"}
    assert existing(simulator) == report.result["ids"]
    assert not set(old.values()) & set(report.result["ids"].values())


@pytest.mark.parametrize("concurrency", [1, 3])
def test_as_many_requests_run_at_once_as_allowed_and_no_more(
    simulator: Simulator, time: Time, concurrency: int
) -> None:
    simulator.settings = Settings(latency=0.05)
    with most_at_once(simulator, lambda one: one.is_write) as most:
        run(simulator, time, named(9), concurrency=concurrency)
    assert most == [concurrency]

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What if entries, other controllers or the server make it unclear which endpoint is meant, or is left?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from unit import passing
from unit.fleets import absent, counted, entry, messages, named, run, seeded
from unit.passing import Time
from unit.reconcile.acting import at_phase, fleet, single

from simulator import Fault, Settings, Simulator

CANARY = "hunter2-canary-secret"
WITH_WORKER: Mapping[str, Any] = {"worker_config": {"max_replicas": 3, "min_replicas": 1}}
EVERYTHING: Mapping[str, Any] = {"prune": True, "name_prefix": "chat-", "prune_max_percent": 100}


@pytest.mark.parametrize("act", [single, fleet])
def test_what_is_created_anew_by_its_id_keeps_what_no_list_shows(simulator: Simulator, time: Time, act: Any) -> None:
    volumes = [{"type": "local", "size": 20, "mount_point": "/d"}]
    identity = simulator.seed(entry("chat", app_name="old", volumes=volumes))
    assert not act(simulator, time, {"id": identity, "app_name": "new", "allow_recreate": True}).failed
    (anew,) = simulator.endpoints
    assert (anew["type"], anew["app_name"]) == ("sync", "new")
    assert [(one["size"], one["mount_point"]) for one in anew["volumes"]] == [(20, "/d")]


@pytest.mark.parametrize("act", [single, fleet])
def test_nothing_is_deleted_that_could_not_be_created_anew(simulator: Simulator, time: Time, act: Any) -> None:
    identity = simulator.seed(entry("chat", app_name="old"))
    simulator.script([Fault("overlay", "getEndpoint", "after_commit", body={"product_id": ""}, times=9)])
    simulator.script([Fault("overlay", "getEndpoint", "after_commit", body={"type": ""}, times=9)])
    report = act(simulator, time, {"id": identity, "app_name": "new", "allow_recreate": True})
    assert report.failed
    assert "Give type" in report.result["msg"]
    assert simulator.writes == ()


@pytest.mark.parametrize("act", [single, fleet])
def test_a_secret_that_nobody_gave_is_in_no_refusal_of_a_recreate(simulator: Simulator, time: Time, act: Any) -> None:
    simulator.seed(entry("chat", app_name="old", envs=[{"key": "TOKEN", "value": CANARY}]))
    simulator.settings = replace(simulator.settings, echo_body=True, check_products=True)
    report = act(simulator, time, entry("chat", product_id="no-such", app_name="new", allow_recreate=True))
    assert report.failed
    assert CANARY not in json.dumps(report.result)


def test_a_secret_that_nobody_gave_is_in_no_failure_of_a_wait(simulator: Simulator, time: Time) -> None:
    simulator.seed(entry("chat", envs=[{"key": "TOKEN", "value": CANARY}], **WITH_WORKER))
    status = {"status": "failed", "error": "BOOM", "message": f"env TOKEN={CANARY} bad"}
    item = {name: value for name, value in simulator.endpoints[0].items() if name != "type"}
    item = {**item, "status": status, "workers": []}
    simulator.script([
        Fault("overlay", "listEndpoints", "after_commit", body={"data": [item]}, times=9),
        Fault("overlay", "getEndpoint", "after_commit", body={"status": status, "workers": []}, times=9),
    ])  # fmt: skip
    of_fleet = run(simulator, time, [entry("chat", **WITH_WORKER)], wait=True)
    of_one = passing.run(simulator, time, entry("chat", **WITH_WORKER))
    for report in (of_fleet, of_one):
        assert "BOOM" in report.result["msg"]
        assert CANARY not in json.dumps(report.result)


@pytest.mark.parametrize("other", [{}, {"on_duplicate": "keep_oldest"}, {"state": "absent"}])
def test_a_name_that_one_entry_wants_for_itself_is_no_other_entrys(
    simulator: Simulator, time: Time, other: Mapping[str, Any]
) -> None:
    report = run(simulator, time, [entry("chat", unique_name=False), entry("chat", **other)])
    assert report.result["summary"] == counted(failed=2)
    assert simulator.writes == ()


def test_runs_of_the_same_second_elect_the_same(simulator: Simulator, time: Time) -> None:
    for attempt in range(6):
        simulator.reset()
        simulator.seed(entry(f"x-{attempt}"))
        first = run(simulator, time, named(1, on_duplicate="keep_oldest"))
        # The other run looked before the first one created.
        simulator.script([Fault("overlay", "listEndpoints", "after_commit", body={"data": []})])
        second = run(simulator, time, named(1, on_duplicate="keep_oldest"))
        assert not first.failed
        assert not second.failed
        (left,) = [one["id"] for one in simulator.endpoints if one["name"] == "chat-0"]
        assert second.result["ids"] == {"chat-0": left}


def test_a_rival_is_told_though_the_next_look_fails(simulator: Simulator, time: Time) -> None:
    rivals: list[str] = []
    simulator.script([Fault("pass", "listEndpoints", times=2), Fault("status", "listEndpoints", status=403, times=99)])
    report = run(
        simulator, time, named(1), progress=at_phase("checking", lambda: rivals.append(simulator.seed(entry("chat-0"))))
    )
    assert rivals[0] in messages(report)["chat-0"]


def test_whoever_loses_an_election_is_told_the_winner(simulator: Simulator, time: Time) -> None:
    def act() -> None:
        for number in range(12):
            simulator.seed(entry("chat-0", app_name=f"rival-{number}"))

    report = run(simulator, time, named(1, on_duplicate="keep_oldest"), progress=at_phase("checking", act))
    assert not report.failed
    assert report.result["ids"]["chat-0"] in {one["id"] for one in simulator.endpoints}


def test_one_that_is_being_deleted_is_not_there(simulator: Simulator, time: Time) -> None:
    ids = seeded(simulator, named(1))
    simulator.settings = replace(simulator.settings, linger_in_list=1000, linger_in_get=1000)
    run(simulator, time, absent(named(1)))
    simulator.clear_journal()
    assert run(simulator, time, [{"id": ids["chat-0"]}]).failed
    assert run(simulator, time, [{"id": ids["chat-0"], "state": "absent"}]).result["summary"] == counted(unchanged=1)
    assert simulator.writes == ()


@pytest.mark.parametrize("second", [{"command": "--slow"}, {"state": "absent"}])
def test_an_id_is_meant_once_though_the_list_does_not_show_it(
    simulator: Simulator, time: Time, second: Mapping[str, Any]
) -> None:
    identity = simulator.seed(entry("chat"))
    simulator.settings = Settings(visible_in_list_after=20)
    report = run(simulator, time, [{"id": identity, "command": "--fast"}, {"id": identity, **second}])
    assert report.result["summary"] == counted(failed=2)
    assert simulator.writes == ()


def test_a_name_that_is_taken_is_not_given_to_another(simulator: Simulator, time: Time) -> None:
    ids = seeded(simulator, [entry("chat-a"), entry("chat-b")])
    report = run(simulator, time, [{"id": ids["chat-a"], "name": "chat-b"}])
    assert ids["chat-b"] in messages(report)["chat-b"]
    assert simulator.writes == ()


def test_a_twin_that_nobody_listed_is_pruned(simulator: Simulator, time: Time) -> None:
    listed = simulator.seed(entry("chat-a"))
    twin = simulator.seed(entry("chat-a", app_name="twin"))
    run(simulator, time, [entry("chat-a", id=listed)], **EVERYTHING)
    assert [one.committed for one in simulator.writes] == [twin]


def test_nothing_is_pruned_where_something_failed(simulator: Simulator, time: Time) -> None:
    seeded(simulator, named(3))
    simulator.script([Fault("status", "createEndpoint", status=400, body={"reason": "X", "message": "no"})])
    report = run(simulator, time, [entry("chat-new")], **EVERYTHING)
    assert report.result["summary"] == counted(failed=1, not_attempted=3)
    assert [one.method for one in simulator.writes] == ["POST"]


def test_what_failed_of_the_pruned_keeps_its_reason(simulator: Simulator, time: Time) -> None:
    seeded(simulator, named(2))
    items = [{**one, "ports": "many"} if one["name"] == "chat-0" else one for one in simulator.endpoints]
    simulator.script([Fault("overlay", "listEndpoints", "after_commit", body={"data": items}, times=99)])
    report = run(simulator, time, [], prune_empty=True, **EVERYTHING)
    assert report.result["summary"] == counted(failed=1, not_attempted=1)
    assert "ports should be a list" in report.result["msg"]
    assert simulator.writes == ()


def test_a_lost_delete_is_not_done_because_one_list_does_not_show_it(simulator: Simulator, time: Time) -> None:
    for _attempt in range(5):
        simulator.reset()
        simulator.seed(entry("chat"))
        simulator.settings = Settings(flapping_list=True)
        simulator.script([Fault("reset", "deleteEndpoint", times=10_000)])
        report = run(simulator, time, absent([entry("chat")]))
        assert report.failed
        assert len(simulator.endpoints) == 1


def test_a_null_in_a_list_of_the_server_spoils_no_result(simulator: Simulator, time: Time) -> None:
    simulator.seed(entry("chat"))
    items = [{**one, "ports": [8000, None]} for one in simulator.endpoints]
    simulator.script([Fault("overlay", "listEndpoints", "after_commit", body={"data": items})])
    report = run(simulator, time, [entry("new"), entry("chat", state="absent")])
    assert report.result["summary"] == counted(created=1, deleted=1)


def test_what_was_created_is_named_though_the_api_gives_the_id_of_another(simulator: Simulator, time: Time) -> None:
    other = simulator.seed(entry("other"))
    simulator.script([Fault("overlay", "createEndpoint", "after_commit", body={"id": other}, times=1)])
    report = run(simulator, time, [entry("new")])
    (created,) = [one["id"] for one in simulator.endpoints if one["name"] == "new"]
    assert report.failed
    assert created in messages(report)["new"]

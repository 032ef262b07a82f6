# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Did everything arrive? A fleet looks at the list once more, and as often as reads lag behind writes."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from unit.fleets import absent, calls, counted, entry, existing, messages, named, run, seeded
from unit.passing import Time
from unit.reconcile.acting import at_phase, fleet, single

from simulator import Fault, Settings, Simulator

#: How an answer gets lost after its request was carried out.
LOSSES = {
    "reset": Fault("reset", when="after_commit", times=3),
    "closed": Fault("close", when="after_commit", times=3),
    "cut short": Fault("truncate", when="while_answering", times=3),
    "a gateway's error": Fault("status", when="after_commit", status=502, times=3),
    "no JSON": Fault("raw", when="after_commit", body="HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno", times=3),
}


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_creates_whose_answers_are_lost_give_one_endpoint_each(simulator: Simulator, time: Time, loss: Fault) -> None:
    simulator.script([replace(loss, operation="createEndpoint")])
    report = run(simulator, time, named(8), concurrency=4)
    assert report.result["summary"] == counted(created=8)
    assert calls(simulator)["POST"] == 8
    assert existing(simulator) == report.result["ids"]
    assert sum("was created all the same" in warning for warning in report.warnings) == 3


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_updates_whose_answers_are_lost_arrive(simulator: Simulator, time: Time, loss: Fault) -> None:
    ids = seeded(simulator, named(6))
    simulator.script([replace(loss, operation="updateEndpoint")])
    report = run(simulator, time, [one | {"command": "--fast"} for one in named(6)], concurrency=4)
    assert report.result["summary"] == counted(updated=6)
    assert existing(simulator) == ids
    assert {one["command"] for one in simulator.endpoints} == {"--fast"}


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_deletes_whose_answers_are_lost_happen(simulator: Simulator, time: Time, loss: Fault) -> None:
    seeded(simulator, named(6))
    simulator.script([replace(loss, operation="deleteEndpoint")])
    report = run(simulator, time, absent(named(6)), concurrency=4)
    assert report.result["summary"] == counted(deleted=6)
    assert simulator.endpoints == ()


def test_a_lost_create_that_left_nothing_is_said_to_be_unknown_and_the_others_are_done(
    simulator: Simulator, time: Time
) -> None:
    simulator.script([Fault("reset", "createEndpoint")])
    report = run(simulator, time, named(4), concurrency=1)
    assert report.result["summary"] == counted(created=3, failed=1)
    assert messages(report)["chat-0"].startswith("Outcome unknown.")
    assert report.result["endpoints"][0]["changed"]
    # From then on it counts as never created.
    simulator.clock.advance(600)
    again = run(simulator, time, named(4))
    assert again.result["summary"] == counted(created=1, unchanged=3)
    assert not run(simulator, time, named(4)).result["changed"]


def test_a_lost_create_is_sent_again_where_that_is_wanted(simulator: Simulator, time: Time) -> None:
    simulator.script([Fault("reset", "createEndpoint")])
    report = run(simulator, time, named(3, on_ambiguous="resend"), concurrency=1)
    assert report.result["summary"] == counted(created=3)
    assert calls(simulator)["POST"] == 4
    assert any("sent again" in warning for warning in report.warnings)


@pytest.mark.parametrize(
    "settings",
    [Settings(visible_in_list_after=8), Settings(visible_in_list_after=8, visible_in_get_after=20)],
    ids=["list", "both"],
)
def test_what_shows_late_is_waited_for_with_one_look_for_all(
    simulator: Simulator, time: Time, settings: Settings
) -> None:
    simulator.settings = settings
    report = run(simulator, time, named(12))
    assert report.result["summary"] == counted(created=12)
    looks = calls(simulator)
    assert looks == Counter(POST=12, list=looks["list"])
    assert 3 <= looks["list"] <= 8
    assert 8 <= time.passed <= 30


def test_what_never_shows_fails_and_keeps_its_id(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(visible_in_list_after=1000, visible_in_get_after=1000)
    report = run(simulator, time, named(3))
    assert report.result["summary"] == counted(failed=3)
    assert report.result["changed"]
    assert report.result["ids"] == existing(simulator)
    for name, identity in existing(simulator).items():
        assert (
            messages(report)[name] == f"The API accepted the create of the endpoint {identity}, but does not show it."
        )


def test_a_change_that_shows_late_in_the_list_counts(simulator: Simulator, time: Time) -> None:
    seeded(simulator, named(2))
    stale = {"data": [one | {"command": "--old"} for one in listed(simulator)]}
    simulator.script([Fault("pass", "listEndpoints"), Fault("overlay", "listEndpoints", "after_commit", body=stale)])
    report = run(simulator, time, [one | {"command": "--fast"} for one in named(2)])
    assert report.result["summary"] == counted(updated=2)
    assert calls(simulator) == Counter(list=3, get=2, PUT=2)


def listed(simulator: Simulator) -> list[dict[str, object]]:
    """What exists, in the shape of the list, as far as a fleet looks at it."""
    return [{name: value for name, value in one.items() if name != "type"} for one in simulator.endpoints]


@pytest.mark.parametrize("fresh", [True, False], ids=["create", "update"])
def test_what_is_accepted_and_not_applied_fails(simulator: Simulator, time: Time, fresh: bool) -> None:
    if not fresh:
        seeded(simulator, named(3))
    simulator.settings = Settings(ignored_fields=("command",))
    report = run(simulator, time, [*named(2), entry("chat-2", command="--fast")])
    assert report.failed
    assert report.result["changed"]
    assert report.result["summary"] == counted(failed=1, **({"created": 2} if fresh else {"unchanged": 2}))
    assert "command is '', wanted is '--fast'" in messages(report)["chat-2"]
    assert report.result["endpoints"][2]["operation"] == ("create" if fresh else "update")
    assert report.result["ids"] == existing(simulator)


UNSEEN = {
    "not applied": ([], ("command",)),
    "never arrived": ([Fault("status", "updateEndpoint", status=500, times=1000)], ()),
    "not shown": ([Fault("pass", "getEndpoint"), Fault("status", "getEndpoint", status=403, times=1000)], ()),
}


@pytest.mark.parametrize(("faults", "ignored"), UNSEEN.values(), ids=UNSEEN)
def test_a_failure_tells_what_there_is_not_what_was_asked_for(
    simulator: Simulator, time: Time, faults: list[Fault], ignored: tuple[str, ...]
) -> None:
    simulator.seed(entry("chat", command="--old"))
    simulator.settings = Settings(ignored_fields=ignored)
    simulator.script(faults)
    report = single(simulator, time, {**entry("chat", command="--new"), "retry_timeout": 5})
    assert report.failed
    assert (report.result["changed"], report.result["operation"]) == (True, "update")
    assert report.result["endpoint"]["command"] == "--old"


def test_what_is_deleted_and_still_shown_as_before_is_waited_for(simulator: Simulator, time: Time) -> None:
    seeded(simulator, named(3))
    simulator.settings = Settings(linger_in_list=8, linger_status="unchanged")
    report = run(simulator, time, absent(named(3)))
    assert report.result["summary"] == counted(deleted=3)
    assert time.passed >= 8


def test_what_is_shown_as_being_deleted_is_proof_enough(simulator: Simulator, time: Time) -> None:
    seeded(simulator, named(3))
    simulator.settings = Settings(linger_in_list=1000, linger_in_get=1000)
    report = run(simulator, time, absent(named(3)))
    assert report.result["summary"] == counted(deleted=3)
    assert time.passed == 0


def test_what_is_deleted_and_never_goes_fails(simulator: Simulator, time: Time) -> None:
    ids = seeded(simulator, named(2))
    simulator.settings = Settings(linger_in_list=1000, linger_in_get=1000, linger_status="unchanged")
    report = run(simulator, time, absent(named(2)))
    assert report.result["summary"] == counted(failed=2)
    assert "still shows it" in messages(report)["chat-0"]
    assert [one["id"] for one in report.result["endpoints"]] == list(ids.values())


def test_a_look_that_fails_for_good_fails_what_was_written_and_loses_nothing(simulator: Simulator, time: Time) -> None:
    seeded(simulator, named(1))
    simulator.script([Fault("pass", "listEndpoints"), Fault("status", "listEndpoints", status=403, times=100)])
    report = run(simulator, time, named(3))
    assert report.result["summary"] == counted(unchanged=1, failed=2)
    assert report.result["ids"] == existing(simulator)
    assert [one["operation"] for one in report.result["endpoints"]] == ["none", "create", "create"]


def test_a_rival_that_came_into_being_meanwhile_is_told_of(simulator: Simulator, time: Time) -> None:
    rivals: list[str] = []
    progress = at_phase("checking", lambda: rivals.append(simulator.seed(entry("chat-1"))))
    report = run(simulator, time, named(3), progress=progress)
    assert report.result["summary"] == counted(created=2, failed=1)
    assert rivals[0] in messages(report)["chat-1"]
    assert report.result["ids"]["chat-1"] in messages(report)["chat-1"]
    assert len(simulator.endpoints) == 4


def test_the_older_one_stays_where_runs_agree_on_one(simulator: Simulator, time: Time) -> None:
    def rival() -> None:
        simulator.clock.advance(5)
        simulator.seed(entry("chat-1"))

    report = run(simulator, time, named(3, on_duplicate="keep_oldest"), progress=at_phase("checking", rival))
    assert report.result["summary"] == counted(created=3)
    assert any("is the oldest, so it stays" in warning for warning in report.warnings)


def test_what_is_not_the_elected_one_is_removed_again(simulator: Simulator, time: Time) -> None:
    def rivals() -> None:
        # Of the same second, so that the id decides: against so many, it is one of them.
        for number in range(12):
            simulator.seed(entry("chat-1", app_name=f"rival-{number}"))

    report = run(simulator, time, named(3, on_duplicate="keep_oldest"), progress=at_phase("checking", rivals))
    winner = min(one["id"] for one in simulator.endpoints if one["name"] == "chat-1")
    assert report.result["summary"] == counted(created=3)
    assert report.result["ids"]["chat-1"] == winner
    assert sum(one["name"] == "chat-1" for one in simulator.endpoints) == 12


def test_what_only_a_read_shows_is_there(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(visible_in_list_after=1000)
    report = run(simulator, time, named(2))
    assert report.result["summary"] == counted(created=2)
    assert all("cannot be ruled out" in warning for warning in report.warnings)
    assert len(report.warnings) == 2


@pytest.mark.parametrize("act", [single, fleet])
def test_looking_has_time_of_its_own(simulator: Simulator, time: Time, act: Any) -> None:
    simulator.settings = Settings(visible_in_list_after=10, visible_in_get_after=10)
    simulator.script([Fault("status", "createEndpoint", status=429, headers={"Retry-After": "19"})])
    report = act(simulator, time, {**entry("chat"), "retry_timeout": 20})
    assert not report.failed, report.result["msg"]


def test_what_was_created_anew_has_no_rival_in_its_old_one(simulator: Simulator, time: Time) -> None:
    simulator.seed(entry("chat", app_name="old"))
    (old,) = listed(simulator)

    def stale() -> None:
        items = [old, *listed(simulator)]
        simulator.script([Fault("overlay", "listEndpoints", "after_commit", body={"data": items}, times=99)])

    wanted = entry("chat", app_name="new", allow_recreate=True)
    report = run(simulator, time, [wanted], progress=at_phase("checking", stale))
    assert report.result["summary"] == counted(recreated=1), report.result.get("msg")


@pytest.mark.parametrize(
    ("act", "operation"), [(single, "getEndpoint"), (fleet, "listEndpoints")], ids=["one", "a fleet"]
)
def test_what_cannot_be_read_says_nothing_and_the_next_look_does(
    simulator: Simulator, time: Time, act: Any, operation: Any
) -> None:
    seeded(simulator, [entry("chat")])
    item = {**listed(simulator)[0], "command": "--fast", "workers": "none"}
    answer = {"data": [item]} if act is fleet else item
    simulator.script([Fault("pass", operation), Fault("overlay", operation, "after_commit", body=answer)])
    report = act(simulator, time, entry("chat", command="--fast"))
    assert not report.failed, report.result["msg"]
    assert [one.method for one in simulator.writes] == ["PUT"]
    assert simulator.endpoints[0]["command"] == "--fast"
    assert simulator.faults == ()

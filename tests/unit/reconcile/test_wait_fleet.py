# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How is a whole fleet waited for? With one look at the list in each interval."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import pytest
from unit.bodies import Body
from unit.fleets import absent, calls, counted, entry, existing, messages, run, seeded
from unit.passing import Time

from ansible_collections.ppio.gpu.plugins.module_utils._clock import Clock
from ansible_collections.ppio.gpu.plugins.module_utils._progress import ProgressReporter
from simulator import Fault, Settings, Simulator

SLOW = Settings(life="slow", start_seconds=30)


def working(count: int, workers: int = 1) -> list[Body]:
    """Entries that keep workers, so that there is something to wait for."""
    return [
        entry(f"chat-{number}", worker_config={"max_replicas": 3, "min_replicas": workers}) for number in range(count)
    ]


def living(simulator: Simulator, lives: dict[str, str]) -> None:
    """Put endpoints there that live in different ways, by name."""
    for one, life in zip(working(len(lives)), lives.values(), strict=True):
        simulator.settings = replace(simulator.settings, life=life)  # type: ignore[arg-type]  # a word of Settings
        simulator.seed(one)


@pytest.mark.parametrize("count", [1, 15])
def test_the_list_is_read_once_in_each_interval_for_all(simulator: Simulator, time: Time, count: int) -> None:
    simulator.settings = SLOW
    report = run(simulator, time, working(count), wait=True)
    assert report.result["summary"] == counted(created=count)
    # One look before, one as proof, and then one after each pause beside the first of the wait.
    assert calls(simulator) == Counter(POST=count, list=2 + 1 + len(time.pauses))
    assert 30 <= time.passed <= 45


def test_lines_tell_how_far_each_is(simulator: Simulator, time: Time) -> None:
    simulator.settings = SLOW
    heard: list[str] = []
    (wanted,) = working(1)
    wanted["rollout"] = {"stable_for": 30}
    report = run(simulator, time, [wanted], wait=True, progress=ProgressReporter(heard.append, time.clock))
    assert not report.failed
    lines = [line.rpartition(" (")[0] for line in heard]
    assert any(line.startswith("waiting for endpoint 'chat-0': chat-0 is creating, 0 of 1 workers ") for line in lines)
    assert any(re.fullmatch(r"chat-0 is running, ready for \d+ of 30 s \(rollout.stable_for\)", one) for one in lines)


def test_what_is_ready_already_takes_one_more_look(simulator: Simulator, time: Time) -> None:
    seeded(simulator, working(3))
    report = run(simulator, time, working(3), wait=True)
    assert not report.result["changed"]
    assert calls(simulator) == Counter(list=2)
    assert time.passed == 0


def test_what_was_there_before_is_waited_for_too(simulator: Simulator, time: Time) -> None:
    simulator.settings = SLOW
    seeded(simulator, working(2))
    report = run(simulator, time, working(2), wait=True)
    assert report.result["summary"] == counted(unchanged=2)
    assert time.passed >= 30


def test_nothing_is_waited_for_unless_asked(simulator: Simulator, time: Time) -> None:
    simulator.settings = SLOW
    assert not run(simulator, time, working(2)).failed
    assert time.passed == 0


def test_check_mode_does_not_wait(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(life="never")
    seeded(simulator, working(2))
    assert not run(simulator, time, working(3), check=True, wait=True).failed
    assert time.passed == 0
    assert calls(simulator) == Counter(list=1, products=1)


def test_those_that_fail_are_told_of_and_the_others_go_on(simulator: Simulator, time: Time) -> None:
    living(simulator, {"chat-0": "slow", "chat-1": "image_pull_failure", "chat-2": "endpoint_error", "chat-3": "ready"})
    report = run(simulator, time, working(4), wait=True)
    assert report.result["summary"] == counted(unchanged=2, failed=2)
    assert "IMAGE_PULL_FAILED" in messages(report)["chat-1"]
    assert "DEPLOY_FAILED" in messages(report)["chat-2"]
    assert time.passed >= 30
    assert report.result["ids"] == existing(simulator)


def test_the_time_runs_out_for_what_never_comes(simulator: Simulator, time: Time) -> None:
    living(simulator, {"chat-0": "ready", "chat-1": "never"})
    report = run(simulator, time, working(2), wait=True, wait_timeout=50)
    assert report.result["summary"] == counted(unchanged=1, failed=1)
    assert "is not ready after 50 of 50 s (wait_timeout)" in messages(report)["chat-1"]
    assert time.passed == 50


def test_what_was_created_and_never_comes_is_changed_and_keeps_its_id(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(life="never")
    report = run(simulator, time, working(2), wait=True, wait_timeout=20)
    assert report.result["summary"] == counted(failed=2)
    assert report.result["changed"]
    assert [one["operation"] for one in report.result["endpoints"]] == ["create", "create"]
    assert report.result["ids"] == existing(simulator)


@pytest.mark.parametrize(("goal", "ends"), [("ready", True), ("workers", False)])
def test_the_goal_is_that_of_all(simulator: Simulator, time: Time, goal: str, ends: bool) -> None:
    report = run(simulator, time, working(2, workers=0), wait=True, wait_for=goal, wait_timeout=30)
    assert report.failed is not ends
    assert time.passed == (0 if ends else 30)


def test_what_failed_before_is_not_waited_for(simulator: Simulator, time: Time) -> None:
    living(simulator, {"chat-0": "never"})
    report = run(simulator, time, [entry("chat-0", app_name="other")], wait=True)
    assert report.result["summary"] == counted(failed=1)
    assert "app_name" in messages(report)["chat-0"]
    assert time.passed == 0


def test_deleted_ones_are_waited_for_until_the_list_shows_none(simulator: Simulator, time: Time) -> None:
    seeded(simulator, working(4))
    simulator.settings = Settings(linger_in_list=20)
    report = run(simulator, time, absent(working(4)), wait=True)
    assert report.result["summary"] == counted(deleted=4)
    assert 20 <= time.passed <= 35


@pytest.mark.parametrize("addressed", [False, True], ids=["by name", "by id"])
def test_what_is_being_deleted_already_is_waited_for(simulator: Simulator, time: Time, addressed: bool) -> None:
    ids = seeded(simulator, working(2))
    simulator.settings = Settings(linger_in_list=20, linger_in_get=20)
    run(simulator, time, absent(working(2)))
    simulator.clear_journal()
    gone = [{"id": identity, "state": "absent"} for identity in ids.values()] if addressed else absent(working(2))
    report = run(simulator, time, gone, wait=True)
    assert not report.failed, report.result["msg"]
    assert time.passed >= 20


def test_what_never_goes_is_told_of(simulator: Simulator, time: Time) -> None:
    seeded(simulator, working(2))
    simulator.settings = Settings(linger_in_list=1000)
    report = run(simulator, time, absent(working(2)), wait=True, wait_timeout=30)
    assert report.result["summary"] == counted(failed=2)
    assert "is not gone after 30 of 30 s" in messages(report)["chat-0"]


def test_unknown_words_are_warned_about_once_for_each(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(life="unknown_words")
    report = run(simulator, time, working(2), wait=True)
    assert report.result["summary"] == counted(created=2)
    assert sorted(one for one in report.warnings if "warming-up" in one) == [
        f"chat-{number}: The API's status word 'warming-up' is unknown, and counts as not ready yet."
        for number in range(2)
    ]


def test_looks_that_fail_for_a_passing_reason_are_repeated(simulator: Simulator, time: Time) -> None:
    simulator.settings = SLOW
    seeded(simulator, working(3))
    simulator.script(
        [
            Fault("pass", "listEndpoints", times=2),
            Fault("status", "listEndpoints", status=503, times=2),
            Fault("reset", "listEndpoints"),
            Fault("status", "listEndpoints", status=200, body="<html>Back soon.</html>"),
            Fault("status", "listEndpoints", status=429, headers={"Retry-After": "40"}),
        ]
    )
    report = run(simulator, time, working(3), wait=True)
    assert report.result["summary"] == counted(unchanged=3)
    assert 40 in time.pauses


def test_a_refusal_ends_the_wait_for_all(simulator: Simulator, time: Time) -> None:
    simulator.settings = SLOW
    seeded(simulator, working(3))
    simulator.script([Fault("pass", "listEndpoints", times=2), Fault("status", "listEndpoints", status=401)])
    report = run(simulator, time, working(3), wait=True)
    assert report.result["summary"] == counted(failed=3)
    assert "may not be ready" in messages(report)["chat-2"]
    assert time.passed < 10


def test_who_is_not_ready_and_why_is_told(simulator: Simulator, time: Time) -> None:
    simulator.settings = SLOW
    heard: list[str] = []
    run(simulator, time, working(5), wait=True, progress=ProgressReporter(heard.append, time.clock))
    waiting = [line for line in heard if "chat-0 is " in line]
    assert 3 <= len(waiting) <= 6
    assert waiting[0].startswith(
        "waiting for 5 endpoints (chat-0, chat-1, chat-2, and 2 more): chat-0 is creating, 0 of 1 workers ready ("
    )
    assert waiting[0].count(" is creating") == 3
    assert "; and 2 more (" in waiting[0]


def test_work_without_a_pause_is_not_told_of(simulator: Simulator, time: Time) -> None:
    heard: list[str] = []
    run(simulator, time, working(5), progress=ProgressReporter(heard.append, Clock()))
    # But what exists from now on is.
    assert [line.split()[0] for line in heard] == ["created"] * 5

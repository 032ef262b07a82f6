# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What does a fleet do, and say, when some of it fails, or all of it?"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from unit.fleets import absent, calls, counted, entry, existing, messages, named, run, seeded, told
from unit.passing import Time

from simulator import Fault, Settings, Simulator
from simulator.faults import Operation

REFUSALS: dict[str, dict[str, Any]] = {
    "401": {"status": 401, "body": {"reason": "UNAUTHORIZED", "message": "who are you"}},
    "403": {"status": 403, "body": {"reason": "FORBIDDEN", "message": "not you"}},
    "no balance": {"status": 400, "body": {"reason": "BALANCE_NOT_ENOUGH", "message": "top up"}},
    "expired": {"status": 402, "body": {"reason": "EXPIRED_OR_BALANCE_NOT_ENOUGH", "message": "top up"}},
}


def refused(operation: Operation, refusal: dict[str, Any], after: int = 0) -> list[Fault]:
    """Calls of an operation are refused for good once so many have gone well."""
    passing = [Fault("pass", operation=operation, times=after)] if after else []
    return [*passing, Fault("status", operation=operation, times=1000, **refusal)]


def test_every_entry_is_attempted_and_told_truthfully(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(check_products=True)
    good = "serverless-rtx-4090-24"
    wanted = [entry(f"chat-{number}", product_id=good if number % 2 else "no-such") for number in range(6)]
    report = run(simulator, time, wanted)
    assert report.failed
    assert report.result["changed"]
    assert report.result["summary"] == counted(created=3, failed=3)
    assert messages(report).keys() == {"chat-0", "chat-2", "chat-4"}
    assert existing(simulator) == report.result["ids"]
    assert existing(simulator).keys() == {"chat-1", "chat-3", "chat-5"}
    assert {one["id"] for one in report.result["endpoints"] if "message" in one} == {None}


def test_the_message_counts_and_names_the_first_reasons(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(check_products=True)
    message = run(simulator, time, named(5, product_id="no-such")).result["msg"]
    assert message.startswith("5 of 5 endpoints failed: chat-0: Could not create the endpoint: ")
    assert message.count("SERVERLESS_PRODUCT_NOT_FOUND") == 3
    assert message.endswith("; and 2 more")


def test_a_failure_without_any_change_says_so(simulator: Simulator, time: Time) -> None:
    seeded(simulator, named(2))
    report = run(simulator, time, [entry("chat-0", app_name="other"), entry("chat-1")])
    assert report.failed
    assert not report.result["changed"]
    assert told(report) == [("chat-0", "none", False), ("chat-1", "none", False)]


def test_what_cannot_change_keeps_its_id_in_the_result(simulator: Simulator, time: Time) -> None:
    ids = seeded(simulator, named(1))
    report = run(simulator, time, [entry("chat-0", app_name="other")])
    assert report.result["endpoints"][0]["id"] == ids["chat-0"]
    assert report.result["ids"] == ids


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_of_everything_stops_at_once(simulator: Simulator, time: Time, refusal: dict[str, Any]) -> None:
    simulator.script(refused("createEndpoint", refusal, after=2))
    report = run(simulator, time, named(8), concurrency=1)
    assert report.failed
    assert report.result["summary"] == counted(created=2, failed=1, not_attempted=5)
    assert calls(simulator)["POST"] == 3
    assert report.result["ids"] == existing(simulator)
    assert len(existing(simulator)) == 2
    assert all(messages(report)[f"chat-{number}"].startswith("Not attempted") for number in range(3, 8))


@pytest.mark.parametrize("concurrency", [1, 4, 16])
def test_no_worker_goes_on_after_a_refusal_of_everything(simulator: Simulator, time: Time, concurrency: int) -> None:
    simulator.settings = Settings(balance="debt", latency=0.02)
    report = run(simulator, time, named(40), concurrency=concurrency)
    counts = report.result["summary"]
    assert 1 <= calls(simulator)["POST"] <= concurrency
    assert counts["failed"] == calls(simulator)["POST"]
    assert counts["failed"] + counts["not_attempted"] == 40


def test_the_message_gives_the_reason_before_what_was_not_attempted(simulator: Simulator, time: Time) -> None:
    simulator.script(refused("updateEndpoint", REFUSALS["403"]))
    seeded(simulator, named(5)[4:])
    wanted = [entry(f"chat-{number}", command="--fast") for number in (4, 0, 1, 2, 3)]
    report = run(simulator, time, wanted, concurrency=1)
    message = report.result["msg"]
    assert message.startswith("1 of 5 endpoints failed, 4 not attempted: chat-4: Could not update the endpoint ")
    assert "api_key" in message
    assert "Not attempted" not in message


def test_the_reason_comes_first_wherever_its_entry_stands(simulator: Simulator, time: Time) -> None:
    report = run(simulator, time, named(6), concurrency=1)
    assert not report.failed
    # With one worker the order of the work is that of the entries; the last one is read before any is written.
    simulator.script(refused("getEndpoint", REFUSALS["403"], after=1))
    changed = [one | {"command": "--fast"} for one in named(6)]
    message = run(simulator, time, changed, concurrency=1).result["msg"]
    assert message.startswith("1 of 6 endpoints failed, 4 not attempted: chat-1: Could not read the endpoint ")


def test_what_was_not_attempted_keeps_its_id(simulator: Simulator, time: Time) -> None:
    ids = seeded(simulator, named(4))
    simulator.script(refused("updateEndpoint", REFUSALS["401"]))
    report = run(simulator, time, [one | {"command": "--fast"} for one in named(4)], concurrency=1)
    assert report.result["summary"] == counted(failed=1, not_attempted=3)
    assert report.result["ids"] == ids


def test_what_needs_nothing_is_unchanged_even_then(simulator: Simulator, time: Time) -> None:
    seeded(simulator, named(3))
    simulator.settings = Settings(balance="debt")
    report = run(simulator, time, named(5), concurrency=1)
    assert report.result["summary"] == counted(unchanged=3, failed=1, not_attempted=1)


def test_a_refusal_of_everything_stops_the_reading_of_details_too(simulator: Simulator, time: Time) -> None:
    seeded(simulator, named(8))
    simulator.script(refused("getEndpoint", REFUSALS["401"], after=2))
    report = run(simulator, time, named(8), concurrency=1, include_details=True)
    assert report.result["summary"] == counted(unchanged=2, failed=1, not_attempted=5)
    assert calls(simulator) == Counter(list=1, get=3)


@pytest.mark.parametrize("check", [False, True])
def test_a_refusal_of_the_list_fails_the_whole_task(simulator: Simulator, time: Time, check: bool) -> None:
    simulator.script(refused("listEndpoints", REFUSALS["401"]))
    report = run(simulator, time, named(3), check=check)
    assert report.failed
    assert not report.result["changed"]
    assert report.result["error"]["status"] == 401
    assert "api_key" in report.result["msg"]
    assert "summary" not in report.result
    assert calls(simulator) == Counter(list=1)


def test_a_page_that_cannot_be_read_fails_the_whole_task(simulator: Simulator, time: Time) -> None:
    seeded(simulator, named(30))
    simulator.script([Fault("pass", "listEndpoints"), Fault("wrong_json", "listEndpoints", body={"data": 7})])
    report = run(simulator, time, named(40))
    assert report.failed
    assert simulator.writes == ()


def test_what_passes_is_tried_again(simulator: Simulator, time: Time) -> None:
    seeded(simulator, named(4))
    simulator.script(
        [
            Fault("status", "listEndpoints", status=503),
            Fault("status", "getEndpoint", status=502, times=2),
            Fault("status", "updateEndpoint", status=500, times=2),
            Fault("status", "deleteEndpoint", status=503, times=2),
        ]
    )
    wanted = [one | {"command": "--fast"} for one in named(2)] + absent(named(4)[2:])
    report = run(simulator, time, wanted)
    assert report.result["summary"] == counted(updated=2, deleted=2)


def test_too_many_slow_all_of_them_down_as_long_as_the_api_says(simulator: Simulator, time: Time) -> None:
    simulator.script([Fault("status", "createEndpoint", status=429, headers={"Retry-After": "30"})])
    report = run(simulator, time, named(12), concurrency=2)
    assert report.result["summary"] == counted(created=12)
    start = simulator.journal[0].when
    early = [one for one in simulator.journal if one.method == "POST" and one.when < start + 30]
    # The other worker may be through with one more before it hears of the pause.
    assert len(early) <= 4
    assert len(existing(simulator)) == 12


def test_one_at_a_time_is_left_when_there_are_too_many_all_the_time(simulator: Simulator, time: Time) -> None:
    seeded(simulator, named(6))
    simulator.script([Fault("status", "deleteEndpoint", status=429, headers={"Retry-After": "1"}, times=9)])
    report = run(simulator, time, absent(named(6)), concurrency=6, retry_timeout=3600)
    assert report.result["summary"] == counted(deleted=6)
    assert calls(simulator)["DELETE"] == 9 + 6


def test_a_pause_beyond_the_budget_fails_at_once_and_is_quoted(simulator: Simulator, time: Time) -> None:
    simulator.script([Fault("status", "createEndpoint", status=429, headers={"Retry-After": "3600"}, times=1000)])
    report = run(simulator, time, named(6), concurrency=2)
    assert report.result["summary"] == counted(failed=6)
    assert "The API asks to wait 3600 s" in report.result["msg"]
    assert time.passed == 0


def test_all_entries_together_have_one_budget_for_their_retries(simulator: Simulator, time: Time) -> None:
    seeded(simulator, named(4))
    busy = Fault("status", "deleteEndpoint", status=503, headers={"Retry-After": "80"})
    simulator.script([busy, Fault("pass", "deleteEndpoint")] * 4)
    report = run(simulator, time, absent(named(4)), concurrency=1, retry_timeout=100)
    assert report.result["summary"] == counted(deleted=2, failed=2)
    assert 80 <= time.passed <= 100 + 30

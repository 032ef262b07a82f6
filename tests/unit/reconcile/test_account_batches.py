# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does the budget of a fleet in batches count what failed as it is, and not as it was planned?"""

from __future__ import annotations

import itertools
from typing import Any

from unit.bodies import Body
from unit.fleets import counted, entry, messages, run, seeded
from unit.passing import Time

from ansible_collections.ppio.gpu.plugins.module_utils._clock import Clock
from ansible_collections.ppio.gpu.plugins.module_utils._progress import ProgressReporter
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.task import Report
from simulator import Fault, Simulator

#: One worker costs 1.68 an hour: this is enough for eleven, and not for twenty.
ELEVEN: dict[str, Any] = {"max_hourly": 20}
REFUSED = Fault("status", "updateEndpoint", status=400, body={"reason": "VALIDATOR_PARAM"})


def body(name: str, workers: int, **options: Any) -> Body:
    return entry(name, worker_config={"max_replicas": workers, "min_replicas": workers}, **options)


def one_by_one(simulator: Simulator, time: Time, entries: list[Body], **options: Any) -> Report:
    return run(simulator, time, entries, **{"wait": True, "batches": ["1"], "max_failures": 2, **options})


def sizes(simulator: Simulator) -> dict[str, int]:
    return {one["name"]: one["worker_config"]["max_replicas"] for one in simulator.endpoints}


def listing_only_after_the_first_batch(simulator: Simulator) -> ProgressReporter:
    def hear(line: str) -> None:
        if line.startswith("batch "):
            lost = Fault("status", "listEndpoints", status=503, times=1000)
            simulator.script([lost] if line.startswith("batch 1 ") else [])

    return ProgressReporter(hear, Clock(now=itertools.count(0, 10).__next__))


def test_after_a_batch_that_could_not_begin_the_next_one_does_not_count_on_what_it_was_to_save(
    simulator: Simulator, time: Time
) -> None:
    seeded(simulator, [body("large", 10), body("small", 1)])
    progress = listing_only_after_the_first_batch(simulator)
    entries = [body("large", 1), body("small", 10)]
    report = one_by_one(simulator, time, entries, max_failures=1, budget=ELEVEN, progress=progress, retry_timeout=10)
    assert "HTTP 503" in messages(report)["large"]
    assert "the budget would be broken" in messages(report)["small"]
    assert sizes(simulator) == {"large": 10, "small": 1}
    assert simulator.writes == ()


def test_what_could_not_begin_because_of_its_name_counts_with_its_old_size(simulator: Simulator, time: Time) -> None:
    ids = seeded(simulator, [body("a", 1), body("b", 1), body("large", 10), body("small", 1)])
    simulator.script([REFUSED])
    leaving = [{"id": ids["a"], "name": "old-a"}, {"id": ids["b"], "name": "old-b"}]
    # Both wait for a name, so they come after those that give theirs away.
    heirs = [{**body("a", 1), "id": ids["large"]}, {**body("b", 10), "id": ids["small"]}]
    report = one_by_one(simulator, time, [*leaving, *heirs], budget={"max_hourly": 22})
    assert report.result["summary"] == counted(failed=2, updated=1, not_attempted=1), report.result["msg"]
    assert "still has this name, or may have it" in messages(report)["a"]
    assert "the budget would be broken" in messages(report)["b"]
    assert sizes(simulator) == {"a": 1, "old-b": 1, "large": 10, "small": 1}


def test_what_failed_counts_with_the_floor_where_the_budget_is_of_the_floor(simulator: Simulator, time: Time) -> None:
    seeded(simulator, [body("there", 3)])
    simulator.script([REFUSED])
    wider = entry("there", worker_config={"max_replicas": 5, "min_replicas": 0})
    budget = {"max_hourly": 5.04, "basis": "floor"}
    report = one_by_one(simulator, time, [wider, body("new", 3)], budget=budget)
    assert "the budget would be broken" in messages(report)["new"]
    assert sizes(simulator) == {"there": 3}


def test_what_shrank_and_failed_its_smoke_test_counts_with_its_new_size(simulator: Simulator, time: Time) -> None:
    seeded(simulator, [body("large", 10), body("small", 1)])
    rollout = {"on_failure": "keep", "stable_for": 0}
    wrong = {"expect": {"json": {"image": "another"}}}
    shrunk = body("large", 1, smoke_test=wrong, rollout=rollout)
    report = one_by_one(simulator, time, [shrunk, body("small", 10)], budget=ELEVEN)
    assert messages(report).keys() == {"large"}
    assert "did not pass its smoke test" in messages(report)["large"]
    assert sizes(simulator) == {"large": 1, "small": 10}

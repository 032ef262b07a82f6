# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Is a fleet changed in batches, and left alone once too many of them have failed?"""

from __future__ import annotations

from typing import Any

import pytest
from unit.bodies import Body
from unit.fleets import counted, entry, messages, run, seeded
from unit.passing import Time
from unit.reconcile.acting import at_phase
from unit.scenarios.changing import NEW, OLD, becomes

from ansible_collections.ppio.gpu.plugins.module_utils._options.fleet_options import fleet_checked
from ansible_collections.ppio.gpu.plugins.module_utils._planning.batch_sizes import Batches
from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT
from simulator import Fault, Simulator


def fleet(count: int, **options: Any) -> list[Body]:
    config = {"max_replicas": 3, "min_replicas": 1}
    return [entry(f"chat-{number}", worker_config=config, **options) for number in range(count)]


def touched(simulator: Simulator) -> set[str]:
    """The endpoints that somebody wrote to."""
    return {write.path for write in simulator.writes}


@pytest.mark.parametrize(
    ("sizes", "total", "cut"),
    [
        (["1", "100%"], 50, [1, 49]),
        (["1", "25%", "100%"], 50, [1, 12, 37]),
        (["10%"], 5, [1, 1, 1, 1, 1]),
        (["30%"], 10, [3, 3, 3, 1]),
        (["3"], 7, [3, 3, 1]),
        (["9"], 2, [2]),
        (["1"], 0, []),
    ],
)
def test_batches_are_cut_as_those_of_a_play(sizes: list[str], total: int, cut: list[int]) -> None:
    everything = list(range(total))
    batches = Batches(tuple(sizes), 0).cut([[one] for one in everything])
    assert [len(batch) for batch in batches] == cut
    assert [number for batch in batches for number in batch] == everything


def test_a_group_is_not_torn_apart() -> None:
    groups = [["a"], ["b", "c", "d"], ["e"], ["f"]]
    assert Batches(("1", "2"), 0).cut(groups) == [["a"], ["b", "c", "d"], ["e", "f"]]


@pytest.mark.parametrize("wrong", ["0", "0%", "101%", "-1", "1.5", "x", "", True])
def test_other_sizes_are_refused(wrong: Any) -> None:
    broken = fleet_checked(ENDPOINT, {"endpoints": [], "wait": True, "batches": ["1", wrong]}).violations
    assert [found.option for found in broken] == ["batches[1]"]


def test_batches_need_a_wait_and_a_size() -> None:
    broken = fleet_checked(ENDPOINT, {"endpoints": [], "batches": []}).violations
    assert [found.option for found in broken] == ["batches", "batches"]


@pytest.mark.parametrize("on_failure", ["keep", "rollback"])
def test_a_bad_image_touches_one_endpoint_of_fifty(simulator: Simulator, time: Time, on_failure: str) -> None:
    ids = seeded(simulator, fleet(50))
    simulator.clock.advance(60)
    becomes(simulator, "at_once", "image_pull_failure")
    rollout = {"on_failure": on_failure, "timeout": 30}
    bad = fleet(50, image=NEW, rollout=rollout)
    report = run(simulator, time, bad, wait=True, batches=["1", "100%"])
    assert report.failed
    assert report.result["summary"] == counted(failed=1, not_attempted=49)
    assert touched(simulator) == {f"/gpus/v2/endpoints/{ids['chat-0']}"}
    assert [one["image"] for one in simulator.endpoints].count(OLD) == (49 if on_failure == "keep" else 50)


def test_a_rerun_touches_no_other_one(simulator: Simulator, time: Time) -> None:
    ids = seeded(simulator, fleet(5))
    becomes(simulator, "at_once", "image_pull_failure")
    assert run(simulator, time, fleet(5, image=NEW), wait=True, batches=["1", "100%"]).failed
    report = run(simulator, time, fleet(5, image=NEW), wait=True, batches=["1", "100%"])
    assert report.failed
    assert touched(simulator) == {f"/gpus/v2/endpoints/{ids['chat-0']}"}
    assert "IMAGE_PULL_FAILED" in messages(report)["chat-0"]
    assert "Not attempted, because too many failed before (max_failures)." in messages(report)["chat-4"]


def test_a_good_image_goes_through_all_batches_one_after_the_other(simulator: Simulator, time: Time) -> None:
    seeded(simulator, fleet(8))
    simulator.clock.advance(60)
    becomes(simulator, "at_once")
    began = time.passed
    report = run(simulator, time, fleet(8, image=NEW), wait=True, batches=["1", "25%", "100%"])
    assert not report.failed, report.result
    assert report.result["summary"] == counted(updated=8)
    assert time.passed - began >= 3 * 20
    assert {one["rollout"]["outcome"] for one in report.result["endpoints"]} == {"completed"}


def test_failures_up_to_the_limit_do_not_stop_it(simulator: Simulator, time: Time) -> None:
    seeded(simulator, fleet(4))
    becomes(simulator, "at_once", "image_pull_failure")
    report = run(simulator, time, fleet(4, image=NEW), wait=True, batches=["1"], max_failures=1)
    assert report.result["summary"] == counted(failed=2, not_attempted=2)


def test_what_is_as_wanted_and_does_not_serve_stops_it_too(simulator: Simulator, time: Time) -> None:
    becomes(simulator, "at_once", "crash_loop")
    seeded(simulator, fleet(1))
    report = run(simulator, time, fleet(3), wait=True, batches=["1"])
    assert report.result["summary"] == counted(failed=1, not_attempted=2)
    assert simulator.writes == ()


def test_what_is_pruned_goes_last_and_only_if_all_went_well(simulator: Simulator, time: Time) -> None:
    pruning: dict[str, Any] = {"prune": True, "name_prefix": "chat-", "prune_max_percent": 100}
    seeded(simulator, fleet(3))
    becomes(simulator, "at_once", "crash_loop")
    report = run(simulator, time, fleet(2, image=NEW), wait=True, batches=["1"], **pruning)
    assert report.result["summary"] == counted(failed=1, not_attempted=2)
    becomes(simulator, "at_once")
    report = run(simulator, time, fleet(2, command="x"), wait=True, batches=["1"], **pruning)
    assert report.result["summary"] == counted(updated=2, deleted=1), report.result
    assert {one["name"] for one in simulator.endpoints} == {"chat-0", "chat-1"}


PRUNING: dict[str, Any] = {"prune": True, "name_prefix": "chat-", "wait": True, "batches": ["1", "100%"]}


@pytest.mark.parametrize("check", [True, False])
def test_how_much_may_be_pruned_is_measured_before_the_first_batch(
    simulator: Simulator, time: Time, check: bool
) -> None:
    becomes(simulator, "at_once")
    seeded(simulator, fleet(10))
    going = [{"name": f"chat-{number}", "state": "absent"} for number in (5, 6, 7)]
    report = run(simulator, time, [*fleet(1, image=NEW), *fleet(5)[1:], *going], check=check, **PRUNING)
    assert report.result["summary"] == counted(updated=1, deleted=5, unchanged=4), report.result


def test_pruning_after_batches_writes_nothing_else(simulator: Simulator, time: Time) -> None:
    seeded(simulator, fleet(10))
    extra = {**fleet(1)[0], "name": "chat-extra", "unique_name": False}
    report = run(simulator, time, [*fleet(9), extra], **PRUNING)
    assert report.result["summary"] == counted(created=1, deleted=1, unchanged=9), report.result
    assert [write.method for write in simulator.writes] == ["POST", "DELETE"]


def test_what_the_batches_did_is_told_where_nothing_can_be_pruned(simulator: Simulator, time: Time) -> None:
    seeded(simulator, fleet(9))
    new = {**fleet(1)[0], "name": "chat-new"}

    def broken() -> None:
        simulator.script([Fault("status", "listEndpoints", status=403, times=100)])

    progress = at_phase("pruning", broken)
    report = run(simulator, time, [*fleet(8), new], progress=progress, **PRUNING)
    assert report.failed
    assert report.result["changed"]
    assert report.result["summary"] == counted(created=1, failed=1, unchanged=8)
    assert "HTTP 403" in messages(report)["chat-8"]
    assert report.result["ids"]["chat-new"]


def test_what_has_got_another_name_during_the_batches_is_not_pruned(simulator: Simulator, time: Time) -> None:
    ids = seeded(simulator, fleet(9))

    def rename() -> None:
        run(simulator, Time(simulator), [{"id": ids["chat-8"], "name": "kept"}])

    progress = at_phase("pruning", rename)
    report = run(simulator, time, [*fleet(1, image=NEW), *fleet(8)[1:]], progress=progress, **PRUNING)
    assert report.result["summary"] == counted(updated=1, unchanged=7, failed=1), report.result
    assert "chat-8: It has another name by now, so it was not deleted." in report.result["msg"]
    assert ids["chat-8"] in {one["id"] for one in simulator.endpoints}


def test_check_mode_shows_all_and_writes_nothing(simulator: Simulator, time: Time) -> None:
    seeded(simulator, fleet(4))
    report = run(simulator, time, fleet(4, image=NEW), wait=True, batches=["1"], check=True)
    assert report.result["summary"] == counted(updated=4)
    assert simulator.writes == ()

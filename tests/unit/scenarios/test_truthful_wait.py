# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Is a wait ever wrong? Never ok before what was changed serves, and never a failure of what works."""

from __future__ import annotations

from typing import Any

import pytest
from unit.passing import Time, kept, looks
from unit.scenarios.changing import DOORS, NEW, OLD, START, WAYS, Door, alone, becomes, change, served
from unit.scenarios.test_rollout import warmed

from simulator import Fault, Settings, Simulator

STABLE = 15

pytestmark = pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)


@pytest.mark.parametrize("workers", [0, 1, 3])
@pytest.mark.parametrize("way", WAYS)
def test_a_good_image_is_ok_once_it_has_served_for_a_while(
    simulator: Simulator, time: Time, door: Door, way: str, workers: int
) -> None:
    identity = served(simulator, workers)
    becomes(simulator, way)
    began = time.passed
    end = door(simulator, time, change(workers))
    assert not end.failed, end.message
    is_provable = workers > 0 and way != "at_scale_up"
    assert end.outcome == ("completed" if is_provable else "unproven")
    assert bool(end.warnings) is not is_provable
    if is_provable:
        assert START + STABLE <= time.passed - began <= START + STABLE + 15
        assert simulator.serving(identity) == [NEW] * workers
        assert len(end.rollout["new_workers"]) == workers
        assert end.rollout["serving_lowest"] == (workers if way == "beside" else 0)
    assert len(end.rollout["old_workers"]) == workers
    assert len(simulator.writes) == 1


@pytest.mark.parametrize(
    "life", ["image_pull_failure", "no_stock", "crash_loop", "flapping", "never", "endpoint_error"]
)
@pytest.mark.parametrize("workers", [0, 1, 3])
@pytest.mark.parametrize("way", WAYS)
def test_a_bad_image_is_never_ok(
    simulator: Simulator, time: Time, door: Door, way: str, workers: int, life: str
) -> None:
    served(simulator, workers)
    becomes(simulator, way, life)
    end = door(simulator, time, change(workers))
    is_seen = (workers > 0 and way != "at_scale_up") or life == "endpoint_error"
    is_seen = is_seen or (workers == 0 and life == "never")
    assert end.failed is is_seen, end
    assert end.outcome == ("kept" if is_seen else "unproven")
    assert end.failed or any("Not verified" in warning for warning in end.warnings)


@pytest.mark.parametrize("life", ["image_pull_failure", "crash_loop", "never"])
@pytest.mark.parametrize("way", ["at_once", "in_place"])
def test_a_rerun_of_what_failed_fails_too(simulator: Simulator, time: Time, door: Door, way: str, life: str) -> None:
    served(simulator, 1)
    becomes(simulator, way, life)
    assert door(simulator, time, change(1)).failed
    assert door(simulator, time, change(1)).failed
    assert len(simulator.writes) == 1


def test_a_rerun_beside_old_workers_that_serve_fails_too(simulator: Simulator, time: Time, door: Door) -> None:
    served(simulator, 1)
    becomes(simulator, "beside", "image_pull_failure")
    assert door(simulator, time, change(1)).failed
    end = door(simulator, time, change(1))
    assert end.failed
    assert "the status of 1 of 2 workers is failed (IMAGE_PULL_FAILED" in end.message


@pytest.mark.parametrize("way", WAYS)
def test_what_restarts_nothing_needs_no_proof(simulator: Simulator, time: Time, door: Door, way: str) -> None:
    served(simulator, 1)
    becomes(simulator, way)
    began = time.passed
    end = door(simulator, time, {**kept(1), "worker_config": {"max_replicas": 9}, "rollout": {}})
    assert (end.failed, end.outcome, time.passed - began) == (False, "completed", 0)


def test_a_crash_loop_that_is_ready_at_first_sight_is_never_ok(simulator: Simulator, time: Time, door: Door) -> None:
    simulator.settings = Settings(life="flapping")
    end = door(simulator, time, {**kept(1), "rollout": {}})
    assert end.failed
    assert time.passed >= 600


@pytest.mark.parametrize("way", ["at_once", "beside", "in_place"])
def test_a_repair_is_ok_though_the_old_failure_is_shown_for_a_while(
    simulator: Simulator, time: Time, door: Door, way: str
) -> None:
    for life, stale in (("image_pull_failure", 12), ("endpoint_error", 3)):
        simulator.settings = Settings()
        identity = served(simulator, 1, life)
        becomes(simulator, way, stale_status_seconds=stale)
        end = door(simulator, time, {**change(1), "id": identity})
        assert not end.failed, end.message
        assert end.outcome == "completed"
        assert simulator.serving(identity) == [NEW]


def test_a_worker_that_was_still_starting_proves_nothing(simulator: Simulator, time: Time, door: Door) -> None:
    """It may go on to start with what it was started for."""
    simulator.settings = Settings(life="slow", start_seconds=30)
    identity = simulator.seed(kept(1))
    becomes(simulator, "at_scale_up")
    end = door(simulator, time, change(1))
    assert simulator.serving(identity) == [OLD]
    assert (end.failed, end.outcome) == (False, "unproven"), end


def test_a_worker_that_failed_and_gets_well_beside_a_new_one_proves_nothing(
    simulator: Simulator, time: Time, door: Door
) -> None:
    identity = served(simulator, 1, "image_pull_failure")
    began = time.passed
    becomes(simulator, "beside", heal_seconds=110)
    end = door(simulator, time, change(1, wait_for="workers"))
    assert not end.failed, end.message
    assert time.passed - began >= START + STABLE
    assert simulator.serving(identity) == [NEW]
    assert [worker in end.rollout["new_workers"] for worker in end.rollout["old_workers"]] == [False]


def test_workers_that_get_well_beside_a_surge_leave_a_change_partial(
    simulator: Simulator, time: Time, door: Door
) -> None:
    identity = served(simulator, 1, "no_stock")
    becomes(simulator, "at_scale_up", heal_seconds=110)
    end = door(simulator, time, change(1, rollout={"surge": 2}))
    assert (end.failed, end.outcome) == (False, "partial"), end.message
    assert simulator.serving(identity) == [OLD]
    assert end.rollout["old_workers"][0] in end.warnings[0]


@pytest.mark.parametrize("surge", [0, 2])
def test_workers_that_failed_and_restart_in_their_place_prove_a_change(
    simulator: Simulator, time: Time, door: Door, surge: int
) -> None:
    identity = served(simulator, 2, "image_pull_failure")
    becomes(simulator, "in_place")
    end = door(simulator, time, change(2, wait_for="workers", rollout={"surge": surge}))
    assert not end.failed, end.message
    # Beside a surge, they may as well have got well as what they were.
    assert end.outcome == ("partial" if surge else "completed")
    assert simulator.serving(identity) == [NEW] * 2
    assert set(end.rollout["old_workers"]) <= set(end.rollout["new_workers"])


def test_a_failure_that_was_there_before_and_stays_is_one(simulator: Simulator, time: Time, door: Door) -> None:
    served(simulator, 1, "endpoint_error")
    becomes(simulator, "at_once", "endpoint_error")
    began = time.passed
    end = door(simulator, time, change(1, failure_patience=30))
    assert end.failed
    assert 30 <= time.passed - began <= 60


def test_stock_that_comes_back_and_images_that_heal_are_waited_for(
    simulator: Simulator, time: Time, door: Door
) -> None:
    identity = served(simulator, 1)
    becomes(simulator, "beside", "no_stock", heal_seconds=50)
    end = door(simulator, time, change(1))
    assert not end.failed, end.message
    assert simulator.serving(identity) == [NEW]


@pytest.mark.parametrize("errors", [("E_ONE", "E_TWO"), ("", "")])
def test_workers_that_fail_in_different_ways_or_without_a_word_fail(
    simulator: Simulator, time: Time, door: Door, errors: tuple[str, ...]
) -> None:
    failing = [
        {"id": f"w{number}", "status": {"status": "failed", "error": error}, "log": "", "health": False, "drain": False}
        for number, error in enumerate(errors)
    ]
    body = {"status": {"status": "pending"}, "workers": failing}
    if door is alone:
        identity = simulator.seed(kept(2))
        fault = Fault("overlay", operation="getEndpoint", when="after_commit", body=body, times=1000)
        simulator.script(looks(fault, after=1))
        end = door(simulator, time, {"id": identity})
        assert end.failed
        assert 60 <= time.passed <= 80


def test_the_time_of_a_wait_bounds_when_it_is_ready_and_not_how_long_it_stays_so(
    simulator: Simulator, time: Time, door: Door
) -> None:
    served(simulator, 1)
    becomes(simulator, "at_once")
    began = time.passed
    end = door(simulator, time, change(1, wait_timeout=START + 5))
    assert not end.failed, end.message
    assert time.passed - began >= START + STABLE


def test_a_time_that_ends_before_any_sign_leaves_it_unproven(simulator: Simulator, time: Time, door: Door) -> None:
    served(simulator, 1)
    becomes(simulator, "at_scale_up")
    end = door(simulator, time, change(1, wait_timeout=10))
    assert (end.failed, end.outcome) == (False, "unproven")


def test_what_somebody_changes_meanwhile_is_not_what_was_asked_for(
    simulator: Simulator, time: Time, door: Door
) -> None:
    identity = served(simulator, 1)
    becomes(simulator, "at_once")
    time.at(10, lambda: alone(simulator, Time(simulator), {"id": identity, "image": OLD, "wait": False}))
    end = door(simulator, time, change(1, wait_timeout=60))
    assert end.failed
    assert "it was changed: image is" in end.message


def test_what_somebody_changed_is_not_there_either_when_the_time_ends(
    simulator: Simulator, time: Time, door: Door
) -> None:
    """Where nothing shows whether it serves, all the rest has to be as asked for, too."""
    identity = served(simulator, 1)
    becomes(simulator, "at_scale_up")
    theirs = {"id": identity, "policy": {"type": "queue", "value": 7}, "wait": False}
    time.at(time.passed + 10, lambda: alone(simulator, Time(simulator), theirs))
    end = door(simulator, time, change(1, policy={"type": "queue", "value": 5}, wait_timeout=40))
    assert end.failed
    assert "it was changed: policy.value is 7" in end.message


def test_a_new_worker_that_leaves_is_none(simulator: Simulator, time: Time, door: Door) -> None:
    identity = served(simulator, 1)
    becomes(simulator, "at_once", "never")
    leaving: dict[str, Any] = {
        "id": "w",
        "status": {"status": "ready"},
        "log": "",
        "health": True,
        "drain": True,
    }
    if door is alone:
        fault = Fault("overlay", operation="getEndpoint", when="after_commit", body={"workers": [leaving]}, times=1000)
        simulator.script(looks(fault, after=1))
        assert door(simulator, time, {**change(1), "id": identity, "wait_timeout": 60}).failed


@pytest.mark.parametrize("is_warm", [False, True], ids=["a worker that is kept", "a warm worker"])
def test_a_wait_that_proves_nothing_looks_seldom(simulator: Simulator, time: Time, door: Door, is_warm: bool) -> None:
    if is_warm:
        warmed(simulator)
    else:
        served(simulator, 1)
    simulator.settings = Settings()
    stable_for = 15 if is_warm else 300
    task = {"name": "chat", "image": NEW, "rollout": {"stable_for": stable_for}}
    end = door(simulator, time, task)
    assert (end.failed, end.outcome) == (False, "unproven"), end
    assert sum(one.method == "GET" for one in simulator.journal) < 60

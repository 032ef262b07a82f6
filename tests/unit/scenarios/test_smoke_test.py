# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Is a wrong answer a change that does not work, and a right one a proof where it can be one?"""

from __future__ import annotations

import pytest
from unit.asking import at_services, holds
from unit.passing import Time
from unit.scenarios.changing import DOORS, NEW, OLD, WAYS, Door, becomes, change, served

from simulator import Simulator

ROLLBACK = {"rollout": {"on_failure": "rollback"}}
RIGHT = {"smoke_test": {"expect": {"json": {"image": NEW}}}}
WRONG = {"smoke_test": {"expect": {"json": {"image": "registry.example.com/chat:other"}}}}

pytestmark = pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("way", ["at_once", "beside", "in_place"])
def test_a_wrong_answer_is_rolled_back(simulator: Simulator, time: Time, door: Door, way: str, workers: int) -> None:
    identity = served(simulator, workers)
    becomes(simulator, way)
    end = door(simulator, time, change(workers, **WRONG, **ROLLBACK))
    assert (end.failed, end.outcome) == (True, "rolled_back"), end
    assert "did not pass its smoke test" in end.message
    assert "It was rolled back, and is as it was before." in end.message
    assert "expect.json" in end.rollout["reason"]
    assert [entry.body["image"] for entry in simulator.writes] == [NEW, OLD]
    assert simulator.serving(identity) == [OLD] * workers
    assert len(at_services(simulator)) == 1


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("way", ["at_once", "beside", "in_place"])
def test_a_right_answer_passes(simulator: Simulator, time: Time, door: Door, way: str, workers: int) -> None:
    identity = served(simulator, workers)
    becomes(simulator, way)
    end = door(simulator, time, change(workers, **RIGHT, **ROLLBACK))
    assert (end.failed, end.outcome) == (False, "completed"), end
    assert simulator.serving(identity) == [NEW] * workers


def test_the_result_tells_what_was_asked_and_answered(simulator: Simulator, time: Time, door: Door) -> None:
    served(simulator, 1)
    becomes(simulator, "at_once")
    for questions, status in ((RIGHT, False), (WRONG, True)):
        end = door(simulator, time, change(1, **questions))
        assert end.failed is status
        assert end.smoke_test is not None
        assert (end.smoke_test["status"], end.smoke_test["answer"]["json"]["image"]) == (200, NEW)
        assert end.smoke_test["url"].startswith(simulator.url)
        assert "job" not in end.smoke_test
    assert door(simulator, time, change(1)).smoke_test is None


def test_without_being_asked_a_wrong_answer_leaves_the_change(simulator: Simulator, time: Time, door: Door) -> None:
    served(simulator, 1)
    becomes(simulator, "at_once")
    end = door(simulator, time, change(1, **WRONG))
    assert (end.failed, end.outcome) == (True, "kept")
    assert len(simulator.writes) == 1


def test_a_wrong_answer_without_a_change_is_no_reason_to_write(simulator: Simulator, time: Time, door: Door) -> None:
    served(simulator, 1)
    end = door(simulator, time, {**change(1, **WRONG, **ROLLBACK), "image": OLD})
    assert (end.failed, end.outcome) == (True, "kept")
    assert simulator.writes == ()


@pytest.mark.parametrize("way", WAYS)
def test_an_answer_proves_what_keeps_no_worker(simulator: Simulator, time: Time, door: Door, way: str) -> None:
    served(simulator, 0)
    becomes(simulator, way)
    end = door(simulator, time, change(0, **RIGHT))
    assert (end.failed, end.outcome, end.warnings) == (False, "completed", ()), end
    assert at_services(simulator)


@pytest.mark.parametrize("way", ["at_once", "beside", "in_place"])
def test_no_answer_takes_back_what_keeps_no_worker(simulator: Simulator, time: Time, door: Door, way: str) -> None:
    served(simulator, 0)
    becomes(simulator, way, "image_pull_failure")
    time.at(time.passed + 40, lambda: becomes(simulator, way))
    question = {"smoke_test": {"start_timeout": 60}}
    end = door(simulator, time, change(0, **question, **ROLLBACK))
    assert (end.failed, end.outcome) == (True, "rolled_back"), end
    assert "start_timeout" in end.message
    assert [entry.body["image"] for entry in simulator.writes] == [NEW, OLD]


def test_an_answer_of_what_ran_before_proves_nothing(simulator: Simulator, time: Time, door: Door) -> None:
    served(simulator, 1)
    becomes(simulator, "at_scale_up")
    end = door(simulator, time, change(1, smoke_test={}))
    assert (end.failed, end.outcome) == (False, "unproven"), end
    assert any("may have been answered by an old worker" in warning for warning in end.warnings)


def test_an_answer_beside_old_workers_that_serve_does_not_complete_a_change(
    simulator: Simulator, time: Time, door: Door
) -> None:
    served(simulator, 1)
    becomes(simulator, "at_scale_up")
    end = door(simulator, time, change(1, **RIGHT, rollout={"surge": 1}))
    assert (end.failed, end.outcome) == (False, "partial"), end
    assert any("may have been answered by an old worker" in warning for warning in end.warnings)


def test_a_surge_is_asked_before_it_is_taken_back(simulator: Simulator, time: Time, door: Door) -> None:
    identity = served(simulator, 0)
    becomes(simulator, "at_scale_up")
    end = door(simulator, time, change(0, **RIGHT, rollout={"surge": 1}))
    assert (end.failed, end.outcome) == (False, "completed"), end
    assert len(at_services(simulator)) == 1
    assert simulator.endpoints[0]["id"] == identity
    assert simulator.endpoints[0]["worker_config"]["min_replicas"] == 0


def test_no_request_has_the_key(simulator: Simulator, time: Time, door: Door) -> None:
    served(simulator, 1)
    becomes(simulator, "beside")
    door(simulator, time, change(1, **WRONG, **ROLLBACK))
    assert at_services(simulator)
    assert not any(holds(entry, simulator.api_key) for entry in at_services(simulator))

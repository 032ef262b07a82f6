# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two tasks of one machine change one endpoint at once, one with more workers for its proof. Are they taken back?"""

from __future__ import annotations

from typing import Any

import pytest
from unit import passing
from unit.bodies import Body
from unit.passing import Time
from unit.scenarios.changing import DOORS, NEW, START, Door, Ended, alone, becomes, served
from unit.scenarios.surging import killed, sizes, without_size

from simulator import Fault, Simulator

pytestmark = pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)

NEWER = "registry.example.com/team/llama:newer"


def test_another_task_of_this_machine_lets_the_proof_go_on(simulator: Simulator, time: Time, door: Door) -> None:
    """What is noted and not taken back is of a task that is still at it."""
    served(simulator, 1)
    becomes(simulator, "at_once")
    others: list[Ended] = []
    theirs = {"name": "chat", "image": NEW, "wait": False}
    time.at(time.passed + START, lambda: others.append(alone(simulator, Time(simulator), theirs)))
    end = door(simulator, time, without_size())
    assert not end.failed, end.message
    assert [(other.failed, other.changed, other.warnings) for other in others] == [(False, False, ())]
    assert sizes(simulator) == (1, 3)
    assert len(simulator.writes) == 2


def surging_too(simulator: Simulator, **options: Any) -> Ended:
    """Another task of this machine, which brings out the next image with a surge of its own."""
    return alone(simulator, Time(simulator), without_size(image=NEWER, **options))


def test_two_surges_at_once_end_with_the_workers_from_before_both(simulator: Simulator, time: Time, door: Door) -> None:
    served(simulator, 1)
    becomes(simulator, "at_once")
    others: list[Ended] = []
    time.at(time.passed + START, lambda: others.append(surging_too(simulator)))
    end = door(simulator, time, without_size())
    assert end.failed
    assert "Somebody else has changed the endpoint meanwhile" in end.message
    assert [(other.failed, other.outcome) for other in others] == [(False, "completed")], others
    assert any("did not remove them. This task removes them." in warning for warning in others[0].warnings)
    assert (simulator.endpoints[0]["image"], sizes(simulator)) == (NEWER, (1, 3))


def test_check_mode_beside_a_surge_says_what_a_run_does(simulator: Simulator, time: Time, door: Door) -> None:
    served(simulator, 1)
    becomes(simulator, "at_once")
    predicted: list[Body] = []

    def look() -> None:
        report = passing.run(simulator, Time(simulator), without_size(image=NEWER), check=True)
        predicted.append(report.result["endpoint"]["worker_config"])

    time.at(time.passed + START, look)
    assert not door(simulator, time, without_size()).failed
    assert [(one["min_replicas"], one["max_replicas"]) for one in predicted] == [(1, 3)]


@pytest.mark.parametrize(
    ("asked", "left"),
    [({"min_replicas": 5, "max_replicas": 5}, (5, 5)), ({"max_replicas": 5}, (3, 5)), ({"min_replicas": 2}, (2, 5))],
)
def test_what_another_task_asks_for_itself_stays(
    simulator: Simulator, time: Time, door: Door, asked: Body, left: tuple[int, int]
) -> None:
    """Though it is as much as the surge, or a part of that."""
    identity = served(simulator, 3)
    becomes(simulator, "at_once")
    theirs = {"id": identity, "command": "--verbose", "wait": False, "worker_config": asked}
    time.at(time.passed + START, lambda: alone(simulator, Time(simulator), theirs))
    assert door(simulator, time, without_size()).failed
    assert not door(simulator, time, without_size(rollout={})).failed
    assert sizes(simulator) == left


def test_a_rollback_beside_another_surge_brings_back_the_workers_from_before_both(
    simulator: Simulator, time: Time, door: Door
) -> None:
    served(simulator, 1)
    becomes(simulator, "at_once", image_lives={NEWER: "image_pull_failure"})
    rollout = {"surge": 2, "on_failure": "rollback"}
    others: list[Ended] = []
    time.at(time.passed + START, lambda: others.append(surging_too(simulator, rollout=rollout, failure_patience=20)))
    door(simulator, time, without_size())
    assert [other.outcome for other in others] == ["rolled_back"], others
    assert (simulator.endpoints[0]["image"], sizes(simulator)) == (NEW, (1, 3))


def test_the_surge_of_a_task_stays_noted_while_others_change_the_endpoint(
    simulator: Simulator, time: Time, door: Door
) -> None:
    """The other one sends the workers as it saw them, and does not know that they were to go."""
    identity = served(simulator, 1)
    becomes(simulator, "at_once")
    theirs = {"id": identity, "command": "--verbose", "wait": False}
    time.at(time.passed + START, lambda: alone(simulator, Time(simulator), theirs))
    assert door(simulator, time, without_size()).failed
    assert sizes(simulator) == (3, 3)
    assert not door(simulator, time, without_size()).failed
    assert sizes(simulator) == (1, 3)


def test_a_rollback_of_another_task_to_the_surge_leaves_it_noted(simulator: Simulator, time: Time, door: Door) -> None:
    """The other one rolls back to what it saw, when the first one has given up already."""
    served(simulator, 1)
    becomes(simulator, "at_once", image_lives={NEWER: "never"})
    others: list[Ended] = []
    rollout = {"surge": 0, "on_failure": "rollback"}
    theirs = without_size(image=NEWER, rollout=rollout, wait_timeout=300)
    time.at(time.passed + START, lambda: others.append(alone(simulator, Time(simulator), theirs)))
    door(simulator, time, without_size())
    assert [other.outcome for other in others] == ["rolled_back"], others
    assert not door(simulator, time, without_size()).failed
    assert sizes(simulator) == (1, 3)


@pytest.mark.parametrize("own", [{}, {"worker_config": {"min_replicas": 2, "max_replicas": 9}}], ids=["", "own sizes"])
def test_two_surges_of_which_one_is_killed_and_the_other_is_refused_are_taken_back(
    simulator: Simulator, time: Time, door: Door, own: Body
) -> None:
    served(simulator, 3)
    becomes(simulator, "at_once")

    def refused() -> None:
        simulator.script([Fault("status", status=400, operation="updateEndpoint")])
        assert surging_too(simulator, **own).failed

    time.at(time.passed + START, refused)
    killed(simulator, time, door, without_size(), at=START + 1)
    assert sizes(simulator) == (5, 5)
    end = door(simulator, time, without_size())
    assert not end.failed, end.message
    assert sizes(simulator) == (3, 3)

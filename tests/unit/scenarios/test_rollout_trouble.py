# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is told, and what is left, where the end of a rollout meets others, a refusal or an old answer?"""

from __future__ import annotations

from typing import Any

import pytest
from unit import fleets
from unit.bodies import Body
from unit.passing import Time, kept
from unit.reconcile.acting import at_phase
from unit.scenarios.changing import DOORS, NEW, OLD, Door, alone, becomes, change, served
from unit.scenarios.surging import sizes

from simulator import Fault, Simulator

every_door = pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)

ROLLBACK: Body = {"rollout": {"on_failure": "rollback"}}
SURGE_AND_ROLLBACK: Body = {"rollout": {"on_failure": "rollback", "surge": 1}}
REFUSED = Fault("status", operation="updateEndpoint", status=400, body={"reason": "X", "message": "no"})


@every_door
def test_a_rollback_leaves_the_old_name_to_whoever_has_got_it_meanwhile(
    simulator: Simulator, time: Time, door: Door
) -> None:
    identity = served(simulator, 1)
    becomes(simulator, "at_once", "image_pull_failure")
    time.at(time.passed + 10, lambda: simulator.seed(kept(1)))
    time.at(time.passed + 40, lambda: becomes(simulator, "at_once"))
    end = door(simulator, time, {"id": identity, "name": "bot", "image": NEW, **ROLLBACK})
    assert end.outcome == "rolled_back", end
    assert "is as it was before, except that it keeps the new name (bot)." in end.message
    assert {one["id"]: one["name"] for one in simulator.endpoints}[identity] == "bot"
    assert simulator.serving(identity) == [OLD]


def refuse(simulator: Simulator) -> None:
    simulator.script([REFUSED])


def meddle(simulator: Simulator) -> None:
    own = {"name": "chat", "policy": {"type": "queue", "value": 7}, "wait": False}
    assert not alone(simulator, Time(simulator), own).failed


@pytest.mark.parametrize(
    ("event", "outcome", "told"),
    [
        (refuse, "rollback_failed", "Its extra workers (rollout.surge) still run and cost money."),
        (meddle, "rollback_skipped", "Its extra workers (rollout.surge) were not removed."),
    ],
    ids=["refused", "skipped"],
)
@every_door
def test_a_surge_that_no_rollback_removes_is_told(
    simulator: Simulator, time: Time, door: Door, event: Any, outcome: str, told: str
) -> None:
    served(simulator, 1)
    becomes(simulator, "at_once", "image_pull_failure")
    time.at(time.passed + 10, lambda: event(simulator))
    end = door(simulator, time, change(1, **SURGE_AND_ROLLBACK))
    assert (end.failed, end.outcome) == (True, outcome), end
    assert told in end.message
    assert sizes(simulator) == (2, 3)


@every_door
def test_a_change_that_fails_before_it_is_waited_for_is_said_not_to_be_rolled_back(
    simulator: Simulator, time: Time, door: Door
) -> None:
    served(simulator, 1)
    becomes(simulator, "at_once", ignored_fields=("command",))
    end = door(simulator, time, change(1, command="--new", **ROLLBACK))
    assert end.failed
    assert "It was not rolled back, because it failed before it was waited for." in end.message
    assert len(simulator.writes) == 1


@pytest.mark.parametrize(
    ("life", "rollout", "phase"),
    [
        ("ready", {"surge": 1}, "removing the extra workers"),
        ("image_pull_failure", ROLLBACK["rollout"], "rolling back"),
    ],
    ids=["surge", "rollback"],
)
def test_an_old_answer_after_the_wait_is_no_change_by_somebody_else(
    simulator: Simulator, time: Time, life: str, rollout: Body, phase: str
) -> None:
    identity = served(simulator, 1)
    stale = Fault("overlay", operation="getEndpoint", when="after_commit", body=simulator.endpoints[0])
    becomes(simulator, "at_once", life)

    def act() -> None:
        becomes(simulator, "at_once")
        simulator.script([stale])

    report = fleets.run(simulator, time, [change(1, rollout=rollout)], wait=True, progress=at_phase(phase, act))
    (entry,) = report.result["endpoints"]
    is_good = life == "ready"
    assert report.failed is not is_good
    assert entry["rollout"]["outcome"] == ("completed" if is_good else "rolled_back"), entry
    assert simulator.serving(identity) == [NEW if is_good else OLD]
    assert sizes(simulator) == (1, 3)
    assert simulator.faults == ()

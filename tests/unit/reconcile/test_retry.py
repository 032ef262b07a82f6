# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does an update that has to be sent again leave alone what moved while it waited?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from unit import passing
from unit.bodies import MINIMAL
from unit.fleets import calls
from unit.passing import Time
from unit.reconcile.acting import fleet, single
from unit.running import run_endpoint

from simulator import Fault, Settings, Simulator

BOTH = pytest.mark.parametrize("act", [single, fleet])
#: The task of somebody whose autoscaler has the greatest number of workers, which the task itself gives as 3.
TASK = {**MINIMAL, "image": "registry.example.com/chat:2", "ignore_changes": ["worker_config.max_replicas"]}
#: Ways in which an update is not carried out, and may be later.
NOT_YET = {
    **{str(status): Fault("status", operation="updateEndpoint", status=status) for status in (408, 409, 425, 429, 503)},
    "reset": Fault("reset", operation="updateEndpoint"),
}
#: Ways in which nobody hears that it was.
ARRIVED = {
    "reset": Fault("reset", operation="updateEndpoint", when="after_commit"),
    "502": Fault("status", operation="updateEndpoint", when="after_commit", status=502),
    "cut": Fault("truncate", operation="updateEndpoint", when="after_commit"),
}
LOST = ARRIVED["reset"]


@pytest.fixture(params=["merge", "replace"])
def updating(request: pytest.FixtureRequest, simulator: Simulator) -> Simulator:
    """A simulator with an endpoint, whose PUT does the one or the other."""
    simulator.settings = Settings(update=request.param)
    simulator.seed(MINIMAL)
    return simulator


def moves(simulator: Simulator, workers: int = 9) -> Callable[[], object]:
    """What the autoscaler does, in the background."""

    def move() -> None:
        (there,) = simulator.endpoints
        account = {"api_url": simulator.url, "api_key": simulator.api_key}
        run_endpoint({**account, "id": there["id"], "worker_config": {"max_replicas": workers}})

    return move


def state(simulator: Simulator) -> tuple[str, int]:
    """The image, and the greatest number of workers."""
    (there,) = simulator.endpoints
    return there["image"], there["worker_config"]["max_replicas"]


def sent(simulator: Simulator) -> list[int]:
    """The numbers of workers in the task's own updates."""
    puts = [one.body for one in simulator.writes]
    return [body["worker_config"]["max_replicas"] for body in puts if body["image"] == TASK["image"]]


@BOTH
@pytest.mark.parametrize("how", NOT_YET)
def test_what_moves_before_the_next_try_stays(updating: Simulator, time: Time, act: Any, how: str) -> None:
    updating.script([NOT_YET[how]])
    time.at(0, moves(updating))
    if how == "409":
        # There is no pause, so it moves right before the answer.
        moves(updating)()
        updating.script([NOT_YET[how]])
    done = act(updating, time, TASK)
    assert not done.failed, done.result["msg"]
    assert state(updating) == (TASK["image"], 9)
    assert sent(updating)[-1] == 9


@BOTH
@pytest.mark.parametrize("how", NOT_YET)
def test_each_try_is_read_before_it_is_sent(updating: Simulator, time: Time, act: Any, how: str) -> None:
    updating.script([NOT_YET[how], NOT_YET[how]])
    assert not act(updating, time, TASK).failed
    kinds = [entry.method for entry in updating.journal if entry.path.count("/") == 4]
    assert kinds[:6] == ["GET", "PUT"] * 3
    assert calls(updating)["PUT"] == 3


@BOTH
@pytest.mark.parametrize("how", ARRIVED)
def test_what_arrived_is_not_sent_again(updating: Simulator, time: Time, act: Any, how: str) -> None:
    updating.script([ARRIVED[how]])
    time.at(0, moves(updating))
    done = act(updating, time, TASK)
    assert not done.failed, done.result["msg"]
    assert done.result["changed"]
    assert state(updating) == (TASK["image"], 9)
    # The other one is the autoscaler's, which sends the image that it saw.
    assert sent(updating) == [3, 9]
    assert calls(updating)["PUT"] == 2


@BOTH
def test_what_moves_back_and_forth_ends_as_the_last_read_shows(updating: Simulator, time: Time, act: Any) -> None:
    # The autoscaler's own update passes in between.
    updating.script([NOT_YET["503"], Fault("pass", operation="updateEndpoint"), NOT_YET["reset"]])
    time.at(0, moves(updating, 9))
    time.at(0.5, moves(updating, 6))
    assert not act(updating, time, TASK).failed
    assert state(updating) == (TASK["image"], 6)


@BOTH
def test_what_somebody_else_did_meanwhile_is_no_change(updating: Simulator, time: Time, act: Any) -> None:
    def same() -> None:
        account = {"api_url": updating.url, "api_key": updating.api_key}
        run_endpoint({**account, "id": updating.endpoints[0]["id"], "image": TASK["image"]})

    updating.script([NOT_YET["429"]])
    time.at(0, same)
    done = act(updating, time, TASK)
    assert not done.failed
    assert not done.result["changed"]
    assert state(updating) == (TASK["image"], 3)


@BOTH
@pytest.mark.parametrize("status", [400, 401, 404, 429, 503])
def test_a_later_refusal_does_not_decide_what_became_of_a_lost_one(
    simulator: Simulator, time: Time, act: Any, status: int
) -> None:
    simulator.seed(MINIMAL)
    lost = Fault("reset", operation="updateEndpoint")
    simulator.script([lost, Fault("status", operation="updateEndpoint", status=status, times=99)])
    done = act(simulator, time, TASK)
    assert done.failed
    assert done.result["changed"]
    assert str(status) in str(done.result["msg"])


@BOTH
def test_a_read_that_fails_leaves_the_rest_to_the_proof(simulator: Simulator, time: Time, act: Any) -> None:
    simulator.seed(MINIMAL)
    unreadable = Fault("reset", operation="getEndpoint", times=8)
    simulator.script([LOST, Fault("pass", operation="getEndpoint"), unreadable])
    done = act(simulator, time, {**TASK, "retry_timeout": 30})
    assert not done.failed, done.result["msg"]
    assert done.result["changed"]
    assert calls(simulator)["PUT"] == 1


@BOTH
def test_a_read_that_fails_after_a_refusal_is_told(simulator: Simulator, time: Time, act: Any) -> None:
    simulator.seed(MINIMAL)
    simulator.script([NOT_YET["429"], Fault("pass", operation="getEndpoint"), Fault("reset", "getEndpoint", times=999)])
    done = act(simulator, time, {**TASK, "retry_timeout": 30})
    assert done.failed
    assert not done.result["changed"]
    assert calls(simulator)["PUT"] == 1


def test_more_replicas_for_the_proof_stay_where_their_update_was_lost(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(replacement="at_scale_up")
    simulator.seed({**MINIMAL, "worker_config": {"max_replicas": 3, "min_replicas": 1}})
    simulator.script([LOST])
    task = {**MINIMAL, "image": TASK["image"], "worker_config": {"max_replicas": 3, "min_replicas": 1}}
    done = passing.run(simulator, time, {**task, "rollout": {"surge": 1, "stable_for": 0}})
    assert not done.failed, done.result["msg"]
    replicas = [put.body["worker_config"]["min_replicas"] for put in simulator.writes]
    assert replicas == [2, 1]
    assert done.result["rollout"]["new_workers"]

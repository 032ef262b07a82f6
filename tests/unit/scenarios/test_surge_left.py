# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A task was stopped while more workers were kept for its proof. Does the next one take them back?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from unit import passing
from unit.bodies import Body
from unit.passing import Time, kept
from unit.scenarios.changing import DOORS, NEW, START, Door, Ended, alone, becomes, served

from simulator import Fault, Simulator

pytestmark = pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)


class Killed(BaseException):
    """What no task can catch."""


def without_size(**options: Any) -> Body:
    """A task that says nothing of how many workers there are."""
    return {"name": "chat", "image": NEW, "rollout": {"surge": 2}, **options}


def killed(simulator: Simulator, time: Time, door: Door, task: Body, at: float = 10) -> None:
    """The task is stopped after its first write, while the surge is proved."""

    def kill() -> None:
        raise Killed

    time.at(time.passed + at, kill)
    with pytest.raises(Killed):
        door(simulator, time, task)


def sizes(simulator: Simulator) -> tuple[int, int]:
    (endpoint,) = simulator.endpoints
    config = endpoint["worker_config"]
    return config["min_replicas"], config["max_replicas"]


@pytest.mark.parametrize("workers", [0, 1, 3])
@pytest.mark.parametrize("rollout", [{"surge": 2}, {}], ids=["surge", "no surge"])
def test_a_rerun_that_names_no_size_takes_it_back(
    simulator: Simulator, time: Time, door: Door, workers: int, rollout: Body
) -> None:
    served(simulator, workers)
    becomes(simulator, "at_once")
    killed(simulator, time, door, without_size())
    assert sizes(simulator) == (workers + 2, max(3, workers + 2))
    end = door(simulator, time, without_size(rollout=rollout))
    assert not end.failed, end.message
    assert any("asked for more replicas" in warning for warning in end.warnings)
    assert sizes(simulator) == (workers, 3)
    assert len(simulator.writes) == 2
    again = door(simulator, time, without_size(rollout=rollout))
    assert (again.failed, again.warnings, len(simulator.writes)) == (False, (), 2)


def test_a_create_that_was_stopped_is_taken_back(simulator: Simulator, time: Time, door: Door) -> None:
    task = {**kept(0), "rollout": {"surge": 2}}
    becomes(simulator, "at_once", "slow", start_seconds=30)
    killed(simulator, time, door, task)
    assert sizes(simulator) == (2, 3)
    end = door(simulator, time, {"name": "chat", "image": task["image"], "rollout": {}})
    assert not end.failed, end.message
    assert sizes(simulator) == (0, 3)


def test_what_the_task_names_wins(simulator: Simulator, time: Time, door: Door) -> None:
    served(simulator, 1)
    becomes(simulator, "at_once")
    killed(simulator, time, door, without_size())
    end = door(simulator, time, without_size(worker_config={"max_replicas": 5, "min_replicas": 2}))
    assert not end.failed, end.message
    assert sizes(simulator) == (2, 5)


def test_what_is_ignored_goes_back_to_what_it_was(simulator: Simulator, time: Time, door: Door) -> None:
    served(simulator, 2)
    becomes(simulator, "at_once")
    ignored = {"worker_config": {"min_replicas": 1, "max_replicas": 9}}
    task = without_size(**ignored, ignore_changes=["worker_config.min_replicas", "worker_config.max_replicas"])
    killed(simulator, time, door, task)
    assert sizes(simulator) == (4, 4)
    end = door(simulator, time, task)
    assert not end.failed, end.message
    assert sizes(simulator) == (2, 3)


def test_what_somebody_has_changed_since_is_left_alone(simulator: Simulator, time: Time, door: Door) -> None:
    identity = served(simulator, 1)
    becomes(simulator, "at_once")
    killed(simulator, time, door, without_size())
    theirs = {"id": identity, "worker_config": {"max_replicas": 9, "min_replicas": 4}, "wait": False}
    assert not alone(simulator, Time(simulator), theirs).failed
    assert not door(simulator, time, without_size()).failed
    assert sizes(simulator) == (4, 9)


def test_what_somebody_took_back_and_wants_much_later_stays(simulator: Simulator, time: Time, door: Door) -> None:
    identity = served(simulator, 1)
    becomes(simulator, "at_once")
    killed(simulator, time, door, without_size())
    own = {"id": identity, "wait": False}
    for workers in (1, 3):
        assert not alone(
            simulator, Time(simulator), {**own, "worker_config": {"max_replicas": 3, "min_replicas": workers}}
        ).failed
    simulator.clock.advance(1000)
    assert not door(simulator, time, without_size()).failed
    assert sizes(simulator) == (3, 3)


def test_another_machine_knows_nothing_of_it(
    simulator: Simulator, time: Time, door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served(simulator, 1)
    becomes(simulator, "at_once")
    killed(simulator, time, door, without_size())
    monkeypatch.setenv("HOME", str(tmp_path))
    assert not door(simulator, time, without_size()).failed
    assert sizes(simulator) == (3, 3)


def test_check_mode_predicts_it_and_leaves_the_note(simulator: Simulator, time: Time, door: Door, home: Path) -> None:
    served(simulator, 1)
    becomes(simulator, "at_once")
    killed(simulator, time, door, without_size(secret_envs=[{"key": "TOKEN", "value": "canary-of-a-secret"}]))
    (note,) = (home / ".ansible" / "ppio_gpu_surges").iterdir()
    assert "canary" not in note.read_text()
    predicted = passing.run(simulator, time, without_size(secret_envs=[{"key": "TOKEN"}]), check=True)
    assert predicted.result["changed"]
    assert predicted.result["endpoint"]["worker_config"]["min_replicas"] == 1
    assert note.exists()
    assert not door(simulator, time, without_size(secret_envs=[{"key": "TOKEN"}])).failed
    assert (note.exists(), sizes(simulator)) == (False, (1, 3))


def test_a_surge_that_ends_well_leaves_no_note(simulator: Simulator, time: Time, door: Door, home: Path) -> None:
    served(simulator, 1)
    becomes(simulator, "at_once")
    assert not door(simulator, time, without_size()).failed
    assert sizes(simulator) == (1, 3)
    assert list((home / ".ansible" / "ppio_gpu_surges").iterdir()) == []


def test_a_rollback_does_not_bring_it_back(simulator: Simulator, time: Time, door: Door) -> None:
    """What was there before the second task was more than anybody wanted."""
    served(simulator, 1)
    becomes(simulator, "at_once")
    killed(simulator, time, door, without_size())
    simulator.clock.advance(60)
    image = "registry.example.com/chat:bad"
    becomes(simulator, "at_once", image_lives={image: "image_pull_failure"})
    bad = {"image": image, "rollout": {"on_failure": "rollback"}, "failure_patience": 20}
    end = door(simulator, time, without_size(**bad))
    assert (end.failed, end.outcome) == (True, "rolled_back"), end
    assert simulator.endpoints[0]["image"] == NEW
    assert sizes(simulator) == (1, 3)


def test_a_surge_that_cannot_be_taken_back_is_told_as_a_change(simulator: Simulator, time: Time, door: Door) -> None:
    identity = served(simulator, 1)
    becomes(simulator, "at_once")
    theirs = {"id": identity, "worker_config": {"max_replicas": 9, "min_replicas": 4}, "wait": False}
    time.at(time.passed + START + 1, lambda: alone(simulator, Time(simulator), theirs))
    end = door(simulator, time, without_size(wait_timeout=60))
    assert end.failed
    assert end.changed
    assert "are still kept" not in end.message


def test_a_surge_of_which_the_api_applies_a_part_is_told_and_taken_back(
    simulator: Simulator, time: Time, door: Door
) -> None:
    served(simulator, 2)
    becomes(simulator, "at_once", ignored_fields=("worker_config.max_replicas",))
    end = door(simulator, time, without_size())
    assert (end.failed, end.changed) == (True, True)
    assert "Replicas that were only for the proof (rollout.surge) may still be kept" in end.message
    assert sizes(simulator) == (4, 3)
    becomes(simulator, "at_once")
    assert not door(simulator, time, without_size()).failed
    assert sizes(simulator) == (2, 3)


@pytest.mark.parametrize("update", ["merge", "replace"])
def test_a_rollback_says_empty_values_that_the_api_leaves_out(
    simulator: Simulator, time: Time, door: Door, update: Any
) -> None:
    """Otherwise an API that keeps what is not said would keep the workers."""
    served(simulator, 0)
    image = "registry.example.com/chat:bad"
    becomes(simulator, "at_once", omit_empty=True, update=update, image_lives={image: "image_pull_failure"})
    rollout = {"surge": 2, "on_failure": "rollback"}
    task = without_size(image=image, rollout=rollout, command="--new", failure_patience=20)
    end = door(simulator, time, task)
    assert (end.failed, end.outcome) == (True, "rolled_back"), end
    assert sizes(simulator) == (0, 3)
    assert simulator.endpoints[0]["command"] == ""


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


NEWER = "registry.example.com/team/llama:newer"


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
    assert any("has not taken them back. This one does." in warning for warning in others[0].warnings)
    assert (simulator.endpoints[0]["image"], sizes(simulator)) == (NEWER, (1, 3))


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


def test_two_surges_of_which_one_is_killed_and_the_other_is_refused_are_taken_back(
    simulator: Simulator, time: Time, door: Door
) -> None:
    served(simulator, 1)
    becomes(simulator, "at_once")

    def refused() -> None:
        simulator.script([Fault("status", status=400, operation="updateEndpoint")])
        assert surging_too(simulator).failed

    time.at(time.passed + START, refused)
    killed(simulator, time, door, without_size(), at=START + 1)
    assert sizes(simulator) == (3, 3)
    end = door(simulator, time, without_size())
    assert not end.failed, end.message
    assert sizes(simulator) == (1, 3)

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A task was stopped while more workers were kept for its proof. Does the next one take them back?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from unit import passing
from unit.bodies import Body
from unit.passing import Time, kept
from unit.scenarios.changing import DOORS, NEW, OLD, START, Door, alone, becomes, change, served
from unit.scenarios.falling import EMPTY, H100, RTX, body
from unit.scenarios.surging import killed, sizes, without_size

from simulator import Fault, Simulator

pytestmark = pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)


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
    assert sum("started extra workers (rollout.surge)" in warning for warning in end.warnings) == 1
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


def test_a_surge_that_is_refused_does_not_hide_the_one_that_was_left(
    simulator: Simulator, time: Time, door: Door
) -> None:
    served(simulator, 1)
    becomes(simulator, "at_once")
    killed(simulator, time, door, without_size(), at=START + 5)
    simulator.script([Fault("status", status=400, operation="updateEndpoint")])
    assert door(simulator, time, without_size(image=OLD)).failed
    assert not door(simulator, time, without_size(image=OLD, rollout={})).failed
    assert sizes(simulator) == (1, 3)


def test_what_was_recreated_and_left_is_taken_back(simulator: Simulator, time: Time, door: Door, home: Path) -> None:
    served(simulator, 1)
    becomes(simulator, "at_once", "slow", start_seconds=60)
    task = without_size(type="async", allow_recreate=True)
    killed(simulator, time, door, task, at=30)
    assert sizes(simulator) == (3, 3)
    assert not door(simulator, time, {**task, "rollout": {}}).failed
    assert sizes(simulator) == (1, 3)
    assert list((home / ".ansible" / "ppio_gpu_surges").iterdir()) == []


def test_a_create_that_was_stopped_is_taken_back_by_its_id(simulator: Simulator, time: Time, door: Door) -> None:
    becomes(simulator, "at_once", "slow", start_seconds=30)
    killed(simulator, time, door, {**kept(0), "rollout": {"surge": 2}})
    (endpoint,) = simulator.endpoints
    assert not door(simulator, time, {"id": endpoint["id"], "rollout": {}}).failed
    assert sizes(simulator) == (0, 3)


def test_a_move_to_another_product_does_not_forget_it(simulator: Simulator, time: Time, door: Door) -> None:
    simulator.settings = replace(EMPTY, life="slow", start_seconds=60)
    task = {**body(H100, RTX, rollout={"surge": 2}), "name": "chat"}
    killed(simulator, time, door, task, at=95)
    assert sizes(simulator) == (3, 3)
    assert not door(simulator, time, {"name": "chat", "image": task["image"], "rollout": {}}).failed
    assert sizes(simulator) == (1, 3)


def test_a_rollback_leaves_nothing_of_its_own_surge(simulator: Simulator, time: Time, door: Door) -> None:
    """Here the surge is as much as there was before, because the GPUs are scarce."""
    served(simulator, 3)
    bad = "registry.example.com/chat:bad"
    becomes(simulator, "at_once", worker_limit=1, image_lives={bad: "image_pull_failure"})
    simulator.clock.advance(10)
    less = {"min_replicas": 1, "max_replicas": 3}
    rollout = {"surge": 2, "on_failure": "rollback"}
    task = without_size(image=bad, worker_config=less, rollout=rollout, failure_patience=20, wait_timeout=100)
    assert door(simulator, time, task).outcome == "rolled_back"
    becomes(simulator, "at_once")
    door(simulator, time, without_size(image=OLD, rollout={}))
    assert sizes(simulator) == (3, 3)


def test_a_surge_that_cannot_be_noted_is_told(simulator: Simulator, time: Time, door: Door, home: Path) -> None:
    served(simulator, 1)
    becomes(simulator, "at_once")
    (home / ".ansible").mkdir(exist_ok=True)
    (home / ".ansible" / "ppio_gpu_surges").write_text("no directory")
    end = door(simulator, time, without_size())
    assert not end.failed, end.message
    assert sum("(rollout.surge) cannot be recorded for later tasks" in warning for warning in end.warnings) == 1


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


@pytest.mark.parametrize(
    "content",
    ["{", '{"time": 1}', '{"time": 1, "parts": 2}', '{"time": 1, "parts": [{"task": "t", "values": [1]}]}'],
)
def test_a_note_that_is_damaged_is_in_nobodys_way(
    simulator: Simulator, time: Time, door: Door, home: Path, content: str
) -> None:
    served(simulator, 1)
    becomes(simulator, "at_once")
    killed(simulator, time, door, without_size())
    (note,) = (home / ".ansible" / "ppio_gpu_surges").iterdir()
    note.write_text(content)
    end = door(simulator, time, without_size(image=OLD))
    assert not end.failed, end.message
    assert sizes(simulator) == (3, 3)


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
    assert "Extra workers (rollout.surge) may still run" in end.message
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


def test_what_a_task_asks_for_itself_is_no_surge_any_more(simulator: Simulator, time: Time, door: Door) -> None:
    """Though it is as much as the killed one had asked for, and nothing has to be changed."""
    served(simulator, 1)
    becomes(simulator, "at_once")
    killed(simulator, time, door, without_size())
    end = door(simulator, time, without_size(worker_config={"min_replicas": 3, "max_replicas": 3}, rollout={}))
    assert (end.failed, end.changed) == (False, False), end
    assert not door(simulator, time, without_size(rollout={})).failed
    assert sizes(simulator) == (3, 3)


def test_another_one_of_the_name_does_not_get_its_size(simulator: Simulator, time: Time, door: Door) -> None:
    served(simulator, 2)
    becomes(simulator, "at_once")
    killed(simulator, time, door, without_size())
    old = simulator.endpoints[0]["id"]
    task = {**change(2, rollout={}, worker_config={"max_replicas": 3}), "unique_name": False}
    end = door(simulator, time, task)
    assert not end.failed, end.message
    assert not any("extra workers" in warning for warning in end.warnings)
    new = next(one for one in simulator.endpoints if one["id"] != old)
    assert new["worker_config"].get("min_replicas", 0) == 0

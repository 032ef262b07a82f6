# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Is a change that does not work taken back, and one that nothing would show made to show?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import requests
from unit.bodies import FULL, Body
from unit.passing import Time, kept
from unit.scenarios.changing import DOORS, NEW, OLD, WAYS, Door, alone, becomes, change, served
from unit.scenarios.test_four_runs import by_meaning

from simulator import Fault, Settings, Simulator

SECRET = "canary-of-an-old-secret"

pytestmark = pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)


def failing(simulator: Simulator, time: Time, way: str, life: Any = "image_pull_failure", at: float = 65) -> None:
    """The next change fails, and whatever is written from so many seconds on works."""
    becomes(simulator, way, life)
    began = time.passed
    time.at(began + at, lambda: becomes(simulator, way))


def sent(simulator: Simulator) -> list[Body]:
    return [entry.body for entry in simulator.writes]


ROLLBACK = {"rollout": {"on_failure": "rollback"}}


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("way", ["at_once", "beside", "in_place"])
def test_a_bad_image_is_rolled_back(simulator: Simulator, time: Time, door: Door, way: str, workers: int) -> None:
    identity = served(simulator, workers)
    failing(simulator, time, way, at=40)
    end = door(simulator, time, change(workers, **ROLLBACK))
    assert (end.failed, end.outcome) == (True, "rolled_back"), end
    assert "IMAGE_PULL_FAILED" in end.message
    assert "It was rolled back, and is as it was before." in end.message
    assert [body["image"] for body in sent(simulator)] == [NEW, OLD]
    assert simulator.serving(identity) == [OLD] * workers


def test_the_rollback_is_the_state_before_field_by_field(simulator: Simulator, time: Time, door: Door) -> None:
    body = {**FULL, "name": "chat", "envs": [*FULL["envs"], {"key": "OLD_SECRET", "value": SECRET}]}
    identity = simulator.seed(body)
    (before,) = simulator.endpoints
    simulator.clock.advance(60)
    failing(simulator, time, "at_once", at=40)
    envs = [{"key": "B", "value": "other"}]
    end = door(
        simulator, time, {"id": identity, "image": NEW, "command": "x", "envs": envs, "purge_envs": True, **ROLLBACK}
    )
    assert end.outcome == "rolled_back", end
    (after,) = simulator.endpoints
    assert by_meaning(after) == by_meaning(before)
    assert SECRET not in repr(end)


def test_a_rollback_clears_what_was_empty_and_was_left_out_of_answers(
    simulator: Simulator, time: Time, door: Door
) -> None:
    identity = served(simulator, 0)
    simulator.settings = replace(simulator.settings, omit_empty=True)
    (before,) = simulator.endpoints
    becomes(simulator, "at_once", "image_pull_failure", omit_empty=True)
    time.at(time.passed + 40, lambda: becomes(simulator, "at_once", omit_empty=True))
    config = {"min_replicas": 2, "max_replicas": 3}
    task = {"id": identity, "image": NEW, "command": "serve", "worker_config": config, **ROLLBACK}
    end = door(simulator, time, task)
    assert end.outcome == "rolled_back", end
    assert "It was rolled back, and is as it was before." in end.message
    (after,) = simulator.endpoints
    assert by_meaning(after) == by_meaning(before)


def test_a_change_is_refused_of_which_nobody_could_clear_what_it_sets(
    simulator: Simulator, time: Time, door: Door
) -> None:
    simulator.settings = Settings(default_style="zero", omit_empty=True)
    identity = served(simulator, 1)
    end = door(simulator, time, {"id": identity, "policy": {"type": "queue", "value": 7}, **ROLLBACK})
    assert end.failed
    assert "The API does not show the value of policy.type, policy.value of the endpoint" in end.message
    assert not simulator.writes


def test_a_rollback_is_told_as_a_failure_that_changed_something(simulator: Simulator, time: Time, door: Door) -> None:
    identity = served(simulator, 1)
    failing(simulator, time, "beside", at=40)
    end = door(simulator, time, change(1, **ROLLBACK))
    assert end.failed
    assert end.rollout["old_workers"] == [f"{identity}-worker-0"]
    assert end.rollout["new_workers"] == [f"{identity}-worker-1-0"]
    assert (end.rollout["serving_lowest"], end.rollout["seconds_without_serving"]) == (1, 0)
    assert 60 <= end.rollout["seconds"] <= 100


@pytest.mark.parametrize("life", ["image_pull_failure", "endpoint_error", "no_stock"])
def test_what_did_not_serve_before_is_not_rolled_back(simulator: Simulator, time: Time, door: Door, life: str) -> None:
    served(simulator, 1, life)
    becomes(simulator, "at_once", "crash_loop")
    end = door(simulator, time, change(1, **ROLLBACK))
    assert (end.failed, end.outcome) == (True, "rollback_skipped")
    assert "did not serve before either" in end.message
    assert len(simulator.writes) == 1


def test_without_being_asked_nothing_is_rolled_back(simulator: Simulator, time: Time, door: Door) -> None:
    served(simulator, 1)
    becomes(simulator, "at_once", "crash_loop")
    end = door(simulator, time, change(1))
    assert (end.failed, end.outcome) == (True, "kept")
    assert len(simulator.writes) == 1


def test_somebodys_change_meanwhile_is_left_alone(simulator: Simulator, time: Time, door: Door) -> None:
    identity = served(simulator, 1)
    becomes(simulator, "at_once", "crash_loop")
    theirs = {"id": identity, "policy": {"type": "queue", "value": 7}, "wait": False}
    time.at(time.passed + 10, lambda: alone(simulator, Time(simulator), theirs))
    end = door(simulator, time, change(1, **ROLLBACK))
    assert (end.failed, end.outcome) == (True, "rollback_skipped")
    assert "Somebody else has changed the endpoint meanwhile: policy.value is 7" in end.message
    assert len(simulator.writes) == 2
    assert simulator.endpoints[0]["policy"]["value"] == 7


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (
            Fault(
                "status", operation="updateEndpoint", status=400, body={"reason": "BALANCE_NOT_ENOUGH", "message": "no"}
            ),
            "BALANCE_NOT_ENOUGH",
        ),
        (
            Fault(
                "status", operation="updateEndpoint", status=403, body={"reason": "INVALID_API_KEY", "message": "no"}
            ),
            "INVALID_API_KEY",
        ),
    ],
)
def test_a_rollback_that_is_refused_is_told_with_both_causes(
    simulator: Simulator, time: Time, door: Door, fault: Fault, told: str
) -> None:
    served(simulator, 1)
    becomes(simulator, "at_once", "image_pull_failure")
    time.at(time.passed + 10, lambda: simulator.script([fault]))
    end = door(simulator, time, change(1, **ROLLBACK))
    assert (end.failed, end.outcome) == (True, "rollback_failed")
    assert "IMAGE_PULL_FAILED" in end.message
    assert "The rollback failed too, so workers with the old and with the new settings may both serve: " in end.message
    assert told in end.message


def test_a_rollback_that_the_server_ignores_has_failed(simulator: Simulator, time: Time, door: Door) -> None:
    served(simulator, 1)
    becomes(simulator, "at_once", "image_pull_failure")
    ignoring = ("image",)
    time.at(time.passed + 40, lambda: becomes(simulator, "at_once", ignored_fields=ignoring))
    end = door(simulator, time, change(1, **ROLLBACK))
    assert (end.failed, end.outcome) == (True, "rollback_failed")
    assert "IMAGE_PULL_FAILED" in end.message
    assert f"but shows image is '{NEW}', wanted is '{OLD}'" in end.message


def test_a_rollback_whose_answer_is_lost_is_looked_for(simulator: Simulator, time: Time, door: Door) -> None:
    identity = served(simulator, 1)
    failing(simulator, time, "at_once", at=40)
    lost = Fault("reset", operation="updateEndpoint", when="after_commit", times=1)
    time.at(time.passed + 40, lambda: simulator.script([lost]))
    end = door(simulator, time, change(1, **ROLLBACK))
    assert end.outcome == "rolled_back", end
    assert simulator.serving(identity) == [OLD]


def test_a_rollback_that_does_not_serve_either_has_failed(simulator: Simulator, time: Time, door: Door) -> None:
    served(simulator, 1)
    becomes(simulator, "at_once", "image_pull_failure")
    end = door(simulator, time, change(1, rollout={"on_failure": "rollback", "timeout": 30}))
    assert (end.failed, end.outcome) == (True, "rollback_failed")
    assert "of 30 s (rollout.timeout)" in end.message
    assert len(simulator.writes) == 2


def test_what_cannot_be_rolled_back_is_not_begun(simulator: Simulator, time: Time, door: Door) -> None:
    served(simulator, 1)
    end = door(simulator, time, {**kept(1), "app_name": "other", "allow_recreate": True, **ROLLBACK})
    assert end.failed
    assert "cannot be rolled back. Nothing was sent." in end.message
    assert simulator.writes == ()


@pytest.mark.parametrize("mask", ["***", "(hidden)", "\u2022\u2022\u2022\u2022"])
def test_a_secret_that_the_api_hides_cannot_be_restored(
    simulator: Simulator, time: Time, door: Door, mask: str
) -> None:
    simulator.seed({**kept(1), "envs": [{"key": "TOKEN", "value": mask}]})
    end = door(simulator, time, change(1, secret_envs=[{"key": "TOKEN", "value": "a new one"}], **ROLLBACK))
    assert end.failed
    assert "does not show the value of envs.TOKEN" in end.message
    assert simulator.writes == ()


@pytest.mark.parametrize("workers", [0, 1, 3])
@pytest.mark.parametrize("way", WAYS)
def test_a_surge_proves_a_good_image_on_every_platform(
    simulator: Simulator, time: Time, door: Door, way: str, workers: int
) -> None:
    identity = served(simulator, workers)
    becomes(simulator, way)
    began = time.passed
    end = door(simulator, time, change(workers, rollout={"surge": 1}))
    assert not end.failed, end.message
    is_lazy = way == "at_scale_up" and workers > 0
    assert end.outcome == ("partial" if is_lazy else "completed"), end
    assert simulator.serving(identity) == ([OLD] if is_lazy else [NEW]) * workers
    assert time.passed - began >= 35
    config = [body["worker_config"] for body in sent(simulator)]
    assert [one["min_replicas"] for one in config] == [workers + 1, workers]
    assert [one["max_replicas"] for one in config] == [max(3, workers + 1), 3]
    (endpoint,) = simulator.endpoints
    assert (endpoint["image"], endpoint["worker_config"]["min_replicas"]) == (NEW, workers)
    assert not is_lazy or end.rollout["new_workers"]
    assert [worker in " ".join(end.warnings) for worker in end.rollout["old_workers"]] == [is_lazy] * workers
    assert is_lazy or not end.warnings


@pytest.mark.parametrize("workers", [0, 1])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("on_failure", ["keep", "rollback"])
def test_a_surge_shows_a_bad_image_on_every_platform_and_goes(
    simulator: Simulator, time: Time, door: Door, way: str, workers: int, on_failure: str
) -> None:
    served(simulator, workers)
    failing(simulator, time, way, at=40)
    end = door(simulator, time, change(workers, rollout={"surge": 1, "on_failure": on_failure}))
    assert end.failed
    assert end.outcome == ("kept" if on_failure == "keep" else "rolled_back"), end
    (endpoint,) = simulator.endpoints
    assert endpoint["image"] == (NEW if on_failure == "keep" else OLD)
    assert (endpoint["worker_config"]["min_replicas"], endpoint["worker_config"]["max_replicas"]) == (workers, 3)
    assert len(simulator.writes) == 2


def test_a_new_endpoint_that_keeps_no_worker_is_proved_by_a_surge(simulator: Simulator, time: Time, door: Door) -> None:
    end = door(simulator, time, {**kept(0), "rollout": {"surge": 1}})
    assert (end.failed, end.outcome, end.warnings) == (False, "completed", ())
    assert [entry.method for entry in simulator.writes] == ["POST", "PUT"]
    assert simulator.endpoints[0]["worker_config"]["min_replicas"] == 0
    again = door(simulator, time, {**kept(0), "rollout": {"surge": 1}})
    assert (again.failed, len(simulator.writes)) == (False, 2)


WARM = {**kept(0), "worker_config": {"max_replicas": 1, "min_replicas": 0, "idle_timeout": 300}}


def warmed(simulator: Simulator) -> str:
    """The id of an endpoint that keeps no worker, and has one that a request has woken."""
    identity = simulator.seed(WARM)
    (endpoint,) = simulator.endpoints
    requests.get(f"{simulator.url}/serve/{endpoint['app_name']}", timeout=10)
    simulator.clock.advance(10)
    return identity


@pytest.mark.parametrize("way", [*WAYS, "unnoticed"])
def test_a_warm_worker_does_not_pass_for_one_of_the_surge(
    simulator: Simulator, time: Time, door: Door, way: str
) -> None:
    identity = warmed(simulator)
    assert simulator.serving(identity) == [OLD]
    becomes(simulator, way)
    end = door(simulator, time, {**WARM, "image": NEW, "rollout": {"surge": 1, "on_failure": "rollback"}})
    is_old_left = way in ("at_scale_up", "unnoticed")
    assert (end.failed, end.outcome) == (False, "partial" if is_old_left else "completed"), end
    assert [end.rollout["old_workers"][0] in warning for warning in end.warnings] == [True] * is_old_left
    assert end.rollout["new_workers"]
    sizes = [(body["worker_config"]["min_replicas"], body["worker_config"]["max_replicas"]) for body in sent(simulator)]
    assert sizes == [(2, 2), (0, 1)]


@pytest.mark.parametrize("way", WAYS)
def test_a_bad_image_shows_beside_a_warm_worker(simulator: Simulator, time: Time, door: Door, way: str) -> None:
    warmed(simulator)
    failing(simulator, time, way, at=40)
    end = door(simulator, time, {**WARM, "image": NEW, "rollout": {"surge": 1, "on_failure": "rollback"}})
    assert (end.failed, end.outcome) == (True, "rolled_back"), end
    (endpoint,) = simulator.endpoints
    config = endpoint["worker_config"]
    assert (endpoint["image"], config["min_replicas"], config["max_replicas"]) == (OLD, 0, 1)


def test_what_was_killed_during_a_surge_beside_a_warm_worker_heals(
    simulator: Simulator, time: Time, door: Door
) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    warmed(simulator)
    becomes(simulator, "at_scale_up")
    time.at(time.passed + 10, interrupt)
    task = {"name": "chat", "image": NEW, "rollout": {"surge": 1}}
    with pytest.raises(KeyboardInterrupt):
        door(simulator, time, task)
    assert simulator.endpoints[0]["worker_config"]["min_replicas"] == 2
    end = door(simulator, time, task)
    assert not end.failed, end.message
    config = simulator.endpoints[0]["worker_config"]
    assert (config["min_replicas"], config["max_replicas"]) == (0, 1)


def test_a_surge_leaves_what_is_ignored_as_it_was(simulator: Simulator, time: Time, door: Door) -> None:
    simulator.seed({**kept(1), "worker_config": {"max_replicas": 9, "min_replicas": 2}})
    simulator.clock.advance(60)
    becomes(simulator, "at_once")
    ignored = ["worker_config.min_replicas", "worker_config.max_replicas"]
    end = door(simulator, time, change(1, ignore_changes=ignored, rollout={"surge": 1}))
    assert not end.failed, end.message
    config = simulator.endpoints[0]["worker_config"]
    assert (config["min_replicas"], config["max_replicas"]) == (2, 9)


def test_what_was_killed_during_a_surge_heals(simulator: Simulator, time: Time, door: Door) -> None:
    class Killed(BaseException):
        """What no task can catch."""

    def kill() -> None:
        raise Killed

    served(simulator, 1)
    becomes(simulator, "at_once")
    time.at(time.passed + 10, kill)
    with pytest.raises(Killed):
        door(simulator, time, change(1, rollout={"surge": 1}))
    assert simulator.endpoints[0]["worker_config"]["min_replicas"] == 2
    end = door(simulator, time, change(1, rollout={"surge": 1}))
    assert not end.failed, end.message
    assert simulator.endpoints[0]["worker_config"]["min_replicas"] == 1


def test_an_interrupt_rolls_nothing_back(simulator: Simulator, time: Time, door: Door) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    served(simulator, 1)
    becomes(simulator, "at_once", "image_pull_failure")
    time.at(time.passed + 10, interrupt)
    with pytest.raises(KeyboardInterrupt):
        door(simulator, time, change(1, **ROLLBACK))
    assert len(simulator.writes) == 1


@pytest.mark.parametrize("status", [401, 403])
def test_a_key_that_is_refused_meanwhile_rolls_nothing_back(
    simulator: Simulator, time: Time, door: Door, status: int
) -> None:
    served(simulator, 1)
    becomes(simulator, "at_once", "image_pull_failure")
    refused = Fault("status", status=status, body={"reason": "INVALID_API_KEY", "message": "no"}, times=1000)
    time.at(time.passed + 10, lambda: simulator.script([refused]))
    end = door(simulator, time, change(1, **ROLLBACK))
    assert (end.failed, end.outcome) == (True, "rollback_skipped")
    assert len(simulator.writes) == 1


WRONG = {"smoke_test": {"expect": {"status": [418]}}}


def test_a_wrong_answer_is_rolled_back(simulator: Simulator, time: Time, door: Door) -> None:
    identity = served(simulator, 1)
    becomes(simulator, "at_once")
    end = door(simulator, time, change(1, **ROLLBACK, **WRONG))
    assert (end.failed, end.outcome) == (True, "rolled_back"), end
    assert "did not pass its smoke test" in end.message
    assert simulator.serving(identity) == [OLD]


def test_a_wrong_answer_is_left_where_nothing_was_changed(simulator: Simulator, time: Time, door: Door) -> None:
    served(simulator, 1)
    end = door(simulator, time, {**kept(1), **ROLLBACK, **WRONG})
    assert (end.failed, end.outcome, simulator.writes) == (True, "kept", ())


def test_an_answer_proves_what_keeps_no_worker(simulator: Simulator, time: Time, door: Door) -> None:
    end = door(simulator, time, {**kept(0), "smoke_test": {}})
    assert (end.failed, end.outcome, end.warnings) == (False, "completed", ())


def test_what_a_lost_try_of_a_surge_keeps_is_not_kept_by_the_next_one(
    simulator: Simulator, time: Time, door: Door
) -> None:
    identity = served(simulator, 1)
    becomes(simulator, "beside", ignored_fields=("command",))
    simulator.script([Fault("reset", operation="updateEndpoint", when="after_commit")])
    end = door(simulator, time, {"id": identity, "image": NEW, "command": "--new", "rollout": {"surge": 1}})
    assert end.failed
    assert [body["worker_config"]["min_replicas"] for body in sent(simulator)[:2]] == [2, 2]
    simulator.settings = Settings(replacement="beside")
    assert not door(simulator, time, {"id": identity, "image": NEW, "rollout": {"surge": 1}}).failed
    (left,) = simulator.endpoints
    assert left["worker_config"]["min_replicas"] == 1

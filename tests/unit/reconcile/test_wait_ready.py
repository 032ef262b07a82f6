# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does a task go on when the endpoint serves, and stop with the reason when it never will?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import requests
from unit.passing import Time, kept, looks, polls, run
from unit.scenarios import worlds

from ansible_collections.ppio.gpu.plugins.module_utils._tasks.task import Report
from simulator import Fault, Settings, Simulator

#: What the simulator says of each failure, which shows in the workers.
FAILURES = {
    "image_pull_failure": "failed (IMAGE_PULL_FAILED: the image cannot be pulled: manifest unknown)",
    "registry_auth_failure": "failed (IMAGE_AUTH_FAILED: the registry refused the credentials: 401)",
    "no_stock": "pending (INSUFFICIENT_RESOURCE: no GPU of this product is in stock)",
    "crash_loop": "exited (CRASH_LOOP: the container exited with code 1)",
}


def assert_nothing_is_lost(simulator: Simulator, said: Report, *, changed: bool) -> None:
    """A failed wait names the endpoint as last seen, with each worker's status and log."""
    (existing,) = simulator.endpoints
    assert said.failed
    assert said.result["changed"] is changed
    assert said.result["id"] == said.result["endpoint"]["id"] == existing["id"]
    assert said.result["endpoint"]["image"] == existing["image"]
    for worker in said.result["endpoint"]["workers"]:
        assert worker["log"] == f"{simulator.url}/logs/{worker['id']}"
        assert worker["log"] in said.result["msg"]


@pytest.mark.parametrize("world", worlds.BOTH)
@pytest.mark.parametrize("workers", [0, 1, 3])
@pytest.mark.parametrize("goal", ["ready", "workers"])
def test_a_slow_start_is_waited_for(simulator: Simulator, time: Time, world: str, workers: int, goal: str) -> None:
    simulator.settings = replace(worlds.BOTH[world], life="slow", start_seconds=100)
    body = kept(max(workers, 1) if goal == "workers" else workers)
    said = run(simulator, time, {**body, "wait_for": goal})
    assert not said.failed, said.result["msg"]
    assert 100 <= time.passed <= 115
    assert said.result["changed"] is True
    assert said.result["endpoint"]["status"]["status"] == "running"
    assert {worker["status"]["status"] for worker in said.result["endpoint"]["workers"]} <= {"ready"}
    assert ["Not verified" in warning for warning in said.warnings] == [True] * (
        said.result["endpoint"]["workers"] == []
    )
    assert len(simulator.writes) == 1


def test_a_result_after_a_wait_is_the_one_without(simulator: Simulator, time: Time) -> None:
    plain = run(simulator, time, {**kept(1, "plain"), "wait": False})
    simulator.settings = Settings(life="slow")
    waited = run(simulator, time, kept(1, "waited"))
    assert waited.result.keys() == plain.result.keys()
    assert waited.result["endpoint"].keys() == plain.result["endpoint"].keys()
    assert waited.result["endpoint"]["worker_config"] == plain.result["endpoint"]["worker_config"]


def test_what_serves_already_needs_no_pause(simulator: Simulator, time: Time) -> None:
    simulator.seed(kept(1))
    said = run(simulator, time, kept(1))
    assert (said.failed, said.result["changed"], time.pauses, simulator.writes) == (False, False, [], ())


def test_a_rerun_changes_nothing_and_does_not_wait(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(life="slow")
    first = run(simulator, time, kept(1))
    time.pauses.clear()
    again = run(simulator, time, kept(1))
    assert (again.failed, again.result["changed"], time.pauses) == (False, False, [])
    assert again.result["endpoint"] == first.result["endpoint"]
    assert len(simulator.writes) == 1


def test_an_unchanged_endpoint_that_does_not_serve_yet_is_waited_for(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(life="slow", start_seconds=40)
    simulator.seed(kept(1))
    said = run(simulator, time, kept(1))
    assert (said.failed, said.result["changed"], simulator.writes) == (False, False, ())
    assert time.passed >= 40


def test_an_unchanged_endpoint_that_somebody_changes_is_not_as_asked(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(life="slow", start_seconds=40)
    identity = simulator.seed(kept(1))
    theirs = {"id": identity, "command": "--theirs", "wait": False}
    time.at(20, lambda: run(simulator, Time(simulator), theirs))
    said = run(simulator, time, {**kept(1), "command": ""})
    assert said.failed
    assert said.result["changed"] is False
    assert "it was changed: command is '--theirs'" in said.result["msg"]


def test_an_update_is_waited_for(simulator: Simulator, time: Time) -> None:
    identity = simulator.seed(kept(1))
    simulator.settings = Settings(life="slow", start_seconds=40)
    said = run(simulator, time, {"id": identity, "worker_config": {"max_replicas": 5}})
    assert (said.failed, said.result["changed"], said.result["operation"]) == (False, True, "update")
    assert said.result["endpoint"]["worker_config"]["max_replicas"] == 5
    assert time.passed >= 40


def test_a_new_one_in_the_place_of_an_old_one_is_waited_for(simulator: Simulator, time: Time) -> None:
    simulator.seed(kept(1))
    simulator.settings = Settings(life="slow", start_seconds=40)
    said = run(simulator, time, {**kept(1), "type": "async", "allow_recreate": True})
    assert (said.failed, said.result["operation"]) == (False, "recreate")
    assert said.result["endpoint"]["status"]["status"] == "running"
    assert time.passed >= 40


def test_a_local_volume_keeps_its_size_that_only_the_list_shows(simulator: Simulator, time: Time) -> None:
    volumes = [{"type": "local", "size": 30, "mount_point": "/scratch"}]
    said = run(simulator, time, {**kept(1), "volumes": volumes})
    assert said.result["endpoint"]["volumes"] == [{"id": "", **volumes[0]}]


@pytest.mark.parametrize("check_state", ["present", "absent"])
def test_check_mode_does_not_wait(simulator: Simulator, time: Time, check_state: str) -> None:
    simulator.settings = Settings(life="never")
    simulator.seed(kept(1))
    for name in ("chat", "other"):
        said = run(simulator, time, {**kept(1, name), "state": check_state}, check=True)
        assert not said.failed
    assert (time.pauses, simulator.writes) == ([], ())


def test_what_never_starts_runs_out(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(life="never")
    said = run(simulator, time, {**kept(1), "wait_timeout": 90})
    assert_nothing_is_lost(simulator, said, changed=True)
    assert said.result["operation"] == "create"
    assert time.passed == 90
    (worker,) = said.result["endpoint"]["workers"]
    assert said.result["msg"] == (
        f"The endpoint {said.result['id']} is not ready after 90 of 90 s (wait_timeout): its status is creating, "
        f"0 of 1 workers ready (pulling). Logs: {worker['log']}."
    )


def test_an_unchanged_endpoint_that_never_starts_did_not_change(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(life="never")
    simulator.seed(kept(2))
    said = run(simulator, time, {**kept(2), "wait_timeout": 90})
    assert_nothing_is_lost(simulator, said, changed=False)
    assert said.result["operation"] == "none"


def test_a_rerun_after_a_wait_that_ran_out_goes_on_waiting(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(life="slow", start_seconds=100)
    first = run(simulator, time, {**kept(1), "wait_timeout": 30})
    again = run(simulator, time, kept(1))
    assert (first.failed, first.result["changed"]) == (True, True)
    assert (again.failed, again.result["changed"]) == (False, False)
    assert again.result["id"] == first.result["id"]
    assert len(simulator.writes) == 1
    assert time.passed >= 100


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("life", FAILURES)
@pytest.mark.parametrize("goal", ["ready", "workers"])
def test_workers_that_all_fail_end_the_wait_when_patience_does(
    simulator: Simulator, time: Time, life: Any, workers: int, goal: str
) -> None:
    simulator.settings = Settings(life=life)
    said = run(simulator, time, {**kept(workers), "wait_for": goal})
    assert_nothing_is_lost(simulator, said, changed=True)
    assert len(said.result["endpoint"]["workers"]) == workers
    assert said.result["msg"].count(FAILURES[life]) == 1
    assert "after 60 of 600 s (wait_timeout)" in said.result["msg"]
    assert ", for 60 s (failure_patience). Logs: " in said.result["msg"]


def test_without_patience_the_first_failure_is_final(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(life="no_stock")
    said = run(simulator, time, {**kept(1), "failure_patience": 0})
    assert_nothing_is_lost(simulator, said, changed=True)
    assert time.passed == 0


@pytest.mark.parametrize("life", ["no_stock", "image_pull_failure"])
def test_a_failure_that_heals_in_time_is_none(simulator: Simulator, time: Time, life: Any) -> None:
    simulator.settings = Settings(life=life, heal_seconds=50)
    said = run(simulator, time, kept(1))
    assert not said.failed, said.result["msg"]
    assert 50 <= time.passed <= 65


def test_a_container_that_crashes_again_and_again_is_a_failure_in_all_its_states(
    simulator: Simulator, time: Time
) -> None:
    simulator.settings = Settings(life="crash_loop")
    simulator.seed(kept(1))
    simulator.clock.advance(10)
    said = run(simulator, time, kept(1))
    assert_nothing_is_lost(simulator, said, changed=False)
    message = said.result["msg"]
    assert "the status of all workers is restarting (CRASH_LOOP: the container exited with code 1)" in message


def test_a_failure_that_passes_does_not_end_the_wait(simulator: Simulator, time: Time) -> None:
    identity = simulator.seed(kept(1))
    failing = {"id": "w", "status": {"status": "failed", "error": "E"}, "log": "", "health": False, "drain": False}
    overlay = {"status": {"status": "pending"}, "workers": [failing]}
    twice = Fault("overlay", operation="getEndpoint", when="after_commit", body=overlay, times=2)
    calm = Fault("overlay", operation="getEndpoint", when="after_commit", body={"status": {"status": "pending"}})
    simulator.script([*looks(twice, after=1), calm, twice])
    said = run(simulator, time, {"id": identity})
    assert not said.failed
    assert len(polls(simulator)) == 1 + 2 + 1 + 2 + 1


def test_an_error_of_the_endpoint_ends_the_wait_at_once(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(life="endpoint_error")
    said = run(simulator, time, kept(1))
    assert_nothing_is_lost(simulator, said, changed=True)
    assert "its status is error (DEPLOY_FAILED: the endpoint could not be deployed)" in said.result["msg"]
    assert time.passed == 0


def test_an_error_beside_a_good_word_ends_the_wait_too(simulator: Simulator, time: Time) -> None:
    identity = simulator.seed(kept(1))
    overlay = {"status": {"status": "running", "error": "ARREARS", "message": "the account is in debt"}}
    fault = Fault("overlay", operation="getEndpoint", when="after_commit", body=overlay)
    simulator.script(looks(fault, after=1))
    said = run(simulator, time, {"id": identity})
    assert_nothing_is_lost(simulator, said, changed=False)
    assert "its status is running (ARREARS: the account is in debt)" in said.result["msg"]
    assert time.passed == 0


def test_unknown_words_are_waited_out_and_warned_about_once(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(life="unknown_words", start_seconds=60)
    said = run(simulator, time, kept(1))
    assert not said.failed
    assert time.passed >= 60
    assert said.warnings == ("The API's status word 'warming-up' is unknown, and counts as not ready yet.",)


def test_unknown_words_are_never_success(simulator: Simulator, time: Time) -> None:
    identity = simulator.seed(kept(1))
    overlay = {"status": {"status": "Purring"}}
    fault = Fault("overlay", operation="getEndpoint", when="after_commit", body=overlay, times=1000)
    simulator.script(looks(fault, after=1))
    said = run(simulator, time, {"id": identity, "wait_timeout": 300})
    assert_nothing_is_lost(simulator, said, changed=False)
    assert "its status is Purring" in said.result["msg"]
    assert len(said.warnings) == 1
    assert time.passed == 300


def test_without_kept_workers_ready_needs_none(simulator: Simulator, time: Time) -> None:
    said = run(simulator, time, kept(0))
    assert (said.failed, said.result["endpoint"]["workers"], time.passed) == (False, [], 0)


def test_without_kept_workers_the_goal_workers_is_one_that_a_request_wakes(simulator: Simulator, time: Time) -> None:
    time.at(50, lambda: requests.get(f"{simulator.url}/serve/chat-app", timeout=5).raise_for_status())
    said = run(simulator, time, {**kept(0), "app_name": "chat-app", "wait_for": "workers"})
    assert not said.failed
    assert len(said.result["endpoint"]["workers"]) == 1
    assert 50 <= time.passed <= 65


def test_without_kept_workers_the_goal_workers_runs_out_if_nobody_wakes_one(simulator: Simulator, time: Time) -> None:
    said = run(simulator, time, {**kept(0), "wait_for": "workers", "wait_timeout": 60})
    assert_nothing_is_lost(simulator, said, changed=True)
    assert "its status is running, 0 of 1 workers ready (there is none)" in said.result["msg"]


def test_the_goal_workers_is_all_that_are_kept(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(worker_limit=1)
    time.at(50, lambda: setattr(simulator, "settings", Settings(worker_limit=2)))
    assert not run(simulator, time, kept(2, "one is enough")).failed
    assert time.passed == 0
    said = run(simulator, time, {**kept(2), "wait_for": "workers"})
    assert not said.failed
    assert len(said.result["endpoint"]["workers"]) == 2
    assert time.passed >= 50


def test_too_few_workers_run_out(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(worker_limit=1)
    said = run(simulator, time, {**kept(2), "wait_for": "workers", "wait_timeout": 60})
    assert_nothing_is_lost(simulator, said, changed=True)
    assert "1 of 2 workers ready (ready)" in said.result["msg"]


@pytest.mark.parametrize(("linger", "reason"), [(0, "does not show it any more"), (1000, "is being deleted")])
def test_what_somebody_deletes_is_not_waited_for_any_longer(
    simulator: Simulator, time: Time, linger: float, reason: str
) -> None:
    simulator.settings = Settings(life="never", linger_in_get=linger)
    identity = simulator.seed(kept(1))
    time.at(20, lambda: run(simulator, Time(simulator), {"id": identity, "state": "absent", "wait": False}))
    said = run(simulator, time, {"id": identity})
    assert said.failed
    assert reason in said.result["msg"]
    assert said.result["endpoint"]["name"] == "chat"
    assert 20 <= time.passed <= 100


@pytest.mark.parametrize("seconds", [10, 45, 200])
def test_what_a_get_does_not_show_yet_is_waited_for(simulator: Simulator, time: Time, seconds: int) -> None:
    simulator.settings = Settings(visible_in_get_after=seconds)
    said = run(simulator, time, kept(1))
    assert (said.failed, said.result["changed"], said.warnings) == (False, True, ())
    assert said.result["endpoint"]["name"] == "chat"
    assert time.passed >= seconds
    assert len(simulator.writes) == 1


def test_what_the_list_does_not_show_yet_serves_all_the_same(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(visible_in_list_after=200)
    said = run(simulator, time, kept(1))
    assert (said.failed, said.result["changed"]) == (False, True)
    (warning,) = said.warnings
    assert "cannot be ruled out" in warning


def test_what_never_shows_runs_out_and_keeps_its_id(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(visible_in_get_after=100_000)
    said = run(simulator, time, {**kept(1), "wait_timeout": 90})
    assert (said.failed, said.result["changed"]) == (True, True)
    assert [said.result["id"]] == [endpoint["id"] for endpoint in simulator.endpoints]
    assert "90 of 90 s (wait_timeout): the API does not show it yet." in said.result["msg"]


def test_without_a_wait_what_never_shows_is_a_failure_too(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(visible_in_get_after=100_000, visible_in_list_after=100_000)
    said = run(simulator, time, {**kept(1), "wait": False})
    assert (said.failed, said.result["changed"]) == (True, True)
    assert "does not show it" in said.result["msg"]


@pytest.mark.parametrize("status", [404, 405, 501])
def test_a_server_that_shows_nothing_is_not_waited_for(simulator: Simulator, time: Time, status: Any) -> None:
    simulator.settings = Settings(create_only=status)
    said = run(simulator, time, kept(1))
    assert (said.failed, said.result["changed"], time.passed) == (True, True, 0)
    assert [said.result["id"]] == [endpoint["id"] for endpoint in simulator.endpoints]
    assert f"HTTP {status}" in said.result["msg"]

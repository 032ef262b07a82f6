# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Is what a task says true where an API misleads? Through the module for one endpoint and the one for many."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from unit import fleets, passing
from unit.bodies import MINIMAL
from unit.passing import Time

from ansible_collections.ppio.gpu.plugins.module_utils._reconcile.lock import advisory_lock
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.task import Report
from simulator import Fault, Simulator


@pytest.fixture(params=["one", "fleet"])
def door(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def run(
    simulator: Simulator, time: Time, door: str, *tasks: Mapping[str, Any], check: bool = False, **options: Any
) -> Report:
    if door == "fleet":
        return fleets.run(simulator, time, tasks, check=check, **options)
    (task,) = tasks
    return passing.run(simulator, time, {"wait": False, **task, **options}, check=check)


def test_what_only_the_list_shows_is_removed_by_its_id(simulator: Simulator, time: Time, door: str) -> None:
    identity = simulator.seed(MINIMAL)
    missing = {"code": 400, "reason": "SERVERLESS_ENDPOINT_NOT_FOUND", "message": "none"}
    simulator.script([Fault("status", operation="getEndpoint", status=400, body=missing, times=999)])
    report = run(simulator, time, door, {"id": identity, "state": "absent"})
    assert report.result["changed"]
    assert not report.failed, report.result["msg"]
    assert simulator.endpoints == ()


def test_the_proof_has_time_of_its_own_after_a_lock(simulator: Simulator, time: Time, door: str) -> None:
    simulator.settings = replace(simulator.settings, visible_in_get_after=15, visible_in_list_after=15)
    everything = f"{simulator.url}/gpus/v2/endpoints"
    with advisory_lock(everything, time.clock.after(0)) as trouble:
        assert trouble == ""
        report = run(simulator, time, door, MINIMAL, retry_timeout=20)
    assert not report.failed, report.result["msg"]
    assert time.passed >= 35


@pytest.mark.parametrize("number", ["--5", "9" * 400, "five"])
def test_an_answer_that_cannot_be_read_after_a_create_keeps_the_id(
    simulator: Simulator, time: Time, door: str, number: str
) -> None:
    overlay = {"worker_config": {**MINIMAL["worker_config"], "gpu_num": number}}
    simulator.script([Fault("pass", operation="listEndpoints"), *_broken(simulator, overlay)])
    report = run(simulator, time, door, MINIMAL)
    (made,) = simulator.endpoints
    assert report.failed
    assert report.result["changed"]
    told = report.result if door == "one" else report.result["endpoints"][0]
    assert told["id"] == made["id"]
    assert "worker_config.gpu_num should be" in report.result["msg"]


def _broken(simulator: Simulator, overlay: Mapping[str, Any]) -> list[Fault]:
    """Every later answer has this laid over it; the ids of a simulator are the same in each run."""
    identity = simulator.seed(MINIMAL)
    simulator.reset()
    shown = {**MINIMAL, "id": identity, "status": {"status": "running"}, **overlay}
    return [
        Fault("overlay", operation="getEndpoint", when="after_commit", body=dict(overlay), times=999),
        Fault("overlay", operation="listEndpoints", when="after_commit", body={"data": [shown]}, times=999),
    ]


def test_only_the_entry_of_what_cannot_be_read_fails(simulator: Simulator, time: Time) -> None:
    fleets.seeded(simulator, fleets.named(3))
    rows = [
        {**one, "worker_config": {"max_replicas": "many"}} if one["name"] == "chat-1" else one
        for one in simulator.endpoints
    ]
    simulator.script([Fault("overlay", operation="listEndpoints", when="after_commit", body={"data": rows}, times=999)])
    report = fleets.run(simulator, time, [*fleets.named(3, command="--fast"), fleets.entry("new")])
    assert set(fleets.messages(report)) >= {"chat-1"}
    assert {one["name"]: one["command"] for one in simulator.endpoints}["chat-0"] == "--fast"


def test_no_rename_by_id_to_a_name_that_is_taken(simulator: Simulator, time: Time, door: str) -> None:
    ids = fleets.seeded(simulator, fleets.named(2))
    report = run(simulator, time, door, {"id": ids["chat-0"], "name": "chat-1"})
    assert report.failed
    assert not report.result["changed"]
    assert ids["chat-1"] in report.result["msg"]
    assert simulator.writes == ()
    assert not run(simulator, time, door, {"id": ids["chat-0"], "name": "chat-1", "unique_name": False}).failed


def test_a_field_that_was_not_applied_names_the_keys(simulator: Simulator, time: Time, door: str) -> None:
    simulator.seed({**MINIMAL, "envs": [{"key": "SAME", "value": "1"}, {"key": "OLD", "value": "2"}]})
    simulator.settings = replace(simulator.settings, ignored_fields=("envs",))
    secret = [{"key": "TOKEN", "value": "canary-0815"}]
    report = run(simulator, time, door, {**MINIMAL, "envs": [{"key": "SAME", "value": "1"}], "secret_envs": secret})
    assert report.failed
    assert "envs (OLD, TOKEN)" in report.result["msg"]
    assert "canary" not in str(report)


@pytest.mark.parametrize("word", ["Removing", "shutting_down", "delete_pending"])
def test_a_word_that_sounds_like_leaving_is_never_ok(simulator: Simulator, time: Time, door: str, word: str) -> None:
    simulator.seed(MINIMAL)
    status = {"status": {"status": word, "error": "", "message": ""}}
    rows = [{**one, **status} for one in simulator.endpoints]
    simulator.script(
        [
            Fault("overlay", operation="getEndpoint", when="after_commit", body=status, times=999),
            Fault("overlay", operation="listEndpoints", when="after_commit", body={"data": rows}, times=9),
        ]
    )
    report = run(simulator, time, door, MINIMAL)
    assert report.failed
    assert word.lower() in report.result["msg"]
    assert simulator.writes == ()
    assert (
        not run(simulator, time, door, {"name": "chat", "state": "absent"}, retry_timeout=0)
        .result.get("msg", "")
        .startswith("The status")
    )


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("config", [{"min_replicas": 4}, {"max_replicas": 0}])
def test_workers_that_do_not_fit_those_that_stay_are_refused_before_any_write(
    simulator: Simulator, time: Time, door: str, check: bool, config: Mapping[str, int]
) -> None:
    simulator.seed({**MINIMAL, "worker_config": {"max_replicas": 3, "min_replicas": 1}})
    report = run(simulator, time, door, {"name": MINIMAL["name"], "worker_config": config}, check=check)
    assert report.failed
    assert not report.result["changed"]
    assert "Give worker_config.min_replicas, worker_config.max_replicas or both" in report.result["msg"]
    assert simulator.writes == ()

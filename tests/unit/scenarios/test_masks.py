# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Is a secret safe that the API shows only as a mask?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from unit import fleets, passing
from unit.bodies import MINIMAL, Body
from unit.passing import Time

from ansible_collections.ppio.gpu.plugins.module_utils._tasks.task import Report
from simulator import Fault, Simulator

LIVE = {"TOKEN": "live-secret-0815", "OTHER": "other-secret-4711"}


def entries(values: Mapping[str, str]) -> list[Body]:
    return [{"key": key, "value": value} for key, value in values.items()]


@pytest.fixture(params=["***", "(hidden)"])
def masking(simulator: Simulator, request: pytest.FixtureRequest) -> Simulator:
    """An API that shows a mask for each variable, and has an endpoint with two."""
    simulator.settings = replace(simulator.settings, mask=request.param)
    simulator.seed({**MINIMAL, "envs": entries(LIVE)})
    return simulator


@pytest.fixture(params=["one", "fleet"])
def door(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def run(simulator: Simulator, time: Time, door: str, task: Mapping[str, Any], *, check: bool = False) -> Report:
    if door == "fleet":
        return fleets.run(simulator, time, [task], check=check)
    return passing.run(simulator, time, {**task, "wait": False}, check=check)


def envs(simulator: Simulator) -> dict[str, str]:
    (one,) = simulator.endpoints
    return {env["key"]: env["value"] for env in one["envs"]}


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize(
    ("task", "missing"),
    [
        ({"command": "--fast"}, ["TOKEN", "OTHER"]),
        ({"app_name": "another", "allow_recreate": True}, ["TOKEN", "OTHER"]),
        ({"secret_envs": entries({"TOKEN": "new-0815"}), "purge_envs": False}, ["OTHER"]),
        ({"secret_envs": [*entries({"TOKEN": "new-0815"}), {"key": "OTHER"}]}, ["OTHER"]),
    ],
    ids=["update", "recreate", "the unnamed stay", "one without a value"],
)
def test_a_mask_is_never_sent_back(
    masking: Simulator, time: Time, door: str, task: Mapping[str, Any], missing: list[str], check: bool
) -> None:
    report = run(masking, time, door, {**MINIMAL, **task}, check=check)
    assert report.failed
    assert not report.result["changed"]
    for key in missing:
        assert f"the value of {key} in secret_envs" in report.result["msg"]
    assert ("TOKEN" in report.result["msg"]) is ("TOKEN" in missing)
    assert masking.writes == ()
    assert envs(masking) == LIVE


def test_values_that_are_given_are_sent_and_the_task_says_that_nobody_can_compare_them(
    masking: Simulator, time: Time, door: str
) -> None:
    values = {**LIVE, "TOKEN": "new-0815"}
    report = run(masking, time, door, {**MINIMAL, "command": "--fast", "secret_envs": entries(values)})
    assert not report.failed, report.result["msg"]
    assert report.result["changed"]
    assert "only as a mask" in "".join(report.warnings)
    assert envs(masking) == values


def test_what_is_as_wanted_otherwise_is_left_alone(masking: Simulator, time: Time, door: str) -> None:
    assert not run(masking, time, door, MINIMAL).result["changed"]


def test_an_endpoint_with_masked_values_can_be_removed(masking: Simulator, time: Time, door: str) -> None:
    assert not run(masking, time, door, {"name": "chat", "state": "absent"}).failed
    assert masking.endpoints == ()


def test_a_create_whose_answer_is_lost_is_found_behind_masks(simulator: Simulator, time: Time, door: str) -> None:
    simulator.settings = replace(simulator.settings, mask="***")
    simulator.script([Fault("reset", operation="createEndpoint", when="after_commit")])
    report = run(simulator, time, door, {**MINIMAL, "secret_envs": entries(LIVE)})
    assert not report.failed, report.result["msg"]
    assert "adopted" in "".join(report.warnings)
    assert envs(simulator) == LIVE


def test_nothing_is_put_back_with_a_mask(masking: Simulator, time: Time, door: str) -> None:
    refusal = {"code": 400, "reason": "IMAGE_NOT_FOUND", "message": "none"}
    masking.script([Fault("status", operation="createEndpoint", status=400, body=refusal)])
    task = {**MINIMAL, "app_name": "another", "allow_recreate": True, "secret_envs": entries(LIVE)}
    report = run(masking, time, door, task)
    assert report.failed
    assert "has been deleted" in report.result["msg"] or "was deleted" in report.result["msg"]
    assert not any(masking.settings.mask in str(write.body) for write in masking.writes)

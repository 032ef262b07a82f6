# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of the old endpoint if the new one is refused?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from unit import fleets, passing
from unit.bodies import FULL
from unit.passing import Time
from unit.reconcile import acting

from ansible_collections.ppio.gpu.plugins.module_utils._tasks.task import Report
from simulator import Fault, Settings, Simulator

SECRET = "correct-horse-battery"
OLD: Mapping[str, Any] = {**FULL, "envs": [*FULL["envs"], {"key": "TOKEN", "value": SECRET}]}
#: Only what a task needs, so that everything else is the old one's.
NEW: Mapping[str, Any] = {
    **{name: FULL[name] for name in ("type", "name", "product_id", "image", "worker_config")},
    "app_name": "another-app",
    "allow_recreate": True,
}
REFUSED = Fault(
    "status", operation="createEndpoint", status=400, body={"reason": "INSUFFICIENT_RESOURCE", "message": "sold out"}
)


def play(simulator: Simulator, time: Time, fleet: bool, *, check: bool = False, **options: Any) -> Report:
    return acting.play(simulator, time, fleet, {**NEW, **options}, check=check)


def told(report: Report) -> Mapping[str, Any]:
    result: Mapping[str, Any] = (report.result.get("endpoints") or [report.result])[0]
    return result


def settings(endpoint: Mapping[str, Any]) -> dict[str, Any]:
    """What was asked of an endpoint. The API promises no order inside a list."""
    asked = {name: value for name, value in endpoint.items() if name not in ("id", "created_at")}
    return {name: sorted(value, key=str) if isinstance(value, list) else value for name, value in asked.items()}


def test_the_old_one_is_put_back_with_all_that_it_had(simulator: Simulator, time: Time, fleet: bool) -> None:
    identity = simulator.seed(OLD)
    before = simulator.endpoints[0]
    simulator.script([REFUSED])
    report = play(simulator, time, fleet)
    (left,) = simulator.endpoints
    assert settings(left) == settings(before)
    assert report.failed
    assert "sold out" in report.result["msg"]
    assert (told(report)["operation"], told(report)["changed"], told(report)["id"]) == ("recreate", True, left["id"])
    assert told(report)["deleted"] is None
    assert all(one in report.result["msg"] for one in (identity, left["id"]))
    assert SECRET not in str(report.result)


@pytest.mark.parametrize("check", [True, False])
def test_that_the_old_one_goes_is_told_in_check_mode_too(
    simulator: Simulator, time: Time, fleet: bool, check: bool
) -> None:
    identity = simulator.seed(OLD)
    report = play(simulator, time, fleet, check=check)
    assert not report.failed
    assert f"The endpoint {identity} is deleted, and another one is created, with another id." in str(report.warnings)
    assert [one["id"] == identity for one in simulator.endpoints] == [check]


def test_a_rerun_recreates_from_what_was_put_back(simulator: Simulator, time: Time, fleet: bool) -> None:
    simulator.seed(OLD)
    simulator.script([REFUSED])
    play(simulator, time, fleet)
    report = play(simulator, time, fleet)
    assert not report.failed
    (left,) = simulator.endpoints
    assert left["app_name"] == "another-app"
    assert {env["key"]: env["value"] for env in left["envs"]}["TOKEN"] == SECRET


def test_what_cannot_be_put_back_is_told_without_secrets(simulator: Simulator, time: Time, fleet: bool) -> None:
    identity = simulator.seed(OLD)
    simulator.script([Fault("pass", operation="createEndpoint")])
    simulator.settings = Settings(balance="debt")
    report = play(simulator, time, fleet)
    assert simulator.endpoints == ()
    assert report.failed
    assert told(report)["id"] is None
    old = told(report)["deleted"]
    assert (old["id"], old["app_name"], old["command"]) == (identity, OLD["app_name"], OLD["command"])
    assert [env["key"] for env in old["envs"]] == ["LEVEL", "MODE", "TOKEN"]
    assert old["volumes"] == sorted(
        ({"size": 0, **volume} for volume in OLD["volumes"]), key=lambda volume: str(volume["mount_point"])
    )
    assert SECRET not in json.dumps(report.result)
    assert "could not be put back" in report.result["msg"]


def test_nothing_is_put_back_beside_what_may_exist(simulator: Simulator, time: Time, fleet: bool) -> None:
    identity = simulator.seed(OLD)
    simulator.settings = Settings(visible_in_list_after=100)
    simulator.clock.advance(100)
    simulator.script([Fault("reset", operation="createEndpoint", when="after_commit")])
    report = play(simulator, time, fleet)
    assert "utcome unknown" in report.result["msg"]
    assert [one["app_name"] for one in simulator.endpoints] == ["another-app"]
    assert told(report)["deleted"]["id"] == identity


def test_the_old_one_is_noted_like_any_create(simulator: Simulator, time: Time, fleet: bool) -> None:
    simulator.seed(OLD)
    simulator.settings = Settings(visible_in_list_after=60)
    simulator.clock.advance(60)
    simulator.script([REFUSED])
    play(simulator, time, fleet)
    report = play(simulator, time, fleet, app_name=OLD["app_name"])
    assert not report.failed
    assert not report.result["changed"]
    assert len(simulator.endpoints) == 1


def test_an_old_one_that_takes_long_to_go_loses_nothing(simulator: Simulator, time: Time, fleet: bool) -> None:
    simulator.seed(OLD)
    simulator.settings = Settings(linger_in_get=45, linger_in_list=45)
    report = play(simulator, time, fleet)
    assert not report.failed
    (left,) = simulator.endpoints
    assert {env["key"]: env["value"] for env in left["envs"]}["TOKEN"] == SECRET


@pytest.mark.parametrize("options", [{}, {"retry_timeout": 30}], ids=str)
def test_a_delete_that_takes_long_leaves_the_create_its_time(
    simulator: Simulator, time: Time, fleet: bool, options: Mapping[str, Any]
) -> None:
    simulator.seed(OLD)
    simulator.settings = Settings(linger_in_get=200, linger_in_list=200)
    simulator.script([Fault("status", operation="createEndpoint", status=429, headers={"Retry-After": "2"})])
    if fleet:
        report = fleets.run(simulator, time, [NEW], include_details=True, **options)
    else:
        report = passing.run(simulator, time, {"wait": False, **NEW, **options})
    assert not report.failed, report.result["msg"]
    assert [one["app_name"] for one in simulator.endpoints] == ["another-app"]


def test_an_unknown_outcome_of_the_create_says_that_it_was_a_recreate(simulator: Simulator, time: Time) -> None:
    simulator.seed(OLD)
    simulator.script([Fault("reset", operation="createEndpoint")])
    report = passing.run(simulator, time, {"wait": False, **NEW})
    assert report.failed
    assert "utcome unknown" in report.result["msg"]
    assert (report.result["operation"], report.result["changed"]) == ("recreate", True)

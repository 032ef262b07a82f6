# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Is a deleted endpoint waited for until neither a get nor the list shows it?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from unit.passing import Time, kept, run

from simulator import Fault, Settings, Simulator

ABSENT = {"name": "chat", "state": "absent"}


@pytest.mark.parametrize("status", ["deleting", "unchanged"])
@pytest.mark.parametrize("lingering", [Settings(linger_in_get=100), Settings(linger_in_list=100)], ids=["get", "list"])
@pytest.mark.parametrize("addressed", [False, True], ids=["by name", "by id"])
def test_the_wait_ends_when_neither_a_get_nor_the_list_shows_it(
    simulator: Simulator, time: Time, lingering: Settings, status: Any, addressed: bool
) -> None:
    simulator.settings = replace(lingering, linger_status=status)
    identity = simulator.seed(kept(1))
    said = run(simulator, time, {"id": identity, "state": "absent"} if addressed else ABSENT)
    assert not said.failed, said.result["msg"]
    assert (said.result["changed"], said.result["operation"], said.result["id"]) == (True, "delete", identity)
    assert said.result["endpoint"] is None
    assert 100 <= time.passed <= 115
    assert len(simulator.writes) == 1


def test_without_a_wait_being_deleted_is_enough(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(linger_in_get=100, linger_in_list=100)
    simulator.seed(kept(1))
    said = run(simulator, time, {**ABSENT, "wait": False})
    assert (said.failed, said.result["changed"], time.passed) == (False, True, 0)


@pytest.mark.parametrize("addressed", [False, True], ids=["by name", "by id"])
def test_what_is_being_deleted_already_is_waited_for_and_is_no_change(
    simulator: Simulator, time: Time, addressed: bool
) -> None:
    simulator.settings = Settings(linger_in_get=100, linger_in_list=60)
    identity = simulator.seed(kept(1))
    run(simulator, time, {**ABSENT, "wait": False})
    simulator.clear_journal()
    said = run(simulator, time, {"id": identity, "state": "absent"} if addressed else ABSENT)
    assert (said.failed, said.result["changed"], simulator.writes) == (False, False, ())
    assert 100 <= time.passed <= 115


@pytest.mark.parametrize("arguments", [ABSENT, {"id": "ep-none", "state": "absent"}], ids=["by name", "by id"])
def test_what_was_never_there_needs_no_pause(simulator: Simulator, time: Time, arguments: dict[str, Any]) -> None:
    said = run(simulator, time, arguments)
    assert (said.failed, said.result["changed"], time.pauses) == (False, False, [])


@pytest.mark.parametrize(
    "lingering", [Settings(linger_in_get=1000), Settings(linger_in_list=1000)], ids=["get", "list"]
)
def test_what_stays_too_long_runs_out_and_is_named(simulator: Simulator, time: Time, lingering: Settings) -> None:
    simulator.settings = lingering
    identity = simulator.seed(kept(2))
    said = run(simulator, time, {**ABSENT, "wait_timeout": 60})
    assert said.failed
    assert (said.result["changed"], said.result["operation"], said.result["id"]) == (True, "delete", identity)
    assert said.result["endpoint"]["status"]["status"] == "deleting"
    logs = [worker["log"] for worker in said.result["endpoint"]["workers"]]
    assert said.result["msg"] == (
        f"The endpoint {identity} is not gone after 60 of 60 s (wait_timeout): its status is deleting. "
        f"Logs: {', '.join(logs)}."
    )
    assert time.passed == 60


def test_what_is_being_deleted_already_and_stays_is_named_too(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(linger_in_get=1000, linger_in_list=1000)
    identity = simulator.seed(kept(1))
    run(simulator, time, {**ABSENT, "wait": False})
    said = run(simulator, time, {**ABSENT, "wait_timeout": 60})
    assert said.failed
    assert (said.result["changed"], said.result["id"]) == (False, identity)
    assert f"The endpoint {identity} is not gone after 60 of 60 s" in said.result["msg"]


def test_a_namesake_that_is_created_meanwhile_is_not_waited_for(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(linger_in_get=50)
    simulator.seed(kept(1))
    time.at(20, lambda: simulator.seed(kept(1)))
    said = run(simulator, time, ABSENT)
    assert not said.failed
    assert time.passed < 80
    assert len(simulator.endpoints) == 1


@pytest.mark.parametrize("operation", ["getEndpoint", "listEndpoints"])
def test_a_look_that_fails_for_a_passing_reason_is_neither_gone_nor_the_end(
    simulator: Simulator, time: Time, operation: Any
) -> None:
    simulator.settings = Settings(linger_in_get=60, linger_in_list=100)
    identity = simulator.seed(kept(1))
    troubles = [Fault("reset", operation), Fault("close", operation), Fault("truncate", operation)]
    simulator.script([Fault("pass", operation), *troubles])
    said = run(simulator, time, {"id": identity, "state": "absent"})
    assert not said.failed
    assert time.passed >= 100
    assert simulator.faults == ()


def test_a_delete_whose_answer_is_lost_is_settled_and_waited_for(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(linger_in_get=100, linger_in_list=100)
    simulator.seed(kept(1))
    simulator.script([Fault("reset", operation="deleteEndpoint", when="after_commit")])
    said = run(simulator, time, ABSENT)
    assert (said.failed, said.result["changed"]) == (False, True)
    assert time.passed >= 100


def test_a_refused_key_ends_the_wait_and_says_that_it_may_not_be_gone(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(linger_in_get=1000)
    identity = simulator.seed(kept(1))
    refusal = Fault("status", status=401, body={"reason": "UNAUTHORIZED"}, operation="getEndpoint")
    simulator.script([Fault("pass", operation="getEndpoint", times=3), refusal])
    said = run(simulator, time, {"id": identity, "state": "absent"})
    assert (said.failed, said.result["changed"], said.result["id"]) == (True, True, identity)
    assert f"The endpoint {identity} may not be gone after" in said.result["msg"]
    assert "api_key" in said.result["msg"]
    assert said.result["error"]["status"] == 401
    assert time.passed < 10

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which troubles on the way end a wait?"""

from __future__ import annotations

from email.utils import formatdate
from typing import Any

import pytest
from unit.passing import Time, kept, looks, polls, run

from simulator import Fault, Settings, Simulator

#: Troubles that may pass, as looks meet them.
PASSING: dict[str, dict[str, Any]] = {
    "reset": {"kind": "reset"},
    "closed": {"kind": "close"},
    "cut": {"kind": "truncate", "when": "after_commit"},
    "500": {"kind": "status", "status": 500},
    "502": {"kind": "status", "status": 502, "body": "<html>bad gateway</html>"},
    "503": {"kind": "status", "status": 503},
    "504": {"kind": "status", "status": 504},
    "408": {"kind": "status", "status": 408},
    "429": {"kind": "status", "status": 429},
    "a page": {"kind": "status", "status": 200, "body": "<html>back in a minute</html>"},
    "no object": {"kind": "wrong_json", "body": "it is fine"},
    "another endpoint": {"kind": "overlay", "when": "after_commit", "body": {"id": "another"}},
    "a text for a status": {"kind": "overlay", "when": "after_commit", "body": {"status": "running"}},
}


def trouble(times: int = 1, **fault: Any) -> Fault:
    return Fault(**fault, operation="getEndpoint", times=times)


@pytest.mark.parametrize("name", PASSING)
@pytest.mark.parametrize("retry_timeout", [0, 120])
def test_a_look_that_fails_for_a_passing_reason_does_not_end_the_wait(
    simulator: Simulator, time: Time, name: str, retry_timeout: int
) -> None:
    simulator.settings = Settings(life="slow", start_seconds=60)
    simulator.script(looks(trouble(times=3, **PASSING[name]), after=2))
    said = run(simulator, time, {**kept(1), "retry_timeout": retry_timeout})
    assert not said.failed, said.result["msg"]
    assert said.result["endpoint"]["status"]["status"] == "running"
    assert simulator.faults == ()


@pytest.mark.parametrize("name", ["reset", "503", "429"])
def test_trouble_that_lasts_uses_up_the_time_of_the_wait_and_no_more(
    simulator: Simulator, time: Time, name: str
) -> None:
    identity = simulator.seed(kept(1))
    simulator.script(looks(trouble(times=1000, **PASSING[name]), after=1))
    said = run(simulator, time, {"id": identity, "wait_timeout": 300})
    assert (said.failed, said.result["changed"], said.result["id"]) == (True, False, identity)
    assert (
        f"The endpoint {identity} may not be ready after {time.passed:.0f} of 300 s (wait_timeout): Could not read"
        in (said.result["msg"])
    )
    assert 280 <= time.passed <= 300


def test_after_trouble_the_endpoint_is_as_last_seen(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(life="never")
    simulator.script(looks(trouble(times=1000, kind="reset"), after=3))
    said = run(simulator, time, {**kept(1), "wait_timeout": 60})
    assert (said.failed, said.result["changed"], said.result["operation"]) == (True, True, "create")
    assert said.result["endpoint"]["status"]["status"] == "creating"
    assert [worker["status"]["status"] for worker in said.result["endpoint"]["workers"]] == ["pulling"]
    assert said.result["endpoint"]["workers"][0]["log"] in said.result["msg"]


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_the_api_may_say_how_long_to_wait_before_the_next_look(simulator: Simulator, time: Time, form: str) -> None:
    identity = simulator.seed(kept(1))
    asked = "77" if form == "seconds" else formatdate(simulator.clock.now() + 77, usegmt=True)
    refusal = trouble(kind="status", status=429, headers={"Retry-After": asked})
    simulator.script(looks(refusal, after=1))
    said = run(simulator, time, {"id": identity})
    assert not said.failed
    assert time.pauses == [77.0]


def test_a_longer_rest_than_the_wait_has_left_ends_it_now(simulator: Simulator, time: Time) -> None:
    identity = simulator.seed(kept(1))
    refusal = trouble(kind="status", status=429, headers={"Retry-After": "400"})
    simulator.script(looks(refusal, after=1))
    said = run(simulator, time, {"id": identity, "wait_timeout": 300})
    assert said.failed
    assert "The API asks to wait 400 s." in said.result["msg"]
    assert said.result["error"]["status"] == 429
    assert time.pauses == []


@pytest.mark.parametrize("status", [401, 403])
def test_a_key_that_is_refused_ends_the_wait_at_once(simulator: Simulator, time: Time, status: int) -> None:
    simulator.settings = Settings(life="slow")
    simulator.script(looks(trouble(kind="status", status=status, body={"reason": "FORBIDDEN"}), after=3))
    said = run(simulator, time, kept(1))
    assert (said.failed, said.result["changed"], said.result["operation"]) == (True, True, "create")
    assert [said.result["id"]] == [endpoint["id"] for endpoint in simulator.endpoints]
    assert said.result["endpoint"]["status"]["status"] == "creating"
    assert "FORBIDDEN" in said.result["msg"]
    assert "api_key" in said.result["msg"]
    assert (said.result["error"]["status"], said.result["error"]["reason"]) == (status, "FORBIDDEN")
    assert len(polls(simulator)) == 4


@pytest.mark.parametrize("name", ["a page", "no object", "another endpoint", "a text for a status"])
def test_answers_that_cannot_be_read_are_never_success(simulator: Simulator, time: Time, name: str) -> None:
    identity = simulator.seed(kept(1))
    simulator.script(looks(trouble(times=1000, **PASSING[name]), after=1))
    said = run(simulator, time, {"id": identity, "wait_timeout": 60})
    assert (said.failed, said.result["changed"], said.result["id"]) == (True, False, identity)
    assert "may not be ready" in said.result["msg"]
    assert time.passed == 60


def test_a_redirect_ends_the_wait(simulator: Simulator, time: Time) -> None:
    identity = simulator.seed(kept(1))
    simulator.script(looks(trouble(kind="redirect", headers={"Location": "/elsewhere"}), after=1))
    said = run(simulator, time, {"id": identity})
    assert (said.failed, said.result["changed"], said.result["id"]) == (True, False, identity)
    assert time.passed == 0


@pytest.mark.parametrize("operation", ["getEndpoint", "listEndpoints"])
@pytest.mark.parametrize("task", ["create", "recreate", "delete"])
def test_a_page_in_between_does_not_end_a_proof(simulator: Simulator, time: Time, operation: Any, task: str) -> None:
    """Of the looks after a write, one meets a page: nothing is lost, and nothing takes it for an answer."""
    page = Fault("status", operation=operation, status=200, body="<html>back in a minute</html>")
    if task != "create":
        simulator.seed(kept(1))
    arguments = {
        "create": kept(1),
        "recreate": {**kept(1), "app_name": "another", "allow_recreate": True},
        "delete": {"name": "chat", "state": "absent"},
    }[task]
    before = run(simulator, time, {**arguments, "check_stock": False}, check=True)
    assert not before.failed
    looked = sum(1 for one in simulator.journal if (one.path.count("/") == 4) is (operation == "getEndpoint"))
    simulator.script([*[Fault("pass", operation=operation)] * looked, page])
    said = run(simulator, time, {**arguments, "wait": False})
    assert not said.failed, said.result["msg"]
    assert simulator.faults == ()
    assert len(simulator.endpoints) == (0 if task == "delete" else 1)


def test_a_failed_wait_keeps_the_warnings_of_the_create(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(life="unknown_words", start_seconds=1000, visible_in_list_after=1000)
    said = run(simulator, time, {**kept(1), "wait_timeout": 60})
    assert said.failed
    assert ["cannot be ruled out" in said.warnings[0], "warming-up" in said.warnings[1]] == [True, True]


def test_no_word_of_the_api_shows_a_secret(simulator: Simulator, time: Time) -> None:
    secret = "hf-canary-0123456789"
    status = {"status": "failed", "error": "CRASH", "message": f"TOKEN={secret} is wrong"}
    worker = {"id": "w", "status": status, "log": f"https://log.example.com/?token={secret}", "health": False}
    overlay = {"status": {"status": "pending", "message": secret}, "workers": [worker]}
    fault = trouble(kind="overlay", when="after_commit", body=overlay, times=1000)
    simulator.script(looks(fault, after=1))
    said = run(simulator, time, {**kept(1), "secret_envs": [{"key": "TOKEN", "value": secret}]})
    assert said.failed
    assert "CRASH" in said.result["msg"]
    assert secret not in f"{said.result}{said.warnings}"

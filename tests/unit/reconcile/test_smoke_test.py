# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Is an endpoint asked after the wait, and is a wrong answer a failure that loses nothing of what was done?"""

from __future__ import annotations

from typing import Any

import pytest
from unit import fleets
from unit.asking import at_services, holds
from unit.bodies import MINIMAL
from unit.passing import Time, run

from ansible_collections.ppio.gpu.plugins.module_utils._options.argument_spec import checked
from ansible_collections.ppio.gpu.plugins.module_utils._options.fleet_options import fleet_checked
from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT
from simulator import Fault, Settings, Simulator

IMAGE = {"expect": {"json": {"image": MINIMAL["image"]}}}
WRONG = {"expect": {"json": {"image": "registry.example.com/chat:2"}}}


def test_a_sleeping_endpoint_is_woken_and_proves_itself(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(cold_start=40)
    report = run(simulator, time, {**MINIMAL, "smoke_test": {"path": "/version", **IMAGE}})
    assert not report.failed, report.result
    assert report.result["changed"] is True
    told = report.result["smoke_test"]
    assert told["status"] == 200
    assert told["first_answer_after"] >= 40
    assert told["attempts"] == len(at_services(simulator)) > 1
    assert told["answer"]["json"]["path"] == "/version"
    assert told["url"] == f"{report.result['endpoint']['url']}/version"


def test_it_is_asked_in_every_run(simulator: Simulator, time: Time) -> None:
    reports = [run(simulator, time, {**MINIMAL, "smoke_test": {}}) for _run in range(2)]
    assert [report.result["changed"] for report in reports] == [True, False]
    assert len(at_services(simulator)) == 2


def test_without_one_nothing_is_sent(simulator: Simulator, time: Time) -> None:
    report = run(simulator, time, MINIMAL)
    assert report.result["smoke_test"] is None
    assert simulator.visits == ()


def test_a_wrong_answer_fails_and_loses_nothing(simulator: Simulator, time: Time) -> None:
    report = run(simulator, time, {**MINIMAL, "smoke_test": WRONG})
    assert report.failed
    assert report.result["msg"].startswith(
        f"The endpoint {report.result['id']} did not pass its smoke test. Asked GET "
    )
    assert "chat:1" in report.result["msg"]
    assert report.result["changed"] is True
    assert report.result["operation"] == "create"
    assert report.result["endpoint"]["id"] == report.result["id"] == simulator.endpoints[0]["id"]
    assert report.result["smoke_test"]["status"] == 200


def test_an_image_that_never_serves_is_found_out_where_no_worker_is_kept(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(life="image_pull_failure")
    assert not run(simulator, time, MINIMAL).failed
    report = run(simulator, time, {**MINIMAL, "smoke_test": {"start_timeout": 60}})
    assert report.failed
    assert "HTTP 503" in report.result["msg"]
    assert "start_timeout" in report.result["msg"]


def test_an_endpoint_that_does_not_get_ready_is_not_asked(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(life="endpoint_error")
    report = run(simulator, time, {**MINIMAL, "smoke_test": {}})
    assert report.failed
    assert report.result["smoke_test"] is None
    assert simulator.visits == ()


def test_check_mode_sends_nothing(simulator: Simulator, time: Time) -> None:
    simulator.seed(MINIMAL)
    report = run(simulator, time, {**MINIMAL, "command": "--x", "smoke_test": {}}, check=True)
    assert report.result["smoke_test"] is None
    assert simulator.visits == ()


def test_what_is_removed_is_not_asked(simulator: Simulator, time: Time) -> None:
    simulator.seed(MINIMAL)
    report = run(simulator, time, {"name": "chat", "state": "absent", "smoke_test": {}})
    assert not report.failed, report.result
    assert simulator.visits == ()


def test_what_takes_jobs_has_no_answer_to_give(simulator: Simulator, time: Time) -> None:
    identity = simulator.seed({**MINIMAL, "type": "async"})
    report = run(simulator, time, {"id": identity, "smoke_test": {}})
    assert report.failed
    assert "takes jobs" in report.result["msg"]
    assert simulator.visits == ()


def test_no_request_has_the_key_and_no_output_a_secret(simulator: Simulator, time: Time) -> None:
    secret = {"secret_headers": {"Authorization": "Bearer canary-8812"}, "method": "POST", "body": {"a": None}}
    envs = {"secret_envs": [{"key": "TOKEN", "value": "canary-7734"}]}
    simulator.script([Fault("status", "useEndpoint", body="canary-7734 canary-8812")])
    good = run(simulator, time, {**MINIMAL, **envs, "smoke_test": secret})
    assert good.result["smoke_test"]["answer"]["text"] == "(hidden) (hidden)"
    (entry,) = at_services(simulator)
    assert entry.headers["authorization"] == "Bearer canary-8812"
    assert entry.body == {"a": None}
    assert not holds(entry, simulator.api_key)


def test_a_smoke_test_that_would_send_the_key_is_refused_before_any_call(simulator: Simulator, time: Time) -> None:
    question = {"headers": {"Authorization": f"Bearer {simulator.api_key}"}}
    report = run(simulator, time, {**MINIMAL, "smoke_test": question})
    assert report.result["msg"].startswith("smoke_test.headers.Authorization has the API key in it.")
    entries = [fleets.entry("a"), fleets.entry("b", smoke_test=question)]
    report = fleets.run(simulator, time, entries, wait=True)
    assert report.result["msg"].startswith("endpoints[1].smoke_test.headers.Authorization has the API key in it.")
    assert (simulator.journal, simulator.visits) == ((), ())


class TestFleet:
    def test_each_entry_is_asked_its_own_question(self, simulator: Simulator, time: Time) -> None:
        entries = [
            fleets.entry("good", smoke_test=IMAGE),
            fleets.entry("wrong", smoke_test=WRONG),
            fleets.entry("silent"),
        ]
        report = fleets.run(simulator, time, entries, wait=True)
        assert report.failed
        assert fleets.told(report) == [(name, "create", True) for name in ("good", "wrong", "silent")]
        assert fleets.messages(report).keys() == {"wrong"}
        assert "did not pass its smoke test" in fleets.messages(report)["wrong"]
        assert len(at_services(simulator)) == 2

    def test_many_are_asked_at_once(self, simulator: Simulator, time: Time) -> None:
        entries = fleets.named(30, smoke_test=IMAGE)
        report = fleets.run(simulator, time, entries, wait=True)
        assert not report.failed, report.result["msg"]
        assert len(at_services(simulator)) == 30
        assert [entry for entry in at_services(simulator) if holds(entry, simulator.api_key)] == []


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no wait": ({**MINIMAL, "smoke_test": {}}, "smoke_test needs wait: true"),
    "no waiting": ({**MINIMAL, "smoke_test": {}, "wait": "no"}, "smoke_test needs wait: true"),
    "jobs": ({**MINIMAL, "smoke_test": {}, "wait": True, "type": "async"}, "smoke_test cannot ask this endpoint"),
    "a text": ({**MINIMAL, "smoke_test": "/", "wait": True}, "smoke_test must be a mapping, not a string"),
    "nobody's option": ({**MINIMAL, "smoke_test": {"paht": "/"}, "wait": True}, "smoke_test.paht is not a supported"),
    "a limit": ({**MINIMAL, "smoke_test": {"timeout": 0}, "wait": True}, "smoke_test.timeout must be 1 to 3600"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_work_is_refused_before_any_call(name: str) -> None:
    params, said = REFUSED[name]
    (found,) = map(str, checked(ENDPOINT, params).violations)
    assert said in found
    wait = {"wait": params["wait"]} if "wait" in params else {}
    entry = {option: value for option, value in params.items() if option != "wait"}
    (found,) = map(str, fleet_checked(ENDPOINT, {"endpoints": [entry], **wait}).violations)
    option, rule = said.split(" ", 1)
    assert f"endpoints[0].{option} ({MINIMAL['name']}) {rule}" in found

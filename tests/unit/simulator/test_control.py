# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Can a playbook steer and watch the simulator over HTTP, without a key?"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest
import requests

from simulator import Fault, Settings, Simulator


def control(simulator: Simulator, method: str, path: str, **options: Any) -> requests.Response:
    return requests.request(method, f"{simulator.url}/simulator/{path}", timeout=10, **options)


def create(simulator: Simulator, body: dict[str, Any]) -> requests.Response:
    headers = {"Authorization": f"Bearer {simulator.api_key}"}
    return requests.post(f"{simulator.url}/gpus/v2/endpoints", json=body, headers=headers, timeout=10)


def test_the_settings_can_be_shown_set_and_changed(simulator: Simulator) -> None:
    lists: dict[str, Any] = {"ignored_fields": [], "normalizations": [], "sold_out": []}
    assert control(simulator, "GET", "settings").json() == {**asdict(Settings()), **lists}
    assert control(simulator, "PATCH", "settings", json={"update": "replace"}).json()["update"] == "replace"
    control(simulator, "PATCH", "settings", json={"ignored_fields": ["command"]})
    assert simulator.settings == Settings(update="replace", ignored_fields=("command",))
    control(simulator, "PUT", "settings", json={"page_size": 3})
    assert simulator.settings == Settings(page_size=3)


@pytest.mark.parametrize(
    "wrong", [{"update": "mix"}, {"speed": 1}, {"page_size": "3"}, {"ignored_fields": ["nothing"]}, [], "text"]
)
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_wrong_settings_change_nothing(simulator: Simulator, method: str, wrong: Any) -> None:
    assert control(simulator, method, "settings", json=wrong).status_code == 400
    assert simulator.settings == Settings()


def test_the_journal_counts_writes_and_hides_the_key(simulator: Simulator, body: dict[str, Any]) -> None:
    create(simulator, body)
    control(simulator, "GET", "settings")
    answer = control(simulator, "GET", "journal")
    assert answer.json()["writes"] == 1
    [entry] = answer.json()["entries"]
    assert (entry["method"], entry["path"], entry["status"]) == ("POST", "/gpus/v2/endpoints", 200)
    assert entry["committed"] == simulator.endpoints[0]["id"]
    assert entry["body"] == body
    assert simulator.api_key not in answer.text
    control(simulator, "DELETE", "journal")
    assert simulator.journal == ()


def test_the_clock_can_be_pushed_but_not_back(simulator: Simulator) -> None:
    before = simulator.clock.now()
    assert control(simulator, "POST", "clock", json={"advance": 30}).json() == {"now": before + 30}
    for wrong in ('{"advance": -1}', '{"advance": "30"}', "{}", "[]", "{"):
        assert control(simulator, "POST", "clock", data=wrong).status_code == 400
    assert simulator.clock.now() == before + 30


def test_endpoints_can_be_seeded_without_a_journal_entry(simulator: Simulator, body: dict[str, Any]) -> None:
    endpoint_id = control(simulator, "POST", "endpoints", json=body).json()["id"]
    shown = control(simulator, "GET", "endpoints").json()["endpoints"]
    assert [endpoint["id"] for endpoint in shown] == [endpoint_id]
    assert shown == list(simulator.endpoints)
    assert simulator.journal == ()
    assert control(simulator, "POST", "endpoints", json={"name": "x"}).status_code == 400


def test_faults_can_be_set_and_shown(simulator: Simulator, body: dict[str, Any]) -> None:
    fault = {"kind": "status", "operation": "createEndpoint", "status": 503, "headers": {"Retry-After": "1"}}
    control(simulator, "PUT", "faults", json=[fault])
    assert simulator.faults == (Fault("status", operation="createEndpoint", status=503, headers={"Retry-After": "1"}),)
    [shown] = control(simulator, "GET", "faults").json()
    assert fault.items() <= shown.items()
    assert create(simulator, body).status_code == 503
    assert control(simulator, "GET", "faults").json() == []
    assert control(simulator, "PUT", "faults", json=[{"kind": "explode"}]).status_code == 400


def test_a_reset_forgets_everything_but_the_time(body: dict[str, Any]) -> None:
    with Simulator(Settings(update="replace")) as simulator:
        simulator.clock.advance(5)
        before = simulator.clock.now()
        create(simulator, body)
        simulator.settings = Settings(page_size=1)
        simulator.script([Fault("reset")])
        control(simulator, "POST", "reset")
        assert (simulator.endpoints, simulator.journal, simulator.faults) == ((), (), ())
        assert simulator.settings == Settings(update="replace")
        assert simulator.clock.now() == before


@pytest.mark.parametrize(("method", "path"), [("GET", "nothing"), ("DELETE", "settings"), ("GET", "reset")])
def test_an_unknown_control_call_is_named(simulator: Simulator, method: str, path: str) -> None:
    answer = control(simulator, method, path)
    assert answer.status_code == 404
    assert path in answer.json()["message"]

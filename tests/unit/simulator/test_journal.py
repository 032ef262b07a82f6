# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does the journal tell what reached the server, and does the simulator keep its time?"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from http.client import HTTPConnection
from typing import Any

import pytest
import requests

from simulator import ManualClock, Simulator, SystemClock

Call = Callable[..., requests.Response]
ENDPOINTS = "/gpus/v2/endpoints"


def test_an_entry_holds_the_request_as_it_was_sent(simulator: Simulator) -> None:
    simulator.clock.advance(7)
    connection = HTTPConnection(simulator.url.removeprefix("http://"))
    headers = {"Authorization": f"Bearer {simulator.api_key}"}
    connection.request("GET", f"{ENDPOINTS}/%2e%2E%2Fx?keyword=a%2Bb%20c&limit=", headers=headers)
    connection.getresponse().read()
    connection.close()
    [entry] = simulator.journal
    assert (entry.method, entry.path) == ("GET", f"{ENDPOINTS}/%2e%2E%2Fx")
    assert entry.query == {"keyword": "a+b c", "limit": ""}
    assert (entry.body, entry.status, entry.committed) == (None, 400, None)
    assert entry.when == simulator.clock.now()
    assert entry.headers["authorization"] == f"Bearer {simulator.api_key}"


def test_each_write_names_the_endpoint_that_it_changed(simulator: Simulator, call: Call, body: dict[str, Any]) -> None:
    endpoint_id = call("POST", json=body).json()["id"]
    call("GET")
    call("PUT", f"{ENDPOINTS}/{endpoint_id}", json={"name": "new"})
    call("PUT", f"{ENDPOINTS}/{endpoint_id}", json={"name": 1})
    call("DELETE", f"{ENDPOINTS}/{endpoint_id}")
    call("DELETE", f"{ENDPOINTS}/{endpoint_id}")
    assert [(entry.method, entry.status, entry.committed) for entry in simulator.writes] == [
        ("POST", 200, endpoint_id),
        ("PUT", 200, endpoint_id),
        ("PUT", 400, None),
        ("DELETE", 200, endpoint_id),
        ("DELETE", 400, None),
    ]
    assert len(simulator.journal) == 6


def test_refused_and_unknown_requests_are_in_the_journal_too(simulator: Simulator) -> None:
    requests.post(simulator.url + ENDPOINTS, data=b"{", timeout=10)
    requests.get(f"{simulator.url}/elsewhere", timeout=10)
    assert [(entry.path, entry.status) for entry in simulator.journal] == [(ENDPOINTS, 401), ("/elsewhere", 401)]


def test_clearing_the_journal_keeps_the_endpoints(simulator: Simulator, call: Call, body: dict[str, Any]) -> None:
    call("POST", json=body)
    simulator.clear_journal()
    assert simulator.journal == simulator.writes == ()
    assert len(simulator.endpoints) == 1


def test_connections_are_told_apart(simulator: Simulator, call: Call) -> None:
    call("GET")
    call("GET")
    requests.get(simulator.url + ENDPOINTS, timeout=10)
    first, second, other = (entry.connection for entry in simulator.journal)
    assert first == second != other


def test_latency_is_real_time(simulator: Simulator, call: Call) -> None:
    simulator.settings = replace(simulator.settings, latency=0.1)
    start = time.monotonic()
    call("GET")
    assert time.monotonic() - start >= 0.1


def test_a_manual_clock_stands_still() -> None:
    clock = ManualClock(start=100)
    assert (clock.now(), clock.now()) == (100, 100)
    clock.advance(2.5)
    assert clock.now() == 102.5


def test_a_system_clock_runs_and_can_be_pushed() -> None:
    clock = SystemClock()
    start = clock.now()
    assert start == pytest.approx(time.time(), abs=5)
    time.sleep(0.01)
    assert clock.now() >= start + 0.01
    clock.advance(1000)
    assert clock.now() == pytest.approx(start + 1000, abs=5)


@pytest.mark.parametrize("clock", [ManualClock(), SystemClock()])
def test_no_clock_goes_back(clock: ManualClock | SystemClock) -> None:
    with pytest.raises(ValueError, match="back"):
        clock.advance(-1)

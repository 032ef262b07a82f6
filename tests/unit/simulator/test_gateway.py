# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Do endpoints answer at their own URLs, and does the job gateway take jobs, as a client sees them?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests

from simulator import Settings, Simulator
from simulator.simulator import SimulatorError

Call = Callable[..., requests.Response]
Body = dict[str, Any]


@pytest.fixture
def queue(simulator: Simulator, body: Body) -> str:
    """The path of the queue of an endpoint that takes jobs."""
    return f"/gateway/v1/{simulator.seed({**body, 'type': 'async', 'app_name': 'jobs'})}-jobs"


def test_a_job_runs_and_ends(simulator: Simulator, call: Call, queue: str) -> None:
    simulator.settings = Settings(job_seconds=10)
    begun = call("POST", f"{queue}/run", json={"input": {"a": 1}}).json()
    assert begun == {"id": "job-1", "status": "PENDING"}
    assert call("GET", f"{queue}/status/job-1").json() == {"status": "IN_PROGRESS"}
    simulator.clock.advance(10)
    ended = call("GET", f"{queue}/status/job-1").json()
    assert ended["status"] == "COMPLETED"
    assert ended["output"]["input"] == {"a": 1}
    assert call("POST", f"{queue}/cancel/job-1").status_code == 200
    assert simulator.jobs == {"job-1": "COMPLETED"}


def test_a_job_can_be_cancelled(simulator: Simulator, call: Call, queue: str) -> None:
    simulator.settings = Settings(job_seconds=10)
    call("POST", f"{queue}/run", json={"input": None})
    call("POST", f"{queue}/cancel/job-1")
    assert call("GET", f"{queue}/status/job-1").json() == {"status": "CANCELLED"}


@pytest.mark.parametrize(
    ("method", "path", "sent", "status"),
    [
        ("POST", "run", {}, 400),
        ("GET", "run", None, 404),
        ("GET", "status/job-9", None, 404),
        ("GET", "status/job-9/more", None, 404),
        ("POST", "purge-queue", None, 404),
    ],
)
def test_what_makes_no_sense_is_refused(call: Call, queue: str, method: str, path: str, sent: Any, status: int) -> None:
    assert call(method, f"{queue}/{path}", json=sent).status_code == status


def test_the_gateway_wants_the_key_and_an_endpoint_that_takes_jobs(
    simulator: Simulator, call: Call, queue: str, body: Body
) -> None:
    assert requests.post(f"{simulator.url}{queue}/run", json={"input": 1}, timeout=10).status_code == 401
    identity = simulator.seed({**body, "name": "other", "app_name": "other"})
    assert call("POST", f"/gateway/v1/{identity}-other/run", json={"input": 1}).status_code == 404
    assert simulator.jobs == {}


def test_a_worker_that_a_request_wakes_takes_its_time(simulator: Simulator, call: Call, body: Body) -> None:
    simulator.settings = Settings(cold_start=30)
    identity = simulator.seed({**body, "worker_config": {"max_replicas": 1}})
    url = call("GET", f"/gpus/v2/endpoints/{identity}").json()["url"]

    def status() -> int:
        return requests.get(url, timeout=10).status_code

    assert status() == 503
    simulator.clock.advance(29)
    assert status() == 503
    simulator.clock.advance(1)
    assert status() == 200
    simulator.clock.advance(10_000)
    assert status() == 503


def test_workers_take_turns_and_name_their_image(simulator: Simulator, call: Call, body: Body) -> None:
    url = call("GET", f"/gpus/v2/endpoints/{simulator.seed(body)}").json()["url"]
    answers = [requests.get(url, timeout=10).json() for _request in range(4)]
    assert len({answer["worker"] for answer in answers}) == 2
    assert {answer["image"] for answer in answers} == {body["image"]}


def test_requests_to_endpoints_are_kept_apart_with_their_headers(simulator: Simulator, body: Body) -> None:
    simulator.seed({**body, "app_name": "chat"})
    requests.post(f"{simulator.url}/serve/chat/x?y=1", json={"z": 2}, headers={"X-A": "b"}, timeout=10)
    (visit,) = requests.get(f"{simulator.url}/simulator/visits", timeout=10).json()["entries"]
    assert (visit["method"], visit["path"], visit["query"], visit["body"]) == (
        "POST",
        "/serve/chat/x",
        {"y": "1"},
        {"z": 2},
    )
    assert visit["headers"]["x-a"] == "b"
    assert simulator.journal == ()


@pytest.mark.parametrize(
    "leak", [{"headers": {"X-A": "a simulator-key"}}, {"data": "simulator-key"}, {"params": {"k": "simulator-key"}}]
)
def test_a_key_that_reaches_an_endpoint_fails_every_test(body: Body, leak: dict[str, Any]) -> None:
    def leaking() -> None:
        with Simulator() as simulator:
            simulator.seed({**body, "app_name": "chat"})
            requests.post(f"{simulator.url}/serve/chat", timeout=10, **leak)

    with pytest.raises(SimulatorError, match="the API key reached an endpoint"):
        leaking()

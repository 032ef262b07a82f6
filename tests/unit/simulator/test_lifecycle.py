# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of endpoints and their workers as time passes?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import requests

from simulator import Simulator

Call = Callable[..., requests.Response]
Body = dict[str, Any]


def seeded(simulator: Simulator, body: Body, **settings: Any) -> str:
    simulator.settings = replace(simulator.settings, **settings)
    return simulator.seed(body)


def shown(call: Call, endpoint_id: str) -> Body:
    endpoint: Body = call("GET", f"/gpus/v2/endpoints/{endpoint_id}").json()
    return endpoint


def service_status(endpoint: Body) -> int:
    return requests.get(endpoint["url"] + "/v1/models", timeout=10).status_code


def words(endpoint: Body) -> list[str]:
    return [worker["status"]["status"] for worker in endpoint["workers"]]


def test_a_ready_endpoint_has_its_least_workers_and_serves(simulator: Simulator, call: Call, body: Body) -> None:
    endpoint = shown(call, seeded(simulator, body))
    assert endpoint["status"] == {"status": "running", "error": "", "message": ""}
    assert words(endpoint) == ["ready", "ready"]
    assert all(worker["health"] and not worker["drain"] for worker in endpoint["workers"])
    answer = requests.get(endpoint["url"] + "/v1/models", timeout=10)
    assert (answer.status_code, answer.json()["path"]) == (200, "/v1/models")
    assert requests.get(endpoint["workers"][0]["log"], timeout=10).json() == {"lines": ["ready"]}


@pytest.mark.parametrize(
    ("life", "status", "worker"), [("slow", "creating", "pulling"), ("unknown_words", "warming-up", "levitating")]
)
def test_a_start_takes_the_set_time(
    simulator: Simulator, call: Call, body: Body, life: str, status: str, worker: str
) -> None:
    endpoint_id = seeded(simulator, body, life=life, start_seconds=40)
    simulator.clock.advance(39)
    starting = shown(call, endpoint_id)
    assert (starting["status"]["status"], words(starting)) == (status, [worker, worker])
    assert not any(worker["health"] for worker in starting["workers"])
    assert service_status(starting) == 503
    simulator.clock.advance(1)
    ready = shown(call, endpoint_id)
    assert (ready["status"]["status"], words(ready)) == ("running", ["ready", "ready"])
    assert service_status(ready) == 200


def test_an_endpoint_can_stay_unready_for_ever(simulator: Simulator, call: Call, body: Body) -> None:
    endpoint_id = seeded(simulator, body, life="never")
    simulator.clock.advance(1_000_000)
    assert shown(call, endpoint_id)["status"] == {"status": "creating", "error": "", "message": ""}


@pytest.mark.parametrize(
    ("life", "error"),
    [
        ("image_pull_failure", "IMAGE_PULL_FAILED"),
        ("registry_auth_failure", "IMAGE_AUTH_FAILED"),
        ("no_stock", "INSUFFICIENT_RESOURCE"),
        ("crash_loop", "CRASH_LOOP"),
    ],
)
def test_workers_fail_in_their_own_status(simulator: Simulator, call: Call, body: Body, life: str, error: str) -> None:
    endpoint_id = seeded(simulator, body, life=life)
    for _round in range(3):
        endpoint = shown(call, endpoint_id)
        assert endpoint["status"]["error"] == ""
        assert [worker["status"]["error"] for worker in endpoint["workers"]] == [error, error]
        assert not any(worker["health"] for worker in endpoint["workers"])
        assert service_status(endpoint) == 503
        simulator.clock.advance(10)


def test_a_crash_loop_changes_its_word(simulator: Simulator, call: Call, body: Body) -> None:
    endpoint_id = seeded(simulator, body, life="crash_loop")
    seen = []
    for _round in range(3):
        seen.append(words(shown(call, endpoint_id))[0])
        simulator.clock.advance(10)
    assert seen == ["exited", "restarting", "exited"]


def test_an_endpoint_can_fail_as_a_whole(simulator: Simulator, call: Call, body: Body) -> None:
    endpoint = shown(call, seeded(simulator, body, life="endpoint_error"))
    assert (endpoint["status"]["status"], endpoint["status"]["error"]) == ("error", "DEPLOY_FAILED")


def test_an_endpoint_that_may_sleep_has_a_worker_only_after_traffic(
    simulator: Simulator, call: Call, body: Body
) -> None:
    config = {"max_replicas": 1, "min_replicas": 0, "idle_timeout": 60}
    endpoint_id = seeded(simulator, {**body, "worker_config": config})
    asleep = shown(call, endpoint_id)
    assert (asleep["status"]["status"], asleep["workers"]) == ("running", [])
    assert service_status(asleep) == 200
    assert words(shown(call, endpoint_id)) == ["ready"]
    simulator.clock.advance(60)
    assert shown(call, endpoint_id)["workers"] == []


def test_a_worker_that_traffic_wakes_can_fail_too(simulator: Simulator, call: Call, body: Body) -> None:
    config = {"max_replicas": 1, "min_replicas": 0}
    endpoint_id = seeded(simulator, {**body, "worker_config": config}, life="no_stock")
    assert shown(call, endpoint_id)["status"]["status"] == "running"
    assert service_status(shown(call, endpoint_id)) == 503
    [worker] = shown(call, endpoint_id)["workers"]
    assert worker["status"]["error"] == "INSUFFICIENT_RESOURCE"


def test_an_endpoint_that_may_have_no_worker_never_serves(simulator: Simulator, call: Call, body: Body) -> None:
    endpoint = shown(call, seeded(simulator, {**body, "worker_config": {"max_replicas": 0}}))
    assert (endpoint["workers"], service_status(endpoint)) == ([], 503)


def test_workers_follow_an_update_up_to_the_limit(simulator: Simulator, call: Call, body: Body) -> None:
    endpoint_id = seeded(simulator, body, worker_limit=4)
    for wanted, expected in ((3, 3), (900, 4), (0, 0)):
        config = {"max_replicas": 1000, "min_replicas": wanted}
        call("PUT", f"/gpus/v2/endpoints/{endpoint_id}", json={"worker_config": config})
        assert len(shown(call, endpoint_id)["workers"]) == expected


def test_an_update_starts_the_life_that_is_set_by_then(simulator: Simulator, call: Call, body: Body) -> None:
    endpoint_id = seeded(simulator, body, life="image_pull_failure")
    simulator.settings = replace(simulator.settings, life="slow", start_seconds=30)
    simulator.clock.advance(100)
    assert words(shown(call, endpoint_id))[0] == "failed"
    call("PUT", f"/gpus/v2/endpoints/{endpoint_id}", json={"image": "registry.example.com/chat:2"})
    assert words(shown(call, endpoint_id))[0] == "pulling"
    simulator.clock.advance(30)
    assert words(shown(call, endpoint_id))[0] == "ready"


def test_an_app_name_is_percent_encoded_in_the_url(simulator: Simulator, call: Call, body: Body) -> None:
    endpoint = shown(call, seeded(simulator, {**body, "app_name": "a/b ü"}))
    assert endpoint["url"].endswith("/serve/a%2Fb%20%C3%BC")
    assert service_status(endpoint) == 200


def test_nobody_serves_under_an_unknown_app_name(simulator: Simulator) -> None:
    assert requests.get(f"{simulator.url}/serve/nobody", timeout=10).status_code == 404
    assert requests.get(f"{simulator.url}/logs/nobody-worker-0", timeout=10).status_code == 404

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does the simulator judge requests, and its own answers, by the contract?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import requests

from simulator import Simulator, SimulatorError, api
from simulator.contract import contract, document, operations
from simulator.messages import Answer, RefusalError

Call = Callable[..., requests.Response]
ENDPOINTS = "/gpus/v2/endpoints"


def refused(answer: requests.Response, *words: str) -> bool:
    said = answer.json()
    return (
        answer.status_code == said["code"] == 400
        and said["reason"] == "VALIDATOR_PARAM"
        and all(word in said["message"] for word in words)
    )


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"colour": "red"}, "colour"),
        ({"worker_config": {"max_replicas": 1, "gpus": 1}}, "gpus"),
        ({"worker_config": {}}, "max_replicas"),
        ({"worker_config": {"max_replicas": 1001}}, "worker_config.max_replicas"),
        ({"worker_config": {"max_replicas": True}}, "worker_config.max_replicas"),
        ({"worker_config": {"max_replicas": "1"}}, "worker_config.max_replicas"),
        ({"worker_config": {"max_replicas": 1, "min_cuda_version": "11.8"}}, "min_cuda_version"),
        ({"policy": {"type": "random"}}, "policy.type"),
        ({"policy": {"type": "queue", "limit": 1}}, "limit"),
        ({"health_check": {"port": 65536}}, "health_check.port"),
        ({"health_check": {"host": "x"}}, "host"),
        ({"volumes": [{"mount_point": "/" * 4096}]}, "volumes.0.mount_point"),
        ({"volumes": [{"path": "/"}]}, "path"),
        ({"envs": [{"key": "A", "value": 1}]}, "envs.0.value"),
        ({"envs": [{"key": "A" * 512, "value": ""}]}, "envs.0.key"),
        ({"envs": [{"name": "A"}]}, "name"),
        ({"ports": [0]}, "ports.0"),
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"image": ""}, "image"),
        ({"type": "batch"}, "type"),
    ],
)
def test_a_create_that_breaks_the_contract_is_refused_and_named(
    simulator: Simulator, call: Call, body: dict[str, Any], change: dict[str, Any], word: str
) -> None:
    assert refused(call("POST", json={**body, **change}), word)
    assert simulator.endpoints == ()


@pytest.mark.parametrize("field", ["type", "name", "product_id", "image", "worker_config"])
def test_a_create_without_a_required_field_is_refused(call: Call, body: dict[str, Any], field: str) -> None:
    del body[field]
    assert refused(call("POST", json=body), field)


@pytest.mark.parametrize("change", [{"type": "sync"}, {"app_name": "other"}, {"worker_config": {"min_replicas": 1}}])
def test_an_update_that_breaks_the_contract_is_refused(
    simulator: Simulator, call: Call, body: dict[str, Any], change: dict[str, Any]
) -> None:
    endpoint_id = simulator.seed(body)
    before = simulator.endpoints
    assert refused(call("PUT", f"{ENDPOINTS}/{endpoint_id}", json=change))
    assert simulator.endpoints == before


@pytest.mark.parametrize("name", sorted(api.OPERATIONS))
def test_a_refusal_keeps_the_contract(name: str) -> None:
    [operation] = [known for known in operations(document()) if known.name == name]
    contract().check_answer(operation, RefusalError(400, "CONFLICT", "no").answer())


def test_the_simulator_offers_every_operation_of_the_contract() -> None:
    assert {operation.name for operation in operations(document())} == set(api.OPERATIONS)


def test_every_field_of_the_contract_is_accepted(call: Call, full_body: dict[str, Any]) -> None:
    assert call("POST", json=full_body).status_code == 200


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'"text"'])
def test_a_body_that_is_not_a_json_object_is_refused(call: Call, data: bytes) -> None:
    assert refused(call("POST", data=data, headers={"Content-Type": "application/json"}))


def test_a_body_of_another_media_type_is_refused(call: Call, body: dict[str, Any]) -> None:
    assert refused(call("POST", data=body))


def test_a_body_is_refused_where_the_contract_has_none(simulator: Simulator, call: Call, body: dict[str, Any]) -> None:
    endpoint_id = simulator.seed(body)
    assert refused(call("DELETE", f"{ENDPOINTS}/{endpoint_id}", json={}), "no body")
    assert len(simulator.endpoints) == 1


@pytest.mark.parametrize("query", ["limit=-1", "limit=ten", f"cursor={'x' * 1025}"])
def test_a_query_that_breaks_the_contract_is_refused(call: Call, query: str) -> None:
    assert refused(call("GET", f"{ENDPOINTS}?{query}"))


@pytest.mark.parametrize("path", [f"{ENDPOINTS}/", f"{ENDPOINTS}/a/b", "/gpus/v2", f"/x{ENDPOINTS}", f"/{ENDPOINTS}"])
def test_only_the_exact_paths_of_the_contract_exist(call: Call, path: str) -> None:
    assert call("GET", path).status_code == 404


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD"])
def test_a_method_that_the_contract_does_not_have_is_refused(call: Call, method: str) -> None:
    assert call(method).status_code == 405


@pytest.mark.parametrize(
    ("header", "status", "reason"),
    [
        (None, 401, "UNAUTHORIZED"),
        ("Basic eDp5", 401, "UNAUTHORIZED"),
        ("Bearer wrong", 403, "INVALID_API_KEY"),
        ("Bearer simulator-key2", 403, "INVALID_API_KEY"),
    ],
)
def test_only_the_bearer_key_opens_the_api(call: Call, header: str | None, status: int, reason: str) -> None:
    answer = call("GET", headers={"Authorization": header})
    assert (answer.status_code, answer.json()["reason"]) == (status, reason)


def listing_of_broken_simulator() -> requests.Response:
    with Simulator() as simulator:
        headers = {"Authorization": f"Bearer {simulator.api_key}"}
        answer = requests.get(simulator.url + ENDPOINTS, headers=headers, timeout=10)
        assert answer.status_code == 500
        return answer


@pytest.mark.parametrize("body", [{"has_more": "no"}, {"data": [{"id": 7}]}, {"data": [{}, {"ports": ["80"]}]}])
def test_a_broken_answer_of_the_simulator_is_a_loud_error(monkeypatch: pytest.MonkeyPatch, body: Any) -> None:
    monkeypatch.setitem(api.OPERATIONS, "listEndpoints", lambda _state, _call: Answer(200, body))
    with pytest.raises(SimulatorError, match="listEndpoints 200"):
        listing_of_broken_simulator()


def test_a_bug_of_the_simulator_is_a_loud_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(api.OPERATIONS, "listEndpoints")
    with pytest.raises(SimulatorError, match="KeyError"):
        listing_of_broken_simulator()


def test_answers_are_not_checked_if_that_is_switched_off(
    monkeypatch: pytest.MonkeyPatch, simulator: Simulator, call: Call
) -> None:
    body = {"data": [{"id": 7}], "has_more": "no"}
    monkeypatch.setitem(api.OPERATIONS, "listEndpoints", lambda _state, _call: Answer(200, body))
    simulator.settings = replace(simulator.settings, validate_answers=False)
    assert call("GET").json() == body

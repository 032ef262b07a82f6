# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Do create, list, get, update and delete behave as the contract says?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import requests

from simulator import Settings, Simulator

Call = Callable[..., requests.Response]
ENDPOINTS = "/gpus/v2/endpoints"


def change(simulator: Simulator, **settings: Any) -> None:
    simulator.settings = replace(simulator.settings, **settings)


def created(call: Call, body: dict[str, Any]) -> str:
    answer = call("POST", json=body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def test_a_create_answers_the_id_and_nothing_else(simulator: Simulator, call: Call, body: dict[str, Any]) -> None:
    answer = call("POST", json=body).json()
    assert list(answer) == ["id"]
    assert [endpoint["id"] for endpoint in simulator.endpoints] == [answer["id"]]


def test_two_creates_of_the_same_body_make_two_endpoints(
    simulator: Simulator, call: Call, body: dict[str, Any]
) -> None:
    assert created(call, body) != created(call, body)
    assert len(simulator.endpoints) == 2


def test_every_field_comes_back_from_a_get(call: Call, full_body: dict[str, Any]) -> None:
    shown = call("GET", f"{ENDPOINTS}/{created(call, full_body)}").json()
    for name in full_body.keys() - {"volumes", "envs", "ports"}:
        assert shown[name] == full_body[name]


def test_lists_come_back_in_another_order(call: Call, full_body: dict[str, Any]) -> None:
    shown = call("GET", f"{ENDPOINTS}/{created(call, full_body)}").json()
    assert shown["envs"] == full_body["envs"][::-1]
    assert shown["ports"] == full_body["ports"][::-1]
    assert [volume["id"] for volume in shown["volumes"]] == ["disk-2", "disk-1"]


def test_a_list_item_has_no_type_but_sizes_and_a_get_has_a_type_but_no_sizes(
    call: Call, full_body: dict[str, Any]
) -> None:
    detail = call("GET", f"{ENDPOINTS}/{created(call, full_body)}").json()
    [item] = call("GET").json()["data"]
    assert "type" not in item
    assert [volume["size"] for volume in item["volumes"]] == [30, 0]
    assert detail["type"] == "sync"
    assert all("size" not in volume for volume in detail["volumes"])
    assert detail.keys() - item.keys() == {"type"}


def test_the_server_fills_in_what_a_create_leaves_out(call: Call, body: dict[str, Any]) -> None:
    endpoint_id = created(call, body)
    shown = call("GET", f"{ENDPOINTS}/{endpoint_id}").json()
    assert shown["app_name"] == endpoint_id
    assert shown["worker_config"]["idle_timeout"] == 300
    assert shown["registry_auth_id"] == ""
    assert shown["region_id"] == "cn-east-1"


def test_zero_defaults_leave_zero_values(simulator: Simulator, call: Call, body: dict[str, Any]) -> None:
    change(simulator, default_style="zero")
    shown = call("GET", f"{ENDPOINTS}/{created(call, body)}").json()
    assert shown["worker_config"]["min_cuda_version"] == ""
    assert shown["policy"] == {"type": "", "value": 0}
    assert shown["ports"] == []


def test_an_empty_app_name_becomes_the_id(simulator: Simulator, call: Call, body: dict[str, Any]) -> None:
    endpoint_id = created(call, {**body, "app_name": ""})
    assert simulator.endpoints[0]["app_name"] == endpoint_id


def test_an_app_name_is_taken_until_its_endpoint_is_deleted(call: Call, body: dict[str, Any]) -> None:
    endpoint_id = created(call, {**body, "app_name": "chat"})
    assert call("POST", json={**body, "app_name": "chat"}).json()["reason"] == "SERVERLESS_APP_NAME_IS_EXIST"
    call("DELETE", f"{ENDPOINTS}/{endpoint_id}")
    created(call, {**body, "app_name": "chat"})


@pytest.mark.parametrize(
    ("update", "expected_command", "expected_timeout", "expected_ports"),
    [("merge", "--fast", 60, [8080, 9090]), ("replace", "", 300, [8000])],
)
def test_an_update_keeps_or_resets_what_it_does_not_name(
    simulator: Simulator,
    call: Call,
    full_body: dict[str, Any],
    update: str,
    expected_command: str,
    expected_timeout: int,
    expected_ports: list[int],
) -> None:
    change(simulator, update=update)
    endpoint_id = created(call, full_body)
    answer = call("PUT", f"{ENDPOINTS}/{endpoint_id}", json={"name": "new", "worker_config": {"max_replicas": 9}})
    [endpoint] = simulator.endpoints
    assert answer.json() == {}
    assert (endpoint["name"], endpoint["worker_config"]["max_replicas"]) == ("new", 9)
    assert (endpoint["command"], endpoint["ports"]) == (expected_command, expected_ports)
    assert endpoint["worker_config"]["idle_timeout"] == expected_timeout
    assert (endpoint["type"], endpoint["app_name"]) == ("sync", "chat-app")


@pytest.mark.parametrize("update", ["merge", "replace"])
def test_an_update_takes_lists_whole(simulator: Simulator, call: Call, full_body: dict[str, Any], update: str) -> None:
    change(simulator, update=update)
    endpoint_id = created(call, full_body)
    call("PUT", f"{ENDPOINTS}/{endpoint_id}", json={"envs": [{"key": "C", "value": "3"}], "ports": []})
    [endpoint] = simulator.endpoints
    assert (endpoint["envs"], endpoint["ports"]) == ([{"key": "C", "value": "3"}], [])


def test_a_deleted_endpoint_is_gone(simulator: Simulator, call: Call, body: dict[str, Any]) -> None:
    endpoint_id = created(call, body)
    assert call("DELETE", f"{ENDPOINTS}/{endpoint_id}").json() == {}
    assert simulator.endpoints == ()
    assert call("GET").json()["data"] == []


@pytest.mark.parametrize("missing", ["400", "404"])
@pytest.mark.parametrize(("method", "options"), [("GET", {}), ("PUT", {"json": {}}), ("DELETE", {})])
def test_a_missing_endpoint_is_answered_as_set(
    simulator: Simulator, call: Call, method: str, options: dict[str, Any], missing: str
) -> None:
    change(simulator, missing=missing)
    answer = call(method, f"{ENDPOINTS}/nothing", **options)
    assert answer.status_code == answer.json()["code"] == int(missing)
    assert answer.json()["reason"] == "SERVERLESS_ENDPOINT_NOT_FOUND"


def test_numbers_can_be_strings_of_digits(simulator: Simulator, call: Call, full_body: dict[str, Any]) -> None:
    change(simulator, numbers="strings")
    shown = call("GET", f"{ENDPOINTS}/{created(call, full_body)}").json()
    assert shown["worker_config"]["gpu_num"] == "2"
    assert shown["ports"] == ["9090", "8080"]
    assert shown["created_at"].isdigit()
    assert shown["workers"][0]["health"] is True
    assert call("GET").json()["total"] == "1"


def test_zero_values_can_be_left_out(simulator: Simulator, call: Call, body: dict[str, Any]) -> None:
    change(simulator, omit_empty=True)
    assert call("GET").json() == {"data": []}
    shown = call("GET", f"{ENDPOINTS}/{created(call, {**body, 'envs': [{'key': 'A', 'value': ''}]})}").json()
    assert "command" not in shown
    assert shown["envs"] == [{"key": "A"}]
    assert shown["status"] == {"status": "running"}


@pytest.mark.parametrize("status", [404, 405, 501])
def test_a_create_only_server_offers_only_create(
    simulator: Simulator, call: Call, body: dict[str, Any], status: int
) -> None:
    change(simulator, create_only=status)
    endpoint_id = created(call, body)
    assert call("GET").status_code == status
    assert call("GET", f"{ENDPOINTS}/{endpoint_id}").status_code == status
    assert call("PUT", f"{ENDPOINTS}/{endpoint_id}", json={}).status_code == status
    assert call("DELETE", f"{ENDPOINTS}/{endpoint_id}").status_code == status


def test_names_can_be_unique(simulator: Simulator, call: Call, body: dict[str, Any]) -> None:
    change(simulator, unique_names=True)
    created(call, body)
    other = created(call, {**body, "name": "other"})
    assert call("POST", json=body).json()["reason"] == "CONFLICT"
    assert call("PUT", f"{ENDPOINTS}/{other}", json={"name": "chat"}).json()["reason"] == "CONFLICT"
    assert call("PUT", f"{ENDPOINTS}/{other}", json={"name": "other"}).status_code == 200


def test_products_are_checked_if_asked(simulator: Simulator, call: Call, body: dict[str, Any]) -> None:
    change(simulator, check_products=True)
    endpoint_id = created(call, {**body, "product_id": "serverless-rtx-4090-24"})
    other = {**body, "product_id": "no-such"}
    assert call("POST", json=other).json()["reason"] == "SERVERLESS_PRODUCT_NOT_FOUND"
    assert call("PUT", f"{ENDPOINTS}/{endpoint_id}", json={"command": "x"}).status_code == 200


def test_a_missing_image_is_refused(call: Call, body: dict[str, Any]) -> None:
    assert call("POST", json={**body, "image": "registry.example.com/missing:1"}).json()["reason"] == "IMAGE_NOT_FOUND"


def test_an_account_in_debt_may_only_look_and_delete(simulator: Simulator, call: Call, body: dict[str, Any]) -> None:
    endpoint_id = created(call, body)
    change(simulator, balance="debt")
    assert call("POST", json=body).json()["reason"] == "BALANCE_NOT_ENOUGH"
    assert call("PUT", f"{ENDPOINTS}/{endpoint_id}", json={}).json()["reason"] == "BALANCE_NOT_ENOUGH"
    assert call("GET", f"{ENDPOINTS}/{endpoint_id}").status_code == 200
    assert call("DELETE", f"{ENDPOINTS}/{endpoint_id}").status_code == 200


@pytest.mark.parametrize("update", ["merge", "replace"])
def test_ignored_fields_are_accepted_and_not_applied(
    simulator: Simulator, call: Call, full_body: dict[str, Any], update: str
) -> None:
    endpoint_id = created(call, full_body)
    change(simulator, update=update, ignored_fields=("command", "worker_config.gpu_num"))
    wanted = {"command": "new", "entrypoint": "new", "worker_config": {"max_replicas": 8, "gpu_num": 5}}
    assert call("PUT", f"{ENDPOINTS}/{endpoint_id}", json=wanted).status_code == 200
    [endpoint] = simulator.endpoints
    assert (endpoint["command"], endpoint["entrypoint"]) == ("--fast", "new")
    assert (endpoint["worker_config"]["gpu_num"], endpoint["worker_config"]["max_replicas"]) == (2, 8)
    created(call, {**full_body, "app_name": "second"})
    assert simulator.endpoints[1]["command"] == ""


def test_a_refusal_can_echo_the_request(simulator: Simulator, call: Call, body: dict[str, Any]) -> None:
    change(simulator, echo_body=True, balance="debt")
    answer = call("POST", json={**body, "envs": [{"key": "TOKEN", "value": "canary"}]})
    assert "canary" in answer.json()["message"]


def test_a_new_endpoint_can_be_invisible_in_get_and_list_apart(
    simulator: Simulator, call: Call, body: dict[str, Any]
) -> None:
    change(simulator, visible_in_get_after=10, visible_in_list_after=20)
    path = f"{ENDPOINTS}/{created(call, body)}"
    seen = []
    for _round in range(3):
        seen.append((call("GET", path).status_code, len(call("GET").json()["data"])))
        simulator.clock.advance(10)
    assert seen == [(400, 0), (200, 0), (200, 1)]


@pytest.mark.parametrize(("word", "shown"), [("deleting", "deleting"), ("unchanged", "running")])
def test_a_deleted_endpoint_can_linger_in_get_and_list_apart(
    simulator: Simulator, call: Call, body: dict[str, Any], word: str, shown: str
) -> None:
    change(simulator, linger_in_get=10, linger_in_list=20, linger_status=word)
    path = f"{ENDPOINTS}/{created(call, body)}"
    call("DELETE", path)
    assert call("GET", path).json()["status"]["status"] == shown
    assert call("PUT", path, json={}).json()["reason"] == "OPERATION_LIMIT"
    assert call("DELETE", path).json() == {}
    simulator.clock.advance(10)
    assert call("GET", path).status_code == 400
    assert [item["status"]["status"] for item in call("GET").json()["data"]] == [shown]
    simulator.clock.advance(10)
    assert call("GET").json()["data"] == []


@pytest.mark.parametrize(("name", "value"), [("update", "mix"), ("page_size", 0), ("latency", -1), ("numbers", 1)])
def test_a_wrong_setting_is_refused(name: str, value: object) -> None:
    with pytest.raises(ValueError, match=name):
        Settings(**{name: value})  # type: ignore[arg-type]

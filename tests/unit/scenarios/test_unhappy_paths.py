# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What does the user see when the world is not as the task expects?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from unit.bodies import FULL, MINIMAL
from unit.running import Said, run_endpoint

from ansible_collections.ppio.gpu.plugins.module_utils._tasks import module
from simulator import Fault, Settings, Simulator

Account = Mapping[str, Any]


def methods(simulator: Simulator) -> list[str]:
    return [entry.method for entry in simulator.writes]


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("state", ["present", "absent"])
def test_several_endpoints_of_the_name_are_listed_and_left_alone(
    simulator: Simulator, account: Account, check: bool, state: str
) -> None:
    identities = [simulator.seed(MINIMAL), simulator.seed(MINIMAL)]
    said = run_endpoint({**account, **FULL, "state": state}, check=check)
    assert said.failed
    assert not said.changed
    assert [identity for identity in identities if identity not in said.message] == []
    assert "id" in said.message
    assert simulator.writes == ()


def test_an_id_is_the_way_out_of_several_of_one_name(simulator: Simulator, account: Account) -> None:
    first, second = simulator.seed(MINIMAL), simulator.seed(MINIMAL)
    run_endpoint({**account, "id": first, "command": "--mine"})
    assert {one["id"]: one["command"] for one in simulator.endpoints} == {first: "--mine", second: ""}
    run_endpoint({**account, "id": first, "state": "absent"})
    assert [one["id"] for one in simulator.endpoints] == [second]


@pytest.mark.parametrize("name", ["chats", "cha t", "chat-1", "cha", "chat\u200b"])
def test_a_name_that_is_only_similar_is_another_endpoint(simulator: Simulator, account: Account, name: str) -> None:
    simulator.seed({**MINIMAL, "name": name})
    assert run_endpoint({**account, **MINIMAL}).result["operation"] == "create"
    assert sorted(one["name"] for one in simulator.endpoints) == sorted(["chat", name])


@pytest.mark.parametrize("missing", ["400", "404"])
@pytest.mark.parametrize("check", [True, False])
def test_an_id_that_does_not_exist_is_never_turned_into_a_new_endpoint(
    simulator: Simulator, account: Account, check: bool, missing: Any
) -> None:
    simulator.settings = Settings(missing=missing)
    said = run_endpoint({**account, **FULL, "id": "ep-none"}, check=check)
    assert said.failed
    assert "ep-none" in said.message
    assert (said.changed, said.result["id"], said.result["endpoint"]) == (False, None, None)
    assert simulator.writes == ()


@pytest.mark.parametrize("status", [404, 405, 501])
def test_a_server_with_nothing_but_the_create_call_still_creates(
    simulator: Simulator, account: Account, status: Any
) -> None:
    simulator.settings = Settings(create_only=status)
    predicted = run_endpoint({**account, **FULL}, check=True)
    said = run_endpoint({**account, **FULL})
    assert not said.failed, said.message
    assert methods(simulator) == ["POST"]
    assert said.result["id"] == simulator.endpoints[0]["id"]
    assert (predicted.changed, predicted.result["operation"]) == (said.changed, said.result["operation"])
    assert "cannot be seen" in predicted.warnings
    assert "cannot be seen" in said.warnings
    assert said.endpoint["command"] == FULL["command"]


@pytest.mark.parametrize("status", [404, 405, 501])
def test_a_server_with_nothing_but_the_create_call_cannot_say_what_is_absent(
    simulator: Simulator, account: Account, status: Any
) -> None:
    simulator.settings = Settings(create_only=status)
    said = run_endpoint({**account, "name": "chat", "state": "absent"})
    assert said.failed
    assert simulator.writes == ()


def test_without_unique_names_every_run_creates_and_none_looks(simulator: Simulator, account: Account) -> None:
    simulator.seed(MINIMAL)
    task = {**account, **MINIMAL, "unique_name": False}
    assert run_endpoint({**task, "check_stock": False}, check=True).changed
    made = [run_endpoint(task).result["id"] for _round in range(2)]
    assert {entry.path for entry in simulator.journal if entry.method == "GET"} == {
        f"/gpus/v2/endpoints/{identity}" for identity in made
    }
    assert methods(simulator) == ["POST", "POST"]
    assert len(simulator.endpoints) == 3


@pytest.mark.parametrize("field", ["command", "policy.value", "envs", "volumes", "worker_config.gpu_num"])
@pytest.mark.parametrize("new", [True, False])
def test_a_field_that_the_api_takes_and_does_not_apply_fails_by_its_name(
    simulator: Simulator, account: Account, field: str, new: bool
) -> None:
    if not new:
        simulator.seed({**MINIMAL, "app_name": FULL["app_name"]})
    simulator.settings = Settings(ignored_fields=(field,))
    said = run_endpoint({**account, **FULL})
    assert said.failed
    assert said.changed
    assert field in said.message
    assert said.result["id"] == simulator.endpoints[0]["id"]
    assert said.result["id"] in said.message
    assert len(simulator.writes) == 1


@pytest.mark.parametrize(("field", "value"), [("type", "async"), ("app_name", "other")])
@pytest.mark.parametrize("check", [True, False])
def test_a_field_that_cannot_change_is_refused_with_the_remedy(
    simulator: Simulator, account: Account, field: str, value: str, check: bool
) -> None:
    identity = simulator.seed(FULL)
    before = simulator.endpoints
    said = run_endpoint({**account, **FULL, "command": "--slow", field: value}, check=check)
    assert said.failed
    assert not said.changed
    assert [word for word in (field, FULL[field], value, "recreate", identity) if word not in said.message] == []
    assert said.endpoint["id"] == identity
    assert simulator.writes == ()
    assert simulator.endpoints == before


ADVICE = {
    "SERVERLESS_PRODUCT_NOT_FOUND": "product_id",
    "IMAGE_NOT_FOUND": "image",
    "SERVERLESS_APP_NAME_IS_EXIST": "app_name",
    "CONFLICT": "name",
    "VALIDATOR_PARAM": "option",
    "OPERATION_LIMIT": "limit",
    "INSUFFICIENT_RESOURCE": "region_id",
    "BALANCE_NOT_ENOUGH": "funds",
    "EXPIRED_OR_BALANCE_NOT_ENOUGH": "funds",
    "NETWORK_STORAGE_NOT_FOUND": "volumes",
}


@pytest.mark.parametrize(("reason", "word"), ADVICE.items(), ids=ADVICE)
@pytest.mark.parametrize("operation", ["createEndpoint", "updateEndpoint"])
def test_a_refusal_says_what_was_tried_what_the_api_said_and_what_to_change(
    simulator: Simulator, account: Account, reason: str, word: str, operation: Any
) -> None:
    if operation == "updateEndpoint":
        simulator.seed(MINIMAL)
    body = {"code": 400, "reason": reason, "message": "no, because of the moon", "metadata": {}}
    headers = {"X-Request-Id": "req-4711"}
    simulator.script([Fault("status", operation=operation, status=400, headers=headers, body=body)])
    said = run_endpoint({**account, **MINIMAL, "command": "--fast"})
    verb, method = ("create", "POST") if operation == "createEndpoint" else ("update", "PUT")
    expected = (f"Could not {verb}", reason, "no, because of the moon", "HTTP 400", method, "req-4711", word)
    assert [part for part in expected if part not in said.message] == []
    assert (said.failed, said.changed) == (True, False)
    assert (
        said.result["error"].items()
        >= {"status": 400, "reason": reason, "request_id": "req-4711", "method": method}.items()
    )
    assert len(simulator.writes) == 1


BODIES = {
    "text": "upstream went away",
    "nothing": "",
    "a list": [1, 2],
    "a number": 7,
    "null": "null",
    "only a message": {"message": "moon"},
    "only an error": {"error": "moon"},
    "an error object": {"error": {"code": 7}},
    "odd types": {"code": "x", "reason": 7, "message": ["moon"], "metadata": None},
    "control characters": {"reason": "\x1b[31mRED", "message": "a\r\nb\x00\u202e"},
    "very long": {"message": "m" * 100_000},
}


@pytest.mark.parametrize("what", BODIES)
@pytest.mark.parametrize("operation", ["listEndpoints", "createEndpoint"])
def test_an_error_in_any_shape_becomes_one_clean_line(
    simulator: Simulator, account: Account, what: str, operation: Any
) -> None:
    # A list is asked for once more without a page size.
    simulator.script([Fault("status", operation=operation, status=422, body=BODIES[what], times=2)])
    said = run_endpoint({**account, **MINIMAL})
    assert said.failed
    assert "422" in said.message
    assert said.message.isprintable()
    assert len(said.message) < 5000


@pytest.mark.parametrize("status", [401, 403])
def test_a_key_that_is_refused_names_its_option_its_variables_and_the_host(
    simulator: Simulator, account: Account, status: int
) -> None:
    key = "other-key-0123456789" if status == 403 else simulator.api_key
    if status == 401:
        simulator.script([Fault("status", status=401, body={"reason": "UNAUTHORIZED"})])
    said = run_endpoint({**account, **MINIMAL, "api_key": key})
    host = simulator.url.removeprefix("http://")
    assert said.failed
    assert [
        word for word in ("api_key", "PPIO_API_KEY", "NOVITA_API_KEY", host, str(status)) if word not in said.message
    ] == []
    assert key not in said.text


def test_a_host_that_does_not_answer_is_named(account: Account) -> None:
    with Simulator() as stopped:
        url = stopped.url
    said = run_endpoint({**account, **MINIMAL, "api_url": url})
    assert said.failed
    assert url.removeprefix("http://") in said.message
    assert (said.changed, said.result["error"]["status"]) == (False, None)


def test_a_python_without_requests_is_named(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REQUESTS_IMPORT_ERROR", "ImportError: no requests")
    said = run_endpoint({**account, **MINIMAL})
    assert said.failed
    assert "requests" in said.message
    assert "Python" in said.message


def test_a_local_volume_works_and_warns(simulator: Simulator, account: Account) -> None:
    volume = {"type": "local", "size": 30, "mount_point": "/scratch"}
    said = run_endpoint({**account, **MINIMAL, "volumes": [volume]})
    assert said.changed
    assert "volumes[0].type" in said.warnings
    assert "dropping" in said.warnings


def test_a_certificate_that_nobody_checks_warns(simulator: Simulator, account: Account) -> None:
    assert "validate_certs" in run_endpoint({**account, **MINIMAL, "validate_certs": False}).warnings
    assert "validate_certs" not in run_endpoint({**account, **MINIMAL}).warnings


@pytest.mark.parametrize("balance", ["ok", "debt"])
def test_an_account_in_debt_may_still_delete(simulator: Simulator, account: Account, balance: Any) -> None:
    simulator.seed(FULL)
    simulator.settings = Settings(balance=balance)
    assert run_endpoint({**account, "name": "chat", "state": "absent"}).changed
    assert simulator.endpoints == ()


def test_a_recreate_that_fails_half_way_says_that_the_endpoint_is_gone(simulator: Simulator, account: Account) -> None:
    simulator.seed(FULL)
    simulator.settings = Settings(balance="debt")
    said = run_endpoint({**account, **FULL, "type": "async", "allow_recreate": True})
    assert said.failed
    assert (said.changed, said.result["operation"], said.result["id"]) == (True, "recreate", None)
    assert simulator.endpoints == ()


def no_traceback(said: Said) -> bool:
    return "Traceback" not in said.text and "exception" not in said.result


@pytest.mark.parametrize(
    "answer",
    [
        {"id": 7},
        {"id": None},
        {"id": ""},
        {"id": ".."},
        {"id": "a\nb"},
        {"id": "x" * 300},
        {"data": "none"},
        {"data": None},
        {"data": [None]},
        {"data": [{"name": "chat"}]},
        {"data": [{"id": "ep-1", "name": "chat", "ports": "all"}]},
        {"data": [{"id": "ep-1", "name": "chat", "worker_config": {"max_replicas": "many"}}]},
        {"data": [{"id": "ep-1", "name": "chat", "status": "running"}]},
        {"data": [], "next_cursor": 7, "has_more": True},
        {"data": [], "next_cursor": "c" * 2000, "has_more": True},
        [],
        "text",
        "",
        "[" * 200_000,
    ],
    ids=lambda answer: str(answer)[:50],
)
@pytest.mark.parametrize("operation", ["listEndpoints", "createEndpoint", "getEndpoint"])
def test_an_answer_that_makes_no_sense_is_no_traceback(
    simulator: Simulator, account: Account, answer: Any, operation: Any
) -> None:
    if operation == "getEndpoint":
        simulator.seed(MINIMAL)
    simulator.script([Fault("wrong_json", operation=operation, status=200, body=answer)])
    said = run_endpoint({**account, **MINIMAL})
    assert no_traceback(said)
    assert len(simulator.endpoints) <= 1

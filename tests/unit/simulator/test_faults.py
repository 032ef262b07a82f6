# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Are the failures of a script real on the socket, and do they fall before or after the work is done?"""

from __future__ import annotations

import gzip
import json
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any, get_args

import pytest
import requests

from simulator import Fault, Simulator
from simulator.api import OPERATIONS
from simulator.faults import Operation
from simulator.gateway import OPERATIONS as GATEWAY_OPERATIONS

Call = Callable[..., requests.Response]
ENDPOINTS = "/gpus/v2/endpoints"


class Wire:
    """A raw connection that sends a create and shows what comes back, byte by byte."""

    def __init__(self, simulator: Simulator) -> None:
        host, port = simulator.url.removeprefix("http://").split(":")
        self._key = simulator.api_key
        self._socket = socket.create_connection((host, int(port)), timeout=5)

    def request(self, body: dict[str, Any]) -> bytes:
        data = json.dumps(body).encode()
        head = (
            f"POST {ENDPOINTS} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self._key}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
        )
        return head.encode() + data

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def received(self) -> bytes:
        """All bytes until the server ends the connection; a reset raises `ConnectionResetError`."""
        return b"".join(iter(lambda: self._socket.recv(65536), b""))

    def chunk(self) -> bytes:
        return self._socket.recv(65536)

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def wire(simulator: Simulator) -> Iterator[Wire]:
    connection = Wire(simulator)
    yield connection
    connection.close()


def exchange(simulator: Simulator, wire: Wire, body: dict[str, Any], fault: Fault) -> bytes:
    """What comes back for a create that meets a fault."""
    simulator.script([fault])
    wire.send(wire.request(body))
    return wire.received()


def parsed(answer: bytes) -> tuple[int, dict[str, str], bytes]:
    head, _separator, rest = answer.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    return int(status.split()[1]), headers, rest


@pytest.mark.parametrize(("when", "made"), [("before_commit", 0), ("after_commit", 1)])
def test_a_reset_is_a_reset_on_the_socket(
    simulator: Simulator, wire: Wire, body: dict[str, Any], when: Any, made: int
) -> None:
    with pytest.raises(ConnectionResetError):
        exchange(simulator, wire, body, Fault("reset", when=when))
    assert len(simulator.endpoints) == made
    assert (simulator.journal[0].status, bool(simulator.journal[0].committed)) == (None, bool(made))


@pytest.mark.parametrize(("when", "made"), [("before_commit", 0), ("after_commit", 1)])
def test_a_close_ends_the_connection_without_a_byte(
    simulator: Simulator, wire: Wire, body: dict[str, Any], when: Any, made: int
) -> None:
    assert exchange(simulator, wire, body, Fault("close", when=when)) == b""
    assert len(simulator.endpoints) == made


def test_a_reset_while_answering_comes_after_some_bytes(simulator: Simulator, wire: Wire, body: dict[str, Any]) -> None:
    simulator.script([Fault("reset", when="while_answering", at=20)])
    wire.send(wire.request(body))
    assert wire.chunk() == b"HTTP/1.1 200 OK\r\nCon"
    with pytest.raises(ConnectionResetError):
        wire.chunk()
    assert simulator.journal[0].status == 200


def test_an_answer_can_be_cut_at_every_byte(simulator: Simulator, body: dict[str, Any]) -> None:
    whole = b""
    for at in range(200):
        connection = Wire(simulator)
        answer = exchange(simulator, connection, body, Fault("truncate", when="after_commit", at=at))
        connection.close()
        assert len(simulator.endpoints) == at + 1
        assert simulator.journal[at].status == (200 if b"\r\n" in answer else None)
        if len(answer) < at:
            whole = answer
            break
        assert len(answer) == at
    assert json.loads(parsed(whole)[2]) == {"id": simulator.endpoints[-1]["id"]}


def test_a_truncated_answer_promises_more_than_it_holds(simulator: Simulator, wire: Wire, body: dict[str, Any]) -> None:
    status, headers, rest = parsed(exchange(simulator, wire, body, Fault("truncate", when="after_commit")))
    assert status == 200
    assert 0 < len(rest) < int(headers["content-length"])


@pytest.mark.parametrize(("when", "made"), [("before_commit", 0), ("after_commit", 1)])
def test_a_hang_says_nothing_and_ends_after_its_time(
    simulator: Simulator, wire: Wire, body: dict[str, Any], when: Any, made: int
) -> None:
    start = time.monotonic()
    assert exchange(simulator, wire, body, Fault("hang", when=when, seconds=0.2)) == b""
    assert time.monotonic() - start >= 0.2
    assert len(simulator.endpoints) == made


def test_a_hang_stops_no_other_request_and_no_end(
    simulator: Simulator, wire: Wire, call: Call, body: dict[str, Any]
) -> None:
    simulator.script([Fault("hang", operation="createEndpoint", when="after_commit")])
    wire.send(wire.request(body))
    while not simulator.endpoints:
        time.sleep(0.01)
    assert call("GET").json()["data"][0]["name"] == "chat"
    entry = simulator.journal[0]
    assert (entry.status, entry.committed) == (None, simulator.endpoints[0]["id"])


def test_a_hang_while_answering_comes_after_some_bytes(simulator: Simulator, wire: Wire, body: dict[str, Any]) -> None:
    answer = exchange(simulator, wire, body, Fault("hang", when="while_answering", at=17, seconds=0.1))
    assert answer == b"HTTP/1.1 200 OK\r\n"


def test_a_drip_sends_the_whole_answer_slowly(simulator: Simulator, wire: Wire, body: dict[str, Any]) -> None:
    start = time.monotonic()
    status, _headers, rest = parsed(exchange(simulator, wire, body, Fault("drip", when="after_commit", seconds=0.002)))
    assert time.monotonic() - start > 0.1
    assert (status, json.loads(rest)["id"]) == (200, simulator.endpoints[0]["id"])


@pytest.mark.parametrize("size", [7, -5])
def test_a_wrong_length_is_wrong_by_its_size(simulator: Simulator, wire: Wire, body: dict[str, Any], size: int) -> None:
    fault = Fault("wrong_length", when="after_commit", size=size)
    _status, headers, rest = parsed(exchange(simulator, wire, body, fault))
    assert int(headers["content-length"]) == len(rest) + size


@pytest.mark.parametrize(("when", "made"), [("before_commit", 0), ("after_commit", 1)])
def test_any_status_can_be_answered(
    simulator: Simulator, call: Call, body: dict[str, Any], when: Any, made: int
) -> None:
    simulator.script([Fault("status", status=429, when=when, headers={"Retry-After": "7"})])
    answer = call("POST", json=body)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    assert answer.json()["code"] == 429
    assert len(simulator.endpoints) == made
    assert simulator.journal[0].status == 429


@pytest.mark.parametrize(
    ("given", "text"), [("<html>", "<html>"), ("", ""), ({"id": "../x"}, '{"id":"../x"}'), ([], "[]"), (0, "0")]
)
def test_any_body_can_be_answered(call: Call, given: Any, text: str, simulator: Simulator) -> None:
    simulator.script([Fault("status", body=given)])
    assert call("GET").text == text


def test_json_can_be_wrong(simulator: Simulator, call: Call) -> None:
    simulator.script([Fault("wrong_json")])
    answer = call("GET")
    assert answer.status_code == 200
    with pytest.raises(requests.JSONDecodeError):
        answer.json()


@pytest.mark.parametrize(("status", "expected"), [(200, 307), (302, 302)])
def test_a_redirect_points_elsewhere(simulator: Simulator, call: Call, status: int, expected: int) -> None:
    simulator.script([Fault("redirect", status=status, headers={"Location": "http://127.0.0.1:9/"})])
    answer = call("GET")
    assert (answer.status_code, answer.headers["Location"]) == (expected, "http://127.0.0.1:9/")


def test_an_overlay_changes_single_keys_of_the_real_answer(
    simulator: Simulator, call: Call, body: dict[str, Any]
) -> None:
    endpoint_id = simulator.seed(body)
    simulator.script([Fault("overlay", when="after_commit", body={"url": "javascript:x"})])
    answer = call("GET", f"{ENDPOINTS}/{endpoint_id}").json()
    assert (answer["url"], answer["id"]) == ("javascript:x", endpoint_id)


def test_raw_bytes_need_not_be_http(simulator: Simulator, wire: Wire, body: dict[str, Any]) -> None:
    assert exchange(simulator, wire, body, Fault("raw", body="SSH-2.0-x\r\n")) == b"SSH-2.0-x\r\n"
    assert simulator.journal[0].status is None


def test_a_bomb_is_small_until_it_unfolds(simulator: Simulator, call: Call) -> None:
    simulator.script([Fault("bomb", size=10_000_000)])
    answer = call("GET", stream=True)
    packed = answer.raw.read(decode_content=False)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(packed) < 20_000
    assert len(json.loads(gzip.decompress(packed))["id"]) >= 10_000_000


def test_a_flood_has_its_size(simulator: Simulator, call: Call) -> None:
    simulator.script([Fault("flood", size=3_000_000)])
    assert len(call("GET").json()["id"]) == 3_000_000


def test_a_deep_answer_has_its_levels(simulator: Simulator, call: Call) -> None:
    simulator.script([Fault("deep", size=5000)])
    assert call("GET").text == '{"id": ' + "[" * 5000 + "]" * 5000 + "}"


@pytest.mark.parametrize(("when", "made"), [("before_commit", 0), ("after_commit", 1)])
def test_a_delay_lets_the_client_give_up_before_or_after_the_work(
    simulator: Simulator, call: Call, body: dict[str, Any], when: Any, made: int
) -> None:
    simulator.script([Fault("delay", when=when, seconds=1)])
    with pytest.raises(requests.Timeout):
        requests.post(
            simulator.url + ENDPOINTS,
            json=body,
            headers={"Authorization": f"Bearer {simulator.api_key}"},
            timeout=0.5,
        )
    assert len(simulator.endpoints) == made
    while simulator.journal[0].status is None:
        time.sleep(0.01)
    assert len(simulator.endpoints) == 1


def test_faults_are_met_in_order_by_the_requests_that_match(
    simulator: Simulator, call: Call, body: dict[str, Any]
) -> None:
    simulator.script(
        [
            Fault("status", operation="createEndpoint", status=503, times=2),
            Fault("pass", operation="listEndpoints"),
            Fault("status", operation="listEndpoints", status=502),
            Fault("status", operation="createEndpoint", status=504),
        ]
    )
    assert [call("GET").status_code for _round in range(3)] == [200, 502, 200]
    assert [call("POST", json=body).status_code for _round in range(4)] == [503, 503, 504, 200]
    assert simulator.faults == ()


def test_the_connection_lives_on_unless_a_fault_breaks_it(
    simulator: Simulator, call: Call, body: dict[str, Any]
) -> None:
    call("GET")
    call("GET")
    simulator.script([Fault("status", status=500), Fault("truncate")])
    call("GET")
    with pytest.raises(requests.RequestException):
        call("GET")
    call("GET")
    assert [entry.connection for entry in simulator.journal] == [1, 1, 1, 1, 2]


def test_a_request_that_is_cut_anywhere_changes_nothing(
    simulator: Simulator, wire: Wire, caplog: pytest.LogCaptureFixture, body: dict[str, Any]
) -> None:
    length = len(wire.request(body))
    for at in range(0, length, 7):
        connection = Wire(simulator)
        connection.send(connection.request(body)[:at])
        connection.close()
    wire.send(wire.request(body))
    wire.chunk()
    assert len(simulator.endpoints) == 1
    assert len(simulator.journal) == 1
    assert caplog.records == []


def test_every_operation_can_fail() -> None:
    assert {*get_args(Operation)} == {"*", "useEndpoint", *OPERATIONS, *GATEWAY_OPERATIONS.values()}


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "explode"},
        {"kind": "reset", "when": "later"},
        {"kind": "hang", "times": 0},
        {"kind": "reset", "operation": "create"},
    ],
)
def test_a_wrong_fault_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="Fault"):
        Fault(**wrong)

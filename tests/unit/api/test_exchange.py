# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of an answer that never ends, is too large, or is no JSON?"""

from __future__ import annotations

import time as real_time
from typing import Literal

import pytest
from unit import passing
from unit.bodies import MINIMAL
from unit.talking import Time, calls, client

from ansible_collections.ppio.gpu.plugins.module_utils._api import exchange
from ansible_collections.ppio.gpu.plugins.module_utils._api.client import Client
from ansible_collections.ppio.gpu.plugins.module_utils._errors import AmbiguousResponse, InvalidResponse, PpioError
from simulator import Fault, Simulator
from simulator.faults import Operation

#: Real seconds that a server has for an answer here, and by which a test may be late.
LIMIT = 0.2
SLACK = 1.0


def impatient(simulator: Simulator) -> Client:
    return client(simulator.url, Time(), answer_within=LIMIT, retry_timeout=0)


ENDLESS = {
    "silence": Fault("hang", seconds=30),
    "silence in the headers": Fault("hang", when="while_answering", at=20, seconds=30),
    "silence in the body": Fault("hang", when="while_answering", seconds=30),
    "headers that drip": Fault("drip", when="after_commit", at=0, seconds=LIMIT / 4),
    "a body that drips": Fault("drip", when="after_commit", at=75, seconds=LIMIT / 4),
}


@pytest.mark.parametrize("how", ENDLESS)
def test_an_answer_that_takes_too_long_is_cut(simulator: Simulator, how: str) -> None:
    simulator.seed(MINIMAL)
    simulator.script([ENDLESS[how]])
    begun = real_time.monotonic()
    with pytest.raises(AmbiguousResponse, match="api_timeout"):
        list(impatient(simulator).listed())
    assert real_time.monotonic() - begun < 2 * LIMIT + SLACK


@pytest.mark.parametrize("how", ENDLESS)
def test_a_create_that_takes_too_long_is_of_unknown_outcome(simulator: Simulator, how: str) -> None:
    simulator.script([ENDLESS[how]])
    with pytest.raises(AmbiguousResponse, match="api_timeout"):
        impatient(simulator).create(MINIMAL)
    assert calls(simulator) == ["POST"]


def test_after_an_answer_that_was_cut_the_next_one_is_read(simulator: Simulator) -> None:
    identity = simulator.seed(MINIMAL)
    simulator.script([ENDLESS["a body that drips"], ENDLESS["silence"]])
    clock = Time()
    shown = client(simulator.url, clock, answer_within=LIMIT).read(identity)
    assert shown is not None
    assert shown["id"] == identity
    assert len(clock.pauses) == 2


@pytest.mark.parametrize("kind", ["flood", "bomb"])
def test_an_answer_is_bounded_in_size(simulator: Simulator, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setattr(exchange, "_LARGEST_ANSWER", 1000)
    simulator.script([Fault(kind, size=10_000_000)])  # type: ignore[arg-type]  # both are kinds
    with pytest.raises((AmbiguousResponse, InvalidResponse)):
        list(client(simulator.url, Time(), retry_timeout=0).listed())


def test_a_redirect_is_bounded_in_size_too(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "_LARGEST_ANSWER", 1000)
    body = "x" * 10_000_000
    simulator.script([Fault("redirect", status=302, headers={"Location": "/other"}, body=body)])
    with pytest.raises(PpioError):
        list(client(simulator.url, Time(), retry_timeout=0).listed())


def test_what_nobody_asked_to_compress_is_never_unpacked(simulator: Simulator) -> None:
    simulator.script([Fault("bomb", size=200_000_000)])
    with pytest.raises(InvalidResponse):
        list(client(simulator.url, Time(), answer_within=60, retry_timeout=0).listed())
    assert simulator.journal[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("size", [2_000, 100_000, 1_000_000])
def test_an_answer_may_be_nested_as_deeply_as_it_likes(simulator: Simulator, size: int) -> None:
    simulator.script([Fault("deep", size=size)])
    with pytest.raises(InvalidResponse):
        list(client(simulator.url, Time(), retry_timeout=0).listed())


@pytest.mark.parametrize(
    "body",
    ["", " ", "<html>502</html>", "{", "nul", "NaN", "'a'", "\ufeff{}", "7", '"x"', "[]", "1" * 10_000, "{} {}"],
)
def test_an_answer_that_is_no_object_is_a_bad_one(simulator: Simulator, body: str) -> None:
    simulator.script([Fault("wrong_json", status=200, body=body)])
    with pytest.raises(InvalidResponse):
        list(client(simulator.url, Time(), retry_timeout=0).listed())
    assert len(simulator.journal) == 1


def test_a_delete_may_be_answered_with_nothing(simulator: Simulator) -> None:
    identity = simulator.seed(MINIMAL)
    simulator.script([Fault("wrong_json", when="after_commit", status=200, body="")])
    client(simulator.url, Time()).delete(identity)
    assert simulator.endpoints == ()


def test_every_request_says_what_it_is(simulator: Simulator) -> None:
    client(simulator.url, Time()).create(MINIMAL)
    (entry,) = simulator.journal
    assert entry.headers["content-type"] == "application/json"
    assert entry.headers["accept"] == "application/json"
    assert "ppio" in entry.headers["user-agent"]
    assert entry.body == MINIMAL


#: Numbers of bytes that no answer has.
NONSENSE = {
    "a chunk of less than nothing": "Transfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n",
    "a length of 5000 digits": f"Content-Length: {'9' * 5000}\r\n\r\n{{}}",
}


def nonsense(operation: Operation, how: str, when: Literal["before_commit", "after_commit"]) -> Fault:
    return Fault("raw", operation, when=when, body=f"HTTP/1.1 200 OK\r\nConnection: close\r\n{NONSENSE[how]}")


@pytest.mark.parametrize("how", NONSENSE)
def test_a_number_that_makes_no_sense_leaves_the_answer_in_doubt(simulator: Simulator, how: str) -> None:
    identity = simulator.seed(MINIMAL)
    api = client(simulator.url, Time(), retry_timeout=0)
    simulator.script([nonsense("createEndpoint", how, "after_commit"), nonsense("getEndpoint", how, "after_commit")])
    with pytest.raises(AmbiguousResponse):
        api.create(MINIMAL)
    with pytest.raises(AmbiguousResponse):
        api.read(identity)


@pytest.mark.parametrize("how", NONSENSE)
def test_a_create_that_is_answered_with_nonsense_adopts_what_it_finds(
    simulator: Simulator, time: passing.Time, how: str
) -> None:
    simulator.script([nonsense("createEndpoint", how, "after_commit")])
    report = passing.run(simulator, time, {**MINIMAL, "wait": False})
    assert not report.failed, report.result["msg"]
    assert report.result["id"] == simulator.endpoints[0]["id"]
    assert [one.method for one in simulator.writes] == ["POST"]


@pytest.mark.parametrize("how", NONSENSE)
def test_a_create_that_is_answered_with_nonsense_and_finds_nothing_is_of_unknown_outcome(
    simulator: Simulator, time: passing.Time, how: str
) -> None:
    simulator.script([nonsense("createEndpoint", how, "before_commit")])
    report = passing.run(simulator, time, {**MINIMAL, "wait": False})
    assert report.failed
    assert "utcome unknown" in report.result["msg"]

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is sent again, when, and how often?"""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import ExitStack
from email.utils import formatdate
from typing import Any

import pytest
from unit.bodies import MINIMAL
from unit.talking import TODAY, Time, calls, client

from ansible_collections.ppio.gpu.plugins.module_utils._api.client import Client
from ansible_collections.ppio.gpu.plugins.module_utils._errors import (
    AmbiguousResponse,
    ConnectFailed,
    InvalidOptions,
    NotFound,
    Rejected,
)
from simulator import Fault, Simulator

UPDATE = {"name": "chat", "command": "--slow"}
#: What is done with the endpoint of this id, which is there.
REPEATABLE: dict[str, Callable[[Client, str], object]] = {
    "GET": lambda api, identity: api.read(identity),
    "list": lambda api, identity: list(api.listed()),
    "DELETE": lambda api, identity: api.delete(identity),
}
#: What is sent once.
UPDATES: dict[str, Callable[[Client, str], object]] = {"PUT": lambda api, identity: api.update(identity, UPDATE)}
CREATE: dict[str, Callable[[Client, str], object]] = {"POST": lambda api, _identity: api.create(MINIMAL)}
PASSING = [408, 425, 429, 500, 502, 503, 504]
LASTING = [400, 402, 403, 405, 410, 413, 422, 451]
REDIRECTS = [300, 301, 302, 303, 304, 305, 307, 308]
#: Ways in which an answer does not arrive.
BROKEN = {
    "reset before": Fault("reset"),
    "reset after": Fault("reset", when="after_commit"),
    "reset in the status line": Fault("reset", when="while_answering", at=5),
    "reset in the headers": Fault("reset", when="while_answering", at=30),
    "reset in the body": Fault("reset", when="while_answering"),
    "closed before": Fault("close"),
    "closed after": Fault("close", when="after_commit"),
    "closed in the body": Fault("truncate", when="after_commit"),
    "shorter than promised": Fault("wrong_length", when="after_commit", size=7),
    "no http at all": Fault("raw", body="hello\r\n\r\n"),
    "half a chunk": Fault("raw", body="HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{"),
    "a chunk of no size": Fault("raw", body="HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}"),
}


@pytest.fixture
def clock() -> Time:
    return Time()


@pytest.fixture
def identity(simulator: Simulator) -> str:
    return simulator.seed(MINIMAL)


@pytest.mark.parametrize("method", REPEATABLE)
@pytest.mark.parametrize("status", PASSING)
def test_a_passing_refusal_is_tried_again(
    simulator: Simulator, clock: Time, identity: str, method: str, status: int
) -> None:
    simulator.script([Fault("status", status=status, times=2)])
    REPEATABLE[method](client(simulator.url, clock), identity)
    assert len(calls(simulator)) == 3
    assert len(clock.pauses) == 2


@pytest.mark.parametrize("method", REPEATABLE)
@pytest.mark.parametrize("how", BROKEN)
def test_an_answer_that_does_not_arrive_is_asked_for_again(
    simulator: Simulator, clock: Time, identity: str, method: str, how: str
) -> None:
    simulator.script([BROKEN[how]])
    REPEATABLE[method](client(simulator.url, clock), identity)
    assert len(calls(simulator)) == 2


@pytest.mark.parametrize("status", [*PASSING, 409])
def test_an_update_is_never_sent_again_as_it_was(simulator: Simulator, clock: Time, identity: str, status: int) -> None:
    simulator.script([Fault("status", status=status)])
    with pytest.raises(Rejected if status in (409, 429) else AmbiguousResponse):
        client(simulator.url, clock).update(identity, UPDATE)
    assert len(simulator.writes) == 1
    assert clock.pauses == []


@pytest.mark.parametrize("how", BROKEN)
def test_an_update_whose_answer_does_not_arrive_is_in_doubt(
    simulator: Simulator, clock: Time, identity: str, how: str
) -> None:
    simulator.script([BROKEN[how]])
    with pytest.raises(AmbiguousResponse):
        client(simulator.url, clock).update(identity, UPDATE)
    assert len(simulator.writes) == 1


@pytest.mark.parametrize("method", [*REPEATABLE, *UPDATES])
@pytest.mark.parametrize("status", [*LASTING, *REDIRECTS, 501])
def test_a_lasting_refusal_is_not_tried_again(
    simulator: Simulator, clock: Time, identity: str, method: str, status: int
) -> None:
    # A list is asked for once more without a page size, which may be what was refused.
    expected = 2 if method == "list" and status in (400, 422) else 1
    simulator.script([Fault("status", status=status, times=expected)])
    with pytest.raises((Rejected, AmbiguousResponse)) as refused:
        (REPEATABLE | UPDATES)[method](client(simulator.url, clock), identity)
    assert str(status) in refused.value.message
    assert refused.value.call is not None
    assert refused.value.call.status == status
    assert len(calls(simulator)) == expected
    assert clock.pauses == []


@pytest.mark.parametrize("status", [*PASSING, *REDIRECTS, 409, 501, 520])
def test_a_create_is_never_sent_again_and_its_outcome_is_unknown(
    simulator: Simulator, clock: Time, status: int
) -> None:
    simulator.script([Fault("status", status=status)])
    expected = Rejected if status == 429 else AmbiguousResponse
    with pytest.raises(expected):
        client(simulator.url, clock).create(MINIMAL)
    assert calls(simulator) == ["POST"]


@pytest.mark.parametrize("status", LASTING)
def test_a_create_that_the_api_refuses_is_refused(simulator: Simulator, clock: Time, status: int) -> None:
    simulator.script([Fault("status", status=status)])
    with pytest.raises(Rejected):
        client(simulator.url, clock).create(MINIMAL)
    assert calls(simulator) == ["POST"]


@pytest.mark.parametrize("how", BROKEN)
def test_a_create_whose_answer_does_not_arrive_is_never_sent_again(simulator: Simulator, clock: Time, how: str) -> None:
    simulator.script([BROKEN[how]])
    with pytest.raises(AmbiguousResponse):
        client(simulator.url, clock).create(MINIMAL)
    assert calls(simulator) == ["POST"]


@pytest.mark.parametrize("body", ["", "{", "[]", "{}", "null", '"ep-1"', '{"id": 7}', '{"id": ""}', '{"id": ".."}'])
def test_a_create_without_a_usable_id_is_of_unknown_outcome(simulator: Simulator, clock: Time, body: str) -> None:
    simulator.script([Fault("wrong_json", when="after_commit", status=200, body=body)])
    with pytest.raises(AmbiguousResponse):
        client(simulator.url, clock).create(MINIMAL)
    assert calls(simulator) == ["POST"]


def test_a_create_goes_over_a_connection_of_its_own(simulator: Simulator, clock: Time, identity: str) -> None:
    api = client(simulator.url, clock)
    api.read(identity)
    api.read(identity)
    api.create({**MINIMAL, "name": "other"})
    first, second, create = (entry.connection for entry in simulator.journal)
    assert first == second != create


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@pytest.mark.parametrize("method", ["GET", "list", "DELETE", "POST"])
def test_what_never_found_a_server_is_tried_again_even_a_create(method: str) -> None:
    port = free_port()
    with ExitStack() as stack:
        started: list[Simulator] = []

        def start() -> None:
            if not started:
                started.append(stack.enter_context(Simulator(port=port)))

        api = client(f"http://127.0.0.1:{port}", Time(on_pause=start))
        (REPEATABLE | CREATE)[method](api, "ep-none")
        assert len(calls(started[0])) == 1


@pytest.mark.parametrize("budget", [0, 1, 30, 120])
def test_tries_without_a_server_end_with_the_budget(clock: Time, budget: int) -> None:
    api = client(f"http://127.0.0.1:{free_port()}", clock, retry_timeout=budget)
    with pytest.raises(ConnectFailed, match=r"no connection to 127\.0\.0\.1"):
        api.create(MINIMAL)
    assert clock.passed <= budget
    assert bool(clock.pauses) == (budget > 0)


def test_pauses_double_up_to_twenty_seconds_and_chance_makes_them_shorter(simulator: Simulator) -> None:
    for chance in (1.0, 0.25):
        simulator.script([Fault("status", status=503, times=100)])
        clock = Time(chance)
        with pytest.raises(Rejected):
            list(client(simulator.url, clock, retry_timeout=100).listed())
        full = [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 20.0, 20.0, 20.0, 20.0]
        assert clock.pauses[:6] == [pause * chance for pause in full[:6]]
        assert max(clock.pauses) <= 20
        assert clock.passed <= 100


@pytest.mark.parametrize("fault", [Fault("status", status=503, times=9), Fault("reset", times=9)], ids=["503", "reset"])
def test_without_a_budget_everything_is_tried_once(simulator: Simulator, clock: Time, fault: Fault) -> None:
    simulator.script([fault])
    with pytest.raises((Rejected, AmbiguousResponse)):
        list(client(simulator.url, clock, retry_timeout=0).listed())
    assert len(calls(simulator)) == 1


def http_date(seconds: float) -> str:
    return formatdate(TODAY + seconds, usegmt=True)


#: The header, and the pause that it asks for; None: whatever would have been without it.
RETRY_AFTER = {
    "3": 3.0,
    "0": None,
    " 7 ": 7.0,
    "007": 7.0,
    http_date(30): 30.0,
    http_date(0): None,
    http_date(-1000): None,
    "-5": None,
    "1.5": None,
    "+5": None,
    "soon": None,
    "": None,
    "٣": None,
    "Thu, 99 Foo 2026 00:00:00 GMT": None,
    "Thu, 01 Jan 99999 00:00:00 GMT": None,
}


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("told", RETRY_AFTER)
def test_a_pause_that_the_api_asks_for_is_kept(
    simulator: Simulator, clock: Time, identity: str, told: str, status: int
) -> None:
    simulator.script([Fault("status", status=status, headers={"Retry-After": told})])
    assert client(simulator.url, clock).read(identity)
    expected = RETRY_AFTER[told]
    assert clock.passed == pytest.approx(0.5 if expected is None else expected)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("told", ["121", "86400", "999999999", http_date(7200), http_date(10**9)])
def test_a_pause_beyond_the_budget_fails_at_once_and_is_quoted(
    simulator: Simulator, clock: Time, identity: str, told: str, status: int
) -> None:
    simulator.script([Fault("status", status=status, headers={"Retry-After": told}, times=9)])
    with pytest.raises((Rejected, AmbiguousResponse)) as refused:
        client(simulator.url, clock).update(identity, UPDATE)
    assert told in refused.value.message
    assert "retry_timeout" in refused.value.message
    assert clock.pauses == []
    assert calls(simulator) == ["PUT"]


@pytest.mark.parametrize("missing", ["400", "404"])
def test_what_is_not_there_is_none_to_get_an_error_to_update_and_fine_to_delete(
    simulator: Simulator, clock: Time, missing: Any
) -> None:
    simulator.settings = type(simulator.settings)(missing=missing)
    api = client(simulator.url, clock)
    assert api.read("ep-none") is None
    with pytest.raises(NotFound):
        api.update("ep-none", UPDATE)
    api.delete("ep-none")
    assert calls(simulator) == ["GET", "PUT", "DELETE"]


@pytest.mark.parametrize("url", ["http://localhost:1", "https://[::1]:1"])
def test_a_host_that_is_not_there_is_named(url: str) -> None:
    with pytest.raises(ConnectFailed) as unsent:
        client(url, Time(), retry_timeout=0).read("ep-1")
    assert url.partition("://")[2] in unsent.value.message


@pytest.mark.parametrize("url", ["https://a..b", f"https://{'a' * 300}.com"])
def test_a_host_that_can_never_be_one_is_no_traceback(url: str) -> None:
    with pytest.raises((InvalidOptions, ConnectFailed)):
        client(url, Time(), retry_timeout=0).read("ep-1")

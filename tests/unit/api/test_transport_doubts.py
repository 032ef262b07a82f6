# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does a write stay in doubt as long as it may have arrived, and does nobody wait longer than the budget?"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import trustme
from unit.talking import Time, client

from ansible_collections.ppio.gpu.plugins.module_utils._api.client import Client
from ansible_collections.ppio.gpu.plugins.module_utils._api.throttle import AdaptiveLimiter
from ansible_collections.ppio.gpu.plugins.module_utils._errors import (
    AmbiguousResponse,
    InvalidResponse,
    NotAttempted,
    Rejected,
    TlsFailed,
    Unsupported,
)
from campaign.schedules import WANTED
from simulator import Fault, Settings, Simulator

#: A record of TLS that no key decrypts.
GARBAGE = b"\x17\x03\x03\x00\x20" + bytes(32)
UPDATE = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_path(authority: trustme.CA, tmp_path: Path) -> str:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return str(tmp_path / "ca.pem")


@contextmanager
def _breaking_tls(authority: trustme.CA) -> Iterator[str]:
    """A server that reads a request and answers with what is no TLS any more."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _address = listener.accept()
            with context.wrap_socket(connection, server_side=True) as secure:
                secure.recv(65536)
                with socket.socket(fileno=secure.detach()) as plain:
                    plain.sendall(GARBAGE)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"https://localhost:{listener.getsockname()[1]}"
        thread.join()


@contextmanager
def _answering_once(answer: bytes) -> Iterator[str]:
    """A server that answers one request and is gone then."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _address = listener.accept()
        listener.close()
        with connection:
            connection.recv(65536)
            connection.sendall(answer)

    thread = threading.Thread(target=serve)
    thread.start()
    yield f"http://localhost:{listener.getsockname()[1]}"
    thread.join()


def test_a_create_is_in_doubt_when_tls_breaks_after_it_was_sent(authority: trustme.CA, ca_path: str) -> None:
    with _breaking_tls(authority) as url, pytest.raises(AmbiguousResponse):
        client(url, Time(), ca_path=ca_path).create(WANTED)


def test_a_read_is_not_tried_again_when_tls_breaks(authority: trustme.CA, ca_path: str) -> None:
    with _breaking_tls(authority) as url, pytest.raises(TlsFailed):
        client(url, Time(), ca_path=ca_path).read("ep-1")


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"], ids=["nothing", "502"]
)
def test_an_update_without_a_usable_answer_is_in_doubt(answer: bytes) -> None:
    with _answering_once(answer) as url, pytest.raises(AmbiguousResponse):
        client(url, Time()).update("ep-1", {"command": "--new"})


def test_a_create_that_was_refused_for_now_is_in_no_doubt(simulator: Simulator) -> None:
    simulator.script([Fault("status", operation="createEndpoint", status=429)])
    with pytest.raises(Rejected):
        client(simulator.url, Time()).create(WANTED)


@pytest.mark.parametrize("status", [100, 103, 199])
def test_an_answer_before_the_answer_leaves_a_create_in_doubt(status: int) -> None:
    with _answering_once(b"HTTP/1.1 %d Wait\r\n\r\n" % status) as url, pytest.raises(AmbiguousResponse):
        client(url, Time()).create(WANTED)


@pytest.mark.parametrize("status", [500, 507, 520, 599])
def test_every_server_error_passes(simulator: Simulator, status: int) -> None:
    simulator.script([Fault("status", operation="listEndpoints", status=status)])
    assert list(client(simulator.url, Time()).listed()) == []


@pytest.mark.parametrize("told", ["121", "99999999999999", "9" * 400])
def test_nobody_waits_for_longer_than_the_budget(simulator: Simulator, told: str) -> None:
    simulator.script([Fault("status", operation="listEndpoints", status=429, headers={"Retry-After": told})])
    clock = Time()
    talker = client(simulator.url, clock)
    with pytest.raises(Rejected, match=told):
        list(talker.listed())
    # Nor does whatever comes next.
    assert list(talker.listed()) == []
    assert clock.passed <= 120


def test_a_later_page_that_is_missing_does_not_mean_that_there_is_no_list(simulator: Simulator) -> None:
    simulator.settings = Settings(page_size=1)
    simulator.seed(WANTED)
    simulator.seed({**WANTED, "name": "other"})
    simulator.script([Fault("pass", operation="listEndpoints"), Fault("status", operation="listEndpoints", status=404)])
    with pytest.raises(Rejected) as refused:
        list(client(simulator.url, Time()).listed())
    assert not isinstance(refused.value, Unsupported)


def test_a_cursor_with_half_a_character_is_no_cursor(simulator: Simulator) -> None:
    page = b'{"data": [], "has_more": true, "next_cursor": "\\ud800"}'
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(page)
    with _answering_once(head + page) as url, pytest.raises(InvalidResponse):
        list(client(url, Time()).listed())


def _stopped_in_its_first_pause(url: str) -> Client:
    """The client of a task that is stopped after its first try."""
    limiter = AdaptiveLimiter(1, Time().clock)
    clock = Time(on_pause=limiter.close)
    talker = client(url, clock)
    return replace(talker, transport=talker.transport.for_thread(limiter))


@pytest.mark.parametrize(
    "fault",
    [Fault("close", "deleteEndpoint", when="after_commit"), Fault("status", "deleteEndpoint", status=503)],
    ids=["closed", "503"],
)
def test_a_write_that_may_have_arrived_stays_in_doubt_when_the_task_is_stopped(
    simulator: Simulator, fault: Fault
) -> None:
    identity = simulator.seed(WANTED)
    simulator.script([fault])
    with pytest.raises(AmbiguousResponse, match="the task was stopped"):
        _stopped_in_its_first_pause(simulator.url).delete(identity)
    assert len(simulator.journal) == 1


def test_a_write_that_cannot_have_arrived_is_in_no_doubt_when_the_task_is_stopped(simulator: Simulator) -> None:
    identity = simulator.seed(WANTED)
    simulator.script([Fault("status", "deleteEndpoint", status=429)])
    with pytest.raises(NotAttempted):
        _stopped_in_its_first_pause(simulator.url).delete(identity)
    assert len(simulator.journal) == 1

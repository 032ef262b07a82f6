# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How do bytes become requests, and answers bytes?

One thread runs an event loop that serves all connections, so that each call is one step: nothing interleaves inside it.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from urllib.parse import parse_qsl
from weakref import WeakKeyDictionary

from aiohttp import web

from . import api, control, gateway, service
from .contract import contract
from .faults import Fault
from .journal import Entry, Journal
from .messages import Answer, RefusalError, Request
from .replies import Reply, fault_reply, reply_of
from .state import BugNet, State
from .wire import BREAKING_KINDS, break_connection, break_of

HOST = "127.0.0.1"
# Faults that leave the answer as it is.
PASSING_KINDS = frozenset({"pass", "delay"})
# How long a call may still take that is not cut off by the end of its connection.
STOP_SECONDS = 0.2


@dataclass(frozen=True)
class Door:
    """Who answers a request, under which name faults know it, and where it is written down."""

    answer: Callable[[State, Request], Answer]
    operation: str
    journal: Journal


@dataclass(frozen=True)
class Place:
    """An entry of a journal."""

    journal: Journal
    number: int


class Server:
    """An HTTP server on loopback in a thread of its own. Port 0 takes a free one."""

    def __init__(self, state: State, port: int = 0) -> None:
        self._state = state
        self._socket = socket.create_server((HOST, port))
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="simulator", daemon=True)
        self._stopping = asyncio.Event()
        self._connections: WeakKeyDictionary[asyncio.Transport, int] = WeakKeyDictionary()
        self._numbers = count(1)
        state.origin = f"http://{HOST}:{self._socket.getsockname()[1]}"

    def start(self) -> None:
        contract()  # loaded now, so that no request has to wait for it
        self._thread.start()

    def stop(self) -> None:
        """End all connections, hanging ones too, and wait for the thread."""
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        runner = web.ServerRunner(web.Server(self._handle, access_log=None), shutdown_timeout=STOP_SECONDS)
        await runner.setup()
        await web.SockSite(runner, self._socket).start()
        await self._stopping.wait()
        # What hangs ends by this, before aiohttp gives it up: it stumbles over a call that ends in that very moment.
        for transport in list(self._connections):
            transport.abort()
        await runner.cleanup()

    async def _handle(self, incoming: web.BaseRequest) -> web.StreamResponse:
        try:
            request = await received(incoming)
        except (ConnectionError, web.RequestPayloadError):
            # The client went away in the middle of its request, which therefore never happened.
            return web.Response()
        if request.path.startswith(control.PREFIX):
            return self._at_once(control.answer, request)
        if request.path.startswith(service.LOG_PREFIX):
            return self._at_once(service.log_answer, request)
        with BugNet(self._state.bugs):
            return await self._handle_call(incoming, request, door_of(self._state, request))

    def _at_once(self, answer: Callable[[State, Request], Answer], request: Request) -> web.Response:
        with self._state.lock, BugNet(self._state.bugs):
            return sent(reply_of(answer(self._state, request)))

    async def _handle_call(self, incoming: web.BaseRequest, request: Request, door: Door) -> web.StreamResponse:
        """Answer a call, or meet the fault that the script holds for it."""
        state, journal = self._state, door.journal
        with state.lock:
            number = journal.open(entry_of(request, self._connection(incoming), state.clock.now()))
            fault = state.faults.take(door.operation) or Fault("pass")
            latency = state.settings.latency
        await asyncio.sleep(latency)
        if fault.kind == "delay" and fault.when == "before_commit":
            await asyncio.sleep(fault.seconds)
        answer = None
        if fault.kind in PASSING_KINDS or fault.when != "before_commit":
            with state.lock:
                answer = door.answer(state, request)
                journal.close(number, None, answer.committed)
        if fault.kind == "delay" and fault.when != "before_commit":
            await asyncio.sleep(fault.seconds)
        return await self._respond(incoming, Place(journal, number), fault, answer)

    async def _respond(
        self, incoming: web.BaseRequest, place: Place, fault: Fault, answer: Answer | None
    ) -> web.StreamResponse:
        if fault.kind in BREAKING_KINDS and incoming.transport:
            plan = break_of(fault, answer)
            self._close_entry(place, plan.status, answer)
            await break_connection(incoming.transport, plan)
            return web.Response()
        reply = reply_of(answer) if answer and fault.kind in PASSING_KINDS else fault_reply(fault, answer)
        self._close_entry(place, reply.status, answer)
        return sent(reply)

    def _connection(self, incoming: web.BaseRequest) -> int:
        """The number of the connection on which a request came, or 0 if it is gone already."""
        if incoming.transport is None:
            return 0
        if incoming.transport not in self._connections:
            self._connections[incoming.transport] = next(self._numbers)
        return self._connections[incoming.transport]

    def _close_entry(self, place: Place, status: int | None, answer: Answer | None) -> None:
        with self._state.lock:
            place.journal.close(place.number, status, answer.committed if answer else None)


def door_of(state: State, request: Request) -> Door:
    if request.path.startswith(service.SERVICE_PREFIX):
        return Door(service.answer, "useEndpoint", state.visits)
    if request.path.startswith(gateway.GATEWAY_PREFIX):
        return Door(gateway.answer, gateway.operation_name(request), state.visits)
    return Door(api.answer, operation_name(request), state.journal)


async def received(incoming: web.BaseRequest) -> Request:
    body = await incoming.content.read()
    path, _separator, query = incoming.raw_path.partition("?")
    headers = {name.lower(): value for name, value in incoming.headers.items()}
    return Request(incoming.method, path, dict(parse_qsl(query, keep_blank_values=True)), headers, body)


def sent(reply: Reply) -> web.Response:
    return web.Response(
        status=reply.status, body=reply.body, headers={"Content-Type": "application/json", **reply.headers}
    )


def entry_of(request: Request, connection: int, now: float) -> Entry:
    return Entry(
        method=request.method,
        path=request.path,
        query=request.query,
        body=request.json,
        status=None,
        when=now,
        connection=connection,
        headers=request.headers,
    )


def operation_name(request: Request) -> str:
    """The operation of the contract that a request means, or "" if there is none."""
    try:
        return contract().call(request).operation.name
    except RefusalError:
        return ""

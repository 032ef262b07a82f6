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
from itertools import count
from urllib.parse import parse_qsl
from weakref import WeakKeyDictionary

from aiohttp import web

from . import calls, control, service
from .contract import contract
from .messages import Answer, Request
from .replies import Reply, reply_of
from .state import BugNet, State
from .wire import break_connection

HOST = "127.0.0.1"
# How long a call may still take that is not cut off by the end of its connection.
STOP_SECONDS = 0.2


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
            return await self._handle_call(incoming, request)

    def _at_once(self, answer: Callable[[State, Request], Answer], request: Request) -> web.Response:
        with self._state.lock, BugNet(self._state.bugs):
            return sent(reply_of(answer(self._state, request)))

    async def _handle_call(self, incoming: web.BaseRequest, request: Request) -> web.StreamResponse:
        """Answer a call, or meet the fault that the script holds for it."""
        state = self._state
        with state.lock:
            call = calls.arrived(state, request, self._connection(incoming))
            latency = state.settings.latency
        before, after = call.held_up
        await asyncio.sleep(latency + before)
        with state.lock:
            answer = calls.carried_out(state, call)
        await asyncio.sleep(after)
        with state.lock:
            reaction = calls.reaction(call, answer, breakable=incoming.transport is not None)
        if isinstance(reaction, Reply):
            return sent(reaction)
        if incoming.transport:
            await break_connection(incoming.transport, reaction)
        return web.Response()

    def _connection(self, incoming: web.BaseRequest) -> int:
        """The number of the connection on which a request came, or 0 if it is gone already."""
        if incoming.transport is None:
            return 0
        if incoming.transport not in self._connections:
            self._connections[incoming.transport] = next(self._numbers)
        return self._connections[incoming.transport]


async def received(incoming: web.BaseRequest) -> Request:
    body = await incoming.content.read()
    path, _separator, query = incoming.raw_path.partition("?")
    headers = {name.lower(): value for name, value in incoming.headers.items()}
    return Request(incoming.method, path, dict(parse_qsl(query, keep_blank_values=True)), headers, body)


def sent(reply: Reply) -> web.Response:
    return web.Response(
        status=reply.status, body=reply.body, headers={"Content-Type": "application/json", **reply.headers}
    )

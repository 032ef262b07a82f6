# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How does a call reach a simulator that has no server?

The core above the wire is the real one, and so is everything that reads an answer. What a socket would do is done here
by function calls: the simulator's service answers, and time is the simulator's clock.
"""

from __future__ import annotations

import errno
import http.client
import io
import json
import os
import socket
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

import requests
from requests.structures import CaseInsensitiveDict
from urllib3 import HTTPResponse
from urllib3.exceptions import ProtocolError

from ansible_collections.ppio.gpu.plugins.module_utils._api.connection import Route
from ansible_collections.ppio.gpu.plugins.module_utils._api.exchange import Answer, Request, exchanged
from ansible_collections.ppio.gpu.plugins.module_utils._api.wire import Wiring, longest_exchange, unending
from ansible_collections.ppio.gpu.plugins.module_utils._clock import Clock
from simulator import SimulatedApi, calls
from simulator.calls import Arrived
from simulator.messages import Request as Received
from simulator.replies import Reply
from simulator.wire import Break

from .events import EventClock

__all__ = ["LocalSimulator", "SimulatedWire"]

_BODILESS = frozenset({204, 304})


class LocalSimulator(SimulatedApi):
    """A simulator in this process, without a server."""

    def __init__(self) -> None:
        self.events = EventClock()
        super().__init__(clock=self.events)
        # Nobody connects to it. A name, because an address is taken apart several times in each run.
        self.state.origin = "http://localhost:1"

    def wiring(self, clock: Clock) -> Wiring:
        """Leads a controller with this clock here."""
        return partial(SimulatedWire, self, clock)


class SimulatedWire:
    """Carries requests to a simulator in this process. `clock` is the controller's, whose pauses let others act."""

    def __init__(self, simulator: LocalSimulator, clock: Clock, route: Route) -> None:
        self._simulator = simulator
        self._state = simulator.state
        self._events = simulator.events
        self._clock = clock
        self._route = route

    def exchanged(self, request: Request, *, fresh: bool) -> Answer:
        """The answer as the core reads it. No connection is kept, so each is a fresh one."""
        del fresh
        answer = exchanged(request, self._route, self._sent)
        self._simulator.on_answer()
        return answer

    def _sent(self, request: Request, route: Route) -> requests.Response:
        call = calls.arrived(self._state, _received(request, route), 0)
        if any(call.held_up):
            self._hold_up(call)
            return cast("requests.Response", _Whole(cast("Reply", self._reaction(call))))
        reaction = self._reaction(call)
        if isinstance(reaction, Reply):
            return cast("requests.Response", _Whole(reaction))
        return self._rest_of(request, reaction)

    def _reaction(self, call: Arrived) -> Reply | Break:
        return calls.reaction(call, calls.carried_out(self._state, call))

    def _hold_up(self, call: Arrived) -> None:
        """Let the time pass for which a call is held up, or as much of it as the client waits."""
        before, after = call.held_up
        limit = self._route.api_timeout
        if before + after < limit:
            self._clock.sleep(before + after)
            return
        # The client goes away; the server does not know, and does its work when it comes to it.
        self._events.at(self._events.now() + before, lambda: self._reaction(call))
        self._clock.sleep(limit)
        raise requests.exceptions.ReadTimeout

    def _rest_of(self, request: Request, reaction: Break) -> requests.Response:
        """What the core reads from a connection that breaks."""
        limit = self._route.api_timeout
        if reaction.dripping and reaction.pause < limit:
            seconds = reaction.pause * len(reaction.dripping)
            if seconds >= longest_exchange(self._route):
                self._clock.sleep(longest_exchange(self._route))
                raise unending(request, self._route)
            self._clock.sleep(seconds)
            return _read(_Connection(reaction.first + reaction.dripping, _closed))
        if reaction.pause >= limit:
            return _read(_Connection(reaction.first, self._time_out))
        if reaction.pause:
            self._clock.sleep(reaction.pause)
        return _read(_Connection(reaction.first, _reset if reaction.is_reset else _closed))

    def _time_out(self) -> None:
        self._clock.sleep(self._route.api_timeout)
        raise TimeoutError


def _received(request: Request, route: Route) -> Received:
    """The request as the server gets it."""
    body = request.content or b""
    headers = {name.lower(): value for name, value in {**request.headers, **route.credentials}.items()}
    if request.body is not None:
        body = json.dumps(request.body, allow_nan=False).encode()
        headers["content-type"] = "application/json"
    return Received(request.method, request.path, request.query, headers, body)


@dataclass(frozen=True)
class _Whole:
    """A response that came whole, as far as the core reads it."""

    reply: Reply

    @property
    def status_code(self) -> int:
        return self.reply.status

    @property
    def headers(self) -> Mapping[str, str]:
        return CaseInsensitiveDict(self.reply.headers) if self.reply.headers else {}

    @property
    def raw(self) -> _Whole:
        return self

    def stream(self, _size: int, *, decode_content: bool) -> Iterator[bytes]:
        """The body, which is not decoded."""
        del decode_content
        yield b"" if self.reply.status in _BODILESS else self.reply.body

    def __enter__(self) -> _Whole:
        return self

    def __exit__(self, *_error: object) -> None:
        """Nothing is held."""


class _Connection(io.RawIOBase):
    """The side of a connection that one reads from: some bytes, and then its end."""

    def __init__(self, content: bytes, end: Callable[[], None]) -> None:
        self._content = io.BytesIO(content)
        self._end = end

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        size = self._content.readinto(buffer)
        if not size:
            self._end()
        return size

    def makefile(self, _mode: str) -> io.BufferedReader:
        """As a socket's."""
        return io.BufferedReader(self)


def _closed() -> None:
    """The end of what there is to read."""


def _reset() -> None:
    raise ConnectionResetError(errno.ECONNRESET, os.strerror(errno.ECONNRESET))


def _read(connection: _Connection) -> requests.Response:
    """The response that stands in a connection. Raises what `requests` raises where there is none."""
    message = http.client.HTTPResponse(cast(socket.socket, connection))
    try:
        message.begin()
    except (http.client.HTTPException, OSError) as error:
        # Before what it reads from is finalised, which Python 3.13 complains of.
        message.close()
        if isinstance(error, TimeoutError):
            raise requests.exceptions.ReadTimeout(error) from error
        raise requests.exceptions.ConnectionError(ProtocolError("Connection aborted.", error)) from error
    response = requests.Response()
    response.status_code = message.status
    headers = dict(message.headers.items())
    response.headers = CaseInsensitiveDict(headers)
    response.raw = HTTPResponse(message, headers, message.status, preload_content=False, decode_content=False)
    return response

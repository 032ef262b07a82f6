# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The wire: how one request travels, and how it ends in time.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol, TypeAlias

from .._errors import AmbiguousResponse, Call
from .connection import Adapter, Route
from .exchange import LONGEST_CONNECT, Answer, Request, exchanged, sent
from .thread import Worker

__all__ = ["HttpWire", "Wire", "Wiring", "longest_exchange", "unending"]


class Wire(Protocol):
    """Carries requests to one origin, one at a time."""

    def exchanged(self, request: Request, *, fresh: bool) -> Answer:
        """The answer to one request, on a new connection if `fresh`.

        Raises ConnectFailed, AmbiguousResponse, TlsFailed or InvalidOptions where there is none.
        """


#: Makes a wire for a route; each thread needs one of its own.
Wiring: TypeAlias = Callable[[Route], Wire]


class HttpWire:
    """Carries requests over HTTP."""

    def __init__(self, route: Route) -> None:
        self._route = route
        self._adapter: Adapter | None = None
        self._worker = Worker()

    def exchanged(self, request: Request, *, fresh: bool) -> Answer:
        """The answer, or AmbiguousResponse when it does not end in time.

        In a thread of its own: a server that drips its answer byte by byte never lets a socket's timeout expire.
        """
        if fresh and self._adapter:
            self._adapter.close()
        try:
            return self._worker.result(partial(self._answer, request), longest_exchange(self._route))
        except TimeoutError:
            self._reconnect()
            raise unending(request, self._route) from None

    def _answer(self, request: Request) -> Answer:
        # Made where it is needed: certificates that cannot be used any more must not hide what was lost before.
        adapter = self._adapter = self._adapter or Adapter(self._route)
        return exchanged(request, self._route, partial(sent, adapter))

    def _reconnect(self) -> None:
        """Take new connections and a new thread: what is stuck keeps the old ones."""
        self._adapter = None
        self._worker = Worker()


def longest_exchange(route: Route) -> float:
    """Seconds after which an exchange is given up that has not ended by itself."""
    return route.api_timeout + min(route.api_timeout, LONGEST_CONNECT)


def unending(request: Request, route: Route) -> AmbiguousResponse:
    """The error of an exchange that is given up."""
    cause = f"the answer did not end within {route.api_timeout:g} s ({route.timeout_option})."
    return AmbiguousResponse(request.failed(cause), Call(request.method, route.path_of(request.path)))

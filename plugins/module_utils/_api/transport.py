# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The transport: how requests travel, what is retried, and how each ends in time.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from .._clock import Clock, Deadline, backoff_delays, retry_after_seconds
from .._errors import AmbiguousResponse, Call, ConnectFailed, PpioError
from .connection import Adapter, Route
from .exchange import LONGEST_CONNECT, TOO_MANY, Answer, Request, exchanged
from .throttle import AdaptiveLimiter
from .worker import Worker

__all__ = ["Transport"]


class Transport:
    """Sends requests to one origin, one at a time. Each call says until when it may be tried again."""

    def __init__(self, connection: Route, clock: Clock, limiter: AdaptiveLimiter | None = None) -> None:
        """`limiter` is shared by all transports that may send at the same time."""
        self.connection = connection
        self.clock = clock
        self._limiter = limiter or AdaptiveLimiter(1, clock)
        self._adapter: Adapter | None = None
        self._worker = Worker()

    def hide(self, values: Iterable[str]) -> None:
        """Show these values in no error from now on: the API may repeat what it was sent."""
        self.connection.secrets.add(values)

    def for_thread(self, limiter: AdaptiveLimiter) -> Transport:
        """Another one of the same kind, for another thread."""
        return Transport(self.connection, self.clock, limiter)

    def send(self, request: Request, deadline: Deadline) -> Answer:
        """Send a request that does no harm twice, until the answer is one that a repetition would not better.

        At the deadline, raises ConnectFailed or AmbiguousResponse, or returns the last answer.
        """
        doubtful = False
        for delay in backoff_delays(self.clock):
            try:
                answer = replace(self._exchange(request, deadline), doubtful=doubtful)
            except ConnectFailed as error:
                self.rest(delay, AmbiguousResponse(error.message, error.call) if doubtful else error, deadline)
                continue
            except AmbiguousResponse as error:
                doubtful = True
                self.rest(delay, error, deadline)
                continue
            pause = retry_after_seconds(answer.call.retry_after, self.clock) or delay
            if not answer.is_transient or pause >= deadline.remaining:
                return answer
            doubtful = doubtful or answer.status != TOO_MANY
            self.clock.sleep(pause)
        raise AssertionError("backoff delays never end")

    def send_once(self, request: Request, deadline: Deadline) -> Answer:
        """Send a request that must not arrive twice: repeated only while no connection comes about.

        On a fresh connection: one that the server closed a moment ago would make a harmless case look ambiguous.
        Raises ConnectFailed at the deadline, and AmbiguousResponse when the request may have arrived.
        """
        for delay in backoff_delays(self.clock):
            if self._adapter:
                self._adapter.close()
            try:
                return self._exchange(request, deadline)
            except ConnectFailed as error:
                self.rest(delay, error, deadline)
        raise AssertionError("backoff delays never end")

    def rest(self, seconds: float, error: PpioError, deadline: Deadline) -> None:
        """Pause before another try, or raise `error` where the deadline does not allow one."""
        if seconds >= deadline.remaining:
            raise error
        self.clock.sleep(seconds)

    def _exchange(self, request: Request, deadline: Deadline) -> Answer:
        """One request, one answer, as soon as the limiter lets it pass."""
        with self._limiter.passage():
            answer = self._answer_in_time(request)
        if answer.status == TOO_MANY:
            told = retry_after_seconds(answer.call.retry_after, self.clock)
            # A pause that no deadline allows is for nobody: whoever is next hears of it at once, too.
            self._limiter.slow_down(told if told < deadline.remaining else 0.0)
        else:
            self._limiter.speed_up()
        return answer

    def _answer_in_time(self, request: Request) -> Answer:
        """The answer, or AmbiguousResponse when it does not end in time.

        In a thread of its own: a server that drips its answer byte by byte never lets a socket's timeout expire.
        """
        limit = self.connection.api_timeout
        try:
            return self._worker.result(partial(self._answer, request), limit + min(limit, LONGEST_CONNECT))
        except TimeoutError:
            self._reconnect()
            call = Call(request.method, request.path)
            cause = f"the answer did not end within {limit:g} s ({self.connection.timeout_option})."
            raise AmbiguousResponse(request.failed(cause), call) from None

    def _answer(self, request: Request) -> Answer:
        # Made where it is needed: certificates that cannot be used any more must not hide what was lost before.
        self._adapter = self._adapter or Adapter(self.connection)
        return exchanged(request, self.connection, self._adapter)

    def _reconnect(self) -> None:
        """Take new connections and a new thread: what is stuck keeps the old ones."""
        self._adapter = None
        self._worker = Worker()

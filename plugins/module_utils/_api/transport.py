# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The transport: what is retried, and when the next request may go.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from dataclasses import replace

from .._clock import Clock, Deadline, backoff_delays, retry_after_seconds
from .._errors import AmbiguousResponse, ConnectFailed, NotAttempted, PpioError
from .._progress import SILENT, ProgressReporter
from .connection import Route
from .exchange import TOO_MANY, Answer, Request
from .throttle import AdaptiveLimiter
from .wire import HttpWire, Wiring

__all__ = ["Transport"]


class Transport:
    """Sends requests to one origin, one at a time. Each call says until when it may be tried again."""

    def __init__(
        self,
        connection: Route,
        clock: Clock,
        limiter: AdaptiveLimiter | None = None,
        wiring: Wiring = HttpWire,
        progress: ProgressReporter = SILENT,
    ) -> None:
        """`limiter` is shared by all transports that may send at the same time. `progress` hears of retries."""
        self.connection = connection
        self.clock = clock
        self._progress = progress
        self._limiter = limiter or AdaptiveLimiter(1, clock)
        self._wiring = wiring
        self._wire = wiring(connection)

    def for_thread(self, limiter: AdaptiveLimiter) -> Transport:
        """Another one of the same kind, for another thread."""
        return Transport(self.connection, self.clock, limiter, self._wiring, self._progress)

    def send(self, request: Request, deadline: Deadline) -> Answer:
        """Send a request that may arrive twice as it is, until the answer is one that a repetition would not better.

        At the deadline, raises ConnectFailed or AmbiguousResponse, or returns the last answer.
        """
        doubtful, began = False, self.clock.now()
        for delay in backoff_delays(self.clock):
            try:
                answer = self.try_once(request, deadline)
            except ConnectFailed as error:
                self.rest(delay, AmbiguousResponse(error.message, error.call) if doubtful else error, deadline, began)
                continue
            except NotAttempted as error:
                if doubtful:
                    raise AmbiguousResponse(error.message, error.call) from error
                raise
            except AmbiguousResponse as error:
                doubtful = True
                self.rest(delay, error, deadline, began)
                continue
            answer = replace(answer, doubtful=True) if doubtful else answer
            if not answer.is_transient:
                return answer
            pause = retry_after_seconds(answer.call.retry_after, self.clock) or delay
            if pause >= deadline.remaining:
                return replace(answer, tried_for=self.clock.now() - began)
            doubtful = doubtful or answer.status != TOO_MANY
            self._pause(pause, request.failed(f"HTTP {answer.status}."), deadline)
        raise AssertionError("backoff delays never end")

    def send_once(self, request: Request, deadline: Deadline) -> Answer:
        """Send a request that must not arrive twice: repeated only while no connection can be made.

        On a fresh connection: one that the server closed a moment ago would make a harmless case look ambiguous.
        Raises ConnectFailed at the deadline, and AmbiguousResponse when the request may have arrived.
        """
        began = self.clock.now()
        for delay in backoff_delays(self.clock):
            try:
                return self.try_once(request, deadline, fresh=True)
            except ConnectFailed as error:
                self.rest(delay, error, deadline, began)
        raise AssertionError("backoff delays never end")

    def rest(self, seconds: float, error: PpioError, deadline: Deadline, began: float) -> None:
        """Pause before another try, or raise `error` where the deadline does not allow one.

        `began` is the moment of the first try.
        """
        if seconds >= deadline.remaining:
            tried = self.clock.now() - began
            raise error.noted(f"It was tried for {tried:.0f} s{_named(deadline)}.") if tried >= 1 else error
        self._pause(seconds, error.message, deadline)

    def try_once(self, request: Request, deadline: Deadline, *, fresh: bool = False) -> Answer:
        """One request, one answer, as soon as the limiter lets it pass.

        Raises ConnectFailed, AmbiguousResponse when the request may have arrived, and NotAttempted for a write of a
        task that was stopped.
        """
        with self._limiter.passage():
            if self._limiter.is_closed and request.method != "GET":
                raise NotAttempted("Not attempted, because the task was stopped.")
            answer = self._wire.exchanged(request, fresh=fresh)
        if answer.status == TOO_MANY:
            told = retry_after_seconds(answer.call.retry_after, self.clock)
            # A pause that no deadline allows is for nobody: whoever is next hears of it at once, too.
            self._limiter.slow_down(told if told < deadline.remaining else 0.0)
        else:
            self._limiter.speed_up()
        return answer

    def _pause(self, seconds: float, trouble: str, deadline: Deadline) -> None:
        """Pause before another try, not for long without a word."""
        self._progress.step(f"{trouble} Trying again for up to {deadline.remaining:.0f} s{_named(deadline)}")
        self.clock.sleep(seconds)


def _named(deadline: Deadline) -> str:
    """The option that says until when something is tried."""
    return f" ({deadline.option})" if deadline.option else ""

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The adaptive limiter: how many calls may run at once.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from .._clock import Clock

__all__ = ["AdaptiveLimiter"]


class AdaptiveLimiter:
    """Lets calls of many threads pass, and slows all of them together when the API says that they are too many.

    The limit is halved when that happens and grows again by one for each full round of calls that go well.
    """

    def __init__(self, most: int, clock: Clock) -> None:
        self._most = most
        self._clock = clock
        self._limit = float(most)
        self._running = 0
        self._resume = clock.now()
        self._changed = threading.Condition()
        self._closed = threading.Event()

    @property
    def limit(self) -> int:
        """How many calls may run at once now."""
        return int(self._limit)

    @contextmanager
    def passage(self) -> Iterator[None]:
        """Hold one of the places, once there is one and the API's pause is over."""
        with self._changed:
            while self._running >= self.limit:
                self._changed.wait()
            self._running += 1
        try:
            # A pause may have grown while this call slept.
            while (pause := self._resume - self._clock.now()) > 0:
                self._clock.sleep(pause)
            yield
        finally:
            with self._changed:
                self._running -= 1
                self._changed.notify()

    def close(self) -> None:
        """Let no write begin any more: whoever asked for it has been stopped."""
        self._closed.set()

    @property
    def is_closed(self) -> bool:
        return self._closed.is_set()

    def slow_down(self, seconds: float) -> None:
        """Halve the limit, and let no call start for `seconds`."""
        with self._changed:
            self._limit = max(1.0, self._limit / 2)
            self._resume = max(self._resume, self._clock.now() + seconds)

    def speed_up(self) -> None:
        """Let a little more pass, after a call that went well."""
        with self._changed:
            self._limit = min(float(self._most), self._limit + 1 / self._limit)
            self._changed.notify()

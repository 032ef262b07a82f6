# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Time: the clock, deadlines, backoff and polling.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

import email.utils
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import random
from typing import TypeVar

from ._errors import InvalidResponse

__all__ = ["Clock", "Deadline", "backoff_delays", "poll", "poll_intervals", "retry_after_seconds"]

_FIRST_DELAY = 0.5
_LONGEST_DELAY = 20.0
_FIRST_INTERVAL = 2.0
_LONGEST_INTERVAL = 15.0
_INTERVAL_GROWTH = 1.5
_SECONDS = re.compile(r"\d+", re.ASCII)

Look = TypeVar("Look")


@dataclass(frozen=True)
class Clock:
    """Time and chance, passed in so that tests need neither. `now` never runs backwards; `today` is Unix seconds."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    random: Callable[[], float] = random
    today: Callable[[], float] = time.time

    def after(self, seconds: float, option: str = "") -> Deadline:
        """The deadline that is so many seconds away; `option` is where the user said so."""
        return Deadline(self, self.now() + seconds, option)


@dataclass(frozen=True)
class Deadline:
    """A moment after which nothing is tried again. It is handed down, and never changed on the way."""

    clock: Clock
    at: float
    option: str = ""

    @property
    def remaining(self) -> float:
        """Seconds that are left."""
        return max(0.0, self.at - self.clock.now())

    def within(self, seconds: float) -> Deadline:
        """The same deadline, or the one in so many seconds if that is sooner."""
        return Deadline(self.clock, min(self.at, self.clock.now() + seconds))


def backoff_delays(clock: Clock) -> Iterator[float]:
    """Seconds between tries, without end: exponential, full jitter, capped at 20 s."""
    ceiling = _FIRST_DELAY
    while True:
        yield clock.random() * ceiling
        ceiling = min(_LONGEST_DELAY, ceiling * 2)


def poll_intervals(clock: Clock) -> Iterator[float]:
    """Seconds between polls of a long wait, without end: from 2 growing to 15, up to a quarter shorter by chance."""
    interval = _FIRST_INTERVAL
    while True:
        yield interval * (1 - clock.random() / 4)
        interval = min(_LONGEST_INTERVAL, interval * _INTERVAL_GROWTH)


def retry_after_seconds(retry_after: str, clock: Clock) -> float:
    """Seconds that the API asks to wait (RFC 9110, 10.2.3: seconds or a date); 0 where it asks nothing usable."""
    if not retry_after:
        return 0.0
    if _SECONDS.fullmatch(retry_after):
        return float(retry_after)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(retry_after).timestamp() - clock.today())
    except (ValueError, TypeError, OverflowError):
        return 0.0


def poll(look: Callable[[], Look], is_final: Callable[[Look], bool], deadline: Deadline) -> Look:
    """The last look: the first one that is final, or the one at the deadline. Looks at least once.

    An answer that cannot be read, such as a gateway's page, says nothing. It is raised only by the last look.
    """
    for delay in backoff_delays(deadline.clock):
        try:
            seen = look()
            if is_final(seen) or not deadline.remaining:
                return seen
        except InvalidResponse:
            if not deadline.remaining:
                raise
        deadline.clock.sleep(min(delay, deadline.remaining))
    raise AssertionError("backoff delays never end")

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is the time, and how long is a pause?

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

__all__ = ["Pace", "first_seen", "pauses", "told_pause"]

_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 20.0
_SECONDS = re.compile(r"\d+", re.ASCII)

Seen = TypeVar("Seen")


@dataclass(frozen=True)
class Pace:
    """Time and chance, passed in so that tests need neither. `now` never runs backwards; `today` is Unix seconds."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    random: Callable[[], float] = random
    today: Callable[[], float] = time.time


def pauses(pace: Pace) -> Iterator[float]:
    """Seconds between tries, without end: exponential, full jitter, capped at 20 s."""
    ceiling = _FIRST_PAUSE
    while True:
        yield pace.random() * ceiling
        ceiling = min(_LONGEST_PAUSE, ceiling * 2)


def told_pause(retry_after: str, pace: Pace) -> float:
    """Seconds that the API asks to wait (RFC 9110, 10.2.3: seconds or a date); 0 where it asks nothing usable."""
    if _SECONDS.fullmatch(retry_after):
        return float(retry_after)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(retry_after).timestamp() - pace.today())
    except (ValueError, TypeError, OverflowError):
        return 0.0


def first_seen(look: Callable[[], Seen | None], pace: Pace, seconds: float) -> Seen | None:
    """What `look` sees first, looking at least once, and with growing pauses for `seconds`; None if it sees nothing."""
    deadline = pace.now() + seconds
    for pause in pauses(pace):
        seen = look()
        if seen is not None or pace.now() + pause > deadline:
            return seen
        pace.sleep(pause)
    raise AssertionError("pauses never end")

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What time is it in the simulated world?"""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """A clock that never goes back and can be pushed forward."""

    def now(self) -> float:
        """The Unix time in seconds."""

    def advance(self, seconds: float) -> None:
        """Let time pass at once. A negative number raises `ValueError`."""


class ManualClock:
    """A clock that stands still until it is pushed, so that a test needs no sleep."""

    def __init__(self, start: float = 1_750_000_000) -> None:
        self._now = start

    def now(self) -> float:
        return self._now

    def advance(self, seconds: float) -> None:
        self._now += checked(seconds)


class SystemClock:
    """The system's clock, for people; jumps of the wall clock do not reach it."""

    def __init__(self) -> None:
        self._start = time.time() - time.monotonic()

    def now(self) -> float:
        return self._start + time.monotonic()

    def advance(self, seconds: float) -> None:
        self._start += checked(seconds)


def checked(seconds: float) -> float:
    if seconds < 0:
        raise ValueError(f"a clock does not go back: {seconds}")
    return seconds

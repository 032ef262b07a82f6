# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens when time comes to it, without anybody's call?"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import count

from simulator import ManualClock

__all__ = ["EventClock"]


class EventClock(ManualClock):
    """A clock that stands still until it is pushed, and lets happen on its way what is due."""

    def __init__(self) -> None:
        super().__init__()
        self._events: list[tuple[float, int, Callable[[], object]]] = []
        self._numbers = count()

    def at(self, moment: float, event: Callable[[], object]) -> None:
        """Let `event` happen at a moment; those of one moment happen in the order of these calls."""
        heapq.heappush(self._events, (moment, next(self._numbers), event))

    def advance(self, seconds: float) -> None:
        """Let time pass at once, with its events."""
        if not self._events:
            super().advance(seconds)
            return
        end = self.now() + seconds
        while self._events and self._events[0][0] <= end:
            moment, _number, event = heapq.heappop(self._events)
            super().advance(max(0.0, moment - self.now()))
            event()
        super().advance(max(0.0, end - self.now()))

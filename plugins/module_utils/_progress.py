# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Progress lines: how far a long task is.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from ._clock import Clock

__all__ = ["SILENT", "ProgressReporter"]

#: Seconds that a task may take without a word.
_PATIENCE = 2.0
#: Seconds between two lines about steps.
_INTERVAL = 5.0


class ProgressReporter:
    """Shows a line for each phase of the work and, every few seconds, for one of its steps.

    Nothing is shown of work that takes less than two seconds.
    """

    def __init__(self, show: Callable[[str], None], clock: Clock) -> None:
        self._show = show
        self._clock = clock
        self._started = clock.now()
        self._shown = self._started
        self._phase = ""
        self._lock = threading.Lock()

    def phase(self, line: str) -> None:
        """A new part of the work begins."""
        with self._lock:
            if self._elapsed < _PATIENCE:
                self._phase = line
            else:
                self._tell(line)

    def step(self, line: str) -> None:
        """The work goes on."""
        with self._lock:
            due = max(self._started + _PATIENCE, self._shown + _INTERVAL if self._shown > self._started else 0.0)
            if self._clock.now() >= due:
                self._tell(f"{self._phase}: {line}" if self._phase else line)
                self._phase = ""

    @property
    def _elapsed(self) -> float:
        return self._clock.now() - self._started

    def _tell(self, line: str) -> None:
        self._shown = self._clock.now()
        self._show(f"{line} ({self._elapsed:.0f} s)")


SILENT = ProgressReporter(lambda _line: None, Clock())

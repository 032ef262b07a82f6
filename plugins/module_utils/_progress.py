# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Progress lines: how far a long task is.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from ._clock import Clock
from ._errors import AmbiguousResponse, PpioError, first_of, printable
from ._redaction import Secrets

__all__ = ["SILENT", "Creating", "ProgressReporter", "names_of", "who_looks"]

#: Seconds that a task may take without a word.
_PATIENCE = 2.0
#: Seconds between two lines about steps.
_INTERVAL = 5.0
#: So many that were created are told at once, each on a line of its own; of hundreds more, a line each second.
_NAMED_SINGLY = 20
_PAUSE = 1.0
#: So many names stand in a line about several.
_NAMED = 5


@dataclass(eq=False)
class Creating:
    """A create that was sent and has no answer yet. `is_noted` says that later tasks of this machine look for it."""

    name: str
    since: float
    is_noted: bool
    is_told: bool = False


class ProgressReporter:
    """Shows a line for each phase of the work and, every few seconds, for one of its steps.

    Nothing is shown of work that takes less than two seconds, but what was created: whoever stops the task must know.
    """

    def __init__(self, show: Callable[[str], None], clock: Clock) -> None:
        self._show = show
        self._secrets = Secrets()
        self._clock = clock
        self._started = clock.now()
        self._shown = self._started
        self._phase = ""
        self._lock = threading.Condition()
        self._unanswered: list[Creating] = []
        self._created: list[str] = []
        self._sent: dict[str, None] = {}
        self._untold: list[str] = []
        self._named = -math.inf
        self._job = ""

    @property
    def created_so_far(self) -> tuple[str, ...]:
        """Name and id of everything that was created, in words."""
        return tuple(map(self._secrets.hide_named, self._created))

    @property
    def sent_so_far(self) -> tuple[str, ...]:
        """The updates and deletes that were sent, in words."""
        with self._lock:
            return tuple(map(self._secrets.hide_named, self._sent))

    @property
    def job(self) -> str:
        """The job that was submitted and has not ended, in words; empty if there is none."""
        return self._secrets.hide_named(self._job)

    def hide(self, secrets: Secrets) -> None:
        """Leave them out of every line, wherever a server has put them."""
        self._secrets = secrets

    @contextmanager
    def creating(self, name: str, *, is_noted: bool) -> Iterator[None]:
        """A create is sent, and answered in the end; or never, where somebody stops the task meanwhile."""
        one = Creating(printable(name), self._clock.now(), is_noted)
        with self._lock:
            self._unanswered.append(one)
        try:
            yield
        except PpioError:
            self._answered(one)
            raise
        self._answered(one)

    def unanswered(self, seconds: float) -> tuple[Creating, ...]:
        """The creates without an answer, once there are none, or after so many seconds."""
        with self._lock:
            self._lock.wait_for(lambda: not self._unanswered, seconds)
            return tuple(self._unanswered)

    def look(self) -> None:
        """Tell of the creates that had no answer for too long: whoever stops the task now must know."""
        with self._lock:
            late = self._clock.now() - _PATIENCE
            untold = [one for one in self._unanswered if one.since <= late and not one.is_told]
            if untold:
                told = f"no answer yet to the create of {names_of(untold)}; if the task is stopped, {who_looks(untold)}"
                self._say(f"{told} ({self._elapsed:.0f} s)")
            for one in untold:
                one.is_told = True

    def created(self, name: str, identity: str) -> None:
        """Something exists from now on."""
        with self._lock:
            self._created.append(f"{printable(name)} as {identity}")
            self._untold.append(self._created[-1])
            if len(self._created) <= _NAMED_SINGLY or self._clock.now() >= self._named + _PAUSE:
                self._name()

    @contextmanager
    def sending(self, action: str, name: str, identity: str) -> Iterator[None]:
        """Something that exists is changed, or deleted, by what is sent; or not, where that is refused."""
        told = f"the {action} of {printable(name)} ({identity})"
        with self._lock:
            is_first = told not in self._sent
            self._sent.setdefault(told)
        try:
            yield
        except AmbiguousResponse:
            raise
        except PpioError:
            with self._lock:
                if is_first:
                    del self._sent[told]
            raise

    def submitted(self, job: str) -> None:
        """A job may run from now on; none, where this is empty."""
        self._job = job

    def phase(self, line: str) -> None:
        """A new part of the work begins."""
        with self._lock:
            self._name()
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

    def _answered(self, one: Creating) -> None:
        with self._lock:
            self._unanswered.remove(one)
            self._lock.notify_all()

    def _say(self, line: str) -> None:
        self._show(self._secrets.hide_named(line))

    def _name(self) -> None:
        if self._untold:
            self._say(f"created {', '.join(self._untold)} ({self._elapsed:.0f} s)")
            self._untold, self._named = [], self._clock.now()

    @property
    def _elapsed(self) -> float:
        return self._clock.now() - self._started

    def _tell(self, line: str) -> None:
        self._shown = self._clock.now()
        self._say(f"{line} ({self._elapsed:.0f} s)")


def names_of(creates: Sequence[Creating]) -> str:
    """The names of the first of them, and how many more there are."""
    return first_of([one.name for one in creates], _NAMED)


def who_looks(creates: Sequence[Creating]) -> str:
    """Who finds out what came of them."""
    if all(one.is_noted for one in creates):
        return "the next run on this machine looks for it"
    return "look for it in the console"


class _SilentReporter(ProgressReporter):
    """Shows nothing, so that it need not remember anything."""

    def created(self, name: str, identity: str) -> None:
        """Nobody hears of it."""

    @contextmanager
    def sending(self, action: str, name: str, identity: str) -> Iterator[None]:
        """Nobody hears of it."""
        yield

    def submitted(self, job: str) -> None:
        """Nobody hears of it."""

    def phase(self, line: str) -> None:
        """Nobody hears of it."""

    def step(self, line: str) -> None:
        """Nobody hears of it."""


SILENT: ProgressReporter = _SilentReporter(lambda _line: None, Clock())

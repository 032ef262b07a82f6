# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who acts when, and what time is it?

Several controllers work at once, yet every schedule runs the same way each time: they are threads of which one runs at
a time, and the time is the simulator's clock. A controller lets the others go before each of its exchanges, because
the core asks for chance just before it sends, and while it sleeps, which takes no real time.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from threading import Semaphore
from typing import Any, Generic, TypeVar

from ansible_collections.ppio.gpu.plugins.module_utils._clock import Clock
from simulator import Entry, Simulator

__all__ = ["Truth", "Turn", "Work", "World"]

#: Seconds of the simulated world that pass before an exchange, at most.
_LONGEST_STEP = 0.3

Result = TypeVar("Result")
Truth = tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Work(Generic[Result]):
    """What one controller does, and on which machine: those of one machine share a home directory."""

    machine: int
    do: Callable[[Clock], Result]


@dataclass(frozen=True)
class Turn(Generic[Result]):
    """What came of one controller's work, in how many seconds, and what was true meanwhile.

    `truths` are the endpoints that really existed, after each of its steps; `entries` are the places of its requests
    in the simulator's journal.
    """

    result: Result
    seconds: float
    truths: Sequence[Truth]
    entries: Sequence[int]

    def requests(self, simulator: Simulator) -> list[Entry]:
        """The requests of this turn, with what became of them by now."""
        journal = simulator.journal
        return [journal[place] for place in self.entries]


class World:
    """The world of one simulator, with room for the machines' home directories below `directory`."""

    def __init__(self, simulator: Simulator, directory: Path, seed: int) -> None:
        self._simulator = simulator
        self._directory = directory
        self._random = Random(seed)

    def play(self, works: Sequence[Work[Result]]) -> list[Turn[Result]]:
        """Do all works at once and return their turns in the same order. Raises what a work raises."""
        with ThreadPoolExecutor(len(works)) as threads:
            actors = [_Actor(self._simulator, work, Random(self._random.random()), threads) for work in works]
            try:
                while waiting := [actor for actor in actors if not actor.future.done()]:
                    self._wait_until(min(actor.wakes for actor in waiting))
                    ready = [actor for actor in waiting if actor.wakes <= self._simulator.clock.now()]
                    self._let_act(self._random.choice(ready))
            finally:
                for actor in actors:
                    actor.release()
        return [actor.turn() for actor in actors]

    def _wait_until(self, moment: float) -> None:
        clock = self._simulator.clock
        clock.advance(max(0.0, moment - clock.now()))

    def _let_act(self, actor: _Actor[Result]) -> None:
        before = len(self._simulator.journal)
        with _home(self._directory / f"machine-{actor.machine}"):
            actor.act()
        actor.entries += range(before, len(self._simulator.journal))
        actor.truths.append(self._simulator.endpoints)


class _Actor(Generic[Result]):
    """One controller at work, in a thread that runs only while `act` does."""

    def __init__(self, simulator: Simulator, work: Work[Result], chance: Random, threads: ThreadPoolExecutor) -> None:
        self.machine = work.machine
        self.truths: list[Truth] = []
        self.entries: list[int] = []
        self.wakes = self._started = simulator.clock.now()
        self._clock = simulator.clock
        self._chance = chance
        self._is_released = False
        self._go = Semaphore(0)
        self._stopped = Semaphore(0)
        self.future: Future[Result] = threads.submit(self._run, work)

    def act(self) -> None:
        """Let it go on until it sleeps or has done its work."""
        self._go.release()
        self._stopped.acquire()

    def release(self) -> None:
        """End its thread, whatever it is at; nothing happens if its work is done."""
        self._is_released = True
        self._go.release()

    def turn(self) -> Turn[Result]:
        return Turn(self.future.result(), self.wakes - self._started, self.truths, self.entries)

    def _run(self, work: Work[Result]) -> Result:
        self._await_go()
        try:
            return work.do(Clock(self._clock.now, self._sleep, self._draw, self._clock.now))
        finally:
            self.future.add_done_callback(lambda _done: self._stopped.release())

    def _draw(self) -> float:
        """Chance, which the core asks for before each exchange: here others come in between."""
        self._sleep(self._chance.random() * _LONGEST_STEP)
        return self._chance.random()

    def _sleep(self, seconds: float) -> None:
        self.wakes = self._clock.now() + seconds
        self._stopped.release()
        self._await_go()

    def _await_go(self) -> None:
        self._go.acquire()
        if self._is_released:
            raise CancelledError


@contextmanager
def _home(directory: Path) -> Iterator[None]:
    """Let whatever runs meanwhile be at home in `directory`."""
    directory.mkdir(parents=True, exist_ok=True)
    before = os.environ["HOME"]
    os.environ["HOME"] = str(directory)
    try:
        yield
    finally:
        os.environ["HOME"] = before

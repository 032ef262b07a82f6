# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who acts when, and what time is it?

Several controllers work at once, yet every schedule runs the same way each time: one runs at a time, and the time is
the simulator's clock. A controller lets the others go before each of its exchanges, because the core asks for chance
just before it sends, and while it sleeps, which takes no real time. Whoever pauses finds out himself who is next, and
just goes on if it is he. Each has a stack of its own in one thread: to change from thread to thread takes longer than
what most of them do in between.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import mkdtemp
from typing import Any, Generic, TypeVar, cast

from greenlet import greenlet

from ansible_collections.ppio.gpu.plugins.module_utils._clock import Clock
from simulator import Entry, SimulatedApi

__all__ = ["Truth", "Turn", "Work", "World", "emptied", "fresh"]

#: Seconds of the simulated world that pass before an exchange, at most.
_LONGEST_STEP = 0.3

#: The directory of a home that has nothing in it to be remembered.
_LOCKS = "ppio_gpu_locks"

Result = TypeVar("Result")
Truth = tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Work(Generic[Result]):
    """What one controller does, and on which machine: those of one machine share a home directory.

    It begins after some seconds. `dies` is after how many calls it is killed: with a half, in the middle of the next
    one, when the API has done what it asks for. Then `last` is what came of it.
    """

    machine: int
    do: Callable[[Clock], Result]
    begins: float = 0
    dies: float | None = None
    last: Result | None = None


@dataclass(frozen=True)
class Turn(Generic[Result]):
    """What came of one controller's work, in how many seconds, when it ended, and what was true meanwhile.

    `truths` are the endpoints that really existed, after each step of anybody from its first to its last one;
    `entries` are the places of its requests in the simulator's journal.
    """

    result: Result
    seconds: float
    ended: float
    truths: Sequence[Truth]
    entries: Sequence[int]

    def requests(self, simulator: SimulatedApi) -> list[Entry]:
        """The requests of this turn, with what became of them by now."""
        journal = simulator.journal
        return [journal[place] for place in self.entries]


class Killed(BaseException):
    """The end of a controller that no code of it can catch."""


class World:
    """The world of one simulator, with room for the machines' home directories below `directory`.

    `order` says who makes the first calls, where that is not left to time and chance.
    """

    def __init__(self, simulator: SimulatedApi, directory: Path, seed: int, order: Sequence[int] = ()) -> None:
        self._simulator = simulator
        self._directory = str(directory)
        self._order = list(order)
        self._called = 0
        self._random = Random(seed)
        self._cast: Sequence[_Actor[Any]] = ()
        self._actors: list[_Actor[Any]] = []

    def play(self, works: Sequence[Work[Result]]) -> list[Turn[Result]]:
        """Do all works at once and return their turns in the same order. Raises what a work raises."""
        now = self._simulator.clock.now()
        actors = [_Actor(work, Random(self._random.random()), now) for work in works]
        self._cast = actors
        self._actors = list(actors)
        self._called = len(self._simulator.state.journal)
        with _home_kept():
            if len(actors) == 1:
                self._act_alone(actors[0])
            else:
                self._act_together(actors)
        return [actor.turn(now) for actor in actors]

    def _act_alone(self, actor: _Actor[Result]) -> None:
        """Nobody has to be asked, so that time just passes."""
        clock = self._simulator.clock

        def sleep(seconds: float) -> None:
            self._die_in_time(actor)
            actor.note(self._simulator)
            clock.advance(seconds)

        def draw() -> float:
            sleep(actor.chance.random() * _LONGEST_STEP)
            return actor.chance.random()

        clock.advance(actor.work.begins)
        self._enter(actor)
        actor.work_with(Clock(clock.now, sleep, draw, clock.now))
        self._leave(actor)
        actor.wakes = clock.now()

    def _die_in_time(self, actor: _Actor[Result], part: float = 0) -> None:
        """Raise `Killed` where a controller has lived for as many calls as it may, or for a part of the last one."""
        if actor.work.dies is not None:
            calls = len(actor.entries) + len(self._simulator.state.journal) - actor.entered
            if calls - part >= actor.work.dies:
                raise Killed

    def _act_together(self, actors: Sequence[_Actor[Result]]) -> None:
        """Each acts on a stack of its own, and whoever has ended comes back to this one."""
        for actor in actors:
            actor.stack = greenlet(functools.partial(self._act, actor))
        try:
            while self._actors:
                self._hand_over(self._chosen())
        finally:
            for actor in actors:
                # Whatever it is at, where another one has raised an error; nothing happens if its work is done.
                actor.stack.throw()

    def _act(self, actor: _Actor[Result]) -> None:
        clock = self._simulator.clock

        def sleep(seconds: float) -> None:
            self._die_in_time(actor)
            self._leave(actor)
            actor.wakes = clock.now() + seconds
            following = self._chosen()
            if following is actor:
                self._enter(actor)
            else:
                self._hand_over(following)

        def draw() -> float:
            """Chance, which the core asks for before each exchange: here others come in between."""
            sleep(actor.chance.random() * _LONGEST_STEP)
            return actor.chance.random()

        try:
            actor.work_with(Clock(clock.now, sleep, draw, clock.now))
        finally:
            self._leave(actor)
            actor.wakes = clock.now()
            self._actors.remove(actor)

    def _chosen(self) -> _Actor[Any]:
        """Who is next, once the time has come."""
        clock = self._simulator.clock
        if (actor := self._ordered()) is not None:
            clock.advance(max(0.0, actor.wakes - clock.now()))
            return actor
        clock.advance(max(0.0, min(actor.wakes for actor in self._actors) - clock.now()))
        return self._random.choice([actor for actor in self._actors if actor.wakes <= clock.now()])

    def _ordered(self) -> _Actor[Any] | None:
        """Who is to make the next call, until it is made; None where nobody says so any more."""
        calls = len(self._simulator.state.journal)
        while self._order:
            actor = self._cast[self._order[0]]
            if actor in self._actors and calls == self._called:
                return actor
            del self._order[0]
            self._called = calls
        return None

    def _hand_over(self, actor: _Actor[Any]) -> None:
        self._enter(actor)
        actor.stack.switch()

    def _enter(self, actor: _Actor[Any]) -> None:
        actor.entered = len(self._simulator.state.journal)
        # Who is in the middle of a call is half a call younger than after it.
        self._simulator.on_answer = functools.partial(self._die_in_time, actor, 0.5)
        os.environ["HOME"] = f"{self._directory}/machine-{actor.work.machine}"

    def _leave(self, actor: _Actor[Any]) -> None:
        actor.entries += range(actor.entered, len(self._simulator.state.journal))
        for one in self._actors:
            # An answer may show what existed between two steps of a controller, so what others do is noted, too.
            if one is actor or one.truths:
                one.note(self._simulator)


class _Actor(Generic[Result]):
    """One controller at work."""

    def __init__(self, work: Work[Result], chance: Random, now: float) -> None:
        self.work = work
        self.chance = chance
        self.results: list[Result] = []
        self.truths: list[Truth] = []
        self._noted = -1
        self.entries: list[int] = []
        self.entered = 0
        self.wakes = now + work.begins
        #: Where it goes on when it is its turn.
        self.stack = greenlet()

    def work_with(self, clock: Clock) -> None:
        """Do all of the work, as far as it comes."""
        try:
            self.results.append(self.work.do(clock))
        except Killed:
            self.results.append(cast("Result", self.work.last))

    def note(self, simulator: SimulatedApi) -> None:
        """What is true now, unless it is what was true before."""
        if (version := simulator.state.endpoints.version) != self._noted:
            self.truths.append(simulator.endpoints)
            self._noted = version

    def turn(self, started: float) -> Turn[Result]:
        return Turn(self.results[0], self.wakes - started - self.work.begins, self.wakes, self.truths, self.entries)


def fresh(directory: str | Path) -> Path:
    """A place below `directory` for one schedule: what it leaves in its homes is nothing to the next one."""
    return Path(mkdtemp(dir=directory))


def emptied(directory: str | Path, machines: Iterable[int]) -> Path:
    """The same place without what schedules before left on these machines, but their locks, which nobody holds."""
    # As texts: thousands of schedules have nothing to remove.
    for home in (f"{directory}/machine-{machine}/.ansible" for machine in machines):
        with suppress(FileNotFoundError):
            for kind in os.scandir(home):
                if kind.name != _LOCKS:
                    for note in os.scandir(kind.path):
                        Path(note.path).unlink()
    return Path(directory)


@contextmanager
def _home_kept() -> Iterator[None]:
    """What runs meanwhile may be at home anywhere."""
    before = os.environ["HOME"]
    try:
        yield
    finally:
        os.environ["HOME"] = before

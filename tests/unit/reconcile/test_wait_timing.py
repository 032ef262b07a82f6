# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When does a task look, and when is its time up?"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest
from unit.passing import Time, kept, run
from unit.talking import Time as StillTime
from unit.talking import client

from ansible_collections.ppio.gpu.plugins.module_utils._clock import Clock, Deadline, poll_intervals
from ansible_collections.ppio.gpu.plugins.module_utils._planning.outcome import Outcome
from ansible_collections.ppio.gpu.plugins.module_utils._planning.plan import Action
from ansible_collections.ppio.gpu.plugins.module_utils._planning.state import Desired
from ansible_collections.ppio.gpu.plugins.module_utils._progress import SILENT
from ansible_collections.ppio.gpu.plugins.module_utils._reconcile.entry import Done, Entry, Held, Stage
from ansible_collections.ppio.gpu.plugins.module_utils._reconcile.snapshot import Snapshot
from ansible_collections.ppio.gpu.plugins.module_utils._reconcile.view import ListView
from ansible_collections.ppio.gpu.plugins.module_utils._reconcile.wait import waited
from simulator import Settings, Simulator


@dataclass(frozen=True)
class EmptyView(ListView):
    """Sees nothing, by doing `look`."""

    look: Callable[[], object] = lambda: None

    def watched(self, dones: Sequence[Done], deadline: Deadline) -> Snapshot:
        self.look()
        return Snapshot(self.client.resource)


def waited_for_a_minute(clock: Clock, look: Callable[[], object], *, present: bool = True) -> Stage:
    """How a wait ends that sees nothing."""
    desired = Desired(present, "ep", {}, {}, wait_for="ready", wait_timeout=60)
    action = Action.CREATE if present else Action.DELETE
    done = Done(Entry.of(desired), Outcome(action, "ep", None, None, None, None))
    talking = client("http://127.0.0.1:1", StillTime())
    (end,) = waited(EmptyView(talking.until(clock.after(0)), 1, look=look), [done], SILENT)
    return end


def taken(chance: float, number: int) -> list[float]:
    return list(itertools.islice(poll_intervals(Clock(random=lambda: chance)), number))


def test_the_interval_grows_from_2_to_15_seconds_and_stays_there() -> None:
    assert taken(0.0, 8) == [2.0, 3.0, 4.5, 6.75, 10.125, 15.0, 15.0, 15.0]


def test_chance_makes_every_interval_up_to_a_quarter_shorter() -> None:
    assert taken(0.5, 3) == [1.75, 2.625, 3.9375]
    assert taken(1.0, 7) == [interval * 0.75 for interval in taken(0.0, 7)]


def test_two_tasks_do_not_look_at_the_same_moments() -> None:
    one, other = ([*itertools.islice(poll_intervals(Clock()), 6)] for _task in range(2))
    assert one != other


@pytest.mark.parametrize("chance", [0.0, 0.5, 0.99])
@pytest.mark.parametrize("seconds", [1, 20, 3600])
def test_the_last_look_is_when_the_time_is_up(simulator: Simulator, chance: float, seconds: int) -> None:
    simulator.settings = Settings(life="never")
    moments = Time(simulator, chance)
    said = run(simulator, moments, {**kept(1), "wait_timeout": seconds})
    assert said.failed
    assert moments.passed == pytest.approx(seconds)
    planned = list(itertools.takewhile(lambda total: total < seconds, itertools.accumulate(taken(chance, 400))))
    assert list(itertools.accumulate(moments.pauses)) == pytest.approx([*planned, seconds])


def test_time_that_looking_takes_counts() -> None:
    clock = 0.0

    def look() -> None:
        nonlocal clock
        clock += 25.0

    def sleep(seconds: float) -> None:
        nonlocal clock
        clock += seconds

    end = waited_for_a_minute(Clock(now=lambda: clock, sleep=sleep, random=lambda: 0.0), look)
    assert isinstance(end, Held)
    assert "after 80 of 60 s" in end.error.message
    assert clock == 25 + 2 + 25 + 3 + 25


@pytest.mark.parametrize("jump", [-86400.0, 86400.0])
def test_a_wall_clock_that_jumps_ends_nothing_and_prolongs_nothing(jump: float) -> None:
    monotonic, wall, looks = 0.0, 1_750_000_000.0, 0

    def sleep(seconds: float) -> None:
        nonlocal monotonic, wall
        monotonic += seconds
        wall += seconds + jump

    def look() -> None:
        nonlocal looks
        looks += 1

    clock = Clock(now=lambda: monotonic, sleep=sleep, random=lambda: 0.0, today=lambda: wall)
    assert isinstance(waited_for_a_minute(clock, look), Held)
    assert (monotonic, looks) == (60.0, 9)


def test_outside_of_tests_the_clock_is_monotonic() -> None:
    assert Clock().now is time.monotonic
    assert Clock().sleep is time.sleep


def test_what_is_gone_at_the_first_look_needs_no_pause() -> None:
    pauses: list[float] = []
    end = waited_for_a_minute(Clock(now=lambda: 0.0, sleep=pauses.append), lambda: None, present=False)
    assert isinstance(end, Done)
    assert pauses == []

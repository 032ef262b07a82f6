# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When does a task look, and when is its time up?"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable

import pytest
from unit.waiting.passing import Time, kept, run

from ansible_collections.ppio.gpu.plugins.module_utils._clock import Clock
from ansible_collections.ppio.gpu.plugins.module_utils._errors import PartialResult, WaitFailed
from ansible_collections.ppio.gpu.plugins.module_utils._reconcile.wait import GONE, Wait, Watch, intervals, watched
from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT
from simulator import Settings, Simulator


def watch(goal: str) -> Watch:
    """One minute's wait."""
    return Watch(Wait(ENDPOINT, goal, 60, PartialResult("create", changed=True, id="ep")))


def pace_of(now: Callable[[], float], sleep: Callable[[float], None], chance: float = 0.0) -> Clock:
    return Clock(now=now, sleep=sleep, random=lambda: chance)


def taken(chance: float, number: int) -> list[float]:
    return list(itertools.islice(intervals(Clock(random=lambda: chance)), number))


def test_the_interval_grows_from_2_to_15_seconds_and_stays_there() -> None:
    assert taken(0.0, 8) == [2.0, 3.0, 4.5, 6.75, 10.125, 15.0, 15.0, 15.0]


def test_chance_makes_every_interval_up_to_a_quarter_shorter() -> None:
    assert taken(0.5, 3) == [1.75, 2.625, 3.9375]
    assert taken(1.0, 7) == [interval * 0.75 for interval in taken(0.0, 7)]


def test_two_tasks_do_not_look_at_the_same_moments() -> None:
    one, other = ([*itertools.islice(intervals(Clock()), 6)] for _task in range(2))
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

    with pytest.raises(WaitFailed, match="after 80 of 60 s"):
        watched(watch("ready"), look, pace_of(lambda: clock, sleep))
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

    pace = Clock(now=lambda: monotonic, sleep=sleep, random=lambda: 0.0, today=lambda: wall)
    with pytest.raises(WaitFailed):
        watched(watch("ready"), look, pace)
    assert (monotonic, looks) == (60.0, 9)


def test_outside_of_tests_the_clock_is_monotonic() -> None:
    assert Clock().now is time.monotonic
    assert Clock().sleep is time.sleep


def test_what_is_gone_at_the_first_look_needs_no_pause() -> None:
    pauses: list[float] = []
    watched(watch(GONE), lambda: None, pace_of(lambda: 0.0, pauses.append))
    assert pauses == []

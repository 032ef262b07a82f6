# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many calls of many threads run at once, and what when the API says that they are too many?"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from unit.talking import Time

from ansible_collections.ppio.gpu.plugins.module_utils._api.throttle import AdaptiveLimiter

#: Real seconds in which a thread that may go on does so.
SOON = 5.0


@pytest.fixture
def clock() -> Time:
    return Time()


class Caller:
    """A thread that passes the gate and stays inside until it is told to leave."""

    def __init__(self, gate: AdaptiveLimiter) -> None:
        self._gate = gate
        self._inside = threading.Event()
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._call, daemon=True)
        self._thread.start()

    def comes_in(self) -> bool:
        return self._inside.wait(SOON)

    @property
    def is_inside(self) -> bool:
        return self._inside.is_set()

    def leave(self) -> None:
        self._leaving.set()
        self._thread.join(SOON)

    def _call(self) -> None:
        with self._gate.passage():
            self._inside.set()
            self._leaving.wait(SOON)


@pytest.fixture
def crowd() -> Iterator[ExitStack]:
    """Lets all callers leave at the end."""
    with ExitStack() as stack:
        yield stack


def callers(gate: AdaptiveLimiter, number: int, crowd: ExitStack) -> list[Caller]:
    made = [Caller(gate) for _number in range(number)]
    for caller in made:
        crowd.callback(caller.leave)
    return made


def test_as_many_pass_as_there_are_places(clock: Time, crowd: ExitStack) -> None:
    gate = AdaptiveLimiter(2, clock.clock)
    first, second = callers(gate, 2, crowd)
    assert first.comes_in()
    assert second.comes_in()
    (third,) = callers(gate, 1, crowd)
    assert not third.is_inside
    first.leave()
    assert third.comes_in()


def test_too_many_halve_the_places(clock: Time) -> None:
    gate = AdaptiveLimiter(16, clock.clock)
    limits = []
    for _refusal in range(6):
        gate.slow_down(0)
        limits.append(gate.limit)
    assert limits == [8, 4, 2, 1, 1, 1]


def test_the_places_that_are_left_are_all_there_are(clock: Time, crowd: ExitStack) -> None:
    gate = AdaptiveLimiter(2, clock.clock)
    gate.slow_down(0)
    (first,) = callers(gate, 1, crowd)
    assert first.comes_in()
    (second,) = callers(gate, 1, crowd)
    assert not second.is_inside
    gate.speed_up()
    assert gate.limit == 2
    assert second.comes_in()


def test_the_places_grow_by_one_in_each_round_that_goes_well(clock: Time) -> None:
    gate = AdaptiveLimiter(4, clock.clock)
    gate.slow_down(0)
    gate.slow_down(0)
    limits = []
    for _call in range(8):
        gate.speed_up()
        limits.append(gate.limit)
    assert limits == [2, 2, 2, 3, 3, 3, 4, 4]


def test_the_places_never_grow_beyond_what_there_was(clock: Time) -> None:
    gate = AdaptiveLimiter(3, clock.clock)
    for _call in range(50):
        gate.speed_up()
    assert gate.limit == 3


def test_no_call_starts_before_the_pause_is_over(clock: Time) -> None:
    gate = AdaptiveLimiter(4, clock.clock)
    gate.slow_down(30)
    with gate.passage():
        assert clock.passed == 30
    with gate.passage():
        assert clock.passed == 30


def test_of_two_pauses_the_later_end_counts(clock: Time) -> None:
    gate = AdaptiveLimiter(4, clock.clock)
    gate.slow_down(30)
    gate.slow_down(5)
    with gate.passage():
        assert clock.passed == 30


def test_a_pause_that_grows_while_a_call_waits_counts_for_it_too() -> None:
    clock = Time(on_pause=lambda: gate.slow_down(10) if clock.passed == 30 else None)
    gate = AdaptiveLimiter(4, clock.clock)
    gate.slow_down(30)
    with gate.passage():
        assert clock.passed == 40


def test_an_error_gives_the_place_back(clock: Time) -> None:
    gate = AdaptiveLimiter(1, clock.clock)
    with pytest.raises(ValueError, match="of the call"), gate.passage():
        raise ValueError("of the call")
    with gate.passage():
        assert clock.passed == 0

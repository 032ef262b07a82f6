# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When is a line shown of how far a task is?"""

from __future__ import annotations

import pytest
from unit.http.talking import Clock

from ansible_collections.ppio.gpu.plugins.module_utils._telling import Teller


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def heard() -> list[str]:
    return []


@pytest.fixture
def teller(clock: Clock, heard: list[str]) -> Teller:
    return Teller(heard.append, clock.pace)


def test_nothing_is_shown_of_short_work(clock: Clock, teller: Teller, heard: list[str]) -> None:
    for tenth in range(19):
        teller.phase(f"phase {tenth}")
        teller.step(f"step {tenth}")
        clock.passed += 0.1
    assert heard == []


def test_the_first_step_after_two_seconds_is_shown_with_its_phase(
    clock: Clock, teller: Teller, heard: list[str]
) -> None:
    teller.phase("12 to create")
    clock.passed = 2.0
    teller.step("3 of 12 done")
    assert heard == ["12 to create: 3 of 12 done (2 s)"]


def test_then_a_step_is_shown_every_few_seconds(clock: Clock, teller: Teller, heard: list[str]) -> None:
    for second in range(21):
        clock.passed = second
        teller.step(f"step {second}")
    assert heard == ["step 2 (2 s)", "step 7 (7 s)", "step 12 (12 s)", "step 17 (17 s)"]


def test_each_new_phase_of_long_work_is_shown(clock: Clock, teller: Teller, heard: list[str]) -> None:
    clock.passed = 3.0
    teller.phase("1000 endpoints listed")
    clock.passed = 3.4
    teller.phase("7 to create")
    assert heard == ["1000 endpoints listed (3 s)", "7 to create (3 s)"]


def test_a_step_right_after_a_phase_waits_for_its_turn(clock: Clock, teller: Teller, heard: list[str]) -> None:
    clock.passed = 3.0
    teller.phase("7 to create")
    teller.step("1 of 7 done")
    assert heard == ["7 to create (3 s)"]
    clock.passed = 8.0
    teller.step("5 of 7 done")
    assert heard == ["7 to create (3 s)", "5 of 7 done (8 s)"]


def test_of_several_short_phases_the_last_one_is_shown(clock: Clock, teller: Teller, heard: list[str]) -> None:
    teller.phase("1000 endpoints listed")
    teller.phase("7 to create")
    clock.passed = 2.5
    teller.step("1 of 7 done")
    assert heard == ["7 to create: 1 of 7 done (2 s)"]

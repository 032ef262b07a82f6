# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does the promise hold for some hundred schedules of faults, and with a create cut at every byte?

The short version of `make faults`, with other seeds.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from campaign.baseline import can_play, played_by_uri
from campaign.drawing import schedule_of
from campaign.oracle import violations
from campaign.plays import Performance, perform
from campaign.tallies import all_cuts, cut_exchange, tally_of_cuts, tally_of_schedules, tally_of_seeds
from campaign.world import fresh
from simulator import Simulator

SEEDS = range(1_000_000, 1_000_200)
AT_ONCE = 20
PARTS = 5


@pytest.mark.parametrize("first", SEEDS[::AT_ONCE])
def test_no_schedule_breaks_a_promise(first: int) -> None:
    tally = tally_of_seeds(range(first, first + AT_ONCE), baseline=False)
    assert tally.broken == {}
    assert tally.schedules == AT_ONCE


@pytest.mark.parametrize("part", range(PARTS))
def test_a_create_that_is_cut_is_adopted_or_of_unknown_outcome(part: int) -> None:
    """A fifth of all cuts; the long version ends the exchange after each byte, by RST and by FIN."""
    cuts = list(all_cuts(cut_exchange()))[::5]
    assert {cut.is_reset for cut in cuts} == {True, False}
    tally = tally_of_cuts(cuts[part::PARTS])
    assert tally.broken == {}
    assert set(tally.endings) == {"ok: found out and adopted", "failed: outcome unknown"}


def test_schedules_lead_to_every_kind_of_ending() -> None:
    endings = tally_of_schedules(range(1_000_200, 1_000_800)).endings
    assert endings.keys() >= {
        *("ok: changed", "ok: as it was", "ok: elected", "ok: found out and adopted", "killed"),
        *("failed: outcome unknown", "failed: several of the name", "failed: not ready or gone in time"),
        *("failed: no such id", "failed: accepted, not as wanted", "failed: refused by the API"),
        *("failed: no usable answer", "rolled back"),
    }


def test_an_answer_may_show_what_existed_between_two_steps_of_a_task() -> None:
    assert tally_of_schedules(range(662_366, 662_367)).broken == {}


def test_the_usual_playbook_breaks_promises_that_the_oracle_sees(running: Simulator, tmp_path: Path) -> None:
    found = [
        sentence
        for schedule in list(filter(can_play, map(schedule_of, SEEDS)))[:30]
        for sentence in violations(perform(schedule, running, tmp_path, played_by_uri))
    ]
    assert any("created" in sentence for sentence in found)
    assert any("unmentioned" in sentence for sentence in found)
    assert any("says that all is well" in sentence for sentence in found)


@pytest.mark.parametrize("seed", SEEDS[1:4])
def test_a_seed_always_plays_the_same_way(seed: int, running: Simulator, tmp_path: Path) -> None:
    # Notes of the first round would be remembered by the second.
    first, second = (_story(perform(schedule_of(seed), running, fresh(tmp_path))) for _round in range(2))
    assert first == second


def _story(performance: Performance) -> list[object]:
    """What was sent when, counted from the start, and what was said."""
    start = performance.runs[0].requests[0].when
    return [
        (
            run.report.failed,
            run.result["changed"],
            [(entry.method, entry.path, round(entry.when - start, 3)) for entry in run.requests],
        )
        for run in performance.runs
    ]

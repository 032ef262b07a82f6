# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does the promise hold for some hundred schedules of faults, and with a create cut at every byte?

The short version of `make faults`, with other seeds.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from campaign.baseline import played_by_uri
from campaign.oracle import violations
from campaign.plays import Performance, perform
from campaign.schedules import schedule_of
from campaign.tallies import Tally, all_cuts, batches_of_cuts, batches_of_seeds, cut_exchange, tallied

from simulator import Simulator

SEEDS = range(1_000_000, 1_000_240)
PROCESSES = os.cpu_count() or 1


@pytest.fixture(scope="module")
def faults() -> Tally:
    return tallied(batches_of_seeds(SEEDS, baseline=False, size=40), PROCESSES)


@pytest.fixture(scope="module")
def cuts() -> Tally:
    """Every byte, ended by RST and FIN in turns; the long version does both everywhere."""
    places = [cut for cut in all_cuts(cut_exchange()) if cut.is_reset == bool(cut.at % 2)]
    return tallied(batches_of_cuts(places), PROCESSES)


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


def test_no_schedule_breaks_a_promise(faults: Tally) -> None:
    assert faults.broken == {}
    assert faults.schedules == len(SEEDS)


def test_the_schedules_lead_to_every_kind_of_ending(faults: Tally) -> None:
    assert set(faults.endings) >= {
        "ok: as it was",
        "ok: changed",
        "ok: elected",
        "ok: found out and taken over",
        "failed: outcome unknown",
        "failed: several of the name",
        "failed: refused by the API",
        "failed: no usable answer",
        "failed: not ready or gone in time",
    }


def test_a_create_cut_at_any_byte_breaks_no_promise(cuts: Tally) -> None:
    assert cuts.broken == {}


def test_a_cut_create_is_taken_over_or_of_unknown_outcome(cuts: Tally) -> None:
    assert set(cuts.endings) == {"ok: found out and taken over", "failed: outcome unknown"}


def test_the_usual_playbook_breaks_promises_that_the_oracle_sees(running: Simulator, tmp_path: Path) -> None:
    found = [
        sentence
        for seed in SEEDS[:30]
        for sentence in violations(perform(schedule_of(seed), running, tmp_path, played_by_uri))
    ]
    assert any("created" in sentence for sentence in found)
    assert any("unmentioned" in sentence for sentence in found)
    assert any("says that all is well" in sentence for sentence in found)


@pytest.mark.parametrize("seed", [SEEDS[1], SEEDS[2], SEEDS[3]])
def test_a_seed_always_plays_the_same_way(seed: int, running: Simulator, tmp_path: Path) -> None:
    first, second = (_story(perform(schedule_of(seed), running, tmp_path)) for _ in range(2))
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

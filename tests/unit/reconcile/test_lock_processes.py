# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Do tasks on one machine that name the same endpoint take turns?"""

from __future__ import annotations

from pathlib import Path

import pytest

from campaign.plays import Performance, perform
from campaign.schedules import MANNER, WANTED, Controller, Schedule
from simulator import Settings, Simulator

FORKS = 4
LOCKS = Path("machine-0", ".ansible", "ppio_gpu_locks")


def _forks(simulator: Simulator, directory: Path, seed: int = 0) -> Performance:
    """Four tasks at once on machine 0, all of which want the same endpoint."""
    controllers = (Controller(0, {**MANNER, **WANTED}),) * FORKS
    return perform(Schedule(seed, Settings(), (), (), controllers), simulator, directory)


@pytest.mark.parametrize("seed", range(10))
def test_forks_of_one_playbook_send_exactly_one_create(seed: int, simulator: Simulator, tmp_path: Path) -> None:
    runs = _forks(simulator, tmp_path, seed).runs
    assert [run.report.failed for run in runs] == [False] * FORKS
    assert sorted(run.result["operation"] for run in runs) == ["create", "none", "none", "none"]
    assert sum(entry.method == "POST" for run in runs for entry in run.requests) == 1


def test_nothing_is_left_locked(simulator: Simulator, tmp_path: Path) -> None:
    _forks(simulator, tmp_path)
    performance = _forks(simulator, tmp_path)
    assert [run.report.warnings for run in performance.runs] == [()] * FORKS


@pytest.mark.parametrize("place", [LOCKS, LOCKS.parent], ids=str)
def test_a_home_that_takes_no_lock_file_degrades_with_a_warning(
    place: Path, simulator: Simulator, tmp_path: Path
) -> None:
    (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / place).symlink_to("/proc/1/no/such/place")
    runs = _forks(simulator, tmp_path).runs
    creators = [run for run in runs if run.result["operation"] == "create"]
    assert creators
    assert all("lock file cannot be used" in run.text for run in creators)

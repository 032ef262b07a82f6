# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Is a create remembered for as long as it may come into sight, though the clock of the machine is set back?"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from unit.fleets import entry
from unit.passing import Time
from unit.reconcile.acting import fleet, single

from ansible_collections.ppio.gpu.plugins.module_utils._reconcile.journal import LONGEST_LAG
from simulator import Fault, Settings, Simulator

LOST = Fault("reset", operation="createEndpoint")
#: What the API does, and what becomes of the first request.
LATE: tuple[Settings, list[Fault]] = (Settings(visible_in_list_after=200, visible_in_get_after=200), [])
NEVER_ARRIVED: tuple[Settings, list[Fault]] = (Settings(), [LOST])

every_act = pytest.mark.parametrize("act", [single, fleet])


def set_back(simulator: Simulator, time: Time) -> None:
    """From now on, the wall clock of the machine shows what it showed 1000 seconds ago."""
    time.clock = replace(time.clock, today=lambda: simulator.clock.now() - 1000)


@every_act
@pytest.mark.parametrize(("settings", "faults"), [LATE, NEVER_ARRIVED], ids=["late", "never arrived"])
def test_a_rerun_that_cannot_know_creates_no_second_one(
    simulator: Simulator, time: Time, act: Any, settings: Settings, faults: list[Fault]
) -> None:
    simulator.settings = settings
    simulator.script(faults)
    assert act(simulator, time, entry("chat")).failed
    set_back(simulator, time)
    again = act(simulator, time, entry("chat"))
    assert again.failed
    assert "Outcome unknown." in again.result["msg"]
    assert [one.method for one in simulator.writes].count("POST") == 1


def test_the_record_of_one_account_is_not_that_of_another(simulator: Simulator, time: Time, home: Path) -> None:
    simulator.settings = LATE[0]
    assert single(simulator, time, entry("chat")).failed
    (path,) = (home / ".ansible" / "ppio_gpu_creates").glob("*.json")
    note = json.loads(path.read_text())
    foreign = path.with_name("0" * 32 + ".json")
    foreign.write_text(json.dumps({**note, "id": "of-another-account"}))
    set_back(simulator, time)
    assert single(simulator, time, entry("chat")).failed
    assert json.loads(path.read_text())["id"] == note["id"]


@every_act
def test_it_counts_as_never_created_after_the_longest_lag(simulator: Simulator, time: Time, act: Any) -> None:
    simulator.script([LOST])
    assert act(simulator, time, entry("chat")).failed
    set_back(simulator, time)
    assert act(simulator, time, entry("chat")).failed
    simulator.clock.advance(LONGEST_LAG)
    assert not act(simulator, time, entry("chat")).failed
    assert [one["name"] for one in simulator.endpoints] == ["chat"]

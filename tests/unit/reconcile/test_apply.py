# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done about a conflict, and when is what was deleted really gone?"""

from __future__ import annotations

from typing import Any

import pytest
from unit.fleets import calls, entry, messages, run
from unit.passing import Time
from unit.reconcile.acting import at_phase, fleet, single

from simulator import Fault, Settings, Simulator

BOTH = pytest.mark.parametrize("act", [single, fleet])
CONFLICT = Fault("status", "updateEndpoint", status=409, body={"reason": "CONFLICT"})


@BOTH
@pytest.mark.parametrize(("conflicts", "failed", "puts"), [(1, False, 2), (2, False, 3), (3, True, 3), (4, True, 3)])
def test_an_update_is_planned_anew_twice_at_most(
    simulator: Simulator, time: Time, act: Any, conflicts: int, failed: bool, puts: int
) -> None:
    simulator.seed(entry("chat"))
    simulator.script([CONFLICT] * conflicts)
    assert act(simulator, time, entry("chat", command="--fast")).failed is failed
    assert calls(simulator)["PUT"] == puts


def test_what_the_list_shows_is_there_although_a_read_does_not_see_it(simulator: Simulator, time: Time) -> None:
    simulator.seed(entry("chat"))
    simulator.script([Fault("status", "getEndpoint", status=404)])
    report = run(simulator, time, [entry("chat", command="--fast")])
    assert not report.failed, messages(report)
    assert simulator.endpoints[0]["command"] == "--fast"


def test_what_neither_shows_any_more_is_not_updated(simulator: Simulator, time: Time) -> None:
    simulator.seed(entry("chat"))

    def delete() -> None:
        assert not single(simulator, Time(simulator), {"name": "chat", "state": "absent"}).failed

    report = run(
        simulator, time, [entry("chat", command="--fast")], progress=at_phase("endpoint 'chat' to update", delete)
    )
    assert report.failed
    assert "has just been deleted by somebody else" in messages(report)["chat"]
    assert calls(simulator)["PUT"] == 0


@BOTH
def test_nothing_is_created_anew_before_the_old_one_has_left(simulator: Simulator, time: Time, act: Any) -> None:
    simulator.seed(entry("chat", app_name="old"))
    simulator.settings = Settings(linger_in_get=45, linger_in_list=45)
    assert not act(simulator, time, entry("chat", app_name="new", allow_recreate=True)).failed
    deleted, created = (one.when for one in simulator.writes)
    assert created - deleted >= 45

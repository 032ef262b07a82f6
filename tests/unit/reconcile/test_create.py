# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is made of a create that is lost, or refused for now, while others create the same?"""

from __future__ import annotations

from typing import Any

import pytest
from unit.fleets import calls, entry, messages, run
from unit.passing import Time
from unit.reconcile.acting import at_phase, fleet, single

from simulator import Fault, Simulator

LOST = Fault("reset", "createEndpoint", "after_commit")
BOTH = pytest.mark.parametrize("act", [single, fleet])


@BOTH
def test_a_refusal_after_a_lost_answer_ends_the_sending(simulator: Simulator, time: Time, act: Any) -> None:
    refused = Fault("status", "createEndpoint", status=400, body={"reason": "ODD"})
    simulator.script([Fault("reset", "createEndpoint"), refused])
    report = act(simulator, time, entry("chat", on_ambiguous="resend"))
    assert report.failed
    assert "utcome unknown" in report.result["msg"]
    assert calls(simulator)["POST"] == 2


@BOTH
def test_what_somebody_else_creates_during_a_pause_is_not_created_again(
    simulator: Simulator, time: Time, act: Any
) -> None:
    simulator.script([Fault("status", "createEndpoint", status=429, headers={"Retry-After": "30"})])
    time.at(10, lambda: simulator.seed(entry("chat")))
    report = act(simulator, time, entry("chat"))
    assert report.failed
    assert "somebody else did" in report.result["msg"]
    assert len(simulator.endpoints) == 1


def test_a_lost_create_beside_one_of_somebody_else_is_not_guessed(simulator: Simulator, time: Time) -> None:
    simulator.script([LOST])
    progress = at_phase("1 to create", lambda: simulator.seed(entry("chat")))
    report = run(simulator, time, [entry("chat")], progress=progress)
    assert report.failed
    assert "several new ones have the name 'chat'" in messages(report)["chat"]
    assert all(one["id"] in messages(report)["chat"] for one in simulator.endpoints)

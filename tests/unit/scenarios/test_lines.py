# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Do the lines of a long task say which endpoint they are about?"""

from __future__ import annotations

import itertools

from unit import fleets
from unit.bodies import Body
from unit.passing import Time
from unit.scenarios.changing import becomes, change, served

from ansible_collections.ppio.gpu.plugins.module_utils._clock import Clock
from ansible_collections.ppio.gpu.plugins.module_utils._progress import ProgressReporter
from simulator import Simulator


def lines(simulator: Simulator, time: Time, task: Body) -> list[str]:
    """All lines that a task shows, without their times."""
    heard: list[str] = []
    patient = Clock(now=itertools.count(0, 10).__next__)
    fleets.run(simulator, time, [task], wait=True, progress=ProgressReporter(heard.append, patient))
    return [line.rpartition(" (")[0] for line in heard]


def test_a_change_that_is_proved(simulator: Simulator, time: Time) -> None:
    served(simulator, 1)
    becomes(simulator, "beside")
    heard = lines(simulator, time, change(1, rollout={"surge": 1}, smoke_test={}))
    doings = [line for line in heard if "'" in line]
    assert doings == [
        "endpoint 'chat' to update",
        "checking that the API shows what was done to endpoint 'chat'",
        "waiting for endpoint 'chat'",
        "sending the smoke test to endpoint 'chat'",
        "removing the extra workers of endpoint 'chat'",
        "checking that the API shows what was done to endpoint 'chat'",
    ]
    assert "1 of 1 done (chat)" in heard


def test_a_change_that_is_taken_back(simulator: Simulator, time: Time) -> None:
    served(simulator, 1)
    becomes(simulator, "at_once", "image_pull_failure")
    heard = lines(simulator, time, change(1, rollout={"on_failure": "rollback"}))
    assert "rolling back endpoint 'chat'" in heard

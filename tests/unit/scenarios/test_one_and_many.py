# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Do one endpoint and a fleet of one behave the same where they once did not?"""

from __future__ import annotations

from typing import Any

import pytest
from unit import fleets, passing
from unit.fleets import entry
from unit.passing import Time

from ansible_collections.ppio.gpu.plugins.module_utils._tasks.task import Report
from simulator import Settings, Simulator


def single(simulator: Simulator, time: Time, options: dict[str, Any]) -> Report:
    return passing.run(simulator, time, options)


def fleet(simulator: Simulator, time: Time, options: dict[str, Any]) -> Report:
    return fleets.run(simulator, time, [options], wait=True)


BOTH = pytest.mark.parametrize("act", [single, fleet])


@BOTH
def test_a_name_that_another_one_has_is_not_given(simulator: Simulator, time: Time, act: Any) -> None:
    identity, other = simulator.seed(entry("old")), simulator.seed(entry("taken"))
    report = act(simulator, time, {"id": identity, "name": "taken"})
    assert report.failed
    assert f"The name 'taken' belongs to {other} already." in report.result["msg"]
    assert simulator.writes == ()


@BOTH
def test_a_wait_goes_on_for_what_shows_late(simulator: Simulator, time: Time, act: Any) -> None:
    simulator.settings = Settings(visible_in_list_after=60, visible_in_get_after=60)
    report = act(simulator, time, entry("late"))
    assert not report.failed, report.result["msg"]
    assert time.passed >= 60


@BOTH
def test_a_wait_goes_on_for_what_leaves_late(simulator: Simulator, time: Time, act: Any) -> None:
    simulator.seed(entry("late"))
    simulator.settings = Settings(linger_in_list=60, linger_in_get=60)
    report = act(simulator, time, {"name": "late", "state": "absent"})
    assert not report.failed, report.result["msg"]
    assert time.passed >= 60

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does every scenario of one endpoint hold for a fleet of one and of three?"""

from __future__ import annotations

from typing import Any

import pytest
from unit.bodies import Body
from unit.fleets import named, run
from unit.passing import Time
from unit.scenarios import scenarios, worlds
from unit.scenarios.scenarios import Scenario
from unit.scenarios.test_four_runs import BYSTANDERS, others

from simulator import Fault, Settings, Simulator

FLEETS = pytest.mark.parametrize("count", [1, 3], ids=["a fleet of one", "a fleet of three"])


def distinct(body: Body, number: int) -> Body:
    """The same body with a name, and an app name, of its own."""
    return {**body, **{name: body[name] + "x" * number for name in ("name", "app_name") if body.get(name)}}


def prepared(simulator: Simulator, world: str, scenario: Scenario, count: int) -> list[dict[str, Any]]:
    """The entries of a scenario, once the simulator has what was there before."""
    simulator.settings = worlds.EACH[world]
    for body in BYSTANDERS:
        simulator.seed(body)
    entries = []
    for number in range(count):
        entry = distinct(dict(scenario.arguments), number)
        if scenario.existing:
            identity = simulator.seed(distinct(scenario.existing, number))
            entry |= {"id": identity} if scenario.addressed else {}
        entries.append(entry)
    return entries


def four_runs(
    simulator: Simulator, time: Time, entries: list[dict[str, Any]], *, details: bool = False
) -> tuple[list[Any], list[tuple[str, ...]], list[Any]]:
    changed, writes, diffs = [], [], []
    for check in (True, False, True, False):
        simulator.clear_journal()
        report = run(simulator, time, entries, check=check, include_details=details)
        assert not report.failed, report.result["msg"]
        changed.append([one["changed"] for one in report.result["endpoints"]])
        writes.append(tuple(sorted(entry.method for entry in simulator.writes)))
        diffs.append(report.result["diff"])
    return changed, writes, diffs


@FLEETS
@pytest.mark.parametrize("world", worlds.BOTH)
@pytest.mark.parametrize("name", scenarios.CHANGING)
def test_a_fleet_changes_once_as_predicted_and_then_never_again(
    simulator: Simulator, time: Time, name: str, world: str, count: int
) -> None:
    scenario = scenarios.CHANGING[name]
    entries = prepared(simulator, world, scenario, count)
    bystanders = others(simulator)
    # The list does not show the type.
    changed, writes, diffs = four_runs(simulator, time, entries, details=name in scenarios.RECREATES)
    assert changed == [[True] * count] * 2 + [[False] * count] * 2
    assert writes == [(), tuple(sorted(scenario.writes * count)), (), ()]
    assert diffs[0] == diffs[1]
    assert others(simulator) == bystanders


@FLEETS
@pytest.mark.parametrize("world", worlds.BOTH)
@pytest.mark.parametrize("name", [name for name in scenarios.UNCHANGED if name != "absent, and the id is"])
def test_a_fleet_that_is_as_wanted_is_left_alone(
    simulator: Simulator, time: Time, name: str, world: str, count: int
) -> None:
    entries = prepared(simulator, world, scenarios.UNCHANGED[name], count)
    existing = simulator.endpoints
    changed, writes, _diffs = four_runs(simulator, time, entries)
    assert changed == [[False] * count] * 4
    assert writes == [()] * 4
    assert simulator.endpoints == existing


def test_what_an_entry_warns_of_is_told_where_it_fails_later(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(life="endpoint_error")
    simulator.script([Fault("reset", operation="createEndpoint", when="after_commit")])
    report = run(simulator, time, named(1), wait=True)
    assert report.failed
    assert any(warning.startswith("chat-0: ") and "not sent again" in warning for warning in report.warnings)

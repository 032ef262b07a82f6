# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does the module for fleets take and return what its documentation says?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import yaml
from unit.bodies import FULL, MINIMAL
from unit.contract.facts import KINDS, prose, stated_bounds
from unit.contract.returned import differing, documented_paths, paths
from unit.running import ANSIBLES_OWN, Said, run

from ansible_collections.ppio.gpu.plugins.module_utils._options.fleet_options import FLEET_LIMITS
from ansible_collections.ppio.gpu.plugins.module_utils._schema.resource import Field
from ansible_collections.ppio.gpu.plugins.modules import endpoint_fleet
from simulator import Fault, Settings, Simulator

OPTIONS: Mapping[str, Any] = yaml.safe_load(endpoint_fleet.DOCUMENTATION)["options"]
RETURN: Mapping[str, Any] = yaml.safe_load(endpoint_fleet.RETURN)

DEBT = Settings(balance="debt")
#: Nobody may list.
LOCKED_OUT = Fault("status", "listEndpoints", status=403, times=10)


@dataclass(frozen=True)
class Case:
    """One run of the module, where there is an endpoint `chat` already."""

    options: Mapping[str, Any]
    check: bool = False
    diff: bool = False
    settings: Settings | None = None
    faults: tuple[Fault, ...] = ()
    #: How far it gets: to the end of the list of entries, to a first call that fails, or not even to that.
    is_whole: bool = True
    is_refused: bool = False


CHANGES = {"endpoints": [{**FULL, "command": "--slow"}, {**MINIMAL, "name": "new"}]}
CASES = {
    "changes": Case(CHANGES),
    "changes in diff mode": Case(CHANGES, diff=True),
    "changes in check mode": Case(CHANGES, check=True, diff=True),
    "unchanged": Case({"endpoints": [FULL]}, diff=True),
    "cost": Case({**CHANGES, "cost": True}),
    "over the budget": Case({**CHANGES, "budget": {"max_hourly": 0}}, is_whole=False),
    "changes are ignored": Case({"endpoints": [{**FULL, "command": "--slow", "ignore_changes": ["command"]}]}),
    "a failing entry": Case({"endpoints": [{**FULL, "app_name": "other"}]}),
    "failing entries in diff mode": Case(CHANGES, diff=True, settings=DEBT),
    "pruned": Case({"endpoints": [], "prune": True, "name_prefix": "c", "prune_empty": True, "prune_max_percent": 100}),
    "pruning too much": Case({"endpoints": [], "prune": True, "name_prefix": "c", "prune_empty": True}, is_whole=False),
    "locked out": Case(CHANGES, diff=True, faults=(LOCKED_OUT,), is_whole=False),
    "an option refused": Case({"endpoints": [], "concurrency": 0}, is_whole=False, is_refused=True),
    "refused by Ansible": Case({"endpoints": [], "colour": "red"}, is_whole=False, is_refused=True),
}
#: When a value is returned, in the words of the documentation.
WHEN: Mapping[str, Callable[[Case], bool]] = {
    "always, unless the options were refused": lambda case: not case.is_refused,
    "always, unless the whole task failed": lambda case: case.is_whole,
    "in diff mode, unless the whole task failed": lambda case: case.is_whole and case.diff,
    "failure of the whole task, unless the options were refused": lambda case: (
        not case.is_whole and not case.is_refused
    ),
}


@pytest.mark.parametrize("row", FLEET_LIMITS, ids=lambda row: row.name)
def test_the_documented_limits_are_those_that_are_checked(row: Field) -> None:
    said = OPTIONS[row.name]
    assert stated_bounds(prose(said)) == (row.minimum, row.maximum)
    assert KINDS[said["type"].replace("path", "str")] == row.kind.value


@pytest.fixture
def said(request: pytest.FixtureRequest, simulator: Simulator, account: Mapping[str, Any]) -> Said:
    case = CASES[request.param]
    simulator.seed(FULL)
    simulator.settings = case.settings or simulator.settings
    simulator.script(case.faults)
    return run(endpoint_fleet, {**account, **case.options}, check=case.check, diff=case.diff)


@pytest.mark.parametrize(("said", "case"), CASES.items(), indirect=["said"], ids=CASES)
def test_the_keys_of_a_result_are_the_documented_ones(said: Said, case: Case) -> None:
    documented = {name for name, value in RETURN.items() if WHEN[value["returned"]](case)}
    assert said.result.keys() - ANSIBLES_OWN == documented, said.text


@pytest.mark.parametrize(("said", "case"), CASES.items(), indirect=["said"], ids=CASES)
def test_every_value_of_a_result_is_as_documented(said: Said, case: Case) -> None:
    values = {name: completed(name, value) for name, value in said.result.items() if name in RETURN}
    assert [wrong for name, value in values.items() for wrong in differing(value, RETURN[name], name)] == []


def completed(name: str, value: Any) -> Any:
    """A value with the keys that only failed entries have."""
    told = [key for key, value in RETURN["endpoints"]["contains"].items() if value["returned"] == "if the entry failed"]
    assert sorted(told) == ["deleted", "message"]
    return [{**dict.fromkeys(told), **one} for one in value] if name == "endpoints" else value


def test_every_documented_value_is_returned_at_some_time(simulator: Simulator, account: Mapping[str, Any]) -> None:
    options = {**account, **CHANGES}
    simulator.settings = Settings(replacement="beside")
    seen = [run(endpoint_fleet, options, diff=True)]
    seen.append(
        run(
            endpoint_fleet,
            {**account, "endpoints": [{**FULL, "smoke_test": {}, "rollout": {"stable_for": 0}}], "wait": True},
        )
    )
    ignoring = {**FULL, "ports": [1], "ignore_changes": ["ports"]}
    seen.append(run(endpoint_fleet, {**account, "endpoints": [ignoring]}))
    seen.append(run(endpoint_fleet, {**options, "cost": True}))
    unpriced = {**MINIMAL, "name": "unpriced", "product_id": "unlisted"}
    seen.append(run(endpoint_fleet, {**account, "endpoints": [unpriced], "cost": True}))
    priced = {**MINIMAL, "name": "priced", "product_id": "serverless-rtx-4090-24"}
    seen.append(run(endpoint_fleet, {**account, "endpoints": [{**priced, "check_stock": True}], "cost": True}))
    simulator.settings = Settings(sold_out=("serverless-h100-80",))
    several = {
        **FULL,
        "name": "moved",
        "app_name": "moved",
        "product_ids": ["serverless-h100-80", priced["product_id"]],
    }
    del several["product_id"]
    seen.append(run(endpoint_fleet, {**account, "endpoints": [several], "wait": True, "failure_patience": 0}))
    simulator.settings = DEBT
    seen.append(run(endpoint_fleet, {**account, "endpoints": [{**FULL, "command": "--other"}]}))
    anew = {**FULL, "app_name": "other", "allow_recreate": True}
    seen.append(run(endpoint_fleet, {**account, "endpoints": [anew]}))
    simulator.script([LOCKED_OUT])
    seen.append(run(endpoint_fleet, options))
    assert set(documented_paths(RETURN)) - {path for one in seen for path in paths(one.result)} == set()

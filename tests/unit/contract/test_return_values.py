# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does the module return what its documentation says, and nothing else?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import yaml
from unit.bodies import FULL, MINIMAL
from unit.contract.returned import differing, documented_paths, paths
from unit.running import ANSIBLES_OWN, Said, run_endpoint

from ansible_collections.ppio.gpu.plugins.modules import endpoint
from simulator import Settings, Simulator

RETURN: Mapping[str, Any] = yaml.safe_load(endpoint.RETURN)

PLAIN = Settings()
SEVERAL = {
    **FULL,
    "product_id": None,
    "product_ids": ["serverless-h100-80", "serverless-rtx-4090-24"],
    "check_stock": False,
}
MOVED = {
    **SEVERAL,
    "name": "moved",
    "app_name": "moved",
    "failure_patience": 0,
    "rollout": {"stable_for": 0},
}
PRICED = {**FULL, "name": "priced", "app_name": "priced", "product_id": "serverless-rtx-4090-24"}
#: What is ready need not stay so, which would take real seconds.
WAITING: Mapping[str, Any] = {"wait": True, "rollout": {"stable_for": 0}}


@dataclass(frozen=True)
class Case:
    """One run of the module. Unless it is `new`, the endpoint is there before."""

    arguments: Mapping[str, Any]
    new: bool = False
    check: bool = False
    diff: bool = False
    settings: Settings = PLAIN
    fails: bool = False
    refused: bool = False

    @property
    def present(self) -> bool:
        return self.arguments.get("state") != "absent"


CASES = {
    "create": Case(FULL, new=True),
    "create in check mode": Case(FULL, new=True, check=True, diff=True),
    "create of what is needed": Case(MINIMAL, new=True, diff=True),
    "unchanged": Case(FULL),
    "changes are ignored": Case({**FULL, "command": "--slow", "policy": None, "ignore_changes": ["policy", "command"]}),
    "an update beside ignored changes": Case(
        {**FULL, "command": "--slow", "volumes": [], "envs": [], "ignore_changes": ["volumes", "envs.MODE"]}, diff=True
    ),
    "unchanged in diff mode": Case(FULL, diff=True),
    "update": Case({**FULL, "command": "--slow"}, diff=True),
    "cost": Case({**FULL, "cost": True}, new=True, check=True),
    "chosen": Case({**SEVERAL, "command": "--slow"}),
    "chosen in check mode": Case(SEVERAL, new=True, check=True),
    "nothing in stock": Case({**FULL, "product_id": "serverless-l40s-48", "check_stock": True}, new=True, fails=True),
    "over the budget": Case({**FULL, "budget": {"max_hourly": 0}}, new=True, fails=True),
    "update in check mode": Case({**FULL, "command": "--slow"}, check=True, diff=True),
    "recreate": Case({**FULL, "type": "async", "allow_recreate": True}, diff=True),
    "recreate in check mode": Case({**FULL, "type": "async", "allow_recreate": True}, check=True),
    "delete": Case({"name": "chat", "state": "absent"}, diff=True),
    "delete in check mode": Case({"name": "chat", "state": "absent"}, check=True, diff=True),
    "absent already": Case({"name": "chat", "state": "absent"}, new=True, diff=True),
    "failure of the API": Case(FULL, new=True, settings=Settings(balance="debt"), fails=True),
    "failure in diff mode": Case(FULL, new=True, diff=True, settings=Settings(balance="debt"), fails=True),
    "failure with an endpoint": Case({**FULL, "type": "async"}, fails=True),
    "failure beside ignored changes": Case(
        {**FULL, "type": "async", "worker_config": {"max_replicas": 9}, "ignore_changes": ["worker_config"]}, fails=True
    ),
    "failure after a write": Case(
        {**FULL, "command": "--slow"}, settings=Settings(ignored_fields=("command",)), fails=True
    ),
    "failure of a wait": Case({**FULL, **WAITING}, new=True, settings=Settings(life="endpoint_error"), fails=True),
    "smoke test": Case({**FULL, **WAITING, "smoke_test": {}}),
    "failure of a smoke test": Case(
        {**FULL, **WAITING, "smoke_test": {"expect": {"status": [418]}}}, new=True, fails=True
    ),
    "wait": Case({**FULL, **WAITING}),
    "refusal of an option": Case({**FULL, "ports": [0]}, fails=True, refused=True),
    "refusal by Ansible": Case({**FULL, "colour": "red"}, fails=True, refused=True),
}
#: When a value is returned, in the words of the documentation.
WHEN: Mapping[str, Callable[[Case], bool]] = {
    "always, unless the options were refused": lambda case: not case.refused,
    "success with O(state=present)": lambda case: not case.fails and case.present,
    "success in diff mode": lambda case: not case.fails and case.diff,
    "failure, unless the options were refused": lambda case: case.fails and not case.refused,
}


@pytest.fixture
def said(request: pytest.FixtureRequest, simulator: Simulator, account: Mapping[str, Any]) -> Said:
    case = CASES[request.param]
    if not case.new:
        simulator.seed(FULL)
    simulator.settings = case.settings
    return run_endpoint({**account, **case.arguments}, check=case.check, diff=case.diff)


@pytest.mark.parametrize(("said", "case"), CASES.items(), indirect=["said"], ids=CASES)
def test_the_keys_of_a_result_are_the_documented_ones(said: Said, case: Case) -> None:
    assert said.failed is case.fails, said.text
    documented = {name for name, value in RETURN.items() if WHEN[value["returned"]](case)}
    assert said.result.keys() - ANSIBLES_OWN == documented


@pytest.mark.parametrize(("said", "case"), CASES.items(), indirect=["said"], ids=CASES)
def test_every_value_of_a_result_is_as_documented(said: Said, case: Case) -> None:
    values = {name: value for name, value in said.result.items() if name in RETURN}
    assert [wrong for name, value in values.items() for wrong in differing(value, RETURN[name], name)] == []


def test_every_documented_value_is_returned_at_some_time(simulator: Simulator, account: Mapping[str, Any]) -> None:
    volumes = [{"type": "local", "size": 30, "mount_point": "/scratch"}]
    simulator.settings = Settings(replacement="beside")
    made = run_endpoint({**account, **FULL, "volumes": volumes}, diff=True)
    asked = run_endpoint({**account, **FULL, "volumes": volumes, **WAITING, "smoke_test": {}})
    waited = run_endpoint({**account, **FULL, **WAITING})
    unpriced = run_endpoint({**account, **MINIMAL, "name": "unpriced", "product_id": "unlisted", "cost": True})
    simulator.settings = Settings(sold_out=("serverless-h100-80",))
    moved = run_endpoint({**account, **MOVED, "wait": True})
    offer = {**PRICED, "volumes": volumes, "cost": True, "check_stock": True, "region_id": "cn-east-1"}
    priced = run_endpoint({**account, **offer})
    simulator.settings = Settings(balance="debt")
    refused = run_endpoint({**account, **FULL, "command": "--slow"})
    ignoring = run_endpoint({**account, **FULL, "volumes": volumes, "ports": [1], "ignore_changes": ["ports"]})
    anew = run_endpoint({**account, **FULL, "volumes": volumes, "app_name": "other", "allow_recreate": True})
    seen = (made, waited, asked, unpriced, moved, priced, refused, ignoring, anew)
    values = {path for said in seen for path in paths(said.result)}
    assert set(documented_paths(RETURN)) - values == set()


def test_a_wrong_type_or_key_would_be_noticed() -> None:
    documented = {"type": "dict", "contains": {"port": {"type": "int"}}}
    assert list(differing({"port": "8080"}, documented, "x")) == ["x.port is of type str"]
    assert list(differing({"port": True}, documented, "x")) == ["x.port is of type bool"]
    assert sorted(differing({"door": 1}, documented, "x")) == ["x.door", "x.port"]

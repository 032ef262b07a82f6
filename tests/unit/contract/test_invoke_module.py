# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does the module that asks an endpoint take and return what its documentation says?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import yaml
from unit.asking import AWAKE, JOBS
from unit.contract.facts import prose, stated_bounds
from unit.contract.returned import differing, documented_paths, paths
from unit.running import ANSIBLES_OWN, Said, run

from ansible_collections.ppio.gpu.plugins.module_utils._options.invocation_options import INVOCATION_LIMITS
from ansible_collections.ppio.gpu.plugins.module_utils._options.limits import OWN_LIMITS
from ansible_collections.ppio.gpu.plugins.module_utils._options.question_options import QUESTION_LIMITS
from ansible_collections.ppio.gpu.plugins.modules import endpoint_invoke
from simulator import Simulator

DOCUMENTED: Mapping[str, Any] = yaml.safe_load(endpoint_invoke.DOCUMENTATION)["options"]
RETURN: Mapping[str, Any] = yaml.safe_load(endpoint_invoke.RETURN)
FAILED = {"api_key": "wrong-key-0123", "name": "chat"}


def test_the_documented_limits_are_those_that_are_checked() -> None:
    rows = {row.name: row for row in (*OWN_LIMITS, *QUESTION_LIMITS, *INVOCATION_LIMITS) if row.name in DOCUMENTED}
    bounds = {name: (row.minimum, row.maximum) for name, row in rows.items()}
    assert {name: stated_bounds(prose(DOCUMENTED[name])) for name in rows} == bounds


@pytest.fixture
def said(simulator: Simulator, account: Mapping[str, Any]) -> Mapping[str, Said]:
    """What the module says of a request, of a job, in check mode and of a failure."""
    simulator.seed(AWAKE)
    simulator.seed({**JOBS, "name": "jobs"})
    job = {"name": "jobs", "input": {}, "gateway_url": simulator.gateway_url}
    return {
        "request": run(endpoint_invoke, {**account, "name": "chat"}),
        "job": run(endpoint_invoke, {**account, **job}),
        "check": run(endpoint_invoke, {**account, "name": "chat"}, check=True),
        "wrong answer": run(endpoint_invoke, {**account, "name": "chat", "expect": {"status": [418]}}),
        "failure": run(endpoint_invoke, {**account, **FAILED}),
    }


def test_the_keys_of_a_result_are_always_the_documented_ones(said: Mapping[str, Said]) -> None:
    for name, one in said.items():
        assert one.failed is (name in ("failure", "wrong answer")), one.text
        assert one.changed is False
        documented = {key for key, value in RETURN.items() if one.failed or not value["returned"].startswith("failure")}
        assert one.result.keys() - ANSIBLES_OWN == documented
        values = {key: value for key, value in one.result.items() if key in RETURN}
        assert [wrong for key, value in values.items() for wrong in differing(value, RETURN[key], key)] == []


def test_every_documented_value_is_returned_at_some_time(said: Mapping[str, Said]) -> None:
    values = {path for one in said.values() for path in paths(one.result)}
    assert set(documented_paths(RETURN)) - values == set()


def test_a_refusal_of_options_returns_none_of_them(account: Mapping[str, Any]) -> None:
    refused = run(endpoint_invoke, {**account, "name": "chat", "timeout": 0, "secret_headers": {"X": "canary\n"}})
    assert refused.failed
    assert refused.result.keys() - ANSIBLES_OWN == set()
    assert "canary" not in refused.text

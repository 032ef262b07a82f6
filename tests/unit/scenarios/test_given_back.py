# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Can what endpoint_info shows of an endpoint be given back, without a placeholder ever being written?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from unit.bodies import FULL, MINIMAL, Body
from unit.running import run, run_endpoint
from unit.scenarios import worlds

from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT
from ansible_collections.ppio.gpu.plugins.modules import endpoint_fleet, endpoint_info
from simulator import Simulator

Account = Mapping[str, Any]

READ_ONLY = frozenset(row.name for row in ENDPOINT.observed)
WITHOUT_ENVS = {**FULL, "envs": []}


def shown(account: Account, **options: Any) -> Body:
    """What the info module shows of the one endpoint, without what can only be read."""
    (one,) = run(endpoint_info, {**account, "include_details": True, **options}).result["endpoints"]
    return {name: value for name, value in one.items() if name not in READ_ONLY}


@pytest.mark.parametrize("world", worlds.EACH)
@pytest.mark.parametrize("body", [FULL, MINIMAL, WITHOUT_ENVS], ids=["full", "minimal", "without envs"])
@pytest.mark.parametrize("with_values", [True, False])
def test_it_is_refused_or_no_change(
    simulator: Simulator, account: Account, body: Body, world: str, with_values: bool
) -> None:
    simulator.settings = worlds.EACH[world]
    simulator.seed(body)
    before = simulator.endpoints
    back = shown(account, include_env_values=with_values)
    has_placeholder = not with_values and bool(body.get("envs"))
    one, fleet = run_endpoint({**account, **back}), run(endpoint_fleet, {**account, "endpoints": [back]})
    for said, place in ((one, "envs[0].value"), (fleet, f"endpoints[0].envs[0].value ({back['name']})")):
        assert said.failed or not said.changed
        assert said.failed or not has_placeholder
        assert not has_placeholder or f"{place} must be a real value" in said.message
    assert simulator.writes == ()
    assert simulator.endpoints == before


@pytest.mark.parametrize("world", ["plain", "replaces", "has pages of one"])
def test_with_its_values_it_is_no_change(simulator: Simulator, account: Account, world: str) -> None:
    simulator.settings = worlds.EACH[world]
    simulator.seed(FULL)
    said = run_endpoint({**account, **shown(account, include_env_values=True)})
    assert not said.failed, said.message
    assert not said.changed


@pytest.mark.parametrize("placeholder", ["(hidden)", "(hidden, changed)"])
@pytest.mark.parametrize(
    ("option", "path"),
    [
        ({"secret_envs": [{"key": "A", "value": ...}]}, "secret_envs[0].value"),
        ({"envs": [{"key": "A", "value": ...}]}, "envs[0].value"),
        ({"command": ...}, "command"),
        ({"volumes": [{"mount_point": ...}]}, "volumes[0].mount_point"),
        ({"id": ...}, "id"),
    ],
)
def test_a_placeholder_is_refused_before_any_call(
    simulator: Simulator, account: Account, option: Body, path: str, placeholder: str
) -> None:
    def filled(value: Any) -> Any:
        match value:
            case dict():
                return {name: filled(inner) for name, inner in value.items()}
            case list():
                return [filled(inner) for inner in value]
            case _:
                return placeholder if value is ... else value

    said = run_endpoint({**account, **MINIMAL, **filled(option)})
    assert said.failed
    assert f"{path} must be a real value" in said.message
    assert simulator.journal == ()

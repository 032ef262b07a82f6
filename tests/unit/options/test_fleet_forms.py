# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""In which forms does a fleet take its source, its batches and its secrets?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from unit.bodies import MINIMAL
from unit.running import run

from ansible_collections.ppio.gpu.plugins.module_utils._options.argument_spec import doubts
from ansible_collections.ppio.gpu.plugins.module_utils._options.fleet_options import (
    fleet_argument_spec,
    fleet_checked,
    fleet_doubts,
)
from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT
from ansible_collections.ppio.gpu.plugins.modules import endpoint_fleet
from simulator import Simulator

Account = Mapping[str, Any]


@pytest.mark.parametrize("source", ["fleet.yml", 2026, 1.5, True, False, ["fleet.yml"], [], {"a": "b"}, {}])
def test_a_source_that_nobody_has_read_is_refused(simulator: Simulator, account: Account, source: Any) -> None:
    said = run(endpoint_fleet, {**account, "src": source})
    assert said.failed
    expected = "can be read only on the controller" if isinstance(source, str) else "must be the path of a file"
    assert f"src {expected}" in said.message
    assert simulator.journal == ()


@pytest.mark.parametrize(
    ("given", "sizes"),
    [("1,25%", ["1", "25%"]), ("25%", ["25%"]), (5, ["5"]), ("5", ["5"]), ([5, "25%"], ["5", "25%"])],
)
def test_batches_are_taken_as_ansible_takes_a_list(account: Account, given: Any, sizes: list[str]) -> None:
    options = {"endpoints": [], "wait": True, "batches": given}
    assert list(fleet_checked(ENDPOINT, options).violations) == []
    assert not run(endpoint_fleet, {**account, **options}).failed
    params = ArgumentSpecValidator(fleet_argument_spec(ENDPOINT)).validate(options).validated_parameters
    assert params["batches"] == sizes


def test_an_empty_secret_without_a_key_is_warned_about() -> None:
    entry = {**MINIMAL, "secret_envs": [{"value": ""}]}
    for told in (doubts(ENDPOINT, entry), fleet_doubts(ENDPOINT, {"endpoints": [entry]})):
        (warning,) = told
        assert "is an empty string" in warning

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does the module that exports take and return what its documentation says?"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from unit import exporting
from unit.bodies import FULL
from unit.contract.facts import prose, stated_bounds
from unit.contract.returned import differing, documented_paths, paths
from unit.passing import Time
from unit.running import run

from ansible_collections.ppio.gpu.plugins.module_utils._options.export_options import (
    EXPORT_LIMITS,
    export_violations,
    mode_bits,
)
from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT
from ansible_collections.ppio.gpu.plugins.module_utils._schema.resource import Field
from ansible_collections.ppio.gpu.plugins.modules import endpoint_export
from simulator import Fault, Settings, Simulator

OPTIONS: Mapping[str, Any] = yaml.safe_load(endpoint_export.DOCUMENTATION)["options"]
RETURN: Mapping[str, Any] = yaml.safe_load(endpoint_export.RETURN)
#: What Ansible says of every result.
ALWAYS = {"changed", "msg"}


@pytest.mark.parametrize("row", EXPORT_LIMITS, ids=lambda row: row.name)
def test_the_documented_limits_are_those_that_are_checked(row: Field) -> None:
    limited = row.item or row
    bounds = (limited.minimum, limited.maximum) if limited.maximum is not None else (None, None)
    assert stated_bounds(prose(OPTIONS[row.name])) == bounds


REFUSED: Mapping[str, tuple[Any, ...]] = {
    "dest": ("", ["a"]),
    "ids": ("a" * 256, [""], [None], [{}], {}),
    "names": ([["a"]], [None], {}),
    "name_prefix": ("", "p" * 256, []),
    "region_id": ([], True),
    "secrets": ("show", True),
    "plain_env_keys": ([["A"]], {}),
    "mode": ("rw", "u=rw", "0888", "07777", 600, 0o440, -1, True, [], "６００"),
    "force": ("maybe", []),
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in REFUSED.items() for value in values])
def test_what_cannot_be_done_is_refused_by_its_name(name: str, value: Any) -> None:
    broken = export_violations(ENDPOINT, {"dest": "x.yml", name: value})
    assert {violation.option.partition("[")[0] for violation in broken} == {name}


@pytest.mark.parametrize(("mode", "bits"), [("000", 0), ("640", 0o640), ("0o600", 0o600), ("0777", 0o777)])
def test_permissions_are_octal_digits(mode: Any, bits: int) -> None:
    assert export_violations(ENDPOINT, {"dest": "x", "mode": mode}) == ()
    assert mode_bits(mode) == bits


@pytest.mark.parametrize("mode", [0, 440, 0o440, 600])
def test_permissions_without_quotes_are_refused_with_what_to_write(mode: int) -> None:
    (broken,) = export_violations(ENDPOINT, {"dest": "x", "mode": mode})
    assert f'octal digits between quotes, such as "0600", not {mode}' in str(broken)


def test_nothing_else_is_refused() -> None:
    taken = {"ids": ["a"], "names": ["", 7], "mode": "0640", "secrets": "keep", "plain_env_keys": ["A"], "force": "yes"}
    assert export_violations(ENDPOINT, {"dest": "x.yml", "region_id": "r", "name_prefix": "p", **taken}) == ()


def test_every_documented_value_is_returned_and_nothing_else(simulator: Simulator, time: Time, tmp_path: Path) -> None:
    simulator.settings = Settings(validate_answers=False)
    simulator.seed({**FULL, "entrypoint": "a\0b"})
    done = exporting.done(simulator, time, tmp_path / "x.yml", secrets="reference")
    simulator.script([Fault("status", operation="listEndpoints", status=403, times=9)])
    failed = exporting.run(simulator, time, tmp_path / "x.yml")
    assert done.result.keys() - ALWAYS == RETURN.keys() - {"error"}
    assert failed.result.keys() - ALWAYS == {"error"}
    for report in (done, failed):
        values = {name: value for name, value in report.result.items() if name in RETURN}
        assert [wrong for name, value in values.items() for wrong in differing(value, RETURN[name], name)] == []
    returned = {path for report in (done, failed) for path in paths(report.result)}
    assert set(documented_paths(RETURN)) - returned == set()


def test_the_module_itself_says_where_the_work_is_done(account: Mapping[str, Any]) -> None:
    said = run(endpoint_export, {**account, "dest": "x.yml"})
    assert said.failed
    assert "works on the controller" in said.message

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Do the option table, the documentation and docs/openapi.yaml agree, and would it be noticed if they did not?"""

from __future__ import annotations

from dataclasses import replace

import pytest
from unit.contract import edits
from unit.contract.agreement import Sources, complaints, sources, sources_of_fleet
from unit.contract.facts import facts_of_contract

SAID = sources()
OF_FLEET = sources_of_fleet()
RETURNED = SAID.returned["endpoint"]["contains"]

EDITED: dict[str, Sources] = {
    **{f"table: {name}": replace(SAID, table=table) for name, table in edits.edits_of_table(SAID.table)},
    **{f"limits: {name}": replace(SAID, own_limits=rows) for name, rows in edits.edits_of_limits(SAID.own_limits)},
    **{f"contract: {name}": replace(SAID, contract=edited) for name, edited in edits.edits_of_contract(SAID.contract)},
    **{
        f"options: {name}": replace(SAID, options=edited) for name, edited in edits.edits_of_documentation(SAID.options)
    },
    **{
        f"options of a fleet: {name}": replace(OF_FLEET, options=edited)
        for name, edited in edits.edits_of_documentation(OF_FLEET.options)
    },
    **{
        f"returned: {name}": replace(SAID, returned={"endpoint": {"contains": edited}})
        for name, edited in edits.edits_of_documentation(RETURNED)
    },
}


@pytest.mark.parametrize("said", [SAID, OF_FLEET], ids=["endpoint", "endpoint_fleet"])
def test_the_table_the_documentation_and_the_contract_say_the_same(said: Sources) -> None:
    assert complaints(said) == []


def test_the_comparison_covers_every_field_of_the_create_request() -> None:
    facts = facts_of_contract(SAID.contract)
    assert {
        "type",
        "name",
        "worker_config.gpu_num",
        "policy.value",
        "volumes[].mount_point",
        "envs[].key",
        "ports[]",
    } <= facts.keys()
    assert facts["ports[]"].most == 65535
    assert facts["worker_config.max_replicas"].required


@pytest.mark.parametrize("name", EDITED)
def test_an_edit_of_one_source_alone_is_noticed(name: str) -> None:
    assert complaints(EDITED[name])

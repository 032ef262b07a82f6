# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What does a task for a whole fleet do?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from unit.bodies import MINIMAL, Body
from unit.passing import Time

from ansible_collections.ppio.gpu.plugins.module_utils._options.argument_spec import CONNECTION
from ansible_collections.ppio.gpu.plugins.module_utils._options.fleet_options import fleet_argument_spec
from ansible_collections.ppio.gpu.plugins.module_utils._planning.state import without_null
from ansible_collections.ppio.gpu.plugins.module_utils._progress import SILENT, ProgressReporter
from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT
from ansible_collections.ppio.gpu.plugins.module_utils._schema.product import PRODUCT
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.execution import Execution
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.manage_fleet import fleet_report
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.task import Report
from simulator import Simulator

_VALIDATOR = ArgumentSpecValidator(CONNECTION | fleet_argument_spec(ENDPOINT))
_NOTHING = {
    "created": 0,
    "updated": 0,
    "recreated": 0,
    "deleted": 0,
    "unchanged": 0,
    "failed": 0,
    "not_attempted": 0,
}

Entries = Sequence[Mapping[str, Any]]


def entry(name: str, **options: Any) -> Body:
    """One entry of a fleet, which is a create request as well."""
    return {**MINIMAL, "name": name, **options}


def named(count: int, **options: Any) -> list[Body]:
    """So many entries of different names, `chat-0` and on."""
    return [entry(f"chat-{number}", **options) for number in range(count)]


def absent(entries: Iterable[Mapping[str, Any]]) -> list[Body]:
    """The removal of what these entries describe."""
    return [{"name": one["name"], "state": "absent"} for one in entries]


def seeded(simulator: Simulator, bodies: Iterable[Body]) -> dict[str, str]:
    """Put endpoints there and return their ids by name."""
    return {body["name"]: simulator.seed(body) for body in bodies}


def run(
    simulator: Simulator,
    time: Time,
    endpoints: Entries,
    *,
    check: bool = False,
    progress: ProgressReporter = SILENT,
    **options: Any,
) -> Report:
    """What ppio.gpu.endpoint_fleet does with these entries and options, in diff mode."""
    connection = {"api_url": simulator.url, "api_key": simulator.api_key}
    # What is ready need not stay so for a while, unless an entry says so.
    brief = {"rollout": {"stable_for": 0}} if options.get("wait") else {}
    endpoints = [{**brief, **one} for one in endpoints]
    # Tasks get a copy, too: validating changes what it gets, and entries may share parts.
    validated = _VALIDATOR.validate(without_null({**connection, "endpoints": endpoints, **options}))
    assert validated.error_messages == []
    params = validated.validated_parameters
    return fleet_report(
        ENDPOINT, params, Execution(check_mode=check, diff_mode=True, progress=progress, clock=time.clock)
    )


def counted(**counts: int) -> dict[str, int]:
    """A summary with these counts, and 0 for everything else."""
    assert counts.keys() <= _NOTHING.keys()
    return {**_NOTHING, **counts}


def calls(simulator: Simulator) -> Counter[str]:
    """How many calls of each kind are in the simulator's journal: `list`, `get`, `products`, `POST` and so on."""
    return Counter(_kind(one.method, one.path) for one in simulator.journal)


def told(report: Report) -> list[tuple[str, str, bool]]:
    """Name, operation and whether it changed, of each entry of a result."""
    return [(one["name"], one["operation"], one["changed"]) for one in report.result["endpoints"]]


def messages(report: Report) -> dict[str, str]:
    """Why entries failed, by name."""
    return {one["name"]: one["message"] for one in report.result["endpoints"] if "message" in one}


def existing(simulator: Simulator) -> dict[str, str]:
    """The ids of what really exists, by name. Two of one name are an error."""
    found = [(one["name"], one["id"]) for one in simulator.endpoints]
    assert len(dict(found)) == len(found), found
    return dict(found)


def _kind(method: str, path: str) -> str:
    if method != "GET":
        return method
    lists = {ENDPOINT.verbs.list.path: "list", PRODUCT.verbs.list.path: "products"}
    return lists.get(path, "get")

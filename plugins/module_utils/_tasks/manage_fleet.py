# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Managing many resources of a kind: what a fleet's task does from its params to its result.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from .._errors import PpioError
from .._options.fleet_options import SHARED, fleet_argument_spec, fleet_checked, fleet_doubts, fleet_rules
from .._planning.batch_sizes import batches_from
from .._planning.state import desired_from
from .._reconcile.prune import Prune
from .._reconcile.reconciler import reconcile
from .._reconcile.view import ListView
from .._redaction import Secrets
from .._schema.resource import Resource
from .choice import choice_warnings
from .cost import accounting_from, cost_facts, cost_warnings, refused_cost
from .execution import Execution
from .manage import client_of
from .result import call_facts
from .summary import summary
from .task import Report, Task, unverified

__all__ = ["fleet_report", "manage_fleet"]


def manage_fleet(resource: Resource) -> Task:
    """The task that creates, keeps, changes and removes many of a kind."""
    return Task(
        fleet_argument_spec(resource),
        partial(fleet_checked, resource),
        partial(fleet_report, resource),
        fleet_rules(resource),
    )


def fleet_report(resource: Resource, params: Mapping[str, Any], execution: Execution) -> Report:
    """Reconcile many resources with validated params; the report has failed if any of them has."""
    shared = {name: params[name] for name in SHARED if name in params}
    wanted = [desired_from(resource, {**entry, **shared}) for entry in params[resource.plural] or ()]
    secrets = Secrets(secret for desired in wanted for secret in desired.secrets)
    execution.progress.hide(secrets)
    warnings = fleet_doubts(resource, params) + unverified(params)
    try:
        client = client_of(resource, params, secrets, execution, _smoke_tests(resource, params))
        view = ListView(client, params["concurrency"], params["include_details"])
        reconciled = reconcile(
            view,
            wanted,
            execution.progress,
            check_mode=execution.check_mode,
            prune=_prune(params),
            accounting=accounting_from(resource, params),
            batches=batches_from(params),
        )
    except PpioError as error:
        result = {"changed": False, "msg": secrets.hide(error.message), "error": call_facts(error)}
        result |= cost_facts(resource, refused_cost(error))
        return Report(result, warnings, secrets, failed=True)
    ends = reconciled.ends
    told = tuple(
        f"{end.entry.name}: {warning}"
        for end in ends
        for warning in choice_warnings(end.entry.choice) + end.partial.warnings
    )
    result = summary(resource, ends, secrets, diff=execution.diff_mode) | cost_facts(resource, reconciled.cost)
    warnings += cost_warnings(reconciled.cost) + reconciled.warnings + told
    return Report(result, warnings, secrets, failed="msg" in result)


def _smoke_tests(resource: Resource, params: Mapping[str, Any]) -> dict[str, Any]:
    """The smoke tests of all entries, by their places."""
    entries = enumerate(params[resource.plural] or ())
    return {f"{resource.plural}[{number}].smoke_test": entry.get("smoke_test") for number, entry in entries}


def _prune(params: Mapping[str, Any]) -> Prune | None:
    if not params["prune"]:
        return None
    return Prune(
        params["name_prefix"],
        params["prune_max_percent"],
        params["prune_empty"],
        wait_for=params["wait_for"] if params.get("wait") else "",
        wait_timeout=params["wait_timeout"],
    )

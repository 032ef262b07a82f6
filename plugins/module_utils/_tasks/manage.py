# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Managing one resource: what a task does from its params to its result.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from .._api.client import Client
from .._api.connection import connection_from
from .._errors import NOTHING_DONE, PpioError
from .._options.argument_spec import RULES, argument_spec, checked, doubts
from .._planning.cost import Cost
from .._planning.question import keep_out
from .._planning.state import Desired, desired_from
from .._reconcile.entry import Failed
from .._reconcile.reconciler import reconcile
from .._reconcile.view import ItemView
from .._redaction import Secrets
from .._schema.resource import Resource
from .choice import choice_facts, choice_warnings
from .cost import accounting_from, cost_facts, cost_warnings, refused_cost
from .execution import Execution
from .result import failure, ignored, success
from .task import Report, Task, unverified

__all__ = ["client_of", "manage", "report"]


def manage(resource: Resource) -> Task:
    """The task that creates, keeps, changes and removes one resource."""
    return Task(argument_spec(resource), partial(checked, resource), partial(report, resource), RULES)


def report(resource: Resource, params: Mapping[str, Any], execution: Execution) -> Report:
    """Reconcile one resource with validated params. What the user, the network or the API causes is a failed report."""
    desired = desired_from(resource, params)
    secrets = Secrets(desired.secrets)
    execution.progress.hide(secrets)
    warnings = doubts(resource, params) + unverified(params)
    try:
        view = ItemView(client_of(resource, params, secrets, execution, {"smoke_test": params.get("smoke_test")}))
        reconciled = reconcile(
            view,
            [desired],
            execution.progress,
            check_mode=execution.check_mode,
            accounting=accounting_from(resource, params),
        )
    except PpioError as error:
        return _failed(resource, error, desired, secrets, warnings)
    (end,), cost = reconciled.ends, reconciled.cost
    warnings += cost_warnings(cost) + reconciled.warnings
    warnings += choice_warnings(end.entry.choice)
    if isinstance(end, Failed):
        return _failed(resource, end.error, desired, secrets, warnings, cost, end)
    result = success(resource, end.outcome, desired.shown, secrets, diff=execution.diff_mode)
    result["ignored"] = ignored(resource, end.outcome.fields, desired)
    result |= cost_facts(resource, cost) | choice_facts(resource, end)
    if desired.present:
        result["ansible_facts"] = {f"ppio_{resource.name}_id": end.outcome.id}
    return Report(result, warnings + end.outcome.warnings, secrets)


def client_of(
    resource: Resource,
    params: Mapping[str, Any],
    secrets: Secrets,
    execution: Execution,
    sent: Mapping[str, Any],
) -> Client:
    """The client, once it is sure that nothing that is `sent` to a service has the key in it."""
    connection = connection_from(params, secrets)
    keep_out(connection.key, sent)
    return execution.client(resource, connection)


def _failed(
    resource: Resource,
    error: PpioError,
    desired: Desired,
    secrets: Secrets,
    warnings: tuple[str, ...],
    cost: Cost | None = None,
    end: Failed | None = None,
) -> Report:
    so_far = error.partial or NOTHING_DONE
    result = failure(resource, error, desired.shown, secrets)
    result["ignored"] = ignored(resource, so_far.fields, desired)
    result |= cost_facts(resource, cost or refused_cost(error)) | choice_facts(resource, end)
    return Report(result, warnings + so_far.warnings, secrets, failed=True)

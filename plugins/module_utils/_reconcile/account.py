# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Accounting: what the task would cost, known before anything is written.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from .._api.client import Client
from .._errors import PpioError
from .._planning.budget import Accounting, Scope, judge
from .._planning.cost import Cost, Usage, cost_of
from .._planning.plan import plan
from .._planning.state import current_from
from .._progress import ProgressReporter
from .._schema.resource import Fields
from .choose import Shop
from .entry import Done, Located, Stage
from .snapshot import Snapshot, is_deleting
from .view import View

__all__ = ["accounted"]

_LINES = 5


def accounted(
    view: View,
    shop: Shop,
    stages: Sequence[Stage],
    snapshot: Snapshot,
    accounting: Accounting,
    progress: ProgressReporter,
) -> Cost:
    """What the resources cost before and after the task.

    Raises OverBudget where that breaks the budget, and what the calls raise.
    """
    client = view.client
    resource = client.resource
    known = {identity: usage for stage in stages for identity, usage in _usage(client, stage, snapshot)}
    usages = [*known.values()]
    if accounting.scope is not Scope.LISTED:
        usages += _others(view, known, snapshot, accounting)
    cost = cost_of(shop.pricing, shop.catalog, usages, resource.plural)
    for charge in [charge for charge in cost.charges if charge.is_change][:_LINES]:
        progress.phase(charge.text)
    progress.phase(cost.text)
    if accounting.budget:
        judge(accounting.budget, cost, resource.plural)
    return cost


def _usage(client: Client, stage: Stage, snapshot: Snapshot) -> Iterator[tuple[str, Usage]]:
    """What an entry is before the task and after it; nothing of one of which nobody can tell what it means."""
    name = stage.entry.name
    if isinstance(stage, Done):
        identity = stage.outcome.identity
        shown = snapshot.required(identity)
        yield identity, Usage(name, shown.fields, shown.fields, shown.observed)
    elif isinstance(stage, Located):
        current = stage.current
        before, observed = (current.fields, current.observed) if current else (None, None)
        # What does not exist yet has no id.
        identity = current.id if current else f"new {id(stage.entry)}"
        yield identity, Usage(name, before, _planned_fields(client, stage), observed)


def _planned_fields(client: Client, stage: Located) -> Fields | None:
    """The fields after the task. An entry that cannot be planned fails by itself, before it writes."""
    try:
        return plan(client.resource, stage.current, stage.entry.desired).after
    except PpioError:
        return stage.current.fields if stage.current else None


def _others(view: View, known: Mapping[str, Usage], snapshot: Snapshot, accounting: Accounting) -> Iterator[Usage]:
    """What else there is that the budget is of, and that the task leaves as it is."""
    resource = view.client.resource
    prefix = accounting.name_prefix if accounting.scope is Scope.PREFIX else ""
    for identity, item in view.everything(snapshot).items():
        name = item.get(resource.name_name)
        told = name if isinstance(name, str) else ""
        if identity not in known and told.startswith(prefix) and not is_deleting(resource, item):
            current = current_from(resource, item)
            yield Usage(told or identity, current.fields, current.fields, current.observed)

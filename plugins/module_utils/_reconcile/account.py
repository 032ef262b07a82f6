# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Accounting: what the task would cost, known before anything is written.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from .._api.client import Client
from .._errors import PpioError
from .._planning.batch_sizes import Batches
from .._planning.budget import Accounting, Budget, OverBudget, Scope, bound, judge
from .._planning.cost import Cost, Usage, cost_of
from .._planning.plan import plan
from .._planning.rollout_states import peak
from .._planning.state import current_from
from .._progress import ProgressReporter
from .._schema.resource import Fields
from .batches import batches_of
from .choose import Shop
from .entry import Done, Located, Stage
from .snapshot import Snapshot, is_deleting
from .view import View

__all__ = ["Books", "accounted"]

_LINES = 5


@dataclass(frozen=True)
class Books:
    """What the resources of a task cost, as far as the task has planned by now.

    `usages` is what is there and what becomes of it, and changes when a plan does. `keys` has the key of each entry,
    an empty one for an entry of which nobody can tell what it means.
    """

    shop: Shop
    plural: str
    budget: Budget | None
    usages: dict[str, Usage]
    keys: Sequence[str]

    @property
    def cost(self) -> Cost:
        return self._cost(self.usages)

    def of(self, numbers: Sequence[int]) -> Books:
        """The same books for some of the entries, which have the numbers from 0 on there."""
        return replace(self, keys=[self.keys[number] for number in numbers])

    def judge(self) -> None:
        """Raises OverBudget where what is planned breaks the budget."""
        if self.budget:
            judge(self.budget, self.cost, self.plural)

    def replan(self, view: View, stages: Sequence[Stage]) -> None:
        """Record what is planned for entries that have been looked at once more."""
        for key, stage in zip(self.keys, stages, strict=True):
            if key in self.usages and isinstance(stage, Located):
                after, most = _planned(view.client, stage)
                self.usages[key] = replace(self.usages[key], after=after, peak=most)

    def objection(self, number: int, identity: str) -> str:
        """Why an entry must not be made of another item of the catalog; empty if nothing speaks against it."""
        key = self.keys[number]
        if self.budget is None or not key:
            return ""
        try:
            judge(self.budget, self._cost({**self.usages, key: self._moved(key, identity)}), self.plural)
        except OverBudget as error:
            return error.message
        return ""

    def move(self, number: int, identity: str) -> None:
        """Record that an entry is made of another item of the catalog."""
        if key := self.keys[number]:
            self.usages[key] = self._moved(key, identity)

    def reserve(self, number: int, identity: str) -> None:
        """Record another item of an entry if that is dearer: nobody knows yet whether it gets it."""
        if key := self.keys[number]:
            self._record_if_dearer(key, self._moved(key, identity))

    def note_failure(self, number: int, fields: Fields | None) -> None:
        """Record how an entry that failed was last seen, or was before, if that is dearer than what was planned."""
        if (key := self.keys[number]) in self.usages:
            usage = self.usages[key]
            self._record_if_dearer(key, replace(usage, after=fields or usage.before, peak=None))

    def _record_if_dearer(self, key: str, usage: Usage) -> None:
        # Of this resource alone: a sum over all, for each of thousands that fail, would take hours.
        basis = self.budget.basis if self.budget else "ceiling"
        now, then = (bound(self._cost({key: one}).after, basis) for one in (self.usages[key], usage))
        if now is None or then is None or then > now:
            self.usages[key] = usage

    def _moved(self, key: str, identity: str) -> Usage:
        usage, field = self.usages[key], self.shop.pricing.field
        after, most = (side and {**side, field: identity} for side in (usage.after, usage.peak))
        return replace(usage, after=after, peak=most)

    def _cost(self, usages: Mapping[str, Usage]) -> Cost:
        return cost_of(self.shop.pricing, self.shop.catalog, [*usages.values()], self.plural)


def accounted(
    view: View,
    shop: Shop,
    stages: Sequence[Stage],
    snapshot: Snapshot,
    accounting: Accounting,
    progress: ProgressReporter,
    batches: Batches | None = None,
) -> Books:
    """What the resources cost before and after the task.

    Raises OverBudget where that breaks the budget, what the calls raise, and why there is no list where one is needed.
    """
    turns = _turns(stages, batches)
    known = [_usage(view.client, stage, snapshot, turns.get(number, 0)) for number, stage in enumerate(stages)]
    usages = {key: usage for key, usage in known if usage}
    if accounting.scope is not Scope.LISTED:
        if snapshot.listing_error:
            raise snapshot.listing_error
        usages |= dict(_others(view, usages, snapshot, accounting))
    books = Books(shop, view.client.resource.plural, accounting.budget, usages, [key for key, _usage in known])
    cost = books.cost
    for charge in [charge for charge in cost.charges if charge.is_change][:_LINES]:
        progress.phase(charge.text)
    progress.phase(cost.text)
    books.judge()
    return books


def _turns(stages: Sequence[Stage], batches: Batches | None) -> Mapping[int, int]:
    """In which batch each entry is changed, by its number. What is pruned comes after all that is waited for."""
    cut = batches_of(stages, batches) if batches else []
    turns = {number: turn for turn, batch in enumerate(cut) for number in batch}
    if not any(stage.entry.desired.present and stage.entry.desired.wait_for for stage in stages):
        return turns
    last = max(1, len(cut))
    return turns | {number: last for number, stage in enumerate(stages) if stage.entry.pruned}


def _usage(client: Client, stage: Stage, snapshot: Snapshot, turn: int) -> tuple[str, Usage | None]:
    """The key of an entry, and what it is before and after; nothing where nobody can tell what it means."""
    name = stage.entry.name
    if isinstance(stage, Done):
        identity = stage.outcome.identity
        shown = snapshot.required(identity)
        return identity, Usage(name, shown.fields, shown.fields, shown.observed, turn=turn)
    if not isinstance(stage, Located):
        return "", None
    current = stage.current
    before, observed = (current.fields, current.observed) if current else (None, None)
    after, most = _planned(client, stage)
    # What does not exist yet has no id.
    identity = current.id if current else f"new {id(stage.entry)}"
    return identity, Usage(name, before, after, observed, most, turn)


def _planned(client: Client, stage: Located) -> tuple[Fields | None, Fields | None]:
    """The fields after the task, and at the peak. An entry that cannot be planned fails by itself, before it writes."""
    desired = stage.entry.desired
    try:
        planned = plan(client.resource, stage.current, desired)
    except PpioError:
        before = stage.current.fields if stage.current else None
        return before, before
    return planned.after, peak(client.resource, stage.current, planned, desired)


def _others(
    view: View, known: Mapping[str, Usage], snapshot: Snapshot, accounting: Accounting
) -> Iterator[tuple[str, Usage]]:
    """What else there is that the budget is of, and that the task leaves as it is."""
    resource = view.client.resource
    prefix = accounting.name_prefix if accounting.scope is Scope.PREFIX else ""
    for identity, item in view.everything(snapshot).items():
        name = item.get(resource.name_name)
        told = name if isinstance(name, str) else ""
        if identity not in known and told.startswith(prefix) and not is_deleting(resource, item):
            current = current_from(resource, item)
            yield identity, Usage(told or identity, current.fields, current.fields, current.observed)

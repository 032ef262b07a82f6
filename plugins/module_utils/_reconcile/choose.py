# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Choosing: which item of the catalog each entry gets, all at once, so that no two take the same last one.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from .._api.client import Client, Item
from .._errors import InvalidResponse, PpioError, require
from .._planning.choice import Choice, NoneFits, chosen, doubt, needed
from .._planning.cost import Catalog
from .._planning.plan import Action, plan
from .._planning.rollout_states import moved, peak
from .._planning.state import Desired, observed_from
from .._schema.pricing import Pricing
from .._schema.resource import Fields
from .entry import Done, Located, Stage

__all__ = ["Shop", "settled_choices"]


@dataclass(frozen=True)
class Shop:
    """The catalog of a kind of resource, which is read once, when somebody first looks at it.

    `taken` is what the entries of the task take of each item.
    """

    client: Client
    taken: Counter[str] = field(default_factory=Counter)
    _read: list[Catalog] = field(default_factory=list)

    @property
    def pricing(self) -> Pricing:
        return require(self.client.resource.pricing)

    @property
    def catalog(self) -> Catalog:
        """What is there by its id. Raises what the call raises."""
        # No cached_property: before Python 3.12 it keeps every other shop of the process waiting during the call.
        if not self._read:
            shop = replace(self.client, resource=self.pricing.catalog)
            self._read.append({shop.id_of(item): _readable(shop, item) for item in shop.listed(self.pricing.query)})
        return self._read[0]

    def take(self, identity: str, fields: Fields, desired: Desired) -> None:
        """Leave what a resource with these fields takes of an item to it, where stock matters."""
        if desired.check_stock:
            self.reserve(identity, fields)

    def reserve(self, identity: str, fields: Fields) -> None:
        """Count what a resource with these fields takes of an item's stock."""
        self.taken[identity] += needed(self.pricing, fields, self.catalog, identity)

    def doubt(self, fields: Fields, identity: str) -> str:
        """What may be in the way of this item, though the user does not ask. Raises NoneFits where it will not do."""
        return doubt(self.pricing, self.catalog, fields, identity, self.taken)

    def best(self, fields: Fields, desired: Desired) -> Choice:
        """The best item for a resource with these fields. Raises NoneFits."""
        pricing = self.pricing
        ids = desired.alternatives.get(pricing.field) or (desired.fields[pricing.field],)
        if not desired.check_stock and not desired.by_price:
            return Choice(ids[0], "the first of the list")
        return chosen(
            pricing,
            self.catalog,
            fields,
            ids,
            by_price=desired.by_price,
            check_stock=desired.check_stock,
            taken=self.taken,
        )


def settled_choices(shop: Shop, stages: Sequence[Stage]) -> list[Stage]:
    """The entries with the item that each gets. What has one of those that it may have keeps it."""
    return [_settled(shop, stage) if _may_choose(stage) else stage for stage in stages]


def _may_choose(stage: Stage) -> bool:
    desired = stage.entry.desired
    return desired.present and bool(desired.alternatives or desired.check_stock)


def _settled(shop: Shop, stage: Stage) -> Stage:
    name, desired = shop.pricing.field, stage.entry.desired
    if isinstance(stage, Done):
        there = (stage.outcome.fields or {}).get(name) or desired.fields.get(name)
        return replace(stage, entry=replace(stage.entry, choice=_kept(there or "")))
    if not isinstance(stage, Located) or name not in desired.fields:
        return stage
    before = (stage.current.fields if stage.current else {}).get(name)
    try:
        planned = plan(shop.client.resource, stage.current, desired)
    except PpioError:
        # It fails by itself, and before it writes.
        return stage
    fields = peak(shop.client.resource, stage.current, planned, desired) or {}
    if (
        before
        and before == fields.get(name)
        and (planned.action is not Action.RECREATE or _fits_again(shop, stage, fields, before))
    ):
        if planned.action is Action.RECREATE and desired.check_stock:
            shop.taken[before] += max(0, _needed_beside(shop, stage, fields, before))
        return replace(stage, entry=replace(stage.entry, choice=_kept(before)))
    try:
        choice = shop.best(fields, desired)
    except NoneFits as error:
        return stage.failed(error)
    shop.take(choice.id, fields, desired)
    if choice.id != before and before in desired.alternatives.get(name, ()):
        # What is created anew must not keep the item that will not do.
        left = tuple(identity for identity in desired.alternatives[name] if identity != before)
        desired = replace(desired, alternatives={**desired.alternatives, name: left})
    return replace(stage, entry=replace(stage.entry, desired=moved(desired, name, choice.id), choice=choice))


def _fits_again(shop: Shop, stage: Located, fields: Fields, identity: str) -> bool:
    """Whether what is deleted and created anew can have the item again that it has: what the old one leaves is free."""
    if not stage.entry.desired.check_stock:
        return True
    pricing, item = shop.pricing, shop.catalog.get(identity)
    stock = (pricing.available(item) if item and not isinstance(item, str) else None) or 0
    if _needed_beside(shop, stage, fields, identity) > max(0, stock - shop.taken[identity]):
        return False
    try:
        doubt(pricing, shop.catalog, fields, identity, shop.taken)
    except NoneFits:
        return False
    return True


def _needed_beside(shop: Shop, stage: Located, fields: Fields, identity: str) -> int:
    """How much more of an item's stock the new one needs than the old one leaves; below 0 if that is less."""
    pricing, current, item = shop.pricing, require(stage.current), shop.catalog.get(identity)
    left = pricing.existing(current.observed) * pricing.size(current.fields, None if isinstance(item, str) else item)
    return needed(pricing, fields, shop.catalog, identity) - left


def _kept(identity: str) -> Choice:
    return Choice(identity, "it has this one already")


def _readable(shop: Client, item: Item) -> Fields | str:
    try:
        return observed_from(shop.resource, item)
    except InvalidResponse as error:
        return error.message

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cost: what resources cost in an hour, before a task and after it, at least and at most.

Pure functions, exact to the last digit. Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, localcontext
from typing import TypeAlias

from .._errors import printable
from .._schema.money import amount
from .._schema.pricing import Pricing
from .._schema.resource import Fields

__all__ = ["Catalog", "Charge", "Cost", "Range", "Usage", "cost_of"]

#: The items of a catalog by their ids, each as the API shows it, or why it cannot be read.
Catalog: TypeAlias = "Mapping[str, Fields | str]"

#: More digits than any sum of prices has. That they do is checked: Inexact would be raised.
_DIGITS = 200


@dataclass(frozen=True)
class Usage:
    """One resource: its fields before and after the task, and what was observed of it (None: it is not there).

    `peak` are the fields while a change is proved, if they are others than afterwards. That happens in the `turn` of
    the resource; those of the same turn are at their peaks together, and those of later turns are as before.
    """

    name: str
    before: Fields | None
    after: Fields | None
    observed: Fields | None
    peak: Fields | None = None
    turn: int = 0


@dataclass(frozen=True)
class Range:
    """What something costs in an hour, at least and at most; None is what nobody knows."""

    floor: Decimal | None
    ceiling: Decimal | None

    def __str__(self) -> str:
        if self.floor is None or self.ceiling is None:
            return "an unknown price"
        return amount(self.floor) if self.floor == self.ceiling else f"{amount(self.floor)} to {amount(self.ceiling)}"


_NOTHING = Range(Decimal(0), Decimal(0))


@dataclass(frozen=True)
class Side:
    """The units of a resource before the task, or after it. Each takes `size` of an item. A price may be unknown."""

    item: str
    label: str
    size: int
    floor: int
    ceiling: int
    price: Decimal | str

    @property
    def per_unit(self) -> Decimal | None:
        return None if isinstance(self.price, str) else self.price * self.size

    @property
    def range(self) -> Range:
        rate = self.per_unit
        return Range(None, None) if rate is None else Range(rate * self.floor, rate * self.ceiling)

    @property
    def kind(self) -> str:
        """What each unit is, in words."""
        return self.label if self.size == 1 else f"{self.size} {self.label}"


@dataclass(frozen=True)
class Charge:
    """What one resource costs in an hour. `rises` says of floor and ceiling whether they may become more.

    `extra` is how much more than afterwards is paid in its `turn`, while a change is proved.
    """

    name: str
    before: Range
    after: Range
    extra: Range
    turn: int
    now: Decimal | None
    per_unit: Decimal | None
    reason: str
    units: str
    rises: Mapping[str, bool]

    @property
    def text(self) -> str:
        """One line for a person, such as `llama: 0.00 to 1.05 -> 0.35 to 2.10 an hour (3 -> 6 x RTX 4090)`."""
        return f"{printable(self.name)}: {_change(self.before, self.after, self.extra)} an hour ({self.units})"

    @property
    def is_change(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True)
class Cost:
    """What several resources cost together in an hour. Where one price is unknown, so is the sum.

    `peak` is the most that is paid at a time: while changes are proved, or while the turns of others are still to come.
    """

    charges: tuple[Charge, ...]
    before: Range
    after: Range
    increase: Range
    peak: Range
    now: Decimal | None
    #: The price of a unit, where it is the same for all.
    per_unit: Decimal | None
    text: str

    @property
    def unpriced(self) -> tuple[Charge, ...]:
        return tuple(charge for charge in self.charges if charge.reason)


def cost_of(pricing: Pricing, catalog: Catalog, usages: Sequence[Usage], plural: str) -> Cost:
    """What these cost together. `plural` is what many of them are called."""
    with localcontext(Context(prec=_DIGITS)) as context:
        context.traps[Inexact] = True
        charges = tuple(_charge(pricing, catalog, usage) for usage in usages)
        before, after = _sum([charge.before for charge in charges]), _sum([charge.after for charge in charges])
        peak = _peak(charges, before, after)
        extra = _NOTHING if peak == after else _minus(peak, after)
        rates = {charge.per_unit for charge in charges}
        whole = f"{len(charges)} {plural}: {_change(before, after, extra)} an hour"
        return Cost(
            charges,
            before,
            after,
            _minus(after, before),
            peak,
            _total([charge.now for charge in charges]),
            rates.pop() if len(rates) == 1 else None,
            charges[0].text if len(charges) == 1 else whole,
        )


def _charge(pricing: Pricing, catalog: Catalog, usage: Usage) -> Charge:
    before, after = _side(pricing, catalog, usage.before), _side(pricing, catalog, usage.after)
    peak = _side(pricing, catalog, usage.peak) or after
    there = [side for side in (after, before) if side]
    priced = before or after
    existing = pricing.existing(usage.observed) if usage.observed and usage.before else 0
    rate = priced.per_unit if priced else None
    return Charge(
        usage.name,
        before.range if before else _NOTHING,
        after.range if after else _NOTHING,
        _extra(after, peak),
        usage.turn,
        Decimal(0) if not (before and existing) else None if rate is None else rate * existing,
        there[0].per_unit if there else None,
        next((side.price for side in there if isinstance(side.price, str)), ""),
        _units(before, after, pricing),
        {"floor": _rises(before, peak, "floor"), "ceiling": _rises(before, peak, "ceiling")},
    )


def _side(pricing: Pricing, catalog: Catalog, fields: Fields | None) -> Side | None:
    if fields is None:
        return None
    identity = fields.get(pricing.field) or ""
    item = catalog.get(identity, f"the API lists no {pricing.catalog.name} {printable(identity)!r} of this kind")
    shown = None if isinstance(item, str) else item
    return Side(
        identity,
        pricing.label(shown) if shown else printable(identity),
        pricing.size(fields, shown),
        pricing.floor(fields),
        pricing.ceiling(fields),
        item if isinstance(item, str) else pricing.price(item),
    )


def _extra(after: Side | None, peak: Side | None) -> Range:
    """How much more is paid at the peak than afterwards; nothing for as many units, even if a price is unknown."""
    if after is None or peak is None or (after.floor, after.ceiling) == (peak.floor, peak.ceiling):
        return _NOTHING
    return _minus(peak.range, after.range)


def _peak(charges: Sequence[Charge], before: Range, after: Range) -> Range:
    """The most that is paid at a time: after all turns, or in one of them, when those after it are as before."""
    turns: dict[int, list[Charge]] = {}
    for charge in charges:
        turns.setdefault(charge.turn, []).append(charge)
    extra = {turn: _sum([charge.extra for charge in own]) for turn, own in turns.items()}
    paid, totals = after, []
    for turn in sorted(turns, reverse=True):
        totals.append(_added(paid, extra[turn]))
        own = turns[turn]
        paid = _added(_minus(paid, _sum([one.after for one in own])), _sum([one.before for one in own]))
    # What was paid before is nothing that the task brings about.
    rising = [_above(total, before) for total in totals]
    proving = [_added(after, one) for one in extra.values()]
    everything = [after, *proving, *rising]
    return Range(_most([one.floor for one in everything]), _most([one.ceiling for one in everything]))


def _above(total: Range, before: Range) -> Range:
    """The ends of a total that are higher than before, and nothing for the others."""
    floor, ceiling = (
        Decimal(0) if new is not None and old is not None and new <= old else new
        for new, old in ((total.floor, before.floor), (total.ceiling, before.ceiling))
    )
    return Range(floor, ceiling)


def _rises(before: Side | None, after: Side | None, end: str) -> bool:
    """Whether something may become dearer. Without prices, fewer or as many of the same are no rise."""
    if after is None:
        return False
    if before and (before.item, before.size) == (after.item, after.size):
        return bool(getattr(after, end) > getattr(before, end))
    old: Decimal | None = getattr(before.range if before else _NOTHING, end)
    new: Decimal | None = getattr(after.range, end)
    return old is None or new is None or new > old


def _units(before: Side | None, after: Side | None, pricing: Pricing) -> str:
    """How many units there are at most, before and after, such as `3 -> 6 x RTX 4090`."""
    old = f"{before.ceiling} × {before.kind}" if before else ""
    new = f"{after.ceiling} × {after.kind}" if after else ""
    if before and after and before.kind == after.kind:
        return new if before.ceiling == after.ceiling else f"{before.ceiling} → {new}"
    return f"{old} → {new}" if old and new else new or old or f"no {pricing.unit}"


def _change(before: Range, after: Range, extra: Range) -> str:
    if extra != _NOTHING:
        return f"before {before}, after {after}, meanwhile {_added(after, extra)}"
    return f"{before}" if before == after else f"{before} → {after}"


def _sum(ranges: Sequence[Range]) -> Range:
    return Range(_total([one.floor for one in ranges]), _total([one.ceiling for one in ranges]))


def _total(values: Sequence[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if len(known) == len(values) else None


def _minus(one: Range, other: Range) -> Range:
    return Range(_less(one.floor, other.floor), _less(one.ceiling, other.ceiling))


def _added(one: Range, other: Range) -> Range:
    return _sum([one, other])


def _most(values: Sequence[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return max(known) if len(known) == len(values) else None


def _less(value: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if value is None or other is None else value - other

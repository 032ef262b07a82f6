# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The choice: which of several items of a catalog a resource is made of.

Pure functions. Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from .._errors import PpioError, printable
from .._schema.pricing import Fit, Pricing
from .._schema.resource import Fields
from .cost import Catalog

__all__ = ["Candidate", "Choice", "NoneFits", "Trial", "chosen", "doubt", "needed"]


@dataclass(frozen=True)
class Candidate:
    """One item that would do. `price` is that of one unit for an hour, `available` what is in stock."""

    id: str
    fits: bool | None
    reason: str
    price: Decimal | None = None
    available: int | None = None
    may_change: bool = False
    is_listed: bool = True


@dataclass(frozen=True)
class Trial:
    """One item that would not do after all, once the resource existed: what came of it, in a word, and why."""

    id: str
    outcome: str
    reason: str


@dataclass(frozen=True)
class Choice:
    """The item that was chosen, or that is there already, and why, and what was looked at.

    `tried` is what was chosen before it, or left out since.
    """

    id: str
    reason: str
    candidates: tuple[Candidate, ...] = ()
    tried: tuple[Trial, ...] = ()
    #: Nobody knows whether it fits.
    is_doubtful: bool = False


class NoneFits(PpioError):
    """No candidate is good. Nothing was written."""

    # A copy of an error is made of its message alone, and then gets the rest.
    def __init__(self, message: str, choice: Choice | None = None) -> None:
        super().__init__(message)
        self.choice = choice


def needed(pricing: Pricing, fields: Fields, catalog: Catalog, identity: str) -> int:
    """How much of an item's stock the units take that are always there, or the first one."""
    item = catalog.get(identity)
    size = pricing.size(fields, None if isinstance(item, str) else item)
    return size * max(1, pricing.floor(fields))


def chosen(
    pricing: Pricing,
    catalog: Catalog,
    fields: Fields,
    ids: Sequence[str],
    *,
    by_price: bool,
    check_stock: bool,
    taken: Mapping[str, int],
) -> Choice:
    """The best item for a resource with these fields: one that fits, and of those the first, or the cheapest.

    One of which nobody knows whether it fits comes last. Without `check_stock` all are taken to fit. `taken` is what
    others of the same task take of each. Raises NoneFits.
    """
    judged = [_candidate(pricing, catalog, fields, identity, taken.get(identity, 0)) for identity in ids]
    open_ones = [one for one in judged if one.fits is not False] if check_stock else judged

    def rank(candidate: Candidate) -> tuple[bool, bool, Decimal]:
        price = candidate.price if by_price else Decimal(0)
        return check_stock and candidate.fits is None, price is None, price or Decimal(0)

    if not open_ones:
        raise _none_fits(pricing, judged)
    best = min(open_ones, key=rank)
    is_doubtful = check_stock and best.fits is None
    return Choice(best.id, _reason(best, judged, by_price, check_stock), tuple(judged), is_doubtful=is_doubtful)


def doubt(pricing: Pricing, catalog: Catalog, fields: Fields, identity: str, taken: Mapping[str, int]) -> str:
    """What may be in the way of an item that the user does not ask to check, empty if nothing is.

    Raises NoneFits where something is that no waiting changes.
    """
    judged = _candidate(pricing, catalog, fields, identity, taken.get(identity, 0))
    if judged.fits is False and not judged.may_change:
        raise _none_fits(pricing, [judged])
    return "" if judged.fits else judged.reason


def _none_fits(pricing: Pricing, judged: Sequence[Candidate]) -> NoneFits:
    told = "; ".join(f"{one.id}: {one.reason}" for one in judged)
    name = pricing.catalog.name
    if not any(one.is_listed for one in judged):
        ids = " or ".join(printable(one.id) for one in judged)
        return NoneFits(
            f"Nothing was written, because the API lists no {name} {ids} of this kind. ppio.gpu.{name}_info lists "
            f"those that there are. Correct {pricing.field} or {pricing.several_option}, or set check_stock=false to "
            f"try nevertheless.",
            Choice("", f"no {name} fits", tuple(judged)),
        )
    return NoneFits(
        f"Nothing was written, because no {name} fits. {told}. Choose another {pricing.field} or region_id, try "
        f"later, or set check_stock=false to try nevertheless.",
        Choice("", f"no {name} fits", tuple(judged)),
    )


def _candidate(pricing: Pricing, catalog: Catalog, fields: Fields, identity: str, taken: int) -> Candidate:
    item = catalog.get(identity)
    if item is None:
        reason = f"the API lists no such {pricing.catalog.name} of this kind"
        return Candidate(identity, False, reason, is_listed=False)
    if isinstance(item, str):
        return Candidate(identity, None, item)
    stock = pricing.available(item)
    left = None if stock is None else stock - taken
    fit: Fit = pricing.fit(item, fields, needed(pricing, fields, catalog, identity), left)
    price = pricing.price(item)
    rate = None if isinstance(price, str) else price * pricing.size(fields, item)
    return Candidate(identity, fit.fits, fit.reason, rate, left, fit.may_change)


def _reason(best: Candidate, judged: Sequence[Candidate], by_price: bool, check_stock: bool) -> str:
    if check_stock and best.fits is None:
        return f"nobody knows whether it fits: {best.reason}"
    if len(judged) == 1:
        return best.reason if check_stock else "it is the only one"
    kind = "the cheapest" if by_price else "the first"
    return f"{kind} that fits: {best.reason}" if check_stock else f"{kind} of the list"

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The budget: how much resources may cost, and whether a task would break that.

Pure functions. Private to the ppio.gpu collection.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from .._errors import PpioError, first_of, printable
from .._schema.money import amount
from .cost import Charge, Cost, Range

__all__ = ["Accounting", "Budget", "OverBudget", "Scope", "bound", "judge"]

_NAMED = 5


class Scope(Enum):
    """What a budget covers: what the task lists, what has its prefix, or the whole account."""

    LISTED = "listed"
    PREFIX = "prefix"
    ACCOUNT = "account"


@dataclass(frozen=True)
class Budget:
    """What may be paid in an hour from the task on, and how much more than before, by `basis`: floor or ceiling.

    What is paid only for a time counts, too.
    """

    max_hourly: Decimal | None
    max_hourly_increase: Decimal | None
    basis: str = "ceiling"


@dataclass(frozen=True)
class Accounting:
    """A request to work out the cost: of what, and within which budget. `name_prefix` is that of Scope.PREFIX."""

    budget: Budget | None = None
    scope: Scope = Scope.LISTED
    name_prefix: str = ""


class OverBudget(PpioError):
    """The task would break the budget, or nobody knows whether. Nothing was written."""

    # A copy of an error is made of its message alone, and then gets the rest.
    def __init__(self, message: str, cost: Cost | None = None) -> None:
        super().__init__(message)
        self.cost = cost


def judge(budget: Budget, cost: Cost, plural: str) -> None:
    """Raises OverBudget where the cost after the task breaks the budget. What only lowers the cost never does."""
    basis = budget.basis
    before, most = bound(cost.before, basis), bound(cost.peak, basis)
    increase = None if before is None or most is None else most - before
    is_rise = increase > 0 if increase is not None else any(charge.rises[basis] for charge in cost.charges)
    if not is_rise:
        return
    if most is None or increase is None:
        unknown = "; ".join(f"{printable(charge.name)}: {charge.reason}" for charge in cost.unpriced[:_NAMED])
        raise OverBudget(
            f"Nothing was written, because nobody can tell whether the budget holds: the price of "
            f"{len(cost.unpriced)} of {len(cost.charges)} {plural} is not known. {unknown}. Choose another product, or "
            f"leave out budget.",
            cost,
        )
    meanwhile = "" if most == bound(cost.after, basis) else " for a time (rollout.surge, batches or prune)"
    broken = [
        f"it would cost {_WORDS[basis]} {amount(value)} an hour{more}{meanwhile}; {option} is {amount(limit)}"
        for option, more, value, limit in (
            ("max_hourly", "", most, budget.max_hourly),
            ("max_hourly_increase", " more", increase, budget.max_hourly_increase),
        )
        if limit is not None and value > limit
    ]
    if broken:
        raise OverBudget(
            f"Nothing was written, because the budget would be broken: {', and '.join(broken)}. The most "
            f"expensive: {_most_expensive(cost, basis)}. Lower the numbers of workers, choose another product, or "
            f"raise the limit.",
            cost,
        )


_WORDS = {"ceiling": "up to", "floor": "at least"}


def bound(range_: Range, basis: str) -> Decimal | None:
    return range_.floor if basis == "floor" else range_.ceiling


def _most_expensive(cost: Cost, basis: str) -> str:
    """The most expensive entries first, those that this task makes so before others of the same price."""

    def order(charge: Charge) -> tuple[Decimal, bool, str]:
        return -(bound(charge.after, basis) or Decimal(0)), not charge.rises[basis], charge.name

    return first_of([charge.text for charge in sorted(cost.charges, key=order)], _NAMED, "; ")

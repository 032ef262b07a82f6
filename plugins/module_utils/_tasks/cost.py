# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cost in options and results: what is asked about money, and what the user sees of it.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from .._errors import PpioError, first_of, printable
from .._planning.budget import Accounting, Budget, OverBudget, Scope
from .._planning.cost import Cost, Range
from .._schema.money import amount
from .._schema.resource import Resource

__all__ = ["accounting_from", "cost_facts", "cost_warnings", "refused_cost"]

_NAMED = 5


def accounting_from(resource: Resource, params: Mapping[str, Any]) -> Accounting | None:
    """What the validated params ask about money; None for nothing."""
    if resource.pricing is None or not (params["cost"] or params["budget"]):
        return None
    if not params["budget"]:
        return Accounting()
    given = params["budget"]
    budget = Budget(_decimal(given["max_hourly"]), _decimal(given["max_hourly_increase"]), given["basis"])
    return Accounting(budget, Scope(given["scope"]), params.get("name_prefix") or "")


def cost_facts(resource: Resource, cost: Cost | None) -> dict[str, Any]:
    """The cost as a part of a result, with sums as decimal text; null where nobody knows, or nobody asked."""
    pricing = resource.pricing
    if pricing is None:
        return {}
    if cost is None:
        return {"cost": None}
    told = {
        "before": _range(cost.before),
        "after": _range(cost.after),
        "peak": _range(cost.peak),
        "increase": _range(cost.increase),
        "now": _text(cost.now),
        f"per_{pricing.unit}": _text(cost.per_unit),
        "unit": "hour",
        "text": cost.text,
        "unpriced": [{"name": charge.name, "reason": charge.reason} for charge in cost.unpriced],
    }
    return {"cost": told}


def cost_warnings(cost: Cost | None) -> tuple[str, ...]:
    """A warning where a price is not known."""
    unpriced = cost.unpriced if cost else ()
    if not unpriced:
        return ()
    named = first_of([f"{printable(charge.name)}: {charge.reason}" for charge in unpriced], _NAMED, "; ")
    return (f"The cost is not known, because a price is not: {named}.",)


def refused_cost(error: PpioError) -> Cost | None:
    """The cost that broke a budget, where that is the error."""
    return error.cost if isinstance(error, OverBudget) else None


def _decimal(number: float | None) -> Decimal | None:
    """A number as it was written: the text of a float is the shortest that means it."""
    return None if number is None else Decimal(str(number))


def _range(one: Range) -> dict[str, str | None]:
    return {"floor": _text(one.floor), "ceiling": _text(one.ceiling)}


def _text(value: Decimal | None) -> str | None:
    return None if value is None else amount(value)

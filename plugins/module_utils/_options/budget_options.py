# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options about money: whether to work out the cost, and how much it may be.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from .validation import mapping_of
from .violation import ArgumentSpec, Violation, kind_of, unknown

__all__ = ["budget_violations", "cost_options"]

_LIMITS = ("max_hourly", "max_hourly_increase")
_BASES = ("ceiling", "floor")


def cost_options(*scopes: str) -> ArgumentSpec:
    """The options of a module whose resources cost money; `scopes` are what its budget can be of."""
    budget: ArgumentSpec = {
        **{name: {"type": "float"} for name in _LIMITS},
        "basis": {"type": "str", "choices": list(_BASES), "default": _BASES[0]},
        "scope": {"type": "str", "choices": list(scopes), "default": scopes[0]},
    }
    return {"cost": {"type": "bool", "default": False}, "budget": {"type": "dict", "options": budget}}


def budget_violations(params: Mapping[str, Any]) -> Iterator[Violation]:
    """What is wrong with the budget, as the user wrote it."""
    if params.get("budget") is None:
        return
    budget = mapping_of(params["budget"])
    if budget is None:
        yield Violation("budget", "must be a mapping", kind_of(params["budget"]))
        return
    yield from (found.inside("budget") for found in unknown(budget, (*_LIMITS, "basis", "scope")))
    if all(budget.get(name) is None for name in _LIMITS):
        yield Violation("budget", f"must have {' or '.join(_LIMITS)}")
    for name in _LIMITS:
        value = budget.get(name)
        number = _number(value)
        if value is not None and (number is None or number < 0):
            shown = repr(value) if number is None else str(number)
            yield Violation(f"budget.{name}", "must be a number, 0 or more", shown[:60])
    if budget.get("scope") == "prefix" and params.get("name_prefix") is None:
        yield Violation("name_prefix", "is needed with budget.scope=prefix")


def _number(value: Any) -> Decimal | None:
    """The number that `value` is. Templates may hand a number over as text; `true` and nan are none."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    # Ansible makes a float of it, for which 1e999 is endless.
    return number if number.is_finite() and math.isfinite(float(number)) else None

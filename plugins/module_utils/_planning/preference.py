# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Preferences: what else would do, and how to choose, as params say it.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._schema.resource import Resource

__all__ = ["alternatives_from", "preferences_from"]


def alternatives_from(resource: Resource, params: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """By field, the values of which any will do, each once; nothing where only one will."""
    pricing = resource.pricing
    given = params.get(pricing.several_option) if pricing else None
    return {pricing.field: tuple(dict.fromkeys(given))} if pricing and given else {}


def preferences_from(resource: Resource, params: Mapping[str, Any]) -> dict[str, bool]:
    """How to choose, as Desired has it. Of several, the stock is checked unless the user says otherwise."""
    pricing = resource.pricing
    if pricing is None:
        return {}
    checked, several = params["check_stock"], bool(params[pricing.several_option])
    return {
        "by_price": params[pricing.choice_option] == "cheapest",
        "check_stock": several if checked is None else checked,
        "predict_stock": checked is None and not several,
    }

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that choose an item of a catalog: which ones will do, which is best, and whether it must be in stock.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .._schema.pricing import Pricing
from .._schema.resource import Field, Kind, Resource
from .violation import ArgumentSpec, Violation

__all__ = ["choice_options", "choice_row", "choice_violations"]


def choice_options(pricing: Pricing) -> ArgumentSpec:
    """The options beside the one that names an item."""
    return {
        pricing.several_option: {"type": "list", "elements": "str"},
        pricing.choice_option: {"type": "str", "choices": ["ordered", "cheapest"], "default": "ordered"},
        "check_stock": {"type": "bool"},
    }


def choice_row(resource: Resource) -> tuple[Field, ...]:
    """The list of items as a row: each of them is what the field takes."""
    pricing = resource.pricing
    if pricing is None:
        return ()
    row = next(field for field in resource.fields if field.name == pricing.field)
    return (Field(pricing.several_option, Kind.LIST, item=row),)


def choice_violations(resource: Resource, params: Mapping[str, Any]) -> Iterator[Violation]:
    """What is wrong with the list of items beside the rules of its row."""
    pricing = resource.pricing
    several = params.get(pricing.several_option) if pricing else None
    if pricing is None or several is None:
        return
    if params.get(pricing.field) is not None:
        yield Violation(pricing.several_option, f"and {pricing.field} cannot both be given")
    if several == []:
        yield Violation(pricing.several_option, "must name at least one")

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What pricing is: how a kind of resource is paid for, and made of: of items of a catalog that have prices and a stock.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .resource import Resource

__all__ = ["Fit", "Pricing"]

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Fit:
    """Whether an item is good for what is wanted of it, and why. None is what nobody knows.

    `may_change` says that it may be otherwise in a minute, such as what is in stock.
    """

    fits: bool | None
    reason: str
    may_change: bool = False


@dataclass(frozen=True)
class Pricing:
    """How a kind of resource is paid for, and what it is made of.

    It has units, from `floor` to `ceiling` of its fields, of which `existing` are there by its observed values. Each
    takes `size` of the item that `field` names. `price` is what one of an item costs in an hour, or why nobody knows,
    and `label` what people call it. The items are what `catalog` lists for `query`. `available` is how much of one is
    in stock, as far as the API says; `fit` judges one for units of these fields that need so much of what is left.
    `demands` are what else of the fields decides that.
    """

    catalog: Resource
    query: Mapping[str, str]
    field: str
    unit: str
    floor: Callable[[Values], int]
    ceiling: Callable[[Values], int]
    existing: Callable[[Values], int]
    size: Callable[[Values, Values | None], int]
    price: Callable[[Values], Decimal | str]
    label: Callable[[Values], str]
    available: Callable[[Values], int | None]
    demands: Callable[[Values], tuple[object, ...]]
    fit: Callable[[Values, Values, int, int | None], Fit]

    @property
    def several_option(self) -> str:
        """The option that takes several items of which any will do."""
        return f"{self.field}s"

    @property
    def choice_option(self) -> str:
        """The option that says which of several is best."""
        return f"{self.catalog.name}_choice"

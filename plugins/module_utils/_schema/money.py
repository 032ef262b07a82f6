# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sums of money as decimal text, with all their digits.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from decimal import Decimal

__all__ = ["LARGEST_PRECISION", "amount"]

#: The most decimal places that a price may say to have. More are a mistake of the API.
LARGEST_PRECISION = 30
_SHOWN_DECIMALS = 2


def amount(value: Decimal) -> str:
    """A sum of money as decimal text with all its digits, and at least two after the point."""
    whole, _point, decimals = format(value, "f").partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(_SHOWN_DECIMALS, '0')}"

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The balance: how much money the account has. There is one only, and it can only be read.

Novita's page says that its sums count in 1/10000 of its currency; that those of PPIO do is what clients of it do. The
API names no currency. Private to the ppio.gpu collection.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from .money import amount
from .resource import Field, Kind, Resource, Verb, Verbs

__all__ = ["BALANCE"]

_DECIMALS = 4
_WHOLE = re.compile(r"-?\d{1,30}", re.ASCII)


def _readable(balance: dict[str, Any]) -> dict[str, Any]:
    """Each sum as the API has it, and as decimal text; null where it is no whole number."""
    return {name: {"raw": raw, "amount": _amount(raw)} for name, raw in balance.items()}


def _amount(raw: str | None) -> str | None:
    if raw is None or not _WHOLE.fullmatch(raw):
        return None
    return amount(Decimal(raw).scaleb(-_DECIMALS))


BALANCE = Resource(
    name="balance",
    verbs=Verbs(Verb("GET", "/openapi/v1/billing/balance/detail")),
    is_single=True,
    fields=(),
    observed=(
        Field("available", Kind.TEXT, api_name="availableBalance"),
        Field("cash", Kind.TEXT, api_name="cashBalance"),
        Field("credit_limit", Kind.TEXT, api_name="creditLimit"),
        Field("pending_charges", Kind.TEXT, api_name="pendingCharges"),
        Field("outstanding_invoices", Kind.TEXT, api_name="outstandingInvoices"),
    ),
    derived=_readable,
)

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an endpoint's workers cost: the price of their product, for each GPU and hour.

That a price is of one GPU is our reading of the provider's page on prices. The API names no currency. Private to the
ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from .._errors import printable
from .money import LARGEST_PRECISION
from .pricing import Pricing
from .product import PRODUCT
from .product_fit import available, demands, fit_of

__all__ = ["ENDPOINT_PRICING"]

#: How often a price is paid in an hour, by its unit.
_TIMES_AN_HOUR = {"per_hour": 1, "per_minute": 60, "per_second": 3600}

Values = Mapping[str, Any]


def _price(product: Values) -> Decimal | str:
    """The price of one GPU for an hour, exactly, or why nobody knows it."""
    pricing = product["pricing"]
    raw, unit, precision = pricing["postpaid"]["final_price"], pricing["postpaid"]["unit"], pricing["precision"]
    if raw is None or raw < 0:
        return f"the API does not say the price of the product {printable(product['id'])}"
    if precision is None or not 0 <= precision <= LARGEST_PRECISION:
        return f"the precision of its price is {precision}"
    times = _TIMES_AN_HOUR.get(unit or "")
    if times is None:
        return f"the unit of its price is {printable(unit or '') or 'not given'}"
    return Decimal(raw * times).scaleb(-precision)


def _gpus(fields: Values, product: Values | None) -> int:
    """The GPUs of each worker. Where nobody says how many, it is as few as the product allows."""
    fewest = product["resource_spec"]["gpu"]["min"] if product else None
    return (fields.get("worker_config") or {}).get("gpu_num") or fewest or 1


def _workers(name: str, fields: Values) -> int:
    return (fields.get("worker_config") or {}).get(name) or 0


def _label(product: Values) -> str:
    name = product["resource_spec"]["gpu"]["name"] or product["name"] or product["id"]
    return printable(name)


ENDPOINT_PRICING = Pricing(
    catalog=PRODUCT,
    query={"type": "gpu", "category": "serverless"},
    field="product_id",
    unit="worker",
    floor=lambda fields: _workers("min_replicas", fields),
    # Nobody knows what an API does that takes a floor above its ceiling.
    ceiling=lambda fields: max(_workers("max_replicas", fields), _workers("min_replicas", fields)),
    existing=lambda observed: len(observed["workers"]),
    size=_gpus,
    price=_price,
    label=_label,
    available=available,
    demands=demands,
    fit=fit_of(_gpus),
)

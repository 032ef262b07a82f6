# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The product: what GPUs there are, how many are left, and what they cost. It can only be read.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .money import LARGEST_PRECISION
from .resource import Field, Filter, Kind, Pages, Resource, Verb, Verbs

__all__ = ["PRODUCT"]

_GPU = (
    Field("spec_id", Kind.TEXT),
    Field("name", Kind.TEXT),
    Field("memory_gb", Kind.INTEGER),
    Field("min", Kind.INTEGER),
    Field("max", Kind.INTEGER),
    Field("available", Kind.INTEGER),
    Field("max_available", Kind.INTEGER),
)

_ROOTFS = (
    Field("min_gb", Kind.INTEGER),
    Field("max_gb", Kind.INTEGER),
    Field("free_gb", Kind.INTEGER),
)

_RESOURCE_SPEC = (
    Field("gpu", Kind.OBJECT, fields=_GPU),
    Field("cpu", Kind.INTEGER),
    Field("memory_gb", Kind.INTEGER),
    Field("rootfs", Kind.OBJECT, fields=_ROOTFS),
)

_PRICE = (
    Field("base_price", Kind.INTEGER),
    Field("final_price", Kind.INTEGER),
    Field("unit", Kind.TEXT),
)

_PREPAID = (
    Field("spec_id", Kind.TEXT),
    Field("duration_months", Kind.INTEGER),
    Field("base_price", Kind.INTEGER),
    Field("final_price", Kind.INTEGER),
)

_PRICING = (
    Field("precision", Kind.INTEGER),
    Field("postpaid", Kind.OBJECT, fields=_PRICE),
    Field("spot", Kind.OBJECT, fields=_PRICE),
    Field("prepaid", Kind.LIST, item=Field("prepaid", Kind.OBJECT, fields=_PREPAID), key="spec_id"),
    Field("storage_price_per_gb", Kind.INTEGER),
)

_ACTIVITY = (
    Field("is_activity_product", Kind.BOOLEAN),
    Field("active", Kind.BOOLEAN),
    Field("purchasable", Kind.BOOLEAN),
)


def _priced(product: dict[str, Any]) -> dict[str, Any]:
    """A product with what people look for: the GPU, the stock, and prices as decimal numbers beside the raw ones."""
    gpu, pricing = product["resource_spec"]["gpu"], product["pricing"]
    precision = pricing["precision"]
    priced = {
        kind: {**pricing[kind], "price": _decimal(pricing[kind]["final_price"], precision)}
        for kind in ("postpaid", "spot")
    }
    prepaid = [{**offer, "price": _decimal(offer["final_price"], precision)} for offer in pricing["prepaid"]]
    storage = _decimal(pricing["storage_price_per_gb"], precision)
    return {
        **product,
        "pricing": {**pricing, **priced, "prepaid": prepaid, "storage_price": storage},
        "gpu_name": gpu["name"],
        "gpu_memory_gb": gpu["memory_gb"] or 0,
        "stock": gpu["available"],
        "price": priced["postpaid"]["price"],
        "price_unit": pricing["postpaid"]["unit"],
    }


def _decimal(raw: int | None, precision: int | None) -> float | None:
    if raw is None or precision is None or not 0 <= precision <= LARGEST_PRECISION:
        return None
    try:
        return float(raw / 10**precision)
    except OverflowError:
        # No price is as high as that.
        return None


def _is_named(product: Mapping[str, Any], part: str) -> bool:
    names = (product["name"], product["gpu_name"])
    return any(part.casefold() in (name or "").casefold() for name in names)


_CATEGORIES = ("serverless", "instance")
_TYPES = ("gpu", "cpu")
_METHODS = ("postpaid", "prepaid", "spot")

PRODUCT = Resource(
    name="product",
    # The published parameters of this list name no page size.
    verbs=Verbs(Verb("GET", "/gpus/v2/products"), pages=Pages(page_size=0)),
    fields=(),
    observed=(
        Field("id", Kind.TEXT),
        Field("name", Kind.TEXT),
        Field("type", Kind.TEXT),
        Field("category", Kind.TEXT),
        Field("description", Kind.TEXT),
        Field("region_ids", Kind.LIST, item=Field("region_id", Kind.TEXT)),
        Field("resource_spec", Kind.OBJECT, fields=_RESOURCE_SPEC),
        Field("pricing", Kind.OBJECT, fields=_PRICING),
        Field("billing_methods", Kind.LIST, item=Field("billing_method", Kind.TEXT)),
        Field("inventory_state", Kind.TEXT),
        Field("deployable", Kind.BOOLEAN),
        Field("activity", Kind.OBJECT, fields=_ACTIVITY),
    ),
    filters=(
        Filter(Field("category", Kind.TEXT, choices=_CATEGORIES), "category", default="serverless"),
        Filter(Field("type", Kind.TEXT, choices=_TYPES), "type", default="gpu"),
        *(Filter(Field(name, Kind.INTEGER, 0, 1_000_000), name) for name in ("cpu", "memory_gb", "rootfs_size")),
        Filter(Field("billing_method", Kind.TEXT, choices=_METHODS), "billing_method"),
        Filter(Field("name", Kind.TEXT), keeps=_is_named),
        Filter(Field("region_id", Kind.TEXT), "region_ids", lambda product, region: region in product["region_ids"]),
    ),
    orders={
        "price": lambda product: (product["price"] is None, product["price"]),
        "name": lambda product: product["name"] or "",
    },
    brief=("id", "name", "gpu_memory_gb", "price", "price_unit", "stock", "deployable", "region_ids"),
    derived=_priced,
)

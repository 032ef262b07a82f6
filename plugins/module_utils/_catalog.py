# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is a product, what is a region?

The tables of what can only be read. Private to the ppio.gpu collection.
"""

from __future__ import annotations

from ._resource import Field, Kind, Resource

__all__ = ["PRODUCT", "REGION"]

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

_FEATURE = (
    Field("network_volume", Kind.BOOLEAN),
    Field("instance_vpc_network", Kind.BOOLEAN),
)

PRODUCT = Resource(
    name="product",
    path="/gpus/v2/products",
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
    # The published parameters of this list name no page size.
    page_size=0,
)

REGION = Resource(
    name="region",
    path="/gpus/v2/regions",
    fields=(),
    observed=(
        Field("id", Kind.TEXT),
        Field("name", Kind.TEXT),
        Field("gpus", Kind.LIST, item=Field("gpu", Kind.TEXT)),
        Field("feature", Kind.OBJECT, fields=_FEATURE),
    ),
)

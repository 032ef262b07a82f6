# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which products and regions does the simulated provider offer?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def region(name: str, region_id: str, gpus: list[str], network_volume: bool) -> dict[str, Any]:
    return {
        "id": region_id,
        "name": name,
        "gpus": gpus,
        "feature": {"network_volume": network_volume, "instance_vpc_network": region_id == "cn-east-1"},
    }


REGIONS = (
    region("East China 1", "cn-east-1", ["RTX 4090 24GB", "L40S 48GB", "H100 80GB"], True),
    region("North China 1", "cn-north-1", ["RTX 3090 24GB", "RTX 4090 24GB"], True),
    region("Singapore 1", "ap-southeast-1", ["RTX 4090 24GB", "A100 80GB", "H100 80GB"], False),
    region("US West 1", "us-west-1", ["H100 80GB"], False),
)


def price(final_price: int, base_price: int | None = None) -> dict[str, Any]:
    """A price per hour in hundred-thousandths, as the precision of every product says."""
    return {"base_price": base_price or final_price, "final_price": final_price, "unit": "per_hour"}


def gpu_product(
    product_id: str, gpu: str, memory_gb: int, hourly: int, available: int, *region_ids: str, **changes: Any
) -> dict[str, Any]:
    return {
        "id": product_id,
        "name": f"{gpu} {memory_gb}GB",
        "type": "gpu",
        "category": "serverless",
        "description": "",
        "region_ids": list(region_ids),
        "resource_spec": {
            "gpu": {
                "spec_id": product_id.replace("serverless", "spec"),
                "name": f"{gpu} {memory_gb}GB",
                "memory_gb": memory_gb,
                "min": 1,
                "max": 8,
                "available": available,
                "max_available": max(available, 8),
            },
            "cpu": 16,
            "memory_gb": 2 * memory_gb,
            "rootfs": {"min_gb": 10, "max_gb": 100, "free_gb": 10},
        },
        "pricing": {"precision": 5, "postpaid": price(hourly), "storage_price_per_gb": 12},
        "billing_methods": ["postpaid"],
        "inventory_state": "normal" if available else "none",
        "deployable": available > 0,
        "activity": {"is_activity_product": False, "active": False, "purchasable": available > 0},
        **changes,
    }


def cpu_product(product_id: str, cpu: int, memory_gb: int, hourly: int, category: str) -> dict[str, Any]:
    return {
        "id": product_id,
        "name": f"{cpu} vCPU {memory_gb}GB",
        "type": "cpu",
        "category": category,
        "description": "",
        "region_ids": ["cn-east-1", "us-west-1"],
        "resource_spec": {
            "cpu": cpu,
            "memory_gb": memory_gb,
            "rootfs": {"min_gb": 10, "max_gb": 100, "free_gb": 10},
        },
        "pricing": {"precision": 5, "postpaid": price(hourly), "storage_price_per_gb": 12},
        "billing_methods": ["postpaid"],
        "inventory_state": "normal",
        "deployable": True,
        "activity": {"is_activity_product": False, "active": False, "purchasable": True},
    }


DISCOUNT = {"precision": 5, "postpaid": price(168000, 210000), "storage_price_per_gb": 12}
INSTANCE_PRICING = {
    "precision": 5,
    "postpaid": price(199000),
    "spot": price(99500),
    "prepaid": [
        {"spec_id": "month-1", "duration_months": 1, "base_price": 139300000, "final_price": 125370000},
        {"spec_id": "month-6", "duration_months": 6, "base_price": 835800000, "final_price": 668640000},
    ],
    "storage_price_per_gb": 12,
}
PRODUCTS = (
    gpu_product("serverless-rtx-3090-24", "RTX 3090", 24, 119000, 12, "cn-north-1"),
    gpu_product("serverless-rtx-4090-24", "RTX 4090", 24, 210000, 31, "cn-east-1", "cn-north-1", pricing=DISCOUNT),
    gpu_product("serverless-rtx-4090-24-sg", "RTX 4090", 24, 189000, 4, "ap-southeast-1"),
    gpu_product("serverless-l40s-48", "L40S", 48, 432000, 0, "cn-east-1"),
    gpu_product("serverless-a100-80", "A100", 80, 899000, 6, "ap-southeast-1"),
    gpu_product("serverless-h100-80", "H100", 80, 1499000, 2, "cn-east-1", "ap-southeast-1", "us-west-1"),
    gpu_product(
        "instance-rtx-4090-24",
        "RTX 4090",
        24,
        199000,
        9,
        "cn-east-1",
        category="instance",
        pricing=INSTANCE_PRICING,
        billing_methods=["postpaid", "prepaid", "spot"],
    ),
    cpu_product("serverless-cpu-4", 4, 8, 22000, "serverless"),
    cpu_product("instance-cpu-8", 8, 16, 41000, "instance"),
)
PRODUCT_IDS = tuple(product["id"] for product in PRODUCTS if product["category"] == "serverless")


def products(query: Mapping[str, str]) -> list[dict[str, Any]]:
    """The products that a query asks for. A filter that is left out, empty or 0 keeps everything."""
    return [product for product in PRODUCTS if is_wanted(product, query)]


def is_wanted(product: Mapping[str, Any], query: Mapping[str, str]) -> bool:
    """Whether a product has the kind that a query asks for, and at least the size."""
    spec = product["resource_spec"]
    regions = {region_id for region_id in query.get("region_ids", "").split(",") if region_id}
    method = query.get("billing_method")
    return (
        product["type"] == query["type"]
        and product["category"] == query["category"]
        and spec["cpu"] >= int(query.get("cpu") or 0)
        and spec["memory_gb"] >= int(query.get("memory_gb") or 0)
        and spec["rootfs"]["max_gb"] >= int(query.get("rootfs_size") or 0)
        and (not method or method in product["billing_methods"])
        and (not regions or not regions.isdisjoint(product["region_ids"]))
    )

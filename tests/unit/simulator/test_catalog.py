# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Are products and regions listed and filtered?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
import requests

from simulator import Simulator

Call = Callable[..., requests.Response]


def products(call: Call, **query: str | int) -> list[dict[str, Any]]:
    answer = call("GET", "/gpus/v2/products", params={"type": "gpu", "category": "serverless", **query})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


@pytest.mark.parametrize("query", ["", "type=gpu", "category=serverless", "type=tpu&category=serverless"])
def test_products_need_a_known_type_and_category(call: Call, query: str) -> None:
    answer = call("GET", f"/gpus/v2/products?{query}")
    assert (answer.status_code, answer.json()["reason"]) == (400, "VALIDATOR_PARAM")


@pytest.mark.parametrize("kind", ["gpu", "cpu"])
@pytest.mark.parametrize("category", ["serverless", "instance"])
def test_products_have_the_kind_that_was_asked_for(call: Call, kind: str, category: str) -> None:
    found = products(call, type=kind, category=category)
    assert found
    assert {(product["type"], product["category"]) for product in found} == {(kind, category)}


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"cpu": 16}, 6),
        ({"cpu": 17}, 0),
        ({"memory_gb": 96}, 3),
        ({"rootfs_size": 100}, 6),
        ({"rootfs_size": 101}, 0),
        ({"billing_method": "spot"}, 0),
        ({"billing_method": "postpaid"}, 6),
        ({"region_ids": "us-west-1"}, 1),
        ({"region_ids": "us-west-1,cn-north-1"}, 3),
        ({"region_ids": "nowhere"}, 0),
    ],
)
def test_filters_keep_what_is_large_enough_and_in_the_region(
    call: Call, query: dict[str, str | int], count: int
) -> None:
    assert len(products(call, **query)) == count


def test_a_price_is_a_number_over_a_power_of_ten(call: Call) -> None:
    [product] = [product for product in products(call) if product["id"] == "serverless-rtx-4090-24"]
    pricing = product["pricing"]
    assert Decimal(pricing["postpaid"]["final_price"]).scaleb(-pricing["precision"]) == Decimal("1.68")


def test_a_product_can_be_sold_out(call: Call) -> None:
    assert [product["id"] for product in products(call) if not product["deployable"]] == ["serverless-l40s-48"]


def test_products_have_cursor_fields_only_on_several_pages(simulator: Simulator, call: Call) -> None:
    path = "/gpus/v2/products?type=gpu&category=serverless"
    assert call("GET", path).json().keys() == {"data"}
    simulator.settings = replace(simulator.settings, page_size=4)
    first = call("GET", path).json()
    second = call("GET", path, params={"cursor": first["next_cursor"]}).json()
    assert (len(first["data"]), first["has_more"]) == (4, True)
    assert (len(second["data"]), second["has_more"]) == (2, False)


def test_regions_come_in_pages_too(simulator: Simulator, call: Call) -> None:
    simulator.settings = replace(simulator.settings, page_size=3)
    first = call("GET", "/gpus/v2/regions").json()
    second = call("GET", "/gpus/v2/regions", params={"cursor": first["next_cursor"]}).json()
    ids = [region["id"] for region in first["data"] + second["data"]]
    assert ids == ["cn-east-1", "cn-north-1", "ap-southeast-1", "us-west-1"]
    assert first["data"][0]["feature"] == {"network_volume": True, "instance_vpc_network": True}


def test_every_product_is_in_regions_that_exist(call: Call) -> None:
    regions = {region["id"] for region in call("GET", "/gpus/v2/regions").json()["data"]}
    assert all(set(product["region_ids"]) <= regions for product in products(call))

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which products does product_info return, and what do they cost?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from unit.running import Said, run

from ansible_collections.ppio.gpu.plugins.modules import product_info
from simulator import Fault, Settings, Simulator
from simulator.catalog import PRODUCTS

Account = Mapping[str, Any]
Product = dict[str, Any]


def products(said: Said) -> list[Product]:
    assert not said.failed, said.message
    assert said.changed is False
    found: list[Product] = said.result["products"]
    return found


def short_ids(said: Said) -> list[str]:
    return [product["id"].removeprefix("serverless-") for product in products(said)]


def offer(simulator: Simulator, *offered: Mapping[str, Any]) -> None:
    """Let the next list be these products, which say as little as they do here."""
    body = {"data": [{"id": f"p{number}", **one} for number, one in enumerate(offered)]}
    simulator.script([Fault("overlay", operation="listProducts", when="after_commit", body=body)])


def priced(final_price: Any, precision: Any = 5, **more: Any) -> Product:
    return {"pricing": {"precision": precision, "postpaid": {"final_price": final_price, "unit": "per_hour"}}, **more}


FILTERS: Mapping[str, tuple[Mapping[str, Any], list[str]]] = {
    "nothing": (
        {},
        ["rtx-3090-24", "rtx-4090-24", "rtx-4090-24-sg", "l40s-48", "a100-80", "h100-80"],
    ),
    "no GPU": ({"type": "cpu"}, ["cpu-4"]),
    "instances": ({"category": "instance"}, ["instance-rtx-4090-24"]),
    "instances without a GPU": ({"category": "instance", "type": "cpu"}, ["instance-cpu-8"]),
    "a region": ({"region_id": "cn-east-1"}, ["rtx-4090-24", "l40s-48", "h100-80"]),
    "a region that does not exist": ({"region_id": "moon-1"}, []),
    "a part of the name": ({"name": "4090"}, ["rtx-4090-24", "rtx-4090-24-sg"]),
    "the name in another case": ({"name": "h100"}, ["h100-80"]),
    "a name and a region": ({"name": "4090", "region_id": "ap-southeast-1"}, ["rtx-4090-24-sg"]),
    "memory": ({"memory_gb": 100}, ["a100-80", "h100-80"]),
    "memory as text": ({"memory_gb": "100"}, ["a100-80", "h100-80"]),
    "cores": ({"cpu": 17}, []),
    "a disk": ({"rootfs_size": 100, "name": "L40S"}, ["l40s-48"]),
    "how it is paid": ({"category": "instance", "billing_method": "spot"}, ["instance-rtx-4090-24"]),
    "null options": ({"category": None, "type": None, "name": None, "region_id": "us-west-1"}, ["h100-80"]),
}


@pytest.mark.parametrize("settings", [Settings(), Settings(page_size=1, numbers="strings")], ids=["plain", "contrary"])
@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_chooses_among_all_pages(
    simulator: Simulator, account: Account, name: str, settings: Settings
) -> None:
    arguments, expected = FILTERS[name]
    simulator.settings = settings
    assert short_ids(run(product_info, {**account, **arguments})) == expected


def test_the_filters_of_the_api_go_to_the_api_and_the_name_does_not(simulator: Simulator, account: Account) -> None:
    sizes = {"cpu": 4, "memory_gb": 8, "rootfs_size": 20}
    arguments = {"name": "4090", "region_id": "cn-east-1", "billing_method": "postpaid", "sort_by": "price", **sizes}
    run(product_info, {**account, **arguments})
    assert [dict(entry.query) for entry in simulator.journal] == [
        {
            "category": "serverless",
            "type": "gpu",
            "region_ids": "cn-east-1",
            "billing_method": "postpaid",
            **{name: str(size) for name, size in sizes.items()},
        }
    ]


def test_a_region_filter_holds_even_if_the_api_ignores_it(simulator: Simulator, account: Account) -> None:
    offer(
        simulator, {"region_ids": ["cn-east-1", "cn-north-1"]}, {"region_ids": ["us-west-1"]}, {"region_ids": None}, {}
    )
    assert [product["id"] for product in products(run(product_info, {**account, "region_id": "cn-east-1"}))] == ["p0"]


def test_a_name_is_looked_for_in_the_gpus_name_too(simulator: Simulator, account: Account) -> None:
    offer(
        simulator, {"name": "Nvidia", "resource_spec": {"gpu": {"name": "L40S"}}}, {"name": "l40s box"}, {"name": "T4"}
    )
    assert [product["id"] for product in products(run(product_info, {**account, "name": "L40s"}))] == ["p0", "p1"]


def test_a_product_has_everything_that_the_api_says_and_what_people_look_for(account: Account) -> None:
    found = products(run(product_info, {**account, "name": "RTX 4090", "region_id": "cn-east-1"}))
    (stated,) = [product for product in PRODUCTS if product["id"] == "serverless-rtx-4090-24"]
    (product,) = found
    assert agree(stated, product)
    assert {name: product[name] for name in ("gpu_name", "gpu_memory_gb", "stock", "price", "price_unit")} == {
        "gpu_name": "RTX 4090 24GB",
        "gpu_memory_gb": 24,
        "stock": 31,
        "price": 1.68,
        "price_unit": "per_hour",
    }
    assert product["pricing"]["postpaid"] == {
        "base_price": 210000,
        "final_price": 168000,
        "unit": "per_hour",
        "price": 1.68,
    }
    assert product["pricing"]["storage_price"] == 0.00012


def agree(stated: Any, returned: Any) -> bool:
    """Whether everything that is stated is returned, too."""
    if isinstance(stated, Mapping):
        return all(name in returned and agree(inner, returned[name]) for name, inner in stated.items())
    return bool(stated == returned)


def test_every_kind_of_price_has_a_decimal_number_beside_it(account: Account) -> None:
    (product,) = products(run(product_info, {**account, "category": "instance"}))
    pricing = product["pricing"]
    assert [pricing["postpaid"]["price"], pricing["spot"]["price"], product["price"]] == [1.99, 0.995, 1.99]
    assert [(one["final_price"], one["price"]) for one in pricing["prepaid"]] == [
        (125370000, 1253.7),
        (668640000, 6686.4),
    ]


def test_digit_strings_and_numbers_mean_the_same(simulator: Simulator, account: Account) -> None:
    numbers = products(run(product_info, {**account, "sort_by": "price"}))
    simulator.settings = Settings(numbers="strings")
    assert products(run(product_info, {**account, "sort_by": "price"})) == numbers


PRICES: Sequence[tuple[Any, Any, float | None]] = [
    (119000, 5, 1.19),
    ("119000", "5", 1.19),
    (1, 0, 1.0),
    (1, 18, 1e-18),
    (1, 30, 1e-30),
    (0, 5, 0.0),
    (10, 2, 0.1),
    (30, 2, 0.3),
    (123456789, 7, 12.3456789),
    (999999999999999, 3, 999999999999.999),
    (-100, 2, -1.0),
    (None, 5, None),
    (119000, None, None),
    (119000, 31, None),
    (119000, -1, None),
    (10**400, 2, None),
    (119000, 10**9, None),
]


def test_a_price_is_the_raw_one_divided_by_ten_to_the_precision(simulator: Simulator, account: Account) -> None:
    offer(simulator, *(priced(raw, precision) for raw, precision, _price in PRICES))
    found = products(run(product_info, account))
    assert [product["price"] for product in found] == [price for _raw, _precision, price in PRICES]
    assert [product["pricing"]["postpaid"]["price"] for product in found] == [price for *_rest, price in PRICES]


def test_what_the_api_does_not_say_is_null_and_never_zero(simulator: Simulator, account: Account) -> None:
    offer(simulator, {}, {"pricing": None, "resource_spec": None, "activity": None, "region_ids": None})
    for product in products(run(product_info, account)):
        assert [product[name] for name in ("name", "price", "price_unit", "stock", "gpu_name")] == [None] * 5
        assert product["pricing"]["spot"] == dict.fromkeys(("base_price", "final_price", "unit", "price"))
        assert (product["pricing"]["prepaid"], product["pricing"]["storage_price"]) == ([], None)
        # A number, so that it can be compared in a template.
        assert product["gpu_memory_gb"] == 0


def test_the_cheapest_comes_first_and_what_has_no_price_last(simulator: Simulator, account: Account) -> None:
    offered = [priced(300), priced(None), priced(20, 3), priced(100), {}, priced(100, name="the same")]
    offer(simulator, *offered)
    found = products(run(product_info, {**account, "sort_by": "price"}))
    assert [product["price"] for product in found] == [0.001, 0.001, 0.003, 0.02, None, None]
    # The API's order among equals.
    assert [product["id"] for product in found] == ["p3", "p5", "p0", "p2", "p1", "p4"]


def test_names_are_sorted_and_what_has_none_comes_first(simulator: Simulator, account: Account) -> None:
    offer(simulator, {"name": "b"}, {"name": "a"}, {})
    found = products(run(product_info, {**account, "sort_by": "name"}))
    assert [product["name"] for product in found] == [None, "a", "b"]


def test_without_sorting_the_order_is_the_apis(simulator: Simulator, account: Account) -> None:
    offer(simulator, priced(3, name="b"), priced(1, name="c"), priced(2, name="a"))
    assert [product["name"] for product in products(run(product_info, account))] == ["b", "c", "a"]


@pytest.mark.parametrize(
    ("arguments", "rule"),
    [
        ({"cpu": -1}, "cpu must be 0 to 1000000"),
        ({"memory_gb": 1_000_001}, "memory_gb must be 0 to 1000000"),
        ({"rootfs_size": True}, "rootfs_size must be a whole number"),
        ({"rootfs_size": 1.5}, "rootfs_size must be a whole number"),
        ({"category": "serverful"}, "category must be one of serverless, instance"),
        ({"type": "tpu"}, "type must be one of gpu, cpu"),
        ({"billing_method": "gift"}, "billing_method must be one of postpaid, prepaid, spot"),
        ({"sort_by": "stock"}, "sort_by must be one of price, name"),
        ({"region_id": ["cn-east-1"]}, "region_id must be a string"),
        ({"api_timeout": 0}, "api_timeout must be 1 to 3600"),
    ],
    ids=str,
)
def test_what_breaks_a_limit_is_refused_before_anything_is_sent(
    simulator: Simulator, account: Account, arguments: Mapping[str, Any], rule: str
) -> None:
    said = run(product_info, {**account, **arguments})
    assert said.failed
    assert rule in said.message
    assert simulator.journal == ()


def test_a_brief_answer_has_what_is_needed_to_choose(account: Account) -> None:
    full = products(run(product_info, {**account, "sort_by": "price"}))
    brief = products(run(product_info, {**account, "sort_by": "price", "brief": True}))
    assert [one["id"] for one in brief] == [one["id"] for one in full]
    assert all(
        one.keys() == {"id", "name", "gpu_memory_gb", "price", "price_unit", "stock", "deployable", "region_ids"}
        for one in brief
    )
    assert [one["price"] for one in brief] == [one["price"] for one in full]


def test_a_product_in_two_rows_is_in_two_rows_and_one_that_a_page_repeats_in_one(
    simulator: Simulator, account: Account
) -> None:
    row = {"id": "gpu-1", "name": "GPU", "region_ids": ["eu"]}
    rows = [row, {**row, "region_ids": ["us"]}, row]
    simulator.script([Fault("overlay", operation="listProducts", when="after_commit", body={"data": rows})])
    said = run(product_info, account)
    assert [one["region_ids"] for one in said.result["products"]] == [["eu"], ["us"]]


@pytest.mark.parametrize("price", ["", None])
def test_an_empty_price_is_none_and_never_the_cheapest(simulator: Simulator, account: Account, price: Any) -> None:
    def row(name: str, raw: Any) -> dict[str, Any]:
        return {"id": name, "name": name, "pricing": {"precision": 2, "postpaid": {"final_price": raw}}}

    rows = [row("empty", price), row("dear", 900), row("cheap", "100")]
    simulator.script([Fault("overlay", operation="listProducts", when="after_commit", body={"data": rows})])
    said = run(product_info, {**account, "sort_by": "price"})
    assert [(one["name"], one["price"]) for one in said.result["products"]] == [
        ("cheap", 1.0),
        ("dear", 9.0),
        ("empty", None),
    ]

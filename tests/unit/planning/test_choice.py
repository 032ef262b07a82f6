# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of several products is chosen, and why?"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from ansible_collections.ppio.gpu.plugins.module_utils._planning.choice import (
    Choice,
    NoneFits,
    chosen,
    doubt,
    needed,
)
from ansible_collections.ppio.gpu.plugins.module_utils._planning.state import observed_from
from ansible_collections.ppio.gpu.plugins.module_utils._schema.product import PRODUCT
from ansible_collections.ppio.gpu.plugins.module_utils._schema.worker_price import ENDPOINT_PRICING


def product(price: Any = 100, stock: Any = 8, most: Any = 8, **other: Any) -> dict[str, Any]:
    """A product with a price in hundredths, and so many GPUs in stock, of which one machine has so many at most."""
    answer = {
        "id": "any",
        "category": "serverless",
        "deployable": True,
        "resource_spec": {"gpu": {"name": "RTX 4090", "min": 1, "max": 4, "available": stock, "max_available": most}},
        "pricing": {"precision": 2, "postpaid": {"final_price": price, "unit": "per_hour"}},
        **other,
    }
    return observed_from(PRODUCT, answer)


def fields(least: int = 1, gpus: int = 2) -> dict[str, Any]:
    return {"worker_config": {"min_replicas": least, "max_replicas": 9, "gpu_num": gpus}}


def choice(
    catalog: Mapping[str, Any],
    *,
    by_price: bool = False,
    check_stock: bool = True,
    taken: Mapping[str, int] | None = None,
) -> Choice:
    return chosen(
        ENDPOINT_PRICING,
        catalog,
        fields(),
        list(catalog),
        by_price=by_price,
        check_stock=check_stock,
        taken=taken or {},
    )


UNKNOWN = "the catalog cannot be read"
#: The catalog, and which is chosen: in order with the stock, by price with it, in order without, by price without.
CATALOGS: Mapping[str, tuple[Mapping[str, Any], tuple[str, str, str, str]]] = {
    "all fit": ({"a": product(200), "b": product(100), "c": product(150)}, ("a", "b", "a", "b")),
    "the first has too little stock": ({"a": product(50, 1), "b": product(90), "c": product(80)}, ("b", "c", "a", "a")),
    "nobody knows the first": ({"a": UNKNOWN, "b": product(90)}, ("b", "b", "a", "b")),
    "nobody knows a price": ({"a": product(None), "b": product(90)}, ("a", "b", "a", "b")),
    "one costs nothing": ({"a": product(20), "b": product(0)}, ("a", "b", "a", "b")),
    "they cost the same": ({"a": product(90), "b": product(90)}, ("a", "a", "a", "a")),
}


@pytest.mark.parametrize("what", CATALOGS)
def test_the_best_is_chosen_where(what: str) -> None:
    catalog, (ordered, cheapest, unchecked, cheapest_unchecked) = CATALOGS[what]
    assert choice(catalog).id == ordered
    assert choice(catalog, by_price=True).id == cheapest
    assert choice(catalog, check_stock=False).id == unchecked
    assert choice(catalog, by_price=True, check_stock=False).id == cheapest_unchecked


def test_the_reason_says_what_it_was_chosen_for() -> None:
    several = {"a": product(), "b": product()}
    assert choice(several).reason == "the first that fits: 8 GPUs in stock, 2 needed"
    assert choice(several, by_price=True).reason.startswith("the cheapest that fits: 8 GPUs")
    assert choice(several, check_stock=False).reason == "the first of the list"
    assert choice(several, by_price=True, check_stock=False).reason == "the cheapest of the list"
    assert choice({"a": product()}).reason == "8 GPUs in stock, 2 needed"
    assert choice({"a": product()}, check_stock=False).reason == "it is the only one"


@pytest.mark.parametrize("catalog", [{"a": UNKNOWN}, {"a": product(stock=1), "b": UNKNOWN}], ids=["alone", "left over"])
def test_one_of_which_nobody_knows_is_doubtful_where_it_is_checked(catalog: Mapping[str, Any]) -> None:
    told = choice(catalog)
    assert told.is_doubtful
    assert told.reason == f"nobody knows whether it fits: {UNKNOWN}"
    assert not choice(catalog, check_stock=False).is_doubtful
    assert not choice({**catalog, "z": product()}).is_doubtful


def test_what_others_take_is_not_there_any_more() -> None:
    catalog = {"a": product(stock=4), "b": product()}
    assert choice(catalog, taken={"a": 2}).id == "a"
    told = choice(catalog, taken={"a": 3})
    assert told.id == "b"
    assert [(one.id, one.fits, one.available) for one in told.candidates] == [("a", False, 1), ("b", True, 8)]


def test_every_candidate_is_told_with_its_price_for_a_worker() -> None:
    told = choice({"a": product(150), "b": product(None), "c": UNKNOWN})
    assert [one.price for one in told.candidates] == [Decimal(3), None, None]


def test_where_none_fits_each_is_named_with_its_reason() -> None:
    with pytest.raises(NoneFits) as nothing:
        choice({"a": product(most=1), "b": None})
    assert "a: no machine has more than 1 GPUs free" in nothing.value.message
    assert "b: the API lists no such product of this kind" in nothing.value.message
    assert nothing.value.choice is not None
    assert [one.fits for one in nothing.value.choice.candidates] == [False, False]
    assert not nothing.value.choice.is_doubtful


@pytest.mark.parametrize(("least", "gpus", "number"), [(0, 2, 2), (1, 2, 2), (3, 2, 6), (3, 1, 3)])
def test_a_first_worker_needs_gpus_though_none_is_kept(least: int, gpus: int, number: int) -> None:
    assert needed(ENDPOINT_PRICING, fields(least, gpus), {"a": product()}, "a") == number
    assert needed(ENDPOINT_PRICING, fields(least, gpus), {"a": UNKNOWN}, "a") == number


def test_without_a_number_of_gpus_a_worker_has_the_fewest_that_the_product_allows() -> None:
    item = product()
    item["resource_spec"]["gpu"]["min"] = 4
    assert needed(ENDPOINT_PRICING, {"worker_config": {"min_replicas": 2}}, {"a": item}, "a") == 8


class TestDoubt:
    """What is said of a product that the user does not ask to check."""

    def test_a_product_that_fits_raises_none(self) -> None:
        assert doubt(ENDPOINT_PRICING, {"a": product(stock=2)}, fields(), "a", {}) == ""

    @pytest.mark.parametrize(
        ("item", "taken", "words"),
        [
            (product(stock=1), {}, "1 GPU in stock"),
            (product(most=1), {}, "no machine has more than 1"),
            (product(), {"a": 7, "b": 1}, "1 GPU in stock"),
            (UNKNOWN, {}, UNKNOWN),
        ],
        ids=["too little stock", "too little at once", "too little left", "unknown"],
    )
    def test_what_may_be_otherwise_in_a_minute_is_a_warning(
        self, item: Any, taken: Mapping[str, int], words: str
    ) -> None:
        assert words in doubt(ENDPOINT_PRICING, {"a": item}, fields(), "a", taken)

    @pytest.mark.parametrize(
        ("item", "words"),
        [(None, "the API lists no product a of"), (product(category="instance"), "a: it is of the category instance")],
        ids=["not listed", "of another category"],
    )
    def test_what_no_waiting_changes_is_an_error(self, item: Any, words: str) -> None:
        with pytest.raises(NoneFits, match=words):
            doubt(ENDPOINT_PRICING, {"a": item}, fields(), "a", {})

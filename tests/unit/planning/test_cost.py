# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Is the cost exact, and never a number where a price is not known?"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.ppio.gpu.plugins.module_utils._planning.budget import Budget, OverBudget, judge
from ansible_collections.ppio.gpu.plugins.module_utils._planning.cost import Cost, Usage, cost_of
from ansible_collections.ppio.gpu.plugins.module_utils._planning.state import observed_from
from ansible_collections.ppio.gpu.plugins.module_utils._schema.money import amount
from ansible_collections.ppio.gpu.plugins.module_utils._schema.product import PRODUCT
from ansible_collections.ppio.gpu.plugins.module_utils._schema.worker_price import ENDPOINT_PRICING

TIMES = {"per_hour": 1, "per_minute": 60, "per_second": 3600}


def product(identity: str, price: Any, precision: Any = 5, unit: Any = "per_hour", **gpu: Any) -> dict[str, Any]:
    """A product of the catalog as the reader of answers gives it."""
    answer = {
        "id": identity,
        "resource_spec": {"gpu": {"name": "RTX 4090", **gpu}},
        "pricing": {"precision": precision, "postpaid": {"final_price": price, "unit": unit}},
    }
    return observed_from(PRODUCT, answer)


def fields(identity: str, least: int, most: int, gpus: int | None = 1) -> dict[str, Any]:
    return {
        "product_id": identity,
        "worker_config": {"min_replicas": least, "max_replicas": most, "gpu_num": gpus},
    }


def cost(catalog: Mapping[str, Any], *usages: Usage) -> Cost:
    return cost_of(ENDPOINT_PRICING, catalog, usages, "endpoints")


@st.composite
def workers(draw: st.DrawFn) -> tuple[int, int, int]:
    most = draw(st.integers(0, 1000))
    return draw(st.integers(0, most)), most, draw(st.integers(1, 8))


def test_a_floor_above_the_ceiling_costs_at_most_what_it_costs_at_least() -> None:
    catalog = {"a": product("a", 100, 2)}
    told = cost(catalog, Usage("x", None, fields("a", 5, 2), None))
    assert (told.after.floor, told.after.ceiling) == (Decimal(5), Decimal(5))


@given(
    price=st.integers(0, 10**18 - 1),
    precision=st.integers(0, 30),
    unit=st.sampled_from(sorted(TIMES)),
    before=workers(),
    after=workers(),
    existing=st.integers(0, 50),
    others=st.integers(0, 3),
)
def test_every_sum_is_exact_to_the_last_digit(
    price: int,
    precision: int,
    unit: str,
    before: tuple[int, int, int],
    after: tuple[int, int, int],
    existing: int,
    others: int,
) -> None:
    catalog = {"p": product("p", price, precision, unit)}
    usage = Usage("chat", fields("p", *before), fields("p", *after), {"workers": [{}] * existing})
    told = cost(catalog, *[usage] * (others + 1))
    hour = Fraction(price * TIMES[unit], 10**precision)
    count = others + 1
    old, new = ([count * hour * gpus * number for number in (least, most)] for least, most, gpus in (before, after))
    assert [Fraction(str(value)) for value in (told.before.floor, told.before.ceiling)] == old
    assert [Fraction(str(value)) for value in (told.after.floor, told.after.ceiling)] == new
    assert [Fraction(str(value)) for value in (told.increase.floor, told.increase.ceiling)] == [
        late - early for early, late in zip(old, new, strict=True)
    ]
    assert Fraction(str(told.now)) == count * hour * before[2] * existing
    assert Fraction(str(told.per_unit)) == hour * after[2]


@given(value=st.decimals(allow_nan=False, allow_infinity=False, places=30, min_value=-(10**20), max_value=10**20))
def test_a_sum_as_text_loses_no_digit(value: Decimal) -> None:
    text = amount(value)
    assert Fraction(text) == Fraction(str(value))
    assert "E" not in text.upper()
    assert len(text.partition(".")[2]) >= 2


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (product("p", 168000, unit="per_fortnight"), "the unit of its price is per_fortnight"),
        (product("p", 168000, unit=None), "the unit of its price is not given"),
        (product("p", None), "the API does not say the price of the product p"),
        (product("p", -1), "the API does not say the price of the product p"),
        (product("p", 168000, precision=None), "the precision of its price is None"),
        (product("p", 168000, precision=-1), "the precision of its price is -1"),
        (product("p", 168000, precision=31), "the precision of its price is 31"),
        ("it cannot be read", "it cannot be read"),
        (None, "the API lists no product 'p' of this kind"),
    ],
)
def test_an_unknown_price_is_no_number(item: Any, reason: str) -> None:
    told = cost({} if item is None else {"p": item}, Usage("chat", None, fields("p", 0, 3), None))
    assert (told.after.floor, told.after.ceiling, told.per_unit) == (None, None, None)
    assert [(charge.name, charge.reason) for charge in told.unpriced] == [("chat", reason)]
    assert "an unknown price" in told.text


@pytest.mark.parametrize(("precision", "hour"), [(0, "168000.00"), (30, "0.000000000000000000000000168")])
def test_a_precision_at_its_limits_is_exact(precision: int, hour: str) -> None:
    told = cost({"p": product("p", 168000, precision)}, Usage("chat", None, fields("p", 1, 1), None))
    assert told.after.floor is not None
    assert amount(told.after.floor) == hour


def test_a_price_as_a_text_of_digits_is_a_price() -> None:
    told = cost({"p": product("p", "168000", "5")}, Usage("chat", None, fields("p", 1, 1), None))
    assert told.after.ceiling == Decimal("1.68")


def test_one_unknown_price_makes_the_sum_unknown() -> None:
    usages = [Usage("known", None, fields("p", 1, 1), None), Usage("unknown", None, fields("q", 1, 1), None)]
    told = cost({"p": product("p", 168000)}, *usages)
    assert told.after.ceiling is None
    assert told.before.ceiling == 0


def test_without_a_number_of_gpus_it_is_as_few_as_the_product_allows() -> None:
    usage = Usage("chat", None, fields("p", 1, 1, None), None)
    assert cost({"p": product("p", 168000, min=2)}, usage).after.floor == Decimal("3.36")
    assert cost({"p": product("p", 168000)}, usage).after.floor == Decimal("1.68")


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        (None, fields("p", 1, 3), "chat: 0.00 → 0.35 to 1.05 an hour (3 × RTX 4090)"),
        (fields("p", 0, 3), fields("p", 1, 6), "chat: 0.00 to 1.05 → 0.35 to 2.10 an hour (3 → 6 × RTX 4090)"),
        (fields("p", 0, 3), fields("p", 0, 3), "chat: 0.00 to 1.05 an hour (3 × RTX 4090)"),
        (fields("p", 1, 1), fields("p", 1, 1, 2), "chat: 0.35 → 0.70 an hour (1 × RTX 4090 → 1 × 2 RTX 4090)"),
        (fields("p", 1, 3), None, "chat: 0.35 to 1.05 → 0.00 an hour (3 × RTX 4090)"),
        (None, None, "chat: 0.00 an hour (no worker)"),
    ],
)
def test_a_line_tells_a_person(before: Any, after: Any, line: str) -> None:
    assert cost({"p": product("p", 35000)}, Usage("chat", before, after, None)).text == line


HOURLY = {"p": product("p", 100000), "cheap": product("cheap", 1000), "dear": product("dear", 1000000)}


def is_over(limit: Budget, *usages: Usage) -> bool:
    try:
        judge(limit, cost(HOURLY, *usages), "endpoints")
    except OverBudget:
        return True
    return False


def test_a_limit_is_kept_at_its_last_cent() -> None:
    usage = Usage("chat", None, fields("p", 0, 3), None)
    assert not is_over(Budget(Decimal("3.00"), Decimal("3.00")), usage)
    assert not is_over(Budget(Decimal("3.01"), Decimal(4)), usage)
    assert is_over(Budget(Decimal("2.99999"), None), usage)


def test_a_sleeping_endpoint_passes_by_its_floor_and_fails_by_its_ceiling() -> None:
    usage = Usage("chat", None, fields("p", 0, 50), None)
    assert not is_over(Budget(Decimal(10), None, "floor"), usage)
    assert is_over(Budget(Decimal(10), None, "ceiling"), usage)


def test_a_cent_more_is_more() -> None:
    usage = Usage("chat", fields("cheap", 0, 2), fields("cheap", 0, 3), None)
    assert is_over(Budget(Decimal("0.02"), None), usage)
    assert not is_over(Budget(Decimal("0.03"), None), usage)


def test_the_increase_has_a_limit_of_its_own() -> None:
    usage = Usage("chat", fields("p", 0, 40), fields("p", 0, 45), None)
    assert not is_over(Budget(None, Decimal(5)), usage)
    assert is_over(Budget(None, Decimal(4)), usage)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (fields("p", 5, 50), fields("p", 5, 40)),
        (fields("p", 5, 50), fields("p", 5, 50)),
        (fields("dear", 1, 50), fields("p", 5, 50)),
        (fields("p", 5, 50), None),
        # Nobody knows the prices of these, but fewer of the same cost less.
        (fields("unknown", 5, 50), fields("unknown", 5, 40)),
        (fields("unknown", 5, 50), None),
    ],
)
def test_what_only_lowers_the_cost_passes_though_it_is_over_the_limit(before: Any, after: Any) -> None:
    assert not is_over(Budget(Decimal(1), Decimal(0)), Usage("chat", before, after, None))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, fields("unknown", 0, 1)),
        (fields("unknown", 0, 1), fields("unknown", 0, 2)),
        (fields("p", 0, 1), fields("unknown", 0, 1)),
        (fields("unknown", 0, 1), fields("p", 0, 1)),
        (fields("unknown", 0, 1), fields("unknown", 0, 1, 2)),
    ],
)
def test_an_unknown_price_breaks_a_budget(before: Any, after: Any) -> None:
    with pytest.raises(OverBudget, match="the price of 1 of 1 endpoints is not known"):
        judge(Budget(Decimal(1000), None), cost(HOURLY, Usage("chat", before, after, None)), "endpoints")


def test_the_most_expensive_are_named_first() -> None:
    usages = [Usage(f"chat-{number}", None, fields("p", 0, number), None) for number in range(9)]
    with pytest.raises(OverBudget) as caught:
        judge(Budget(Decimal(10), None), cost(HOURLY, *usages), "endpoints")
    message = str(caught.value)
    assert "it would cost up to 36.00 an hour; max_hourly is 10.00." in message
    assert "The most expensive: chat-8: 0.00 → 0.00 to 8.00 an hour (8 × RTX 4090); chat-7: " in message
    assert "and 4 more" in message


def test_what_may_cost_nothing_is_named_last() -> None:
    usages = [Usage("idle", None, fields("p", 0, 9), None), Usage("half", None, fields("cheap", 1, 1), None)]
    catalog = {**HOURLY, "cheap": product("cheap", 50, 2)}
    with pytest.raises(OverBudget, match=r"The most expensive: half: .*; idle: "):
        judge(Budget(Decimal("0.1"), None, basis="floor"), cost(catalog, *usages), "endpoints")

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How is a cost told, and what counts as a rise?"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from unit.planning.test_cost import HOURLY, cost, fields, product

from ansible_collections.ppio.gpu.plugins.module_utils._planning.cost import Range, Usage

CATALOG = {**HOURLY, "a100": product("a100", 200000, name="A100")}


def changed(before: Any, after: Any, **usage: Any) -> Usage:
    return Usage("chat", before, after, None, **usage)


@pytest.mark.parametrize(
    ("floor", "ceiling", "text"),
    [
        (1, 1, "1.00"),
        (1, 2, "1.00 to 2.00"),
        (2, 1, "2.00 to 1.00"),
        (None, 1, "an unknown price"),
        (1, None, "an unknown price"),
    ],
)
def test_a_range_has_one_number_only_where_both_ends_are_the_same(
    floor: int | None, ceiling: int | None, text: str
) -> None:
    ends = [None if end is None else Decimal(end) for end in (floor, ceiling)]
    assert str(Range(*ends)) == text


def test_nothing_costs_nothing() -> None:
    told = cost(CATALOG)
    assert (told.text, told.per_unit, told.now) == ("0 endpoints: 0.00 an hour", None, Decimal(0))


@pytest.mark.parametrize(
    ("before", "after", "units"),
    [
        (fields("p", 0, 3), fields("p", 0, 6), "3 → 6 × RTX 4090"),
        (fields("p", 0, 6), fields("p", 0, 3), "6 → 3 × RTX 4090"),
        (fields("p", 0, 3), fields("p", 1, 3), "3 × RTX 4090"),
        (fields("p", 0, 3), fields("a100", 0, 3), "3 × RTX 4090 → 3 × A100"),
        (fields("a100", 0, 3), fields("p", 0, 3), "3 × A100 → 3 × RTX 4090"),
        (fields("p", 0, 3), fields("p", 0, 3, 2), "3 × RTX 4090 → 3 × 2 RTX 4090"),
    ],
)
def test_units_are_told_before_and_after_where_they_differ(before: Any, after: Any, units: str) -> None:
    assert cost(CATALOG, changed(before, after)).charges[0].units == units


@pytest.mark.parametrize(
    ("before", "after", "rises"),
    [
        (fields("p", 0, 1), fields("cheap", 0, 9), {"floor": False, "ceiling": False}),
        (fields("p", 1, 1), fields("dear", 1, 1), {"floor": True, "ceiling": True}),
        (fields("p", 1, 1), fields("unknown", 0, 1), {"floor": True, "ceiling": True}),
        (fields("unknown", 2, 4), fields("unknown", 2, 3), {"floor": False, "ceiling": False}),
    ],
)
def test_a_cheaper_product_is_no_rise_and_an_unknown_price_may_be_one(
    before: Any, after: Any, rises: dict[str, bool]
) -> None:
    assert cost(CATALOG, changed(before, after)).charges[0].rises == rises


def test_what_is_not_seen_at_work_costs_nothing_now() -> None:
    assert cost(CATALOG, changed(fields("p", 1, 3), fields("p", 1, 3))).now == 0


def test_an_unknown_price_in_one_turn_makes_the_peak_unknown() -> None:
    known = changed(fields("p", 1, 1), fields("p", 1, 1), peak=fields("p", 3, 3))
    unknown = changed(fields("unknown", 1, 1), fields("unknown", 1, 1), peak=fields("unknown", 2, 2), turn=1)
    extra = cost(CATALOG, known, unknown).peak
    assert (extra.floor, extra.ceiling) == (None, None)


def test_fewer_at_one_end_does_not_hide_more_at_the_other() -> None:
    told = cost(CATALOG, changed(fields("p", 2, 9), fields("p", 2, 9), peak=fields("p", 1, 12)))
    assert told.peak.ceiling == 12

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What else would do, and how is the best of it found?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from unit.second.database import DATABASE
from unit.values import validated

from ansible_collections.ppio.gpu.plugins.module_utils._planning.preference import (
    alternatives_from,
    preferences_from,
)
from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT

ORDERED = {"by_price": False, "check_stock": False, "predict_stock": True}


def test_each_of_several_is_named_once_in_the_order_of_the_user() -> None:
    assert alternatives_from(ENDPOINT, validated({"product_ids": ["b", "a", "b"]})) == {"product_id": ("b", "a")}


@pytest.mark.parametrize("given", [{}, {"product_ids": []}, {"product_id": "a"}], ids=str)
def test_where_only_one_will_do_there_are_no_others(given: Mapping[str, Any]) -> None:
    assert alternatives_from(ENDPOINT, validated(given)) == {}


@pytest.mark.parametrize(
    ("given", "preferences"),
    [
        ({"product_id": "a"}, {}),
        ({"product_id": "a", "check_stock": True}, {"check_stock": True, "predict_stock": False}),
        ({"product_id": "a", "check_stock": False}, {"predict_stock": False}),
        ({"product_ids": ["a", "b"]}, {"check_stock": True, "predict_stock": False}),
        ({"product_ids": ["a", "b"], "check_stock": False}, {"predict_stock": False}),
        (
            {"product_ids": ["a"], "product_choice": "cheapest"},
            {"by_price": True, "check_stock": True, "predict_stock": False},
        ),
    ],
    ids=str,
)
def test_the_stock_of_several_is_checked_unless_the_user_says_otherwise(
    given: Mapping[str, Any], preferences: Mapping[str, bool]
) -> None:
    assert preferences_from(ENDPOINT, validated(given)) == {**ORDERED, **preferences}


def test_a_resource_without_prices_has_no_choice() -> None:
    assert alternatives_from(DATABASE, {}) == {}
    assert preferences_from(DATABASE, {}) == {}

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which budgets and lists of products are refused before anything is sent?"""

from __future__ import annotations

from typing import Any

import pytest
from unit.bodies import MINIMAL

from ansible_collections.ppio.gpu.plugins.module_utils._options.argument_spec import checked
from ansible_collections.ppio.gpu.plugins.module_utils._options.choice_options import choice_row
from ansible_collections.ppio.gpu.plugins.module_utils._options.fleet_options import fleet_checked
from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"budget": {}}, "budget must have max_hourly or max_hourly_increase"),
        ({"budget": {"max_hourly": None}}, "budget must have max_hourly or max_hourly_increase"),
        ({"budget": 5}, "budget must be a mapping, not a number"),
        ({"budget": {"max_hourly": "-1"}}, "budget.max_hourly must be a number, 0 or more, not -1"),
        ({"budget": {"max_hourly": -1}}, "budget.max_hourly must be a number, 0 or more, not -1"),
        ({"budget": {"max_hourly": True}}, "budget.max_hourly must be a number, 0 or more, not True"),
        ({"budget": {"max_hourly": "nan"}}, "budget.max_hourly must be a number, 0 or more, not 'nan'"),
        ({"budget": {"max_hourly": float("inf")}}, "budget.max_hourly must be a number, 0 or more, not inf"),
        (
            {"budget": {"max_hourly_increase": "much"}},
            "budget.max_hourly_increase must be a number, 0 or more, not 'much'",
        ),
        ({"budget": {"max_hourly": "1e999"}}, "budget.max_hourly must be a number, 0 or more, not '1e999'"),
        (
            {"budget": {"max_hourly_increase": "-1e999"}},
            "budget.max_hourly_increase must be a number, 0 or more, not '-1e999'",
        ),
        ({"budget": {"max_hourly": [1]}}, "budget.max_hourly must be a number, 0 or more, not [1]"),
        (
            {"budget": {"max_hourly": "m" * 100}},
            f"budget.max_hourly must be a number, 0 or more, not '{'m' * 59}",
        ),
        ({"budget": {"max_hourly": 1, "monthly": 2}}, "budget.monthly is not a supported option"),
        ({"product_ids": ["a"]}, "product_ids and product_id cannot both be given"),
        ({"product_id": None, "product_ids": []}, "product_ids must name at least one"),
        ({"product_id": None, "product_ids": {"a": 1}}, "product_ids must be a list, not {'a': 1}"),
        ({"product_id": None, "product_ids": [""]}, "product_ids[0] must not be an empty string"),
        ({"product_id": None, "product_ids": ["a", None]}, "product_ids[1] must not be null"),
    ],
)
def test_what_means_nothing_is_refused(options: dict[str, Any], told: str) -> None:
    assert [str(one) for one in checked(ENDPOINT, {**MINIMAL, **options}).violations] == [told]


@pytest.mark.parametrize(
    "options",
    [
        {"budget": {"max_hourly": "1.50"}},
        {"budget": '{"max_hourly": 5}'},
        {"budget": {"max_hourly": 0, "max_hourly_increase": 0.5, "basis": "floor", "scope": "account"}},
        {"product_id": None, "product_ids": ["a", "b"], "product_choice": "cheapest"},
    ],
)
def test_what_means_something_is_taken(options: dict[str, Any]) -> None:
    assert list(checked(ENDPOINT, {**MINIMAL, **options}).violations) == []


def test_each_of_several_products_is_checked_like_the_one() -> None:
    (row,) = choice_row(ENDPOINT)
    assert row.item == next(field for field in ENDPOINT.fields if field.name == "product_id")


def test_a_budget_of_a_prefix_needs_the_prefix() -> None:
    options = {"endpoints": [], "budget": {"max_hourly": 1, "scope": "prefix"}}
    assert [str(one) for one in fleet_checked(ENDPOINT, options).violations] == [
        "name_prefix is needed with budget.scope=prefix"
    ]
    assert list(fleet_checked(ENDPOINT, {**options, "name_prefix": "team-"}).violations) == []

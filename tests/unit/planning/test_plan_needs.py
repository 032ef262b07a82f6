# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What has to be given for a create, and which numbers have to fit each other?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from unit.bodies import FULL, MINIMAL
from unit.values import current, desired

from ansible_collections.ppio.gpu.plugins.module_utils._errors import IncompleteCreate, InvalidOptions
from ansible_collections.ppio.gpu.plugins.module_utils._planning.plan import Action, plan
from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT


@pytest.mark.parametrize("name", ["type", "product_id", "image", "worker_config"])
def test_what_a_create_needs_is_named_where_it_is_not_given(name: str) -> None:
    given = {key: value for key, value in MINIMAL.items() if key != name}
    needed = "worker_config.max_replicas" if name == "worker_config" else name
    with pytest.raises(IncompleteCreate, match=f"to create it, also give {needed}\\.$"):
        plan(ENDPOINT, None, desired(given))


def test_an_empty_text_is_not_what_a_create_needs() -> None:
    with pytest.raises(IncompleteCreate, match=r"also give image\.$"):
        plan(ENDPOINT, None, desired({**MINIMAL, "image": ""}))


def test_a_number_that_is_zero_is_given() -> None:
    assert plan(ENDPOINT, None, desired({**MINIMAL, "worker_config": {"max_replicas": 0}})).action is Action.CREATE


@pytest.mark.parametrize(
    ("shown", "asked"),
    [
        ({"min_replicas": 1, "max_replicas": 3}, {"min_replicas": 3}),
        ({"min_replicas": 1, "max_replicas": 3}, {"max_replicas": 1}),
        ({"max_replicas": 3}, {"max_replicas": 0}),
        ({"min_replicas": 1}, {"min_replicas": 0}),
    ],
    ids=["raised as far as it goes", "lowered as far as it goes", "no least is shown", "no most is shown"],
)
def test_numbers_that_fit_are_no_obstacle(shown: Mapping[str, Any], asked: Mapping[str, Any]) -> None:
    existing = current({**FULL, "worker_config": shown})
    assert plan(ENDPOINT, existing, desired({"name": "chat", "worker_config": asked})).action is Action.UPDATE


def test_a_number_above_one_that_the_api_does_not_show_is_refused() -> None:
    asked = desired({"name": "chat", "worker_config": {"min_replicas": 1}})
    with pytest.raises(InvalidOptions, match=r"would be 1, above worker_config\.max_replicas, which would be 0\."):
        plan(ENDPOINT, current({**FULL, "worker_config": {}}), asked)


@pytest.mark.parametrize(
    "config", [{"min_replicas": 4}, {"max_replicas": 0}, {"max_replicas": 0, "idle_timeout": 61}], ids=str
)
@pytest.mark.parametrize("other", [{}, {"type": "async", "allow_recreate": True}], ids=["update", "recreate"])
def test_a_number_above_one_that_stays_is_refused_with_both(
    config: Mapping[str, Any], other: Mapping[str, Any]
) -> None:
    existing = {**FULL, "worker_config": {**FULL["worker_config"], "min_replicas": 1, "max_replicas": 3}}
    with pytest.raises(InvalidOptions) as refused:
        plan(ENDPOINT, current(existing), desired({"name": "chat", "worker_config": config, **other}))
    words = ("worker_config.min_replicas", "worker_config.max_replicas", "ep-1", "Nothing was sent")
    assert [word for word in words if word not in refused.value.message] == []


def test_numbers_that_do_not_fit_and_stay_are_in_nobodys_way() -> None:
    existing = {**FULL, "worker_config": {**FULL["worker_config"], "min_replicas": 4, "max_replicas": 3}}
    asked = desired({"name": "chat", "command": "--other"})
    assert plan(ENDPOINT, current(existing), asked).action is Action.UPDATE

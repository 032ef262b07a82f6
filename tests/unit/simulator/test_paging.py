# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Do lists page, search and misbehave as set?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import requests

from simulator import Simulator

Call = Callable[..., requests.Response]


@pytest.fixture
def names(simulator: Simulator, body: dict[str, Any]) -> list[str]:
    """Five endpoints on pages of two, the newest first."""
    made = [f"name-{number}" for number in range(5)]
    for name in made:
        simulator.seed({**body, "name": name})
    simulator.settings = replace(simulator.settings, page_size=2)
    return made[::-1]


def pages(call: Call, **query: str | int) -> list[list[str]]:
    """The names on each page, until the last one or the tenth."""
    result: list[list[str]] = []
    cursor = ""
    while len(result) < 10:
        page = call("GET", params={**query, "cursor": cursor}).json()
        result.append([item["name"] for item in page["data"]])
        assert page["has_more"] == bool(page["next_cursor"])
        cursor = page["next_cursor"]
        if not cursor:
            break
    return result


def test_a_list_comes_in_pages_of_the_set_size(call: Call, names: list[str]) -> None:
    assert pages(call) == [names[:2], names[2:4], names[4:]]


def test_a_smaller_limit_wins_and_a_larger_one_is_capped(call: Call, names: list[str]) -> None:
    assert pages(call, limit=1) == [[name] for name in names]
    assert pages(call, limit=50) == [names[:2], names[2:4], names[4:]]
    assert pages(call, limit=0) == [names[:2], names[2:4], names[4:]]


def test_a_cursor_that_is_not_percent_encoded_is_refused(simulator: Simulator, call: Call, names: list[str]) -> None:
    cursor = call("GET").json()["next_cursor"]
    assert set("+/=&") < set(cursor)
    assert call("GET", f"/gpus/v2/endpoints?cursor={cursor}").status_code == 400


def test_an_endpoint_that_goes_between_two_pages_hides_no_other(
    simulator: Simulator, call: Call, names: list[str]
) -> None:
    first = call("GET").json()
    call("DELETE", f"/gpus/v2/endpoints/{first['data'][1]['id']}")
    second = call("GET", params={"cursor": first["next_cursor"]}).json()
    assert [item["name"] for item in second["data"]] == names[2:4]


def test_a_keyword_selects_names_that_contain_it_unless_it_is_ignored(
    simulator: Simulator, call: Call, names: list[str]
) -> None:
    assert pages(call, keyword="e-3") == [["name-3"]]
    simulator.settings = replace(simulator.settings, ignore_keyword=True)
    assert len(pages(call, keyword="e-3")) == 3


def test_every_second_listing_can_be_empty(simulator: Simulator, call: Call, names: list[str]) -> None:
    simulator.settings = replace(simulator.settings, flapping_list=True)
    assert [pages(call) for _round in range(4)] == [[names[:2], names[2:4], names[4:]], [[]]] * 2


def test_a_cursor_can_repeat_without_end(simulator: Simulator, call: Call, names: list[str]) -> None:
    simulator.settings = replace(simulator.settings, repeat_cursor=True)
    assert pages(call) == [names[:2]] + [names[2:4]] * 9

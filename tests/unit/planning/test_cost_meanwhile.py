# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is paid now, and what while changes are proved?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from unit.planning.test_cost import HOURLY, cost, fields

from ansible_collections.ppio.gpu.plugins.module_utils._planning.budget import Budget, OverBudget, judge
from ansible_collections.ppio.gpu.plugins.module_utils._planning.cost import Cost, Usage

UNKNOWN = fields("unknown", 1, 3)


def surged(name: str, least: int, more: int, turn: int = 0) -> Usage:
    """An endpoint that keeps one worker, will keep so many, and more while it is proved."""
    return Usage(name, fields("p", 1, 9), fields("p", least, 9), None, fields("p", least + more, 9 + more), turn)


def ends(cost: Cost) -> tuple[Any, Any]:
    return cost.peak.floor, cost.peak.ceiling


def test_what_is_there_only_for_a_while_is_paid_besides() -> None:
    told = cost(HOURLY, surged("chat", 2, 3))
    assert ends(told) == (5, 12)
    assert (told.increase.floor, told.increase.ceiling) == (Decimal(1), Decimal(0))
    assert told.text == "chat: before 1.00 to 9.00, after 2.00 to 9.00, meanwhile 5.00 to 12.00 an hour (9 × RTX 4090)"


def test_only_those_of_one_turn_are_there_together() -> None:
    together = [surged("a", 1, 2), surged("b", 1, 3)]
    assert ends(cost(HOURLY, *together)) == (2 + 5, 18 + 5)
    assert ends(cost(HOURLY, *together, surged("c", 1, 4, turn=1))) == (3 + 5, 27 + 5)
    assert ends(cost(HOURLY, *together, surged("c", 1, 6, turn=1))) == (3 + 6, 27 + 6)
    assert (
        cost(HOURLY, *together).text
        == "2 endpoints: before 2.00 to 18.00, after 2.00 to 18.00, meanwhile 7.00 to 23.00 an hour"
    )


def test_without_anything_extra_it_is_as_afterwards() -> None:
    told = cost(HOURLY, Usage("chat", None, fields("p", 1, 3), None), Usage("gone", fields("p", 1, 1), None, None))
    assert told.peak == told.after
    assert told.text == "2 endpoints: 1.00 → 1.00 to 3.00 an hour"
    same = Usage("chat", None, fields("p", 1, 3), None, fields("p", 1, 3))
    assert cost(HOURLY, same).peak == cost(HOURLY, same).after


def test_an_unknown_price_makes_the_peak_unknown_only_where_more_is_there() -> None:
    assert ends(cost(HOURLY, Usage("chat", UNKNOWN, UNKNOWN, None, fields("unknown", 2, 4)))) == (None, None)
    one = cost(HOURLY, Usage("chat", UNKNOWN, UNKNOWN, None, UNKNOWN))
    assert one.charges[0].extra.ceiling == 0
    assert not one.charges[0].is_change


@pytest.mark.parametrize(
    ("usage", "now"),
    [
        (Usage("chat", fields("p", 1, 9), fields("p", 5, 9), {"workers": [{}, {}]}), 2),
        (Usage("chat", fields("dear", 1, 9), fields("p", 5, 9), {"workers": [{}]}), 10),
        (Usage("chat", fields("p", 1, 9), None, {"workers": [{}]}), 1),
        (Usage("chat", fields("p", 1, 9), fields("p", 5, 9), {"workers": []}), 0),
        (Usage("chat", None, fields("p", 5, 9), {"workers": [{}]}), 0),
        (Usage("chat", None, fields("p", 5, 9), None), 0),
        (Usage("chat", UNKNOWN, UNKNOWN, {"workers": [{}]}), None),
        (Usage("chat", UNKNOWN, UNKNOWN, {"workers": []}), 0),
    ],
)
def test_now_the_workers_are_paid_that_are_there(usage: Usage, now: int | None) -> None:
    assert cost(HOURLY, usage).now == now


def test_the_price_of_a_worker_is_told_where_it_is_the_same_for_all() -> None:
    cheap, dear = Usage("a", None, fields("p", 1, 1, 2), None), Usage("b", None, fields("dear", 1, 1), None)
    moved = Usage("c", fields("p", 1, 1), fields("dear", 1, 1), None)
    assert cost(HOURLY, cheap).per_unit == 2
    assert cost(HOURLY, cheap, dear).per_unit is None
    assert cost(HOURLY, moved).per_unit == 10
    assert cost(HOURLY, Usage("d", fields("dear", 1, 1), None, None)).per_unit == 10


@pytest.mark.parametrize(
    ("before", "after", "floor", "ceiling"),
    [
        (None, None, False, False),
        (fields("p", 1, 3), None, False, False),
        (None, fields("p", 0, 3), False, True),
        (fields("p", 1, 3), fields("p", 2, 3), True, False),
        (fields("p", 1, 3), fields("dear", 1, 1), True, True),
        (fields("dear", 1, 1), fields("p", 10, 10), False, False),
        (UNKNOWN, fields("unknown", 1, 4), False, True),
        (UNKNOWN, fields("p", 1, 1), True, True),
        (fields("p", 1, 1), UNKNOWN, True, True),
    ],
)
def test_what_may_become_dearer_is_known(before: Any, after: Any, floor: bool, ceiling: bool) -> None:
    (charge,) = cost(HOURLY, Usage("chat", before, after, None)).charges
    assert charge.rises == {"floor": floor, "ceiling": ceiling}


def test_what_is_there_only_for_a_while_counts_as_dearer() -> None:
    (charge,) = cost(HOURLY, surged("chat", 1, 2)).charges
    assert charge.rises == {"floor": True, "ceiling": True}


@pytest.mark.parametrize(
    ("limits", "basis", "words"),
    [
        ((12, 3), "ceiling", None),
        ((11, 3), "ceiling", "it would cost up to 12.00 an hour for a time (rollout.surge, batches or prune)"),
        ((12, 2), "ceiling", "it would cost up to 3.00 an hour more for a time (rollout.surge, batches or prune)"),
        ((5, 4), "floor", None),
        ((4, 4), "floor", "it would cost at least 5.00 an hour for a time (rollout.surge, batches or prune)"),
    ],
)
def test_a_budget_holds_while_changes_are_proved(limits: tuple[int, int], basis: str, words: str | None) -> None:
    most, increase = map(Decimal, limits)
    over = None
    try:
        judge(Budget(most, increase, basis), cost(HOURLY, surged("chat", 2, 3)), "endpoints")
    except OverBudget as error:
        over = error.message
    assert (over is None) == (words is None)
    assert (words or "") in (over or "")


def test_of_the_same_price_what_becomes_dearer_is_named_first() -> None:
    usages: Mapping[str, Usage] = {
        name: Usage(name, before, fields("p", 0, 3), None)
        for name, before in (("a", fields("p", 0, 3)), ("c", fields("p", 0, 2)), ("b", fields("p", 0, 2)))
    }
    with pytest.raises(OverBudget, match=r"The most expensive: b: .*; c: .*; a: .*\. Lower the numbers") as refused:
        judge(Budget(Decimal(1), None), cost(HOURLY, *usages.values()), "endpoints")
    assert "for a time" not in refused.value.message


def test_what_has_its_turn_later_costs_until_then_what_it_did_before() -> None:
    new = Usage("new", None, fields("p", 1, 3), None)
    old = Usage("old", fields("p", 2, 4), None, None, turn=1)
    assert ends(cost(HOURLY, new, old)) == (1 + 2, 3 + 4)
    told = "2 endpoints: before 2.00 to 4.00, after 1.00 to 3.00, meanwhile 3.00 to 7.00 an hour"
    assert cost(HOURLY, new, old).text == told
    assert ends(cost(HOURLY, replace(new, turn=1), replace(old, turn=0))) == (1, 3)
    assert ends(cost(HOURLY, replace(old, turn=0), old)) == (0, 0)
    kept = Usage("kept", fields("p", 1, 3), fields("p", 1, 3), None)
    assert ends(cost(HOURLY, kept, old)) == (1, 3)
    unknown = Usage("old", UNKNOWN, None, None, turn=1)
    assert ends(cost(HOURLY, new, unknown)) == (None, None)
    assert ends(cost(HOURLY, replace(new, turn=1), unknown)) == (1, 3)

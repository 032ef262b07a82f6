# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How is a fleet cut into batches?"""

from __future__ import annotations

import pytest

from ansible_collections.ppio.gpu.plugins.module_utils._planning.batch_sizes import Batches, batches_from


def sizes(total: int, *given: str) -> list[int]:
    """How many of so many single entries are in each batch."""
    return [len(batch) for batch in Batches(given, 0).cut([[number] for number in range(total)])]


@pytest.mark.parametrize(
    ("total", "given", "cut"),
    [
        (0, ["1"], []),
        (5, ["1"], [1, 1, 1, 1, 1]),
        (5, ["2"], [2, 2, 1]),
        (5, ["1", "3"], [1, 3, 1]),
        (7, ["1", "2"], [1, 2, 2, 2]),
        (10, ["30%"], [3, 3, 3, 1]),
        (10, ["10%", "50%"], [1, 5, 4]),
        (10, ["35%"], [3, 3, 3, 1]),
        (9, ["5%", " 50% "], [1, 4, 4]),
        (10, ["99%"], [9, 1]),
        (3, ["100%"], [3]),
        (3, ["9"], [3]),
    ],
)
def test_the_last_size_is_that_of_all_that_follow(total: int, given: list[str], cut: list[int]) -> None:
    assert sizes(total, *given) == cut


def test_what_belongs_together_stays_together() -> None:
    groups = [["a", "b", "c"], ["d"], ["e"], ["f", "g"]]
    assert Batches(("2",), 0).cut(groups) == [["a", "b", "c"], ["d", "e"], ["f", "g"]]


def test_a_batch_is_not_filled_from_further_behind() -> None:
    assert Batches(("3",), 0).cut([["a", "b"], ["c", "d"], ["e"]]) == [["a", "b"], ["c", "d", "e"]]


def test_they_are_as_the_params_say() -> None:
    assert batches_from({"batches": ["1", "50%"], "max_failures": 2}) == Batches(("1", "50%"), 2)
    assert batches_from({"batches": None, "max_failures": 0}) is None
    assert batches_from({"batches": [], "max_failures": 0}) is None

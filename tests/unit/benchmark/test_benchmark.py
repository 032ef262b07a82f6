# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does the benchmark compare like with like?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from unit.running import run

from ansible_collections.ppio.gpu.plugins.modules import endpoint_fleet
from benchmark.bare import BareClient
from benchmark.document import document
from benchmark.fleets import KEY, Endpoint, changed, fleet
from benchmark.measures import Growth, Single, Whole
from benchmark.plays import Cost
from benchmark.stub import PATH, Stub, running_stub

COUNT = 230
WANTED = fleet(COUNT)
#: What is there before, what is wanted, and the calls that it takes: three pages in each look.
CASES = {
    "all new": ([], WANTED, Counter(GET=1 + 3, POST=COUNT)),
    "1 % changed": (WANTED, changed(WANTED), Counter(GET=3 + 3 + 3, PUT=3)),
    "unchanged": (WANTED, WANTED, Counter(GET=3)),
}


@pytest.fixture(scope="module")
def stub() -> Iterator[Stub]:
    with running_stub() as running:
        yield running


@pytest.mark.parametrize(("before", "after", "calls"), CASES.values(), ids=CASES)
def test_the_fleet_and_the_bare_client_make_the_same_calls(
    stub: Stub, before: list[Endpoint], after: list[Endpoint], calls: Counter[str]
) -> None:
    stub.reset(before)
    said = run(endpoint_fleet, {"endpoints": after, "api_url": stub.url, "api_key": KEY})
    assert not said.failed, said.message
    assert stub.calls() == calls
    stub.reset(before)
    BareClient(stub.url + PATH).have(after)
    assert stub.calls() == calls


@pytest.mark.parametrize("before", [[], WANTED], ids=["all new", "unchanged"])
def test_the_stub_then_has_what_is_wanted(stub: Stub, before: list[Endpoint]) -> None:
    stub.reset(before)
    run(endpoint_fleet, {"endpoints": changed(WANTED), "api_url": stub.url, "api_key": KEY})
    again = run(endpoint_fleet, {"endpoints": changed(WANTED), "api_url": stub.url, "api_key": KEY})
    assert not again.changed


def test_the_page_says_which_targets_are_met() -> None:
    page = document(
        3,
        0.5,
        [
            Single("one", {"module": 0.3, "action": 0.02}, 0.3, manages=True),
            Single("two", {"module": 0.3, "action": 0.04}, 0.3, manages=True),
            Single("info", {"module": 0.4, "action": 0.02}, 0.3, manages=False),
        ],
        [Whole("unchanged", 0.05, 1.0, 200.0, 0.1), Whole("all new", 0.0, 3.0, 500.0, 1.0)],
        [Growth(100, 1, 1, Cost(1.0, 90)), Growth(10_000, 101, 100, Cost(5.0, 150))],
    )
    rows = [line for line in page.splitlines() if line.startswith("| ") and "---" not in line]
    assert [row.split(" | ")[-1].removesuffix(" |") for row in rows] == [
        *("targets", "met", "missed", "none"),
        *("target", "met", "missed"),
        *("targets", "met", "missed"),
    ]
    assert "| two | 300 ms | 300 ms | 1.00 | 40 ms | 0.133 | missed |" in page
    assert "| all new | 0 ms | 3.00 s | 500 s | 167 | 1.00 s | 2.50 | missed |" in page

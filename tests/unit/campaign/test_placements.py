# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does the promise hold for counted-out placements of faults in a create? The short version of `make faults`."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from campaign.placements import KINDS, Placement, orders, placement_of, together
from campaign.plays import perform
from campaign.tallies import tally_of_lone, tally_together
from campaign.wire import LocalSimulator
from simulator.faults import Kind


@pytest.mark.parametrize("kind", ["reset_after", "429_wait"])
def test_no_placement_breaks_a_promise_of_one_controller(kind: str) -> None:
    tally = tally_of_lone("fail", kind)
    assert tally.broken == {}
    # At least each of the four calls of a plain create, and each kind after it.
    assert tally.schedules > 3 * len(KINDS)


@pytest.mark.parametrize("order", ["0101011", "0011001"])
def test_no_placement_breaks_a_promise_of_two_controllers(order: str) -> None:
    tally = tally_together(order)
    assert tally.broken == {}
    assert tally.schedules == len(list(together(order)))
    assert tally.endings["failed: several of the name"]


def test_a_placement_is_met_at_its_call(tmp_path: Path) -> None:
    placement = Placement("fail", 1, "", ((1, "reset_after"), (2, "500")))
    requests = perform(placement.schedule, LocalSimulator(), tmp_path).runs[0].requests
    assert [(entry.method, entry.status) for entry in requests[:3]] == [("GET", 200), ("POST", None), ("GET", 500)]


def test_two_controllers_call_in_the_given_order(tmp_path: Path) -> None:
    """Which is not left to time and chance."""
    for order in ("0011", "0101", "0110"):
        first, second = perform(Placement("fail", 2, order, ()).schedule, LocalSimulator(), tmp_path).runs
        calls = sorted([(entry.when, 0) for entry in first.requests] + [(entry.when, 1) for entry in second.requests])
        assert [place for _when, place in calls[:4]] == [int(place) for place in order]


@pytest.mark.parametrize("text", ["fail/1//1:reset_after,2:500", "oldest/2/0101010/", "resend/1//0:late"])
def test_a_placement_is_read_as_it_is_written(text: str) -> None:
    assert str(placement_of(text)) == text


def test_every_kind_of_fault_is_placed() -> None:
    assert {fault.kind for fault in KINDS.values()} == {*get_args(Kind)} - {"pass"}


def test_orders_are_counted_out() -> None:
    assert len(set(orders())) == 64

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Is there a product for what is created anew, before the old one is deleted, and a next one where it gets none?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from unit import fleets
from unit.bodies import Body
from unit.fleets import entry, messages
from unit.passing import Time, run

from simulator import Fault, Settings, Simulator
from simulator.catalog import PRODUCTS

H100, RTX = "serverless-h100-80", "serverless-rtx-4090-24"
ANEW: dict[str, Any] = {"app_name": "another-app", "allow_recreate": True}


def body(name: str, workers: int, **options: Any) -> Body:
    config = {"max_replicas": 3, "min_replicas": workers}
    return entry(name, **{"product_id": H100, "worker_config": config, **options})


def several(*product_ids: str) -> Body:
    """A new one with one worker, of any of these products."""
    wanted = {**body("chat", 1, product_ids=list(product_ids), wait=True, rollout={"stable_for": 0}), **ANEW}
    del wanted["product_id"]
    return wanted


@pytest.mark.parametrize("check", [True, False])
def test_who_gets_a_name_hides_nothing_of_who_gives_it_away(simulator: Simulator, time: Time, check: bool) -> None:
    identity = simulator.seed(body("a", 0))
    simulator.settings = Settings(stock={H100: 0})
    anew = {"type": "async", "image": "example.com/chat:2", "allow_recreate": True, "check_stock": True}
    wanted = [{"id": identity, "name": "b", "product_id": H100, **anew}, body("a", 0, product_id=RTX)]
    report = fleets.run(simulator, time, wanted, check=check)
    assert "cannot be deployed now" in messages(report)["b"], report.result
    assert "DELETE" not in [one.method for one in simulator.writes]


CHECK = pytest.mark.parametrize("check", [True, False])


@CHECK
def test_a_fleet_deletes_nothing_for_a_type_that_its_list_does_not_show_where_nothing_is_in_stock(
    simulator: Simulator, time: Time, check: bool
) -> None:
    simulator.seed(body("chat", 0))
    simulator.settings = Settings(stock={H100: 0})
    wanted = body("chat", 0, type="async", image="example.com/chat:2", allow_recreate=True, check_stock=True)
    report = fleets.run(simulator, time, [wanted, body("other", 0, product_id=RTX)], check=check)
    assert "cannot be deployed now" in messages(report)["chat"]
    assert "DELETE" not in [one.method for one in simulator.writes]
    assert "chat" in fleets.existing(simulator)


@pytest.mark.parametrize(("stock", "fits"), [(3, True), (2, False)])
def test_what_the_old_one_leaves_and_what_is_in_stock_count_together(
    simulator: Simulator, time: Time, stock: int, fits: bool
) -> None:
    identity = simulator.seed(body("chat", 2))
    simulator.clock.advance(100)
    simulator.settings = Settings(stock={H100: stock})
    report = run(simulator, time, {**body("chat", 3), **ANEW, "check_stock": True, "wait": False})
    assert report.failed is not fits, report.result
    assert [one["product_id"] for one in simulator.endpoints] == [H100]
    assert (identity in {one["id"] for one in simulator.endpoints}) is not fits


@CHECK
@pytest.mark.parametrize(("stock", "failed"), [(3, 1), (4, 0)])
def test_two_new_ones_do_not_count_on_the_same_stock(
    simulator: Simulator, time: Time, stock: int, failed: int, check: bool
) -> None:
    for name in ("chat", "search"):
        simulator.seed(body(name, 1, app_name=f"app-of-{name}"))
    simulator.clock.advance(100)
    simulator.settings = Settings(stock={H100: stock})
    wanted = [
        body(name, 2, app_name=f"new-of-{name}", allow_recreate=True, check_stock=True) for name in ("chat", "search")
    ]
    report = fleets.run(simulator, time, wanted, include_details=True, check=check)
    assert report.result["summary"]["failed"] == failed, report.result
    assert ("Nothing was written, because no product fits." in str(messages(report))) is bool(failed)


def test_what_is_as_wanted_is_not_read_for_its_stock(simulator: Simulator, time: Time) -> None:
    wanted = [body(f"chat-{number}", 1, allow_recreate=True, check_stock=True) for number in range(3)]
    for one in wanted:
        simulator.seed({name: one[name] for name in one if name not in ("allow_recreate", "check_stock")})
    simulator.clear_journal()
    assert not fleets.run(simulator, time, wanted).failed
    assert fleets.calls(simulator)["get"] == 0


def unknown_stock(simulator: Simulator) -> None:
    """The list says of no product how many GPUs there are."""
    simulator.settings = replace(simulator.settings, validate_answers=False)
    shown = [{name: value for name, value in one.items() if name != "resource_spec"} for one in PRODUCTS]
    simulator.script([Fault("overlay", "listProducts", when="after_commit", body={"data": shown}, times=10)])


@pytest.mark.parametrize("is_known", [True, False], ids=["in stock", "of unknown stock"])
def test_a_new_one_of_the_same_product_that_gets_no_worker_is_moved_to_the_next(
    simulator: Simulator, time: Time, is_known: bool
) -> None:
    simulator.seed(body("chat", 0))
    simulator.settings = Settings(stock={H100: 99, RTX: 99}, sold_out=(H100,))
    if not is_known:
        unknown_stock(simulator)
    report = run(simulator, time, several(H100, RTX))
    assert not report.failed, report.result["msg"]
    sent = [(one.method, (one.body or {}).get("product_id")) for one in simulator.writes]
    assert sent == [("DELETE", None), ("POST", H100), ("PUT", RTX)]

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What if the update to the next product is lost or refused, somebody else is there, or others need the stock?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from unit import fleets
from unit.fleets import existing
from unit.passing import Time, polls
from unit.scenarios.falling import A100, DOORS, EMPTY, H100, RTX, SG, Door, alone, body, product, sent

from simulator import Fault, Settings, Simulator

every_door = pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)


def refused(reason: str, status: int = 400) -> Fault:
    return Fault("status", "updateEndpoint", status=status, body={"reason": reason, "message": "in the API's words"})


LOST = {
    "the answer": Fault("reset", "updateEndpoint", when="after_commit"),
    "the request": Fault("reset", "updateEndpoint"),
    "to a gateway that is down": Fault("status", "updateEndpoint", status=503, times=2),
    "for now": Fault("status", "updateEndpoint", status=429, headers={"Retry-After": "2"}),
    "to somebody who was faster": refused("CONFLICT", 409),
}


@pytest.mark.parametrize("fault", LOST.values(), ids=LOST)
@every_door
def test_a_lost_update_is_sent_again(simulator: Simulator, time: Time, door: Door, fault: Fault) -> None:
    simulator.settings = EMPTY
    simulator.script([fault])
    end = door(simulator, time, body(H100, RTX, SG))
    assert not end.failed, end.message
    assert {product for method, product in sent(simulator) if method == "PUT"} == {RTX}
    assert [method for method, _product in sent(simulator)].count("POST") == 1
    assert end.tried == [(H100, "no_stock"), (RTX, "ready")]


@every_door
def test_an_update_that_never_arrives_fails_and_is_told(simulator: Simulator, time: Time, door: Door) -> None:
    simulator.settings = EMPTY
    simulator.script([Fault("reset", "updateEndpoint", times=1000)])
    end = door(simulator, time, body(H100, RTX, SG))
    assert end.failed
    assert "INSUFFICIENT_RESOURCE" in end.message
    assert f"It could not be moved to {RTX}: Could not update the endpoint" in end.message
    assert end.tried == [(H100, "no_stock"), (RTX, "failed")]
    assert (end.result["operation"], end.result["changed"]) == ("create", True)
    assert end.result["id"] == existing(simulator)["chat-0"]
    assert {product for _method, product in sent(simulator)} == {H100, RTX}


@every_door
def test_a_move_that_no_gateway_takes_ends_soon_after_the_wait(simulator: Simulator, time: Time, door: Door) -> None:
    simulator.settings = EMPTY
    simulator.script([Fault("status", "updateEndpoint", status=503, times=10_000)])
    end = door(simulator, time, body(H100, RTX, SG), wait_timeout=70, retry_timeout=600)
    assert end.failed
    assert end.tried == [(H100, "no_stock"), (RTX, "failed")]
    assert time.passed < 200


@every_door
def test_a_refusal_for_want_of_stock_moves_on_at_once(simulator: Simulator, time: Time, door: Door) -> None:
    simulator.settings = EMPTY
    simulator.script([refused("INSUFFICIENT_RESOURCE")])
    end = door(simulator, time, body(H100, RTX, SG))
    assert not end.failed, end.message
    assert sent(simulator) == [("POST", H100), ("PUT", RTX), ("PUT", SG)]
    assert end.tried == [(H100, "no_stock"), (RTX, "refused"), (SG, "ready")]
    assert time.passed <= 90


@every_door
def test_refusals_of_all_end_it(simulator: Simulator, time: Time, door: Door) -> None:
    simulator.settings = EMPTY
    simulator.script([refused("INSUFFICIENT_RESOURCE"), refused("INSUFFICIENT_RESOURCE")])
    end = door(simulator, time, body(H100, RTX, SG))
    assert end.failed
    assert sent(simulator) == [("POST", H100), ("PUT", RTX), ("PUT", SG)]
    assert end.tried == [(H100, "no_stock"), (RTX, "refused"), (SG, "refused")]
    assert "All of product_ids were tried." in end.message


@pytest.mark.parametrize(
    ("reason", "status"),
    [("BALANCE_NOT_ENOUGH", 400), ("UNAUTHORIZED", 401), ("FORBIDDEN", 403), ("QUOTA_EXCEEDED", 400)],
)
@every_door
def test_any_other_refusal_ends_it(simulator: Simulator, time: Time, door: Door, reason: str, status: int) -> None:
    simulator.settings = EMPTY
    simulator.script([refused(reason, status)])
    end = door(simulator, time, body(H100, RTX, SG))
    assert end.failed
    assert reason in end.message
    assert sent(simulator) == [("POST", H100), ("PUT", RTX)]
    assert end.tried == [(H100, "no_stock"), (RTX, "failed")]
    assert product(simulator) == H100


@every_door
def test_an_update_that_is_not_applied_is_a_failure(simulator: Simulator, time: Time, door: Door) -> None:
    simulator.settings = EMPTY
    time.at(30, lambda: setattr(simulator, "settings", replace(EMPTY, ignored_fields=("product_id",))))
    end = door(simulator, time, body(H100, RTX, SG))
    assert end.failed
    assert f"but shows product_id is '{H100}', wanted is '{RTX}'" in end.message
    assert sent(simulator) == [("POST", H100), ("PUT", RTX)]


@every_door
def test_without_the_catalog_nothing_else_is_tried_and_all_is_told(
    simulator: Simulator, time: Time, door: Door
) -> None:
    old = simulator.seed(fleets.entry("chat-0", product_id=H100))
    simulator.settings = EMPTY
    simulator.script([Fault("status", "listProducts", status=500, times=1000)])
    choice: dict[str, Any] = {"check_stock": False, "product_choice": "cheapest"}
    end = door(simulator, time, body(H100, RTX, type="async", allow_recreate=True, **choice))
    assert end.failed
    assert "Nothing else of product_ids was tried: Could not list the products" in end.message
    assert (end.result["changed"], end.result["operation"]) == (True, "recreate")
    assert end.result["id"] not in (None, old)
    assert sent(simulator) == [("DELETE", None), ("POST", H100)]


@every_door
def test_what_somebody_else_has_changed_is_left_to_them(simulator: Simulator, time: Time, door: Door) -> None:
    simulator.settings = replace(EMPTY, sold_out=(H100, SG))

    def meddle() -> None:
        own = {"id": existing(simulator)["chat-0"], "product_id": SG, "wait": False}
        assert not alone(simulator, Time(simulator), own).failed

    time.at(30, meddle)
    end = door(simulator, time, body(H100, RTX))
    assert end.failed
    assert "Somebody else has changed the endpoint meanwhile: product_id is" in end.message
    assert sent(simulator) == [("POST", H100), ("PUT", SG)]
    assert product(simulator) == SG


@every_door
def test_what_is_gone_is_not_made_anew(simulator: Simulator, time: Time, door: Door) -> None:
    simulator.settings = EMPTY
    time.at(58, lambda: alone(simulator, Time(simulator), {"name": "chat-0", "state": "absent", "wait": False}))
    end = door(simulator, time, body(H100, RTX))
    assert end.failed
    assert [method for method, _product in sent(simulator)] == ["POST", "DELETE"]


def test_stock_that_comes_right_before_the_move_is_taken(simulator: Simulator, time: Time) -> None:
    simulator.settings = EMPTY
    assert alone(simulator, time, body(H100, RTX)).tried
    put = next(number for number, one in enumerate(simulator.journal) if one.method == "PUT")
    gets = sum(1 for one in simulator.journal[:put] if one in polls(simulator))
    # The same again, where all looks but the last one before the update show no stock.
    simulator.reset()
    failing = {"status": "pending", "error": "INSUFFICIENT_RESOURCE", "message": ""}
    worker = {"id": "w", "status": failing, "log": "", "health": False, "drain": False}
    shown = {"status": {"status": "pending", "error": "", "message": ""}, "workers": [worker]}
    simulator.script([Fault("overlay", "getEndpoint", when="after_commit", body=shown, times=gets - 1)])
    end = alone(simulator, time, body(H100, RTX))
    assert not end.failed, end.message
    assert sent(simulator) == [("POST", H100)]
    assert end.tried == []


def test_what_may_be_somebody_elses_is_not_moved(simulator: Simulator, time: Time) -> None:
    simulator.settings = EMPTY
    simulator.script([Fault("reset", "createEndpoint", when="after_commit")])
    end = alone(simulator, time, body(H100, RTX))
    assert end.failed
    assert sent(simulator) == [("POST", H100)]


def test_the_others_of_a_fleet_keep_what_they_took(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(stock={H100: 99, RTX: 2, A100: 99}, sold_out=(H100,))
    entries = [
        {**body(H100, RTX, A100), "name": "first"},
        {**body(H100, RTX, A100), "name": "second"},
        {**body(RTX), "name": "third"},
    ]
    report = fleets.run(simulator, time, entries, wait=True)
    assert not report.failed, report.result["msg"]
    assert {one["name"]: one["product_id"] for one in simulator.endpoints} == {
        "first": RTX,
        "second": A100,
        "third": RTX,
    }
    assert sorted(method for method, _product in sent(simulator)) == ["POST", "POST", "POST", "PUT", "PUT"]


@pytest.mark.parametrize("count", [1, 3])
def test_a_whole_fleet_moves_together(simulator: Simulator, time: Time, count: int) -> None:
    simulator.settings = EMPTY
    entries = [{**body(H100, A100, RTX), "name": f"chat-{number}"} for number in range(count)]
    report = fleets.run(simulator, time, entries, wait=True, cost=True)
    assert not report.failed, report.result["msg"]
    assert {one["product_id"] for one in simulator.endpoints} == {RTX}
    assert fleets.calls(simulator)["POST"] == count
    assert fleets.calls(simulator)["PUT"] == 2 * count
    assert report.result["cost"]["after"]["floor"] == f"{1.68 * count:.2f}"
    assert time.passed <= 180


def test_an_entry_that_moves_does_not_wait_for_a_slow_one(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(life="slow", start_seconds=300)
    slow = fleets.entry("slow", product_id=SG, worker_config={"max_replicas": 3, "min_replicas": 1})
    simulator.seed(slow)
    simulator.settings = replace(EMPTY, start_seconds=300)
    report = fleets.run(simulator, time, [body(H100, RTX), slow], wait=True)
    assert not report.failed, report.result["msg"]
    moved = [one.when for one in simulator.writes if one.method == "PUT"]
    assert len(moved) == 1
    assert moved[0] - simulator.writes[0].when <= 80
    assert time.passed >= 290


def test_batches_move_within_the_budget_of_the_whole_task(simulator: Simulator, time: Time) -> None:
    simulator.settings = replace(EMPTY, sold_out=(RTX,))
    entries = [{**body(RTX, SG), "name": f"chat-{number}"} for number in range(2)]
    # Both may have SG at 1.89 for each of three workers, if nothing else gets dearer.
    options: dict[str, Any] = {"wait": True, "batches": ["1"], "cost": True}
    tight = fleets.run(simulator, time, entries, budget={"max_hourly": 11}, **options)
    assert tight.failed
    assert [one["product"]["id"] for one in tight.result["endpoints"]] == [SG, RTX]
    assert "the budget would be broken" in fleets.messages(tight)["chat-1"]
    assert tight.result["cost"]["after"]["ceiling"] == "10.71"


def test_two_that_move_at_once_do_not_count_on_the_same_money(simulator: Simulator, time: Time) -> None:
    simulator.settings = replace(EMPTY, sold_out=(RTX,))
    entries = [{**body(RTX, SG), "name": f"chat-{number}"} for number in range(2)]
    report = fleets.run(simulator, time, entries, wait=True, budget={"max_hourly": 11})
    assert report.failed
    assert sorted(one["product_id"] for one in simulator.endpoints) == [RTX, SG]
    assert report.result["cost"]["after"]["ceiling"] == "10.71"


def test_what_a_move_may_save_is_not_spent_before_it_is_done(simulator: Simulator, time: Time) -> None:
    simulator.settings = replace(EMPTY, sold_out=(A100, SG))
    entries = [{**body(A100, RTX), "name": "chat-0"}, {**body(SG, H100), "name": "chat-1"}]
    simulator.script([refused("QUOTA_EXCEEDED")])
    report = fleets.run(simulator, time, entries, wait=True, budget={"max_hourly": 55})
    assert report.failed
    assert {one["name"]: one["product_id"] for one in simulator.endpoints} == {"chat-0": A100, "chat-1": SG}


def test_what_a_failed_batch_was_to_save_is_not_spent_by_the_next_one(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings()
    old = {"worker_config": {"max_replicas": 3, "min_replicas": 1}}
    fleets.seeded(simulator, [fleets.entry("chat-0", product_id=A100, **old)])
    simulator.script([refused("QUOTA_EXCEEDED")])
    entries = [
        fleets.entry("chat-0", product_id=A100, worker_config={"max_replicas": 1, "min_replicas": 1}),
        fleets.entry("chat-1", product_id=A100, worker_config={"max_replicas": 2, "min_replicas": 1}),
    ]
    options: dict[str, Any] = {"wait": True, "batches": ["1"], "max_failures": 1}
    report = fleets.run(simulator, time, entries, budget={"max_hourly": 27}, **options)
    assert report.failed
    assert fleets.calls(simulator)["POST"] == 0
    assert "the budget would be broken" in fleets.messages(report)["chat-1"]

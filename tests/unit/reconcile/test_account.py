# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What will it cost, and does a budget stop a task before it writes?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import requests
from unit.bodies import Body
from unit.fleets import absent, calls, entry, seeded
from unit.fleets import run as run_fleet
from unit.passing import Time, run

from simulator import Fault, Settings, Simulator
from simulator.catalog import PRODUCTS

RTX, H100 = "serverless-rtx-4090-24", "serverless-h100-80"
NOTHING = {"floor": "0.00", "ceiling": "0.00"}


def body(name: str, most: int, least: int = 0, product_id: str = RTX, **config: Any) -> Body:
    workers = {"max_replicas": most, "min_replicas": least, **config}
    return entry(name, product_id=product_id, worker_config=workers)


def products(simulator: Simulator) -> int:
    return sum(1 for one in simulator.journal if one.path == "/gpus/v2/products")


def is_change(simulator: Simulator) -> bool:
    return bool(simulator.writes)


def test_it_costs_nothing_to_look_away(simulator: Simulator, time: Time) -> None:
    report = run(simulator, time, body("chat", 3))
    assert report.result["cost"] is None
    assert products(simulator) == 0


@pytest.mark.parametrize("check", [True, False])
def test_a_new_endpoint_has_a_floor_and_a_ceiling(simulator: Simulator, time: Time, check: bool) -> None:
    report = run(simulator, time, {**body("chat", 3, 1, gpu_num=2), "cost": True}, check=check)
    assert report.result["cost"] == {
        "before": NOTHING,
        "after": {"floor": "3.36", "ceiling": "10.08"},
        "peak": {"floor": "3.36", "ceiling": "10.08"},
        "increase": {"floor": "3.36", "ceiling": "10.08"},
        "now": "0.00",
        "per_worker": "3.36",
        "unit": "hour",
        "text": "chat: 0.00 → 3.36 to 10.08 an hour (3 × 2 RTX 4090 24GB)",
        "unpriced": [],
    }
    assert products(simulator) == 1


def test_the_workers_that_exist_cost_something_now(simulator: Simulator, time: Time) -> None:
    simulator.seed(body("chat", 5, 2))
    told = run(simulator, time, {**body("chat", 5, 2), "cost": True}).result["cost"]
    assert told["now"] == "3.36"
    assert told["before"] == told["after"] == {"floor": "3.36", "ceiling": "8.40"}
    assert told["increase"] == NOTHING


THERE = [body("same", 3), body("more", 3), body("gone", 4, 1), body("moved", 2)]
WANTED = [
    body("same", 3),
    body("more", 6, 1),
    *absent([body("gone", 4)]),
    body("moved", 2, product_id=H100),
    body("new", 1),
]


def test_check_mode_and_the_real_run_tell_the_same_cost(simulator: Simulator, time: Time) -> None:
    seeded(simulator, THERE)
    foreseen = run_fleet(simulator, time, WANTED, check=True, cost=True).result["cost"]
    assert calls(simulator)["PUT"] == 0
    done = run_fleet(simulator, time, WANTED, cost=True).result["cost"]
    assert foreseen == done
    assert foreseen["before"] == {"floor": "1.68", "ceiling": "20.16"}
    assert foreseen["after"] == {"floor": "1.68", "ceiling": "46.78"}
    assert foreseen["increase"] == {"floor": "0.00", "ceiling": "26.62"}
    assert foreseen["text"] == "5 endpoints: 1.68 to 20.16 → 1.68 to 46.78 an hour"
    assert foreseen["per_worker"] is None
    assert products(simulator) == 2


def test_a_second_run_costs_what_the_first_one_said(simulator: Simulator, time: Time) -> None:
    first = run_fleet(simulator, time, WANTED, cost=True).result["cost"]
    second = run_fleet(simulator, time, WANTED, cost=True).result["cost"]
    assert second["before"] == second["after"] == first["after"]


def test_one_of_a_thousand_breaks_the_budget(simulator: Simulator, time: Time) -> None:
    there = [body(f"chat-{number}", 1) for number in range(1000)]
    seeded(simulator, there)
    wanted = [*there[:700], body("chat-700", 50), *(body(f"chat-{number}", 1, 1) for number in range(701, 1000))]
    report = run_fleet(simulator, time, wanted, budget={"max_hourly_increase": 50})
    assert report.failed
    assert not is_change(simulator)
    assert products(simulator) == 1
    assert report.result["msg"].startswith(
        "Nothing was written, because the budget would be broken: it would cost up to"
    )
    assert "The most expensive: chat-700: 0.00 to 1.68 → 0.00 to 84.00 an hour" in report.result["msg"]
    assert report.result["cost"]["increase"]["ceiling"] == "82.32"
    assert not report.result["changed"]


@pytest.mark.parametrize("check", [True, False])
def test_a_broken_budget_of_one_endpoint_writes_nothing(simulator: Simulator, time: Time, check: bool) -> None:
    report = run(simulator, time, {**body("chat", 3), "budget": {"max_hourly": 5}}, check=check)
    assert report.failed
    assert report.result["msg"] == (
        "Nothing was written, because the budget would be broken: it would cost up to 5.04 an hour; max_hourly is "
        "5.00. The most expensive: chat: 0.00 → 0.00 to 5.04 an hour (3 × RTX 4090 24GB). Lower the numbers of "
        "workers, choose another product, or raise the limit."
    )
    assert report.result["cost"]["after"]["ceiling"] == "5.04"
    assert not is_change(simulator)


def test_a_budget_that_holds_is_no_hindrance(simulator: Simulator, time: Time) -> None:
    report = run(simulator, time, {**body("chat", 3), "budget": {"max_hourly": 5.04, "max_hourly_increase": 5.04}})
    assert not report.failed
    assert report.result["operation"] == "create"


def test_lowering_passes_while_it_is_still_over_the_budget(simulator: Simulator, time: Time) -> None:
    simulator.seed(body("chat", 50))
    report = run(simulator, time, {**body("chat", 40), "budget": {"max_hourly": 5}})
    assert not report.failed
    assert report.result["operation"] == "update"
    again = run(simulator, time, {**body("chat", 40), "budget": {"max_hourly": 5}})
    assert not again.failed


def test_what_is_pruned_makes_room(simulator: Simulator, time: Time) -> None:
    seeded(simulator, [body("team-old", 3)])
    prune: dict[str, Any] = {"prune": True, "name_prefix": "team-", "prune_max_percent": 100}
    report = run_fleet(simulator, time, [body("team-new", 3)], budget={"max_hourly_increase": 0}, **prune)
    assert not report.failed
    assert [one["name"] for one in simulator.endpoints] == ["team-new"]


@pytest.mark.parametrize(("scope", "is_broken"), [("listed", False), ("prefix", True), ("account", True)])
def test_the_scope_says_of_what_the_budget_is(simulator: Simulator, time: Time, scope: str, is_broken: bool) -> None:
    seeded(simulator, [body("team-other", 3), body("else", 1)])
    options: dict[str, Any] = {"budget": {"max_hourly": 6, "scope": scope}, "name_prefix": "team-"}
    report = run_fleet(simulator, time, [body("team-new", 1)], **options)
    assert report.failed is is_broken
    assert bool(simulator.writes) is not is_broken
    ceilings = {"listed": "1.68", "prefix": "6.72", "account": "8.40"}
    assert report.result["cost"]["after"]["ceiling"] == ceilings[scope]


def test_one_endpoint_is_judged_with_the_whole_account(simulator: Simulator, time: Time) -> None:
    seeded(simulator, [body("other", 3)])
    budget = {"max_hourly": 6, "scope": "account"}
    report = run(simulator, time, {**body("chat", 1), "budget": budget})
    assert report.failed
    assert report.result["cost"]["before"]["ceiling"] == "5.04"
    assert not is_change(simulator)


def offered(identity: str) -> dict[str, Any]:
    products: Sequence[dict[str, Any]] = PRODUCTS
    return next(product for product in products if product["id"] == identity)


def listed(product: dict[str, Any], **pricing: Any) -> Fault:
    """The list shows this product with another pricing."""
    changed = {**product, "pricing": {**product["pricing"], **pricing}}
    return Fault("overlay", "listProducts", when="after_commit", body={"data": [changed]})


UNPRICED: dict[str, dict[str, Any]] = {
    "another unit": {"postpaid": {"base_price": 1, "final_price": 168000, "unit": "per_fortnight"}},
    "a text": {"postpaid": {"base_price": 1, "final_price": "cheap", "unit": "per_hour"}},
    "no price": {"postpaid": {}},
    "a precision of 31": {"precision": 31},
}


@pytest.mark.parametrize("pricing", UNPRICED.values(), ids=list(UNPRICED))
def test_an_unknown_price_is_a_warning_or_breaks_the_budget(
    simulator: Simulator, time: Time, pricing: dict[str, Any]
) -> None:
    simulator.settings = Settings(validate_answers=False)
    product = offered(RTX)
    simulator.script([listed(product, **pricing)])
    report = run(simulator, time, {**body("chat", 3), "budget": {"max_hourly": 1000}})
    assert report.failed
    assert "the price of 1 of 1 endpoints is not known. chat: " in report.result["msg"]
    assert not is_change(simulator)
    simulator.script([listed(product, **pricing)])
    report = run(simulator, time, {**body("chat", 3), "cost": True})
    assert not report.failed
    assert report.result["cost"]["after"] == {"floor": None, "ceiling": None}
    assert [one["name"] for one in report.result["cost"]["unpriced"]] == ["chat"]
    assert any("The cost is not known" in warning for warning in report.warnings)


def test_a_product_that_nobody_lists_has_no_price(simulator: Simulator, time: Time) -> None:
    report = run(simulator, time, {**body("chat", 3, product_id="nonsense"), "cost": True})
    assert report.result["cost"]["unpriced"] == [
        {"name": "chat", "reason": "the API lists no product 'nonsense' of this kind"}
    ]


def test_an_entry_that_fails_by_itself_changes_no_cost(simulator: Simulator, time: Time) -> None:
    seeded(simulator, [body("chat", 3)])
    wanted = [{**body("chat", 9), "app_name": "other"}, body("new", 1)]
    report = run_fleet(simulator, time, wanted, cost=True)
    assert report.failed
    assert report.result["cost"]["after"]["ceiling"] == "6.72"


def test_without_prices_nothing_is_done(simulator: Simulator, time: Time) -> None:
    simulator.script([Fault("status", "listProducts", status=403, times=10)])
    report = run(simulator, time, {**body("chat", 3), "budget": {"max_hourly": 10}})
    assert report.failed
    assert report.result["error"]["path"] == "/gpus/v2/products"
    assert not is_change(simulator)


SURGE: dict[str, Any] = {"rollout": {"stable_for": 0, "surge": 2}}


@pytest.mark.parametrize("check", [True, False])
def test_what_a_surge_adds_counts_in_the_budget(simulator: Simulator, time: Time, check: bool) -> None:
    report = run(simulator, time, {**body("chat", 1), **SURGE, "budget": {"max_hourly": 2}}, check=check)
    assert report.failed
    assert report.result["msg"].startswith(
        "Nothing was written, because the budget would be broken: it would cost up to 3.36 an hour for a time "
        "(rollout.surge, batches or prune); max_hourly is 2.00. The most expensive: chat: before 0.00, after 0.00 to "
        "1.68, meanwhile 3.36 an hour (1 × RTX 4090 24GB). "
    )
    assert not is_change(simulator)


@pytest.mark.parametrize("check", [True, False])
def test_what_a_surge_adds_is_told(simulator: Simulator, time: Time, check: bool) -> None:
    report = run(simulator, time, {**body("chat", 1), **SURGE, "budget": {"max_hourly": 3.36}}, check=check)
    assert not report.failed
    assert report.result["cost"]["after"] == {"floor": "0.00", "ceiling": "1.68"}
    assert report.result["cost"]["peak"] == {"floor": "3.36", "ceiling": "3.36"}
    assert report.result["cost"]["increase"] == {"floor": "0.00", "ceiling": "1.68"}


def test_a_surge_counts_by_its_floor(simulator: Simulator, time: Time) -> None:
    budget = {"max_hourly": 3, "basis": "floor"}
    report = run(simulator, time, {**body("chat", 9), **SURGE, "budget": budget})
    assert report.failed
    assert "it would cost at least 3.36 an hour for a time" in report.result["msg"]


@pytest.mark.parametrize("check", [True, False])
def test_a_surge_beside_a_worker_that_is_there_counts_both(simulator: Simulator, time: Time, check: bool) -> None:
    simulator.seed(body("chat", 1))
    (endpoint,) = simulator.endpoints
    requests.get(f"{simulator.url}/serve/{endpoint['app_name']}", timeout=10)
    report = run(simulator, time, {**body("chat", 1), "command": "new", **SURGE, "cost": True}, check=check)
    assert not report.failed
    assert report.result["cost"]["peak"] == {"floor": "5.04", "ceiling": "5.04"}
    assert report.result["cost"]["after"] == {"floor": "0.00", "ceiling": "1.68"}


@pytest.mark.parametrize("options", [{"wait": False}, {"command": ""}])
def test_without_a_proof_there_is_no_surge_to_pay(simulator: Simulator, time: Time, options: Body) -> None:
    simulator.seed(body("chat", 1))
    surge = {} if "wait" in options else SURGE
    report = run(simulator, time, {**body("chat", 1), **surge, **options, "budget": {"max_hourly": 1.68}})
    assert not report.failed
    assert report.result["cost"]["peak"] == report.result["cost"]["after"]


@pytest.mark.parametrize(("batches", "peak"), [(None, "10.08"), (["1"], "6.72"), (["1", "2"], "8.40")])
def test_only_those_of_one_batch_surge_at_once(
    simulator: Simulator, time: Time, batches: list[str] | None, peak: str
) -> None:
    wanted = [{**body(f"chat-{number}", 1), "rollout": {"stable_for": 0, "surge": 2}} for number in range(3)]
    options: dict[str, Any] = {"wait": True, "cost": True, "batches": batches}
    foreseen = run_fleet(simulator, time, wanted, check=True, **options)
    done = run_fleet(simulator, time, wanted, **options)
    assert not done.failed
    assert done.result["cost"]["peak"]["ceiling"] == peak
    assert done.result["cost"] == foreseen.result["cost"]


@pytest.mark.parametrize("scope", ["prefix", "account"])
def test_a_fleet_needs_the_list_for_more_than_what_it_lists(simulator: Simulator, time: Time, scope: str) -> None:
    seeded(simulator, [body("team-other", 3)])
    simulator.script([Fault("status", "listEndpoints", status=405, times=1000)])
    budget = {"max_hourly": 2, "scope": scope}
    report = run_fleet(simulator, time, [body("team-new", 1)], budget=budget, name_prefix="team-")
    assert report.failed
    assert "Could not list the endpoints" in report.result["msg"]
    assert not is_change(simulator)


@pytest.mark.parametrize("is_pruned", [False, True])
def test_a_budget_counts_what_later_batches_remove_until_then(
    simulator: Simulator, time: Time, is_pruned: bool
) -> None:
    seeded(simulator, [body("team-old", 3)])
    going: Body = {"name": "team-old", "state": "absent"}
    pruning: Body = {"prune": True, "name_prefix": "team-", "prune_max_percent": 100}
    entries, options = ([], pruning) if is_pruned else ([going], {})
    entries = [body("team-new", 3), *entries]
    report = run_fleet(simulator, time, entries, wait=True, batches=["1"], budget={"max_hourly": 5.1}, **options)
    assert report.failed
    assert "it would cost up to 10.08 an hour for a time (rollout.surge, batches or prune)" in report.result["msg"]
    assert not is_change(simulator)
    waited = run_fleet(simulator, time, entries, wait=True, budget={"max_hourly": 5.1}, **options)
    assert waited.failed is is_pruned
    at_once = run_fleet(simulator, time, entries, budget={"max_hourly": 5.1}, **options)
    assert not at_once.failed, at_once.result["msg"]

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of several products does an endpoint get, when does it keep the one it has, and what is checked before?"""

from __future__ import annotations

from typing import Any

import pytest
from unit.bodies import Body
from unit.fleets import entry, messages, seeded
from unit.fleets import run as run_fleet
from unit.passing import Time, run

from simulator import Fault, Settings, Simulator
from simulator.catalog import PRODUCTS

RTX, L40S, A100, H100 = (
    "serverless-rtx-4090-24",
    "serverless-l40s-48",
    "serverless-a100-80",
    "serverless-h100-80",
)


def body(name: str = "chat", *product_ids: str, least: int = 0, most: int = 3, **options: Any) -> Body:
    """An entry that takes any of these products."""
    described = entry(name, worker_config={"max_replicas": most, "min_replicas": least, **options.pop("config", {})})
    del described["product_id"]
    return {**described, "product_ids": list(product_ids), "wait": False, **options}


def plain(name: str, product_id: str, **options: Any) -> Body:
    return {**entry(name, product_id=product_id), "wait": False, "check_stock": True, **options}


def products(simulator: Simulator) -> dict[str, str]:
    """The product that each endpoint has, by name."""
    return {one["name"]: one["product_id"] for one in simulator.endpoints}


def calls(simulator: Simulator) -> int:
    return sum(1 for one in simulator.journal if one.path == "/gpus/v2/products")


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(
    ("options", "picked", "reason"),
    [
        ({}, H100, "the first that fits: 2 GPUs in stock, 1 needed"),
        ({"product_choice": "cheapest"}, RTX, "the cheapest that fits: 31 GPUs in stock, 1 needed"),
        ({"check_stock": False}, L40S, "the first of the list"),
        ({"product_choice": "cheapest", "check_stock": False}, RTX, "the cheapest of the list"),
    ],
)
def test_a_new_endpoint_gets_the_best_product(
    simulator: Simulator, time: Time, options: Body, picked: str, reason: str, check: bool
) -> None:
    report = run(simulator, time, body("chat", L40S, H100, RTX, **options), check=check)
    assert not report.failed
    assert report.result["operation"] == "create"
    assert report.result["endpoint"]["product_id"] == picked
    assert report.result["product"]["id"] == picked
    assert report.result["product"]["reason"] == reason
    assert products(simulator) == ({} if check else {"chat": picked})
    assert report.warnings == ()


def test_what_was_looked_at_is_told(simulator: Simulator, time: Time) -> None:
    told = run(simulator, time, body("chat", L40S, H100, "nonsense", config={"gpu_num": 2})).result["product"]
    assert told["candidates"] == [
        {
            "id": L40S,
            "fits": False,
            "reason": "the API says that it cannot be deployed now",
            "price": "8.64",
            "available": 0,
        },
        {
            "id": H100,
            "fits": True,
            "reason": "2 GPUs in stock, 2 needed",
            "price": "29.98",
            "available": 2,
        },
        {
            "id": "nonsense",
            "fits": False,
            "reason": "the API lists no such product of this kind",
            "price": None,
            "available": None,
        },
    ]


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("there", [L40S, H100, RTX])
def test_whichever_of_the_list_it_has_is_as_wanted(simulator: Simulator, time: Time, there: str, check: bool) -> None:
    simulator.seed(entry("chat", product_id=there))
    report = run(simulator, time, body("chat", H100, RTX, L40S, product_choice="cheapest"), check=check)
    assert report.result["operation"] == "none"
    assert report.result["product"] == {
        "id": there,
        "reason": "it has this one already",
        "candidates": [],
        "tried": [],
    }
    assert not simulator.writes
    assert calls(simulator) == 0


def test_a_second_run_writes_nothing_after_prices_and_stock_were_shuffled(simulator: Simulator, time: Time) -> None:
    wanted = [body(f"chat-{number}", H100, RTX, A100, product_choice="cheapest") for number in range(5)]
    for one in wanted:
        del one["wait"]
    assert not run_fleet(simulator, time, wanted).failed
    before = products(simulator)
    assert set(before.values()) == {RTX}
    simulator.settings = Settings(stock={RTX: 0, H100: 99}, prices={RTX: 9_999_999, H100: 1})
    simulator.clear_journal()
    report = run_fleet(simulator, time, wanted)
    assert not report.result["changed"]
    assert not simulator.writes
    assert products(simulator) == before


def test_an_update_of_something_else_keeps_the_product(simulator: Simulator, time: Time) -> None:
    simulator.seed(entry("chat", product_id=L40S))
    report = run(simulator, time, body("chat", RTX, L40S, command="--fast"))
    assert report.result["operation"] == "update"
    assert products(simulator) == {"chat": L40S}


def test_a_product_outside_the_list_is_left_for_the_best_of_it(simulator: Simulator, time: Time) -> None:
    simulator.seed(entry("chat", product_id=A100))
    report = run(simulator, time, body("chat", L40S, RTX))
    assert report.result["operation"] == "update"
    assert products(simulator) == {"chat": RTX}
    assert [one.method for one in simulator.writes] == ["PUT"]


def test_going_back_to_the_first_is_an_explicit_act(simulator: Simulator, time: Time) -> None:
    simulator.seed(entry("chat", product_id=RTX))
    assert run(simulator, time, plain("chat", H100)).result["operation"] == "update"
    assert products(simulator) == {"chat": H100}


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"product_id": "nonsense"}, "the API lists no product nonsense of this kind"),
        ({"product_id": "instance-rtx-4090-24"}, "the API lists no product instance-rtx-4090-24 of this kind"),
        ({"region_id": "mars"}, "it is in the regions cn-east-1, cn-north-1, and region_id is mars"),
        ({"worker_config": {"max_replicas": 9, "min_replicas": 8, "gpu_num": 4}}, "31 GPUs in stock, 32 needed"),
        ({"product_id": L40S}, "the API says that it cannot be deployed now"),
    ],
)
def test_what_does_not_fit_is_refused_before_the_first_write(
    simulator: Simulator, time: Time, options: Body, reason: str, check: bool
) -> None:
    report = run(simulator, time, {**plain("chat", RTX), **options}, check=check)
    assert report.failed
    assert report.result["msg"].startswith("Nothing was written, because ")
    assert reason in report.result["msg"]
    assert report.result["product"]["id"] is None
    assert not simulator.writes


def test_every_candidate_is_named_when_none_fits(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(stock={RTX: 0, H100: 0})
    report = run(simulator, time, body("chat", RTX, L40S, H100, "nonsense"))
    assert report.failed
    assert all(f"{name}: " in report.result["msg"] for name in (RTX, L40S, H100, "nonsense"))
    assert not simulator.writes


def test_a_product_without_stock_is_refused_before_the_update(simulator: Simulator, time: Time) -> None:
    simulator.seed(entry("chat", product_id=RTX))
    report = run(simulator, time, plain("chat", L40S))
    assert report.failed
    assert not simulator.writes
    assert run(simulator, time, plain("chat", L40S, check_stock=False)).result["operation"] == "update"


def test_a_running_endpoint_is_not_judged_by_todays_stock(simulator: Simulator, time: Time) -> None:
    simulator.seed(entry("chat", product_id=L40S))
    report = run(simulator, time, plain("chat", L40S, command="--fast"))
    assert report.result["operation"] == "update"


def test_without_a_check_nobody_asks_for_products(simulator: Simulator, time: Time) -> None:
    report = run(simulator, time, {**entry("chat", product_id="nonsense"), "wait": False})
    assert report.result["product"] is None
    assert calls(simulator) == 0


@pytest.mark.parametrize(("surge", "picked"), [(0, H100), (1, RTX)])
@pytest.mark.parametrize("check", [True, False])
def test_the_workers_of_a_surge_need_gpus_too(
    simulator: Simulator, time: Time, surge: int, picked: str, check: bool
) -> None:
    wanted = body("chat", H100, RTX, least=2, wait=True, rollout={"stable_for": 0, "surge": surge})
    report = run(simulator, time, wanted, check=check)
    assert report.result["product"]["id"] == picked
    assert report.result["product"]["candidates"][0]["reason"] == f"2 GPUs in stock, {2 + surge} needed"


@pytest.mark.parametrize("check", [True, False])
def test_three_gpus_and_a_fleet_of_five(simulator: Simulator, time: Time, check: bool) -> None:
    simulator.settings = Settings(stock={H100: 3})
    wanted = [body(f"chat-{number}", H100, RTX, least=1) for number in range(5)]
    for one in wanted:
        del one["wait"]
    report = run_fleet(simulator, time, wanted, check=check, cost=True)
    assert not report.failed
    assert [one["product"]["id"] for one in report.result["endpoints"]] == [H100, H100, H100, RTX, RTX]
    assert [one["product"]["candidates"][0]["available"] for one in report.result["endpoints"]] == [3, 2, 1, 0, 0]
    assert report.result["cost"]["after"]["floor"] == "48.33"
    assert calls(simulator) == 1
    assert sorted(products(simulator).values()) == ([] if check else sorted([H100] * 3 + [RTX] * 2))


def test_an_entry_that_gets_nothing_does_not_keep_the_others_back(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(stock={H100: 1})
    wanted = [body(f"chat-{number}", H100, least=1) for number in range(2)]
    for one in wanted:
        del one["wait"]
    report = run_fleet(simulator, time, wanted)
    assert report.failed
    assert set(messages(report)) == {"chat-1"}
    assert products(simulator) == {"chat-0": H100}
    assert report.result["endpoints"][1]["product"]["id"] is None


@pytest.mark.parametrize("missing", ["deployable", "resource_spec", "region_ids", "category"])
def test_what_the_api_does_not_say_comes_last_and_is_told(simulator: Simulator, time: Time, missing: str) -> None:
    simulator.settings = Settings(validate_answers=False)
    offers = {product["id"]: dict(product) for product in PRODUCTS}
    silent = {name: value for name, value in offers[H100].items() if name != missing}
    shown = {"data": [silent, offers[RTX]]}
    simulator.script([Fault("overlay", "listProducts", when="after_commit", body=shown)])
    first = run(simulator, time, body("chat", H100, RTX, region_id="cn-east-1"))
    assert first.result["product"]["id"] == RTX
    simulator.script([Fault("overlay", "listProducts", when="after_commit", body=shown)])
    second = run(simulator, time, body("other", H100, region_id="cn-east-1"))
    assert not second.failed
    assert second.result["product"]["candidates"][0]["fits"] is None
    assert any("was chosen, but nobody knows whether it fits" in warning for warning in second.warnings)


def test_a_lost_create_is_found_whichever_product_it_has(simulator: Simulator, time: Time) -> None:
    simulator.script([Fault("close", "createEndpoint", when="after_commit")])
    report = run(simulator, time, body("chat", H100, RTX))
    assert not report.failed
    assert products(simulator) == {"chat": H100}
    assert [one.method for one in simulator.writes] == ["POST"]


def test_the_list_may_repeat_itself(simulator: Simulator, time: Time) -> None:
    report = run(simulator, time, body("chat", RTX, RTX, H100))
    assert [one["id"] for one in report.result["product"]["candidates"]] == [RTX, H100]


def test_a_product_that_is_ignored_is_not_moved(simulator: Simulator, time: Time) -> None:
    seeded(simulator, [entry("chat", product_id=A100)])
    report = run(simulator, time, body("chat", RTX, H100, command="--fast", ignore_changes=["product_id"]))
    assert report.result["operation"] == "update"
    assert products(simulator) == {"chat": A100}


SG, SINGAPORE = "serverless-rtx-4090-24-sg", "ap-southeast-1"
ANEW = {"app_name": "another-app", "allow_recreate": True}


@pytest.mark.parametrize("check", [True, False])
def test_what_is_created_anew_has_to_fit_before_the_old_one_is_deleted(
    simulator: Simulator, time: Time, check: bool
) -> None:
    simulator.seed(entry("chat", product_id=A100))
    simulator.settings = Settings(stock={A100: 0})
    report = run(simulator, time, {**plain("chat", A100), **ANEW}, check=check)
    assert report.failed
    assert A100 in report.result["msg"]
    assert simulator.writes == ()
    other = run(simulator, time, {**body("chat", A100, RTX), **ANEW}, check=check)
    assert not other.failed, other.result["msg"]
    assert other.result["product"]["id"] == RTX


def test_what_is_created_anew_may_have_what_the_old_one_leaves(simulator: Simulator, time: Time) -> None:
    workers = {"max_replicas": 3, "min_replicas": 1}
    simulator.seed(entry("chat", product_id=A100, region_id=SINGAPORE, worker_config=workers))
    simulator.clock.advance(100)
    simulator.settings = Settings(stock={A100: 0})
    report = run(simulator, time, {**body("chat", A100, SG, least=1), **ANEW})
    assert not report.failed, report.result["msg"]
    assert products(simulator) == {"chat": A100}
    more = run(simulator, time, {**body("chat", A100, SG, least=2), **ANEW, "app_name": "a-third-app"})
    assert not more.failed, more.result["msg"]
    assert products(simulator) == {"chat": SG}


def test_what_is_not_created_anew_leaves_nothing_to_others(simulator: Simulator, time: Time) -> None:
    simulator.seed(entry("chat-0", product_id=A100, worker_config={"max_replicas": 9, "min_replicas": 2}))
    simulator.clock.advance(100)
    simulator.settings = Settings(stock={A100: 3})
    entries = [
        {**plain("chat-0", A100), **ANEW, "worker_config": {"max_replicas": 9, "min_replicas": 9}},
        {**plain("chat-1", A100), "worker_config": {"max_replicas": 9, "min_replicas": 2}},
    ]
    entries = [{name: value for name, value in one.items() if name != "wait"} for one in entries]
    report = run_fleet(simulator, time, entries, include_details=True)
    assert "chat-0" in messages(report)
    assert "chat-1" in messages(report)

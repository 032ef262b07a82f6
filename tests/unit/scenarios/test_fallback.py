# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Is a new endpoint for which no GPU is in stock made of the next product, in place, and any other left alone?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from unit.fleets import entry, existing
from unit.passing import Time
from unit.scenarios.falling import A100, DOORS, EMPTY, H100, RTX, SG, Door, alone, body, product, sent

from simulator import Settings, Simulator

every_door = pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)


@every_door
def test_what_is_out_of_stock_is_moved_in_place(simulator: Simulator, time: Time, door: Door) -> None:
    simulator.settings = EMPTY
    end = door(simulator, time, body(H100, RTX), cost=True)
    assert not end.failed, end.message
    assert sent(simulator) == [("POST", H100), ("PUT", RTX)]
    assert {one.committed for one in simulator.writes} == {end.result["id"]}
    assert existing(simulator)["chat-0"] == end.result["id"]
    assert (end.result["operation"], end.result["changed"]) == ("create", True)
    assert end.tried == [(H100, "no_stock"), (RTX, "ready")]
    assert end.result["product"]["id"] == product(simulator) == RTX
    assert end.result["rollout"]["outcome"] == "completed"
    assert any(f"{H100} turned out to be out of stock" in warning for warning in end.warnings)
    # It moves when it is clear that nothing comes, and not at the end of the time.
    assert 60 <= time.passed <= 90
    assert end.cost is not None
    assert end.cost["increase"]["floor"] == "1.68"


@every_door
def test_a_rerun_leaves_it_there(simulator: Simulator, time: Time, door: Door) -> None:
    simulator.settings = EMPTY
    assert not door(simulator, time, body(H100, RTX)).failed
    simulator.clear_journal()
    simulator.settings = Settings()
    end = door(simulator, time, body(H100, RTX))
    assert not end.failed
    assert not simulator.writes
    assert end.tried == []


@every_door
def test_each_product_is_tried_once(simulator: Simulator, time: Time, door: Door) -> None:
    simulator.settings = replace(EMPTY, sold_out=(H100, A100, RTX))
    end = door(simulator, time, body(H100, A100, H100, RTX, "nonsense"))
    assert end.failed
    assert sent(simulator) == [("POST", H100), ("PUT", A100), ("PUT", RTX)]
    assert end.tried == [(H100, "no_stock"), (A100, "no_stock"), (RTX, "no_stock"), ("nonsense", "unfit")]
    assert "All of product_ids were tried." in end.message
    assert "INSUFFICIENT_RESOURCE" in end.message
    assert "nonsense: the API lists no such product of this kind" in end.message
    assert (end.result["operation"], end.result["changed"]) == ("create", True)
    assert end.result["rollout"]["outcome"] == "kept"
    assert time.passed < 300


@every_door
def test_the_time_is_that_of_the_whole_wait(simulator: Simulator, time: Time, door: Door) -> None:
    simulator.settings = replace(EMPTY, sold_out=(H100, A100, RTX))
    end = door(simulator, time, body(H100, A100, RTX), wait_timeout=100)
    assert end.failed
    assert sent(simulator) == [("POST", H100), ("PUT", A100)]
    assert time.passed == 100
    assert end.tried == [(H100, "no_stock"), (A100, "failed")]


@every_door
def test_what_has_served_is_never_moved(simulator: Simulator, time: Time, door: Door) -> None:
    simulator.settings = Settings(life="reclaimed")
    end = door(simulator, time, body(H100, RTX, rollout={"stable_for": 40}))
    assert end.failed
    assert "INSUFFICIENT_RESOURCE" in end.message
    assert sent(simulator) == [("POST", H100)]
    assert end.tried == []


@every_door
def test_what_was_there_already_is_never_moved(simulator: Simulator, time: Time, door: Door) -> None:
    simulator.settings = replace(EMPTY, life="no_stock")
    simulator.seed({**entry("chat-0", product_id=H100), "worker_config": {"max_replicas": 3, "min_replicas": 1}})
    end = door(simulator, time, body(H100, RTX))
    assert end.failed
    assert not simulator.writes


@every_door
def test_an_update_is_never_moved(simulator: Simulator, time: Time, door: Door) -> None:
    simulator.seed({**entry("chat-0", product_id=SG), "worker_config": {"max_replicas": 3, "min_replicas": 1}})
    simulator.settings = replace(EMPTY, replacement="at_once")
    end = door(simulator, time, body(H100, RTX))
    assert end.failed
    assert sent(simulator) == [("PUT", H100)]


@pytest.mark.parametrize(
    "life", ["image_pull_failure", "registry_auth_failure", "crash_loop", "endpoint_error", "never"]
)
@every_door
def test_only_stock_moves_on(simulator: Simulator, time: Time, door: Door, life: Any) -> None:
    simulator.settings = Settings(life=life)
    end = door(simulator, time, body(H100, RTX), wait_timeout=120)
    assert end.failed
    assert sent(simulator) == [("POST", H100)]
    assert end.tried == []


@every_door
def test_an_image_that_cannot_be_pulled_on_the_next_product_ends_it(
    simulator: Simulator, time: Time, door: Door
) -> None:
    simulator.settings = replace(EMPTY, life="image_pull_failure")
    end = door(simulator, time, body(H100, RTX, SG))
    assert end.failed
    assert "IMAGE_PULL_FAILED" in end.message
    assert sent(simulator) == [("POST", H100), ("PUT", RTX)]
    assert end.tried == [(H100, "no_stock"), (RTX, "failed")]


def test_without_a_wait_nothing_is_moved(simulator: Simulator, time: Time) -> None:
    simulator.settings = EMPTY
    end = alone(simulator, time, body(H100, RTX, wait=False))
    assert (end.failed, sent(simulator)) == (False, [("POST", H100)])


@every_door
def test_stock_that_comes_in_time_is_taken(simulator: Simulator, time: Time, door: Door) -> None:
    simulator.settings = replace(EMPTY, heal_seconds=45)
    end = door(simulator, time, body(H100, RTX))
    assert not end.failed
    assert sent(simulator) == [("POST", H100)]
    assert end.tried == []


@every_door
def test_without_a_check_of_the_stock_the_order_of_the_list_decides(
    simulator: Simulator, time: Time, door: Door
) -> None:
    simulator.settings = EMPTY
    end = door(simulator, time, body(H100, A100, RTX, check_stock=False))
    assert not end.failed
    assert sent(simulator) == [("POST", H100), ("PUT", A100), ("PUT", RTX)]
    assert not [one for one in simulator.journal if one.path == "/gpus/v2/products"]


@every_door
def test_the_cheapest_that_is_left_comes_next(simulator: Simulator, time: Time, door: Door) -> None:
    simulator.settings = replace(EMPTY, sold_out=(RTX,))
    end = door(simulator, time, body(H100, A100, RTX, product_choice="cheapest"))
    assert not end.failed
    assert sent(simulator) == [("POST", RTX), ("PUT", A100)]


@every_door
def test_what_does_not_fit_by_then_is_passed_over(simulator: Simulator, time: Time, door: Door) -> None:
    simulator.settings = EMPTY
    end = door(simulator, time, body(H100, "nonsense", RTX))
    assert sent(simulator) == [("POST", H100), ("PUT", RTX)]
    assert end.tried == [(H100, "no_stock"), (RTX, "ready")]


@every_door
def test_a_budget_leaves_out_what_would_break_it(simulator: Simulator, time: Time, door: Door) -> None:
    simulator.settings = replace(EMPTY, sold_out=(RTX,))
    end = door(simulator, time, body(RTX, H100, SG), budget={"max_hourly_increase": 6})
    assert not end.failed, end.message
    assert sent(simulator) == [("POST", RTX), ("PUT", SG)]
    assert end.tried == [(RTX, "no_stock"), (H100, "over_budget"), (SG, "ready")]
    (left_out,) = [one for one in end.result["product"]["tried"] if one["id"] == H100]
    assert "the budget would be broken" in left_out["reason"]
    assert end.cost is not None
    assert end.cost["increase"]["ceiling"] == "5.67"


@every_door
def test_a_budget_that_leaves_nothing_is_told(simulator: Simulator, time: Time, door: Door) -> None:
    simulator.settings = replace(EMPTY, sold_out=(RTX,))
    end = door(simulator, time, body(RTX, H100), budget={"max_hourly_increase": 6})
    assert end.failed
    assert sent(simulator) == [("POST", RTX)]
    assert end.tried == [(RTX, "no_stock"), (H100, "over_budget")]
    assert "max_hourly_increase is 6.00" in end.message
    assert end.cost is not None
    assert end.cost["increase"]["ceiling"] == "5.04"


@every_door
def test_a_surge_moves_along_and_is_taken_back(simulator: Simulator, time: Time, door: Door) -> None:
    simulator.settings = EMPTY
    end = door(simulator, time, body(H100, RTX, least=0, rollout={"stable_for": 0, "surge": 1}))
    assert not end.failed, end.message
    assert sent(simulator) == [("POST", H100), ("PUT", RTX), ("PUT", RTX)]
    assert [one.body["worker_config"]["min_replicas"] for one in simulator.writes] == [1, 1, 0]
    assert end.result["rollout"]["outcome"] == "completed"


@every_door
def test_a_surge_is_taken_back_where_nothing_is_in_stock(simulator: Simulator, time: Time, door: Door) -> None:
    simulator.settings = EMPTY
    end = door(simulator, time, body(H100, A100, least=0, rollout={"stable_for": 0, "surge": 1}))
    assert end.failed
    assert sent(simulator) == [("POST", H100), ("PUT", A100), ("PUT", A100)]
    assert [one.body["worker_config"]["min_replicas"] for one in simulator.writes] == [1, 1, 0]


@pytest.mark.parametrize("settings", [{"update": "replace"}, {"mask": "***"}, {"numbers": "strings"}])
@every_door
def test_the_rest_of_it_stays_as_it_was_asked_for(
    simulator: Simulator, time: Time, door: Door, settings: dict[str, Any]
) -> None:
    simulator.settings = replace(EMPTY, **settings)
    secret = {"key": "TOKEN", "value": "hf-0123456789"}
    created: list[Any] = []
    time.at(1, lambda: created.extend(one for one in simulator.endpoints if one["name"] == "chat-0"))
    end = door(simulator, time, body(H100, RTX, command="--fast", secret_envs=[secret], ports=[8080]))
    assert not end.failed, end.message
    (before,) = created
    (after,) = (one for one in simulator.endpoints if one["name"] == "chat-0")
    assert after == {**before, "product_id": RTX}
    assert secret in after["envs"]


@every_door
def test_check_mode_tells_the_first_pick_alone(simulator: Simulator, time: Time, door: Door) -> None:
    simulator.settings = EMPTY
    end = door(simulator, time, body(H100, RTX), check=True)
    assert (end.failed, end.result["product"]["id"], end.tried) == (False, H100, [])
    assert not simulator.writes


@every_door
def test_an_old_failure_that_is_shown_for_a_while_is_no_verdict_on_the_next_one(
    simulator: Simulator, time: Time, door: Door
) -> None:
    simulator.settings = replace(EMPTY, stale_status_seconds=40)
    end = door(simulator, time, body(H100, RTX, SG))
    assert not end.failed, end.message
    assert sent(simulator) == [("POST", H100), ("PUT", RTX)]

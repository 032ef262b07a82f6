# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How do workers come to run what an update changed?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import requests

from simulator import Simulator

Call = Callable[..., requests.Response]
Body = dict[str, Any]
OLD, NEW = "registry.example.com/chat:1", "registry.example.com/chat:2"


def updated(simulator: Simulator, call: Call, body: Body, change: Body, **settings: Any) -> str:
    """The id of an endpoint that served for a while and was then updated under these settings."""
    endpoint_id = simulator.seed(body)
    simulator.clock.advance(60)
    simulator.settings = replace(simulator.settings, **settings)
    assert call("PUT", f"/gpus/v2/endpoints/{endpoint_id}", json=sent(body, change)).status_code == 200
    return endpoint_id


def sent(body: Body, change: Body) -> Body:
    """An update, which may not name the type."""
    return {name: value for name, value in {**body, **change}.items() if name != "type"}


def workers(call: Call, endpoint_id: str) -> dict[str, tuple[str, bool, bool]]:
    """Word, health and drain of each worker, by what distinguishes its id."""
    shown = call("GET", f"/gpus/v2/endpoints/{endpoint_id}").json()["workers"]
    return {one["id"].partition("-worker-")[2]: (one["status"]["status"], one["health"], one["drain"]) for one in shown}


SERVES, STARTS, FAILS, LEAVES = (
    ("ready", True, False),
    ("pulling", False, False),
    ("failed", False, False),
    ("ready", True, True),
)


def test_an_update_goes_unnoticed_by_default(simulator: Simulator, call: Call, body: Body) -> None:
    endpoint_id = updated(simulator, call, body, {"image": NEW})
    assert workers(call, endpoint_id) == {"0": SERVES, "1": SERVES}
    assert simulator.serving(endpoint_id) == [NEW, NEW]


def test_all_are_replaced_at_once(simulator: Simulator, call: Call, body: Body) -> None:
    endpoint_id = updated(simulator, call, body, {"image": NEW}, replacement="at_once", restart_seconds=20)
    assert workers(call, endpoint_id) == {"1-0": STARTS, "1-1": STARTS}
    assert simulator.serving(endpoint_id) == []
    simulator.clock.advance(20)
    assert workers(call, endpoint_id) == {"1-0": SERVES, "1-1": SERVES}


def test_new_ones_start_beside_the_old_which_leave_when_the_new_serve(
    simulator: Simulator, call: Call, body: Body
) -> None:
    endpoint_id = updated(simulator, call, body, {"image": NEW}, replacement="beside", restart_seconds=20)
    assert workers(call, endpoint_id) == {"0": SERVES, "1": SERVES, "1-0": STARTS, "1-1": STARTS}
    assert simulator.serving(endpoint_id) == [OLD, OLD]
    simulator.clock.advance(20)
    assert workers(call, endpoint_id) == {"0": LEAVES, "1": LEAVES, "1-0": SERVES, "1-1": SERVES}
    assert simulator.serving(endpoint_id) == [NEW, NEW]
    simulator.clock.advance(5)
    assert workers(call, endpoint_id) == {"1-0": SERVES, "1-1": SERVES}


def test_the_old_ones_stay_beside_new_ones_that_never_serve_and_beside_the_next(
    simulator: Simulator, call: Call, body: Body
) -> None:
    failing = {"replacement": "beside", "life": "image_pull_failure"}
    endpoint_id = updated(simulator, call, body, {"image": NEW}, **failing)
    simulator.clock.advance(600)
    assert workers(call, endpoint_id) == {"0": SERVES, "1": SERVES, "1-0": FAILS, "1-1": FAILS}
    simulator.settings = replace(simulator.settings, life="ready", restart_seconds=10)
    call("PUT", f"/gpus/v2/endpoints/{endpoint_id}", json=sent(body, {}))
    assert workers(call, endpoint_id) == {"0": SERVES, "1": SERVES, "2-0": STARTS, "2-1": STARTS}


def test_each_restarts_in_its_place(simulator: Simulator, call: Call, body: Body) -> None:
    endpoint_id = updated(simulator, call, body, {"image": NEW}, replacement="in_place", restart_seconds=20)
    assert workers(call, endpoint_id) == {"0": STARTS, "1": STARTS}
    simulator.clock.advance(20)
    assert workers(call, endpoint_id) == {"0": SERVES, "1": SERVES}
    assert simulator.serving(endpoint_id) == [NEW, NEW]


def test_those_that_are_there_stay_and_only_later_ones_are_new(simulator: Simulator, call: Call, body: Body) -> None:
    endpoint_id = updated(simulator, call, body, {"image": NEW}, replacement="at_scale_up")
    assert workers(call, endpoint_id) == {"0": SERVES, "1": SERVES}
    assert simulator.serving(endpoint_id) == [OLD, OLD]
    more = {"image": NEW, "worker_config": {"max_replicas": 3, "min_replicas": 3}}
    call("PUT", f"/gpus/v2/endpoints/{endpoint_id}", json=sent(body, more))
    assert workers(call, endpoint_id) == {"0": SERVES, "1": SERVES, "1-2": SERVES}
    assert simulator.serving(endpoint_id) == [OLD, OLD, NEW]


def test_a_request_that_finds_nothing_running_wakes_what_is_new(simulator: Simulator, call: Call, body: Body) -> None:
    asleep = {**body, "worker_config": {"max_replicas": 3, "min_replicas": 0}}
    endpoint_id = updated(simulator, call, asleep, {"image": NEW}, replacement="at_scale_up")
    answer = requests.get(f"{simulator.url}/serve/{endpoint_id}/", timeout=10).json()
    assert answer["image"] == NEW


@pytest.mark.parametrize("replacement", ["at_once", "beside", "in_place", "at_scale_up"])
def test_what_workers_need_not_notice_replaces_none(
    simulator: Simulator, call: Call, body: Body, replacement: str
) -> None:
    changes = {"name": "other", "policy": {"type": "queue", "value": 9}, "worker_config": {"max_replicas": 2}}
    endpoint_id = updated(simulator, call, body, changes, replacement=replacement)
    assert workers(call, endpoint_id) == {"0": SERVES, "1": SERVES}
    assert simulator.serving(endpoint_id) == [OLD, OLD]


def test_a_flapping_worker_is_ready_and_not_in_turns(simulator: Simulator, call: Call, body: Body) -> None:
    simulator.settings = replace(simulator.settings, life="flapping")
    endpoint_id = simulator.seed(body)
    words = []
    for _period in range(4):
        words.append(workers(call, endpoint_id)["0"][0])
        simulator.clock.advance(10)
    assert words == ["ready", "restarting", "ready", "restarting"]


@pytest.mark.parametrize("life", ["no_stock", "image_pull_failure", "registry_auth_failure"])
def test_a_failure_heals_after_its_time(simulator: Simulator, call: Call, body: Body, life: Any) -> None:
    simulator.settings = replace(simulator.settings, life=life, heal_seconds=40)
    endpoint_id = simulator.seed(body)
    simulator.clock.advance(39)
    assert not workers(call, endpoint_id)["0"][1]
    simulator.clock.advance(1)
    assert workers(call, endpoint_id) == {"0": SERVES, "1": SERVES}
    assert call("GET", f"/gpus/v2/endpoints/{endpoint_id}").json()["status"]["status"] == "running"


def test_the_old_status_is_shown_for_a_while(simulator: Simulator, call: Call, body: Body) -> None:
    simulator.settings = replace(simulator.settings, life="endpoint_error")
    repaired = {"life": "ready", "replacement": "at_once", "stale_status_seconds": 3}
    endpoint_id = updated(simulator, call, body, {"image": NEW}, **repaired)
    shown = call("GET", f"/gpus/v2/endpoints/{endpoint_id}").json()
    assert (shown["image"], shown["status"]["status"], shown["workers"][0]["health"]) == (NEW, "error", False)
    simulator.clock.advance(3)
    assert call("GET", f"/gpus/v2/endpoints/{endpoint_id}").json()["status"]["status"] == "running"
    assert workers(call, endpoint_id) == {"1-0": SERVES, "1-1": SERVES}

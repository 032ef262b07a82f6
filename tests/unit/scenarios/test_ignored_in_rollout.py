# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""May somebody else change what a task ignores while its rollout, its rollback or its next product is under way?"""

from __future__ import annotations

from typing import Any

import pytest
from unit import passing
from unit.fleets import existing
from unit.passing import Time
from unit.scenarios.changing import DOORS, NEW, OLD, START, Door, becomes, change, served
from unit.scenarios.falling import EMPTY, H100, RTX, product
from unit.scenarios.falling import alone as fallen_alone
from unit.scenarios.falling import body as fallen

from simulator import Simulator

every_door = pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)

POLICY = {"type": "concurrency", "value": 77}


def edits(simulator: Simulator, name: str, **options: Any) -> None:
    """What somebody at the console does."""
    own = {"id": existing(simulator)[name], "wait": False, **options}
    assert not passing.run(simulator, Time(simulator), own).failed


@every_door
def test_an_ignored_field_may_change_while_a_surge_proves_the_image(
    simulator: Simulator, time: Time, door: Door
) -> None:
    served(simulator, 1)
    becomes(simulator, "at_once")
    time.at(START / 2, lambda: edits(simulator, "chat", policy=POLICY))
    task = change(1, policy={"type": "queue", "value": 5}, ignore_changes=["policy"], rollout={"surge": 1})
    ended = door(simulator, time, task)
    assert not ended.failed, ended.message
    (there,) = simulator.endpoints
    assert (there["image"], there["policy"]) == (NEW, POLICY)
    assert there["worker_config"]["min_replicas"] == 1


@every_door
@pytest.mark.parametrize("path", ["worker_config.max_replicas", "worker_config"])
def test_so_may_the_greatest_number_of_workers_where_a_surge_leaves_it_alone(
    simulator: Simulator, time: Time, door: Door, path: str
) -> None:
    served(simulator, 1)
    becomes(simulator, "at_once")
    time.at(START / 2, lambda: edits(simulator, "chat", worker_config={"max_replicas": 9}))
    ended = door(simulator, time, change(1, ignore_changes=[path], rollout={"surge": 1}))
    assert not ended.failed, ended.message
    (there,) = simulator.endpoints
    assert (there["worker_config"]["min_replicas"], there["worker_config"]["max_replicas"]) == (1, 9)


@every_door
@pytest.mark.parametrize("surge", [0, 1])
def test_a_rollback_leaves_it_as_somebody_made_it(simulator: Simulator, time: Time, door: Door, surge: int) -> None:
    served(simulator, 1)
    becomes(simulator, "at_once", image_lives={NEW: "image_pull_failure"})
    time.at(START, lambda: edits(simulator, "chat", policy=POLICY))
    rollout = {"on_failure": "rollback", "surge": surge}
    ignored = ["policy", "worker_config"]
    ended = door(simulator, time, change(1, ignore_changes=ignored, rollout=rollout))
    assert (ended.failed, ended.outcome) == (True, "rolled_back"), ended.message
    (there,) = simulator.endpoints
    assert (there["image"], there["policy"]) == (OLD, POLICY)
    assert there["worker_config"]["min_replicas"] == 1


def test_the_next_product_leaves_it_as_somebody_made_it(simulator: Simulator, time: Time) -> None:
    simulator.settings = EMPTY
    time.at(30, lambda: edits(simulator, "chat-0", policy=POLICY))
    end = fallen_alone(simulator, time, fallen(H100, RTX, ignore_changes=["policy"]))
    assert not end.failed, end.message
    assert product(simulator) == RTX
    assert simulator.endpoints[0]["policy"] == POLICY


def test_an_endpoint_without_stock_moves_though_changes_of_its_product_are_ignored(
    simulator: Simulator, time: Time
) -> None:
    simulator.settings = EMPTY
    end = fallen_alone(simulator, time, fallen(H100, RTX, ignore_changes=["product_id"]))
    assert not end.failed, end.message
    assert product(simulator) == RTX

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks that keep more workers while a change is proved, and what stops them."""

from __future__ import annotations

from typing import Any

import pytest
from unit.bodies import Body
from unit.passing import Time
from unit.scenarios.changing import NEW, Door

from simulator import Simulator


class Killed(BaseException):
    """What no task can catch."""


def without_size(**options: Any) -> Body:
    """A task that says nothing of how many workers there are."""
    return {"name": "chat", "image": NEW, "rollout": {"surge": 2}, **options}


def killed(simulator: Simulator, time: Time, door: Door, task: Body, at: float = 10) -> None:
    """The task is stopped after its first write, while the surge is proved."""

    def kill() -> None:
        raise Killed

    time.at(time.passed + at, kill)
    with pytest.raises(Killed):
        door(simulator, time, task)


def sizes(simulator: Simulator) -> tuple[int, int]:
    (endpoint,) = simulator.endpoints
    config = endpoint["worker_config"]
    return config["min_replicas"], config["max_replicas"]

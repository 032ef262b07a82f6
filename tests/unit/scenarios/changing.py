# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of a change of what is running, on platforms that replace workers in different ways?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from unit import fleets, passing
from unit.bodies import Body
from unit.passing import Time, kept

from simulator import Settings, Simulator

OLD = str(kept(0)["image"])
NEW = "registry.example.com/team/llama:new"
#: Seconds until a new worker serves, if it ever does.
START = 20
WAYS = ("at_once", "beside", "in_place", "at_scale_up")


@dataclass(frozen=True)
class Ended:
    """How a change ended. `rollout` is what the result says of the wait, `smoke_test` of the questions."""

    failed: bool
    changed: bool
    message: str
    warnings: tuple[str, ...]
    rollout: Mapping[str, Any]
    smoke_test: Mapping[str, Any] | None

    @property
    def outcome(self) -> str:
        return str(self.rollout["outcome"])


#: Runs a task for one endpoint with these options.
Door = Callable[[Simulator, Time, Body], Ended]


def alone(simulator: Simulator, time: Time, options: Body) -> Ended:
    report = passing.run(simulator, time, options)
    return Ended(
        report.failed, report.result["changed"], report.result.get("msg", ""), report.warnings, *_facts(report.result)
    )


def in_fleet(simulator: Simulator, time: Time, options: Body) -> Ended:
    shared = {name: options[name] for name in ("wait_for", "wait_timeout", "failure_patience") if name in options}
    own = {name: value for name, value in options.items() if name not in shared}
    report = fleets.run(simulator, time, [own], wait=True, **shared)
    (entry,) = report.result["endpoints"]
    return Ended(report.failed, entry["changed"], entry.get("message", ""), report.warnings, *_facts(entry))


def _facts(result: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any] | None]:
    return result["rollout"], result["smoke_test"]


DOORS: Mapping[str, Door] = {"alone": alone, "in a fleet": in_fleet}


def served(simulator: Simulator, workers: int, life: Any = "ready") -> str:
    """The id of an endpoint that has lived so for a while."""
    simulator.settings = replace(simulator.settings, life=life)
    identity = simulator.seed(kept(workers))
    simulator.clock.advance(100)
    return identity


def becomes(simulator: Simulator, way: Any, life: Any = "ready", **settings: Any) -> None:
    """From now on, changes replace workers in this way, and then they live so."""
    simulator.settings = replace(Settings(), replacement=way, life=life, restart_seconds=START, **settings)


def change(workers: int, **options: Any) -> Body:
    """A task that brings out the new image."""
    return {**kept(workers), "image": NEW, "rollout": {}, **options}

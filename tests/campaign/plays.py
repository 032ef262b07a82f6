# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens when the core meets a schedule?

Over real HTTP to a simulator, the same way as the module does it, where only time is simulated; or over a simulated
wire to a simulator in this process, a hundred times as fast.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.ppio.gpu.plugins.module_utils._api.wire import HttpWire, Wiring
from ansible_collections.ppio.gpu.plugins.module_utils._clock import Clock
from ansible_collections.ppio.gpu.plugins.module_utils._options.argument_spec import CONNECTION, argument_spec
from ansible_collections.ppio.gpu.plugins.module_utils._options.fleet_options import fleet_argument_spec
from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.execution import Execution
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.manage import report
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.manage_fleet import fleet_report
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.task import Report
from simulator import Settings, SimulatedApi
from simulator.normalizing import Normalization
from simulator.settings import Life

from .runs import KILLED, Run, Service
from .schedules import Controller, Schedule
from .wire import LocalSimulator
from .world import Truth, Turn, Work, World

__all__ = ["Performance", "Play", "Run", "perform", "played"]

#: Seconds after which everything that can still come to light has done so, and nothing is remembered.
_SETTLED = 2 * 86400
#: Seconds for which there has been what a rollout finds.
_OLD = 600
#: Real seconds: a plain run meets no fault.
_PATIENT = 20.0
#: Settings that are no fault: the plain runs at the end find the same API, but an honest one.
_UNKNOWNS = (
    *("update", "missing", "numbers", "page_size", "omit_empty", "unique_names", "create_only", "normalizations"),
    *("life", "replacement", "restart_seconds", "start_seconds", "heal_seconds", "stock"),
)

#: Does what a controller wants with the options of one run, and says what came of it.
Play = Callable[[Mapping[str, Any], Clock], Report]


@dataclass(frozen=True)
class Performance:
    """A whole schedule: what existed first, all runs, what was left, and two plain runs after everything."""

    schedule: Schedule
    first: Truth
    runs: tuple[Run, ...]
    left: Truth
    rerun: Run
    last: Run
    end: Truth


def played(options: Mapping[str, Any], clock: Clock, wiring: Wiring = HttpWire) -> Report:
    """What the module does, without Ansible around it."""
    if "endpoints" not in options:
        params = {**_no_options(), **options}
        return report(ENDPOINT, params, Execution(clock=clock, wiring=wiring))
    entries = [{**_no_options(), **entry} for entry in options["endpoints"]]
    # One after the other, so that a seed always plays the same way.
    params = {**_no_fleet_options(), **options, "endpoints": entries, "concurrency": 1}
    return fleet_report(ENDPOINT, params, Execution(clock=clock, wiring=wiring))


def perform(
    schedule: Schedule, simulator: SimulatedApi, directory: Path, play: Play | None = None, url: str | None = None
) -> Performance:
    """Play a schedule, and then the first controller twice more without faults. `url` leads to the simulator."""
    play = play or (functools.partial(_played_here, simulator) if isinstance(simulator, LocalSimulator) else played)
    simulator.reset()
    # Every schedule begins with a new second, so that it runs the same way whatever was before it.
    simulator.clock.advance(-simulator.clock.now() % 1)
    simulator.settings = _before(schedule.settings)
    ids = [simulator.seed(body) for body in schedule.existing]
    simulator.settings = schedule.settings
    simulator.script(schedule.faults)
    world = World(simulator, directory, schedule.seed, schedule.order)
    if any("rollout" in controller.options for controller in schedule.controllers):
        # What is there has been there for long.
        simulator.clock.advance(_OLD)
    first = simulator.endpoints
    wishes = [_options(controller, schedule, simulator, ids, url) for controller in schedule.controllers]
    turns = world.play(
        [
            Work(controller.machine, functools.partial(play, wish), controller.begins, controller.dies, KILLED)
            for controller, wish in zip(schedule.controllers, wishes, strict=True)
        ]
    )
    service = Service(tuple(simulator.state.endpoints.past), schedule.settings)
    _settle(simulator, schedule)
    left = simulator.endpoints
    runs = tuple(_run(wish, turn, simulator, service) for wish, turn in zip(wishes, turns, strict=True))
    plain = {**wishes[0], "api_timeout": _PATIENT, "retry_timeout": 120, "api_url": simulator.url}
    rerun = _run(plain, world.play([Work(0, functools.partial(play, plain))])[0], simulator)
    # One that wrote nothing left everything as it was, so that the next one would do the same.
    last = rerun
    for _round in range(_rounds(schedule)):
        if any(entry.is_write for entry in last.requests):
            last = _run(plain, world.play([Work(0, functools.partial(play, plain))])[0], simulator)
    return Performance(schedule, first, runs, left, rerun, last, simulator.endpoints)


def _rounds(schedule: Schedule) -> int:
    """How many plain runs follow the first one: a value that stays as it was is sent twice before it is in vain."""
    return 2 if schedule.settings.normalizations else 1


def _played_here(simulator: LocalSimulator, options: Mapping[str, Any], clock: Clock) -> Report:
    return played(options, clock, simulator.wiring(clock))


def _settle(simulator: SimulatedApi, schedule: Schedule) -> None:
    """Wait for what is still under way, and let the API be honest from now on."""
    met = [fault for fault in schedule.faults if fault not in simulator.faults]
    simulator.script(())
    if not isinstance(simulator, LocalSimulator):
        time.sleep(max((fault.seconds for fault in met if fault.kind == "delay"), default=0))
    kept = {name: getattr(schedule.settings, name) for name in _UNKNOWNS}
    simulator.settings = Settings(**kept, validate_answers=False)
    simulator.clock.advance(_SETTLED)


def _before(settings: Settings) -> Settings:
    """How the API was before anything went wrong."""
    life = settings.life if settings.replacement == "unnoticed" and not settings.image_lives else "ready"
    return _honest(life, settings.normalizations)


@functools.cache
def _honest(life: Life, normalizations: tuple[Normalization, ...]) -> Settings:
    return Settings(life=life, normalizations=normalizations, validate_answers=False)


def _run(
    options: Mapping[str, Any], turn: Turn[Report], simulator: SimulatedApi, service: Service | None = None
) -> Run:
    service = service or Service(tuple(simulator.state.endpoints.past), simulator.settings)
    truths, requests = tuple(turn.truths), tuple(turn.requests(simulator))
    return Run(options, turn.result, turn.seconds, turn.ended, truths, requests, service)


def _options(
    controller: Controller, schedule: Schedule, simulator: SimulatedApi, ids: list[str], url: str | None
) -> dict[str, Any]:
    connection = {
        "api_key": simulator.api_key,
        "api_url": url or simulator.url,
        "api_timeout": schedule.api_timeout,
    }
    options = {**controller.options, **({"id": ids[0]} if controller.by_id else {})}
    if "endpoints" in options:
        options["endpoints"] = [
            {**entry, "id": ids[entry["id"]]} if "id" in entry else entry for entry in options["endpoints"]
        ]
    return {**connection, **options}


@functools.cache
def _no_fleet_options() -> Mapping[str, Any]:
    """The params of a fleet's task that sets nothing."""
    return {name: option.get("default") for name, option in {**CONNECTION, **fleet_argument_spec(ENDPOINT)}.items()}


@functools.cache
def _no_options() -> Mapping[str, Any]:
    """The params of a task that sets nothing."""
    return {name: option.get("default") for name, option in {**CONNECTION, **argument_spec(ENDPOINT)}.items()}

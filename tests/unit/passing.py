# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How does a task wait for hours in no time?

The task and the simulator share one clock, which stands still but for the task's own pauses.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from unit.bodies import MINIMAL, Body

from ansible_collections.ppio.gpu.plugins.module_utils._api.wire import HttpWire, Wiring
from ansible_collections.ppio.gpu.plugins.module_utils._clock import Clock
from ansible_collections.ppio.gpu.plugins.module_utils._options.argument_spec import CONNECTION, argument_spec
from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.execution import Execution
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.manage import report
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.task import Report
from simulator import Entry, Fault, Simulator

_VALIDATOR = ArgumentSpecValidator(CONNECTION | argument_spec(ENDPOINT))


def kept(workers: int, name: str = "chat") -> Body:
    """A create request for an endpoint that keeps so many workers."""
    return {**MINIMAL, "name": name, "worker_config": {"max_replicas": 3, "min_replicas": workers}}


class Time:
    """Time that passes for a simulator and for the tasks of one test. `chance` is what every draw of luck gives."""

    def __init__(self, simulator: Simulator, chance: float = 0.5) -> None:
        self._clock = simulator.clock
        self._start = self._clock.now()
        self._events: list[tuple[float, Callable[[], object]]] = []
        self.pauses: list[float] = []
        self.clock = Clock(now=self._clock.now, sleep=self._sleep, random=lambda: chance, today=self._clock.now)

    @property
    def passed(self) -> float:
        """Seconds since the beginning."""
        return self._clock.now() - self._start

    def at(self, seconds: float, event: Callable[[], object]) -> None:
        """Let `event` happen in the pause that ends so many seconds after the beginning, or later."""
        self._events.append((seconds, event))

    def _sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self._clock.advance(seconds)
        due = [event for when, event in self._events if when <= self.passed]
        self._events = [(when, event) for when, event in self._events if when > self.passed]
        for event in due:
            event()


def run(
    simulator: Simulator,
    time: Time,
    arguments: Mapping[str, Any],
    *,
    check: bool = False,
    wiring: Wiring = HttpWire,
) -> Report:
    """What ppio.gpu.endpoint does with these arguments, which wait for ten minutes unless they say otherwise.

    What is ready need not stay so for a while, unless they say so.
    """
    connection = {"api_url": simulator.url, "api_key": simulator.api_key}
    brief = {} if arguments.get("wait") is False else {"rollout": {"stable_for": 0}}
    validated = _VALIDATOR.validate({**connection, "wait": True, **brief, **arguments})
    assert validated.error_messages == []
    params = validated.validated_parameters
    return report(ENDPOINT, params, Execution(check_mode=check, clock=time.clock, wiring=wiring))


def polls(simulator: Simulator) -> list[Entry]:
    """The gets that reached the simulator."""
    return [entry for entry in simulator.journal if entry.method == "GET" and entry.path.count("/") == 4]


def looks(fault: Fault, after: int) -> Iterable[Fault]:
    """A script in which gets meet the fault once so many have gone well."""
    return itertools.chain([Fault("pass", operation="getEndpoint", times=after)] if after else [], [fault])

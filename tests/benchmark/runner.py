# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How often is a command run, and what is there each time?"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from benchmark.fleets import CONCURRENCY, Endpoint
from benchmark.plays import Cost, Stage, Task, typical
from benchmark.stub import PATH, Stub

#: Through which place: the action plugin in Ansible's own process, or the module that is sent to a host.
PLACES = {"action": "local", "module": "elsewhere"}


@dataclass(frozen=True)
class Runner:
    """Runs commands about the stub; what each costs is the median of `repeats`."""

    stage: Stage
    stub: Stub
    repeats: int

    def played(
        self,
        tasks: Sequence[Task],
        before: Sequence[Endpoint],
        latency: float = 0,
        place: str = "action",
        repeats: int = 0,
        *,
        notes: bool = True,
    ) -> Cost:
        """What a playbook costs that finds these endpoints each time."""
        costs = []
        for _repeat in range(repeats or self.repeats):
            self.stub.reset(before, latency)
            costs.append(self.stage.cost(tasks, connection=PLACES[place], notes=notes))
        return typical(costs)

    def script(self, file: str, before: Sequence[Endpoint], latency: float, concurrency: int = CONCURRENCY) -> Cost:
        costs = []
        for _repeat in range(self.repeats):
            self.stub.reset(before, latency)
            command = [sys.executable, "-m", "benchmark.bare", self.stub.url + PATH, file, str(concurrency)]
            costs.append(self.stage.run(command))
        return typical(costs)

    def ran(self, command: Sequence[str]) -> Cost:
        return typical([self.stage.run(command) for _repeat in range(self.repeats)])

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is measured?"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median
from typing import Any

from benchmark.fleets import CONCURRENCY, KEY, Endpoint, changed, fleet
from benchmark.plays import Cost, Stage, Task, typical
from benchmark.stub import PAGE_SIZE, PATH, Stub

#: How many tasks, or items of a loop, a single one is measured on.
TASKS = 10
#: How many items of a loop over `uri` a whole fleet's loop is scaled from.
SAMPLE = 50
FLEET = 1000
SIZES = (100, 1000, 10_000)
LATENCIES = (0.0, 0.05)
#: Through which place: the action plugin in Ansible's own process, or the module that is sent to a host.
PLACES = {"action": "local", "module": "elsewhere"}


@dataclass(frozen=True)
class Single:
    """Seconds of one task of ours, or one item of its loop, through each place, and of `uri` with the same calls.

    `manages` says that the task would create or change something.
    """

    what: str
    by_door: Mapping[str, float]
    uri: float
    manages: bool


@dataclass(frozen=True)
class Whole:
    """Seconds of whole commands for a fleet: with our task, with a loop over `uri`, and of a script without Ansible."""

    what: str
    latency: float
    fleet: float
    uri_loop: float
    script: float


@dataclass(frozen=True)
class Growth:
    """What an unchanged fleet of this size takes."""

    size: int
    calls: int
    pages: int
    cost: Cost


@dataclass(frozen=True)
class Bench:
    """The place of all measurements; each is the median of `repeats`."""

    stage: Stage
    stub: Stub
    repeats: int

    def cost(
        self, tasks: Sequence[Task], before: Sequence[Endpoint], latency: float = 0, place: str = "action"
    ) -> Cost:
        """What a playbook costs that finds these endpoints each time."""
        costs = []
        for _repeat in range(self.repeats):
            self.stub.reset(before, latency)
            costs.append(self.stage.cost(tasks, connection=PLACES[place]))
        return typical(costs)

    def empty(self) -> float:
        """Seconds of a playbook without a task."""
        return self.cost([], ()).seconds

    def singles(self, empty: float) -> list[Single]:
        (one,) = fleet(1)
        by_id = self._uri("GET", "/ep-1")
        by_name = self._uri("GET", f"?keyword={one['name']}")
        cases = {
            "`endpoint` that is as wanted (2 calls)": ({"ppio.gpu.endpoint": one}, [by_name, by_id]),
            "`endpoint_info` of one ID (1 call)": ({"ppio.gpu.endpoint_info": {"id": "ep-1"}}, [by_id]),
        }
        return [
            Single(
                f"{what}, {form}",
                {place: self._each(_repeated([ours], form), [one], place) - empty / TASKS for place in PLACES},
                self._each(_repeated(theirs, form), [one]) - empty / TASKS,
                manages="ppio.gpu.endpoint" in ours,
            )
            for what, (ours, theirs) in cases.items()
            for form in ("a task", "an item of a loop")
        ]

    def wholes(self, empty: float) -> list[Whole]:
        wanted = fleet(FLEET)
        cases = {"all new": (wanted, []), "1 % changed": (changed(wanted), wanted), "unchanged": (wanted, wanted)}
        found = []
        for latency in LATENCIES:
            loop = self._loop(empty, latency)
            for what, (after, before) in cases.items():
                self.stage.write("fleet.json", after)
                ours = self.cost([_fleet_task()], before, latency).seconds
                found.append(Whole(what, latency, ours, loop[what], self._script(before, latency)))
        return found

    def growth(self) -> list[Growth]:
        return [self._grown(size) for size in SIZES]

    def _grown(self, size: int) -> Growth:
        wanted = fleet(size)
        self.stage.write("fleet.json", wanted)
        cost = self.cost([_fleet_task()], wanted)
        return Growth(size, self.stub.calls().total(), ceil(size / PAGE_SIZE), cost)

    def _each(self, tasks: Sequence[Task], before: Sequence[Endpoint], place: str = "action") -> float:
        return self.cost(tasks, before, place=place).seconds / TASKS

    def _script(self, before: Sequence[Endpoint], latency: float) -> float:
        seconds = []
        for _repeat in range(self.repeats):
            self.stub.reset(before, latency)
            command = [sys.executable, "-m", "benchmark.bare", self.stub.url + PATH, "fleet.json"]
            seconds.append(self.stage.run(command).seconds)
        return median(seconds)

    def _loop(self, empty: float, latency: float) -> Mapping[str, float]:
        """Seconds of the usual loop: a look by name for each endpoint, and what follows from that."""
        sample = fleet(SAMPLE)
        tasks = {
            "look": self._uri("GET", "?keyword={{ item.name }}"),
            "create": self._uri("POST", "", body="{{ item }}"),
            "update": self._uri("PUT", "/ep-1", body="{{ item }}"),
        }
        each = {
            name: (self.cost([{**task, "loop": sample}], sample, latency).seconds - empty) / SAMPLE
            for name, task in tasks.items()
        }
        return {
            "all new": empty + FLEET * (each["look"] + each["create"]),
            "1 % changed": empty + FLEET * each["look"] + FLEET // 100 * (each["look"] + each["update"]),
            "unchanged": empty + FLEET * each["look"],
        }

    def _uri(self, method: str, below: str, **options: Any) -> Task:
        sent = {"body_format": "json", **options} if options else {}
        headers = {"Authorization": f"Bearer {KEY}"}
        return {
            "ansible.builtin.uri": {"url": self.stub.url + PATH + below, "method": method, "headers": headers, **sent}
        }


def _repeated(tasks: Sequence[Task], form: str) -> list[Task]:
    """The tasks as often as a single one is measured on, one after the other or in a loop of their own."""
    if form == "a task":
        return list(tasks) * TASKS
    return [{**task, "loop": list(range(TASKS))} for task in tasks]


def _fleet_task() -> Task:
    return {"ppio.gpu.endpoint_fleet": {"src": "fleet.json", "concurrency": CONCURRENCY}}

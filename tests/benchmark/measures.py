# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is measured?"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from benchmark.fleets import CONCURRENCY, KEY, changed, fleet, full_fleet, full_fleet_in_yaml
from benchmark.plays import Cost, Task
from benchmark.runner import Runner
from benchmark.stub import PAGE_SIZE, PATH

#: How many tasks, or items of a loop, one is measured on, in Ansible's own process and elsewhere.
TASKS = 10
FEW_TASKS = 5
#: How many follow the first one, where what each further one takes is measured.
FURTHER = 40
#: How many items of a loop over `uri` a whole fleet's loop is scaled from.
SAMPLE = 10
FLEET = 1000
SMALL_SIZES = (100, 1000, 10_000)
FULL_SIZES = (1000, 10_000, 100_000)
#: From this size on, one run has to do, and nothing is measured next to it.
HUGE = 100_000
LATENCIES = (0.0, 0.05)
#: Requests at once where creating is measured next to the bare client.
MANY_AT_ONCE = 64
FORMS = ("a task", "an item of a loop")
#: Makes an event of each token of a file, and nothing of them.
_PARSER = "import sys, yaml\nfor _ in yaml.parse(open(sys.argv[1]), yaml.CSafeLoader): pass"


@dataclass(frozen=True)
class Single:
    """One task of ours, or one item of its loop, through each place, and `uri` with the same calls.

    `manages` says that the task would create or change something.
    """

    what: str
    by_place: Mapping[str, Cost]
    uri: Cost
    manages: bool


@dataclass(frozen=True)
class Further:
    """What each task, or item, after the first one takes: of `endpoint`, and of an action plugin that does nothing.

    `asking` is an action plugin that makes the same two calls, and nothing of the answers.
    """

    form: str
    endpoint: Cost
    nothing: Cost
    asking: Cost


@dataclass(frozen=True)
class Whole:
    """Whole commands for a fleet: with our task, with a loop over `uri`, and of a script without Ansible."""

    what: str
    latency: float
    fleet: Cost
    uri_loop: Cost
    script: Cost


@dataclass(frozen=True)
class Growth:
    """What an unchanged fleet of this size takes. Of the script and the parser, nothing is known where it is huge."""

    size: int
    calls: int
    cost: Cost
    script: Cost | None = None
    parser: Cost | None = None

    @property
    def pages(self) -> int:
        return ceil(self.size / PAGE_SIZE)


@dataclass(frozen=True)
class Creation:
    """Creating a fleet with many requests at once: with our task, the same without notes, and with the bare client."""

    fleet: Cost
    unnoted: Cost
    script: Cost


@dataclass(frozen=True)
class Calls:
    """The calls that were to be made, and those that were."""

    what: str
    expected: tuple[str, ...]
    made: tuple[str, ...]


@dataclass(frozen=True)
class Bench:
    """All measurements."""

    runner: Runner

    def empty(self) -> Cost:
        """A playbook without a task."""
        return self.runner.played([], ())

    def singles(self, empty: Cost) -> list[Single]:
        (one,) = fleet(1)
        by_id = self._uri("GET", "/ep-1")
        by_name = self._uri("GET", f"?keyword={one['name']}")
        cases = {
            "`endpoint` that is as wanted (2 calls)": ({"ppio.gpu.endpoint": one}, [by_name, by_id]),
            "`endpoint_info` of one ID (1 call)": ({"ppio.gpu.endpoint_info": {"id": "ep-1"}}, [by_id]),
        }

        def each(tasks: Sequence[Task], form: str, place: str, count: int) -> Cost:
            return self.runner.played(_repeated(tasks, form, count), [one], place=place).over(empty).each(count)

        return [
            Single(
                f"{what}, {form}",
                {"action": each([ours], form, "action", TASKS), "module": each([ours], form, "module", FEW_TASKS)},
                each(theirs, form, "action", FEW_TASKS),
                manages="ppio.gpu.endpoint" in ours,
            )
            for what, (ours, theirs) in cases.items()
            for form in FORMS
        ]

    def further(self) -> list[Further]:
        (one,) = fleet(1)

        def each(task: Task, form: str) -> Cost:
            first = self.runner.played(_repeated([task], form, 1), [one])
            return self.runner.played(_repeated([task], form, 1 + FURTHER), [one]).over(first).each(FURTHER)

        url = self.runner.stub.url + PATH
        asking: Task = {"asking": {"urls": [f"{url}?keyword={one['name']}", f"{url}/ep-1"]}}
        tasks: list[Task] = [{"ppio.gpu.endpoint": one}, {"nothing": {}}, asking]
        return [Further(form, *(each(task, form) for task in tasks)) for form in FORMS]

    def wholes(self, empty: Cost) -> list[Whole]:
        wanted = fleet(FLEET)
        cases = {"all new": (wanted, []), "1 % changed": (changed(wanted), wanted), "unchanged": (wanted, wanted)}
        found = []
        for latency in LATENCIES:
            loop = self._loop(empty, latency)
            for what, (after, before) in cases.items():
                self.runner.stage.write("fleet.json", after)
                ours = self.runner.played([_fleet_task("fleet.json")], before, latency)
                found.append(Whole(what, latency, ours, loop[what], self.runner.script("fleet.json", before, latency)))
        return found

    def small_growth(self) -> list[Growth]:
        return [self._grown_small(size) for size in SMALL_SIZES]

    def full_growth(self) -> list[Growth]:
        return [self._grown_full(size) for size in FULL_SIZES]

    def creation(self) -> Creation:
        self.runner.stage.write("fleet.json", fleet(FLEET))
        tasks = [_fleet_task("fleet.json", MANY_AT_ONCE)]
        ours, unnoted = (self.runner.played(tasks, [], 0.05, notes=notes) for notes in (True, False))
        return Creation(ours, unnoted, self.runner.script("fleet.json", [], 0.05, MANY_AT_ONCE))

    def none(self) -> Cost:
        """A fleet of none, so that the collection is loaded, and nothing else is done."""
        return self.runner.played([{"ppio.gpu.endpoint_fleet": {"endpoints": []}}], ())

    def refused(self, empty: Cost) -> Cost:
        """A task of `endpoint` as a module that makes no call, because its options are wrong."""
        task: Task = {"ppio.gpu.endpoint": {"wait_timeout": -1}, "ignore_errors": True}
        return self.runner.played([task] * FEW_TASKS, (), place="module").over(empty).each(FEW_TASKS)

    def calls(self) -> list[Calls]:
        """The calls of an update, which are the same in each run."""
        (one,) = fleet(1)
        (other,) = changed([one])
        found = []
        for what, given, before in (("by id", {"id": "ep-1"}, ("GET",)), ("by name", {}, ("list", "GET"))):
            self.runner.stub.reset([one])
            self.runner.stage.cost([{"ppio.gpu.endpoint": {**other, **given}}])
            found.append(Calls(f"an update {what}", (*before, "PUT", "GET"), tuple(self.runner.stub.calls())))
        return found

    def _grown_small(self, size: int) -> Growth:
        wanted = fleet(size)
        self.runner.stage.write("fleet.json", wanted)
        cost = self.runner.played([_fleet_task("fleet.json")], wanted)
        return Growth(size, len(self.runner.stub.calls()), cost)

    def _grown_full(self, size: int) -> Growth:
        wanted, repeats = full_fleet(size), 1 if size >= HUGE else self.runner.repeats
        self.runner.stage.write_text("fleet.yml", full_fleet_in_yaml(size))
        cost = self.runner.played([_fleet_task("fleet.yml")], wanted, repeats=repeats)
        calls = len(self.runner.stub.calls())
        if size >= HUGE:
            return Growth(size, calls, cost)
        parser = self.runner.ran([sys.executable, "-c", _PARSER, "fleet.yml"])
        return Growth(size, calls, cost, self.runner.script("fleet.yml", wanted, 0), parser)

    def _loop(self, empty: Cost, latency: float) -> Mapping[str, Cost]:
        """The usual loop: a look by name for each endpoint, and what follows from that."""
        sample = fleet(SAMPLE)
        tasks = {
            "look": self._uri("GET", "?keyword={{ item.name }}"),
            "create": self._uri("POST", "", body="{{ item }}"),
            "update": self._uri("PUT", "/ep-1", body="{{ item }}"),
        }
        each = {
            name: self.runner.played([{**task, "loop": sample}], sample, latency).over(empty).each(SAMPLE)
            for name, task in tasks.items()
        }
        look, few = each["look"], FLEET // 100
        return {
            "all new": empty.plus(look, FLEET).plus(each["create"], FLEET),
            "1 % changed": empty.plus(look, FLEET + few).plus(each["update"], few),
            "unchanged": empty.plus(look, FLEET),
        }

    def _uri(self, method: str, below: str, **options: Any) -> Task:
        sent = {"body_format": "json", **options} if options else {}
        headers = {"Authorization": f"Bearer {KEY}"}
        return {
            "ansible.builtin.uri": {
                "url": self.runner.stub.url + PATH + below,
                "method": method,
                "headers": headers,
                **sent,
            }
        }


def _repeated(tasks: Sequence[Task], form: str, count: int) -> list[Task]:
    """The tasks so many times, one after the other or in a loop of their own."""
    if form == "a task":
        return list(tasks) * count
    return [{**task, "loop": list(range(count))} for task in tasks]


def _fleet_task(file: str, concurrency: int = CONCURRENCY) -> Task:
    return {"ppio.gpu.endpoint_fleet": {"src": file, "concurrency": concurrency}}


@dataclass(frozen=True)
class Measured:
    """Everything that one run of the benchmark has measured."""

    repeats: int
    empty: Cost
    none: Cost
    refused: Cost
    singles: Sequence[Single]
    further: Sequence[Further]
    wholes: Sequence[Whole]
    small_growth: Sequence[Growth]
    full_growth: Sequence[Growth]
    creation: Creation
    calls: Sequence[Calls]

    @property
    def loop(self) -> Cost:
        """The loop over `uri` that looks at a whole fleet and changes nothing, on a server that answers at once."""
        (loop,) = [one.uri_loop for one in self.wholes if one.what == "unchanged" and not one.latency]
        return loop


def measured(runner: Runner) -> Measured:
    """One run of the benchmark."""
    bench = Bench(runner)
    empty = bench.empty()
    return Measured(
        repeats=runner.repeats,
        empty=empty,
        none=bench.none(),
        refused=bench.refused(empty),
        singles=bench.singles(empty),
        further=bench.further(),
        wholes=bench.wholes(empty),
        small_growth=bench.small_growth(),
        full_growth=bench.full_growth(),
        creation=bench.creation(),
        calls=bench.calls(),
    )

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How do the measurements read, and what are they held against?"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from benchmark.measures import FLEET, MANY_AT_ONCE, SAMPLE, Growth, Measured, Single, Whole
from benchmark.plays import Cost
from benchmark.stub import PAGE_SIZE

#: What the measurements are held against: for one task or item,
MILLISECONDS_OVER_NOTHING = 4
MODULE_PART_OF_URI = 1
PART_OF_URI = 0.1
#: for a fleet that is as wanted, by its size,
OVER_EMPTY = {1000: 0.25, 10_000: 2.5}
FASTER_THAN_LOOP = 400
PART_OF_SCRIPT = 3
MORE_FOR_EACH = 1.1
MORE_MEMORY = 8
SMALL_MEGABYTES = 200
#: and for one that is new.
OVER_SCRIPT = 1.3
OVER_SCRIPT_MANY = 1.1

_TEXT = """\
# How long it takes

`make bench` writes this page. Every number is the median of {repeats} runs, one after the other, on {cpus} CPUs
with Python {python}, ansible-core {ansible} and requests {requests}. The server is a stub on the same machine, so that
the client is what is measured. An empty playbook takes {empty}.

## Targets

Each is a ratio or a difference within this one run, by the clock and by the CPU time of all processes of the command. A
target is met if both values meet it.

{targets}

Five things take CPU time in any case:

- An action plugin that makes the two calls of `endpoint` with bare `requests`, and ignores the answers, takes
  {asking} more than one that does nothing.
- A fleet without endpoints takes {none} of an empty playbook more than that one, because Ansible compiles the
  collection's files in each run.
- Full endpoints have every field, in a YAML file. To parse this file with libyaml alone, measured in empty playbooks,
  takes {parsers}.
- A module that stops at wrong options, before its first call, takes {refused}: Python starts, and loads
  Ansible's code, `requests` and the collection. `uri` starts once for each of the two calls.
- A create is recorded in a file before it is sent, and again when its ID is known, so that no rerun creates a second
  endpoint. The script does not do that. Creating {fleet} at 50 ms, {many_at_once} at once, takes {noted}
  as long as the script, and {unnoted} where the home directory takes no record.

## One endpoint

![How long one endpoint takes](images/benchmark-one.svg)

The time of one task, or of one item of its loop, next to `ansible.builtin.uri` with the same calls. On the controller,
an action plugin does the work in Ansible's own process. On other hosts, a module is sent there, like `uri`.

{singles}

## A fleet of {fleet}

![How long a fleet takes](images/benchmark-fleet.svg)

The whole command `ansible-playbook` with one task `endpoint_fleet`, 16 requests at once; next to it a loop over `uri`
that looks for each endpoint by its name and writes what differs (measured on {sample} endpoints, and scaled), and the
whole command of a Python script that makes the same calls with bare `requests`, 16 at once and creates on connections
of their own, too, with no check and no retry (`tests/benchmark/bare.py`). These endpoints have what a usual one has, in
JSON. An empty playbook is subtracted before the task is divided by the script.

{wholes}

## Growth

![How the time grows with the fleet](images/benchmark-growth.svg)

An unchanged fleet takes one call for each page of {page_size}, whatever its size. The script reads the same file and
the same pages, and compares by `==`.

{growths}
"""


@dataclass(frozen=True)
class Target:
    """A limit, and what was measured by the clock and, where it is about time, by the CPU."""

    what: str
    wall: float
    cpu: float | None
    limit: float
    unit: str = ""
    at_least: bool = False

    @property
    def is_met(self) -> bool:
        values = [value for value in (self.wall, self.cpu) if value is not None]
        return min(values) >= self.limit if self.at_least else max(values) <= self.limit

    @property
    def row(self) -> list[str]:
        limit = f"{'at least' if self.at_least else 'at most'} {self.limit:g}{self.unit}"
        return [self.what, self._shown(self.wall), self._shown(self.cpu), limit, "met" if self.is_met else "missed"]

    def _shown(self, value: float | None) -> str:
        return "" if value is None else f"{value:.{0 if self.at_least else 2}f}{self.unit}"


def document(measured: Measured) -> str:
    """The whole page in Markdown."""
    return _TEXT.format(
        repeats=measured.repeats,
        cpus=os.cpu_count(),
        python=platform.python_version(),
        ansible=version("ansible-core"),
        requests=version("requests"),
        empty=_both(measured.empty),
        targets=_table(["", "by the clock", "CPU", "limit", ""], [target.row for target in targets(measured)]),
        asking=" and ".join(
            f"{one.asking.over(one.nothing).cpu * 1000:.1f} ms ({one.form})" for one in measured.further
        ),
        none=f"{measured.none.over(measured.empty).cpu / measured.empty.cpu:.2f}",
        parsers=_parsers(measured),
        refused=_both(measured.refused),
        many_at_once=MANY_AT_ONCE,
        noted=_times(_creation(measured, measured.creation.fleet)),
        unnoted=_times(_creation(measured, measured.creation.unnoted)),
        singles=_singles(measured.singles),
        fleet=FLEET,
        sample=SAMPLE,
        wholes=_wholes(measured.wholes, measured.empty),
        page_size=PAGE_SIZE,
        growths=_growths(measured),
    )


def targets(measured: Measured) -> list[Target]:
    return [
        *_targets_of_one(measured),
        *_targets_of_unchanged(measured),
        *_targets_of_growth(measured.full_growth),
        *_targets_of_small(measured),
        _creation(measured, measured.creation.fleet),
        *_targets_of_calls(measured),
    ]


def _targets_of_one(measured: Measured) -> Iterator[Target]:
    for one in measured.further:
        over = one.endpoint.over(one.nothing)
        what = f"`endpoint`, {one.form} after the first, over an action plugin that does nothing"
        yield Target(what, over.seconds * 1000, over.cpu * 1000, MILLISECONDS_OVER_NOTHING, " ms")
    for single in measured.singles:
        if single.manages:
            module, what = single.by_place["module"], f"{single.what}, as a module, next to `uri`"
            yield _ratio(what, module, single.uri, MODULE_PART_OF_URI)
            action = single.by_place["action"]
            yield _ratio(f"{single.what}, action plugin, next to `uri`", action, single.uri, PART_OF_URI)


def _targets_of_unchanged(measured: Measured) -> Iterator[Target]:
    for one in measured.full_growth:
        over = one.cost.over(measured.empty)
        if one.size in OVER_EMPTY:
            what = f"{one.size:,} full and unchanged, on top of an empty playbook"
            yield _ratio(what, over, measured.empty, OVER_EMPTY[one.size])
        if one.size == FLEET:
            loop, fleet = measured.loop, one.cost
            what = f"{one.size:,} full and unchanged, times faster than a loop over `uri`"
            yield Target(what, loop.seconds / fleet.seconds, loop.cpu / fleet.cpu, FASTER_THAN_LOOP, at_least=True)
        elif one.script:
            what = f"{one.size:,} full and unchanged, next to a script"
            yield _ratio(what, over, one.script, PART_OF_SCRIPT)


def _targets_of_growth(growths: Sequence[Growth]) -> Iterator[Target]:
    """The largest next to the one before it: linear, and not much more memory."""
    before, largest = growths[-2:]
    each, each_before = largest.cost.each(largest.size), before.cost.each(before.size)
    yield _ratio(f"each of {largest.size:,}, next to each of {before.size:,}", each, each_before, MORE_FOR_EACH)
    memory = largest.cost.megabytes / before.cost.megabytes
    yield Target(f"memory for {largest.size:,}, next to that for {before.size:,}", memory, None, MORE_MEMORY)


def _targets_of_small(measured: Measured) -> Iterator[Target]:
    largest = measured.small_growth[-1]
    what = f"memory of a process for {largest.size:,} usual ones"
    yield Target(what, largest.cost.megabytes, None, SMALL_MEGABYTES, " MB")
    for one in measured.wholes:
        if one.what == "all new":
            what = f"creating {FLEET} at {one.latency * 1000:.0f} ms, 16 at once, next to the script"
            yield _ratio(what, one.fleet.over(measured.empty), one.script, OVER_SCRIPT)


def _targets_of_calls(measured: Measured) -> Iterator[Target]:
    for one in measured.full_growth:
        yield Target(f"calls for {one.size:,} unchanged", one.calls, None, one.pages)
    for calls in measured.calls:
        what = f"calls of {calls.what}: {', '.join(calls.made)}"
        # Other calls than these are as bad as more of them.
        yield Target(what, len(calls.made) if calls.made == calls.expected else float("inf"), None, len(calls.expected))


def _creation(measured: Measured, cost: Cost) -> Target:
    what = f"creating {FLEET} at 50 ms, {MANY_AT_ONCE} at once, next to the script"
    return _ratio(what, cost.over(measured.empty), measured.creation.script, OVER_SCRIPT_MANY)


def _ratio(what: str, ours: Cost, theirs: Cost, limit: float) -> Target:
    return Target(what, ours.seconds / theirs.seconds, ours.cpu / theirs.cpu, limit, " ×")


def _parsers(measured: Measured) -> str:
    parts = [
        f"{one.parser.cpu / measured.empty.cpu:.2f} for {one.size:,}" for one in measured.full_growth if one.parser
    ]
    return " and ".join(parts)


def _singles(singles: Sequence[Single]) -> str:
    head = ["", "`uri`", "module", "module / `uri`", "action plugin", "action plugin / `uri`"]
    rows = []
    for one in singles:
        module, action = one.by_place["module"], one.by_place["action"]
        parts = [f"{place.seconds / one.uri.seconds:.3f}" for place in (module, action)]
        rows.append(
            [one.what, _milliseconds(one.uri), _milliseconds(module), parts[0], _milliseconds(action), parts[1]]
        )
    return _table(head, rows)


def _wholes(wholes: Sequence[Whole], empty: Cost) -> str:
    head = ["", "latency", "`endpoint_fleet`", "loop over `uri`", "times faster", "script", "fleet / script"]
    return _table(
        head,
        [
            [
                one.what,
                f"{one.latency * 1000:.0f} ms",
                _both(one.fleet),
                f"{one.uri_loop.seconds:.0f} s",
                f"{one.uri_loop.seconds / one.fleet.seconds:.0f}",
                _both(one.script),
                f"{one.fleet.over(empty).seconds / one.script.seconds:.2f}",
            ]
            for one in wholes
        ],
    )


def _growths(measured: Measured) -> str:
    kinds = {"as a usual one, in JSON": measured.small_growth, "full, in YAML": measured.full_growth}
    return _table(
        ["endpoints", "", "calls", "`endpoint_fleet`", "memory", "script"],
        [
            [
                f"{one.size:,}",
                kind,
                str(one.calls),
                _both(one.cost),
                f"{one.cost.megabytes:.0f} MB",
                _both(one.script) if one.script else "",
            ]
            for kind, growths in kinds.items()
            for one in growths
        ],
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _milliseconds(cost: Cost) -> str:
    return f"{cost.seconds * 1000:.0f} ms"


def _times(ratio: Target) -> str:
    return f"{ratio.wall:.2f} times ({ratio.cpu:.2f} times by CPU)"


def _both(cost: Cost) -> str:
    return f"{cost.seconds:.2f} s ({cost.cpu:.2f} s CPU)"

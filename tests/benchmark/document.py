# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How do the measurements read?"""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from importlib.metadata import version

from benchmark.measures import FLEET, SAMPLE, SIZES, Growth, Single, Whole
from benchmark.stub import PAGE_SIZE

#: What the measurements are held against.
FASTER_THAN_LOOP = 200
OVER_SCRIPT = 1.3
PART_OF_URI = 0.1
MOST_MEGABYTES = 200

_TEXT = """\
# How long it takes

This page is written by `make bench`. Every number is the median of {repeats} runs, one after the other, on {cpus} CPUs
with Python {python}, ansible-core {ansible} and requests {requests}. The server is a stub on the same machine, so that
the client is what is measured. An empty playbook takes {empty:.2f} s.

## One endpoint

The time of one task, or of one item of its loop, next to `ansible.builtin.uri` with the same calls. On the controller
the work is done by an action plugin in Ansible's own process, elsewhere by a module that is sent there, as `uri` is.
Targets of `endpoint`: at most {part:g} times `uri` through the action plugin, and not slower as a module.

{singles}

## A fleet of {fleet}

The whole command `ansible-playbook` with one task `endpoint_fleet`, 16 requests at once; next to it a loop over `uri`
that looks for each endpoint by its name and writes what differs (measured on {sample} endpoints, and scaled), and the
whole command of a Python script that makes the same calls with bare `requests`, 16 at once and creates on connections
of their own, too, with no check and no retry (`tests/benchmark/bare.py`). Targets: an unchanged fleet at least {faster}
times faster than the loop; creating at most {over:g} times the script, after subtracting the time of an empty playbook.

{wholes}

## Growth

An unchanged fleet takes one call for each page of {page_size}, whatever its size. Targets: exactly so many calls, time
that grows no faster than the fleet, and at most {most} MB in each process at {largest} endpoints.

{growths}
"""


def document(
    repeats: int, empty: float, singles: Sequence[Single], wholes: Sequence[Whole], growths: Sequence[Growth]
) -> str:
    """The whole page in Markdown."""
    return _TEXT.format(
        repeats=repeats,
        cpus=os.cpu_count(),
        python=platform.python_version(),
        ansible=version("ansible-core"),
        requests=version("requests"),
        empty=empty,
        part=PART_OF_URI,
        singles=_singles(singles),
        fleet=FLEET,
        sample=SAMPLE,
        faster=FASTER_THAN_LOOP,
        over=OVER_SCRIPT,
        wholes=_wholes(wholes, empty),
        page_size=PAGE_SIZE,
        most=MOST_MEGABYTES,
        largest=SIZES[-1],
        growths=_growths(growths),
    )


def _singles(singles: Sequence[Single]) -> str:
    head = ["", "`uri`", "module", "module / `uri`", "action plugin", "action plugin / `uri`", "targets"]
    return _table(
        head,
        [
            [
                one.what,
                _milliseconds(one.uri),
                _milliseconds(one.by_door["module"]),
                f"{one.by_door['module'] / one.uri:.2f}",
                _milliseconds(one.by_door["action"]),
                f"{one.by_door['action'] / one.uri:.3f}",
                _single_target(one),
            ]
            for one in singles
        ],
    )


def _single_target(one: Single) -> str:
    """What only reads is there for comparison: it imports `requests`, which `uri` does not."""
    if not one.manages:
        return "none"
    return _verdict(one.by_door["module"] <= one.uri and one.by_door["action"] <= one.uri * PART_OF_URI)


def _wholes(wholes: Sequence[Whole], empty: float) -> str:
    head = ["", "latency", "`endpoint_fleet`", "loop over `uri`", "times faster", "script", "fleet / script", "target"]
    return _table(
        head,
        [
            [
                one.what,
                f"{one.latency * 1000:.0f} ms",
                f"{one.fleet:.2f} s",
                f"{one.uri_loop:.0f} s",
                f"{one.uri_loop / one.fleet:.0f}",
                f"{one.script:.2f} s",
                f"{(one.fleet - empty) / one.script:.2f}",
                _target(one, empty),
            ]
            for one in wholes
        ],
    )


def _target(one: Whole, empty: float) -> str:
    match one.what:
        case "unchanged":
            return _verdict(one.uri_loop >= FASTER_THAN_LOOP * one.fleet)
        case "all new":
            return _verdict(one.fleet - empty <= OVER_SCRIPT * one.script)
        case _:
            return "none"


def _growths(growths: Sequence[Growth]) -> str:
    smallest = growths[0]
    return _table(
        ["endpoints", "calls", "pages", "time", "memory", "targets"],
        [
            [
                str(one.size),
                str(one.calls),
                str(one.pages),
                f"{one.cost.seconds:.2f} s",
                f"{one.cost.megabytes:.0f} MB",
                _verdict(
                    one.calls == one.pages
                    and one.cost.seconds * smallest.size <= smallest.cost.seconds * one.size
                    and one.cost.megabytes <= MOST_MEGABYTES
                ),
            ]
            for one in growths
        ],
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


def _verdict(met: bool) -> str:
    return "met" if met else "missed"

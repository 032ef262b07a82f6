# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How did one schedule go, told in full?"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from .oracle import violations
from .plays import Performance, perform
from .runs import Run
from .schedules import Schedule
from .shrink import shrunk
from .wire import LocalSimulator
from .world import fresh

__all__ = ["replayed"]


def replayed(schedule: Schedule) -> int:
    """Play a schedule and tell it; if it is wrong also in its shortest form, and return 1."""
    with tempfile.TemporaryDirectory() as directory:
        place = Path(directory)
        found = _told(schedule, place)
        if not found:
            return 0
        sys.stdout.write("\nThe same in its shortest form:\n")
        kinds = set(map(_kind, found))
        _told(shrunk(schedule, lambda shorter: not kinds.isdisjoint(map(_kind, _found(shorter, place)))), place)
        return 1


def _found(schedule: Schedule, directory: Path) -> tuple[str, ...]:
    return violations(_performed(schedule, directory))


def _kind(violation: str) -> str:
    """What was wrong, without what is of this schedule only: up to the first value."""
    return re.split(r"[{(:,]|[0-9a-f]{20}|\d", violation.partition(": ")[2] or violation)[0]


def _performed(schedule: Schedule, directory: Path) -> Performance:
    return perform(schedule, LocalSimulator(), fresh(directory))


def _told(schedule: Schedule, directory: Path) -> tuple[str, ...]:
    performance = _performed(schedule, directory)
    found = violations(performance)
    sys.stdout.write("\n".join([schedule.told, *_story(performance), *found, f"{len(found)} violations", ""]))
    return found


def _story(performance: Performance) -> Iterator[str]:
    """All runs with their requests, and what was left."""
    names = [f"run {place}" for place in range(len(performance.runs))] + ["rerun", "the run after it"]
    start = min((entry.when for run in performance.runs for entry in run.requests), default=0.0)
    for name, run in zip(names, (*performance.runs, performance.rerun, performance.last), strict=True):
        yield f"{name}: {_summary(run)}"
        for entry in run.requests:
            wrote = f" wrote {entry.committed}" if entry.committed and entry.is_write else ""
            yield f"  {entry.when - start:8.1f} s {entry.method} {entry.path} {entry.status}{wrote}"
    yield from (f"left: {endpoint['id']} {endpoint['name']}" for endpoint in performance.left)


def _summary(run: Run) -> str:
    said = {name: run.result.get(name) for name in ("changed", "operation", "id", "msg")}
    return (
        f"{'failed' if run.report.failed else 'ok'} after {run.seconds:.1f} s, {said}, warnings {run.report.warnings}"
    )

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The campaign from the command line."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from simulator import Simulator

from .document import PAGE, page
from .oracle import violations
from .plays import Performance, Run, perform
from .schedules import schedule_of
from .tallies import Tally, all_cuts, batches_of_cuts, batches_of_seeds, cut_exchange, running_tally

#: More than cores, because hanging servers take real time.
_PROCESSES = 2 * (os.cpu_count() or 1)
#: Broken schedules that are listed.
_MOST_SHOWN = 20


def main() -> int:
    """Run what the command line asks for; 1 if a promise was broken."""
    parser = argparse.ArgumentParser(prog="campaign", description="Faults against the core, judged by the simulator.")
    parser.add_argument("--seed", type=int, help="play this one schedule and tell it in full")
    parser.add_argument("--seeds", type=int, default=20_000, help="how many schedules (default: %(default)s)")
    parser.add_argument("--first", type=int, default=0, help="the first seed (default: %(default)s)")
    parser.add_argument("--processes", type=int, default=_PROCESSES, help="at once (default: %(default)s)")
    parser.add_argument("--page", action="store_true", help="write docs/failures.md, and nothing else")
    options = parser.parse_args()
    if options.page:
        PAGE.write_text(page(), encoding="utf-8")
        return 0
    if options.seed is not None:
        return _replay(options.seed)
    seeds = range(options.first, options.first + options.seeds)
    faults = f"schedules of faults, seeds {seeds.start} to {seeds.stop - 1}"
    cuts = all_cuts(cut_exchange())
    return max(
        _follow(faults, len(seeds), running_tally(batches_of_seeds(seeds), options.processes)),
        _follow("cuts of a create", len(cuts), running_tally(batches_of_cuts(cuts), options.processes)),
    )


def _follow(title: str, count: int, tallies: Iterator[Tally]) -> int:
    """Say how far it is, and in the end how it went; 1 if a promise was broken."""
    started = time.monotonic()
    total = Tally()
    for total in tallies:
        sys.stderr.write(f"{total.schedules} of {count} {title}, {len(total.broken)} violations\n")
    _print(f"{total.schedules} {title}, in {time.monotonic() - started:.0f} s", total)
    return 1 if total.broken else 0


def _print(title: str, tally: Tally) -> None:
    rows = ["", title]
    rows += [f"  {count:>7}  {ending}" for ending, count in sorted(tally.endings.items())]
    if tally.usual:
        rows += ["  ppio.gpu  uri tasks"]
        rows += [f"  {tally.core[sin]:>8}  {tally.usual[sin]:>9}  {sin}" for sin in tally.usual]
    rows += [f"  {len(tally.broken):>7}  VIOLATIONS"]
    rows += [f"  {label}: {'; '.join(found)}" for label, found in list(tally.broken.items())[:_MOST_SHOWN]]
    sys.stdout.write("\n".join([*rows, ""]))


def _replay(seed: int) -> int:
    schedule = schedule_of(seed)
    with Simulator() as simulator, tempfile.TemporaryDirectory() as directory:
        performance = perform(schedule, simulator, Path(directory))
    found = violations(performance)
    sys.stdout.write("\n".join([schedule.told, *_story(performance), *found, f"{len(found)} violations", ""]))
    return 1 if found else 0


def _story(performance: Performance) -> Iterator[str]:
    """All runs with their requests, and what was left."""
    names = [f"run {place}" for place in range(len(performance.runs))] + ["rerun", "the run after it"]
    for name, run in zip(names, (*performance.runs, performance.rerun, performance.last), strict=True):
        yield f"{name}: {_summary(run)}"
        for entry in run.requests:
            wrote = f" wrote {entry.committed}" if entry.committed and entry.is_write else ""
            yield f"  {entry.when:.1f} {entry.method} {entry.path} {entry.status}{wrote}"
    yield from (f"left: {endpoint['id']} {endpoint['name']}" for endpoint in performance.left)


def _summary(run: Run) -> str:
    said = {name: run.result.get(name) for name in ("changed", "operation", "id", "msg")}
    return (
        f"{'failed' if run.report.failed else 'ok'} after {run.seconds:.1f} s, {said}, warnings {run.report.warnings}"
    )


if __name__ == "__main__":
    sys.exit(main())

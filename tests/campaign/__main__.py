# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The campaign from the command line."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator, Sequence

from .document import PAGE, page
from .drawing import schedule_of
from .placements import placement_of
from .story import replayed
from .tallies import (
    Tally,
    all_cuts,
    batches_of_cuts,
    batches_of_placements,
    batches_of_schedules,
    batches_of_seeds,
    cut_exchange,
    running_tally,
)

#: More than cores over sockets, because hanging servers take real time.
_CORES = os.cpu_count() or 1
#: What is played, in this order.
_PARTS = ("placements", "schedules", "sockets", "cuts")
#: Broken schedules that are listed.
_MOST_SHOWN = 20


def main() -> int:
    """Run what the command line asks for; 1 if a promise was broken."""
    parser = argparse.ArgumentParser(prog="campaign", description="Faults against the core, judged by the simulator.")
    parser.add_argument("--seed", type=int, help="play and tell this one schedule, and shrink it if it is wrong")
    parser.add_argument("--placement", type=placement_of, help="the same for this placement of faults")
    parser.add_argument("--seeds", type=int, default=1_000_000, help="how many schedules (default: %(default)s)")
    parser.add_argument("--sockets", type=int, default=2_000, help="how many over sockets, too (default: %(default)s)")
    parser.add_argument("--first", type=int, default=0, help="the first seed (default: %(default)s)")
    parser.add_argument("--processes", type=int, default=_CORES, help="at once (default: %(default)s)")
    parser.add_argument("--parts", nargs="+", choices=_PARTS, default=_PARTS, help="what to play (default: all)")
    parser.add_argument("--page", action="store_true", help="write docs/failures.md, and nothing else")
    options = parser.parse_args()
    if options.page:
        PAGE.write_text(page(), encoding="utf-8")
        return 0
    if options.seed is not None:
        return replayed(schedule_of(options.seed))
    if options.placement is not None:
        return replayed(options.placement.schedule)
    simulated = range(options.first, options.first + options.seeds)
    real = range(options.first, options.first + options.sockets)
    return _campaign(options.parts, simulated, real, options.processes)


def _campaign(chosen: Sequence[str], simulated: range, real: range, processes: int) -> int:
    cuts = all_cuts(cut_exchange()) if "cuts" in chosen else []
    parts = {
        "placements": ("placements of faults in a create", 0, batches_of_placements(), processes),
        "schedules": ("schedules", len(simulated), batches_of_schedules(simulated), processes),
        "sockets": ("schedules over sockets", len(real), batches_of_seeds(real), 2 * processes),
        "cuts": ("cuts of a create over sockets", len(cuts), batches_of_cuts(cuts), 2 * processes),
    }
    played = [parts[name] for name in _PARTS if name in chosen]
    return max(_follow(title, count, running_tally(batches, at_once)) for title, count, batches, at_once in played)


def _follow(title: str, count: int, tallies: Iterator[Tally]) -> int:
    """Say how far it is, and in the end how it went; 1 if a promise was broken."""
    started = time.monotonic()
    total = Tally()
    for total in tallies:
        sys.stderr.write(f"{total.schedules} of {count or 'all'} {title}, {len(total.broken)} violations\n")
    seconds = time.monotonic() - started
    _print(f"{total.schedules} {title} in {seconds:.0f} s, {total.schedules / seconds:.0f} a second", total)
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


if __name__ == "__main__":
    sys.exit(main())

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How did many schedules go?"""

from __future__ import annotations

import gc
import logging
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from multiprocessing import get_context
from pathlib import Path

from simulator import Fault, Settings, Simulator

from .baseline import can_play, played_by_uri
from .cuts import Cut, Cutter, Exchange
from .drawing import schedule_of
from .oracle import is_false, unmentioned, violations
from .placements import KINDS, LONE, Placement, orders, together
from .plays import Performance, perform
from .runs import Run
from .schedules import MANNER, WANTED, Controller, Schedule
from .wire import LocalSimulator
from .world import emptied, fresh

__all__ = [
    "Tally",
    "all_cuts",
    "batches_of_cuts",
    "batches_of_placements",
    "batches_of_schedules",
    "batches_of_seeds",
    "cut_exchange",
    "ending",
    "running_tally",
    "tally_of_cuts",
    "tally_of_lone",
    "tally_of_schedules",
    "tally_of_seeds",
    "tally_together",
]

#: Schedules that one simulator serves before a new one takes over.
_BATCH = 100
#: Schedules over a simulated wire that one process plays in a row.
_LARGE_BATCH = 2000
#: What a failure's message says of how a run ended; the first words that it holds count.
_FAILURES = {
    "utcome unknown": "failed: outcome unknown",
    "the name": "failed: several of the name",
    "wait_timeout": "failed: not ready or gone in time",
    "and an id is never": "failed: no such id",
    "task adopted": "failed: accepted, not as wanted",
    "accepted the": "failed: accepted, not as wanted",
    "HTTP ": "failed: refused by the API",
    "": "failed: no usable answer",
}


@dataclass
class Tally:
    """How runs ended, how often either side broke a promise, and which schedules of the core's did."""

    schedules: int = 0
    endings: Counter[str] = field(default_factory=Counter)
    core: Counter[str] = field(default_factory=Counter)
    usual: Counter[str] = field(default_factory=Counter)
    broken: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def add(self, other: Tally) -> None:
        self.schedules += other.schedules
        self.endings += other.endings
        self.core += other.core
        self.usual += other.usual
        self.broken |= other.broken

    def note(self, label: str, performance: Performance) -> None:
        """Count one schedule of the core; `label` says which."""
        self.schedules += 1
        self.endings.update(ending(part) for run in performance.runs for part in run.parts)
        if found := violations(performance):
            self.broken[label] = found


def running_tally(batches: Iterable[partial[Tally]], processes: int) -> Iterator[Tally]:
    """All batches, several at once: the total so far, after each."""
    total = Tally()
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=_collect_rarely) as pool:
        for future in as_completed([pool.submit(batch) for batch in batches]):
            total.add(future.result())
            yield total


def _collect_rarely() -> None:
    """Look for garbage in cycles after hundreds of schedules only: they leave little, and what was imported stays."""
    gc.freeze()
    gc.set_threshold(200_000, 20, 20)


def batches_of_seeds(seeds: Sequence[int]) -> Iterator[partial[Tally]]:
    """The schedules of these seeds, and what the usual playbook makes of them."""
    for start in range(0, len(seeds), _BATCH):
        yield partial(tally_of_seeds, seeds[start : start + _BATCH], baseline=True)


def batches_of_schedules(seeds: Sequence[int]) -> Iterator[partial[Tally]]:
    """The schedules of these seeds over a simulated wire."""
    for start in range(0, len(seeds), _LARGE_BATCH):
        yield partial(tally_of_schedules, seeds[start : start + _LARGE_BATCH])


def batches_of_placements() -> Iterator[partial[Tally]]:
    """Every placement of faults in the create exchange: of one controller, and of two in every order."""
    yield from (partial(tally_of_lone, manner, kind) for manner in LONE for kind in KINDS)
    yield from (partial(tally_together, order) for order in orders())


def batches_of_cuts(cuts: Sequence[Cut]) -> Iterator[partial[Tally]]:
    """All these cuts."""
    for start in range(0, len(cuts), _BATCH):
        yield partial(tally_of_cuts, cuts[start : start + _BATCH])


def cut_exchange() -> Exchange:
    """How long the exchange of a plain create is that nobody cuts."""
    with Simulator() as simulator, Cutter(simulator.url) as cutter, tempfile.TemporaryDirectory() as directory:
        perform(_plain_create(0), simulator, fresh(directory), url=cutter.url)
        return cutter.exchange


def all_cuts(exchange: Exchange) -> list[Cut]:
    """Each place before the last byte, ended in both ways."""
    ends = (True, False)
    requests = [Cut("request", at, is_reset) for at in range(exchange.request) for is_reset in ends]
    return requests + [Cut("answer", at, is_reset) for at in range(exchange.answer) for is_reset in ends]


def tally_of_seeds(seeds: Iterable[int], *, baseline: bool) -> Tally:
    """The schedules of these seeds; with `baseline` also what the usual playbook makes of them."""
    _silence()
    tally = Tally()
    with Simulator() as simulator, tempfile.TemporaryDirectory() as directory:
        for seed in seeds:
            schedule = schedule_of(seed)
            performance = perform(schedule, simulator, fresh(directory))
            tally.note(f"SEED={seed}", performance)
            tally.core.update(_sins(performance))
            if baseline and can_play(schedule):
                tally.usual.update(_sins(perform(schedule, simulator, fresh(directory), played_by_uri)))
    return tally


def tally_of_schedules(seeds: Iterable[int]) -> Tally:
    """The schedules of these seeds, over a simulated wire."""
    tally = Tally()
    simulator = LocalSimulator()
    with tempfile.TemporaryDirectory(dir=_memory()) as directory:
        for seed in seeds:
            schedule = schedule_of(seed)
            tally.note(f"SEED={seed}", perform(schedule, simulator, emptied(directory, schedule.machines)))
    return tally


def tally_of_lone(manner: str, kind: str) -> Tally:
    """A create of one controller that meets a fault of this kind at each of its calls, and each other one after it."""
    tally = Tally()
    simulator = LocalSimulator()

    def calls(placement: Placement) -> int:
        schedule = placement.schedule
        performance = perform(schedule, simulator, emptied(directory, schedule.machines))
        tally.note(f"PLACEMENT={placement}", performance)
        return len(performance.runs[0].requests)

    with tempfile.TemporaryDirectory(dir=_memory()) as directory:
        plain = Placement(manner, 1, "", ())
        for place in range(calls(plain)):
            first = plain.also(place, kind)
            for later, other in product(range(place + 1, calls(first)), KINDS):
                calls(first.also(later, other))
    return tally


def tally_together(order: str) -> Tally:
    """All placements of faults in the creates of two controllers whose calls begin in this order."""
    tally = Tally()
    simulator = LocalSimulator()
    with tempfile.TemporaryDirectory(dir=_memory()) as directory:
        for placement in together(order):
            schedule = placement.schedule
            tally.note(f"PLACEMENT={placement}", perform(schedule, simulator, emptied(directory, schedule.machines)))
    return tally


def _memory() -> str | None:
    """A directory in memory for locks, where there is one."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def tally_of_cuts(cuts: Iterable[Cut]) -> Tally:
    """A plain create, once for each cut."""
    _silence()
    tally = Tally()
    with Simulator() as simulator, Cutter(simulator.url) as cutter, tempfile.TemporaryDirectory() as directory:
        for number, cut in enumerate(cuts):
            cutter.cut = cut
            tally.note(str(cut), perform(_plain_create(number), simulator, fresh(directory), url=cutter.url))
    return tally


def ending(run: Run) -> str:
    """How a run ended, in a few words."""
    if run.is_killed:
        return "killed"
    rollout = run.result.get("rollout") or {}
    if rollout.get("outcome") in ("rolled_back", "rollback_failed"):
        return str(rollout["outcome"]).replace("_", " ")
    if run.report.failed:
        return next(label for words, label in _FAILURES.items() if words in run.result["msg"])
    if "adopted the oldest" in run.text or "is the oldest, so it stays" in run.text:
        return "ok: elected"
    if "adopted" in run.text:
        return "ok: found out and adopted"
    return "ok: changed" if run.result["changed"] else "ok: as it was"


def _silence() -> None:
    """Clients that go away are what this is about, and no news."""
    logging.getLogger("asyncio").setLevel(logging.ERROR)


def _plain_create(seed: int) -> Schedule:
    """One controller that wants an endpoint, and has little time to look for it."""
    controller = Controller(0, {**MANNER, **WANTED, "retry_timeout": 1})
    # Whoever cuts its connection is outside the simulator; this stands for that where a good network is asked for.
    cut = Fault("pass", operation="listRegions")
    return Schedule(seed, Settings(validate_answers=False), (), (cut,), (controller,))


def _sins(performance: Performance) -> Counter[str]:
    """What the core and the usual playbook can be compared by."""
    parts = [part for run in performance.runs for part in run.parts]
    return Counter(
        {
            "endpoints created too many": sum(max(0, len(part.committed("POST")) - 1) for part in parts),
            "endpoints left that nobody was told of": len(unmentioned(performance)),
            "runs that say ok and are not": sum(is_false(part, performance.schedule) for part in parts),
        }
    )

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reconciler: one pipeline, for one resource and for many.

snapshot, locate, choose, account, plan, apply, verify, wait, smoke test. Check mode stops after the plan. Private to
the ppio.gpu collection.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import count

from .._api.client import Client
from .._api.thread_pool import mapped
from .._errors import PpioError
from .._planning.budget import Accounting
from .._planning.cost import Cost
from .._planning.state import Desired
from .._progress import ProgressReporter
from .account import accounted
from .apply import applied, foreseen
from .choose import Shop, settled_choices
from .entry import Done, Entry, Failed, Located, Settled, Stage
from .locate import located, require_complete
from .memory import Memory
from .order import unblocked, waves
from .prune import Prune, surplus
from .recall import forget_shown, remembered
from .smoke_test import smoke_tested
from .snapshot import SETTLE_WINDOW
from .verify import verified
from .view import View
from .wait import waited

__all__ = ["Reconciled", "reconcile"]


@dataclass(frozen=True)
class Reconciled:
    """How each entry ended, in their order, then what was pruned; warnings about all, and what they cost if asked."""

    ends: Sequence[Settled]
    warnings: tuple[str, ...]
    cost: Cost | None


def reconcile(
    view: View,
    wanted: Sequence[Desired],
    progress: ProgressReporter,
    *,
    check_mode: bool,
    prune: Prune | None = None,
    accounting: Accounting | None = None,
) -> Reconciled:
    """Everything done, or predicted.

    Raises the errors that concern all entries, before anything is written.
    """
    entries = [Entry.of(desired) for desired in wanted]
    if check_mode:
        memory = Memory.of(view.client, read_only=True)
        stages, cost = _prepared(view, entries, memory, prune, accounting, progress)
        return Reconciled(_settled(_worked(view, stages, partial(foreseen, memory=memory), progress)), (), cost)
    with view.locked(entries, view.client.deadline) as troubles:
        memory = Memory.of(view.client, read_only=False)
        stages, cost = _prepared(view, entries, memory, prune, accounting, progress)
        # Of one, they matter only if it is created.
        stages = _warned(stages, troubles) if view.is_detailed else stages
        stages = _worked(view, stages, partial(applied, memory=memory, progress=progress), progress)
        window = min(SETTLE_WINDOW, view.client.transport.connection.retry_timeout)
        stages = verified(view, stages, view.client.deadline.clock.after(window), progress, memory.creates)
        memory.note(stages)
    told = memory.creates.warnings if view.is_detailed else troubles + memory.creates.warnings
    stages = smoke_tested(view, waited(view, stages, progress), progress)
    return Reconciled(_settled(stages), told, cost)


def _prepared(
    view: View,
    entries: Sequence[Entry],
    memory: Memory,
    prune: Prune | None,
    accounting: Accounting | None,
    progress: ProgressReporter,
) -> tuple[list[Stage], Cost | None]:
    """What each entry means among everything that there is, what is to be pruned, and what all that costs."""
    snapshot = view.snapshot(entries)
    forget_shown(memory, entries, snapshot)
    snapshot = remembered(view.client, memory.creates, entries, snapshot, view.concurrency)
    progress.phase(f"{len(snapshot.listed)} {snapshot.resource.plural} listed")
    stages = located(entries, snapshot, detailed=view.is_detailed)
    require_complete(stages, snapshot)
    shop = Shop(view.client)
    stages = settled_choices(shop, stages)
    if prune:
        stages += surplus(prune, stages, snapshot)
    counts = Counter(_intent(stage) for stage in stages if isinstance(stage, Located))
    progress.phase(", ".join(f"{number} to {intent}" for intent, number in counts.items()) or "as wanted")
    return stages, accounted(view, shop, stages, snapshot, accounting, progress) if accounting else None


def _warned(stages: Sequence[Stage], troubles: tuple[str, ...]) -> list[Stage]:
    return [replace(stage, warnings=troubles) if isinstance(stage, Located) else stage for stage in stages]


def _intent(stage: Located) -> str:
    if not stage.entry.desired.present:
        return "delete"
    return "update" if stage.current else "create"


def _worked(
    view: View, stages: list[Stage], work: Callable[[Client, Located], Done], progress: ProgressReporter
) -> list[Stage]:
    """The entries after everything was done, or predicted, that has to be.

    What is pruned goes last, and only if all else went well: it may be what could not be replaced.
    """
    for wave in waves([stage for stage in stages if isinstance(stage, Located) and not stage.entry.pruned]):
        stages = _each(view, unblocked(stages), wave, work, progress)
    if any(isinstance(stage, Failed) for stage in stages):
        return [stage.unattempted("others failed") if isinstance(stage, Located) else stage for stage in stages]
    return _each(view, stages, [stage for stage in stages if isinstance(stage, Located)], work, progress)


def _each(
    view: View,
    stages: Sequence[Stage],
    wave: Sequence[Located],
    work: Callable[[Client, Located], Done],
    progress: ProgressReporter,
) -> list[Stage]:
    """The entries after `work` on those of a wave, several at once."""
    chosen = set(map(id, wave))
    picked = [stage for stage in stages if isinstance(stage, Located) and id(stage) in chosen]
    counter = count(1)

    def attempt(client: Client, stage: Located) -> Done:
        try:
            return work(client, stage)
        finally:
            progress.step(f"{next(counter)} of {len(picked)} {'pruned' if stage.entry.pruned else 'done'}")

    results = mapped(attempt, picked, view.client, view.concurrency)
    finished = iter(
        stage.failed(result) if isinstance(result, PpioError) else result
        for stage, result in zip(picked, results, strict=True)
    )
    return [next(finished) if id(stage) in chosen else stage for stage in stages]


def _settled(stages: Sequence[Stage]) -> list[Settled]:
    return [stage.unattempted("nothing was to be done") if isinstance(stage, Located) else stage for stage in stages]

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
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial

from .._api.client import Client
from .._planning.batches import Batches
from .._planning.budget import Accounting
from .._planning.cost import Cost
from .._planning.state import Desired
from .._progress import ProgressReporter
from .account import accounted
from .apply import applied, foreseen
from .batches import in_batches
from .carry import each, proved, refreshed
from .choose import Shop, settled_choices
from .entry import Done, Entry, Failed, Located, Settled, Stage
from .locate import located, require_complete
from .memory import Memory
from .order import unblocked, waves
from .prune import Prune, surplus
from .recall import note_shown, remembered
from .rollout import finished
from .smoke_test import smoke_tested
from .surges import recovered
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
    batches: Batches | None = None,
) -> Reconciled:
    """Everything done, or predicted.

    Raises the errors that concern all entries, before anything is written.
    """
    if batches and not check_mode:
        return _in_batches(view, wanted, progress, batches, prune, accounting)
    entries = [Entry.of(desired) for desired in wanted]
    if check_mode:
        memory = Memory.of(view.client, read_only=True)
        stages, cost = _prepared(view, entries, memory, prune, accounting, progress)
        return Reconciled(_settled(_worked(view, stages, partial(foreseen, memory=memory), progress)), (), cost)
    with ExitStack() as held:
        return _all_done(view, entries, held, progress, prune, accounting)


def _all_done(
    view: View,
    entries: Sequence[Entry],
    held: ExitStack,
    progress: ProgressReporter,
    prune: Prune | None,
    accounting: Accounting | None,
) -> Reconciled:
    """Everything done at once. What tells others that this task is at it is `held` until its end."""
    with view.locked(entries, view.client.deadline) as troubles:
        memory = Memory.of(view.client, read_only=False, held=held)
        stages, cost = _prepared(view, entries, memory, prune, accounting, progress)
        # Of one, they matter only if it is created.
        stages = _warned(stages, troubles) if view.is_detailed else stages
        stages = _worked(view, stages, partial(applied, memory=memory, progress=progress), progress)
        stages = proved(view, stages, progress, memory)
    told = memory.creates.warnings if view.is_detailed else troubles + memory.creates.warnings
    stages = smoke_tested(view, waited(view, stages, progress), progress)
    stages = finished(view, stages, progress, memory)
    return Reconciled(_settled(stages), told, cost)


def _in_batches(
    view: View,
    wanted: Sequence[Desired],
    progress: ProgressReporter,
    batches: Batches,
    prune: Prune | None,
    accounting: Accounting | None,
) -> Reconciled:
    """Everything done in batches. Each looks anew, because much may have happened since the one before it."""
    entries = [Entry.of(desired) for desired in wanted]
    warnings: list[str] = []
    memory = Memory.of(view.client, read_only=True)
    stages, cost = _prepared(view, entries, memory, prune, accounting, progress)

    def carry_out(batch: Sequence[int]) -> Sequence[Settled]:
        done = reconcile(refreshed(view), [wanted[number] for number in batch], progress, check_mode=False)
        warnings.extend(done.warnings)
        return done.ends

    listed, surplus = stages[: len(wanted)], stages[len(wanted) :]
    ends = in_batches(listed, batches, carry_out, progress)
    if any(isinstance(end, Failed) for end in ends):
        return Reconciled([*ends, *_settled(_unattempted(surplus))], tuple(dict.fromkeys(warnings)), cost)
    if prune and surplus:
        as_they_are = [replace(desired, wait_for="", smoke_test=None) for desired in wanted]
        done = reconcile(refreshed(view), as_they_are, progress, check_mode=False, prune=prune)
        ends += done.ends[len(wanted) :]
        warnings.extend(done.warnings)
    return Reconciled(ends, tuple(dict.fromkeys(warnings)), cost)


def _unattempted(stages: Sequence[Stage]) -> list[Stage]:
    return [stage.unattempted("others failed") if isinstance(stage, Located) else stage for stage in stages]


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
    note_shown(memory, entries, snapshot)
    snapshot = remembered(view.client, memory.creates, entries, snapshot, view.concurrency)
    entries = [recovered(memory.surges, entry, snapshot) for entry in entries]
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
        stages = each(view, unblocked(stages), wave, work, progress)
    if any(isinstance(stage, Failed) for stage in stages):
        return _unattempted(stages)
    return each(view, stages, [stage for stage in stages if isinstance(stage, Located)], work, progress)


def _settled(stages: Sequence[Stage]) -> list[Settled]:
    return [stage for stage in map(_end, stages) if isinstance(stage, (Done, Failed))]


def _end(stage: Stage) -> Stage:
    return stage.unattempted("nothing was to be done") if isinstance(stage, Located) else stage

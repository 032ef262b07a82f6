# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reconciler: one pipeline, for one resource and for many.

snapshot, locate, choose, account, plan, apply, verify, wait, smoke test. Check mode stops after the plan. A wait may
come back to choose and plan. Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial

from .._api.client import Client
from .._errors import PpioError
from .._planning.batch_sizes import Batches
from .._planning.budget import Accounting
from .._planning.cost import Cost
from .._planning.state import Desired
from .._progress import ProgressReporter
from .._schema.resource import Resource
from .account import Books, accounted
from .apply import applied, foreseen
from .batches import in_batches
from .carry_out import checked, each, proved, refreshed
from .choose import Shop, settled_choices
from .entry import Done, Entry, Failed, Located, Settled, Stage
from .fallback import Fallback
from .locate import leaving_ids, located, require_complete
from .memory import Memory
from .order import unblocked, waves
from .predict import predicted_choices
from .prune import Prune, surplus, unlisted
from .recall import note_shown, remembered
from .rollout import finished
from .smoke_test import smoke_tested
from .surge_notes import recovered
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
    books: Books | None = None,
) -> Reconciled:
    """Everything done, or predicted. `books` are those of the task, where these are only some of its entries.

    Raises the errors that concern all entries, before anything is written.
    """
    if batches and not check_mode:
        return _in_batches(view, wanted, progress, batches, prune, accounting)
    entries = [Entry.of(desired) for desired in wanted]
    money = _Money(accounting, books, batches)
    if check_mode:
        memory = Memory.of(view.client, read_only=True)
        prepared = _prepared(view, entries, memory, prune, money, progress, check_mode=True)
        listed, surplus = prepared.divided
        work = partial(foreseen, memory=memory)
        ends = _settled(_worked(view, listed, work, list, progress))
        surplus = unlisted(surplus, ends)
        is_well = not any(isinstance(stage, Failed) for stage in (*ends, *surplus))
        ends += _settled(_worked(view, surplus, work, list, progress) if is_well else _unattempted(surplus))
        return Reconciled(ends, (), prepared.cost)
    with ExitStack() as held:
        return _all_done(view, entries, held, progress, prune, money)


def _all_done(
    view: View,
    entries: Sequence[Entry],
    held: ExitStack,
    progress: ProgressReporter,
    prune: Prune | None,
    money: _Money,
) -> Reconciled:
    """Everything done at once. `held` keeps the locks of this task's surges until the end."""
    with view.locked(entries, view.client.deadline) as troubles:
        memory = Memory.of(view.client, read_only=False, held=held)
        prepared = _prepared(view, entries, memory, prune, money, progress)
        listed, surplus = prepared.divided
        # For one endpoint, a missing lock matters only if it is created. A fleet always warns (see below).
        stages = _warned(listed, troubles) if view.is_detailed else listed
        work = partial(applied, memory=memory, progress=progress)
        stages = _worked(view, stages, work, partial(checked, view, progress=progress, memory=memory), progress)
        stages = proved(view, stages, progress, memory)
    told = memory.warnings if view.is_detailed else troubles + memory.warnings
    fallback = Fallback(view, prepared.shop, prepared.books, memory, progress)
    stages = smoke_tested(view, waited(view, stages, progress, fallback), progress)
    ends = _settled(finished(view, stages, progress, memory))
    memory.note_gone(ends)
    return _then_pruned(view, Reconciled(ends, told, prepared.cost), surplus, progress)


@dataclass(frozen=True)
class _Money:
    """How the cost is worked out.

    `accounting` opens new books; `books`, if given, are those of the task. `batches` says what is changed together.
    """

    accounting: Accounting | None
    books: Books | None = None
    batches: Batches | None = None


@dataclass(frozen=True)
class _Prepared:
    """The entries before anything is written, what they can be made of, and what they cost if anybody asked.

    What is to be pruned comes after those that somebody listed, `count` of them.
    """

    stages: list[Stage]
    count: int
    shop: Shop
    books: Books | None

    @property
    def divided(self) -> tuple[list[Stage], list[Stage]]:
        """What is listed, and what is to be pruned."""
        return self.stages[: self.count], self.stages[self.count :]

    @property
    def cost(self) -> Cost | None:
        """The cost as it is planned by now."""
        return self.books.cost if self.books else None


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
    prepared = _prepared(view, entries, memory, prune, _Money(accounting, batches=batches), progress)
    books = prepared.books

    def carry_out(batch: Sequence[int]) -> Sequence[Settled]:
        some, own = [wanted[number] for number in batch], books and books.of(batch)
        done = reconcile(refreshed(view), some, progress, check_mode=False, books=own)
        warnings.extend(done.warnings)
        return done.ends

    def note_failure(number: int, failed: Failed) -> None:
        if books:
            books.note_failure(number, failed.partial.fields)

    listed, surplus = prepared.divided
    ends = in_batches(listed, batches, carry_out, note_failure, progress)
    return _then_pruned(view, Reconciled(ends, tuple(dict.fromkeys(warnings)), prepared.cost), surplus, progress)


def _then_pruned(view: View, done: Reconciled, surplus: Sequence[Stage], progress: ProgressReporter) -> Reconciled:
    """What is left to be pruned, deleted once all else went well: it may be what could not be replaced.

    It is looked at once more, because much may have happened since. What was done must not be lost for an error.
    """
    surplus = unlisted(surplus, done.ends)
    if not surplus:
        return done
    if any(isinstance(stage, Failed) for stage in (*done.ends, *surplus)):
        return replace(done, ends=[*done.ends, *_settled(_unattempted(surplus))])
    entries = [stage.entry for stage in surplus]
    progress.phase(f"pruning {view.client.resource.named([entry.name for entry in entries])}")
    try:
        with ExitStack() as held:
            pruned = _all_done(refreshed(view), entries, held, progress, None, _Money(None))
    except PpioError as error:
        pruned = Reconciled([Failed(entry, error) for entry in entries], (), None)
    warnings = tuple(dict.fromkeys(done.warnings + pruned.warnings))
    return replace(done, ends=[*done.ends, *pruned.ends], warnings=warnings)


def _unattempted(stages: Sequence[Stage]) -> list[Stage]:
    return [stage.unattempted("others failed") if isinstance(stage, Located) else stage for stage in stages]


def _prepared(
    view: View,
    entries: Sequence[Entry],
    memory: Memory,
    prune: Prune | None,
    money: _Money,
    progress: ProgressReporter,
    *,
    check_mode: bool = False,
) -> _Prepared:
    """What each entry means among everything that there is, what is to be pruned, and what all that costs."""
    snapshot = view.snapshot(entries)
    note_shown(memory, entries, snapshot)
    snapshot = remembered(view.client, memory.creates, entries, snapshot, view.concurrency)
    leaving = leaving_ids(entries, snapshot)
    entries = [recovered(memory.surges, entry, snapshot, leaving) for entry in entries]
    progress.phase(f"{snapshot.resource.counted(len(snapshot.listed))} listed")
    stages = located(entries, snapshot, detailed=view.is_detailed)
    require_complete(stages, snapshot)
    shop = Shop(view.client)
    stages = settled_choices(shop, stages)
    stages = predicted_choices(shop, stages) if check_mode else stages
    count = len(stages)
    if prune:
        stages += surplus(prune, stages, snapshot)
    progress.phase(_phase_line(stages, snapshot.resource) or "as wanted")
    books = money.books
    if books:
        books.replan(view, stages)
        books.judge()
    elif money.accounting:
        books = accounted(view, shop, stages, snapshot, money.accounting, progress, money.batches)
    return _Prepared(stages, count, shop, books)


def _warned(stages: Sequence[Stage], troubles: tuple[str, ...]) -> list[Stage]:
    return [replace(stage, warnings=troubles) if isinstance(stage, Located) else stage for stage in stages]


def _phase_line(stages: Sequence[Stage], resource: Resource) -> str:
    """What is to be done, in words."""
    names: dict[str, list[str]] = {}
    for stage in stages:
        if isinstance(stage, Located):
            names.setdefault(_intent(stage), []).append(stage.entry.name)
    return ", ".join(f"{resource.named(of)} to {intent}" for intent, of in names.items())


def _intent(stage: Located) -> str:
    if not stage.entry.desired.present:
        return "delete"
    return "update" if stage.current else "create"


#: The same entries, those that are done as the API shows them.
_Check = Callable[[list[Stage]], list[Stage]]


def _worked(
    view: View,
    stages: list[Stage],
    work: Callable[[Client, Located], Done],
    check: _Check,
    progress: ProgressReporter,
) -> list[Stage]:
    """The entries after everything was done, or predicted, that has to be.

    A name is given away only once its owner is seen with another one: an accepted request frees none.
    """
    for wave in waves([stage for stage in stages if isinstance(stage, Located)]):
        if owners := {identity for stage in wave for identity in stage.after}:
            stages, view = _with_checked(stages, owners, check), refreshed(view)
        stages = each(view, unblocked(stages), wave, work, progress)
    return stages


def _with_checked(stages: list[Stage], owners: Set[str], check: _Check) -> list[Stage]:
    """The entries, those with these ids as the API shows them."""
    numbers = [number for number, stage in enumerate(stages) if stage.entry.desired.id in owners]
    ends = dict(zip(numbers, check([stages[number] for number in numbers]), strict=True))
    return [ends.get(number, stage) for number, stage in enumerate(stages)]


def _settled(stages: Sequence[Stage]) -> list[Settled]:
    """The same entries, all of which have ended."""
    return [_settled_one(stage) for stage in stages]


def _settled_one(stage: Stage) -> Settled:
    if isinstance(stage, (Done, Failed)):
        return stage
    raise AssertionError("an entry has not ended")

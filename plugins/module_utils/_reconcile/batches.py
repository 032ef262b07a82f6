# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet in batches: each is written, proved and waited for before the next is begun.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from .._errors import NotAttempted, PpioError
from .._planning.batch_sizes import Batches
from .._progress import ProgressReporter
from .entry import Done, Failed, Located, Settled, Stage
from .order import groups, unblocked

__all__ = ["batches_of", "in_batches"]

#: Carries out the entries with these numbers. Raises the errors that concern all of them.
CarryOut = Callable[[Sequence[int]], Sequence[Settled]]
#: Hears of each entry of a batch that failed, by its number.
NoteFailure = Callable[[int, Failed], None]


def in_batches(
    stages: Sequence[Stage],
    batches: Batches,
    carry_out: CarryOut,
    note_failure: NoteFailure,
    progress: ProgressReporter,
) -> list[Settled]:
    """How each entry ended, in their order. What is as wanted already has to be ready before anything is changed."""
    ends: dict[int, Settled] = {number: stage for number, stage in enumerate(stages) if isinstance(stage, Failed)}
    unchanged = [number for number, stage in enumerate(stages) if isinstance(stage, Done)]
    cut = batches_of(stages, batches)
    for count, batch in enumerate([unchanged, *cut]):
        failed = [end for end in ends.values() if isinstance(end, Failed)]
        if len(failed) > batches.max_failures:
            break
        if count:
            progress.phase(f"batch {count} of {len(cut)}: {len(batch)}")
        ends |= _blocked(stages, batch, failed)
        begun = [number for number in batch if number not in ends]
        ends |= _carried_out(stages, begun, carry_out) if begun else {}
        for number in batch:
            if isinstance(end := ends[number], Failed):
                note_failure(number, end)
    return [ends.get(number) or _left(stage) for number, stage in enumerate(stages)]


def batches_of(stages: Sequence[Stage], batches: Batches) -> list[list[int]]:
    """The numbers of the entries that are to be changed, in batches."""
    changing = {id(stage): number for number, stage in enumerate(stages) if _is_to_change(stage)}
    # A name is given to another one only when its owner has a new one.
    ordered = groups([stage for stage in stages if isinstance(stage, Located) and id(stage) in changing])
    return batches.cut([[changing[id(stage)] for stage in group] for group in ordered])


def _is_to_change(stage: Stage) -> bool:
    return isinstance(stage, Located) and not stage.entry.pruned


def _blocked(stages: Sequence[Stage], batch: Sequence[int], failed: Sequence[Failed]) -> dict[int, Failed]:
    """The entries of a batch whose name still belongs to another one, because that one failed before."""
    now = unblocked([*failed, *(stages[number] for number in batch)])[len(failed) :]
    return {number: stage for number, stage in zip(batch, now, strict=True) if isinstance(stage, Failed)}


def _carried_out(stages: Sequence[Stage], batch: Sequence[int], carry_out: CarryOut) -> Mapping[int, Settled]:
    """How the entries of a batch ended. What was done before it must not be lost for an error that concerns all."""
    try:
        return dict(zip(batch, carry_out(batch), strict=True))
    except PpioError as error:
        return {number: Failed(stages[number].entry, error) for number in batch}


def _left(stage: Stage) -> Settled:
    """An entry of a batch that was not begun."""
    if isinstance(stage, Located):
        return stage.unattempted("too many failed before (max_failures)")
    return Failed(stage.entry, NotAttempted("Not looked at again, because too many failed before (max_failures)."))

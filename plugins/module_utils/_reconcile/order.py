# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The order: a name is given to another one only when its owner has a new one.

Pure functions. Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from operator import is_

from .entry import Failed, Located, Stage

__all__ = ["groups", "unblocked", "waves"]


def waves(stages: Sequence[Located]) -> Iterator[list[Located]]:
    """The entries in groups, one after the other, each of what can be done at once.

    Those that swap their names wait for each other, so they go at once, too: the API takes a name twice.
    """
    for ready, _are_swapped in _waves(stages):
        yield ready


def groups(stages: Sequence[Located]) -> Iterator[list[Located]]:
    """The entries in the order in which they can be done, together only where they swap their names."""
    for ready, are_swapped in _waves(stages):
        yield from [ready] if are_swapped else ([stage] for stage in ready)


def _waves(stages: Sequence[Located]) -> Iterator[tuple[list[Located], bool]]:
    """The groups of `waves`, and whether their entries wait for each other."""
    remaining = list(stages)
    while remaining:
        renamed = {stage.current.id for stage in remaining if stage.current and stage.entry.desired.id}
        ready = [stage for stage in remaining if not stage.after & renamed]
        yield ready or remaining, not ready
        done = set(map(id, ready or remaining))
        remaining = [stage for stage in remaining if id(stage) not in done]


def unblocked(stages: Sequence[Stage]) -> list[Stage]:
    """The entries, those given up whose name still belongs to another one, because that one failed or was given up."""
    while True:
        failed = {stage.entry.desired.id for stage in stages if isinstance(stage, Failed) and not _is_renamed(stage)}
        now = [_given_up(stage, failed) for stage in stages]
        if all(map(is_, now, stages)):
            return now
        stages = now


def _is_renamed(failed: Failed) -> bool:
    """Whether it was last seen with its new name, whatever has failed afterwards."""
    fields = failed.partial.fields
    return fields is not None and fields.get("name") == failed.entry.desired.name


def _given_up(stage: Stage, failed: AbstractSet[str | None]) -> Stage:
    """The same, or failed where its name belongs to one of these."""
    if not isinstance(stage, Located) or stage.after.isdisjoint(failed):
        return stage
    owners = ", ".join(sorted(stage.after & failed))
    return stage.unattempted(f"{owners} still has this name, or may have it")

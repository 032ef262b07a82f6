# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The election: several runs created the same at once, and all keep the oldest.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .._api.client import Client
from .._errors import NotUnique, PpioError
from .._planning.outcome import Outcome
from .._planning.state import Current
from .._schema.resource import Resource
from .entry import Entry
from .gone import is_gone, not_gone

__all__ = ["elected", "undecided"]


def elected(client: Client, outcome: Outcome, entry: Entry, rivals: Sequence[Current]) -> Outcome:
    """The outcome once this run has done its part so that one resource of the name is left.

    All runs agree on the oldest, and each deletes only what it created itself. The outcome may then be of another one,
    which nobody has compared yet. Raises NotUnique where that is not wanted, or not certain, and NotApplied where its
    own does not go away.
    """
    story = _story(client.resource, outcome, entry, [rival.id for rival in rivals])
    if not (entry.desired.keep_oldest and outcome.certain):
        raise NotUnique(
            f"{story} Each costs money: delete all but one. With on_duplicate=keep_oldest, tasks that run at the same "
            f"time keep the oldest.",
            partial=outcome.partial,
        )
    own = Current(outcome.identity, {}, outcome.observed or {})
    oldest = min((own, *rivals), key=_age)
    if oldest is own:
        return outcome.warned(
            f"{story} {own.id} is the oldest, so it stays. With on_duplicate=keep_oldest, other tasks delete theirs."
        )
    try:
        client.delete(own.id)
        if not is_gone(client, own.id, deleting_is_enough=True):
            raise not_gone(client, own.id)
    except PpioError as error:
        raise error.after(outcome.partial) from error
    taken = replace(outcome, id=oldest.id, certain=False)
    return taken.warned(f"{story} It deleted {own.id} again, and adopted the oldest, {oldest.id}.")


def undecided(resource: Resource, outcome: Outcome, entry: Entry, rivals: Sequence[str]) -> NotUnique:
    """Why there is no election yet: a list that does not show this run's own one may hide others, too."""
    return NotUnique(
        f"{_story(resource, outcome, entry, rivals)} Each costs money: delete all but one. The list does not show "
        f"{outcome.id} yet, so that nobody can tell which one is the oldest.",
        partial=outcome.partial,
    )


def _story(resource: Resource, outcome: Outcome, entry: Entry, rivals: Sequence[str]) -> str:
    """What there is. Where an answer was lost, all of them may be of this task, or none."""
    did = "created" if outcome.certain else "adopted"
    return (
        f"{1 + len(rivals)} new {resource.plural} have the name {entry.name!r}: {outcome.id}, which this task {did}, "
        f"and {', '.join(rivals)}."
    )


def _age(current: Current) -> tuple[float, str]:
    """What all runs sort by: the oldest wins, and among those of one second the id decides."""
    created_at = current.observed.get("created_at")
    return (float("inf") if created_at is None else created_at, current.id)

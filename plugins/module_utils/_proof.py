# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Did it come about as wanted?

An accepted request proves nothing; what the API shows afterwards does. Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from ._create import window
from ._desired import Current
from ._errors import NotApplied, NotOffered, NotUnique, PpioError, Progress
from ._lookup import Subject
from ._outcome import Outcome
from ._pace import first_seen
from ._plan import Action, Difference, combined, differences

__all__ = ["confirmed", "is_gone", "not_applied", "not_gone", "shown", "still_shown", "told", "unrivalled"]


@contextmanager
def told(progress: Progress) -> Iterator[None]:
    """Lets no error hide what there was and what had been done before it."""
    try:
        yield
    except PpioError as error:
        raise error.after(progress) from error


def shown(subject: Subject, outcome: Outcome, current: Current) -> Outcome:
    """The outcome as the API shows it. Where an answer leaves a field out, it is as asked, as far as anybody knows."""
    asked = Current(current.id, outcome.after or {}, {})
    fields = combined(subject.resource, asked, current).fields
    return replace(outcome, id=current.id, fields=fields, observed=current.observed, doubt=None)


def confirmed(subject: Subject, outcome: Outcome) -> Outcome:
    """The outcome as a get shows it, once that is as wanted. Raises NotApplied, or the doubt, where it never is."""
    wrong: tuple[Difference, ...] = ()

    def look() -> Current | None:
        nonlocal wrong
        current = subject.appeared(outcome.identity)
        if current is None:
            return None
        wrong = differences(subject.resource, current, subject.desired)
        return None if wrong else current

    with told(outcome.progress):
        try:
            current = first_seen(look, subject.client.transport.pace, window(subject.client))
        except NotOffered:
            name = subject.resource.name
            return outcome.warned(f"This server does not show {name}s: the result is what was asked for.")
        if current is None and outcome.certain and not wrong and subject.desired.wait:
            # A wait goes on looking, for as long as the user says.
            return outcome
        if current is None:
            raise outcome.doubt or not_applied(subject, outcome, wrong)
    return shown(subject, outcome, current)


def not_applied(subject: Subject, outcome: Outcome, wrong: Iterable[Difference]) -> NotApplied:
    differing = "; ".join(map(str, wrong))
    detail = f"but shows {differing}" if differing else "but does not show it"
    taken_over = outcome.action in (Action.CREATE, Action.RECREATE) and not outcome.certain
    done = "This task took over" if taken_over else f"The API accepted the {outcome.action.value} of"
    return NotApplied(f"{done} the {subject.resource.name} {outcome.id}, {detail}.")


def is_gone(subject: Subject, identity: str, *, going_is_enough: bool) -> bool:
    """Whether neither a get nor the list shows it any more, within the time that reads may lag behind."""
    return bool(
        first_seen(
            lambda: None if still_shown(subject, {identity}, going_is_enough=going_is_enough) else True,
            subject.client.transport.pace,
            window(subject.client),
        )
    )


def still_shown(subject: Subject, identities: Collection[str], *, going_is_enough: bool) -> Current | None:
    """The first of these ids that a get or the list shows, other than as being deleted if that is enough."""

    def stays(current: Current | None) -> bool:
        return current is not None and not (going_is_enough and subject.is_going(current))

    for identity in identities:
        current = subject.read(identity)
        if stays(current):
            return current
    try:
        items = [item for item in subject.client.listed() if item["id"] in identities]
    except NotOffered:
        return None
    return next(filter(stays, (subject.seen(item) for item in items)), None)


def not_gone(subject: Subject, identity: str) -> NotApplied:
    return NotApplied(
        f"The API accepted the delete of the {subject.resource.name} {identity}, but still shows it. "
        f"Until it is gone, it may cost money."
    )


def unrivalled(subject: Subject, outcome: Outcome, others: Iterable[Current]) -> Outcome:
    """The outcome once this run has done its part so that one resource of the name is left.

    `others` are those of the name that came into being beside this run's own. All runs agree on the oldest, and each
    deletes only what it created itself. The outcome then is of another one, which nobody has compared yet. Raises
    NotUnique where that is not wanted, or not certain.
    """
    rivals = [other for other in others if not subject.is_going(other)]
    if not rivals:
        return outcome
    listed = ", ".join(rival.id for rival in rivals)
    story = (
        f"This task created {outcome.id}, and somebody else at the same time {listed}, "
        f"both of the name {subject.desired.name!r}."
    )
    if not (subject.desired.elect and outcome.certain):
        raise NotUnique(
            f"{story} Both cost money: delete one. With on_rival=elect such runs agree on one by themselves.",
            progress=outcome.progress,
        )
    own = Current(outcome.identity, {}, outcome.observed or {})
    winner = min((own, *rivals), key=_seniority)
    if winner is own:
        return outcome.warned(f"{story} It stays, as the older one; with on_rival=elect the other run removes its own.")
    with told(outcome.progress):
        subject.client.delete(own.id)
        if not is_gone(subject, own.id, going_is_enough=True):
            raise not_gone(subject, own.id)
    taken = replace(outcome, id=winner.id, certain=False)
    return taken.warned(f"{story} It removed its own again and took {winner.id}.")


def _seniority(current: Current) -> tuple[float, str]:
    """What all runs sort by: the oldest wins, and among those of one second the id decides."""
    created_at = current.observed.get("created_at")
    return (float("inf") if created_at is None else created_at, current.id)

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Verifying: an accepted request proves nothing; what the API shows afterwards does.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .._clock import Deadline, poll
from .._errors import InvalidResponse, NotApplied, PartialResult, PpioError, Unsupported
from .._planning.compare import Difference, combined, differences
from .._planning.masks import contradictions
from .._planning.outcome import Outcome
from .._planning.plan import Action
from .._planning.state import Current, Desired
from .._progress import ProgressReporter
from .._schema.resource import Resource
from .elect import elected, undecided
from .entry import Done, Failed, Misfit, Settled, Stage
from .gone import not_gone
from .journal import Journal
from .snapshot import Snapshot, hidden
from .unapplied import advice
from .view import View

__all__ = ["shown", "verified"]

#: Seconds that may lie between two creations of the same `created_at`, which counts in seconds.
_SAME_AGE = 1.0


@dataclass(frozen=True)
class _Judgement:
    """What a look makes of an entry. Where it is not final, that is how the entry ends if no later look says better."""

    stage: Settled
    is_final: bool = True
    #: Another one, adopted in the place of this run's own, that later looks are to look at.
    adopted: Done | None = None


def verified(
    view: View, stages: Sequence[Stage], deadline: Deadline, progress: ProgressReporter, journal: Journal
) -> list[Stage]:
    """The entries as later looks show them, until all are proven or the deadline has come."""
    result = list(stages)
    pending = {number: stage for number, stage in enumerate(stages) if isinstance(stage, Done) and _needs_proof(stage)}
    if not pending:
        return result
    names = [done.entry.name for done in pending.values()]
    progress.phase(f"checking that the API shows what was done to {view.client.resource.named(names)}")
    try:
        if not poll(lambda: _check_once(view, pending, result, deadline, journal), bool, deadline):
            # What the list does not show in time, a read of its own may.
            _check_once(view, pending, result, deadline, journal, closely=True)
    except PpioError as error:
        for number, done in pending.items():
            result[number] = _given_up(view.client.resource, done, result[number], error)
    return result


def _check_once(
    view: View,
    pending: dict[int, Done],
    result: list[Stage],
    deadline: Deadline,
    journal: Journal,
    *,
    closely: bool = False,
) -> bool:
    """Look once at all that is pending.

    Puts judgements into `result`, takes what is final out of `pending`, and returns whether nothing is left.
    """
    snapshot = _looked(view, list(pending.values()), deadline, closely=closely)
    for number, done in list(pending.items()):
        judgement = _judged(view, done, snapshot, deadline)
        taken = (judgement.adopted or done).outcome
        if taken.id and taken.id in snapshot.named(done.entry.name):
            journal.show(done.entry.name, taken.id)
        result[number] = judgement.stage
        if judgement.is_final:
            del pending[number]
        elif judgement.adopted:
            pending[number] = judgement.adopted
    return not pending


def shown(resource: Resource, outcome: Outcome, current: Current) -> Outcome:
    """The outcome as the API shows it. Where an answer leaves a field out, it is as asked, as far as anybody knows."""
    asked = Current(current.id, outcome.after or {}, {})
    fields = combined(resource, asked, current).fields
    return replace(outcome, id=current.id, fields=fields, observed=current.observed, doubt=None)


def _looked(view: View, pending: Sequence[Done], deadline: Deadline, *, closely: bool) -> Snapshot:
    snapshot = view.proof(pending, deadline, closely=closely)
    if not any(_may_lose(done, snapshot) for done in pending):
        return snapshot
    # Whatever comes later is younger by its `created_at`: only then do all runs that sort by it see the same.
    deadline.clock.sleep(_SAME_AGE)
    return view.proof(pending, deadline, closely=closely)


def _needs_proof(done: Done) -> bool:
    """Whether a look is to prove it. A wait looks by itself at what it waits for, so only a doubt is settled before."""
    outcome, desired = done.outcome, done.entry.desired
    if outcome.action is Action.DELETE and desired.wait_for:
        return outcome.doubt is not None
    return outcome.changed and not done.listing_unavailable


def _may_lose(done: Done, snapshot: Snapshot) -> bool:
    """Whether it was created by this run, to be one of the name by election."""
    outcome = done.outcome
    return done.entry.desired.keep_oldest and outcome.certain and outcome.id in snapshot.listed


def _judged(view: View, done: Done, snapshot: Snapshot, deadline: Deadline) -> _Judgement:
    try:
        if done.outcome.action is Action.DELETE:
            return _judged_removal(view, done, snapshot)
        return _judged_presence(view, done, snapshot, deadline)
    except PpioError as error:
        # What cannot be read says nothing, and the next answer may. A create may have been taken back already.
        is_open = isinstance(error, InvalidResponse) and done.outcome.action is Action.DELETE
        return _Judgement(done.failed(error), is_final=not is_open)


def _judged_removal(view: View, done: Done, snapshot: Snapshot) -> _Judgement:
    outcome = done.outcome
    if snapshot.stays(outcome.identity):
        return _Judgement(done.failed(outcome.doubt or not_gone(view.client, outcome.identity)), is_final=False)
    return _Judgement(replace(done, outcome=replace(outcome, doubt=None)))


def _judged_presence(view: View, done: Done, snapshot: Snapshot, deadline: Deadline) -> _Judgement:
    resource, outcome, desired = view.client.resource, done.outcome, done.entry.target
    try:
        current = snapshot.current(outcome.identity)
    except InvalidResponse as unreadable:
        # What cannot be read says nothing. The next answer may.
        return _Judgement(done.failed(unreadable), is_final=False)
    if current is None and outcome.certain and desired.wait_for:
        # A wait goes on looking, for as long as the user says, but only for this one.
        return _Judgement(_unproven(done, snapshot), is_final=False)
    wrong = contradictions(resource, hidden(view.client, desired, current), desired) if current else ()
    if current is None or wrong:
        error = outcome.doubt or _not_applied(resource, outcome, wrong)
        named = ", ".join(_rivals(done, snapshot))
        error = error.noted(f"Also new under this name: {named}.") if named else error
        misfit = Misfit(outcome, wrong) if wrong else None
        error = error.telling(_last_seen(resource, outcome, current))
        return _Judgement(Failed(done.entry, error, misfit), is_final=False)
    done = replace(done, outcome=shown(resource, outcome, current)).warned(*_unseen(resource, current, desired))
    if done.known is None or outcome.action is Action.UPDATE:
        return _Judgement(done)
    return _judged_uniqueness(view, done, snapshot, deadline)


def _last_seen(resource: Resource, outcome: Outcome, current: Current | None) -> PartialResult:
    """What a failure is to say: the resource as it was seen last, not as it was asked for."""
    if current:
        return shown(resource, outcome, current).partial
    if outcome.action is Action.UPDATE and outcome.previous:
        return replace(outcome.partial, fields=outcome.previous.fields)
    return outcome.partial


def _unseen(resource: Resource, current: Current, desired: Desired) -> tuple[str, ...]:
    """A warning where nobody can see whether secret values arrived."""
    paths = ", ".join(difference.path for difference in differences(resource, current, desired))
    if not paths:
        return ()
    return (f"The API shows values of {paths} only as a mask, so they are sent by each run, and cannot be compared.",)


def _judged_uniqueness(view: View, done: Done, snapshot: Snapshot, deadline: Deadline) -> _Judgement:
    """Whether what was created is the only new one of its name."""
    if snapshot.listing_error:
        return _Judgement(done.warned(_not_ruled_out(snapshot.listing_error.message)))
    if rivals := _rivals(done, snapshot):
        return _judged_rivalry(view, done, rivals, snapshot, deadline)
    if done.outcome.identity not in snapshot.listed:
        # A list that does not show this one yet cannot show another one either.
        reason = f"The list does not show {done.outcome.id} yet."
        return _Judgement(done.warned(_not_ruled_out(reason)), is_final=False)
    return _Judgement(done)


def _unproven(done: Done, snapshot: Snapshot) -> Done:
    """What was created and does not show yet, so that nobody knows whether it is the only new one of its name."""
    if done.known is None or done.outcome.action is Action.UPDATE:
        return done
    named = ", ".join(_rivals(done, snapshot))
    also = f" Also new under this name: {named}." if named else ""
    return done.warned(_not_ruled_out(f"The API does not show {done.outcome.id} yet.{also}"))


def _judged_rivalry(
    view: View, done: Done, rivals: Sequence[str], snapshot: Snapshot, deadline: Deadline
) -> _Judgement:
    if done.entry.desired.keep_oldest and done.outcome.certain and done.outcome.identity not in snapshot.listed:
        return _Judgement(
            done.failed(undecided(view.client.resource, done.outcome, done.entry, rivals)), is_final=False
        )
    client = view.client.until(deadline)
    outcome = elected(client, done.outcome, done.entry, [snapshot.required(rival) for rival in rivals])
    # Rivals do not matter any more.
    agreed = replace(done, outcome=outcome, known=None)
    if outcome.id == done.outcome.id:
        return _Judgement(agreed)
    # What was adopted may not be as wanted.
    return replace(_judged_presence(view, agreed, snapshot, deadline), adopted=agreed)


def _rivals(done: Done, snapshot: Snapshot) -> list[str]:
    """The ids of everything of the name that came into being beside this run's own."""
    if done.known is None or done.outcome.action is Action.UPDATE:
        return []
    return [
        identity
        for identity in snapshot.staying(done.entry.name)
        if identity not in done.known and identity != done.outcome.id
    ]


def _not_ruled_out(reason: str) -> str:
    return f"Another one of the same name cannot be ruled out: {reason}"


def _not_applied(resource: Resource, outcome: Outcome, wrong: Sequence[Difference]) -> NotApplied:
    differing = "; ".join(map(str, wrong))
    detail = f"but shows {differing}" if differing else "but does not show it"
    is_adopted = outcome.action is not Action.UPDATE and not outcome.certain
    done = "This task adopted" if is_adopted else f"The API accepted the {outcome.action.value} of"
    hint = f" {advice(resource, wrong)}" if wrong else ""
    return NotApplied(f"{done} the {resource.name} {outcome.id}, {detail}.{hint}")


def _given_up(resource: Resource, done: Done, before: Stage, error: PpioError) -> Settled:
    """An entry that cannot be looked at any more."""
    if isinstance(error, Unsupported):
        return done.warned(f"This server does not show {resource.plural}: the result is what was asked for.")
    if isinstance(before, Failed):
        return replace(before, error=before.error.noted(error.message))
    return Failed(done.entry, error.after(_last_seen(resource, done.outcome, None)))

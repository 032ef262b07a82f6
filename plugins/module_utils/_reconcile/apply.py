# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Applying: carries out the steps of a plan, or predicts what that would do.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any

from .._api.client import Client
from .._api.thread import uninterrupted
from .._clock import Deadline, poll
from .._errors import (
    AmbiguousResponse,
    ChangedMeanwhile,
    InStock,
    NotUnique,
    OutcomeUnknown,
    PartialResult,
    PpioError,
    require,
)
from .._planning.masks import contradictions
from .._planning.outcome import Outcome, predicted
from .._planning.plan import Action, AwaitGone, Create, Delete, Plan, Step, Update, plan
from .._planning.rollout_states import check_way_back
from .._planning.state import Current
from .._progress import SILENT, ProgressReporter
from .create import Created, Creation, create_once
from .entry import Done, Located
from .gone import is_gone, not_gone
from .memory import Memory
from .recall import recalled
from .retry import Retries
from .snapshot import hidden, latest, renamed_meanwhile, seen, settle_window, settled
from .surge_notes import unsurged, with_surge

__all__ = ["applied", "foreseen"]

_RECOVERED = (
    "Another task on this machine started extra workers (rollout.surge), and did not remove them. This task removes "
    "them."
)


def foreseen(client: Client, located: Located, memory: Memory) -> Done:
    """What `applied` would do, reading once more before an update as it does."""
    located = recalled(client, memory.creates, located)
    located, planned = _planned(client, located, memory)
    return located.done(_predicted(client, located, planned))


def applied(client: Client, located: Located, memory: Memory, progress: ProgressReporter) -> Done:
    """The entry once the steps of its plan are done; an update is planned anew before each of its tries."""
    located = recalled(client, memory.creates, located)
    retries = Retries(client)
    while True:
        end = _tried(client, located, memory, progress, retries)
        if isinstance(end, Done):
            return end
        located = end


def _tried(
    client: Client, located: Located, memory: Memory, progress: ProgressReporter, retries: Retries
) -> Done | Located:
    """What the steps of a plan led to; or the entry as it was, to be planned and tried again."""
    try:
        surged, planned = with_surge(client.resource, *_planned(client, located, memory))
    except PpioError:
        if retries.lost is None:
            raise
        return retries.lost
    if retries.lost and not planned.steps:
        return retries.lost
    memory.surges.begin(surged, planned)
    outcome = retries.continued(_predicted(client, surged, planned))
    retries.begin()
    try:
        return surged.done(_Work(client, memory, progress, surged, outcome).carried_out(planned.steps))
    except PpioError as error:
        if planned.action is not Action.UPDATE:
            raise
        end = retries.rest(surged.done(outcome), error)
    # If the lost try arrived, its extra workers are there. Keep the surge, or the next try would remove them.
    return end or replace(surged if retries.lost else located, is_stale=True)


def _planned(client: Client, located: Located, memory: Memory) -> tuple[Located, Plan]:
    """The plan from the latest look, read once more where that is needed because a list shows less."""
    desired = located.entry.desired
    try:
        if located.current:
            hidden(client, desired, located.current)
        if located.is_stale:
            located = replace(located, current=_latest(client, located), is_stale=False)
        _check_expected(client, located)
        planned = plan(client.resource, located.current, desired)
        beside = unsurged(client.resource, memory.surges, located, planned)
        if beside is not located:
            located, desired = beside, beside.entry.desired
            planned = plan(client.resource, located.current, desired)
        check_way_back(client.resource, located.current, planned, desired)
        memory.unapplied.refuse(client.resource, located, planned)
        return located, planned
    except PpioError as error:
        raise error.after(located.partial) from error


def _latest(client: Client, located: Located) -> Current:
    """The resource as it is now. A read that is behind the list, or what this task has left there, is repeated.

    Raises ChangedMeanwhile for what was found by its name and has another one.
    """
    desired, expected, current = located.entry.desired, located.expected, require(located.current)

    def other_name(now: Current) -> str:
        name = now.fields.get(client.resource.name_name)
        return "" if located.known is None or name in (None, located.entry.name) else str(name)

    def agrees(now: Current) -> bool:
        return not (contradictions(client.resource, now, expected) if expected else other_name(now))

    now = poll(lambda: latest(client, desired, current), agrees, settled(client))
    if not expected and (name := other_name(now)):
        raise renamed_meanwhile(now.id, located.entry.name, name)
    return now


def _check_expected(client: Client, located: Located) -> None:
    """Raises ChangedMeanwhile where the latest look shows something else than this task has left there, or InStock."""
    expected, current = located.expected, located.current
    if expected and current and (wrong := contradictions(client.resource, current, expected)):
        named = "; ".join(map(str, wrong))
        raise ChangedMeanwhile(f"Somebody else has changed the {client.resource.name} meanwhile: {named}.")
    lacks_stock = require(client.resource.lifecycle).lacks_stock if located.is_without_stock else None
    if lacks_stock and not lacks_stock(require(located.current).observed):
        raise InStock(f"The {client.resource.name} is not out of stock any more.")


def _predicted(client: Client, located: Located, planned: Plan) -> Outcome:
    outcome = predicted(located.current, planned).warned(*located.remarks)
    if located.entry.recovered:
        outcome = outcome.warned(_RECOVERED)
    if planned.action is Action.RECREATE:
        old = f"{client.resource.name} {require(located.current).id}"
        outcome = outcome.warned(f"The {old} is deleted, and another one is created, with another id.")
    if located.listing_unavailable:
        plural = client.resource.plural
        outcome = outcome.warned(f"This server does not list {plural}, so one that exists already cannot be seen.")
    return outcome


@dataclass(frozen=True)
class _Work:
    """The steps for one entry. `outcome` is what there will be if all goes well."""

    client: Client
    memory: Memory
    progress: ProgressReporter
    located: Located
    outcome: Outcome

    def carried_out(self, steps: tuple[Step, ...]) -> Outcome:
        outcome, deleted = self.outcome, ""
        for step in steps:
            try:
                outcome = self._done(step, outcome)
            except PpioError as error:
                if deleted and isinstance(step, Create):
                    raise self._failed_replacement(step, deleted, error) from error
                raise self._explained(step, error) from error
            deleted = step.id if isinstance(step, AwaitGone) else deleted
        return outcome

    def _explained(self, step: Step, error: PpioError) -> PpioError:
        """The error of a step, with what was done before it, and what the user should know of a create."""
        error = error.after(self._partial(step))
        if not (isinstance(step, Create) and self.located.warnings):
            return error
        partial = require(error.partial)
        return error.telling(replace(partial, warnings=(*self.located.warnings, *partial.warnings)))

    def _done(self, step: Step, outcome: Outcome) -> Outcome:
        client = self.client
        match step:
            case Create():
                return self._created(step, outcome)
            case Update():
                name = require(outcome.after)[client.resource.name_name]
                noted = self.memory.creates.renaming(step.id, name) if outcome.renamed else nullcontext()
                with noted, self.progress.sending("update", self.located.entry.name, step.id):
                    client.update(step.id, step.body)
                return outcome
            case Delete():
                return self._deleted(step, outcome)
            case AwaitGone():
                return self._await_gone(step, outcome)

    def _created(self, step: Create, outcome: Outcome) -> Outcome:
        client, located, desired = self.client, self.located, self.located.entry.target
        creation = Creation(
            located.entry.name,
            step.body,
            located.known,
            lambda item: not contradictions(client.resource, seen(client, desired, item), desired),
            is_noted=self._is_noted(located.entry.name),
        )
        created = self._create_uninterrupted(creation, self._deadline_for_create)
        outcome = replace(outcome, id=created.id, certain=created.certain)
        return outcome.warned(*located.warnings, *created.warnings)

    @property
    def _deadline_for_create(self) -> Deadline:
        """That of the task; a new one where what was deleted first may have taken all of its time to go."""
        if self.outcome.action is not Action.RECREATE:
            return self.client.deadline
        return self.client.transport.connection.patience(self.client.deadline.clock)

    def _create_uninterrupted(self, creation: Creation, deadline: Deadline) -> Created:
        """Create once. Where somebody hears of it, its id is told even if the task is stopped meanwhile."""

        def create() -> Created:
            with self.progress.creating(creation.name, is_noted=creation.is_noted):
                return self._created_once(creation, deadline)

        return create() if self.progress is SILENT else uninterrupted(create)

    def _created_once(self, creation: Creation, deadline: Deadline) -> Created:
        try:
            created = create_once(self.client.until(deadline), creation, resend=self.located.entry.desired.resend)
        except (OutcomeUnknown, NotUnique):
            raise
        except PpioError:
            # Nothing came of it.
            self.memory.creates.clear(creation.name)
            raise
        if creation.is_noted:
            self.memory.creates.complete(creation.name, created.id)
        self.progress.created(creation.name, created.id)
        return created

    def _deleted(self, step: Delete, outcome: Outcome) -> Outcome:
        try:
            with self.progress.sending("delete", self.located.entry.name, step.id):
                self.client.delete(step.id)
        except AmbiguousResponse as error:
            # What the API shows decides whether it arrived.
            outcome = replace(outcome, doubt=error)
        return outcome

    def _await_gone(self, step: AwaitGone, outcome: Outcome) -> Outcome:
        """Wait until the deleted one is gone, for at most wait_timeout. Raises NotApplied if it is not."""
        client = self.client.until(self.client.deadline.clock.after(self.located.entry.desired.wait_timeout))
        if not is_gone(client, step.id, deleting_is_enough=False):
            raise outcome.doubt or not_gone(self.client, step.id)
        self.memory.creates.forget(step.id)
        return replace(outcome, doubt=None)

    def _failed_replacement(self, step: Create, deleted: str, error: PpioError) -> PpioError:
        """Why a create failed that came after a delete, and what became of the old one."""
        name, located = self.client.resource.name, self.located
        gone = f"The old {name} {deleted} has been deleted"
        old = replace(located.partial, operation=self.outcome.action.value, changed=True)
        partial = replace(self.outcome, fields=None).partial
        if isinstance(error, (OutcomeUnknown, NotUnique)) or step.restored is None:
            before = replace(error.partial or partial, operation=self.outcome.action.value, deleted=old)
            return error.telling(before).noted(f"{gone}.")
        try:
            restored = self._put_back(step.restored, deleted)
        except PpioError as reason:
            told = error.telling(replace(partial, deleted=old))
            return told.noted(f"{gone}, and could not be put back. {reason.message} The result has its settings.")
        told = error.telling(replace(old, id=restored.id, observed=None))
        return told.noted(f"{gone}, and was put back with all its settings, as {restored.id}.")

    def _put_back(self, body: Mapping[str, Any], deleted: str) -> Created:
        """The old one, created again. What failed before may have used up the time for retries."""
        clock, located = self.client.deadline.clock, self.located
        known = None if located.known is None else located.known | {deleted}
        name = str(body[self.client.resource.name_name])
        creation = Creation(name, body, known, lambda _item: True, is_noted=self._is_noted(name))
        return self._create_uninterrupted(creation, clock.after(settle_window(self.client)))

    def _is_noted(self, name: str) -> bool:
        """Whether later tasks will know of the create that is about to be sent. Only what is found by name is noted."""
        return self.located.known is not None and self.memory.creates.begin(name)

    def _partial(self, step: Step) -> PartialResult:
        """What had been done when a step failed."""
        if isinstance(step, AwaitGone):
            return replace(self.located.partial, operation=self.outcome.action.value, changed=True)
        return self.located.partial

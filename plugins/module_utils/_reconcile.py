# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""In which order is everything done?

Find, plan, and then either stop (check mode) or act, look at what came of it, and wait. Private to the ppio.gpu
collection.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from ._client import Client
from ._create import Created, create_once, rivals, window
from ._desired import Current, Desired, current_from
from ._errors import Lost, Missing, NotApplied, NotOffered, NotUnique, PpioError, Progress, Rejected
from ._lock import turn
from ._pace import first_seen
from ._plan import Action, Difference, Plan, combined, differences, is_complete, plan
from ._resource import Fields, Resource
from ._wait import Wait, wait_until_gone, wait_until_ready

__all__ = ["Outcome", "Reconciliation"]

_CONFLICT = 409
#: How often an update is planned anew because somebody else was faster.
_PLANS = 3


@dataclass(frozen=True)
class Outcome:
    """What was done, or in check mode what would be.

    `fields` and `observed` are the resource afterwards (None: it is not there), `before` and `after` what the plan
    compared. `id` is None for what does not exist yet.
    """

    action: Action
    id: str | None
    fields: Fields | None
    observed: Fields | None
    before: Fields | None
    after: Fields | None
    warnings: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        return self.action is not Action.NONE

    @property
    def progress(self) -> Progress:
        return Progress(self.action.value, self.changed, self.id, self.fields, self.observed, self.warnings)


@dataclass(frozen=True)
class _Found:
    """What is there.

    `known` are the ids that have the name, None where there was no looking by name. `blind` says that the server
    offers no way to look. `warnings` are for the case that something is created.
    """

    current: Current | None
    known: frozenset[str] | None = None
    blind: bool = False
    warnings: tuple[str, ...] = ()

    @property
    def progress(self) -> Progress:
        if self.current is None:
            return Progress(Action.NONE.value, changed=False)
        return Progress(Action.NONE.value, False, self.current.id, self.current.fields, self.current.observed)


@dataclass(frozen=True)
class Reconciliation:
    """Makes the API's resource what is wanted."""

    resource: Resource
    client: Client
    desired: Desired

    def run(self, *, predict: bool) -> Outcome:
        """Do what it takes and wait for it, or only say what that would be. Raises the errors of every room below."""
        if predict:
            found = self._find()
            with _told(found.progress):
                return self._predicted(found, plan(self.resource, found.current, self.desired))
        with self._in_turn() as warnings:
            found = replace(self._find(), warnings=warnings)
            with _told(found.progress):
                outcome = self._execute(found)
        return self._waited(outcome, found) if self.desired.wait_for else outcome

    @contextmanager
    def _in_turn(self) -> Iterator[tuple[str, ...]]:
        """Lets tasks on this machine that may create the same name look and create one after the other."""
        if not (self.desired.present and self.desired.unique_name and self.desired.id is None):
            yield ()
            return
        transport = self.client.transport
        subject = f"{transport.connection.origin} {self.resource.path} {self.desired.name}"
        with turn(subject, transport.pace, transport.remaining) as trouble:
            yield (
                (f"Another task on this machine may create the same {self.resource.name} at once: {trouble}.",)
                if trouble
                else ()
            )

    def _find(self) -> _Found:
        if self.desired.id is not None:
            current = self._read(self.desired.id)
            return _Found(None if current and self._is_going(current) else current)
        if self.desired.present and not self.desired.unique_name:
            return _Found(None)
        try:
            return self._named(self.desired.name or "")
        except NotOffered:
            if not self.desired.present:
                raise
            return _Found(None, blind=True)

    def _named(self, name: str) -> _Found:
        """The one of that name, completed by a get: a list item shows less."""
        items = [current_from(self.resource, item) for item in self.client.named(name)]
        known = frozenset(item.id for item in items)
        staying = [item for item in items if not self._is_going(item)]
        if len(staying) > 1:
            raise NotUnique(
                f"{len(staying)} {self.resource.name}s have the name {name!r}: "
                f"{', '.join(item.id for item in staying)}. Give the id of the one you mean."
            )
        if not staying:
            return _Found(None, known)
        detail = self._read(staying[0].id)
        return _Found(combined(self.resource, staying[0], detail) if detail else staying[0], known)

    def _read(self, identity: str) -> Current | None:
        answer = self.client.get(identity)
        return current_from(self.resource, answer) if answer is not None else None

    def _is_going(self, current: Current) -> bool:
        """Whether it is being deleted, so that it is neither what is wanted nor in the way."""
        return (current.observed["status"]["status"] or "").lower() in self.resource.going_words

    def _predicted(self, found: _Found, planned: Plan) -> Outcome:
        blind = f"This server does not list {self.resource.name}s, so one that exists already cannot be seen."
        current = None if planned.action is Action.RECREATE else found.current
        return Outcome(
            planned.action,
            id=current.id if current else None,
            fields=planned.after,
            observed=current.observed if current and planned.after is not None else None,
            before=planned.before,
            after=planned.after,
            warnings=(blind,) if found.blind else (),
        )

    def _execute(self, found: _Found) -> Outcome:
        planned = plan(self.resource, found.current, self.desired)
        predicted = self._predicted(found, planned)
        match planned.action:
            case Action.CREATE:
                return self._create(planned, predicted, found)
            case Action.UPDATE:
                return self._update(found)
            case Action.DELETE:
                self._remove(_identity(predicted), predicted.progress, going_is_enough=True)
            case Action.RECREATE:
                return self._recreate(planned, predicted, found)
        return predicted

    def _create(self, planned: Plan, predicted: Outcome, found: _Found) -> Outcome:
        created = create_once(self.client, planned.body, found.known, resend=self.desired.resend)
        outcome = replace(predicted, id=created.id, warnings=predicted.warnings + found.warnings + created.warnings)
        with _told(outcome.progress):
            if found.blind:
                return outcome
            confirmed = self._confirmed(created.id, outcome)
            return confirmed if found.known is None else self._unrivalled(created, confirmed, found.known)

    def _unrivalled(self, created: Created, outcome: Outcome, known: frozenset[str]) -> Outcome:
        """The outcome once no other run's creation of the same name is left that this one could do something about."""
        name = self.desired.name or ""
        try:
            others = [current_from(self.resource, item) for item in rivals(self.client, name, known, created.id)]
        except Lost as error:
            return replace(outcome, warnings=(*outcome.warnings, error.message))
        others = [other for other in others if not self._is_going(other)]
        if not others:
            return outcome
        listed = ", ".join(other.id for other in others)
        story = (
            f"This task created {created.id}, and somebody else at the same time {listed}, both of the name {name!r}."
        )
        if not (self.desired.elect and created.certain):
            raise NotUnique(
                f"{story} Both cost money: delete one. on_rival=elect lets such runs agree on one by themselves."
            )
        own = Current(created.id, {}, outcome.observed or {})
        winner = min((own, *others), key=_seniority).id
        if winner == created.id:
            return replace(outcome, warnings=(*outcome.warnings, f"{story} It stays; the other run removes its own."))
        self._remove(created.id, outcome.progress, going_is_enough=True)
        taken = replace(
            outcome, id=winner, warnings=(*outcome.warnings, f"{story} It removed its own again and took {winner}.")
        )
        with _told(taken.progress):
            return self._confirmed(winner, taken)

    def _update(self, found: _Found) -> Outcome:
        """Read once more, plan with that, and send; again where the API says that somebody else was faster."""
        conflict: PpioError | None = None
        for _attempt in range(_PLANS):
            latest = replace(found, current=self._latest(found.current))
            planned = plan(self.resource, latest.current, self.desired)
            predicted = self._predicted(latest, planned)
            if planned.action is not Action.UPDATE:
                return predicted if planned.action is Action.NONE else self._execute(latest)
            try:
                return self._updated(planned, predicted)
            except Rejected as error:
                if error.call is None or error.call.status != _CONFLICT:
                    raise
                conflict = error
        assert conflict is not None
        raise conflict

    def _latest(self, current: Current | None) -> Current:
        """The resource as it is now. Only the list shows the size of a local volume, which a full update must name."""
        assert current is not None
        detail = self._read(current.id)
        if detail is None:
            raise Missing(f"The {self.resource.name} {current.id} has just been deleted by somebody else.")
        latest = combined(self.resource, current, detail)
        if is_complete(self.resource, latest):
            return latest
        items = (current_from(self.resource, item) for item in self.client.listed() if item["id"] == current.id)
        item = next(items, None)
        return combined(self.resource, item, detail) if item else latest

    def _updated(self, planned: Plan, predicted: Outcome) -> Outcome:
        identity = _identity(predicted)
        lost: Lost | None = None
        try:
            self.client.update(identity, planned.body)
        except Lost as error:
            lost = error
        with _told(predicted.progress):
            try:
                return self._confirmed(identity, predicted)
            except NotApplied as error:
                # What a get shows decides whether an update arrived whose answer was lost.
                raise lost or error from None

    def _recreate(self, planned: Plan, predicted: Outcome, found: _Found) -> Outcome:
        assert found.current is not None
        removed = replace(found.progress, operation=planned.action.value, changed=True)
        self._remove(found.current.id, removed, going_is_enough=False)
        with _told(replace(predicted.progress, fields=None)):
            return self._create(planned, predicted, found)

    def _confirmed(self, identity: str, outcome: Outcome) -> Outcome:
        """The outcome as the API shows it, once that is as wanted. Raises NotApplied where it never is."""
        wrong: tuple[Difference, ...] = ()

        def look() -> Current | None:
            nonlocal wrong
            current = self._read(identity)
            if current is None:
                # Raises NotOffered where the server never shows anything.
                next(self.client.listed(), None)
                return None
            wrong = differences(self.resource, current, self.desired)
            return None if wrong else current

        try:
            current = first_seen(look, self.client.transport.pace, window(self.client))
        except NotOffered:
            warning = (
                f"This server does not show {self.resource.name}s: the result is what was asked for, not what it shows."
            )
            return replace(outcome, warnings=(*outcome.warnings, warning))
        if current is not None:
            # Where a get does not show a field, it is what was asked for, as far as anybody knows.
            asked = Current(identity, outcome.after or {}, {})
            return replace(outcome, fields=combined(self.resource, asked, current).fields, observed=current.observed)
        shown = f"but shows {'; '.join(map(str, wrong))}" if wrong else "but does not show it"
        raise NotApplied(
            f"The API accepted the {outcome.action.value} of the {self.resource.name} {identity}, {shown}."
        )

    def _remove(self, identity: str, progress: Progress, *, going_is_enough: bool) -> None:
        """Delete, and return once neither a get nor the list shows it. Raises NotApplied or Lost if they still do."""
        doubt: PpioError = NotApplied(
            f"The API accepted the delete of the {self.resource.name} {identity}, but still shows it. It may bill."
        )
        try:
            self.client.delete(identity)
        except Lost as error:
            doubt = error
        with _told(progress):
            seen = first_seen(
                lambda: None if self._is_shown(identity, going_is_enough=going_is_enough) else True,
                self.client.transport.pace,
                window(self.client),
            )
            if not seen:
                raise doubt

    def _is_shown(self, identity: str, *, going_is_enough: bool) -> bool:
        """Whether a get or the list shows it, other than as being deleted if that is enough."""

        def stays(current: Current | None) -> bool:
            return current is not None and not (going_is_enough and self._is_going(current))

        if stays(self._read(identity)):
            return True
        try:
            items = [item for item in self.client.listed() if item["id"] == identity]
        except NotOffered:
            return False
        return any(stays(current_from(self.resource, item)) for item in items)

    def _waited(self, outcome: Outcome, found: _Found) -> Outcome:
        wait = Wait(self.resource, self.desired.wait_for, self.desired.wait_timeout, outcome.progress)
        # Polls retry what passes until the wait is over, whatever the task has used up of its own budget.
        patient = replace(self, client=self.client.renewed(self.desired.wait_timeout))
        pace = self.client.transport.pace
        if not self.desired.present:
            going = (found.known or frozenset()) | {identity for identity in (outcome.id, self.desired.id) if identity}
            wait_until_gone(wait, lambda: any(patient._is_shown(one, going_is_enough=False) for one in going), pace)
            return outcome
        ready = wait_until_ready(wait, lambda: patient._read(_identity(outcome)), pace)
        fields = combined(self.resource, Current(ready.current.id, outcome.fields or {}, {}), ready.current).fields
        return replace(
            outcome, fields=fields, observed=ready.current.observed, warnings=outcome.warnings + ready.warnings
        )


def _identity(outcome: Outcome) -> str:
    assert outcome.id is not None
    return outcome.id


def _seniority(current: Current) -> tuple[float, str]:
    """What all runs sort by: the oldest wins, and among those of one second the id decides."""
    created_at = current.observed.get("created_at")
    return (float("inf") if created_at is None else created_at, current.id)


@contextmanager
def _told(progress: Progress) -> Iterator[None]:
    """Lets no error hide what there was and what had been done before it."""
    try:
        yield
    except PpioError as error:
        raise error.after(progress) from error

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""In which order is everything done?

Find, plan, and then either stop (check mode) or act and look at what came of it. Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from ._client import Client
from ._create import create_once
from ._desired import Current, Desired, current_from
from ._errors import Lost, NotApplied, NotOffered, NotUnique, PpioError, Progress
from ._pace import first_seen
from ._plan import Action, Difference, Plan, combined, differences, plan
from ._resource import Fields, Resource

__all__ = ["Outcome", "Reconciliation"]

#: Seconds within which a read shows what was just written, at most; the retry budget may end it sooner.
_SETTLE_WINDOW = 30.0


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


@dataclass(frozen=True)
class _Found:
    """What is there.

    `known` are the ids that have the name, None where there was no looking by name. `blind` says that the server
    offers no way to look.
    """

    current: Current | None
    known: frozenset[str] | None = None
    blind: bool = False


@dataclass(frozen=True)
class Reconciliation:
    """Makes the API's resource what is wanted."""

    resource: Resource
    client: Client
    desired: Desired

    def run(self, *, predict: bool) -> Outcome:
        """Do what it takes, or only say what that would be. Raises the errors of every room below."""
        found = self._find()
        with _told(_untouched(found.current)):
            planned = plan(self.resource, found.current, self.desired)
            predicted = self._predicted(found, planned)
            return predicted if predict else self._execute(planned, predicted, found)

    def _execute(self, planned: Plan, predicted: Outcome, found: _Found) -> Outcome:
        match planned.action:
            case Action.NONE:
                return predicted
            case Action.CREATE:
                return self._create(planned, predicted, found)
            case Action.UPDATE:
                return self._update(planned, predicted)
            case Action.DELETE:
                return self._delete(predicted)
            case Action.RECREATE:
                return self._recreate(planned, predicted, found)

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
        return (current.observed["status"]["status"] or "").lower() in self.resource.gone_words

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

    def _create(self, planned: Plan, predicted: Outcome, found: _Found) -> Outcome:
        created = create_once(self.client, planned.body, found.known)
        outcome = replace(predicted, id=created.id, warnings=predicted.warnings + created.warnings)
        with _told(_progress(outcome)):
            return outcome if found.blind else self._confirmed(created.id, outcome)

    def _update(self, planned: Plan, predicted: Outcome) -> Outcome:
        identity = _identity(predicted)
        try:
            self.client.update(identity, planned.body)
        except Lost as error:
            return self._settled(identity, predicted, error)
        with _told(_progress(predicted)):
            return self._confirmed(identity, predicted)

    def _settled(self, identity: str, predicted: Outcome, lost: Lost) -> Outcome:
        """The outcome of an update whose answer was lost: what a get shows decides."""
        with _told(_progress(predicted)):
            try:
                return self._confirmed(identity, predicted)
            except NotApplied:
                raise lost from None

    def _delete(self, predicted: Outcome) -> Outcome:
        self._remove(_identity(predicted), _progress(predicted), going_is_enough=True)
        return predicted

    def _recreate(self, planned: Plan, predicted: Outcome, found: _Found) -> Outcome:
        assert found.current is not None
        removed = replace(_untouched(found.current), operation=planned.action.value, changed=True)
        self._remove(found.current.id, removed, going_is_enough=False)
        with _told(replace(_progress(predicted), fields=None)):
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
            current = first_seen(look, self.client.transport.pace, self._window)
        except NotOffered:
            warning = f"This server does not show {self.resource.name}s: the result is what was asked for, not what it shows."
            return replace(outcome, warnings=(*outcome.warnings, warning))
        if current is not None:
            # Where a get does not show a field, it is what was asked for, as far as anybody knows.
            asked = Current(identity, outcome.after or {}, {})
            return replace(outcome, fields=combined(self.resource, asked, current).fields, observed=current.observed)
        shown = f"but shows {'; '.join(map(str, wrong))}" if wrong else "but does not show it"
        raise NotApplied(f"The API accepted the {outcome.action.value} of the {self.resource.name} {identity}, {shown}.")

    def _remove(self, identity: str, progress: Progress, *, going_is_enough: bool) -> None:
        """Delete, and return once neither a get nor the list shows it. Raises NotApplied or Lost where they still do."""
        doubt: PpioError = NotApplied(
            f"The API accepted the delete of the {self.resource.name} {identity}, but still shows it. It may cost money."
        )
        try:
            self.client.delete(identity)
        except Lost as error:
            doubt = error
        with _told(progress):
            if not self._is_seen_gone(identity, going_is_enough=going_is_enough):
                raise doubt

    def _is_seen_gone(self, identity: str, *, going_is_enough: bool) -> bool:
        def is_there(current: Current | None) -> bool:
            return current is not None and not (going_is_enough and self._is_going(current))

        def look() -> bool | None:
            if is_there(self._read(identity)):
                return None
            items = (item for item in self.client.listed() if item["id"] == identity)
            return None if any(is_there(current_from(self.resource, item)) for item in items) else True

        try:
            return bool(first_seen(look, self.client.transport.pace, self._window))
        except NotOffered:
            return True

    @property
    def _window(self) -> float:
        return min(self.client.transport.remaining, _SETTLE_WINDOW)

def _identity(outcome: Outcome) -> str:
    assert outcome.id is not None
    return outcome.id


def _progress(outcome: Outcome) -> Progress:
    return Progress(outcome.action.value, outcome.changed, outcome.id, outcome.fields, outcome.observed)


def _untouched(current: Current | None) -> Progress:
    if current is None:
        return Progress(Action.NONE.value, changed=False)
    return Progress(Action.NONE.value, False, current.id, current.fields, current.observed)


@contextmanager
def _told(progress: Progress) -> Iterator[None]:
    """Lets no error hide what there was and what had been done before it."""
    try:
        yield
    except PpioError as error:
        raise error.after(progress) from error

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

from ._create import Creation, create_once, rivals
from ._errors import BadAnswer, BrokenLimits, Lost, PpioError, Rejected, Unsent, existing
from ._lock import turn
from ._lookup import Found, Subject, find
from ._outcome import Outcome, predicted
from ._plan import Action, Plan, plan
from ._proof import confirmed, is_gone, not_gone, shown, still_shown, told, unrivalled
from ._telling import SILENT, Teller
from ._wait import Wait, Watch, watched

__all__ = ["Reconciliation"]

_CONFLICT = 409
#: How often an update is planned anew because somebody else was faster.
_PLANS = 3


@dataclass(frozen=True)
class Reconciliation:
    """Makes one resource what is wanted.

    `proves` is false where somebody else looks at what came of it: then a write whose answer was lost is a doubt in
    the outcome.
    """

    subject: Subject
    proves: bool = True
    teller: Teller = SILENT

    def run(self, *, predict: bool) -> Outcome:
        """Do what it takes and wait for it, or only say what that would be. Raises the errors of every room below."""
        if predict:
            return self.predict(find(self.subject))
        with self._in_turn() as warnings:
            found = replace(find(self.subject), warnings=warnings)
            outcome = self.execute(found)
        return self._waited(outcome, found) if self.subject.desired.wait else outcome

    def predict(self, found: Found) -> Outcome:
        """What `execute` would do, reading once more before an update as it does."""
        resource, desired = self.subject.resource, self.subject.desired
        with told(found.progress):
            planned = plan(resource, found.current, desired)
            if planned.action in (Action.UPDATE, Action.RECREATE):
                found, planned = self._planned_anew(found)
        return self._predicted(found, planned)

    def execute(self, found: Found) -> Outcome:
        """Do what it takes, with what was found just before."""
        with told(found.progress):
            planned = plan(self.subject.resource, found.current, self.subject.desired)
            outcome = self._predicted(found, planned)
            match planned.action:
                case Action.CREATE:
                    return self._create(planned, outcome, found)
                case Action.UPDATE:
                    return self._update(found)
                case Action.DELETE:
                    return self._delete(outcome)
                case Action.RECREATE:
                    return self._recreate(found)
        return outcome

    def _planned_anew(self, found: Found) -> tuple[Found, Plan]:
        """What is there now, read once more because a list shows less, and the plan from that."""
        subject = self.subject
        latest = replace(found, current=subject.latest(existing(found.current)))
        planned = plan(subject.resource, latest.current, subject.desired)
        needed = [field.name for field in subject.resource.fields if field.required]
        missing = [name for name in needed if not planned.body.get(name)]
        if planned.action is Action.RECREATE and missing:
            listed = ", ".join(missing)
            raise BrokenLimits(
                f"The API does not show {listed} of the {subject.resource.name} {existing(latest.current).id}, "
                f"so it could not be created anew. Give {listed}. Nothing was deleted."
            )
        return latest, planned

    @contextmanager
    def _in_turn(self) -> Iterator[tuple[str, ...]]:
        """Lets tasks on this machine that may create the same name look and create one after the other."""
        desired, resource = self.subject.desired, self.subject.resource
        if not (desired.present and desired.unique_name and desired.id is None):
            yield ()
            return
        transport = self.subject.client.transport
        everything = f"{transport.connection.origin}{resource.path}"
        with (
            turn(everything, transport.pace, transport.remaining, shared=True) as trouble,
            turn(f"{everything} {desired.name}", transport.pace, transport.remaining) as own_trouble,
        ):
            causes = [cause for cause in (trouble, own_trouble) if cause]
            warning = f"Another task on this machine may create the same {resource.name} at once: {'; '.join(causes)}."
            yield (warning,) if causes else ()

    def _predicted(self, found: Found, planned: Plan) -> Outcome:
        outcome = predicted(found.current, planned)
        if not found.blind:
            return outcome
        name = self.subject.resource.name
        return outcome.warned(f"This server does not list {name}s, so one that exists already cannot be seen.")

    def _create(self, planned: Plan, outcome: Outcome, found: Found) -> Outcome:
        subject = self.subject
        creation = Creation(planned.body, found.known, subject.fits)
        created = create_once(subject.client, creation, resend=subject.desired.resend)
        outcome = replace(outcome, id=created.id, certain=created.certain)
        outcome = outcome.warned(*found.warnings, *created.warnings)
        if found.blind or not self.proves:
            return outcome
        outcome = confirmed(subject, outcome)
        return outcome if found.known is None else self._alone(outcome, found.known)

    def _alone(self, outcome: Outcome, known: frozenset[str]) -> Outcome:
        """Look once more, for what another controller created at the same moment."""
        try:
            name, of_age = self.subject.desired.name or "", self.subject.desired.elect and outcome.certain
            items = rivals(self.subject.client, name, known, outcome.identity, of_age=of_age)
            others = [self.subject.seen(item) for item in items]
        except (Unsent, Lost, Rejected, BadAnswer) as error:
            return outcome.warned(f"Another one of the same name cannot be ruled out: {error.message}")
        agreed = unrivalled(self.subject, outcome, others)
        return agreed if agreed.id == outcome.id else confirmed(self.subject, agreed)

    def _update(self, found: Found) -> Outcome:
        """Read once more, plan with that, and send; again where the API says that somebody else was faster."""
        conflict: PpioError | None = None
        for _attempt in range(_PLANS):
            latest, planned = self._planned_anew(found)
            outcome = self._predicted(latest, planned)
            if planned.action is not Action.UPDATE:
                return outcome if planned.action is Action.NONE else self.execute(latest)
            try:
                return self._updated(planned, outcome)
            except Rejected as error:
                if error.call is None or error.call.status != _CONFLICT:
                    raise
                conflict = error
        raise existing(conflict)

    def _updated(self, planned: Plan, outcome: Outcome) -> Outcome:
        try:
            self.subject.client.update(outcome.identity, planned.body)
        except Lost as error:
            # What a get shows decides whether it arrived.
            outcome = replace(outcome, doubt=error)
        return confirmed(self.subject, outcome) if self.proves else outcome

    def _delete(self, outcome: Outcome) -> Outcome:
        outcome = self._deleted(outcome.identity, outcome)
        # A wait looks by itself, for as long as the user says; only a doubt needs to be settled before.
        if self.proves and (outcome.doubt or not self.subject.desired.wait):
            self._prove_gone(outcome.identity, outcome, going_is_enough=True)
        return outcome

    def _recreate(self, found: Found) -> Outcome:
        found, planned = self._planned_anew(found)
        outcome = self._predicted(found, planned)
        if planned.action is not Action.RECREATE:
            return outcome if planned.action is Action.NONE else self.execute(found)
        current = existing(found.current)
        identity = current.id
        removed = self._deleted(identity, replace(outcome, id=identity, fields=current.fields))
        self._prove_gone(identity, removed, going_is_enough=False)
        try:
            return self._create(planned, outcome, found)
        except PpioError as error:
            note = f"The old {self.subject.resource.name} {identity} has been deleted."
            raise error.after(replace(outcome, fields=None).progress).noted(note) from error

    def _deleted(self, identity: str, outcome: Outcome) -> Outcome:
        try:
            self.subject.client.delete(identity)
        except Lost as error:
            return replace(outcome, doubt=error)
        return outcome

    def _prove_gone(self, identity: str, outcome: Outcome, *, going_is_enough: bool) -> None:
        with told(outcome.progress):
            if not is_gone(self.subject, identity, going_is_enough=going_is_enough):
                raise outcome.doubt or not_gone(self.subject, identity)

    def _waited(self, outcome: Outcome, found: Found) -> Outcome:
        subject, desired = self.subject, self.subject.desired
        transport = subject.client.transport
        # Polls retry what passes until the wait is over, whatever the task has used up of its own budget.
        transport.start(desired.wait_timeout)
        watch = Watch(Wait(subject.resource, desired.goal, desired.wait_timeout, outcome.progress))
        if desired.present:
            watch = watched(watch, lambda: subject.appeared(outcome.identity), transport.pace, self.teller)
            return shown(subject, outcome, existing(watch.seen)).warned(*watch.warnings)
        going = (found.known or frozenset()) | {identity for identity in (outcome.id, desired.id) if identity}
        if going:
            watched(watch, lambda: still_shown(subject, going, going_is_enough=False), transport.pace, self.teller)
        return outcome

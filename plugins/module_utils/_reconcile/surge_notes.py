# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The surges under way: what is kept only while a change is proved, and what is to be kept again afterwards.

A task may be stopped in between. A surge is noted before it is sent, so that the next task of this machine takes it
back. Tasks that surge at once share the note of an endpoint, in which each has its own part, and a lock that ends with
the last of them: so it tells whether a task is still at it. Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from secrets import token_hex
from typing import Any

from .._errors import PpioError, require
from .._planning.plan import Action, Plan, plan
from .._planning.rollout_states import Surge, surge
from .._planning.state import Current, Desired
from .._planning.wanted import WHOLE
from .._schema.resource import Fields, Resource
from .entry import Done, Entry, Located
from .journal import LONGEST_LAG
from .lock import advisory_lock, is_held
from .notes import KEPT, Note, Notes
from .snapshot import Snapshot

__all__ = ["Surges", "recovered", "unsurged", "with_surge"]

#: Seconds to wait for a lock that others have only for the time that it takes to look at a note. Then goes on without.
_MOMENT = 1.0

#: The names that lead to a value, from the outside in.
_Path = tuple[str, ...]


@dataclass(frozen=True)
class _Part:
    """The surge of one task in a note: each value that it asks for, and the one that is wanted again afterwards."""

    task: str
    values: tuple[tuple[_Path, Any, Any], ...]

    @classmethod
    def of(cls, task: str, own: Surge) -> _Part:
        more, less = dict(_paths(own.surged.fields)), dict(_paths(own.restored.fields))
        return cls(
            task, tuple((path, value, less.get(path)) for path, value in more.items() if value != less.get(path))
        )

    @property
    def restored(self) -> dict[str, Any]:
        """The values that are wanted again, as fields."""
        return _fields((path, before) for path, _more, before in self.values)

    def is_shown(self, fields: Fields) -> bool:
        """Whether fields have any of the values that were asked for, and for the others those from before."""
        shown = dict(_paths(fields))
        return any(shown.get(path) == more for path, more, _before in self.values) and all(
            (shown.get(path) or 0) in (more, before or 0) for path, more, before in self.values
        )

    def without(self, asked: Mapping[_Path, Any]) -> _Part:
        """The same, less what somebody asks for as it is."""
        return replace(self, values=tuple(one for one in self.values if asked.get(one[0]) != one[1]))


@dataclass(frozen=True)
class Surges:
    """The surges of one account that nobody has taken back yet, by id, or by name where there was no id.

    `task` is this task in the notes. `locks` are those of its own surges, by subject; they end with `held`.
    """

    notes: Notes
    name_name: str
    held: ExitStack
    task: str = field(default_factory=lambda: token_hex(8))
    locks: dict[str, ExitStack] = field(default_factory=dict)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Why this task's own surges could not be noted, if that was so."""
        if not (self.notes.trouble and self.locks):
            return ()
        warning = (
            f"Extra workers (rollout.surge) cannot be recorded for later tasks on this machine ({self.notes.trouble}). "
            f"If this task is stopped, no later one removes them."
        )
        return (warning,)

    def begin(self, located: Located, planned: Plan) -> None:
        """Note the surge of an entry that is about to be sent, before those of others.

        What is created, or created anew, has no id yet.
        """
        if located.entry.surge is None:
            return
        name = str(require(planned.after)[self.name_name])
        subject = require(located.current).id if planned.action is Action.UPDATE else name
        if subject not in self.locks:
            lock = self.locks[subject] = self.held.enter_context(ExitStack())
            deadline = self.notes.clock.after(_MOMENT)
            lock.enter_context(advisory_lock(self.notes.key(subject), deadline, shared=True))
        part = _Part.of(self.task, located.entry.surge)
        self._change(subject, lambda parts: [part, *self._others(parts)])

    def settle(self, done: Done) -> None:
        """Remove this task's surge from the note, and of those of others what it asks for itself or has changed."""
        entry, fields = done.entry, done.outcome.fields or {}
        if entry.surge or entry.keeps_surge or self.notes.is_empty:
            return
        for subject in self.subjects(require(done.outcome.id), fields, entry.name):
            if self.notes.find(subject):
                if subject in self.locks:
                    self.locks.pop(subject).close()
                self._change(subject, partial(self._unsettled, subject, done))

    def tidy(self) -> None:
        """Remove what does not count any more."""
        self.notes.remove_all(lambda note: self.notes.age(note) >= KEPT)

    def left(self, subject: str, current: Current) -> Mapping[str, Any] | None:
        """What is wanted again where a resource has what a task that was stopped had asked for; or None.

        None, too, while a task is at it, which takes it back itself. Forgets what has not been shown for too long:
        somebody has taken it back, or it never arrived.
        """
        note = self.notes.find(subject)
        if note is None or is_held(self.notes.key(subject)):
            return None
        restored = _restored_by(_parts(note), current)
        if not restored and self.notes.age(note) >= LONGEST_LAG:
            self._change(subject, lambda _parts: [])
        return restored

    def under_way(self, subject: str, current: Current) -> Mapping[str, Any] | None:
        """What is wanted again where a resource has what another task asked for, still at it or not; or None."""
        return _restored_by(self._others(_parts(self.notes.reread(subject))), current)

    def subjects(self, identity: str, fields: Fields, name: str) -> Iterable[str]:
        """What a resource may be noted by."""
        return dict.fromkeys(str(subject) for subject in (identity, fields.get(self.name_name), name) if subject)

    def _unsettled(self, subject: str, done: Done, parts: Sequence[_Part]) -> list[_Part]:
        """What is left of the parts of others. While such a task runs, its part stays, even if nothing shows it yet."""
        desired, outcome = done.entry.desired, done.outcome
        own = {name: value for name, value in desired.fields.items() if name not in desired.ignored}
        # A rollback says what was there, not what anybody asks for.
        asked = {} if done.entry.is_rollback else dict(_paths(own))
        left = [part for one in self._others(parts) if (part := one.without(asked)).values]
        if not outcome.changed or is_held(self.notes.key(subject)):
            return left
        return [part for part in left if part.is_shown(outcome.fields or {})]

    def _others(self, parts: Sequence[_Part]) -> list[_Part]:
        return [part for part in parts if part.task != self.task]

    def _change(self, subject: str, change: Callable[[Sequence[_Part]], Sequence[_Part]]) -> None:
        """Change a note, as nobody else does meanwhile."""
        with advisory_lock(f"{self.notes.key(subject)} note", self.notes.clock.after(_MOMENT)):
            before = _parts(self.notes.reread(subject))
            parts = list(change(before))
            if not parts:
                self.notes.remove(subject)
            elif parts != before:
                content = [{"task": part.task, "values": part.values} for part in parts]
                self.notes.write(subject, {"subject": subject, "parts": content})


def recovered(surges: Surges, entry: Entry, snapshot: Snapshot, leaving: Set[str]) -> Entry:
    """The entry, which also wants back what an earlier task left there only for its proof.

    `leaving` are the ids of what gets another name by this task.
    """
    desired = entry.desired
    if not desired.present or surges.notes.is_empty or not (desired.id or desired.unique_name):
        return entry
    staying = [desired.id] if desired.id else [one for one in snapshot.staying(entry.name) if one not in leaving]
    try:
        current = snapshot.current(staying[0]) if len(staying) == 1 else None
    except PpioError:
        # It is told where the entry is located.
        return entry
    if current is None:
        return entry
    subjects = surges.subjects(current.id, current.fields, entry.name)
    restored = next(filter(None, (surges.left(subject, current) for subject in subjects)), None)
    return _wanting_back(entry, restored) if restored else entry


def with_surge(resource: Resource, located: Located, planned: Plan) -> tuple[Located, Plan]:
    """The same, or with more replicas while the change is proved. An entry that has a surge already keeps it."""
    more = located.entry.surge or surge(resource, located.current, planned, located.entry.desired)
    if more is None:
        return located, planned
    entry = replace(located.entry, surge=more)
    return replace(located, entry=entry), plan(resource, located.current, entry.target)


def unsurged(resource: Resource, surges: Surges, located: Located, planned: Plan) -> Located:
    """The same, or an entry that is about to surge, and does not take another task's surge for what is wanted."""
    entry, current = located.entry, located.current
    if current is None or entry.surge or surge(resource, current, planned, entry.desired) is None:
        return located
    subjects = surges.subjects(current.id, current.fields, entry.name)
    restored = next(filter(None, (surges.under_way(subject, current) for subject in subjects)), None)
    return replace(located, entry=_wanting_back(entry, restored)) if restored else located


def _wanting_back(entry: Entry, restored: Mapping[str, Any]) -> Entry:
    return replace(entry, desired=_with(entry.desired, restored), recovered=restored)


def _with(desired: Desired, restored: Mapping[str, Any]) -> Desired:
    """What is wanted, with these values where the task says none of its own."""
    fields, ignored = dict(desired.fields), dict(desired.ignored)
    for name, values in restored.items():
        inside = ignored.pop(name, frozenset())
        given = None if WHOLE in inside else fields.get(name)
        if isinstance(values, Mapping):
            own = {key: value for key, value in (given or {}).items() if key not in inside}
            fields[name] = {**values, **own}
        else:
            fields[name] = values if given is None else given
    return replace(desired, fields=fields, ignored=ignored)


def _restored_by(parts: Sequence[_Part], current: Current) -> Mapping[str, Any] | None:
    """What is wanted again, by the first part that a resource shows; or None."""
    return next((part.restored for part in parts if part.is_shown(current.fields)), None)


def _parts(note: Note | None) -> list[_Part]:
    """The parts of a note; none of one that is damaged."""
    try:
        return [_part(content) for content in note["parts"]] if note else []
    except (KeyError, TypeError, ValueError):
        return []


def _part(content: Mapping[str, Any]) -> _Part:
    values = [(tuple(map(str, path)), more, before) for path, more, before in content["values"]]
    return _Part(str(content["task"]), tuple(values))


def _paths(values: Mapping[str, Any], *outer: str) -> Iterator[tuple[_Path, Any]]:
    """Each value with the names that lead to it."""
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _paths(value, *outer, name)
        else:
            yield (*outer, name), value


def _fields(values: Iterable[tuple[_Path, Any]]) -> dict[str, Any]:
    """Values at the places that their paths say."""
    fields: dict[str, Any] = {}
    for (*outer, name), value in values:
        inner = fields
        for step in outer:
            inner = inner.setdefault(step, {})
        inner[name] = value
    return fields

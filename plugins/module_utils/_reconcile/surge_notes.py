# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The surges under way: what is kept only while a change is proved, and what is to be kept again afterwards.

A task may be stopped in between. A surge is noted before it is sent, so that the next task of this machine takes it
back; a lock that ends with the process tells whether one that noted it is still at it. Tasks that surge at once share
that lock and the note, which says what was there before the first of them. Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any

from .._errors import PpioError, require
from .._planning.plan import Plan, plan
from .._planning.rollout_states import Surge, surge
from .._planning.state import Current, Desired
from .._planning.wanted import WHOLE
from .._schema.resource import Resource
from .entry import Done, Entry, Located
from .journal import KEPT, LONGEST_LAG
from .lock import advisory_lock, is_held
from .notes import Note, Notes
from .snapshot import Snapshot

__all__ = ["Surges", "recovered", "with_surge"]

#: Seconds to wait for the lock. Nobody has it alone for longer than it takes to find out whether others have it.
_MOMENT = 1.0
#: What a note says of each surge: the values that are asked for while a change is proved, and those wanted afterwards.
_SURGED, _RESTORED = "surged", "restored"


@dataclass(frozen=True)
class Surges:
    """The surges of one account that nobody has taken back yet, by id, or by name where there was no id.

    `held` ends with the task, and `own` are the locks of its surges.
    """

    notes: Notes
    held: ExitStack
    own: dict[str, ExitStack] = field(default_factory=dict)

    def begin(self, subject: str, own: Surge) -> None:
        """Note that more is about to be asked for, and what is wanted again afterwards."""
        more, less = own.surged.fields, own.restored.fields
        asked = {_SURGED: _differing(more, less), _RESTORED: _differing(less, more)}
        others = _surges_of(self.notes.reread(subject)) if is_held(self.notes.key(subject)) else []
        if subject not in self.own:
            lock = self.own[subject] = self.held.enter_context(ExitStack())
            deadline = self.notes.clock.after(_MOMENT)
            lock.enter_context(advisory_lock(self.notes.key(subject), deadline, shared=True))
        self.notes.write(subject, {"subject": subject, "surges": others if asked in others else [*others, asked]})

    def settle(self, done: Done) -> None:
        """Forget what a task has taken back, deleted, or asked for itself; but not while another task is at it."""
        entry, fields = done.entry, done.outcome.fields or {}
        if entry.surge or self.notes.is_empty:
            return
        for subject in (require(done.outcome.id), entry.name):
            note = self.notes.find(subject)
            if note and (_is_asked_for(entry, note) or (done.outcome.changed and not _restored_by(note, fields))):
                self._forget(subject)

    def tidy(self) -> None:
        """Remove what does not count any more."""
        self.notes.remove_all(lambda note: self._age(note) >= KEPT)

    def left(self, subject: str, current: Current) -> Mapping[str, Any] | None:
        """What is to be wanted again where a resource has what was asked for in between, and nothing else; or None.

        None, too, while a task is at it, which takes it back itself.
        """
        note = self.notes.find(subject)
        if note is None or is_held(self.notes.key(subject)):
            return None
        restored = _restored_by(note, current.fields)
        if not restored and self._age(note) >= LONGEST_LAG:
            # Somebody has taken it back, or it never arrived.
            self._forget(subject)
        return restored

    def under_way(self, subject: str, current: Current) -> Mapping[str, Any] | None:
        """The same as it is noted by now, whether or not a task is at it."""
        note = self.notes.reread(subject)
        return _restored_by(note, current.fields) if note else None

    def _forget(self, subject: str) -> None:
        if subject in self.own:
            self.own.pop(subject).close()
        if not is_held(self.notes.key(subject)):
            self.notes.remove(subject)

    def _age(self, note: Note) -> float:
        return abs(self.notes.clock.today() - float(note["time"]))


def recovered(surges: Surges, entry: Entry, snapshot: Snapshot) -> Entry:
    """The entry, which also wants back what an earlier task left there only for its proof."""
    desired = entry.desired
    if not desired.present or surges.notes.is_empty:
        return entry
    staying = [desired.id] if desired.id else snapshot.staying(entry.name)
    try:
        current = snapshot.current(staying[0]) if len(staying) == 1 else None
    except PpioError:
        # It is told where the entry is located.
        return entry
    if current is None:
        return entry
    for subject in (current.id, entry.name):
        if restored := surges.left(subject, current):
            return replace(entry, desired=_with(desired, restored), recovered=restored)
    return entry


def with_surge(resource: Resource, surges: Surges, located: Located, planned: Plan) -> tuple[Located, Plan]:
    """The same, or with more replicas while the change is proved: those of the try before, if there was one.

    What another task keeps for its own proof is not taken for what is wanted.
    """
    entry, current = located.entry, located.current
    more = entry.surge or surge(resource, current, planned, entry.desired)
    if more is None:
        return located, planned
    if current and not entry.surge:
        restored = surges.under_way(current.id, current) or surges.under_way(entry.name, current)
        if restored:
            entry = replace(entry, desired=_with(entry.desired, restored), recovered=restored)
            more = surge(resource, current, plan(resource, current, entry.desired), entry.desired)
    entry = replace(entry, surge=more)
    return replace(located, entry=entry), plan(resource, current, entry.target)


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


def _differing(fields: Mapping[str, Any], others: Mapping[str, Any]) -> dict[str, Any]:
    """The values that are not the same in both, inside objects by name."""
    differing: dict[str, Any] = {}
    for name, value in fields.items():
        other = others.get(name)
        if value == other:
            continue
        differing[name] = _differing(value, other or {}) if isinstance(value, Mapping) else value
    return differing


def _surges_of(note: Note | None) -> list[Mapping[str, Any]]:
    """The surges of a note, one of each task that shares it. What is damaged is left out."""
    surges = note.get("surges") if note else None
    return [one for one in surges if _is_surge(one)] if isinstance(surges, list) else []


def _is_surge(content: Any) -> bool:
    return isinstance(content, dict) and all(isinstance(content.get(part), dict) for part in (_SURGED, _RESTORED))


def _is_asked_for(entry: Entry, note: Note) -> bool:
    """Whether a task says itself how much of all that it wants. What a rollback wants is only what was there before."""
    desired = entry.desired
    own = {name: value for name, value in desired.fields.items() if name not in desired.ignored}
    noted = {path for one in _surges_of(note) for path, _value in _paths(one[_RESTORED])}
    return not entry.is_back and noted <= dict(_paths(own)).keys()


def _restored_by(note: Note, fields: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What a note says that is wanted again, where fields have what was asked for, and nothing else; or None."""
    shown = (one for one in _surges_of(note) if _has_any(fields, one[_SURGED], one[_RESTORED]))
    return next((one[_RESTORED] for one in shown), None)


def _has_any(fields: Mapping[str, Any], surged: Mapping[str, Any], restored: Mapping[str, Any]) -> bool:
    """Whether fields have any of the values of a surge, and for the others those from before it."""
    more, less = dict(_paths(surged)), dict(_paths(restored))
    shown = {path: value for path, value in _paths({name: fields.get(name) for name in surged}) if path in more}
    return any(shown.get(path) == value for path, value in more.items()) and all(
        (shown.get(path) or 0) in (value, less.get(path) or 0) for path, value in more.items()
    )


def _paths(values: Mapping[str, Any], *outer: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Each value with the names that lead to it."""
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _paths(value, *outer, name)
        else:
            yield (*outer, name), value

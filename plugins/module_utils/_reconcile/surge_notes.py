# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The surges under way: what is kept only while a change is proved, and what is to be kept again afterwards.

A task may be stopped in between. A surge is noted before it is sent, so that the next task of this machine takes it
back; a lock that ends with the process tells whether the one that noted it is still at it. Private to the ppio.gpu
collection.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

from .._errors import PpioError
from .._planning.rollout_states import Surge
from .._planning.state import Current, Desired
from .._planning.wanted import WHOLE
from .entry import Entry
from .journal import KEPT, LONGEST_LAG
from .lock import advisory_lock, is_held
from .notes import Note, Notes
from .snapshot import Snapshot

__all__ = ["Surges", "recovered"]


@dataclass(frozen=True)
class Surges:
    """The surges of one account that nobody has taken back yet, by id, or by name where there was no id.

    `held` are the locks of this task's own ones.
    """

    notes: Notes
    held: ExitStack

    def begin(self, subject: str, surge: Surge) -> None:
        """Note that more is about to be asked for, and what is wanted again afterwards."""
        more, less = surge.surged.fields, surge.restored.fields
        content = {"surged": _differing(more, less), "restored": _differing(less, more)}
        self.held.enter_context(advisory_lock(self.notes.key(subject), self.notes.clock.after(0)))
        self.notes.write(subject, {"subject": subject, **content})

    def forget(self, *subjects: str) -> None:
        """Forget what was taken back, or is gone."""
        for subject in subjects:
            self.notes.remove(subject)

    def tidy(self) -> None:
        """Remove what does not count any more."""
        self.notes.remove_all(lambda note: self._age(note) >= KEPT)

    def left(self, subject: str, current: Current) -> Mapping[str, Any] | None:
        """What is to be wanted again where a resource has what was asked for in between, and nothing else; or None."""
        note = self.notes.find(subject)
        if note is None or is_held(self.notes.key(subject)):
            return None
        surged, restored = note.get("surged"), note.get("restored")
        if isinstance(surged, dict) and isinstance(restored, dict) and _has_any(current.fields, surged, restored):
            return restored
        if self._age(note) >= LONGEST_LAG:
            # Somebody has taken it back, or it never arrived.
            self.forget(subject)
        return None

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


def _has_any(fields: Mapping[str, Any], surged: Mapping[str, Any], restored: Mapping[str, Any]) -> bool:
    """Whether fields have any of the values of a surge, and for the others those from before it."""
    pairs = list(_pairs(fields, surged))
    old = list(_pairs(fields, restored))
    return any(shown == value for shown, value in pairs) and all(
        (shown or 0) in (value, before or 0) for (shown, value), (_same, before) in zip(pairs, old, strict=False)
    )


def _pairs(fields: Mapping[str, Any], values: Mapping[str, Any]) -> Iterator[tuple[Any, Any]]:
    """What fields show and what values there are, inside objects by name."""
    for name, value in sorted(values.items()):
        if isinstance(value, Mapping):
            yield from _pairs(fields.get(name) or {}, value)
        else:
            yield fields.get(name), value

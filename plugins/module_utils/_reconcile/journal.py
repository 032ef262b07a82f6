# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal of creates: what this machine asked for, as long as the list may not show it.

A list may lag behind, or lose again what it has shown, so looking first is not enough. A create is noted before it is
sent, with its id as soon as that is known, and forgotten when the list shows it after the longest lag. Private to the
ppio.gpu collection.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from .._errors import AmbiguousResponse, PpioError
from .notes import KEPT, Note, Notes

__all__ = ["LONGEST_LAG", "Journal", "Record"]

#: Seconds within which a create shows up if there was one, and after which the list does not lose it any more. After
#: that, one without a trace did not happen.
LONGEST_LAG = 600.0


@dataclass(frozen=True)
class Record:
    """One create that was sent at `time` (Unix seconds). `id` is None as long as nobody knows it.

    `is_shown` says that a list has shown it, so that it did happen, and is gone where nothing shows it any more.
    """

    time: float
    id: str | None = None
    is_shown: bool = False

    def lag_left(self, today: float, longest: float = LONGEST_LAG) -> float:
        """Seconds for which it may still come into sight. A clock that was set back does not make that longer."""
        return max(0.0, longest - abs(today - self.time))

    def counts(self, today: float) -> bool:
        """Whether it is kept. One with an id is longer: the API can be asked for it at any time."""
        return abs(today - self.time) < (KEPT if self.id else LONGEST_LAG)


@dataclass(frozen=True)
class _Change:
    """What was noted of a subject before, and after."""

    subject: str
    before: Note | None
    after: Note | None


@dataclass(frozen=True)
class Journal:
    """The open records of one account. Threads of a task rename several endpoints at once."""

    notes: Notes
    _changing: threading.Lock = field(default_factory=threading.Lock)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Why nothing could be noted, if that was so."""
        if not self.notes.trouble:
            return ()
        warning = (
            f"What is created cannot be recorded for later tasks on this machine ({self.notes.trouble}). While the "
            f"list does not show it yet, a later task may create it a second time."
        )
        return (warning,)

    def find(self, name: str) -> Record | None:
        """The create of this name that a list may not show."""
        note = self.notes.find(name)
        record = _record(note) if note else None
        return record if record and record.counts(self.notes.clock.today()) else None

    def begin(self, name: str) -> bool:
        """Note that a create is about to be sent. Whether that worked."""
        return self.notes.write(name, {"name": name, "id": None})

    def complete(self, name: str, identity: str) -> None:
        """Note the id that a create led to."""
        self.notes.write(name, {"name": name, "id": identity})

    def show(self, name: str, identity: str) -> None:
        """Note that a list shows what the create of this name led to, or forget it where that will stay so."""
        record = self.find(name)
        if record is None:
            return
        if not record.lag_left(self.notes.clock.today()):
            self.clear(name)
        elif record != Record(record.time, identity, is_shown=True):
            self.notes.amend(name, {"name": name, "id": identity, "shown": True, "time": record.time})

    def clear(self, name: str) -> None:
        """Forget the create of this name: it did not happen, or is over."""
        self.notes.remove(name)

    def forget(self, identity: str) -> None:
        """Forget what has this id: it is to be gone."""
        self.notes.remove_all(lambda note: note.get("id") == identity)

    def forget_unknown(self, name: str) -> None:
        """Forget a create of this name of which nobody knows the id: what had the name is gone."""
        record = self.find(name)
        if record and record.id is None:
            self.clear(name)

    @contextmanager
    def renaming(self, identity: str, name: str) -> Iterator[None]:
        """Note that what has this id, and so exists, may have another name from now on, which a list may not show yet.

        What is noted under its old name is kept until the API shows the new one. A refusal leaves all as it was.
        """
        with self._changing:
            changes = self._begin_rename(identity, name)
        try:
            yield
        except AmbiguousResponse:
            raise
        except PpioError:
            with self._changing:
                for change in changes:
                    self._take_back(change)
            raise

    def _begin_rename(self, identity: str, name: str) -> list[_Change]:
        """What is noted anew."""
        own = [note for note in self._own if note.get("id") == identity]
        other = self.find(name)
        if not own:
            return []
        new: dict[str, Note] = {note["name"]: {**note, "shown": True} for note in own}
        # A create of this name, of which nobody knows the id, is not to be forgotten.
        if not (other and other.id is None):
            if other and other.id and other.id != identity:
                # The record of this name is about to be overwritten. Kept under its id, its own rename finds it.
                new[other.id] = _shown(other.id, other.id, other.time)
            new[name] = _shown(name, identity, _record(own[0]).time)
        return [self._changed(subject, note) for subject, note in new.items()]

    def _changed(self, subject: str, note: Note) -> _Change:
        """Note this. Of its own old name, another task may have noted something else since."""
        before = self.notes.find(subject)
        write = self.notes.amend if before and before.get("id") == note.get("id") else self.notes.write
        write(subject, note)
        return _Change(subject, before, self.notes.find(subject))

    def _take_back(self, change: _Change) -> None:
        """Note again what was noted before, unless something else was noted since."""
        if self.notes.find(change.subject) != change.after:
            return
        if change.before:
            self.notes.amend(change.subject, change.before)
        else:
            self.notes.remove(change.subject)

    def complete_rename(self, identity: str, name: str) -> None:
        """Forget the old names of what has this id: the API shows this one."""
        self.notes.remove_all(lambda note: note.get("id") == identity and note.get("name") != name)

    @property
    def _own(self) -> list[Note]:
        """The notes of this account that can be read."""
        return [note for note in self.notes.all if "name" in note and self.notes.find(str(note["name"])) == note]

    def tidy(self) -> None:
        """Remove what does not count any more."""
        today = self.notes.clock.today()
        for note in self._own:
            if _record(note).time > today:
                # The clock was set back. Nobody knows how old it is, so it counts as new.
                self.notes.amend(str(note["name"]), {**note, "time": today})
        self.notes.remove_all(lambda note: not _record(note).counts(today))


def _record(note: Note) -> Record:
    identity = note.get("id")
    return Record(float(note["time"]), identity if isinstance(identity, str) else None, note.get("shown") is True)


def _shown(subject: str, identity: str, time: float) -> Note:
    return {"name": subject, "id": identity, "shown": True, "time": time}

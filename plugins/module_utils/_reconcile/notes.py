# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Notes: what one task leaves for later tasks of the same home directory.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from .._clock import Clock
from .home import directory_of

__all__ = ["KEPT", "Note", "Notes"]

#: Seconds for which a note counts.
KEPT = 30 * 86400.0

#: A JSON object that has the Unix time of the note as `time`.
Note = Mapping[str, Any]

#: RuntimeError says that there is no home.
_TROUBLES = (OSError, RuntimeError)


class Notes:
    """The notes of one kind for one account: in memory, and each in a small file of its own.

    Where there is no home to write to, work goes on without; `trouble` says why. Nothing in a note is secret.
    """

    def __init__(self, kind: str, scope: str, account: str, clock: Clock, *, read_only: bool) -> None:
        """`kind` names the directory, `scope` is where the writes go, and `account` tells apart who sends them.

        `read_only` changes no file.
        """
        self.clock = clock
        self.trouble = ""
        self._kind = kind
        self._scope = scope
        self._account = account
        self._read_only = read_only
        self._notes: dict[str, Note] = {}
        try:
            with os.scandir(directory_of(kind)) as files:
                names = [file.name for file in files]
        except FileNotFoundError:
            # Nothing was noted yet.
            return
        except _TROUBLES as error:
            self.trouble = str(error)
            return
        for name in names:
            if name.endswith(".json"):
                self._take(name.removesuffix(".json"))

    def _take(self, digest: str) -> None:
        """Take the note in a file. One that cannot be read is in the way of no other one."""
        try:
            self._notes[digest] = _read(self._path(digest))
        except FileNotFoundError:
            pass  # Another task has removed it meanwhile.
        except _TROUBLES as error:
            self.trouble = str(error)

    @property
    def is_empty(self) -> bool:
        return not self._notes

    @property
    def all(self) -> list[Note]:
        """Every note of the kind, whoever wrote it."""
        return list(self._notes.values())

    def find(self, subject: str) -> Note | None:
        return self._notes.get(self._digest(subject)) if self._notes else None

    def reread(self, subject: str) -> Note | None:
        """What is noted of a subject by now: other tasks note, too."""
        digest = self._digest(subject)
        self._notes.pop(digest, None)
        self._take(digest)
        return self._notes.get(digest)

    def write(self, subject: str, content: Mapping[str, Any]) -> bool:
        """Note this of a subject, in the place of what was noted before. Whether that worked.

        Its time is now, unless the content has another one.
        """
        digest = self._digest(subject)
        text = json.dumps({"scope": self._scope, "time": self.clock.today(), **content})
        if not self._read_only:
            try:
                self._save(digest, text.encode())
            except _TROUBLES as error:
                self.trouble = str(error)
                return False
        # As it would be read: then it can be compared with what is in the file later.
        self._notes[digest] = json.loads(text)
        return True

    def amend(self, subject: str, content: Mapping[str, Any]) -> None:
        """Note this of a subject, unless another task has noted something else of it meanwhile."""
        if self._is_as_known(self._digest(subject)):
            self.write(subject, content)

    def age(self, note: Note) -> float:
        """Seconds since a note was written. A clock that was set back makes none younger."""
        return abs(self.clock.today() - float(note["time"]))

    def key(self, subject: str) -> str:
        """What a lock for this subject is called."""
        return f"{self._kind} {self._digest(subject)}"

    def remove(self, subject: str) -> None:
        """Remove what is noted of a subject, unless another task has noted something else of it meanwhile."""
        if self._notes:
            self._remove(self._digest(subject))

    def remove_all(self, is_over: Callable[[Note], bool]) -> None:
        """Remove these, whoever wrote them, as `remove` does. Other threads may note something meanwhile."""
        for digest, note in list(self._notes.items()):
            if is_over(note):
                self._remove(digest)

    def _save(self, digest: str, content: bytes) -> None:
        path = self._path(digest)
        if digest in self._notes:
            with contextlib.suppress(FileNotFoundError):
                _rewrite(path, content)
                return
        try:
            _write(path, content)
        except FileNotFoundError:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(path, content)

    def _remove(self, digest: str) -> None:
        is_as_known = self._is_as_known(digest)
        if self._notes.pop(digest, None) is None or self._read_only or not is_as_known:
            return
        try:
            self._path(digest).unlink(missing_ok=True)
        except _TROUBLES as error:
            self.trouble = str(error)

    def _is_as_known(self, digest: str) -> bool:
        """Whether a file still has the note that this task knows."""
        try:
            return _read(self._path(digest)) == self._notes.get(digest)
        except FileNotFoundError:
            return False
        except _TROUBLES as error:
            self.trouble = str(error)
            return False

    def _path(self, digest: str) -> Path:
        return Path(f"{directory_of(self._kind)}/{digest}.json")

    def _digest(self, subject: str) -> str:
        text = "\n".join((self._scope, self._account, subject))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _read(path: Path) -> Note:
    """The note in a file. Of one that cannot be read only its time is known."""
    with contextlib.suppress(ValueError):
        note = json.loads(path.read_bytes())
        if isinstance(note, dict) and isinstance(note.get("time"), (int, float)):
            return note
    return {"time": path.stat().st_mtime}


def _write(path: Path, content: bytes) -> None:
    """Write a file that is there as a whole or not at all, and for nobody else to read."""
    new = path.with_suffix(f".{os.getpid()}")
    _written(new, os.O_CREAT | os.O_TRUNC, content)
    new.replace(path)


def _rewrite(path: Path, content: bytes) -> None:
    """Write a file anew by one call of the system, which nothing interrupts: a new file takes ten times as long."""
    _written(path, 0, content.ljust(path.stat().st_size))


def _written(path: Path, flags: int, content: bytes) -> None:
    descriptor = os.open(path, flags | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    try:
        count = os.write(descriptor, content)
    finally:
        os.close(descriptor)
    if count != len(content):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

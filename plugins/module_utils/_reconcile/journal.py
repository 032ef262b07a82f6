# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal of creates: what this machine asked for, until the list shows it.

A list may lag behind, so looking first is not enough. A create is noted before it is sent, with its id as soon as that
is known, and forgotten when the list shows it. Private to the ppio.gpu collection.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .._clock import Clock

__all__ = ["Journal", "Record"]

#: Seconds within which a create shows up if there was one. After that, one without a trace did not happen.
LONGEST_LAG = 600.0
#: Seconds for which a record with an id is kept: the API can be asked for it at any time.
_KEPT = 30 * 86400.0
#: Path.home raises RuntimeError where there is none.
_TROUBLES = (OSError, RuntimeError)


@dataclass(frozen=True)
class Record:
    """One create that was sent at `time` (Unix seconds). `id` is None as long as nobody knows it."""

    time: float
    id: str | None = None

    def lag_left(self, today: float) -> float:
        """Seconds for which it may still come into sight. A clock that was set back does not make that longer."""
        return max(0.0, LONGEST_LAG - abs(today - self.time))

    def counts(self, today: float) -> bool:
        return abs(today - self.time) < (_KEPT if self.id else LONGEST_LAG)


class Journal:
    """The open records of one account: in memory, and each in a small file of its own, so that nothing is rewritten.

    Where there is no home to write to, work goes on without; `warnings` say so. Nothing in it is secret.
    """

    def __init__(self, scope: str, account: str, clock: Clock, *, read_only: bool) -> None:
        """`scope` is where the creates go, `account` tells apart who sends them. `read_only` changes no file."""
        self._scope = scope
        self._account = account
        self._clock = clock
        self._read_only = read_only
        self._records: dict[str, Record] = {}
        self._trouble = ""
        try:
            self._records = {path.stem: _read(path) for path in _directory().glob("*.json")}
        except _TROUBLES as error:
            self._trouble = str(error)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Why nothing could be noted, if that was so."""
        if not self._trouble:
            return ()
        warning = (
            f"What is created cannot be noted for later tasks of this machine ({self._trouble}), so that one that runs "
            f"while the list does not show it yet may create another one."
        )
        return (warning,)

    def find(self, name: str) -> Record | None:
        """The create of this name that no list has shown yet."""
        record = self._records.get(self._digest(name)) if self._records else None
        return record if record and record.counts(self._clock.today()) else None

    def begin(self, name: str) -> bool:
        """Note that a create is about to be sent. Whether that worked."""
        return self._note(name, Record(self._clock.today()))

    def complete(self, name: str, identity: str) -> None:
        """Note the id that a create led to."""
        self._note(name, Record(self._clock.today(), identity))

    def clear(self, name: str) -> None:
        """Forget the create of this name: a list showed it, or it did not happen."""
        digest = self._digest(name) if self._records else ""
        if self._records.pop(digest, None):
            self._remove(digest)

    def forget(self, identity: str) -> None:
        """Forget what has this id: it is to be gone."""
        for digest in [digest for digest, record in self._records.items() if record.id == identity]:
            del self._records[digest]
            self._remove(digest)

    def tidy(self) -> None:
        """Remove what does not count any more, whoever noted it."""
        today = self._clock.today()
        for digest in [digest for digest, record in self._records.items() if not record.counts(today)]:
            del self._records[digest]
            self._remove(digest)

    def _note(self, name: str, record: Record) -> bool:
        digest = self._digest(name)
        content = {"scope": self._scope, "name": name, "time": record.time, "id": record.id}
        try:
            directory = _directory()
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(directory / f"{digest}.json", content)
        except _TROUBLES as error:
            self._trouble = str(error)
            return False
        self._records[digest] = record
        return True

    def _remove(self, digest: str) -> None:
        if self._read_only:
            return
        try:
            (_directory() / f"{digest}.json").unlink(missing_ok=True)
        except _TROUBLES as error:
            self._trouble = str(error)

    def _digest(self, name: str) -> str:
        subject = "\n".join((self._scope, self._account, name))
        return hashlib.sha256(subject.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _directory() -> Path:
    return Path.home() / ".ansible" / "ppio_gpu_creates"


def _read(path: Path) -> Record:
    """The record in a file. One that cannot be read is of its own time, because something was noted then."""
    with contextlib.suppress(ValueError):
        match json.loads(path.read_bytes()):
            case {"time": int() | float() as time, "id": str() | None as identity}:
                return Record(time, identity)
    return Record(path.stat().st_mtime)


def _write(path: Path, content: dict[str, Any]) -> None:
    """Write a file that is there as a whole or not at all, and for nobody else to read."""
    new = path.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(new, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_CLOEXEC, 0o600), "w") as file:
        json.dump(content, file)
    new.replace(path)

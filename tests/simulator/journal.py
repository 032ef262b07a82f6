# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which requests reached the server, and what became of them?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

WRITES = frozenset({"POST", "PUT", "DELETE"})


@dataclass
class Entry:
    """One request, which is written on as it is answered.

    Two requests with the same `connection` came over the same TCP connection.
    """

    method: str
    path: str  # as sent: percent-encoded, without the query
    query: Mapping[str, str]
    body: Any  # the parsed JSON; None if there was none or it was not JSON
    status: int | None  # None if no status line was sent (yet)
    when: float  # the simulator's clock
    committed: str | None = None  # ID of the endpoint that this request created, changed or deleted
    connection: int = 0
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)  # names in lower case

    @property
    def is_write(self) -> bool:
        return self.method in WRITES

    def as_json(self) -> dict[str, Any]:
        """The entry for people. The headers stay out because they carry the key."""
        return {
            "method": self.method,
            "path": self.path,
            "query": dict(self.query),
            "body": self.body,
            "status": self.status,
            "when": self.when,
            "committed": self.committed,
            "connection": self.connection,
        }


class Journal:
    """The entries in the order of arrival."""

    def __init__(self) -> None:
        self._entries: dict[int, Entry] = {}
        self._next = 0

    def open(self, entry: Entry) -> int:
        """Write down a request that has just arrived and return its number."""
        self._next += 1
        self._entries[self._next] = entry
        return self._next

    def close(self, number: int, status: int | None, committed: str | None) -> None:
        """Write down what became of a request, unless the journal was cleared in between."""
        if number in self._entries:
            self._entries[number].status = status
            self._entries[number].committed = committed

    def __len__(self) -> int:
        return len(self._entries)

    def clear(self) -> None:
        self._entries.clear()

    def entries(self) -> tuple[Entry, ...]:
        return tuple(self._entries.values())

    def writes(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries() if entry.is_write)

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What does a request say, and what does an answer look like before it becomes bytes?

The shape of an error is the best evidence of the contract: code, reason, message and metadata.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Request:
    """One HTTP request. `path` is as sent, percent-encoded; header names are in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The parsed body, or None if it is not JSON."""
        if not self.body:
            return None
        try:
            return json.loads(self.body)
        except ValueError:
            return None


@dataclass(frozen=True)
class Answer:
    """One HTTP answer. `committed` is the ID of the endpoint that the request created, changed or deleted."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)
    committed: str | None = None


class RefusalError(Exception):
    """A request that the API turns down, with the status and the words that it answers."""

    def __init__(self, status: int, reason: str, message: str) -> None:
        super().__init__(f"{status} {reason}: {message}")
        self.status = status
        self.reason = reason
        self.message = message

    def answer(self) -> Answer:
        return Answer(self.status, error_body(self.status, self.reason, self.message))


def error_body(status: int, reason: str, message: str) -> dict[str, Any]:
    return {"code": status, "reason": reason, "message": message, "metadata": {}}

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The conversation with a service: what was asked, how often, what it answered, and whether that is as expected.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from .expectation import Reply

__all__ = ["Conversation", "JobState"]


@dataclass(frozen=True)
class JobState:
    """A job as last seen. `id` is None where the gateway never said it. `status` is the gateway's own word."""

    id: str | None
    status: str
    seconds: float


@dataclass(frozen=True)
class Conversation:
    """What was said so far. `trouble` is why it failed, empty while it has not.

    `first_answer_after` are the seconds from the first try until the first answer of the service itself.
    """

    url: str
    attempts: int = 0
    streak: int = 0
    first_answer_after: float | None = None
    reply: Reply | None = None
    job: JobState | None = None
    trouble: str = ""

    def failed(self, trouble: str) -> Conversation:
        return replace(self, trouble=trouble)

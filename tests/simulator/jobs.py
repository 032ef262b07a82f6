# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is a job, and how far is it at a given time?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .endpoints import Endpoint
from .settings import Settings

FINAL = frozenset({"COMPLETED", "FAILED", "TIMED_OUT", "CANCELLED"})


@dataclass(frozen=True)
class Job:
    """A job that the gateway took."""

    id: str
    endpoint_id: str
    input: Any = field(repr=False)
    submitted: float
    is_cancelled: bool = False

    def word(self, now: float, settings: Settings) -> str:
        if self.is_cancelled:
            return "CANCELLED"
        if now < self.submitted + settings.job_seconds:
            return "IN_PROGRESS"
        return settings.job_end

    def as_json(self, endpoint: Endpoint, now: float, settings: Settings) -> dict[str, Any]:
        word = self.word(now, settings)
        if word == "COMPLETED":
            output = {"served_by": endpoint.id, "image": endpoint.fields["image"], "input": self.input}
            return {"status": word, "output": output}
        return {"status": word, **({"error": "the handler failed"} if word == "FAILED" else {})}

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The job gateway: the calls that submit, watch and cancel a job.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from .._clock import Deadline
from .._errors import AmbiguousResponse, InvalidResponse, OutcomeUnknown, Rejected
from .client import is_id
from .exchange import Answer, Request
from .refusal import refused
from .transport import Transport

__all__ = ["Gateway"]


@dataclass(frozen=True)
class Gateway:
    """The calls for one queue. The transport's route leads to the gateway, and has the key."""

    transport: Transport
    queue: str

    def submit(self, job_input: Any, deadline: Deadline) -> tuple[str, Answer]:
        """Submit a job, once, and return its id and the answer.

        Raises ConnectFailed where it was not sent, Rejected where the gateway said no, and OutcomeUnknown where a job
        may run all the same.
        """
        request = Request(f"submit a job to {self.queue}", "POST", self._path("run"), body={"input": job_input})
        try:
            answer = self.transport.send_once(request, deadline)
        except AmbiguousResponse as error:
            raise OutcomeUnknown(_unknown(error.message), error.call) from None
        if answer.is_ambiguous:
            raise OutcomeUnknown(_unknown(self._refusal(request, answer).message), answer.call)
        if answer.status >= 300:
            raise self._refusal(request, answer)
        identity = answer.document.get("id") if isinstance(answer.document, Mapping) else None
        if not is_id(identity):
            cause = request.failed("the gateway accepted it, but answered without a usable id.")
            raise OutcomeUnknown(_unknown(cause), answer.call)
        return str(identity), answer

    def look(self, identity: str, deadline: Deadline) -> Answer:
        """What the gateway says of a job: an answer with an object. Raises Rejected, InvalidResponse and the like."""
        request = Request(f"read the job {identity}", "GET", self._path("status", identity))
        answer = self.transport.send(request, deadline)
        if not 200 <= answer.status < 300:
            raise self._refusal(request, answer)
        if not isinstance(answer.document, Mapping):
            raise InvalidResponse(request.failed("the gateway's answer is not a JSON object."), answer.call)
        return answer

    def cancel(self, identity: str, deadline: Deadline) -> None:
        """Cancel a job. Raises Rejected, ConnectFailed, AmbiguousResponse."""
        request = Request(f"cancel the job {identity}", "POST", self._path("cancel", identity))
        answer = self.transport.send(request, deadline)
        if not 200 <= answer.status < 300:
            raise self._refusal(request, answer)

    def _path(self, *parts: str) -> str:
        return "/".join(["", *(quote(part, safe="") for part in (self.queue, *parts))])

    def _refusal(self, request: Request, answer: Answer) -> Rejected:
        return Rejected(request.failed(refused(answer, self.transport.connection, {})), answer.call)


def _unknown(cause: str) -> str:
    return f"Outcome unknown. {cause} A job may run and cost money; it was sent once, and is not sent again."

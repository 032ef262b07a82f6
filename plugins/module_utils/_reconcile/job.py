# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A job for a service: submitted once, watched until it ends, cancelled when that takes too long.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from .._api.exchange import Answer
from .._api.gateway import Gateway
from .._api.transport import Transport
from .._clock import Clock, Deadline, poll_intervals
from .._errors import InvalidResponse, OutcomeUnknown, PpioError, Rejected, printable
from .._planning.conversation import Conversation, JobState
from .._planning.expectation import Reply, unmet
from .._planning.question import Job
from .._progress import SILENT, ProgressReporter
from .ask import quoted, reply_from
from .snapshot import SETTLE_WINDOW

__all__ = ["worked"]

_COMPLETED = "COMPLETED"
#: The words after which nothing changes any more. All others, known or not, mean to wait.
_FINAL = frozenset({_COMPLETED, "FAILED", "TIMED_OUT", "CANCELLED"})
_NOT_FOUND = 404
#: Seconds that cancelling may take, beyond the time for the job.
_CANCEL_SECONDS = 30.0


@dataclass(frozen=True)
class _Watch:
    """A job that the gateway took, and how to look at it. `started` and `taken` are when it was sent, and accepted."""

    gateway: Gateway
    job: Job
    identity: str
    started: float
    taken: float
    clock: Clock

    @property
    def elapsed(self) -> float:
        return self.clock.now() - self.started

    @property
    def is_new(self) -> bool:
        """Whether the gateway may not know it yet."""
        return self.clock.now() - self.taken < SETTLE_WINDOW

    def seen(self, talk: Conversation, answer: Answer) -> Conversation:
        """The conversation after an answer about the job."""
        word = answer.document.get("status")
        state = JobState(self.identity, word.upper() if isinstance(word, str) else "", self.elapsed)
        return replace(talk, job=state, reply=_output(answer, self.elapsed))


def worked(job: Job, transport: Transport, queue: str, progress: ProgressReporter = SILENT) -> Conversation:
    """The conversation with the gateway once the job has ended, or its time is over, or nobody knows about it.

    Raises the errors before which no job came about.
    """
    progress.submitted("a job whose id it has not been told")
    talk = _conversation(job, transport, queue, progress)
    progress.submitted("")
    return talk


def _conversation(job: Job, transport: Transport, queue: str, progress: ProgressReporter) -> Conversation:
    clock = transport.clock
    gateway = Gateway(transport, queue)
    started, deadline = clock.now(), clock.after(job.timeout)
    talk = Conversation(f"{transport.connection.origin}/{queue}/run", attempts=1)
    try:
        identity, answer = gateway.submit(job.input, transport.connection.patience(clock))
    except OutcomeUnknown as error:
        return replace(talk, job=JobState(None, "", clock.now() - started)).failed(error.message)
    progress.submitted(f"the job {identity}")
    watch = _Watch(gateway, job, identity, started, clock.now(), clock)
    talk = watch.seen(talk, answer)
    try:
        talk, is_over = _watched(watch, talk, deadline, progress)
    except PpioError as error:
        return _stopped(watch, talk, error.message)
    if not is_over:
        return _stopped(watch, talk, f"It has not ended after {job.timeout:g} s (job_timeout).")
    return _judged(watch, replace(talk, first_answer_after=watch.elapsed))


def _watched(
    watch: _Watch, talk: Conversation, deadline: Deadline, progress: ProgressReporter
) -> tuple[Conversation, bool]:
    """The conversation at the end of the job or of its time, and whether the job has ended."""
    for interval in poll_intervals(watch.clock):
        if _word(talk) in _FINAL:
            return talk, True
        if not deadline.remaining:
            return talk, False
        progress.step(f"job {watch.identity} is {printable(_word(talk))}")
        watch.clock.sleep(min(interval, deadline.remaining))
        talk = _looked(watch, talk, deadline)
    raise AssertionError("poll intervals never end")


def _looked(watch: _Watch, talk: Conversation, deadline: Deadline) -> Conversation:
    """The conversation after one more look.

    An answer that cannot be read, such as a page of HTML, says nothing, nor does one that a new job is not found.
    """
    try:
        return watch.seen(talk, watch.gateway.look(watch.identity, deadline))
    except (InvalidResponse, Rejected) as error:
        is_silent = isinstance(error, InvalidResponse) or (_is_not_found(error) and watch.is_new)
        if not (is_silent and deadline.remaining):
            raise
        return talk


def _is_not_found(error: PpioError) -> bool:
    return error.call is not None and error.call.status == _NOT_FOUND


def _judged(watch: _Watch, talk: Conversation) -> Conversation:
    """The conversation about a job that has ended."""
    route, reply = watch.gateway.transport.connection, talk.reply
    if _word(talk) != _COMPLETED or reply is None:
        text = quoted(reply.text, route) if reply else ""
        return talk.failed(f"The job {watch.identity} ended as {_word(talk)}.{text}")
    causes = unmet(watch.job.expect, reply, route.secrets)
    if not causes:
        return talk
    return talk.failed(f"The job {watch.identity} ended: it {'; it '.join(causes)}.{quoted(reply.text, route)}")


def _stopped(watch: _Watch, talk: Conversation, cause: str) -> Conversation:
    """The conversation about a job that nobody watches any more: it is cancelled, unless it is to be left.

    One that has completed before that is judged as if it had been watched to its end.
    """
    told = f"The job {watch.identity} is {printable(_word(talk)) or 'of unknown state'}. {cause}"
    if not watch.job.is_cancelled:
        return talk.failed(f"{told} It was left where it is (on_timeout), and may run and cost money.")
    deadline = watch.clock.after(_CANCEL_SECONDS)
    try:
        watch.gateway.cancel(watch.identity, deadline)
        story = "It was cancelled (on_timeout)"
    except PpioError as error:
        story = f"Cancelling it failed ({error.message.rstrip('.')})"
    try:
        talk = watch.seen(talk, watch.gateway.look(watch.identity, deadline))
    except PpioError as error:
        return talk.failed(
            f"{told} {story}. What became of it is not known, so it may run and cost money: {error.message}"
        )
    if _word(talk) == _COMPLETED:
        return _judged(watch, replace(talk, first_answer_after=watch.elapsed))
    if _word(talk) in _FINAL:
        return talk.failed(f"{told} {story}, and it is {_word(talk)} now.")
    return talk.failed(
        f"{told} {story}, and it still is {printable(_word(talk))}, so it may run and cost money: look at it again."
    )


def _word(talk: Conversation) -> str:
    return talk.job.status if talk.job else ""


def _output(answer: Answer, seconds: float) -> Reply:
    """What the job said so far: its output, or its error. There is no HTTP status of it to judge."""
    document: Mapping[str, Any] = answer.document
    output = document.get("output")
    output = document.get("error") if output is None else output
    text = output if isinstance(output, str) else "" if output is None else json.dumps(output, ensure_ascii=False)
    whole = reply_from(answer, seconds)
    return replace(whole, status=None, text=text, document=output if whole.is_json else None)

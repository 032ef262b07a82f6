# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asking a service: a request to its own address, again while it starts, until the answers are as expected.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from .._api.connection import Route
from .._api.exchange import Answer, Request
from .._api.transport import Transport
from .._api.wire import HttpWire, Wiring
from .._clock import Clock, poll_intervals, retry_after_seconds
from .._errors import AmbiguousResponse, ConnectFailed, PpioError, printable
from .._planning.conversation import Conversation
from .._planning.expectation import Reply, unmet
from .._planning.question import Question
from .._progress import SILENT, ProgressReporter

__all__ = ["asked", "quoted", "reply_from"]

#: Answers of the gateways before a service that has no worker yet.
_STARTING = frozenset({429, 502, 503, 504})
#: Bytes of an answer that are read.
_KEPT_BYTES = 1024 * 1024
_LONGEST_QUOTE = 500
#: Seconds between two answers of a row.
_BETWEEN_SUCCESSES = 1.0
#: JSON that is nested deeper is treated as text.
_DEEPEST = 64


@dataclass(frozen=True)
class _Try:
    """One try: the answer and how long it took, or why there was none."""

    answer: Answer | None
    seconds: float
    error: PpioError | None = None

    @property
    def told(self) -> str:
        return f"HTTP {self.answer.status}" if self.answer else f"{self.error}"


def asked(
    question: Question,
    route: Route,
    clock: Clock,
    progress: ProgressReporter = SILENT,
    wiring: Wiring = HttpWire,
    suspect: str = "the logs of its workers",
) -> Conversation:
    """The conversation, once enough answers in a row were as expected, or one was not.

    Within `start_timeout` it asks again where no connection can be made and, if the question may arrive twice, where
    an answer is lost or says that the service has no worker yet. Raises what no repetition betters, such as TlsFailed.
    `suspect` is where to look if nothing answers.
    """
    transport = Transport(route, clock, wiring=wiring)
    talk = Conversation(f"{route.origin}{question.path}")
    started, deadline = clock.now(), clock.after(question.start_timeout)
    for interval in poll_intervals(clock):
        one = _tried(question, transport, clock)
        talk = _after(talk, question, one, clock.now() - started, route)
        if talk.trouble or talk.streak >= question.successes:
            return talk
        pause = _BETWEEN_SUCCESSES if talk.streak else max(interval, _told_pause(one, clock))
        if pause >= deadline.remaining:
            return talk.failed(f"{_too_late(talk, question, one, route)} Check {suspect}, or raise start_timeout.")
        progress.step(f"asked {question.method} {talk.url} {talk.attempts} times; the last: {one.told}")
        clock.sleep(pause)
    raise AssertionError("poll intervals never end")


def reply_from(answer: Answer, seconds: float) -> Reply:
    """An answer as what can be judged. JSON that is nested too deep is only text."""
    is_json = answer.readable and not _is_deeper(answer.document, _DEEPEST)
    return Reply(
        answer.status,
        answer.content.decode("utf-8", "replace"),
        answer.document if is_json else None,
        is_json,
        seconds,
        answer.is_cut,
    )


def quoted(text: str, route: Route) -> str:
    """The beginning of an answer for a message, without secrets and control characters; empty where there is none."""
    line = printable(text, route.secrets)
    return f" It says: {line[:_LONGEST_QUOTE]}{'...' if len(line) > _LONGEST_QUOTE else ''}" if line else ""


def _tried(question: Question, transport: Transport, clock: Clock) -> _Try:
    """One request on a connection of its own, and what came back. Raises the errors that stay."""
    request = Request(
        f"ask {question.method} {printable(question.path)}",
        question.method,
        question.path,
        headers=question.headers,
        content=question.content,
        kept_bytes=_KEPT_BYTES,
    )
    begun = clock.now()
    try:
        answer = transport.send_once(request, clock.after(0))
    except (ConnectFailed, AmbiguousResponse) as error:
        return _Try(None, clock.now() - begun, error)
    return _Try(answer, clock.now() - begun)


def _after(talk: Conversation, question: Question, one: _Try, elapsed: float, route: Route) -> Conversation:
    """The conversation after one more try. It has failed where another try would do no good, or could do harm."""
    talk = replace(talk, attempts=talk.attempts + 1)
    if one.answer is None:
        talk = replace(talk, streak=0)
        is_lost = isinstance(one.error, AmbiguousResponse)
        return talk.failed(f"{one.error} {_ONCE}") if is_lost and not question.may_repeat else talk
    reply = reply_from(one.answer, one.seconds)
    is_starting = one.answer.status in _STARTING and one.answer.status not in question.expect.status
    if is_starting:
        talk = replace(talk, streak=0, reply=reply)
        return talk if question.may_repeat else talk.failed(_wrong(talk, question, reply, route, _ONCE))
    first = elapsed if talk.first_answer_after is None else talk.first_answer_after
    talk = replace(talk, reply=reply, first_answer_after=first)
    if unmet(question.expect, reply, route.secrets):
        return replace(talk, streak=0).failed(_wrong(talk, question, reply, route))
    return replace(talk, streak=talk.streak + 1)


_ONCE = "It was sent once, because a repetition may do its work twice. Where that does no harm, set repeatable: true."


def _wrong(talk: Conversation, question: Question, reply: Reply, route: Route, advice: str = "") -> str:
    """What is wrong with the last answer."""
    causes = "; it ".join(unmet(question.expect, reply, route.secrets))
    shown = printable(talk.url, route.secrets)
    return f"Asked {question.method} {shown}: it {causes}.{quoted(reply.text, route)}{f' {advice}' if advice else ''}"


def _too_late(talk: Conversation, question: Question, one: _Try, route: Route) -> str:
    """Why the time is over."""
    shown = printable(talk.url, route.secrets)
    if talk.streak:
        cause = f"{talk.streak} of {question.successes} good answers in a row"
    else:
        cause = f"no answer from the service itself; the last of {talk.attempts} tries: {one.told.rstrip('.')}"
    text = quoted(talk.reply.text, route) if talk.reply and one.answer else ""
    return f"Asked {question.method} {shown} for {question.start_timeout:g} s (start_timeout): {cause}.{text}"


def _told_pause(one: _Try, clock: Clock) -> float:
    """Seconds that the answer asks to wait."""
    return retry_after_seconds(one.answer.call.retry_after, clock) if one.answer else 0.0


def _is_deeper(document: Any, levels: int) -> bool:
    """Whether JSON is nested more than so many levels."""
    inner = document.values() if isinstance(document, Mapping) else document if isinstance(document, list) else ()
    return bool(inner) and (not levels or any(_is_deeper(element, levels - 1) for element in inner))

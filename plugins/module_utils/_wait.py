# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does it serve yet, will it ever, and how long do we wait for that?

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from ._desired import Current
from ._errors import PpioError, Progress, WaitFailed, printable
from ._pace import Pace
from ._resource import Resource

__all__ = ["Assessment", "Ready", "Verdict", "Wait", "assessment", "intervals", "wait_until_gone", "wait_until_ready"]

_FIRST_INTERVAL = 2.0
_LONGEST_INTERVAL = 15.0
_GROWTH = 1.5
#: Polls in a row in which all workers must fail the same way before that counts as final.
_FAILING_POLLS = 3
_WORKERS_NAMED = 3


class Verdict(Enum):
    """How far a resource is."""

    READY = "ready"
    NOT_YET = "not yet"
    #: All workers fail the same way, which may still pass.
    FAILING = "failing"
    FAILED = "failed"


@dataclass(frozen=True)
class Assessment:
    """A verdict on one look at a resource, why, and the status words that nobody knows."""

    verdict: Verdict
    reason: str
    unknown_words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wait:
    """What to wait for, how many seconds at most, and what had been done before."""

    resource: Resource
    goal: str
    seconds: float
    progress: Progress


@dataclass(frozen=True)
class Ready:
    """A resource that is ready, and what the user should know of the wait."""

    current: Current
    warnings: tuple[str, ...]


def assessment(resource: Resource, current: Current, goal: str) -> Assessment:
    """Whether the resource serves (goal `ready`) or has the workers it keeps (goal `workers`).

    A resource that keeps no worker is ready without one. A word that nobody knows is never success.
    """
    status = current.observed["status"]
    word = (status["status"] or "").lower()
    workers = [worker for worker in current.observed["workers"] if not worker["drain"]]
    said = _said(status)
    known = resource.ready_words | resource.failed_words | resource.coming_words | resource.going_words
    unknown = (word,) if word and word not in known else ()
    if status["error"] or word in resource.failed_words:
        return Assessment(Verdict.FAILED, f"the {resource.name} is {said}")
    if word in resource.going_words:
        return Assessment(Verdict.FAILED, f"the {resource.name} is being deleted ({said})")
    causes = {_said(worker["status"]) for worker in workers}
    if workers and len(causes) == 1 and all(worker["status"]["error"] for worker in workers):
        return Assessment(Verdict.FAILING, f"all {len(workers)} workers are {causes.pop()}", unknown)
    keeps = current.fields["worker_config"]["min_replicas"] or 0
    needed = max(1, keeps) if goal == "workers" else min(1, keeps)
    serving = sum(
        1
        for worker in workers
        if worker["health"] and (worker["status"]["status"] or "").lower() in resource.worker_words
    )
    if word in resource.ready_words and serving >= needed:
        return Assessment(Verdict.READY, said)
    states = f", {serving} of {needed} workers ready ({', '.join(sorted(causes)) or 'there is none'})" if needed else ""
    return Assessment(Verdict.NOT_YET, f"the {resource.name} is {said}{states}", unknown)


def intervals(pace: Pace) -> Iterator[float]:
    """Seconds between polls, without end: from 2 growing to 15, up to a quarter shorter by chance."""
    interval = _FIRST_INTERVAL
    while True:
        yield interval * (1 - pace.random() / 4)
        interval = min(_LONGEST_INTERVAL, interval * _GROWTH)


def wait_until_ready(wait: Wait, look: Callable[[], Current | None], pace: Pace) -> Ready:
    """Poll with `look` until the resource is ready.

    `look` returns None where the resource is not shown; it retries what passes, so that whatever it raises ends the
    wait. Raises WaitFailed, with the resource as last seen, when that fails for good or the time is up.
    """
    deadline = pace.now() + wait.seconds
    seen: Current | None = None
    words: dict[str, None] = {}
    failing = 0
    for interval in intervals(pace):
        try:
            current = look()
        except PpioError as error:
            raise _failed(wait, seen, words, f"looking at it failed: {error.message}") from error
        state = assessment(wait.resource, current, wait.goal) if current else _not_shown(wait.resource, seen)
        words |= dict.fromkeys(state.unknown_words)
        seen = current or seen
        failing = failing + 1 if state.verdict is Verdict.FAILING else 0
        if current and state.verdict is Verdict.READY:
            return Ready(current, _warnings(wait.resource, words))
        if state.verdict is Verdict.FAILED or failing >= _FAILING_POLLS:
            raise _failed(wait, seen, words, state.reason)
        remaining = deadline - pace.now()
        if remaining <= 0:
            raise _failed(wait, seen, words, f"{state.reason} after {wait.seconds:g} s (wait_timeout)")
        pace.sleep(min(interval, remaining))
    raise AssertionError("intervals never end")


def wait_until_gone(wait: Wait, is_shown: Callable[[], bool], pace: Pace) -> None:
    """Poll with `is_shown` until it says no. Raises WaitFailed when the time is up or a poll fails for good."""
    deadline = pace.now() + wait.seconds
    for interval in intervals(pace):
        try:
            if not is_shown():
                return
        except PpioError as error:
            raise WaitFailed(f"{_subject(wait)} may not be gone: {error.message}", error.call, wait.progress) from error
        remaining = deadline - pace.now()
        if remaining <= 0:
            raise WaitFailed(
                f"{_subject(wait)} is still shown {wait.seconds:g} s (wait_timeout) after its deletion.",
                progress=wait.progress,
            )
        pace.sleep(min(interval, remaining))


def _subject(wait: Wait) -> str:
    return f"The {wait.resource.name} {wait.progress.id or ''}".strip()


def _not_shown(resource: Resource, seen: Current | None) -> Assessment:
    """A resource that was just created may not show yet; one that was seen before is gone, if that lasts."""
    return Assessment(Verdict.FAILING if seen else Verdict.NOT_YET, f"the {resource.name} is not shown by the API")


def _failed(wait: Wait, seen: Current | None, words: Iterable[str], reason: str) -> WaitFailed:
    progress = replace(wait.progress, warnings=wait.progress.warnings + _warnings(wait.resource, words))
    workers: list[str] = []
    if seen:
        progress = replace(progress, fields=seen.fields, observed=seen.observed)
        workers = [
            f"{worker['id']} is {_said(worker['status'])}, log {worker['log']}" for worker in seen.observed["workers"]
        ]
    shown = f" Workers: {'; '.join(workers[:_WORKERS_NAMED])}." if workers else ""
    return WaitFailed(f"{_subject(wait)} is not ready: {reason}.{shown}", progress=progress)


def _said(status: Mapping[str, Any]) -> str:
    """The API's own words for a status."""
    words = [printable(status[name]) for name in ("status", "error", "message") if status[name]]
    return ": ".join(words) or "without a status"


def _warnings(resource: Resource, words: Iterable[str]) -> tuple[str, ...]:
    return tuple(
        f"The API calls the {resource.name} {printable(word)!r}, which was taken as not ready yet." for word in words
    )

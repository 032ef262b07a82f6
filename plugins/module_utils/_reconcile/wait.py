# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does it serve yet, will it ever, and how long do we wait for that?

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from ._desired import Current
from ._errors import PpioError, Progress, WaitFailed, printable
from ._pace import Pace
from ._resource import Resource
from ._telling import SILENT, Teller

__all__ = ["GONE", "Assessment", "Verdict", "Wait", "Watch", "assessment", "intervals", "watched"]

_FIRST_INTERVAL = 2.0
_LONGEST_INTERVAL = 15.0
_GROWTH = 1.5
#: Polls in a row in which all workers must fail the same way before that counts as final.
_FAILING_POLLS = 3
_LOGS_NAMED = 3


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


#: The goal of a wait for a resource to go away.
GONE = "gone"


@dataclass(frozen=True)
class Wait:
    """What to wait for, how many seconds at most, and what had been done before."""

    resource: Resource
    goal: str
    seconds: float
    progress: Progress


def assessment(resource: Resource, current: Current, goal: str) -> Assessment:
    """Whether the resource serves (goal `ready`) or has the workers it keeps (goal `workers`).

    A resource that keeps no worker is ready without one. A word that nobody knows is never success.
    """
    status = current.observed["status"]
    workers = [worker for worker in current.observed["workers"] if not worker["drain"]]
    reason = f"its status is {_said(status)}"
    word = _word(status)
    if status["error"] or word in resource.failed_words:
        return Assessment(Verdict.FAILED, reason)
    if word in resource.going_words:
        return Assessment(Verdict.FAILED, f"{reason}, so it is being deleted")
    unknown = _unknown_words(resource, word, workers)
    said = sorted({_said(worker["status"]) for worker in workers})
    errors = {worker["status"]["error"] for worker in workers}
    if len(errors) == 1 and all(errors):
        return Assessment(Verdict.FAILING, f"{reason}, and every worker is {said[0]}", unknown)
    keeps = current.fields["worker_config"]["min_replicas"] or 0
    needed = max(1, keeps) if goal == "workers" else min(1, keeps)
    serving = sum(1 for worker in workers if worker["health"] and _word(worker["status"]) in resource.worker_words)
    if word in resource.ready_words and serving >= needed:
        return Assessment(Verdict.READY, reason)
    if needed:
        reason += f", {serving} of {needed} workers ready ({', '.join(said) or 'there is none'})"
    return Assessment(Verdict.NOT_YET, reason, unknown)


def intervals(pace: Pace) -> Iterator[float]:
    """Seconds between polls, without end: from 2 growing to 15, up to a quarter shorter by chance."""
    interval = _FIRST_INTERVAL
    while True:
        yield interval * (1 - pace.random() / 4)
        interval = min(_LONGEST_INTERVAL, interval * _GROWTH)


@dataclass(frozen=True)
class Watch:
    """What several looks at one resource have shown so far, and the verdict on that. READY is the wished end."""

    wait: Wait
    seen: Current | None = None
    reason: str = ""
    words: tuple[str, ...] = ()
    failing: int = 0
    verdict: Verdict = Verdict.NOT_YET

    def after(self, current: Current | None) -> Watch:
        """The watch after one more look; None is a resource that the API does not show."""
        if self.wait.goal == GONE:
            return self._after_leaving(current)
        state = assessment(self.wait.resource, current, self.wait.goal) if current else _not_shown(self.seen)
        failing = self.failing + 1 if state.verdict is Verdict.FAILING else 0
        return replace(
            self,
            seen=current or self.seen,
            reason=state.reason,
            words=tuple(dict.fromkeys(self.words + state.unknown_words)),
            failing=failing,
            verdict=Verdict.FAILED if failing >= _FAILING_POLLS else state.verdict,
        )

    def _after_leaving(self, current: Current | None) -> Watch:
        if current is None:
            return replace(self, verdict=Verdict.READY)
        return replace(self, seen=current, reason=f"its status is {_said(current.observed['status'])}")

    @property
    def warnings(self) -> tuple[str, ...]:
        return tuple(f"The API's status word {word!r} is unknown, and counts as not ready yet." for word in self.words)

    def failure(self, elapsed: float, error: PpioError | None = None) -> WaitFailed:
        """Why the wait is over, on one line, and nothing lost of what was done before it and seen during it."""
        progress = replace(self.wait.progress, warnings=self.wait.progress.warnings + self.warnings)
        logs: list[str] = []
        if self.seen:
            progress = replace(progress, id=self.seen.id, fields=self.seen.fields, observed=self.seen.observed)
            logs = [printable(worker["log"]) for worker in self.seen.observed["workers"] if worker["log"]]
        message = (
            f"The {self.wait.resource.name} {progress.id or 'of that name'} {'may not be' if error else 'is not'} "
            f"{'gone' if self.wait.goal == GONE else 'ready'} after {elapsed:.0f} of {self.wait.seconds:g} s "
            f"(wait_timeout): {error.message if error else f'{self.reason}.'}"
        )
        message += f" Logs: {', '.join(logs[:_LOGS_NAMED])}." if logs else ""
        return WaitFailed(message, error.call if error else None, progress)


def watched(watch: Watch, look: Callable[[], Current | None], pace: Pace, teller: Teller = SILENT) -> Watch:
    """The watch once its end has come, polling with `look`.

    `look` returns None where the resource is not shown; it retries what passes, so that whatever it raises ends the
    wait. Raises WaitFailed, with the resource as last seen, when it fails for good or the time is up.
    """
    started = pace.now()
    for interval in intervals(pace):
        try:
            watch = watch.after(look())
        except PpioError as error:
            raise watch.failure(pace.now() - started, error) from error
        if watch.verdict is Verdict.READY:
            return watch
        remaining = started + watch.wait.seconds - pace.now()
        if watch.verdict is Verdict.FAILED or remaining <= 0:
            raise watch.failure(pace.now() - started)
        teller.step(f"waiting, {watch.reason}")
        pace.sleep(min(interval, remaining))
    raise AssertionError("intervals never end")


def _not_shown(seen: Current | None) -> Assessment:
    """What was just created may not show yet; what was seen before is gone, if that lasts."""
    if seen:
        return Assessment(Verdict.FAILING, "the API does not show it any more")
    return Assessment(Verdict.NOT_YET, "the API does not show it yet")


def _unknown_words(resource: Resource, word: str, workers: list[Mapping[str, Any]]) -> tuple[str, ...]:
    """Words that decide something and that nobody knows. An unhealthy worker is not ready whatever its word."""
    known = resource.ready_words | resource.coming_words | resource.worker_words
    words = [word, *(_word(worker["status"]) for worker in workers if worker["health"])]
    return tuple(printable(word) for word in words if word and word not in known)


def _word(status: Mapping[str, Any]) -> str:
    return (status["status"] or "").lower()


def _said(status: Mapping[str, Any]) -> str:
    """The API's own words for a status, such as `failed (IMAGE_PULL_FAILED: manifest unknown)`."""
    word = printable(status["status"] or "") or "not given"
    details = ": ".join(printable(status[name]) for name in ("error", "message") if status[name])
    return f"{word} ({details})" if details else word

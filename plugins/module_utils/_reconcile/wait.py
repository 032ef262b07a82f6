# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting: whether it serves yet, ever will, and how long that may take.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from .._api.client import Client
from .._clock import Deadline, poll_intervals
from .._errors import PpioError, WaitFailed, printable, require
from .._planning.state import Current
from .._progress import ProgressReporter
from .._schema.lifecycle import Assessment, Verdict
from .._schema.resource import Resource
from .entry import Done, Settled, Stage
from .snapshot import Snapshot, hidden
from .verify import shown
from .view import View

__all__ = ["Watch", "waited"]

#: Polls in a row in which all workers must fail the same way before that counts as final.
_FAILING_POLLS = 3
_LOGS_NAMED = 3
_NAMED_WAITING = 3


@dataclass(frozen=True)
class Watch:
    """What several looks at one resource have shown so far, and the verdict on that. READY is the wished end."""

    resource: Resource
    done: Done
    seen: Current | None = None
    reason: str = ""
    words: tuple[str, ...] = ()
    failing: int = 0
    verdict: Verdict = Verdict.NOT_YET

    def after(self, current: Current | None) -> Watch:
        """The watch after one more look; None is a resource that the API does not show."""
        if not self.done.entry.desired.present:
            return self._after_leaving(current)
        state = self._assessed(current)
        failing = self.failing + 1 if state.verdict is Verdict.FAILING else 0
        return replace(
            self,
            seen=current or self.seen,
            reason=state.reason,
            words=tuple(dict.fromkeys(self.words + state.unknown_words)),
            failing=failing,
            verdict=Verdict.FAILED if failing >= _FAILING_POLLS else state.verdict,
        )

    def settled(self) -> Settled:
        """How the entry ends once it is ready or gone."""
        if not self.done.entry.desired.present:
            return self.done
        outcome = shown(self.resource, self.done.outcome, require(self.seen))
        return replace(self.done, outcome=outcome).warned(*self._warnings)

    def failure(self, elapsed: float, error: PpioError | None = None) -> WaitFailed:
        """Why the wait is over, on one line, and nothing lost of what was done before it and seen during it."""
        desired, partial = self.done.entry.desired, self.done.outcome.partial
        partial = replace(partial, warnings=partial.warnings + self._warnings)
        logs: list[str] = []
        if self.seen:
            partial = replace(partial, id=self.seen.id, fields=self.seen.fields, observed=self.seen.observed)
            logs = self.resource.lifecycle.logs(self.seen.observed) if self.resource.lifecycle else []
        message = (
            f"The {self.resource.name} {partial.id or 'of that name'} {'may not be' if error else 'is not'} "
            f"{'ready' if desired.present else 'gone'} after {elapsed:.0f} of {desired.wait_timeout:g} s "
            f"(wait_timeout): {error.message if error else f'{self.reason}.'}"
        )
        message += f" Logs: {', '.join(logs[:_LOGS_NAMED])}." if logs else ""
        return WaitFailed(message, error.call if error else None, partial)

    def _after_leaving(self, current: Current | None) -> Watch:
        if current is None:
            return replace(self, verdict=Verdict.READY)
        lifecycle = self.resource.lifecycle
        reason = f"its status is {lifecycle.described(current.observed)}" if lifecycle else "the API still shows it"
        return replace(self, seen=current, reason=reason)

    def _assessed(self, current: Current | None) -> Assessment:
        if current is None and self.seen:
            # What was just created may not show yet; what was seen before is gone, if that lasts.
            return Assessment(Verdict.FAILING, "the API does not show it any more")
        if current is None:
            return Assessment(Verdict.NOT_YET, "the API does not show it yet")
        if self.resource.lifecycle is None:
            return Assessment(Verdict.READY, "the API shows it")
        return self.resource.lifecycle.assess(current.fields, current.observed, self.done.entry.desired.wait_for)

    @property
    def _warnings(self) -> tuple[str, ...]:
        return tuple(f"The API's status word {word!r} is unknown, and counts as not ready yet." for word in self.words)


def waited(view: View, stages: Sequence[Stage], progress: ProgressReporter) -> list[Stage]:
    """The entries once all that is waited for is ready or gone, with one look for all of them in each interval.

    Looks retry what passes, so that whatever they raise ends the wait.
    """
    result = list(stages)
    watches = {
        number: Watch(view.client.resource, stage)
        for number, stage in enumerate(stages)
        if isinstance(stage, Done) and stage.entry.desired.wait_for and stage.watched_ids
    }
    if not watches:
        return result
    clock, started = view.client.deadline.clock, view.client.deadline.clock.now()
    timeout = max(watch.done.entry.desired.wait_timeout for watch in watches.values())
    deadline = clock.after(timeout)
    for interval in poll_intervals(clock):
        snapshot, error = _look(view, watches, deadline)
        elapsed = clock.now() - started
        for number, watch in list(watches.items()):
            watches[number], end = _advanced(view.client, watch, snapshot, error, elapsed)
            if end:
                result[number] = end
                del watches[number]
        if not watches:
            return result
        progress.step(f"waiting for {_named(watches)}")
        clock.sleep(min(interval, max(0.0, timeout - elapsed)))
    raise AssertionError("poll intervals never end")


def _look(view: View, watches: Mapping[int, Watch], deadline: Deadline) -> tuple[Snapshot | None, PpioError | None]:
    """One look, or why there is none."""
    try:
        return view.watched([watch.done for watch in watches.values()], deadline), None
    except PpioError as error:
        return None, error


def _advanced(
    client: Client, watch: Watch, snapshot: Snapshot | None, error: PpioError | None, elapsed: float
) -> tuple[Watch, Settled | None]:
    """The watch after a look, and how its entry ends if that was the last one."""
    if snapshot:
        try:
            currents = [snapshot.current(identity) for identity in watch.done.watched_ids]
        except PpioError as trouble:
            return watch, watch.done.failed(watch.failure(elapsed, trouble))
        current = next((current for current in currents if current), None)
        watch = watch.after(hidden(client, watch.done.entry.desired, current) if current else None)
    if watch.verdict is Verdict.READY:
        return watch, watch.settled()
    if error or watch.verdict is Verdict.FAILED or elapsed >= watch.done.entry.desired.wait_timeout:
        return watch, watch.done.failed(watch.failure(elapsed, error))
    return watch, None


def _named(watches: Mapping[int, Watch]) -> str:
    named = [
        f"{printable(watch.done.entry.name)} ({watch.reason})" for watch in list(watches.values())[:_NAMED_WAITING]
    ]
    more = f" and {len(watches) - len(named)} more" if len(watches) > len(named) else ""
    return f"{', '.join(named)}{more}"

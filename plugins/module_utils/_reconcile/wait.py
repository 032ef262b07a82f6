# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting: whether it serves yet, ever will, and how long that may take.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from .._api.client import Client
from .._clock import Clock, Deadline, poll_intervals
from .._errors import InvalidResponse, PpioError, WaitFailed, first_of, printable, require
from .._planning.masks import contradictions
from .._planning.state import Current
from .._progress import ProgressReporter
from .._schema.lifecycle import STATUS_IS, Verdict, Write
from .._schema.resource import Resource
from .entry import Done, Failed, Held, Stage
from .readiness_gate import Gate, facts, missing_proof, obstacle_to_rollback
from .snapshot import Snapshot, hidden
from .turnover import Baseline, Turnover, baseline
from .verify import shown
from .view import View

__all__ = ["Move", "Watch", "waited"]

#: Makes entries of something that is in stock, by their numbers. Those that it returns as done are waited for anew.
Move = Callable[[Mapping[int, Held], Deadline], Mapping[int, "Done | Held"]]

_LOGS_NAMED = 3
_NAMED_WAITING = 3


@dataclass(frozen=True)
class Watch:
    """What several looks at one resource have shown so far. `gate` judges one that is to be there."""

    resource: Resource
    done: Done
    gate: Gate | None
    seen: Current | None = None
    verdict: Verdict = Verdict.NOT_YET
    reason: str = ""

    @classmethod
    def of(cls, resource: Resource, done: Done, failure: str = "") -> Watch:
        """The watch before the first look. `failure` is what may be shown of another one for some time yet."""
        desired, outcome, lifecycle = done.entry.desired, done.outcome, require(resource.lifecycle)
        if not desired.present:
            return cls(resource, done, None)
        # On the way back, what was there before proves as much as what is new, but not what gave a wrong answer.
        before = Baseline(done.entry.distrusted) if done.entry.is_rollback else baseline(lifecycle, outcome.previous)
        before = replace(before, failure=before.failure or failure)
        turnover = Turnover(before, desired.strategy.surge)
        return cls(resource, done, Gate(lifecycle, desired.wait_for, outcome.write, turnover, desired.strategy))

    def anew(self, done: Done) -> Watch:
        """The watch of what was changed because this one has ended. Answers may show the old failure for some time."""
        described = require(self.resource.lifecycle).described
        return Watch.of(self.resource, done, described(self.seen.observed) if self.seen else "")

    def after(self, current: Current | None, now: float) -> Watch:
        """The watch after one more look; None is a resource that the API does not show."""
        if self.gate is None:
            return self._after_leaving(current)
        gate = self.gate.after(current, now)
        watch = replace(self, gate=gate, seen=current or self.seen, verdict=gate.verdict, reason=gate.reason)
        return watch._unless_changed() if gate.verdict is Verdict.READY else watch

    @property
    def longest(self) -> float:
        """Seconds until the wait is over at the latest: what is ready in time may still show that it stays so."""
        desired = self.done.entry.desired
        is_settling = self.gate is not None and self.gate.is_settling
        return desired.wait_timeout + (desired.strategy.stable_for if is_settling else 0)

    def at_deadline(self) -> Watch:
        """The watch when the time is over. Where all is well but for a proof, no more time brings one."""
        if not (self.gate and self.gate.is_quiet):
            return replace(self, verdict=Verdict.FAILED)
        watch = replace(self, verdict=Verdict.READY)._unless_changed()
        return watch if watch.verdict is Verdict.READY else replace(watch, verdict=Verdict.FAILED)

    def pause(self, now: float, remaining: float) -> float:
        """Seconds until it has to be looked at again at the latest, of those that are left."""
        left = (remaining,) if remaining > 0 else ()
        return min((*left, *(self.gate.due(now) if self.gate else ())), default=0.0)

    def failure(self, elapsed: float, error: PpioError | None = None) -> WaitFailed:
        """Why the wait is over, on one line, and nothing lost of what was done before it and seen during it."""
        desired, partial = self.done.entry.desired, self.done.outcome.partial
        partial = replace(partial, warnings=partial.warnings + self._warnings)
        if self.seen:
            partial = replace(partial, id=self.seen.id, fields=self.seen.fields, observed=self.seen.observed)
        reason = error.message if error else f"{self.reason}."
        message = (
            f"The {self.resource.name} {partial.id or 'of that name'} {'may not be' if error else 'is not'} "
            f"{'ready' if desired.present else 'gone'} after {elapsed:.0f} of {desired.wait_timeout:g} s "
            f"({desired.strategy.timeout_option}): {reason}"
        )
        message += f" Logs: {', '.join(self._logs[:_LOGS_NAMED])}." if self._logs else ""
        partial = replace(partial, rollout=self._rollout_facts("kept", reason, elapsed))
        return WaitFailed(message, error.call if error else None, partial)

    def held(self, elapsed: float, error: PpioError | None) -> Held | Failed:
        """How the entry ends if it has not got ready, or gone."""
        failure = self.failure(elapsed, error)
        if self.gate is None:
            return self.done.failed(failure)
        obstacle = "the API cannot be asked any more" if error else ""
        obstacle = obstacle or obstacle_to_rollback(self.resource, self.done.outcome, self.seen)
        return Held(self.done, failure, obstacle, lacks_stock=not error and self._lacks_stock(self.gate, elapsed))

    def _lacks_stock(self, gate: Gate, elapsed: float) -> bool:
        """Whether it is new, nothing but stock is in its way, and there is time to try something else."""
        if self.seen is None or gate.turnover.served or not self.done.outcome.certain:
            return False
        is_new = gate.write is Write.CREATED and elapsed < self.done.entry.desired.wait_timeout
        return is_new and require(self.resource.lifecycle).lacks_stock(self.seen.observed)

    def proven(self, elapsed: float) -> Done:
        """The entry once it has passed its gate, and what that has proved."""
        if self.gate is None:
            return self.done
        outcome = shown(self.resource, self.done.outcome, require(self.seen))
        warnings, word, reason = self._warnings, "completed", ""
        if not self.gate.is_proven:
            word = "unproven"
            reason = f"not verified that the {self.resource.name} can serve: {missing_proof(self.gate)}"
            # An answer will prove more.
            if self.gate.is_to_prove and not self.done.entry.desired.smoke_test:
                warnings = (*warnings, f"{reason[0].upper()}{reason[1:]}.{self._advice}")
        elif self.gate.left:
            word = "partial"
            reason = f"old workers still serve, perhaps with the previous settings: {', '.join(self.gate.left)}"
            warnings = (*warnings, f"The change works in a new worker, but {reason}.")
        outcome = replace(outcome, rollout=self._rollout_facts(word, reason, elapsed))
        return replace(self.done, outcome=outcome).warned(*warnings)

    def _after_leaving(self, current: Current | None) -> Watch:
        if current is None:
            return replace(self, verdict=Verdict.READY)
        reason = f"{STATUS_IS}{require(self.resource.lifecycle).described(current.observed)}"
        return replace(self, seen=current, reason=reason)

    def _unless_changed(self) -> Watch:
        """What serves is what was asked for only if nobody has changed it since."""
        wrong = contradictions(self.resource, require(self.seen), self.done.entry.target)
        if not wrong:
            return self
        gate = replace(require(self.gate), verdict=Verdict.NOT_YET, ready_since=None, quiet_since=None)
        reason = f"it was changed: {'; '.join(map(str, wrong))}"
        return replace(self, gate=gate, verdict=Verdict.NOT_YET, reason=reason)

    def _rollout_facts(self, outcome: str, reason: str, elapsed: float) -> dict[str, object] | None:
        return (
            None
            if self.gate is None
            else {"outcome": outcome, "reason": reason, **facts(self.gate, elapsed), "logs": self._logs}
        )

    @property
    def _advice(self) -> str:
        """The options that would have brought a proof, as a sentence; empty where there are none."""
        service, gate, seen = self.resource.service, require(self.gate), require(self.seen)
        options = ["smoke_test"] if service and not service.takes_jobs(seen.fields) else []
        options += [] if gate.strategy.surge else ["rollout.surge"]
        return f" Add {' or '.join(options)}." if options else ""

    @property
    def _logs(self) -> list[str]:
        return require(self.resource.lifecycle).logs(self.seen.observed) if self.seen else []

    @property
    def _warnings(self) -> tuple[str, ...]:
        words = self.gate.words if self.gate else ()
        return tuple(f"The API's status word {word!r} is unknown, and counts as not ready yet." for word in words)


def waited(view: View, stages: Sequence[Stage], progress: ProgressReporter, move: Move | None = None) -> list[Stage]:
    """The entries once all that is waited for is ready or gone, with one look for all of them in each interval.

    Looks retry what passes, so that whatever they raise ends the wait. What `move` brings about for entries that have
    not got ready is waited for in what is left of their time.
    """
    result = list(stages)
    watches = {
        number: Watch.of(view.client.resource, stage)
        for number, stage in enumerate(stages)
        if isinstance(stage, Done) and stage.entry.desired.wait_for and stage.watched_ids
    }
    if not watches:
        return result
    names = [watch.done.entry.name for watch in watches.values()]
    progress.phase(f"waiting for {view.client.resource.named(names)}")
    clock, started = view.client.deadline.clock, view.client.deadline.clock.now()
    for interval in poll_intervals(clock):
        watches, ends = _after_look(view, watches, started)
        moved = _moved(watches, ends, clock, started, move)
        for number, end in {**ends, **moved}.items():
            result[number] = end
            watch = watches.pop(number)
            if number in moved and isinstance(end, Done):
                watches[number] = watch.anew(end)
        if not watches:
            return result
        progress.step(_named(watches))
        now = clock.now()
        pauses = (watch.pause(now, started + watch.done.entry.desired.wait_timeout - now) for watch in watches.values())
        clock.sleep(min(interval, *pauses))
    raise AssertionError("poll intervals never end")


def _after_look(
    view: View, watches: Mapping[int, Watch], started: float
) -> tuple[dict[int, Watch], dict[int, Done | Held | Failed]]:
    """The watches after one more look for all of them, and how those entries end whose wait is over."""
    clock = view.client.deadline.clock
    deadline = Deadline(clock, started + max(watch.longest for watch in watches.values()))
    snapshot, error = _look(view, watches, deadline)
    elapsed = clock.now() - started
    looked = {number: _advanced(view.client, watch, snapshot, error, elapsed) for number, watch in watches.items()}
    after = {number: watch for number, (watch, _end) in looked.items()}
    return after, {number: end for number, (_watch, end) in looked.items() if end}


def _moved(
    watches: Mapping[int, Watch],
    ends: Mapping[int, Done | Held | Failed],
    clock: Clock,
    started: float,
    move: Move | None,
) -> Mapping[int, Done | Held]:
    """How entries that can be made of something else go on, in what is left of their time."""
    stuck = {number: end for number, end in ends.items() if isinstance(end, Held) and end.lacks_stock}
    if not (move and stuck):
        return {}
    longest = max(watches[number].longest for number in stuck)
    return move(stuck, Deadline(clock, started + longest))


def _look(view: View, watches: Mapping[int, Watch], deadline: Deadline) -> tuple[Snapshot | None, PpioError | None]:
    """One look, or why there is none."""
    try:
        return view.watched([watch.done for watch in watches.values()], deadline), None
    except PpioError as error:
        return None, error


def _advanced(
    client: Client, watch: Watch, snapshot: Snapshot | None, error: PpioError | None, elapsed: float
) -> tuple[Watch, Done | Held | Failed | None]:
    """The watch after a look, and how its entry ends if that was the last one."""
    done = watch.done
    if snapshot:
        try:
            currents = [snapshot.current(identity) for identity in done.watched_ids]
        except PpioError as trouble:
            error = trouble
        else:
            current = next((current for current in currents if current), None)
            current = hidden(client, done.entry.desired, current) if current else None
            watch = watch.after(current, client.deadline.clock.now())
    is_late = elapsed >= watch.longest
    if isinstance(error, InvalidResponse) and not is_late:
        # What cannot be read, such as a gateway's page, says nothing. The next answer may.
        return watch, None
    if is_late and watch.verdict is Verdict.NOT_YET and not error:
        watch = watch.at_deadline()
    if watch.verdict is Verdict.READY:
        return watch, watch.proven(elapsed)
    if error or watch.verdict is Verdict.FAILED:
        return watch, watch.held(elapsed, error)
    return watch, None


def _named(watches: Mapping[int, Watch]) -> str:
    """How far the first of them are, such as `llama is running, 0 of 1 workers ready (starting)`."""
    told = [f"{printable(watch.done.entry.name)}: {watch.reason}" for watch in watches.values()]
    return first_of([one.replace(f": {STATUS_IS}", " is ", 1) for one in told], _NAMED_WAITING, "; ")

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gate: what several looks at one resource prove.

A healthy replica proves a change only if it runs what was changed, which the turnover tells. Pure functions. Private to
the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from .._errors import require
from .._planning.outcome import Outcome
from .._planning.rollout_strategy import Strategy
from .._planning.state import Current
from .._schema.lifecycle import Assessment, Demand, Lifecycle, Verdict, Write
from .._schema.resource import Resource
from .turnover import Turnover, baseline

__all__ = ["Gate", "facts", "missing_proof", "obstacle_to_rollback"]

#: Seconds without any sign of a restart after which nothing is going to show whether the change works.
_SIGN_PATIENCE = 60.0
_SHORTEST_PAUSE = 0.05
#: The writes after which replicas must show that they can serve.
_TO_PROVE = frozenset({Write.CREATED, Write.RESTARTED})


def obstacle_to_rollback(resource: Resource, outcome: Outcome, seen: Current | None) -> str:
    """Why a change that does not work must not be rolled back, empty if nothing speaks against it."""
    lifecycle = require(resource.lifecycle)
    if outcome.previous is None or outcome.write is Write.NONE:
        return "there is no earlier state"
    if not baseline(lifecycle, outcome.previous).served:
        return f"the {resource.name} did not serve before either"
    if seen and lifecycle.owes(seen.observed):
        return "the account has to be paid first"
    return ""


@dataclass(frozen=True)
class Availability:
    """How well it served meanwhile: the fewest replicas that served in a look, and seconds in which none did."""

    lowest: int | None = None
    seconds_without_serving: float = 0
    looked_at: float = 0

    def after(self, serving: int, now: float) -> Availability:
        """With one more look. What it shows has held since the look before, as far as anybody knows."""
        if self.lowest is None:
            return Availability(serving, 0, now)
        seconds = self.seconds_without_serving + (0 if serving else now - self.looked_at)
        return Availability(min(self.lowest, serving), seconds, now)


@dataclass(frozen=True)
class Gate:
    """What looks have shown since a write, and the verdict on that. READY is the wished end.

    `steady` are the ids of the replicas that have served in every look since `ready_since`. Moments are the clock's
    seconds.
    """

    lifecycle: Lifecycle
    goal: str
    write: Write
    turnover: Turnover
    strategy: Strategy
    verdict: Verdict = Verdict.NOT_YET
    reason: str = ""
    words: tuple[str, ...] = ()
    is_proven: bool = False
    was_ready: bool | None = None
    steady: frozenset[str] = frozenset()
    ready_since: float | None = None
    failing_since: float | None = None
    quiet_since: float | None = None
    availability: Availability = field(default_factory=Availability)

    def after(self, current: Current | None, now: float) -> Gate:
        """The gate after one more look; None is a resource that the API does not show."""
        gate = self._noticed(current, now) if current else self
        state = gate._lenient(gate._assessed(current), current)
        is_ready = state.verdict is Verdict.READY
        gate = replace(
            gate,
            reason=state.reason,
            words=tuple(dict.fromkeys(self.words + state.unknown_words)),
            was_ready=is_ready if self.was_ready is None else self.was_ready,
            failing_since=_since(self.failing_since, now, holds=state.verdict is Verdict.FAILING),
            quiet_since=_since(self.quiet_since, now, holds=gate._stands_still(current)),
            steady=self.steady & state.serving if self._has_stayed(state) else state.serving,
            ready_since=_since(self.ready_since if self._has_stayed(state) else None, now, holds=is_ready),
        )
        return gate._judged(state, now)

    @property
    def is_settling(self) -> bool:
        """Whether it is ready, and only has to stay so."""
        return self.ready_since is not None and self.verdict is Verdict.NOT_YET

    @property
    def old(self) -> list[str]:
        """The ids of the replicas that were there before the write."""
        return sorted(self.turnover.before.replicas if self.write is not Write.NONE else self._staying)

    @property
    def new(self) -> list[str]:
        """The ids of the replicas that came, or restarted, after the write."""
        return sorted(self._staying - self.turnover.unchanged) if self.write is not Write.NONE else []

    @property
    def left(self) -> list[str]:
        """The ids of the replicas from before that serve on, perhaps with what they were."""
        doubtful = self.turnover.doubtful if self.write is Write.RESTARTED else frozenset()
        return sorted(one.id for one in self.turnover.staying if one.serves and one.id in doubtful)

    @property
    def is_quiet(self) -> bool:
        """Whether all is well, and nothing runs what was written."""
        return self.quiet_since is not None

    @property
    def is_to_prove(self) -> bool:
        """Whether what was written is true only if something can serve with it."""
        return self.write in _TO_PROVE

    def due(self, now: float) -> Iterator[float]:
        """Seconds until the next look at the latest: a little sooner where something has to last."""
        if (left := _left(self.ready_since, now, self._stable_for)) > 0:
            yield max(_SHORTEST_PAUSE, min(self._stable_for / 3, left))
        for since, seconds in ((self.failing_since, self.strategy.patience), (self.quiet_since, self.sign_patience)):
            if (left := _left(since, now, seconds)) > 0:
                yield max(_SHORTEST_PAUSE, left)

    @property
    def sign_patience(self) -> float:
        """Seconds for which old workers may run on until it counts that none is replaced."""
        return max(_SIGN_PATIENCE, self.strategy.stable_for)

    @property
    def _stable_for(self) -> float:
        """Seconds for which it has to stay ready: none, if that is nothing new."""
        return self.strategy.stable_for if self.is_to_prove or not self.was_ready else 0

    @property
    def _staying(self) -> frozenset[str]:
        return frozenset(replica.id for replica in self.turnover.staying)

    @property
    def _uncounted(self) -> frozenset[str]:
        return self.turnover.unchanged if self.write is Write.RESTARTED else frozenset()

    def _noticed(self, current: Current, now: float) -> Gate:
        turnover = self.turnover.after(self.lifecycle.replicas(current.observed))
        serving = sum(1 for replica in turnover.staying if replica.serves)
        return replace(self, turnover=turnover, availability=self.availability.after(serving, now))

    def _assessed(self, current: Current | None) -> Assessment:
        if current is None and self.turnover.there is not None:
            # What was just created may not show yet; what was seen before is gone, if that lasts.
            return Assessment(Verdict.FAILING, "the API does not show it any more")
        if current is None:
            return Assessment(Verdict.NOT_YET, "the API does not show it yet")
        return self.lifecycle.assess(current.fields, current.observed, Demand(self.goal, self.write, self._uncounted))

    def _lenient(self, state: Assessment, current: Current | None) -> Assessment:
        """A failure that was there before the write may be shown for some time after it."""
        failure = self.turnover.before.failure
        is_old = current and failure and self.lifecycle.described(current.observed) == failure
        return replace(state, verdict=Verdict.FAILING) if is_old and state.verdict is Verdict.FAILED else state

    def _stands_still(self, current: Current | None) -> bool:
        """Whether all is well, and only what ran before is in the way of more that could prove what was written."""
        if current is None or not self.is_to_prove:
            return False
        if not all(replica.serves for replica in self.turnover.staying if replica.id not in self._uncounted):
            return False
        demand = Demand(self.goal, Write.KEPT)
        return self.lifecycle.assess(current.fields, current.observed, demand).verdict is Verdict.READY

    def _has_stayed(self, state: Assessment) -> bool:
        """Whether enough of those that served in the look before serve still, rather than others in their place."""
        return len(self.steady & state.serving) >= min(state.needed, len(self.steady))

    def _judged(self, state: Assessment, now: float) -> Gate:
        if state.verdict is Verdict.FAILED:
            return replace(self, verdict=Verdict.FAILED)
        if _lasted(self.failing_since, now, self.strategy.patience):
            lasted = f", for {self.strategy.patience:g} s (failure_patience)" if self.strategy.patience else ""
            return replace(self, verdict=Verdict.FAILED, reason=f"{self.reason}{lasted}")
        if self.ready_since is not None and (state.serving or not self.is_to_prove):
            return self._settled(state, now, self.ready_since)
        if self.quiet_since is None:
            return replace(self, verdict=Verdict.NOT_YET)
        patience = self.sign_patience if self.turnover.staying else 0
        is_over = _lasted(self.quiet_since, now, patience)
        is_proven = bool(state.serving) and _lasted(self.quiet_since, now, self.strategy.stable_for)
        return replace(self, verdict=Verdict.READY if is_over else Verdict.NOT_YET, is_proven=is_proven)

    def _settled(self, state: Assessment, now: float, since: float) -> Gate:
        seconds = self._stable_for if state.serving else 0
        if _lasted(since, now, seconds):
            return replace(self, verdict=Verdict.READY, is_proven=bool(state.serving))
        ready = f"{self.reason}, ready for {now - since:.0f} of {seconds:g} s (rollout.stable_for)"
        return replace(self, verdict=Verdict.NOT_YET, reason=ready)


def facts(gate: Gate, seconds: float) -> dict[str, Any]:
    """What is told of the looks, whatever their end."""
    return {
        "seconds": round(seconds),
        "old_workers": gate.old,
        "new_workers": gate.new,
        "serving_lowest": gate.availability.lowest,
        "seconds_without_serving": round(gate.availability.seconds_without_serving),
    }


def missing_proof(gate: Gate) -> str:
    """Why there is no proof, in words."""
    if gate.turnover.staying:
        return f"the old workers run on, and no new one started within {gate.sign_patience:.0f} s"
    return "min_replicas is 0, so no worker runs"


def _since(moment: float | None, now: float, *, holds: bool) -> float | None:
    """The moment since when something holds without a break."""
    if not holds:
        return None
    return now if moment is None else moment


def _lasted(since: float | None, now: float, seconds: float) -> bool:
    return since is not None and _left(since, now, seconds) <= 0


def _left(since: float | None, now: float, seconds: float) -> float:
    """Seconds that are missing until something has held for so many; 0 or less where it has, or does not hold."""
    return 0 if since is None else seconds - (now - since)

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An entry on its way: asked for, located, done or failed. Each stage is a type of its own.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from .._errors import NOTHING_DONE, NotAttempted, PartialResult, PpioError, require
from .._planning.choice import Choice
from .._planning.compare import Difference
from .._planning.outcome import Outcome
from .._planning.plan import Action
from .._planning.rollout_states import Surge
from .._planning.state import Current, Desired

__all__ = ["Done", "Entry", "Failed", "Held", "Located", "Misfit", "Settled", "Stage"]


@dataclass(frozen=True)
class Entry:
    """One resource that is asked for. `pruned` is one that nobody listed, so that it is to go.

    `choice` is what was chosen for it, where there was something to choose.
    `recovered` is what is wanted back where an earlier task was stopped and left more.
    While there is a `surge`, more than `desired` is wanted; one that `keeps_surge` has it in `desired`, too.
    `is_rollback` is an entry that goes back to its previous settings; `distrusted` are then the ids of workers that
    serve but run the settings that are rolled back.
    """

    desired: Desired
    name: str
    pruned: bool = False
    choice: Choice | None = None
    surge: Surge | None = None
    recovered: Mapping[str, Any] = field(default_factory=dict)
    is_rollback: bool = False
    keeps_surge: bool = False
    distrusted: frozenset[str] = frozenset()

    @property
    def target(self) -> Desired:
        """What is wanted for now."""
        return self.surge.surged if self.surge else self.desired

    @classmethod
    def of(cls, desired: Desired) -> Entry:
        return cls(desired, desired.name or desired.id or "")


@dataclass(frozen=True)
class Located:
    """An entry, and what there is of it: nothing, if `current` is None.

    `known` are the ids that have the name, None where there was no looking by name. `is_stale` asks for one more read
    before a plan is made. `listing_unavailable` says that the server has no list. `warnings` are for the case that
    something is created, `remarks` for any. `after` are the ids that the same task has to rename first: the name
    that this one is to get is theirs. `expected` is what the next read must show: if it does not, somebody else was
    there. `is_without_stock` says that the next read must show it out of stock: if it does not, nothing is written.
    """

    entry: Entry
    current: Current | None
    known: frozenset[str] | None = None
    is_stale: bool = False
    listing_unavailable: bool = False
    warnings: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    after: frozenset[str] = frozenset()
    expected: Desired | None = None
    is_without_stock: bool = False

    @property
    def partial(self) -> PartialResult:
        """What an error before any write is to say."""
        if self.current is None:
            return NOTHING_DONE
        return PartialResult(Action.NONE.value, False, self.current.id, self.current.fields, self.current.observed)

    def done(self, outcome: Outcome) -> Done:
        return Done(self.entry, outcome, self.known, self.listing_unavailable)

    def failed(self, error: PpioError) -> Failed:
        return Failed(self.entry, error.after(self.partial))

    def unattempted(self, because: str) -> Failed:
        return self.failed(NotAttempted(f"Not attempted, because {because}."))


@dataclass(frozen=True)
class Done:
    """An entry for which everything was done, or predicted. `known` and `listing_unavailable` as in Located."""

    entry: Entry
    outcome: Outcome
    known: frozenset[str] | None = None
    listing_unavailable: bool = False

    @property
    def partial(self) -> PartialResult:
        """What was done for it."""
        return self.outcome.partial

    def failed(self, error: PpioError) -> Failed:
        return Failed(self.entry, error.after(self.partial))

    @property
    def watched_ids(self) -> tuple[str, ...]:
        """The ids that a wait looks at; where all of the name is to be gone, also those that had it before."""
        own = [identity for identity in (self.outcome.id, self.entry.desired.id) if identity]
        others = () if self.entry.desired.present else sorted(self.known or ())
        return tuple(dict.fromkeys((*own, *others)))

    def warned(self, *warnings: str) -> Done:
        return replace(self, outcome=self.outcome.warned(*warnings)) if warnings else self


@dataclass(frozen=True)
class Misfit:
    """A write that was accepted, and where what the API shows is not what was sent."""

    outcome: Outcome
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class Held:
    """An entry for which everything was done, and that did not become ready.

    `obstacle` is why it must not be rolled back, empty if nothing speaks against that. `lacks_stock` says that this
    task created it, that it never served, that nothing but stock is in its way, and that some of its time is left.
    """

    done: Done
    error: PpioError
    obstacle: str = ""
    lacks_stock: bool = False

    @property
    def entry(self) -> Entry:
        return self.done.entry

    def ended(self, outcome: str, note: str = "", later: PartialResult | None = None) -> Failed:
        """How it ends: the error with what became of the change, and the resource as it was seen `later`."""
        partial = require(self.error.partial).seen(later)
        error = self.error.noted(note) if note else self.error
        rollout = {**(partial.rollout or {}), "outcome": outcome}
        return Failed(self.entry, error.telling(replace(partial, rollout=rollout)))


@dataclass(frozen=True)
class Failed:
    """An entry that failed."""

    entry: Entry
    error: PpioError
    misfit: Misfit | None = None

    @property
    def partial(self) -> PartialResult:
        """What had been done for it."""
        return self.error.partial or NOTHING_DONE


#: How an entry ends.
Settled: TypeAlias = "Done | Failed"
Stage: TypeAlias = "Located | Done | Held | Failed"

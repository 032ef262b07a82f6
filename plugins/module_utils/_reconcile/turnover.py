# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turnover: which replicas came, or restarted, since a write?

The API does not say which replica runs what was changed. A replica counts as one that does if its id is new since the
write, or if it was seen not serving after the write. One that was still starting at the write must have served first.
Pure functions. Private to the ppio.gpu collection.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from .._planning.state import Current
from .._schema.lifecycle import Demand, Lifecycle, Replica, Verdict

__all__ = ["Baseline", "Turnover", "baseline"]


@dataclass(frozen=True)
class Baseline:
    """What there was right before a write: the ids of the replicas, how it had failed, and whether it served.

    `failing` are those of the replicas that failed, `starting` those that neither served nor failed.
    """

    replicas: frozenset[str] = frozenset()
    failing: frozenset[str] = frozenset()
    starting: frozenset[str] = frozenset()
    failure: str = ""
    served: bool = False


def baseline(lifecycle: Lifecycle, current: Current | None) -> Baseline:
    """What the last look before a write showed; None is a resource that did not exist."""
    if current is None:
        return Baseline()
    replicas = lifecycle.replicas(current.observed)
    verdict = lifecycle.assess(current.fields, current.observed, Demand(lifecycle.goals[0])).verdict
    return Baseline(
        replicas=frozenset(replica.id for replica in replicas),
        failing=frozenset(replica.id for replica in replicas if replica.fails and not replica.serves),
        starting=frozenset(replica.id for replica in replicas if not (replica.serves or replica.fails)),
        failure=lifecycle.described(current.observed) if verdict is Verdict.FAILED else "",
        served=verdict is Verdict.READY or any(replica.serves for replica in replicas if not replica.leaves),
    )


@dataclass(frozen=True)
class Turnover:
    """Which replicas came, or restarted, since a write, as far as looks have shown. `there` are those of the last look.

    `served` are the ids of all that served in some look since, `stopped` those from before that did not in some look:
    what was still starting has to have served first, or it may have gone on to start as what it was. `came` is the
    largest number of new ids in one look. Where it is larger than the surge, new replicas replace old ones.
    """

    before: Baseline
    surge: int
    there: tuple[Replica, ...] | None = None
    served: frozenset[str] = frozenset()
    stopped: frozenset[str] = frozenset()
    came: int = 0

    def after(self, there: tuple[Replica, ...]) -> Turnover:
        """With one more look."""
        serving = frozenset(replica.id for replica in there if replica.serves)
        came = sum(1 for replica in there if not replica.leaves and replica.id not in self.before.replicas)
        return replace(
            self,
            there=there,
            served=self.served | serving,
            stopped=self.stopped | (self.before.replicas - serving - (self.before.starting - self.served)),
            came=max(self.came, came),
        )

    @property
    def staying(self) -> tuple[Replica, ...]:
        """The replicas that the last look showed, without those that leave."""
        return tuple(replica for replica in self.there or () if not replica.leaves)

    @property
    def unchanged(self) -> frozenset[str]:
        """The ids of those from before that have not restarted, so that they do not run what was written.

        Where new ones replace old ones, one that failed before and serves now has recovered with the old settings.
        """
        return self.before.replicas - (self.stopped - self.before.failing if self.came > self.surge else self.stopped)

    @property
    def doubtful(self) -> frozenset[str]:
        """The same, and those that failed before: beside new ones, they may have got well or have restarted."""
        return self.unchanged | (self.before.failing if self.came else frozenset())

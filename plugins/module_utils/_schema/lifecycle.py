# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a lifecycle is: the states of a kind of resource, and the verdict on one look at it.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

__all__ = ["STATUS_IS", "Assessment", "Demand", "Lifecycle", "Replica", "Verdict", "Write"]

#: So begins the reason of a verdict that a status gives.
STATUS_IS = "its status is "


class Verdict(Enum):
    """How far a resource is."""

    READY = "ready"
    NOT_YET = "not yet"
    #: All replicas that count fail, which may still pass.
    FAILING = "failing"
    FAILED = "failed"


class Write(Enum):
    """What was written before a wait, by what it means for replicas."""

    NONE = "none"
    CREATED = "created"
    #: Something changed for which replicas need not restart.
    KEPT = "kept"
    RESTARTED = "restarted"


@dataclass(frozen=True)
class Demand:
    """What a look is judged by: a goal of the lifecycle, what was written, and ids of replicas that prove nothing."""

    goal: str
    write: Write = Write.NONE
    uncounted: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Assessment:
    """A verdict on one look at a resource, why, and the status words that nobody knows.

    `serving` are the ids of the replicas that count and serve, `needed` is how many of them there must be.
    """

    verdict: Verdict
    reason: str
    unknown_words: tuple[str, ...] = ()
    serving: frozenset[str] = frozenset()
    needed: int = 0


@dataclass(frozen=True)
class Replica:
    """One of the things that do a resource's work, as one look shows it. One that leaves takes no more work."""

    id: str
    serves: bool
    leaves: bool
    fails: bool = False


@dataclass(frozen=True)
class Lifecycle:
    """How a kind of resource comes and goes.

    `goals` are what a wait can be for, the first by default. `state` is the state word of an answer, in lower case.
    `assess` judges fields and observed values. `replicas` are those in observed values. `described` are the API's own
    words for the state in observed values, `logs` the addresses of their logs. `owes` says whether observed values
    blame the account's balance, `lacks_stock` whether they say of all replicas that nothing is in stock to start them
    with, and `shortages` are the API's reasons for that. `surged` are the fields that have to change so that more
    replicas are kept than are wanted, and than are there, with everything that is in them.
    """

    goals: tuple[str, ...]
    deleting_states: frozenset[str]
    #: What is in a word for a state that may well mean the same.
    leaving_words: re.Pattern[str]
    state: Callable[[Mapping[str, Any]], str]
    assess: Callable[[Mapping[str, Any], Mapping[str, Any], Demand], Assessment]
    replicas: Callable[[Mapping[str, Any]], tuple[Replica, ...]]
    described: Callable[[Mapping[str, Any]], str]
    logs: Callable[[Mapping[str, Any]], list[str]]
    owes: Callable[[Mapping[str, Any]], bool]
    lacks_stock: Callable[[Mapping[str, Any]], bool]
    shortages: frozenset[str]
    surged: Callable[[Mapping[str, Any], int, int], Mapping[str, Any]]

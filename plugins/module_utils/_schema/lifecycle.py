# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a lifecycle is: the states of a kind of resource, and the verdict on one look at it.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

__all__ = ["Assessment", "Lifecycle", "Verdict"]


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
class Lifecycle:
    """How a kind of resource comes and goes.

    `goals` are what a wait can be for, the first by default. `state` is the state word of an answer, in lower case.
    `assess` judges fields and observed values for a goal. `described` are the API's own words for the state in observed
    values, `logs` the addresses of their logs.
    """

    goals: tuple[str, ...]
    deleting_states: frozenset[str]
    state: Callable[[Mapping[str, Any]], str]
    assess: Callable[[Mapping[str, Any], Mapping[str, Any], str], Assessment]
    described: Callable[[Mapping[str, Any]], str]
    logs: Callable[[Mapping[str, Any]], list[str]]

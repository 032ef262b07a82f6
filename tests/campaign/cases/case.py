# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is a failure that docs/failures.md tells of, and how is it caused?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator import Fault, Settings

from ..schedules import MANNER, WANTED, Controller, Schedule

__all__ = [
    "ADOPTS",
    "HIDDEN",
    "IMPATIENT",
    "NOBODY_LISTENS",
    "OLD",
    "OTHER_TYPE",
    "UNKNOWN",
    "Case",
    "answer",
    "create_fault",
]

IMPATIENT = 0.3
_SEED = 7
OLD: Mapping[str, Any] = {**WANTED, "command": "--old"}
OTHER_TYPE: Mapping[str, Any] = {**WANTED, "type": "async"}
HIDDEN = 100.0
NOBODY_LISTENS = "http://127.0.0.1:1"


@dataclass(frozen=True)
class Case:
    """One failure: its chapter and name, what the task does about it, how it ends, and how to cause it.

    `options` are those that matter; `others` are the controllers beside the one whose result counts.
    """

    chapter: str
    what: str
    does: str
    failed: bool
    changed: bool
    faults: tuple[Fault, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    existing: tuple[Mapping[str, Any], ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    others: tuple[Mapping[str, Any], ...] = ()
    by_id: bool = False

    @property
    def schedule(self) -> Schedule:
        runs = (self.options, *self.others)
        controllers = (
            Controller(machine, {**MANNER, **WANTED, **options}, self.by_id) for machine, options in enumerate(runs)
        )
        return Schedule(_SEED, Settings(**self.settings), self.existing, self.faults, tuple(controllers))


def create_fault(kind: Any, **more: Any) -> tuple[Fault, ...]:
    return (Fault(kind, operation="createEndpoint", **more),)


def answer(operation: Any, status: int, reason: str = "", times: int = 1, **more: Any) -> tuple[Fault, ...]:
    body = {"code": status, "reason": reason, "message": "in the API's words"} if reason else ""
    return (Fault("status", operation=operation, status=status, body=body, times=times, **more),)


ADOPTS = "Looks for the exact name on all pages until it shows up, and adopts it."
UNKNOWN = "Looks for up to 30 s, finds nothing, and never sends the request again."

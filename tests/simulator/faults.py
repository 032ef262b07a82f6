# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which requests meet a failure, and of which kind?

A script is a list of faults. A request takes the first fault that names its operation, so that faults of one operation
are met in the order of the script.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Literal

from pydantic import ConfigDict, Field, TypeAdapter
from pydantic.dataclasses import dataclass

Operation = Literal[
    "*",
    "createEndpoint",
    "listEndpoints",
    "getEndpoint",
    "updateEndpoint",
    "deleteEndpoint",
    "listProducts",
    "listRegions",
    "getBalance",
    "useEndpoint",
    "submitJob",
    "getJob",
    "cancelJob",
]
Kind = Literal[
    "pass",
    "delay",
    "reset",
    "close",
    "hang",
    "drip",
    "truncate",
    "wrong_length",
    "raw",
    "status",
    "redirect",
    "wrong_json",
    "overlay",
    "bomb",
    "flood",
    "deep",
]


@dataclass(frozen=True, config=ConfigDict(extra="forbid", strict=True))
class Fault:
    """One failure. A wrong name or value raises `ValueError`.

    `before_commit`: the request changes nothing. `after_commit`: it does its work, then the failure replaces the
    answer. `while_answering`: it does its work, and the failure begins when `at` bytes of the answer are sent.
    """

    kind: Kind
    # The operation that fails: of the contract, a request to an endpoint's own URL, or one of the job gateway; "*" is
    # every one, and any other request too.
    operation: Operation = "*"
    when: Literal["before_commit", "after_commit", "while_answering"] = "before_commit"
    # How many matching requests meet the fault.
    times: int = Field(default=1, ge=1)
    # Status, headers and body of an answer that is made up. A body that is a string is sent as it is.
    status: int = Field(default=200, ge=200, le=599)
    headers: Mapping[str, str] = Field(default_factory=dict)
    body: Any = None
    # Bytes of the whole answer, status line and headers included, that are sent before the cut; None: half its body.
    at: int | None = Field(default=None, ge=0)
    # Real seconds: of the delay, of the hang, or between two bytes of a drip.
    seconds: float = Field(default=0, ge=0)
    # Bytes that a bomb or a flood unfolds to, levels of a deep answer, bytes by which a wrong length is wrong.
    size: int = 0


FAULT = TypeAdapter(Fault)
FAULTS = TypeAdapter(tuple[Fault, ...])


class FaultScript:
    """The faults that are still to come."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self._faults = list(faults)

    def remaining(self) -> tuple[Fault, ...]:
        return tuple(self._faults)

    def take(self, operation: str) -> Fault | None:
        """The fault that a request for this operation meets now; it is used up by that."""
        for place, fault in enumerate(self._faults):
            if fault.operation in ("*", operation):
                left = [replace(fault, times=fault.times - 1)] if fault.times > 1 else []
                self._faults[place : place + 1] = left
                return fault
        return None

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens to one call: it is noted, it meets a fault or none, it is carried out, it is answered.

The same steps for a call that comes over a socket and for one from this very process; only what lies between the
steps, which is time, differs. Whoever takes a step holds the lock of the state.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from . import api, gateway, service
from .contract import contract
from .faults import Fault
from .journal import Entry, Journal
from .messages import Answer, Request
from .replies import Reply, fault_reply, reply_of
from .state import State
from .wire import BREAKING_KINDS, Break, break_of

#: Faults that leave the answer as it is.
PASSING_KINDS = frozenset({"pass", "delay"})
NO_FAULT = Fault("pass")
#: What a client gets: a whole answer, or less.
Reaction: TypeAlias = Reply | Break


@dataclass(frozen=True)
class Door:
    """Who answers a request, under which name faults know it, and where it is written down."""

    answer: Callable[[State, Request], Answer]
    operation: str
    journal: Journal


@dataclass(frozen=True)
class Arrived:
    """A call that was noted in its door's journal under a number, and the fault that it meets."""

    door: Door
    number: int
    request: Request
    fault: Fault

    @property
    def is_carried_out(self) -> bool:
        return self.fault.kind in PASSING_KINDS or self.fault.when != "before_commit"

    @property
    def held_up(self) -> tuple[float, float]:
        """Seconds for which the call is held up before it is carried out, and after."""
        seconds = self.fault.seconds if self.fault.kind == "delay" else 0.0
        return (seconds, 0.0) if self.fault.when == "before_commit" else (0.0, seconds)


def arrived(state: State, request: Request, connection: int) -> Arrived:
    """Note a call in the journal, and take the fault that the script holds for it."""
    door = door_of(state, request)
    entry = Entry(
        method=request.method,
        path=request.path,
        query=request.query,
        body=request.json,
        status=None,
        when=state.clock.now(),
        connection=connection,
        headers=request.headers,
    )
    return Arrived(door, door.journal.open(entry), request, state.faults.take(door.operation) or NO_FAULT)


def carried_out(state: State, call: Arrived) -> Answer | None:
    """Do what a call asks, unless its fault is met before that."""
    if not call.is_carried_out:
        return None
    answer = call.door.answer(state, call.request)
    if answer.committed:
        call.door.journal.close(call.number, None, answer.committed)
    return answer


def reaction(call: Arrived, answer: Answer | None, *, breakable: bool = True) -> Reaction:
    """What the client gets of the answer; a connection that is gone is not `breakable`."""
    got = _reaction(call.fault, answer, breakable)
    call.door.journal.close(call.number, got.status, answer.committed if answer else None)
    return got


def door_of(state: State, request: Request) -> Door:
    if request.path.startswith(service.SERVICE_PREFIX):
        return Door(service.answer, "useEndpoint", state.visits)
    if request.path.startswith(gateway.GATEWAY_PREFIX):
        return Door(gateway.answer, gateway.operation_name(request), state.visits)
    return Door(api.answer, contract().operation_name(request), state.journal)


def _reaction(fault: Fault, answer: Answer | None, breakable: bool) -> Reaction:
    if fault.kind in BREAKING_KINDS and breakable:
        return break_of(fault, answer)
    return reply_of(answer) if answer and fault.kind in PASSING_KINDS else fault_reply(fault, answer)

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What if each call of a create meets each fault, alone and together with a second one?

Not drawn but counted out. For one controller that is each placement of up to two faults of every kind at every call of
its create with its look-ups. For two controllers it is each order of their first seven calls, with each placement of
one fault of every kind, and each order of their first six, with each placement of two of the most different kinds: all
kinds there would be millions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations, pairwise, product
from typing import Any

from simulator import Fault, Settings

from .schedules import MANNER, WANTED, Controller, Schedule

__all__ = ["KINDS", "LONE", "Placement", "orders", "placement_of", "together"]

_HTML = "<html><body>502 Bad Gateway</body></html>"


def _status(status: int, when: Any = "before_commit", **more: Any) -> Fault:
    return Fault("status", when=when, status=status, **more)


#: Every kind of failure that an exchange knows. A refusal carries nothing out; what is unclear may have been.
KINDS: Mapping[str, Fault] = {
    "reset": Fault("reset"),
    "reset_after": Fault("reset", when="after_commit"),
    "close": Fault("close"),
    "close_after": Fault("close", when="after_commit"),
    "cut_head": Fault("reset", when="while_answering", at=30),
    "cut_body": Fault("truncate", when="while_answering"),
    "short": Fault("wrong_length", when="while_answering", size=50),
    "garbage": Fault("raw", when="after_commit", body="\x00\xffHTTP? no"),
    "hang": Fault("hang", seconds=100),
    "hang_after": Fault("hang", when="after_commit", seconds=100),
    "late": Fault("delay", seconds=3),
    "late_answer": Fault("delay", when="after_commit", seconds=3),
    "drip": Fault("drip", when="while_answering", seconds=0.01),
    "no_json": Fault("wrong_json", when="after_commit"),
    "html": _status(200, "after_commit", body=_HTML),
    "html_502": _status(502, body=_HTML),
    "html_502_after": _status(502, "after_commit", body=_HTML),
    "bomb": Fault("bomb", when="after_commit", size=100_000),
    "flood": Fault("flood", when="after_commit", size=100_000),
    "deep": Fault("deep", when="after_commit", size=100_000),
    "no_id": Fault("overlay", when="after_commit", body={"id": "", "data": None}),
    "redirect": Fault("redirect", headers={"Location": "/gpus/v2/regions"}),
    "400": _status(400),
    "401": _status(401),
    "403": _status(403),
    "408_after": _status(408, "after_commit"),
    "409": _status(409),
    "429": _status(429),
    "429_wait": _status(429, headers={"Retry-After": "2"}),
    "500": _status(500),
    "500_after": _status(500, "after_commit"),
    "503_wait": _status(503, headers={"Retry-After": "2"}),
    "504_after": _status(504, "after_commit"),
}
#: The kinds that differ most in what the client can know.
_DIFFERENT = ("reset", "reset_after", "cut_body", "late", "no_id", "429", "500_after", "400")
_MANNERS: Mapping[str, Mapping[str, Any]] = {
    "fail": {},
    "resend": {"on_ambiguous": "resend"},
    "oldest": {"on_duplicate": "keep_oldest"},
}
#: The ways in which one controller creates.
LONE = ("fail", "resend")
#: Calls of two controllers whose order is counted out, with one fault and with two.
_CALLS, _CALLS_OF_TWO_FAULTS = 7, 6


@dataclass(frozen=True)
class Placement:
    """Who makes the first calls in which order, and which calls meet which fault. `manner` is how they create."""

    manner: str
    controllers: int
    order: str
    faults: tuple[tuple[int, str], ...]

    def __str__(self) -> str:
        placed = ",".join(f"{place}:{kind}" for place, kind in self.faults)
        return f"{self.manner}/{self.controllers}/{self.order}/{placed}"

    @property
    def schedule(self) -> Schedule:
        options = {**MANNER, **WANTED, "retry_timeout": 5, **_MANNERS[self.manner]}
        controllers = tuple(Controller(machine, options) for machine in range(self.controllers))
        order = tuple(map(int, self.order))
        return Schedule(7, Settings(validate_answers=False), (), tuple(self._script()), controllers, order)

    def _script(self) -> Iterator[Fault]:
        for (before, _kind), (place, kind) in pairwise([(-1, ""), *self.faults]):
            if place > before + 1:
                yield Fault("pass", times=place - before - 1)
            yield KINDS[kind]

    def also(self, place: int, kind: str) -> Placement:
        return replace(self, faults=(*self.faults, (place, kind)))


def placement_of(text: str) -> Placement:
    """The placement that was written as `text`."""
    manner, controllers, order, faults = text.split("/")
    placed = (fault.split(":") for fault in faults.split(",") if fault)
    return Placement(manner, int(controllers), order, tuple((int(place), kind) for place, kind in placed))


def orders() -> Iterator[str]:
    """Each order of the first calls of two controllers. They are alike, so the first one begins."""
    return ("0" + "".join(rest) for rest in product("01", repeat=_CALLS - 1))


def together(order: str) -> Iterator[Placement]:
    """All placements for two controllers whose calls begin in this order."""
    for manner in ("fail", "oldest"):
        yield Placement(manner, 2, order, ())
        yield from (Placement(manner, 2, order, ((place, kind),)) for place in range(_CALLS) for kind in KINDS)
    if not order.endswith("0" * (_CALLS - _CALLS_OF_TWO_FAULTS)):
        return
    for places in combinations(range(_CALLS_OF_TWO_FAULTS), 2):
        for kinds in product(_DIFFERENT, repeat=2):
            yield Placement("oldest", 2, order, tuple(zip(places, kinds, strict=True)))

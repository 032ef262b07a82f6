# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong in schedule number N, and who wants what meanwhile?

Everything follows from the seed. The faults are those that an honest API and a bad network can cause: an API that
refuses and does it all the same, or that says of what is there that it is not, is beyond what a client can notice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from simulator import Fault, Settings

__all__ = ["MANNER", "NAME", "WANTED", "Controller", "Schedule", "schedule_of"]

NAME = "prize"
WANTED: Mapping[str, Any] = {
    "type": "sync",
    "name": NAME,
    "product_id": "product-1",
    "image": "registry.example.com/prize:1",
    "worker_config": {"max_replicas": 2, "min_replicas": 1},
    "command": "--serve",
    "envs": [{"key": "MODE", "value": "fast"}],
    "ports": [8080],
}
#: The options that say how to go about it, as they are if nobody sets them.
MANNER: Mapping[str, Any] = {
    "retry_timeout": 120,
    "on_duplicate": "fail",
    "on_ambiguous": "fail",
    "unique_name": True,
    "wait": False,
    "wait_for": "ready",
    "wait_timeout": 600,
}
#: What an update has to change.
_OLD = {**WANTED, "worker_config": {"max_replicas": 9}, "command": "--old", "ports": [9090]}
_OTHER_TYPE = {**_OLD, "type": "async"}
_DECOYS = tuple({**WANTED, "name": name} for name in (f"{NAME}-2", f"{NAME.upper()}S", f"my {NAME}"))

#: Real seconds after which an exchange is given up where one of the faults is slow, and where none is.
_IMPATIENT = 0.3
_PATIENT = 20.0
_SLOW_KINDS = frozenset({"hang", "drip", "delay"})

_READS = ("listEndpoints", "getEndpoint")
_WRITES = ("createEndpoint", "updateEndpoint", "deleteEndpoint")
#: Answers after which nobody knows whether a request was carried out, so that it may have been.
_UNCLEAR = (301, 307, 408, 425, 500, 502, 503, 504, 520)
#: Answers of an API that carried out nothing.
_REFUSALS = (400, 401, 403, 422, 429)
#: Seconds, absurd ones, some that are none, and dates of the past and of a far future.
_RETRY_AFTER = ("0", "1", "7", "86400", "99999999999999", "-5", "1.5", "soon", "", "Fri, 01 Jan 2010 00:00:00 GMT",
                "Fri, 01 Jan 2100 00:00:00 GMT")  # fmt: skip
_NO_IDS: tuple[Mapping[str, Any], ...] = ({"id": ""}, {"id": None}, {"id": 7}, {"id": ".."}, {"id": "a\nb"}, {"id": []})


@dataclass(frozen=True)
class Controller:
    """One run of the module, on the machine of that number. `by_id` addresses the first of the existing endpoints."""

    machine: int
    options: Mapping[str, Any]
    by_id: bool = False

    @property
    def told(self) -> str:
        """The controller for a person, without the options that are as usual."""
        usual = {**MANNER, **WANTED, "allow_recreate": False}
        options = {name: value for name, value in self.options.items() if usual.get(name) != value}
        return f"on machine {self.machine}{', by id' if self.by_id else ''}, {options or 'nothing unusual'}"


@dataclass(frozen=True)
class Schedule:
    """What exists at first, how the API behaves, what breaks, and who is at work."""

    seed: int
    settings: Settings
    existing: tuple[Mapping[str, Any], ...]
    faults: tuple[Fault, ...]
    controllers: tuple[Controller, ...]
    #: Who makes the first calls, by place; after them, and without it, whoever's time has come.
    order: tuple[int, ...] = ()

    @property
    def api_timeout(self) -> float:
        return _IMPATIENT if any(fault.kind in _SLOW_KINDS for fault in self.faults) else _PATIENT

    @property
    def told(self) -> str:
        """The schedule for a person."""
        lines = [f"settings: {_differing(self.settings)}", *(f"exists: {body}" for body in self.existing)]
        lines += [f"fault: {_differing(fault)}" for fault in self.faults]
        lines += [f"controller: {controller.told}" for controller in self.controllers]
        lines += [f"order of the first calls: {self.order}"] if self.order else []
        return "\n".join(lines)


def schedule_of(seed: int) -> Schedule:
    """The schedule of a seed: one to four faults, one to four controllers."""
    chance = Random(seed)
    existing, controllers = _people(chance)
    quirks, count = _quirks(chance, chance.randint(1, 4))
    faults = tuple(_fault(chance) for _number in range(count))
    return Schedule(seed, Settings(**_unknowns(chance), **quirks), existing, faults, controllers)


def _people(chance: Random) -> tuple[tuple[Mapping[str, Any], ...], tuple[Controller, ...]]:
    """What exists, and who wants what of it."""
    story = chance.choices(("create", "update", "delete", "recreate", "mixed", "duplicates"), (10, 4, 3, 2, 2, 1))[0]
    first: tuple[Mapping[str, Any], ...] = {
        "create": (),
        "update": (_OLD,),
        "delete": (_OLD,),
        "recreate": (_OTHER_TYPE,),
        "mixed": chance.choice(((), (_OLD,))),
        "duplicates": (WANTED, WANTED),
    }[story]
    decoys = tuple(chance.sample(_DECOYS, chance.randint(0, len(_DECOYS))))
    number = chance.choices((1, 2, 3, 4), (50, 30, 12, 8))[0]
    own_machines = chance.random() < 0.7
    common = _manner(chance)
    controllers = tuple(
        Controller(
            machine=place if own_machines else 0,
            options={**_wish(chance, story), **(common if chance.random() < 0.8 else _manner(chance))},
            by_id=bool(first) and chance.random() < 0.25,
        )
        for place in range(number)
    )
    return (*first, *decoys), controllers


def _wish(chance: Random, story: str) -> dict[str, Any]:
    if story == "delete" or (story in ("mixed", "duplicates") and chance.random() < 0.4):
        return {"state": "absent", "name": NAME}
    image = chance.choice(("registry.example.com/prize:1", "registry.example.com/prize:2"))
    changed = {"image": image} if story in ("update", "mixed") else {}
    return {**WANTED, **changed, "allow_recreate": story == "recreate"}


def _manner(chance: Random) -> dict[str, Any]:
    return {
        "retry_timeout": chance.choice((0, 5, 120, 120)),
        "on_duplicate": chance.choice(("fail", "keep_oldest")),
        "on_ambiguous": chance.choice(("fail", "fail", "fail", "resend")),
        "unique_name": chance.random() > 0.05,
        "wait": chance.random() < 0.3,
        "wait_for": chance.choice(("ready", "workers")),
        "wait_timeout": chance.choice((1, 60, 600)),
    }


def _unknowns(chance: Random) -> dict[str, Any]:
    """What the contract leaves open; none of it is a fault."""
    return {
        "update": chance.choice(("merge", "replace")),
        "missing": chance.choice(("400", "404")),
        "numbers": chance.choice(("numbers", "strings")),
        "page_size": chance.choice((1, 2, 20)),
        "omit_empty": chance.random() < 0.3,
        "unique_names": chance.random() < 0.1,
        "life": chance.choices(("ready", "slow", "never", "image_pull_failure", "endpoint_error"), (6, 4, 1, 1, 1))[0],
        "create_only": chance.choices((None, 404, 405, 501), (30, 1, 1, 1))[0],
        "validate_answers": False,
    }


def _quirks(chance: Random, most: int) -> tuple[dict[str, Any], int]:
    """Settings that are faults, each with a low probability, and how many of `most` faults are left."""
    delays = (1.0, 5.0, 20.0, 60.0)
    drawn = {
        "visible_in_get_after": chance.choice(delays),
        "visible_in_list_after": chance.choice(delays),
        "linger_in_get": chance.choice(delays),
        "linger_in_list": chance.choice(delays),
        "linger_status": "unchanged",
        "flapping_list": True,
        "repeat_cursor": True,
        "ignore_keyword": True,
        "ignored_fields": (chance.choice(("command", "ports", "worker_config.max_replicas")),),
    }
    names = [name for name in drawn if chance.random() < 0.08][:most]
    return {name: drawn[name] for name in names}, most - len(names)


def _fault(chance: Random) -> Fault:
    write = chance.random() < 0.65
    operation = chance.choices(_WRITES, (4, 2, 2))[0] if write else chance.choice(_READS)
    when = chance.choice(("before_commit", "after_commit", "while_answering"))
    draw = chance.choices((_broken, _slow, _answered, _odd), (10, 1, 8, 4))[0]
    return Fault(
        **{"operation": operation, "when": when, "times": chance.choice((1, 1, 1, 2, 5)), **draw(chance, write)}
    )


def _broken(chance: Random, _write: bool) -> dict[str, Any]:
    kind = chance.choice(("reset", "reset", "close", "truncate", "wrong_length", "raw"))
    at = chance.choice((None, chance.randint(0, 400)))
    return {"kind": kind, "at": at, "size": 50, "body": "\x00\xffHTTP? no" if kind == "raw" else None}


def _slow(chance: Random, _write: bool) -> dict[str, Any]:
    """Slower than anybody waits: once, because it takes real time."""
    kind = chance.choice(("hang", "drip", "delay"))
    return {"kind": kind, "seconds": 0.002 if kind == "drip" else 3 * _IMPATIENT, "times": 1}


def _answered(chance: Random, write: bool) -> dict[str, Any]:
    """Any status. A refused write is not carried out, and only a busy API says when to come again."""
    status = chance.choice(_UNCLEAR + _REFUSALS)
    headers = {"Retry-After": chance.choice(_RETRY_AFTER)} if status in (429, 503) and chance.random() < 0.7 else {}
    headers |= {"Location": "/gpus/v2/regions"} if status < 400 else {}
    at_once = {"when": "before_commit"} if write and status in _REFUSALS else {}
    return {"kind": "status", "status": status, "headers": headers, **at_once}


def _odd(chance: Random, write: bool) -> dict[str, Any]:
    """An answer of the right status and the wrong content."""
    kind = chance.choice(
        ("wrong_json", "deep", "flood", "bomb", "overlay") if write else ("wrong_json", "deep", "bomb")
    )
    overlay = {"when": "after_commit", "body": dict(chance.choice(_NO_IDS))} if kind == "overlay" else {}
    return {"kind": kind, "size": 100_000, "operation": "createEndpoint" if write else "listEndpoints", **overlay}


def _differing(value: Any) -> str:
    """What of a dataclass is not as usual."""
    usual = type(value)(kind="pass") if isinstance(value, Fault) else type(value)()
    changed = {name: now for name, now in vars(value).items() if now != getattr(usual, name)}
    return ", ".join(f"{name}={now!r}" for name, now in changed.items())

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong between a controller and the API?

The faults are those that an honest API and a bad network can cause: an API that refuses and does it all the same, or
that says of what is there that it is not, is beyond what a client can notice.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from simulator import Fault

__all__ = ["IMPATIENT", "SLOW_KINDS", "fault", "quirks"]

#: Real seconds after which an exchange is given up where one of the faults is slow.
IMPATIENT = 0.3
SLOW_KINDS = frozenset({"hang", "drip", "delay"})

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


def quirks(chance: Random, most: int) -> tuple[dict[str, Any], int]:
    """Settings that are faults, each with a low probability, and how many of `most` faults are left."""
    delays = (1.0, 5.0, 20.0, 60.0, 200.0)
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


def fault(chance: Random) -> Fault:
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
    return {"kind": kind, "seconds": 0.002 if kind == "drip" else 3 * IMPATIENT, "times": 1}


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

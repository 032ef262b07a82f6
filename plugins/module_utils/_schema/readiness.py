# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether an endpoint serves: its states, its workers, and what counts as ready.

Published samples say running and ready, v1 also serving; clients handle the other states. The set is open. Private to
the ppio.gpu collection.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from .._errors import first_of, printable
from .lifecycle import STATUS_IS, Assessment, Demand, Lifecycle, Replica, Verdict, Write

__all__ = ["ENDPOINT_LIFECYCLE"]

_READY_STATES = frozenset({"running", "serving", "ready"})
_FAILED_STATES = frozenset({"failed", "error"})
_PENDING_STATES = frozenset({"pending", "creating", "starting", "updating", "deploying", "initializing", "stopped"})
_DELETING_STATES = frozenset({"deleting", "deleted", "terminating", "terminated"})
_LEAVING_WORDS = re.compile("delet|terminat|remov|destroy|releas|dispos|purg|expir|reclaim|recycl|shut")
_SERVING_WORKER_STATES = frozenset({"ready", "running", "serving"})
_KNOWN_STATES = _READY_STATES | _PENDING_STATES | _SERVING_WORKER_STATES
#: The API's words for an account that has to pay before anything goes on.
_DEBTS = frozenset({"BALANCE_NOT_ENOUGH", "EXPIRED_OR_BALANCE_NOT_ENOUGH", "ARREARS"})
#: The API's word for a worker for which no GPU is in stock.
_SHORTAGES = frozenset({"INSUFFICIENT_RESOURCE"})
_NAMED_FAILURES = 3

Status = Mapping[str, Any]
Worker = Mapping[str, Any]


def _assessment(fields: Mapping[str, Any], observed: Mapping[str, Any], demand: Demand) -> Assessment:
    """Whether it serves (goal `ready`) or has the workers it keeps (goal `workers`).

    One that keeps no worker is ready without one. A word that nobody knows is never success.
    """
    status = observed["status"]
    counting = [
        worker for worker in observed["workers"] if not worker["drain"] and worker["id"] not in demand.uncounted
    ]
    reason = f"{STATUS_IS}{_described(status)}"
    state = _state(status)
    if status["error"] or state in _FAILED_STATES:
        return Assessment(Verdict.FAILED, reason)
    if state in _DELETING_STATES:
        return Assessment(Verdict.FAILED, f"{reason}, so it is being deleted")
    unknown = _unknown_words(state, counting)
    failing = [worker for worker in counting if _fails(worker)]
    serving = [worker for worker in counting if _serves(worker)]
    needed = _needed(fields["worker_config"]["min_replicas"] or 0, len(counting), demand)
    ids = frozenset(worker["id"] or "" for worker in serving)
    kind = "new workers" if demand.uncounted else "workers"
    if failing and len(failing) == len(counting):
        reason += f", and the status of all {kind} is {_named(failing)}"
        return Assessment(Verdict.FAILING, reason, unknown, ids, needed)
    if state in _READY_STATES and len(serving) >= needed:
        if failing and demand.write is Write.NONE:
            # Nothing tells whether the others are what is wanted, or what was there before.
            reason += f", and the status of {len(failing)} of {len(counting)} {kind} is {_named(failing)}"
            return Assessment(Verdict.FAILING, reason, unknown, ids, needed)
        return Assessment(Verdict.READY, reason, (), ids, needed)
    if needed:
        reason += f", {len(serving)} of {needed} {kind} ready ({_named(counting) or 'there is none'})"
    return Assessment(Verdict.NOT_YET, reason, unknown, ids, needed)


def _needed(keeps: int, counting: int, demand: Demand) -> int:
    """How many workers must serve. Where none is kept, one that is there must, if it is to prove something."""
    if demand.goal == "workers":
        return max(1, keeps)
    if demand.write in (Write.CREATED, Write.RESTARTED):
        keeps = keeps or min(1, counting)
    # Of workers that are all replaced, one says nothing of the others.
    return keeps if demand.write is Write.RESTARTED else min(1, keeps)


def _replicas(observed: Mapping[str, Any]) -> tuple[Replica, ...]:
    return tuple(
        Replica(worker["id"] or "", _serves(worker), bool(worker["drain"]), _fails(worker))
        for worker in observed["workers"]
    )


def _owes(observed: Mapping[str, Any]) -> bool:
    statuses = (observed["status"], *(worker["status"] for worker in observed["workers"]))
    return any((status["error"] or "") in _DEBTS for status in statuses)


def _lacks_stock(observed: Mapping[str, Any]) -> bool:
    """Whether no GPU is in stock for any of its workers, and nothing else is wrong."""
    errors = [worker["status"]["error"] for worker in observed["workers"] if not worker["drain"]]
    own = observed["status"]["error"]
    told = [*errors, *([own] if own else [])]
    return bool(told) and all(error in _SHORTAGES for error in told)


def _surged(fields: Mapping[str, Any], there: int, more: int) -> Mapping[str, Any]:
    config = fields["worker_config"]
    keeps = max(config.get("min_replicas") or 0, there) + more
    return {"worker_config": {**config, "min_replicas": keeps, "max_replicas": max(config["max_replicas"] or 0, keeps)}}


def _answered_state(answer: Mapping[str, Any]) -> str:
    status = answer.get("status")
    word = status.get("status") if isinstance(status, Mapping) else None
    return word.lower() if isinstance(word, str) else ""


def _serves(worker: Worker) -> bool:
    return bool(worker["health"]) and _state(worker["status"]) in _SERVING_WORKER_STATES


def _fails(worker: Worker) -> bool:
    return bool(worker["status"]["error"]) or _state(worker["status"]) in _FAILED_STATES


def _unknown_words(state: str, workers: Sequence[Worker]) -> tuple[str, ...]:
    """Words that decide something and that nobody knows. An unhealthy worker is not ready whatever its word."""
    words = [state, *(_state(worker["status"]) for worker in workers if worker["health"])]
    return tuple(printable(word) for word in words if word and word not in _KNOWN_STATES)


def _state(status: Status) -> str:
    return (status["status"] or "").lower()


def _named(workers: Sequence[Worker]) -> str:
    """The statuses of workers, each once; those with the same error are the same."""
    by_error = {worker["status"]["error"] or _described(worker["status"]): worker["status"] for worker in workers}
    return first_of(sorted(map(_described, by_error.values())), _NAMED_FAILURES)


def _described(status: Status) -> str:
    """The API's own words for a status, such as `failed (IMAGE_PULL_FAILED: manifest unknown)`."""
    word = printable(status["status"] or "") or "not given"
    details = ": ".join(printable(status[name]) for name in ("error", "message") if status[name])
    return f"{word} ({details})" if details else word


ENDPOINT_LIFECYCLE = Lifecycle(
    goals=("ready", "workers"),
    deleting_states=_DELETING_STATES,
    leaving_words=_LEAVING_WORDS,
    state=_answered_state,
    assess=_assessment,
    replicas=_replicas,
    described=lambda observed: _described(observed["status"]),
    logs=lambda observed: [printable(worker["log"]) for worker in observed["workers"] if worker["log"]],
    owes=_owes,
    lacks_stock=_lacks_stock,
    shortages=_SHORTAGES,
    surged=_surged,
)

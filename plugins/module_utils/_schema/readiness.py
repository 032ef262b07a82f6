# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether an endpoint serves: its states, its workers, and what counts as ready.

Published samples say running and ready, v1 also serving; clients handle the other states. The set is open. Private to
the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._errors import printable
from .lifecycle import Assessment, Lifecycle, Verdict

__all__ = ["ENDPOINT_LIFECYCLE"]

_READY_STATES = frozenset({"running", "serving", "ready"})
_FAILED_STATES = frozenset({"failed", "error"})
_PENDING_STATES = frozenset({"pending", "creating", "starting", "updating", "deploying", "initializing", "stopped"})
_DELETING_STATES = frozenset({"deleting", "deleted", "terminating", "terminated"})
_SERVING_WORKER_STATES = frozenset({"ready", "running", "serving"})
_KNOWN_STATES = _READY_STATES | _PENDING_STATES | _SERVING_WORKER_STATES

Status = Mapping[str, Any]


def _assessment(fields: Mapping[str, Any], observed: Mapping[str, Any], goal: str) -> Assessment:
    """Whether it serves (goal `ready`) or has the workers it keeps (goal `workers`).

    One that keeps no worker is ready without one. A word that nobody knows is never success.
    """
    status = observed["status"]
    workers = [worker for worker in observed["workers"] if not worker["drain"]]
    reason = f"its status is {_described(status)}"
    state = _state(status)
    if status["error"] or state in _FAILED_STATES:
        return Assessment(Verdict.FAILED, reason)
    if state in _DELETING_STATES:
        return Assessment(Verdict.FAILED, f"{reason}, so it is being deleted")
    unknown = _unknown_words(state, workers)
    described = sorted({_described(worker["status"]) for worker in workers})
    errors = {worker["status"]["error"] for worker in workers}
    if len(errors) == 1 and all(errors):
        return Assessment(Verdict.FAILING, f"{reason}, and all workers are {described[0]}", unknown)
    keeps = fields["worker_config"]["min_replicas"] or 0
    needed = max(1, keeps) if goal == "workers" else min(1, keeps)
    serving = sum(1 for worker in workers if worker["health"] and _state(worker["status"]) in _SERVING_WORKER_STATES)
    if state in _READY_STATES and serving >= needed:
        return Assessment(Verdict.READY, reason)
    if needed:
        reason += f", {serving} of {needed} workers ready ({', '.join(described) or 'there is none'})"
    return Assessment(Verdict.NOT_YET, reason, unknown)


def _answered_state(answer: Mapping[str, Any]) -> str:
    status = answer.get("status")
    word = status.get("status") if isinstance(status, Mapping) else None
    return word.lower() if isinstance(word, str) else ""


def _unknown_words(state: str, workers: list[Mapping[str, Any]]) -> tuple[str, ...]:
    """Words that decide something and that nobody knows. An unhealthy worker is not ready whatever its word."""
    words = [state, *(_state(worker["status"]) for worker in workers if worker["health"])]
    return tuple(printable(word) for word in words if word and word not in _KNOWN_STATES)


def _state(status: Status) -> str:
    return (status["status"] or "").lower()


def _described(status: Status) -> str:
    """The API's own words for a status, such as `failed (IMAGE_PULL_FAILED: manifest unknown)`."""
    word = printable(status["status"] or "") or "not given"
    details = ": ".join(printable(status[name]) for name in ("error", "message") if status[name])
    return f"{word} ({details})" if details else word


ENDPOINT_LIFECYCLE = Lifecycle(
    goals=("ready", "workers"),
    deleting_states=_DELETING_STATES,
    state=_answered_state,
    assess=_assessment,
    described=lambda observed: _described(observed["status"]),
    logs=lambda observed: [printable(worker["log"]) for worker in observed["workers"] if worker["log"]],
)

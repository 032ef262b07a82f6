# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What state are an endpoint and its workers in, at a given time?

Status words are an open set in the contract; the words here are the published samples and those that clients handle.
A worker that fails says so in its own status while the endpoint waits, as the contract describes.
"""

from __future__ import annotations

from typing import Any

from .endpoints import Endpoint
from .generations import READY, Status, Worker, crew
from .settings import Settings


def shown(endpoint: Endpoint, now: float, settings: Settings) -> Endpoint:
    """The endpoint whose status answers show: for some time after an update, the one from before it."""
    is_stale = now < endpoint.updated + settings.stale_status_seconds
    return endpoint.before if endpoint.before and is_stale else endpoint


#: The workers of an endpoint, each with its status.
Crew = list[tuple[Worker, Status]]


def crew_of(endpoint: Endpoint, now: float, settings: Settings) -> Crew:
    return [(worker, worker_status(endpoint, worker, now, settings)) for worker in workers_of(endpoint, now, settings)]


def endpoint_status(endpoint: Endpoint, its_crew: Crew, now: float, settings: Settings) -> Status:
    if endpoint.deleted is not None and settings.linger_status == "deleting":
        return Status("deleting")
    newest = endpoint.newest
    if newest.life == "endpoint_error" and newest.age(now) >= 0:
        return Status("error", "DEPLOY_FAILED", "the endpoint could not be deployed")
    if _serving(endpoint, its_crew):
        return Status("running")
    if newest.is_starting(now, settings):
        return Status("warming-up" if newest.life == "unknown_words" else "creating")
    # With nothing to schedule, nothing can fail to be scheduled.
    if newest.fails(now, settings) and endpoint.worker_count(now, settings):
        return Status("pending")
    return Status("running")


def is_waking(endpoint: Endpoint, now: float, settings: Settings) -> bool:
    """Whether the only worker is one that a request has woken, and that takes its time to start."""
    is_kept = endpoint.fields["worker_config"]["min_replicas"] > 0
    return not is_kept and endpoint.woken is not None and now < endpoint.woken + settings.cold_start


def worker_status(endpoint: Endpoint, worker: Worker, now: float, settings: Settings) -> Status:
    status = worker.generation.status(now, settings)
    return Status("pulling") if status == READY and is_waking(endpoint, now, settings) else status


def workers_of(endpoint: Endpoint, now: float, settings: Settings) -> list[Worker]:
    count = endpoint.worker_count(now, settings)
    return crew(endpoint.id, endpoint.generations, count, now, settings)


def workers(endpoint: Endpoint, its_crew: Crew, origin: str) -> list[dict[str, Any]]:
    return [
        {
            "id": worker.id,
            "status": status.as_json(),
            "log": f"{origin}/logs/{worker.id}",
            "health": status == READY,
            "drain": worker.leaves or endpoint.deleted is not None,
        }
        for worker, status in its_crew
    ]


def serving(endpoint: Endpoint, now: float, settings: Settings) -> list[Worker]:
    """The workers that answer requests; an endpoint that sleeps has none until a request wakes one."""
    return _serving(endpoint, crew_of(endpoint, now, settings))


def _serving(endpoint: Endpoint, its_crew: Crew) -> list[Worker]:
    if endpoint.deleted is not None or endpoint.fields["worker_config"]["max_replicas"] == 0:
        return []
    return [worker for worker, status in its_crew if not worker.leaves and status == READY]

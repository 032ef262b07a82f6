# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What state are an endpoint and its workers in, at a given time?

Status words are an open set in the contract; the words here are the published samples and those that clients handle.
A worker that fails says so in its own status while the endpoint waits, as the contract describes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .endpoints import Endpoint
from .settings import Life, Settings

# Seconds that a crashing container lives, and then waits for its next start.
CRASH_PERIOD = 10


@dataclass(frozen=True)
class Status:
    """A status object of the contract. An empty error means that nothing is wrong."""

    status: str
    error: str = ""
    message: str = ""

    def as_json(self) -> dict[str, str]:
        return {"status": self.status, "error": self.error, "message": self.message}


FAILED_WORKERS: dict[Life, Status] = {
    "image_pull_failure": Status("failed", "IMAGE_PULL_FAILED", "the image cannot be pulled: manifest unknown"),
    "registry_auth_failure": Status("failed", "IMAGE_AUTH_FAILED", "the registry refused the credentials: 401"),
    "no_stock": Status("pending", "INSUFFICIENT_RESOURCE", "no GPU of this product is in stock"),
}
READY = Status("ready")


def endpoint_status(endpoint: Endpoint, now: float, settings: Settings) -> Status:
    if endpoint.deleted is not None and settings.linger_status == "deleting":
        return Status("deleting")
    if endpoint.life == "endpoint_error":
        return Status("error", "DEPLOY_FAILED", "the endpoint could not be deployed")
    if is_starting(endpoint, now, settings):
        return Status("warming-up" if endpoint.life == "unknown_words" else "creating")
    # With nothing to schedule, nothing can fail to be scheduled.
    if endpoint.life in FAILED_WORKERS and worker_count(endpoint, now, settings):
        return Status("pending")
    return Status("running")


def is_starting(endpoint: Endpoint, now: float, settings: Settings) -> bool:
    if endpoint.life in ("slow", "unknown_words"):
        return now < endpoint.started + settings.start_seconds
    return endpoint.life == "never"


def is_waking(endpoint: Endpoint, now: float, settings: Settings) -> bool:
    """Whether the only worker is one that a request has woken, and that takes its time to start."""
    is_kept = endpoint.fields["worker_config"]["min_replicas"] > 0
    return not is_kept and endpoint.woken is not None and now < endpoint.woken + settings.cold_start


def worker_status(endpoint: Endpoint, now: float, settings: Settings) -> Status:
    """The status that all workers of an endpoint share."""
    if endpoint.life in FAILED_WORKERS:
        return FAILED_WORKERS[endpoint.life]
    if endpoint.life == "endpoint_error":
        return Status("failed", "DEPLOY_FAILED", "the endpoint could not be deployed")
    if endpoint.life == "crash_loop":
        periods = int((now - endpoint.started) // CRASH_PERIOD)
        return Status("restarting" if periods % 2 else "exited", "CRASH_LOOP", "the container exited with code 1")
    if is_waking(endpoint, now, settings):
        return Status("pulling")
    if is_starting(endpoint, now, settings):
        return Status("levitating" if endpoint.life == "unknown_words" else "pulling")
    return READY


def worker_count(endpoint: Endpoint, now: float, settings: Settings) -> int:
    """Workers that are kept, or one that traffic has woken until the idle time has passed."""
    config = endpoint.fields["worker_config"]
    wanted = max(config["min_replicas"], min(int(endpoint.is_awake(now)), config["max_replicas"]))
    return min(int(wanted), settings.worker_limit)


def workers(endpoint: Endpoint, now: float, settings: Settings, origin: str) -> list[dict[str, Any]]:
    status = worker_status(endpoint, now, settings)
    names = [f"{endpoint.id}-worker-{number}" for number in range(worker_count(endpoint, now, settings))]
    return [
        {
            "id": name,
            "status": status.as_json(),
            "log": f"{origin}/logs/{name}",
            "health": status == READY,
            "drain": endpoint.deleted is not None,
        }
        for name in names
    ]


def serves(endpoint: Endpoint, now: float, settings: Settings) -> bool:
    """Whether a request to the endpoint's own URL is answered; one that sleeps wakes up for it."""
    if endpoint.deleted is not None or endpoint.fields["worker_config"]["max_replicas"] == 0:
        return False
    return worker_status(endpoint, now, settings) == READY

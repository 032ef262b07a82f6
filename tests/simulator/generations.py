# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which workers run which state of an endpoint, and what is the state of each of them?

The API has no revision field, so that a generation is seen in no answer; only the ids of workers may tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from .settings import Life, Replacement, Settings

#: What can change without a worker noticing. A change of anything else concerns the workers.
_UNNOTICED = frozenset({"name", "policy"})
_UNNOTICED_SIZES = frozenset(
    {"max_replicas", "min_replicas", "idle_timeout", "max_concurrent_per_worker", "request_timeout"}
)
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
    "reclaimed": Status("pending", "INSUFFICIENT_RESOURCE", "no GPU of this product is in stock"),
}
#: Seconds after which the GPUs of workers that served are gone.
RECLAIM_SECONDS = 10
READY = Status("ready")


@dataclass(frozen=True)
class Generation:
    """The workers that were started for one state of an endpoint. Times are the simulator's clock in seconds.

    `workers` is how many workers there were when it began, which are those of the generation before.
    """

    number: int  # in the ids of its workers
    image: str
    life: Life
    started: float  # when this life began
    way: Replacement = "unnoticed"
    delay: float = 0  # seconds from then on in which its workers do nothing but start
    workers: int = 0

    def age(self, now: float) -> float:
        """Seconds since its workers began with what their life is."""
        return now - self.started - self.delay

    def is_starting(self, now: float, settings: Settings) -> bool:
        if self.age(now) < 0:
            return True
        if self.life in ("slow", "unknown_words"):
            return self.age(now) < settings.start_seconds
        return self.life == "never"

    def is_healed(self, now: float, settings: Settings) -> bool:
        return settings.heal_seconds is not None and self.age(now) >= settings.heal_seconds

    def fails(self, now: float, settings: Settings) -> bool:
        begin = RECLAIM_SECONDS if self.life == "reclaimed" else 0
        return self.life in FAILED_WORKERS and self.age(now) >= begin and not self.is_healed(now, settings)

    def has_served(self, now: float, settings: Settings) -> float:
        """Seconds since its workers served for the first time; negative if they have not yet."""
        if self.life in ("ready", "flapping", "reclaimed"):
            return self.age(now)
        if self.life in ("slow", "unknown_words"):
            return self.age(now) - settings.start_seconds
        if self.life in FAILED_WORKERS and settings.heal_seconds is not None:
            return self.age(now) - settings.heal_seconds
        return -1

    def status(self, now: float, settings: Settings) -> Status:
        """The status that all its workers share."""
        if self.is_starting(now, settings):
            is_odd = self.life == "unknown_words" and self.age(now) >= 0
            return Status("levitating" if is_odd else "pulling")
        if self.fails(now, settings):
            return FAILED_WORKERS[self.life]
        if self.life == "endpoint_error":
            return Status("failed", "DEPLOY_FAILED", "the endpoint could not be deployed")
        return self._status_of_container(now)

    def _status_of_container(self, now: float) -> Status:
        is_odd_period = int(self.age(now) // CRASH_PERIOD) % 2
        if self.life == "crash_loop":
            return Status("restarting" if is_odd_period else "exited", "CRASH_LOOP", "the container exited with code 1")
        if self.life == "flapping" and is_odd_period:
            return Status("restarting", "CRASH_LOOP", "the container exited with code 1")
        return READY


@dataclass(frozen=True)
class Worker:
    """A worker of an endpoint; one that is leaving takes no more requests."""

    id: str
    generation: Generation
    leaves: bool = False


def follows(
    generations: tuple[Generation, ...], image: str, workers: int | None, now: float, settings: Settings
) -> tuple[Generation, ...]:
    """The generations after an update. `workers` is how many there are, or None if they need not notice it."""
    newest, way = generations[-1], settings.replacement
    if workers is None or way == "unnoticed":
        started = newest.started if newest.life == settings.life else now
        runs = newest.image if workers is None else image
        return (*generations[:-1], replace(newest, image=runs, life=settings.life, started=started))
    number = newest.number if way == "in_place" else newest.number + 1
    following = Generation(number, image, settings.life, now, way, settings.restart_seconds, workers)
    if way == "beside" and len(generations) > 1 and newest.has_served(now, settings) < 0:
        # What never served gives way to what comes after it, and what was there before stays.
        return (*generations[:-1], replace(following, workers=newest.workers))
    return (*generations, following)


def concerns_workers(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether an update changes what workers are made of."""
    return _noticed(before) != _noticed(after)


def crew(
    endpoint_id: str, generations: tuple[Generation, ...], count: int, now: float, settings: Settings
) -> list[Worker]:
    """The workers of an endpoint that is to have so many."""
    newest = generations[-1]
    older = generations[-2] if len(generations) > 1 else None
    if older and newest.way == "beside":
        left = newest.has_served(now, settings)
        staying = newest.workers if left < settings.drain_seconds else 0
        old = [Worker(_id(endpoint_id, older, slot), older, left >= 0) for slot in range(staying)]
        return [*old, *_slots(endpoint_id, newest, 0, count)]
    if older and newest.way == "at_scale_up":
        staying = min(newest.workers, count)
        old = crew(endpoint_id, generations[:-1], staying, now, settings)
        return [*old, *_slots(endpoint_id, newest, staying, count)]
    return _slots(endpoint_id, newest, 0, count)


def _slots(endpoint_id: str, generation: Generation, first: int, end: int) -> list[Worker]:
    return [Worker(_id(endpoint_id, generation, slot), generation) for slot in range(first, end)]


def _id(endpoint_id: str, generation: Generation, slot: int) -> str:
    number = f"{generation.number}-" if generation.number else ""
    return f"{endpoint_id}-worker-{number}{slot}"


def _noticed(fields: Mapping[str, Any]) -> dict[str, Any]:
    sizes = {name: value for name, value in fields["worker_config"].items() if name not in _UNNOTICED_SIZES}
    return {**{name: value for name, value in fields.items() if name not in _UNNOTICED}, "worker_config": sizes}

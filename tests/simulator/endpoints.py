# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which endpoints exist, and what do create, update and delete do to them?"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from .defaults import Fields, completed, defaults
from .generations import Generation, concerns_workers, follows
from .messages import RefusalError
from .normalizing import normalized
from .settings import Settings


@dataclass(frozen=True)
class Endpoint:
    """One endpoint as the API knows it. Times are the simulator's clock in seconds."""

    id: str
    number: int  # counts creations; the newest has the greatest
    fields: Fields = field(repr=False)  # every field of the create request, nothing left out
    created: float
    generations: tuple[Generation, ...]
    # What it was before the last update, and when that was: answers may show the old status for a while.
    before: Endpoint | None = field(default=None, repr=False)
    updated: float = 0
    deleted: float | None = None
    last_traffic: float | None = None
    woken: float | None = None  # when traffic last found it asleep

    @cached_property
    def json(self) -> dict[str, Any]:
        """The endpoint for people and tests, made once and not to be changed."""
        return {"id": self.id, **self.fields, "created_at": int(self.created)}

    @cached_property
    def answered(self) -> dict[str, Any]:
        """What a list shows of its fields, made once and not to be changed."""
        return {
            "id": self.id,
            **{name: value for name, value in self.fields.items() if name != "type"},
            # The contract promises no order, so none is kept.
            **{name: self.fields[name][::-1] for name in ("envs", "ports", "volumes")},
        }

    @property
    def since(self) -> float:
        """When it became what it is."""
        return max(self.created, self.updated, self.deleted or 0, self.last_traffic or 0)

    def is_awake(self, now: float) -> bool:
        """Whether a worker that traffic has woken is still there, if none is kept."""
        idle: float = self.fields["worker_config"]["idle_timeout"]
        return self.last_traffic is not None and now < self.last_traffic + idle

    @property
    def newest(self) -> Generation:
        """What workers that start now are made of."""
        return self.generations[-1]

    def worker_count(self, now: float, settings: Settings) -> int:
        """Workers that are kept, or one that traffic has woken until the idle time has passed."""
        config = self.fields["worker_config"]
        wanted = max(config["min_replicas"], min(int(self.is_awake(now)), config["max_replicas"]))
        return min(int(wanted), settings.worker_limit)

    def is_visible(self, now: float, appears_after: float, lingers: float) -> bool:
        if self.deleted is not None and now >= self.deleted + lingers:
            return False
        return now >= self.created + appears_after


class Endpoints:
    """The endpoints in memory, deleted ones too as long as they may linger."""

    def __init__(self) -> None:
        self._by_id: dict[str, Endpoint] = {}
        self._past: list[Endpoint] = []
        self._created = 0
        self._version = 0

    @property
    def version(self) -> int:
        """Another number whenever what exists may be another."""
        return self._version

    @property
    def past(self) -> Sequence[Endpoint]:
        """Each endpoint in each state that it ever had, in the order of time."""
        return self._past

    def all(self) -> tuple[Endpoint, ...]:
        return tuple(self._by_id.values())

    def existing(self) -> tuple[Endpoint, ...]:
        return tuple(endpoint for endpoint in self.all() if endpoint.deleted is None)

    def seen_by_get(self, endpoint_id: str, now: float, settings: Settings) -> Endpoint:
        """The endpoint that a get finds. Raises `RefusalError` if there is none."""
        endpoint = self._by_id.get(endpoint_id)
        if endpoint and endpoint.is_visible(now, settings.visible_in_get_after, settings.linger_in_get):
            return endpoint
        raise RefusalError(int(settings.missing), "SERVERLESS_ENDPOINT_NOT_FOUND", "the endpoint does not exist")

    def seen_by_list(self, now: float, settings: Settings) -> tuple[Endpoint, ...]:
        """The endpoints that a list finds, the newest first. They are kept in the order of their creation."""
        return tuple(
            endpoint
            for endpoint in reversed(self._by_id.values())
            if endpoint.is_visible(now, settings.visible_in_list_after, settings.linger_in_list)
        )

    def create(self, body: Mapping[str, Any], now: float, settings: Settings) -> Endpoint:
        """Put an endpoint there. Raises `RefusalError` if its app name, or a name that must be unique, is taken."""
        base = defaults(settings.default_style)
        fields = normalized(without_ignored(completed(body, base), base, settings), settings.normalizations)
        self._refuse_taken_names(fields, settings, but="")
        self._created += 1
        endpoint_id = hashlib.sha256(b"%d" % self._created).hexdigest()[:20]
        fields["app_name"] = fields["app_name"] or endpoint_id
        first = Generation(0, fields["image"], settings.life, now)
        return self._put(Endpoint(endpoint_id, self._created, fields, now, (first,)))

    def update(self, endpoint: Endpoint, body: Mapping[str, Any], now: float, settings: Settings) -> None:
        """Change an endpoint. Type and app name stay. Raises `RefusalError` like `create`."""
        kept = {name: endpoint.fields[name] for name in ("type", "app_name")}
        base = endpoint.fields if settings.update == "merge" else {**defaults(settings.default_style), **kept}
        fields = normalized(without_ignored(completed(body, base), endpoint.fields, settings), settings.normalizations)
        self._refuse_taken_names(fields, settings, but=endpoint.id)
        concerned = concerns_workers(endpoint.fields, fields)
        generations = follows(
            endpoint.generations,
            fields["image"],
            endpoint.worker_count(now, settings) if concerned else None,
            now,
            settings,
        )
        before = replace(endpoint, before=None)
        self._put(replace(endpoint, fields=fields, generations=generations, before=before, updated=now))

    def delete(self, endpoint: Endpoint, now: float) -> None:
        self._put(replace(endpoint, deleted=now))

    def note_traffic(self, endpoint: Endpoint, now: float) -> Endpoint:
        awake = endpoint.is_awake(now)
        # Where nothing runs, what a request wakes is the newest.
        runs = endpoint.generations if awake or endpoint.fields["worker_config"]["min_replicas"] else (endpoint.newest,)
        woken = endpoint.woken if awake else now
        return self._put(replace(endpoint, last_traffic=now, woken=woken, generations=runs))

    def _put(self, endpoint: Endpoint) -> Endpoint:
        self._by_id[endpoint.id] = endpoint
        self._past.append(endpoint)
        self._version += 1
        return endpoint

    def _refuse_taken_names(self, fields: Fields, settings: Settings, but: str) -> None:
        others = [endpoint.fields for endpoint in self.existing() if endpoint.id != but]
        if fields["app_name"] and any(other["app_name"] == fields["app_name"] for other in others):
            raise RefusalError(400, "SERVERLESS_APP_NAME_IS_EXIST", "the app name is taken")
        if settings.unique_names and any(other["name"] == fields["name"] for other in others):
            raise RefusalError(400, "CONFLICT", "an endpoint of this name exists")


def without_ignored(fields: Fields, before: Mapping[str, Any], settings: Settings) -> Fields:
    """The fields, but those that the settings name are as they were before."""
    result = dict(fields)
    for path in settings.ignored_fields:
        name, _separator, inner = path.partition(".")
        result[name] = {**result[name], inner: before[name][inner]} if inner else before[name]
    return result

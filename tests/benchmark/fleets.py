# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which endpoints are measured, and what does a bare client need to reconcile them?"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests

from benchmark.stub import PATH, Endpoint

CONCURRENCY = 16
KEY = "benchmark-key"
_TIMEOUT = 30


def fleet(count: int) -> list[Endpoint]:
    """So many endpoints with what a usual one has."""
    return [
        {
            "name": f"team-{number}",
            "type": "sync",
            "product_id": "serverless-rtx-4090-24",
            "image": "registry.example.com/team/model:1",
            "worker_config": {"max_replicas": 3, "min_replicas": 0, "idle_timeout": 300, "gpu_num": 1},
            "envs": [{"key": "MODEL", "value": f"model-{number}"}, {"key": "LOG_LEVEL", "value": "info"}],
            "ports": [8000],
            "health_check": {"path": "/health", "port": 8000},
        }
        for number in range(count)
    ]


def changed(endpoints: Sequence[Endpoint]) -> list[Endpoint]:
    """The same with one difference in every hundredth."""
    return [
        one | {"image": "registry.example.com/team/model:2"} if number % 100 == 0 else one
        for number, one in enumerate(endpoints)
    ]


class BareClient:
    """The same calls as a fleet's with `requests`, several at once, and nothing else: no check and no retry."""

    def __init__(self, url: str) -> None:
        self._url = url + PATH
        self._own = threading.local()

    def seconds(self, endpoints: Sequence[Endpoint]) -> float:
        """How long it takes to have these endpoints: a look, the writes, and if there were any another look."""
        started = time.perf_counter()
        existing = {one["name"]: one for one in self._listed()}
        works = [work for one in endpoints if (work := self._work(one, existing.get(one["name"])))]
        with ThreadPoolExecutor(CONCURRENCY) as pool:
            list(pool.map(lambda work: work(), works))
        if works:
            self._listed()
        return time.perf_counter() - started

    def _work(self, wanted: Endpoint, existing: Endpoint | None) -> Callable[[], Any] | None:
        if existing is None:
            return lambda: self._call("POST", "", json=wanted)
        if all(existing.get(name) == value for name, value in wanted.items()):
            return None
        identity = f"/{existing['id']}"
        return lambda: (self._call("GET", identity), self._call("PUT", identity, json={**existing, **wanted}))

    def _listed(self) -> list[Endpoint]:
        found: list[Endpoint] = []
        cursor = ""
        while True:
            page = self._call("GET", "", params={"limit": "100", **({"cursor": cursor} if cursor else {})})
            found += page["data"]
            cursor = page["next_cursor"]
            if not cursor:
                return found

    def _call(self, method: str, path: str, **options: Any) -> Any:
        if not hasattr(self._own, "session"):
            self._own.session = requests.Session()
            self._own.session.headers["Authorization"] = f"Bearer {KEY}"
        response = self._own.session.request(method, self._url + path, timeout=_TIMEOUT, **options)
        response.raise_for_status()
        return response.json()

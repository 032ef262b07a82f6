# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long do the same calls take with bare `requests`, with no check, no retry and no Ansible?

`python -m benchmark.bare http://127.0.0.1:.../gpus/v2/endpoints fleet.yml 16`
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import requests
import yaml

from benchmark.fleets import KEY, Endpoint, shown

_TIMEOUT = 30


class BareClient:
    """The calls of a fleet, several at once."""

    def __init__(self, url: str, concurrency: int) -> None:
        self._url = url
        self._concurrency = concurrency
        self._own = threading.local()

    def have(self, endpoints: Sequence[Endpoint]) -> None:
        """Make it so: a look, the writes, and if there were any another look."""
        existing = {one["name"]: one for one in self._listed()}
        works = [work for one in endpoints if (work := self._work(one, existing.get(one["name"])))]
        with ThreadPoolExecutor(self._concurrency) as pool:
            list(pool.map(lambda work: work(), works))
        if works:
            self._listed()

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
        if method == "POST":
            # As the collection does: a connection that has just been closed would leave a create in doubt.
            self._own.session.close()
        response = self._own.session.request(method, self._url + path, timeout=_TIMEOUT, **options)
        response.raise_for_status()
        return response.json()


def described(file: Path) -> list[Endpoint]:
    """The endpoints that a file describes, in JSON or YAML, each read as fast as Python can."""
    text = file.read_text(encoding="utf-8")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    read = json.loads(text) if file.suffix == ".json" else yaml.load(text, loader)
    return [shown(one) for one in read]


if __name__ == "__main__":
    BareClient(sys.argv[1], int(sys.argv[3])).have(described(Path(sys.argv[2])))

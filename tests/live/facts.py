# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What does the API do where its documentation says nothing? Each answer is a fact that a run finds out.

The names of the facts are those of the simulator's settings where there is one, so that it can be set the same way.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import requests

_PATH = "/gpus/v2/endpoints"
_LONGEST_LOOK = 60.0
_TIMEOUT = 30.0

Item = Mapping[str, Any]


@dataclass(frozen=True)
class Fact:
    """One thing that the documentation leaves open, and what the API did."""

    question: str
    answer: str


class Api:
    """Plain calls, without anything that the collection does."""

    def __init__(self, url: str, key: str) -> None:
        self._url = url.rstrip("/")
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {key}"

    def call(self, method: str, path: str = "", body: Item | None = None, **query: object) -> tuple[int, Any]:
        """Status and document of an answer; the document is None where it is no JSON."""
        answer = self._session.request(
            method,
            f"{self._url}{_PATH}{path}",
            json=body,
            params={name: str(value) for name, value in query.items()},
            timeout=_TIMEOUT,
            allow_redirects=False,
        )
        is_json = answer.headers.get("Content-Type", "").startswith("application/json")
        return answer.status_code, answer.json() if is_json else None


def of_new(api: Api, body: Item, identity: str, sleep: Callable[[float], None]) -> Iterator[Fact]:
    """Facts about an endpoint that was created a moment ago with this body."""
    start = time.monotonic()
    yield Fact("Seconds until a get shows a new endpoint", _seconds(lambda: _got(api, identity), start, sleep))
    yield Fact("Seconds until the list shows it", _seconds(lambda: _listed(api, identity), start, sleep))
    shown = _got(api, identity) or {}
    yield Fact("numbers", "strings" if isinstance(shown.get("created_at"), str) else "numbers")
    yield Fact("Status of a new endpoint that keeps no worker", str((shown.get("status") or {}).get("status")))
    left_open = {name: value for name, value in sorted(shown.items()) if name not in body and not _is_observed(name)}
    yield Fact("What is answered for fields that were not given", ", ".join(f"{k}={v!r}" for k, v in left_open.items()))
    yield Fact("The app name of an endpoint created without one", _app_name(shown, identity))


def of_updates(api: Api, body: Item, identity: str) -> Iterator[Fact]:
    """Facts about PUT. The endpoint was created with this body, and has got a command and an env since."""
    before = _got(api, identity) or {}
    part = {name: value for name, value in body.items() if name != "type"}
    status, _document = api.call("PUT", f"/{identity}", part)
    after = _got(api, identity) or {}
    kept = after.get("command") == before.get("command")
    yield Fact("update", f"refused with {status}" if status != 200 else "merge" if kept else "replace")
    status, _document = api.call("PUT", f"/{identity}", {**part, "command": "", "envs": []})
    after = _got(api, identity) or {}
    cleared = not after.get("command") and not after.get("envs")
    yield Fact("Empty values in an update clear a field", f"refused with {status}" if status != 200 else _word(cleared))


def of_lists(api: Api) -> Iterator[Fact]:
    """Facts about lists and about what is not there."""
    status, page = api.call("GET")
    yield Fact("Endpoints on a page where no limit is given", str(len(page["data"])) if status == 200 else str(status))
    status, _page = api.call("GET", limit=100)
    yield Fact("Status of a list with limit=100", str(status))
    status, document = api.call("GET", "/0000-not-there")
    yield Fact("missing", f"{status} {(document or {}).get('reason', '')}".strip())


def of_deletes(api: Api, identity: str, sleep: Callable[[float], None]) -> Iterator[Fact]:
    """Facts about an endpoint that was deleted a moment ago."""
    start = time.monotonic()
    yield Fact("Seconds until a get shows a deleted endpoint no more", _gone(lambda: _got(api, identity), start, sleep))
    yield Fact("Seconds until the list shows it no more", _gone(lambda: _listed(api, identity), start, sleep))
    status, document = api.call("DELETE", f"/{identity}")
    yield Fact("Answer to a second delete", f"{status} {(document or {}).get('reason', '')}".strip())


def _got(api: Api, identity: str) -> Item | None:
    status, document = api.call("GET", f"/{identity}")
    return document if status == 200 else None


def _listed(api: Api, identity: str) -> Item | None:
    """The endpoint in the list, over all pages."""
    cursor = ""
    while True:
        _status, page = api.call("GET", limit=100, cursor=cursor) if cursor else api.call("GET", limit=100)
        for item in page["data"]:
            if item["id"] == identity:
                return dict(item)
        cursor = page.get("next_cursor") or ""
        if not cursor or page.get("has_more") is False:
            return None


def _seconds(look: Callable[[], object], start: float, sleep: Callable[[float], None]) -> str:
    while not look():
        if time.monotonic() - start > _LONGEST_LOOK:
            return f"more than {_LONGEST_LOOK:.0f}"
        sleep(1)
    return f"{time.monotonic() - start:.1f}"


def _gone(look: Callable[[], object], start: float, sleep: Callable[[float], None]) -> str:
    return _seconds(lambda: not look(), start, sleep)


def _is_observed(name: str) -> bool:
    return name in {"id", "status", "url", "workers", "member_id", "owner_id", "created_at", "app_name"}


def _app_name(shown: Item, identity: str) -> str:
    name = shown.get("app_name")
    return "the id" if name == identity else repr(name)


def _word(value: bool) -> str:
    return "yes" if value else "no"

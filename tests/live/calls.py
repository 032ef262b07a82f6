# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plain calls, without anything that the collection does: what does the API answer?"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import requests

_PATH = "/gpus/v2/endpoints"
_TIMEOUT = 30.0

Item = Mapping[str, Any]


class Unanswered(Exception):
    """The API gave no answer that says what was asked."""


@dataclass(frozen=True)
class Answer:
    """Status and JSON object of an answer; the object is empty where there is none."""

    call: str
    status: int
    document: Item

    @property
    def told(self) -> str:
        """The status, and the reason of a refusal."""
        return f"{self.status} {self.document.get('reason') or ''}".strip()

    def accepted(self) -> None:
        """Raises Unanswered if it is a refusal."""
        if self.status != 200:
            raise Unanswered(f"{self.call} was answered with {self.told}")

    def wanted(self) -> Item:
        """The object of an answer that is no refusal."""
        self.accepted()
        if not self.document:
            raise Unanswered(f"{self.call} was answered with 200 and no object")
        return self.document


class Api:
    """The calls for endpoints."""

    def __init__(self, url: str, key: str) -> None:
        self._url = url.rstrip("/")
        self._key = key.strip()
        self._session = requests.Session()
        # As a header alone it would lose to a ~/.netrc.
        self._session.auth = self._signed

    def call(self, method: str, path: str = "", body: Item | None = None, **query: str) -> Answer:
        """The answer to one call. Raises Unanswered if there is none."""
        call = f"{method} {_PATH}{path}"
        try:
            answer = self._session.request(
                method, f"{self._url}{_PATH}{path}", json=body, params=query, timeout=_TIMEOUT, allow_redirects=False
            )
        except (requests.RequestException, ValueError) as error:
            # Not its text, which may have the key in it.
            raise Unanswered(f"{call} ended with {type(error).__name__}") from error
        return Answer(call, answer.status_code, _object_in(answer.content))

    def endpoint(self, identity: str) -> Item:
        """What a get shows of an endpoint. Raises Unanswered if it shows nothing."""
        return self.call("GET", f"/{identity}").wanted()

    def has(self, identity: str) -> bool:
        """Whether a get shows the endpoint."""
        answer = self.call("GET", f"/{identity}")
        return answer.status not in (400, 404) and bool(answer.wanted())

    def lists(self, identity: str) -> bool:
        """Whether a page of the list shows the endpoint."""
        return any(item.get("id") == identity for page in self._pages() for item in items_of(page))

    def _pages(self) -> Iterator[Item]:
        cursors = [""]
        while True:
            page = (self.call("GET", cursor=cursors[-1]) if cursors[-1] else self.call("GET")).wanted()
            yield page
            cursor = str(page.get("next_cursor") or "")
            if not cursor or page.get("has_more") is False:
                return
            if cursor in cursors:
                raise Unanswered("the list begins again at a page that was there before")
            cursors.append(cursor)

    def _signed(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._key}"
        return request


def items_of(page: Item) -> list[Item]:
    """The endpoints on a page. Raises Unanswered if it has no list of them."""
    items = page.get("data")
    if not isinstance(items, list):
        raise Unanswered("the page has no list `data`")
    return [item for item in items if isinstance(item, dict)]


def _object_in(content: bytes) -> Item:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}

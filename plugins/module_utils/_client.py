# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which URL, which verb, how is a list paged, and what does a refusal mean?

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from ._errors import BadAnswer, BrokenLimits, Lost, Missing, NotOffered, Rejected, printable
from ._gate import Gate
from ._http import Answer, Request, Transport
from ._resource import Resource

__all__ = ["Client"]

_LONGEST_CURSOR = 1024
#: More than any account has; a list that goes on beyond them never ends.
_MOST_PAGES = 10_000
_LONGEST_ID = 255
#: What a server answers that does not have the call at all.
_NOT_OFFERED = frozenset({404, 405, 501})
#: Answers to a write after which nobody knows whether it happened, beside those below 200 and those of 500 and above.
_UNCLEAR = frozenset({408, 425, *range(300, 400)})
_ADVICE = {
    "SERVERLESS_PRODUCT_NOT_FOUND": "Check product_id.",
    "IMAGE_NOT_FOUND": "Check image, and registry_auth_id if the registry is private.",
    "SERVERLESS_APP_NAME_IS_EXIST": "Choose another app_name.",
    "CONFLICT": "Another resource may have this name; check name, or address that one with id.",
    "VALIDATOR_PARAM": "Check the option that the message names.",
    "OPERATION_LIMIT": "The account's limit is reached; delete something or ask the provider to raise it.",
    "INSUFFICIENT_RESOURCE": "Choose another product_id or region_id, or try later.",
    "BALANCE_NOT_ENOUGH": "Add funds to the account; until then it may only view and delete.",
    "EXPIRED_OR_BALANCE_NOT_ENOUGH": "Add funds to the account; until then it may only view and delete.",
    "NETWORK_STORAGE_NOT_FOUND": "Check id in volumes, and that region_id is the storage's region.",
}


class Client:
    """The calls for one kind of resource. Values go in and come out as the API has them."""

    def __init__(self, transport: Transport, resource: Resource) -> None:
        self.transport = transport
        self._resource = resource

    def renewed(self, gate: Gate | None = None) -> Client:
        """Another one for the same resource, for another thread; `gate` is shared by all that send at the same time."""
        return Client(self.transport.renewed(gate), self._resource)

    def named(self, name: str) -> list[Mapping[str, Any]]:
        """All resources of exactly this name. The names are compared here: what `keyword` matches is not documented."""
        return [item for item in self.listed() if item.get("name") == name]

    def listed(self, query: Mapping[str, str] | None = None) -> Iterator[Mapping[str, Any]]:
        """All resources, each id once, page by page; `query` are the list call's own filters.

        Raises NotOffered where the server has no such call, and BadAnswer for a page that cannot be read or a cursor
        that comes again: a shorter list would be a lie.
        """
        ids: set[str] = set()
        cursors: set[str] = set()
        cursor = ""
        while True:
            page = self._page({**(query or {}), **({"cursor": cursor} if cursor else {})})
            for item in page["data"]:
                if item["id"] not in ids:
                    ids.add(item["id"])
                    yield item
            cursor = page.get("next_cursor") or ""
            if not cursor or page.get("has_more") is False:
                return
            if cursor in cursors or len(cursors) >= _MOST_PAGES:
                raise BadAnswer(f"Could not list the {self._resource.name}s: the API's pages do not come to an end.")
            cursors.add(cursor)

    def get(self, identity: str) -> Mapping[str, Any] | None:
        """The resource, or None where the API says that it is not there."""
        answer = self.transport.send(self._request("read", "GET", identity))
        if self._is_missing(answer):
            return None
        if answer.status in _NOT_OFFERED:
            raise NotOffered(self._refusal(f"read the {self._resource.name} {identity}", answer).message, answer.call)
        document = self._accepted(f"read the {self._resource.name} {identity}", answer)
        if document.get("id") != identity:
            raise BadAnswer(
                f"Asked for the {self._resource.name} {identity}, the API answered with another one.", answer.call
            )
        return document

    def create(self, body: Mapping[str, Any]) -> str:
        """Create, once, and return the new id.

        Raises Unsent where nothing was created, Rejected where the API said no, and Lost where nobody knows.
        """
        purpose = f"create the {self._resource.name}"
        answer = self.transport.send_once(Request(purpose, "POST", self._resource.path, body=body))
        self._check(purpose, answer)
        identity = answer.document.get("id") if isinstance(answer.document, Mapping) else None
        if not (isinstance(identity, str) and _is_safe(identity)):
            raise Lost(
                f"Could not {purpose}: the API accepted the request, but answered without a usable id.", answer.call
            )
        return identity

    def update(self, identity: str, body: Mapping[str, Any]) -> None:
        """Send the whole state. Raises Rejected, Missing if there is nothing to update, Lost if nobody knows."""
        self._written("update", "PUT", identity, body)

    def delete(self, identity: str) -> None:
        """Delete; what is already gone is fine. Raises Rejected, and Lost where nobody knows."""
        try:
            self._written("delete", "DELETE", identity)
        except Missing:
            return

    def _written(self, verb: str, method: str, identity: str, body: Mapping[str, Any] | None = None) -> None:
        request = self._request(verb, method, identity, body)
        answer = self.transport.send(request)
        if self._is_missing(answer) and (method == "DELETE" or not answer.doubtful):
            raise Missing(self._refusal(request.purpose, answer).message, answer.call)
        self._check(request.purpose, answer)

    def _check(self, purpose: str, answer: Answer) -> None:
        """Raises Rejected where a write was refused, and Lost where nobody knows whether it happened."""
        if 200 <= answer.status < 300:
            return
        refusal = self._refusal(purpose, answer)
        # A conflict may be with what this very request did; only an update can be planned anew.
        conflict = answer.status == 409 and answer.call.method != "PUT"
        if answer.doubtful or conflict or answer.status in _UNCLEAR or not 200 <= answer.status < 500:
            raise Lost(refusal.message, answer.call)
        raise refusal

    def _request(self, verb: str, method: str, identity: str, body: Mapping[str, Any] | None = None) -> Request:
        if not _is_safe(identity):
            raise BrokenLimits(
                f"id {printable(identity)!r} is not an id: it must have 1 to {_LONGEST_ID} printable characters."
            )
        purpose = f"{verb} the {self._resource.name} {identity}"
        return Request(purpose, method, f"{self._resource.path}/{quote(identity, safe='')}", body=body)

    def _page(self, query: Mapping[str, str]) -> Mapping[str, Any]:
        purpose = f"list the {self._resource.name}s"
        size = {"limit": str(self._resource.page_size)} if self._resource.page_size else {}
        answer = self.transport.send(Request(purpose, "GET", self._resource.path, {**size, **query}))
        if answer.status in _NOT_OFFERED and "cursor" not in query:
            raise NotOffered(self._refusal(purpose, answer).message, answer.call)
        page = self._accepted(purpose, answer)
        if page.get("data", ...) is None:
            # An empty list, as Go's encoder writes one that was never filled.
            page = {**page, "data": []}
        items, following = page.get("data"), page.get("next_cursor")
        if not isinstance(items, list) or not all(
            isinstance(item, Mapping) and _is_id(item.get("id")) for item in items
        ):
            raise BadAnswer(
                f"Could not {purpose}: a page of the API's answer has no list of {self._resource.name}s.", answer.call
            )
        if not (following is None or (isinstance(following, str) and _is_cursor(following))):
            raise BadAnswer(f"Could not {purpose}: a page of the API's answer has no usable cursor.", answer.call)
        return page

    def _accepted(self, purpose: str, answer: Answer) -> Mapping[str, Any]:
        """The object of a good answer. Raises Rejected or BadAnswer where there is none."""
        if not 200 <= answer.status < 300:
            raise self._refusal(purpose, answer)
        if not isinstance(answer.document, Mapping):
            raise BadAnswer(f"Could not {purpose}: the API's answer is not a JSON object. Check api_url.", answer.call)
        return answer.document

    def _is_missing(self, answer: Answer) -> bool:
        """The API's "not there": 404, or 400 with a reason that says so."""
        return answer.status == 404 or (answer.status == 400 and answer.call.reason in self._resource.missing_reasons)

    def _refusal(self, purpose: str, answer: Answer) -> Rejected:
        """The API's own words, and what to change."""
        document = answer.document if isinstance(answer.document, Mapping) else {}
        words = [document.get(name) for name in ("reason", "message", "error")]
        secrets = self.transport.connection.secrets
        said = (
            ": ".join(printable(word, secrets) for word in words if isinstance(word, str) and word) or "no reason given"
        )
        facts = f"HTTP {answer.status}, {answer.call.method} {answer.call.path}"
        if answer.call.request_id:
            facts += f", request {answer.call.request_id}"
        return Rejected(f"Could not {purpose}: {said} ({facts}). {self._advice(answer)}".strip(), answer.call)

    def _advice(self, answer: Answer) -> str:
        host = self.transport.connection.host
        if answer.status in (401, 403):
            return (
                f"Check that api_key (PPIO_API_KEY, NOVITA_API_KEY) is a key of {host} that may do this, and api_url."
            )
        if 300 <= answer.status < 400:
            return "Redirects are not followed, so that the key stays with one host. Check api_url."
        patience = "Raise retry_timeout (wait_timeout for a wait), or try later."
        if answer.call.retry_after and answer.status in (429, 503):
            told = answer.call.retry_after
            return f"The API asks to wait {f'{told} s' if told.isdecimal() else f'until {told}'}. {patience}"
        if answer.status == 429 or answer.status >= 500:
            return patience
        return _ADVICE.get(answer.call.reason, "")


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and _is_safe(value)


def _is_cursor(cursor: str) -> bool:
    """Whether it can be a value in a URL: JSON may hold half a character, which has no bytes."""
    return len(cursor) <= _LONGEST_CURSOR and cursor == cursor.encode(errors="ignore").decode()


def _is_safe(identity: str) -> bool:
    """Whether an id can only ever name a resource: encoded in a path, it never leads to another URL."""
    return 0 < len(identity) <= _LONGEST_ID and identity.isprintable() and identity not in (".", "..")

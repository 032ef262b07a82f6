# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client: the calls for one kind of resource, and what a refusal means.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

from .._clock import Deadline
from .._errors import AmbiguousResponse, InvalidOptions, InvalidResponse, NotFound, Rejected, Unsupported, printable
from .._redaction import Secrets
from .._schema.resource import Resource, Verb
from .exchange import Answer, Request
from .pages import LONGEST_ID, Item, Pages, PageSize, is_id, is_safe
from .refusal import UNSUPPORTED, accepted, rejection
from .throttle import AdaptiveLimiter
from .transport import Transport

__all__ = ["Client", "Item", "is_id"]

_CONFLICT = 409


@dataclass(frozen=True)
class Client:
    """The calls for one kind of resource, retried until a deadline. Values go in and come out as the API has them."""

    transport: Transport
    resource: Resource
    deadline: Deadline
    page_size: PageSize = field(default_factory=PageSize)

    def until(self, deadline: Deadline) -> Client:
        """The same client with another deadline."""
        return Client(self.transport, self.resource, deadline, self.page_size)

    def for_thread(self, limiter: AdaptiveLimiter) -> Client:
        """Another one for the same resource, for another thread; `limiter` is shared by all that send at once."""
        return replace(self, transport=self.transport.for_thread(limiter))

    def id_of(self, item: Item) -> str:
        identity: str = item[self.resource.id_name]
        return identity

    def named(self, name: str) -> list[Item]:
        """All resources of exactly this name. The names are compared here: what `keyword` matches is not documented."""
        return [item for item in self.listed() if item.get(self.resource.name_name) == name]

    def listed(self, query: Mapping[str, str] | None = None) -> Iterator[Item]:
        """All resources, each id once, page by page; `query` are the list call's own filters.

        What can only be read may have several rows of one id: only a row that was there before is left out.

        Raises Unsupported where the server has no such call, and InvalidResponse for a page that cannot be read or a
        list that does not end: a shorter list would be a lie.
        """
        rows: dict[str, list[Item]] = {}
        for page in Pages(self.transport, self.resource, self.deadline, self.page_size).read(query or {}):
            for item in page:
                known = rows.setdefault(self.id_of(item), [])
                if item not in known and not (known and self.resource.fields):
                    known.append(item)
                    yield item

    def listed_one(self, identity: str) -> Item | None:
        """The resource as the list shows it, or None where it does not."""
        return next((item for item in self.listed() if self.id_of(item) == identity), None)

    def single(self) -> Item:
        """The one of a kind of which there is only one. Raises Unsupported where the server has no such call."""
        purpose, verb = f"read the {self.resource.name}", self.resource.verbs.list
        answer = self.transport.send(Request(purpose, verb.method, verb.path), self.deadline)
        if answer.status in UNSUPPORTED:
            raise Unsupported(self._refusal(purpose, answer).message, answer.call)
        return self._accepted(purpose, answer)

    def read(self, identity: str) -> Item | None:
        """The resource, or None where the API says that it is not there."""
        verb = self.resource.verbs.read
        if verb is None:
            return self.listed_one(identity)
        purpose = f"read the {self.resource.name} {identity}"
        answer = self.transport.send(_addressed(purpose, verb, identity), self.deadline)
        if self._is_missing(answer):
            return None
        if answer.status in UNSUPPORTED:
            raise Unsupported(self._refusal(purpose, answer).message, answer.call)
        document = self._accepted(purpose, answer)
        envelope = self.resource.verbs.envelope
        item = document.get(envelope) if envelope else document
        if not isinstance(item, Mapping) or item.get(self.resource.id_name) != identity:
            raise InvalidResponse(
                f"Asked for the {self.resource.name} {identity}, the API answered with another one.", answer.call
            )
        return item

    def create(self, body: Mapping[str, Any]) -> str | None:
        """Create, once, and return the new id, or None where this API never says it.

        Raises ConnectFailed or Rejected where nothing was created, and AmbiguousResponse where nobody knows.
        """
        purpose = f"create the {self.resource.name}"
        verb = self._offered(self.resource.verbs.create)
        answer = self.transport.send_once(Request(purpose, verb.method, verb.path, body=body), self.deadline)
        self._check(purpose, answer)
        if self.resource.verbs.created_id is None:
            return None
        identity = _created_id(answer.document, self.resource.verbs.created_id)
        if not is_id(identity):
            raise AmbiguousResponse(
                f"Could not {purpose}: the API accepted the request, but answered without a usable id.", answer.call
            )
        return str(identity)

    def update(self, identity: str, body: Mapping[str, Any]) -> None:
        """Send the whole state, once: before another try, what stays as it is may have moved.

        Raises ConnectFailed, Rejected, NotFound if there is nothing to update, and AmbiguousResponse.
        """
        purpose = f"update the {self.resource.name} {identity}"
        request = _addressed(purpose, self._offered(self.resource.verbs.update), identity, body)
        answer = self.transport.try_once(request, self.deadline)
        if self._is_missing(answer):
            raise NotFound(self._refusal(purpose, answer).message, answer.call)
        self._check(purpose, answer, is_update=True)

    def delete(self, identity: str) -> None:
        """Delete; what is already gone is fine. Raises Rejected, and AmbiguousResponse where nobody knows."""
        purpose = f"delete the {self.resource.name} {identity}"
        request = _addressed(purpose, self._offered(self.resource.verbs.delete), identity)
        answer = self.transport.send(request, self.deadline)
        if not self._is_missing(answer):
            self._check(purpose, answer)

    @property
    def secrets(self) -> Secrets:
        """What no text of the server may show."""
        return self.transport.connection.secrets

    def suspect(self, values: Iterable[str]) -> None:
        """Show these values in no error from now on: they may be secret, and the API may repeat them."""
        self.secrets.suspect(values)

    def _check(self, purpose: str, answer: Answer, *, is_update: bool = False) -> None:
        """Raises Rejected where a write was refused, and AmbiguousResponse where nobody knows whether it happened."""
        if 200 <= answer.status < 300:
            return
        refusal = self._refusal(purpose, answer)
        # A conflict may be with what this very request did; only an update can be planned anew.
        conflict = answer.status == _CONFLICT and not is_update
        if answer.doubtful or conflict or answer.is_ambiguous:
            raise AmbiguousResponse(refusal.message, answer.call)
        raise refusal

    def _offered(self, verb: Verb | None) -> Verb:
        if verb is None:
            raise InvalidOptions(f"The API cannot do that with a {self.resource.name}.")
        return verb

    def _accepted(self, purpose: str, answer: Answer) -> Mapping[str, Any]:
        return accepted(purpose, answer, self.transport.connection, self.resource.advice)

    def _is_missing(self, answer: Answer) -> bool:
        """The API's "not there": 404, or 400 with a reason that says so."""
        return answer.status == 404 or (answer.status == 400 and answer.call.reason in self.resource.missing_reasons)

    def _refusal(self, purpose: str, answer: Answer) -> Rejected:
        return rejection(purpose, answer, self.transport.connection, self.resource.advice)


def _addressed(purpose: str, verb: Verb, identity: str, body: Mapping[str, Any] | None = None) -> Request:
    """A request about the one that has this id."""
    if not is_safe(identity):
        raise InvalidOptions(
            f"id {printable(identity)!r} is not an id: it must have 1 to {LONGEST_ID} printable characters."
        )
    if verb.id_field:
        body = {**(body or {}), verb.id_field: identity}
    return Request(purpose, verb.method, verb.path.replace("{id}", quote(identity, safe="")), body=body)


def _created_id(document: Any, name: str) -> Any:
    """What stands in the place of the new id."""
    if not name:
        return document
    return document.get(name) if isinstance(document, Mapping) else None

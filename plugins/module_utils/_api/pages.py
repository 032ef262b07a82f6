# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages: how a list is read to its end, in the size that the server allows.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from .._clock import Deadline
from .._errors import InvalidResponse, Unsupported
from .._schema.resource import Resource
from .exchange import Answer, Request
from .refusal import UNSUPPORTED, accepted, rejection
from .transport import Transport

__all__ = ["Item", "PageSize", "Pages", "is_id", "is_safe"]

#: A resource as an answer shows it, in the API's spelling.
Item: TypeAlias = Mapping[str, Any]

LONGEST_ID = 255
_LONGEST_CURSOR = 1024
#: More than any account has; a list that goes on beyond them never ends.
_MOST_PAGES = 10_000
#: Answers to a parameter that the server does not take.
_REFUSED_PARAMETER = frozenset({400, 422})


@dataclass
class PageSize:
    """What a task learns of the server on its way."""

    #: The server does not take the size that is asked for, so its own one has to do.
    is_refused: bool = False


@dataclass(frozen=True)
class Pages:
    """The pages of the list of one kind of resource, read until a deadline."""

    transport: Transport
    resource: Resource
    deadline: Deadline
    size: PageSize

    def read(self, query: Mapping[str, str]) -> Iterator[list[Item]]:
        """All pages; `query` are the list call's own filters.

        Raises Unsupported where the server has no such call, and InvalidResponse for a page that cannot be read or a
        list that does not end.
        """
        return self._numbered(query) if self.resource.verbs.pages.number else self._chained(query)

    def _chained(self, query: Mapping[str, str]) -> Iterator[list[Item]]:
        cursors: set[str] = set()
        cursor = ""
        while True:
            page = self._page({**query, **({"cursor": cursor} if cursor else {})}, is_first=not cursor)
            following = page.get("next_cursor") or ""
            if not (isinstance(following, str) and _is_cursor(following)):
                raise InvalidResponse(f"Could not {self._listing}: a page of the API's answer has no usable cursor.")
            yield page[self.resource.verbs.pages.items]
            if page.get("has_more") is True and not following:
                raise InvalidResponse(f"Could not {self._listing}: the API has more, but does not say where.")
            if not following or page.get("has_more") is False:
                return
            if following in cursors or len(cursors) >= _MOST_PAGES:
                raise InvalidResponse(f"Could not {self._listing}: the API's pages do not come to an end.")
            cursors.add(following)
            cursor = following

    def _numbered(self, query: Mapping[str, str]) -> Iterator[list[Item]]:
        """Pages until as many ids were seen as there are in all, or a page has nothing new."""
        pages = self.resource.verbs.pages
        ids: set[str] = set()
        for number in range(pages.first_number, pages.first_number + _MOST_PAGES):
            page = self._page({**query, pages.number: str(number)}, is_first=not ids)
            new = {item[self.resource.id_name] for item in page[pages.items]} - ids
            yield page[pages.items]
            ids |= new
            if not new or page.get(pages.total) in (len(ids), str(len(ids))):
                return
        raise InvalidResponse(f"Could not {self._listing}: the API's pages do not come to an end.")

    @property
    def _listing(self) -> str:
        return f"list the {self.resource.plural}"

    def _page(self, query: Mapping[str, str], *, is_first: bool) -> dict[str, Any]:
        """One page, whose items are there and have usable ids."""
        pages = self.resource.verbs.pages
        answer = self._page_answer(query, is_first=is_first)
        if answer.status in UNSUPPORTED and is_first:
            refusal = rejection(self._listing, answer, self.transport.connection, self.resource.advice)
            raise Unsupported(refusal.message, answer.call)
        page = dict(accepted(self._listing, answer, self.transport.connection, self.resource.advice))
        if page.get(pages.items, ...) is None:
            # An empty list, as Go's encoder writes one that was never filled.
            page[pages.items] = []
        items, id_name = page.get(pages.items), self.resource.id_name
        if not isinstance(items, list) or not all(
            isinstance(item, dict) and is_id(item.get(id_name)) for item in items
        ):
            raise InvalidResponse(
                f"Could not {self._listing}: a page of the API's answer has no list of {self.resource.plural}.",
                answer.call,
            )
        return page

    def _page_answer(self, query: Mapping[str, str], *, is_first: bool) -> Answer:
        """One page, as large as this server lets it be."""
        pages = self.resource.verbs.pages
        if pages.page_size and not self.size.is_refused:
            answer = self._page_of({pages.size: str(pages.page_size), **query})
            if answer.status not in _REFUSED_PARAMETER or not is_first:
                return answer
        answer = self._page_of(query)
        if 200 <= answer.status < 300:
            self.size.is_refused = True
        return answer

    def _page_of(self, asked: Mapping[str, str]) -> Answer:
        verb = self.resource.verbs.list
        request = Request(self._listing, verb.method, verb.path, asked)
        if verb.method != "GET":
            request = replace(request, query={}, body=asked)
        return self.transport.send(request, self.deadline)


def is_id(value: Any) -> bool:
    """Whether a value of an answer can be an id."""
    return isinstance(value, str) and is_safe(value)


def is_safe(identity: str) -> bool:
    """Whether an id can only ever name a resource: encoded in a path, it never leads to another URL."""
    return 0 < len(identity) <= LONGEST_ID and identity.isprintable() and identity not in (".", "..")


def _is_cursor(cursor: str) -> bool:
    """Whether it can be a value in a URL: JSON may hold half a character, which has no bytes."""
    return len(cursor) <= _LONGEST_CURSOR and cursor == cursor.encode(errors="ignore").decode()

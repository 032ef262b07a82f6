# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which items are on a page, and where does the next one begin?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from .messages import RefusalError
from .settings import Settings

Item = TypeVar("Item")


@dataclass(frozen=True)
class Page(Generic[Item]):
    items: tuple[Item, ...]
    next_cursor: str  # empty on the last page

    def cursor_fields(self) -> dict[str, str | bool]:
        return {"next_cursor": self.next_cursor, "has_more": bool(self.next_cursor)}


def page(items: Mapping[int, Item], query: Mapping[str, str], settings: Settings) -> Page[Item]:
    """The page that a query asks for.

    `items` are keyed by their place in the order. A cursor names the place after which a page begins, so that items
    that come or go between two pages shift nothing. Raises `RefusalError` for a cursor that no answer has given.
    """
    places = sorted(items)
    size = min(int(query.get("limit") or 0) or settings.page_size, settings.page_size)
    after = place_of(query["cursor"]) if query.get("cursor") else None
    rest = [place for place in places if after is None or place > after]
    on_page = rest[:size]
    next_cursor = cursor_of(on_page[-1]) if len(rest) > size else ""
    if settings.repeat_cursor and places:
        next_cursor = cursor_of(places[:size][-1])
    return Page(tuple(items[place] for place in on_page), next_cursor)


def cursor_of(place: int) -> str:
    """A cursor that gets lost in a query string unless it is percent-encoded."""
    return f"p+/{place}=&%23"


def place_of(cursor: str) -> int:
    match = re.fullmatch(r"p\+/(-?\d+)=&%23", cursor)
    if not match:
        raise RefusalError(400, "VALIDATOR_PARAM", "cursor: not a cursor of this list")
    return int(match[1])

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is a field, a limit, a resource?

Private to the ppio.gpu collection: nothing here is promised to anybody else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

__all__ = ["Field", "Fields", "Kind", "Resource", "is_empty"]

#: API field name to API value, as it travels in a request body or an answer.
Fields = Mapping[str, Any]


class Kind(Enum):
    """The JSON types that the API uses for its fields."""

    TEXT = "string"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    OBJECT = "object"
    LIST = "array"


@dataclass(frozen=True)
class Field:
    """One row of a resource's table.

    `minimum` and `maximum` bound the value of an integer and the number of characters of a text.
    `item` is the row of each element of a list; `fields` are the rows inside an object.
    `key` names the field that identifies an object inside a list; lists without a key are sets.
    """

    name: str
    kind: Kind
    minimum: int | None = None
    maximum: int | None = None
    choices: tuple[str, ...] = ()
    #: The choices that the provider is about to drop.
    deprecated_choices: tuple[str, ...] = ()
    #: The field beside this one whose value this one may not exceed.
    not_above: str = ""
    item: Field | None = None
    fields: tuple[Field, ...] = ()
    key: str = ""
    #: The API refuses to create the resource, or to take the object around the field, without it.
    required: bool = False
    #: The update call accepts the field.
    mutable: bool = True
    #: Every answer carries the field. Where it may be missing, its absence proves nothing.
    always_answered: bool = True
    #: Values in this list may be secret: it has a twin option for those, and shows only what was given in the open.
    redacted: bool = False

    @property
    def element(self) -> Field:
        """The row of each element of a list."""
        if self.item is None:
            raise TypeError(f"{self.name} is no list")
        return self.item

    @property
    def secret_twin(self) -> str:
        """The option that takes this list's secret entries."""
        return f"secret_{self.name}"

    @property
    def purge_option(self) -> str:
        """The option that says whether entries that are not named go away."""
        return f"purge_{self.name}"


@dataclass(frozen=True)
class Resource:
    """A kind of thing that the API creates, lists, reads, updates and deletes.

    `path` is the collection's path below the API's origin. `fields` can be asked for, `observed` only read.
    `missing_reasons` are the API's words for "not there"; the other words are status words, in lower case: it serves,
    it failed for good, it is on its way, it is being deleted. `worker_words` are those of a worker that serves.
    """

    name: str
    path: str
    fields: tuple[Field, ...]
    observed: tuple[Field, ...]
    missing_reasons: frozenset[str] = frozenset()
    ready_words: frozenset[str] = frozenset()
    failed_words: frozenset[str] = frozenset()
    coming_words: frozenset[str] = frozenset()
    going_words: frozenset[str] = frozenset()
    worker_words: frozenset[str] = frozenset()
    #: How many the list call is asked for at once; 0 where it documents no such parameter.
    page_size: int = 100


def is_empty(value: Any) -> bool:
    """Whether the API may leave `value` out of an answer: no value, or the empty one of its type."""
    return value is None or value in ("", 0, (), [], {})

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a kind of resource is made of: fields, verbs, pages, filters. Each kind is one table of these.

Private to the ppio.gpu collection: nothing here is promised to anybody else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any

from .._errors import first_of, printable
from .lifecycle import Lifecycle
from .pricing import Pricing
from .service import Service

__all__ = [
    "Change",
    "Field",
    "Fields",
    "Filter",
    "Kind",
    "Pages",
    "Resource",
    "Verb",
    "Verbs",
    "is_empty",
    "rest_verbs",
]

#: So many of them have their names in a line about several.
_NAMED = 3

#: Option name to value, in the shape of the table; only `_api` and what reads answers know the API's spelling.
Fields = Mapping[str, Any]


class Kind(Enum):
    """The JSON types that the API uses for its fields."""

    TEXT = "string"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    OBJECT = "object"
    LIST = "array"


_EMPTY: Mapping[Kind, Any] = {Kind.TEXT: "", Kind.INTEGER: 0, Kind.BOOLEAN: False}


class Change(Enum):
    """How a field may change once the resource exists."""

    ANY = "any"
    GROW = "grow"
    NEVER = "never"


@dataclass(frozen=True, eq=False)
class Field:
    """One row of a resource's table.

    `minimum` and `maximum` bound the value of an integer and the number of characters of a text; each may be left out.
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
    #: How the API spells it, where that is not the option's name.
    api_name: str = ""
    #: The API refuses to create the resource, or to take the object around the field, without it.
    required: bool = False
    change: Change = Change.ANY
    #: A create that leaves it out may get a value that the API chooses, so that an empty one has to be said.
    has_default: bool = False
    #: Every answer carries the field. Where it may be missing, its absence proves nothing.
    always_answered: bool = True
    #: A change of it concerns what is running: replicas have to start anew for it.
    restarts: bool = True
    #: A text for people, in which the API may repeat whatever it was sent.
    free_text: bool = False
    #: The value is secret: it is in no result, no diff and no message.
    secret: bool = False
    #: Values in this list may be secret: it has a twin option for those, and shows only what was given in the open.
    secret_entries: bool = False

    @property
    def api(self) -> str:
        """The name in requests and answers."""
        return self.api_name or self.name

    @property
    def mutable(self) -> bool:
        """Whether the update call takes the field."""
        return self.change is not Change.NEVER

    @property
    def empty(self) -> Any:
        """The value that clears a scalar; None where the API takes no empty one."""
        is_refused = bool(self.choices) or (self.minimum or 0) > 0
        return None if is_refused else _EMPTY.get(self.kind)

    @property
    def element(self) -> Field:
        """The row of each element of a list."""
        if self.item is None:
            raise TypeError(f"{self.name} is not a list")
        return self.item

    @property
    def secret_twin(self) -> str:
        """The option that takes this list's secret entries."""
        return f"secret_{self.name}"

    @property
    def purge_option(self) -> str:
        """The option that says whether entries that are not named go away."""
        return f"purge_{self.name}"

    @property
    def plain_option(self) -> str:
        """The option of an export that names the keys of this list's entries that are no secrets."""
        return f"plain_{self.element.name}_{self.key}s"

    @property
    def show_option(self) -> str:
        """The option of an info module that shows the values of this list's entries."""
        return f"include_{self.element.name}_values"


@dataclass(frozen=True)
class Verb:
    """One call: its method, and its path below the API's origin, with `{id}` where the id stands.

    `id_field` names the field of the body that carries the id instead, for an API that knows only POST. There, what a
    list call asks for stands in the body, too.
    """

    method: str
    path: str
    id_field: str = ""


@dataclass(frozen=True)
class Pages:
    """How the list is cut into pages: by a cursor that each answer names, or by page numbers if `number` is set.

    `items` and `total` are the names in an answer, `size` and `number` those of query parameters. A `page_size` of 0
    is not asked for.
    """

    items: str = "data"
    size: str = "limit"
    page_size: int = 100
    number: str = ""
    first_number: int = 1
    total: str = "total"


@dataclass(frozen=True)
class Verbs:
    """The calls that there are for a kind of resource. Without `read`, the list is the only way to look.

    `created_id` names the field of a create's answer that has the new id; it is empty where the answer is the id
    itself, and None where the answer does not say. `envelope` names the field in which a read's answer has the
    resource.
    """

    list: Verb
    read: Verb | None = None
    create: Verb | None = None
    update: Verb | None = None
    delete: Verb | None = None
    pages: Pages = field(default_factory=Pages)
    created_id: str | None = "id"
    envelope: str = ""


def rest_verbs(path: str) -> Verbs:
    """The verbs of a collection at `path` that follows REST."""
    one = f"{path}/{{id}}"
    return Verbs(Verb("GET", path), Verb("GET", one), Verb("POST", path), Verb("PUT", one), Verb("DELETE", one))


@dataclass(frozen=True)
class Filter:
    """An option of an info module that narrows what it returns.

    `query` is the parameter of the list call that takes it; `keeps` compares what is shown with it, because the API's
    own filters may be ignored, or mean something else.
    """

    option: Field
    query: str = ""
    keeps: Callable[[Mapping[str, Any], Any], bool] | None = None
    default: str | None = None


@dataclass(frozen=True, eq=False)
class Resource:
    """A kind of thing that the API creates, lists, reads, updates and deletes.

    `fields` can be asked for, `observed` only read. `missing_reasons` are the API's words for "not there". Without a
    `lifecycle`, what shows is ready. `advice` says by the reason of a refusal which option to change.
    """

    name: str
    verbs: Verbs
    fields: tuple[Field, ...]
    observed: tuple[Field, ...]
    #: There is one only, which the list call answers by itself, and which has no id.
    is_single: bool = False
    missing_reasons: frozenset[str] = frozenset()
    lifecycle: Lifecycle | None = None
    #: How it is paid for, where it costs money.
    pricing: Pricing | None = None
    #: How it is used, where it can be.
    service: Service | None = None
    advice: Mapping[str, str] = field(default_factory=dict)
    filters: tuple[Filter, ...] = ()
    #: The fields by which an export can be narrowed.
    scopes: tuple[str, ...] = ()
    #: What an info module can sort by.
    orders: Mapping[str, Callable[[Mapping[str, Any]], Any]] = field(default_factory=dict)
    #: What an info module shows where it is to be brief.
    brief: tuple[str, ...] = ()
    #: Adds what people look for to what an info module returns.
    derived: Callable[[dict[str, Any]], dict[str, Any]] = dict

    @property
    def plural(self) -> str:
        return f"{self.name}s"

    def counted(self, number: int) -> str:
        """So many of them, in words."""
        return f"{number} {self.name if number == 1 else self.plural}"

    def named(self, names: Sequence[str]) -> str:
        """Those of these names, in words: the only one, or how many, and who the first ones are."""
        if len(names) == 1:
            return f"{self.name} {printable(names[0])!r}"
        # Of thousands, only the first ones are shown.
        shown = [*map(printable, names[:_NAMED]), *names[_NAMED:]]
        return f"{self.counted(len(names))} ({first_of(shown, _NAMED)})"

    @cached_property
    def id_name(self) -> str:
        """The API's name for the id."""
        return next(row.api for row in self.observed if row.name == "id")

    @cached_property
    def name_name(self) -> str:
        """The API's name for the name."""
        return next(row.api for row in (*self.fields, *self.observed) if row.name == "name")


def is_empty(value: Any) -> bool:
    """Whether the API may leave `value` out of an answer: no value, or the empty one of its type."""
    return value is None or value in ("", 0, (), [], {})

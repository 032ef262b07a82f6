# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wanted, and what the API shows: how params and answers become values of the same shape.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._errors import InvalidResponse, require
from .._schema.path import path_from
from .._schema.resource import Field, Fields, Kind, Resource
from .answer import reader
from .preference import alternatives_from, preferences_from
from .question import Question, question_from
from .rollout_strategy import Strategy, strategy_from

__all__ = [
    "Current",
    "Desired",
    "completed",
    "current_from",
    "desired_from",
    "entry_secrets",
    "observed_from",
    "removal",
    "without_null",
]


@dataclass(frozen=True)
class Desired:
    """What the user asked for.

    `fields` has only what was given. `shown` has, for each list with secret entries, the keys whose values the user
    gave in the open, and `unvalued` the keys of secret entries that were given without a value, so that theirs stays.
    `kept` names the lists whose unnamed entries stay. `ignored` has, by field, the names inside of it whose changes are
    ignored, an empty name for all of it. `secrets` are the secret values.
    """

    present: bool
    id: str | None
    fields: Fields
    shown: Mapping[str, frozenset[str]]
    kept: frozenset[str] = frozenset()
    unvalued: Mapping[str, frozenset[str]] = field(default_factory=dict)
    ignored: Mapping[str, frozenset[str]] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    #: By field, the values of which any will do, the best first; and how to find the best of them for a new resource.
    alternatives: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    by_price: bool = False
    check_stock: bool = False
    #: The user does not say whether to check, so that only check mode does.
    predict_stock: bool = False
    unique_name: bool = True
    allow_recreate: bool = False
    #: Send a create again when the first left no trace, and let runs that created the same at once keep the oldest.
    resend: bool = False
    keep_oldest: bool = False
    #: What to wait for, empty for nothing, and seconds at most, also for what is in the way of a recreate.
    wait_for: str = ""
    wait_timeout: float = 600
    #: What it has to answer once it serves.
    smoke_test: Question | None = None
    strategy: Strategy = field(default_factory=Strategy)

    @property
    def name(self) -> str | None:
        name: str | None = self.fields.get("name")
        return name


@dataclass(frozen=True)
class Current:
    """What the API shows. Every row of the table is a key; None is what the API does not say."""

    id: str
    fields: Fields
    observed: Fields


def desired_from(resource: Resource, params: Mapping[str, Any]) -> Desired:
    """The validated params of a module as what is wanted."""
    twins = [row for row in resource.fields if row.secret_entries]
    smoke_test = question_from(params["smoke_test"]) if params.get("smoke_test") is not None else None
    alternatives = alternatives_from(resource, params)
    return Desired(
        present=params["state"] == "present",
        id=params["id"],
        fields={row.name: value for row in resource.fields if (value := _asked(row, params)) is not None}
        # Until one is chosen, the first one stands for all.
        | {name: values[0] for name, values in alternatives.items()},
        shown={row.name: frozenset(_keys(row, params[row.name])) for row in twins},
        kept=frozenset(row.name for row in twins if not params[row.purge_option]),
        unvalued={row.name: frozenset(_unvalued(row, params[row.secret_twin])) for row in twins},
        ignored=_ignored(resource, params),
        secrets=(*_given_secrets(resource, params), *(smoke_test.secrets if smoke_test else ())),
        alternatives=alternatives,
        **preferences_from(resource, params),
        unique_name=params["unique_name"],
        allow_recreate=params["allow_recreate"],
        resend=params["on_ambiguous"] == "resend",
        keep_oldest=params["on_duplicate"] == "keep_oldest",
        wait_for=params["wait_for"] if params.get("wait") else "",
        wait_timeout=params["wait_timeout"],
        smoke_test=smoke_test,
        strategy=strategy_from(params),
    )


def removal(identity: str, wait_for: str, wait_timeout: float) -> Desired:
    """What is wanted of a resource that nobody listed: its absence."""
    return Desired(False, identity, {}, {}, wait_for=wait_for, wait_timeout=wait_timeout)


def current_from(resource: Resource, answer: Mapping[str, Any]) -> Current:
    """One resource as the API shows it, numbers as numbers, keys that nobody knows left out.

    Raises InvalidResponse where a value has another type than the contract says.
    """
    observed = reader(resource.observed)(answer, "")
    if not observed["id"]:
        raise InvalidResponse(f"The API shows an {resource.name} without an id.")
    return Current(observed["id"], reader(resource.fields)(answer, ""), observed)


def observed_from(resource: Resource, answer: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that an answer shows of a resource that can only be read."""
    values: dict[str, Any] = reader(resource.observed)(answer, "")
    return values


def entry_secrets(field: Field, entries: Iterable[Mapping[str, Any]] | None) -> list[str]:
    """The values in entries of a keyed list that may be secret: all but the keys."""
    return [value for entry in entries or () for value in _rest(field, entry).values() if value]


def completed(rows: Iterable[Field], values: Mapping[str, Any] | None) -> dict[str, Any]:
    """`values` with a key for each row, at every depth; None is what they do not say."""
    return {row.name: _completed(row, (values or {}).get(row.name)) for row in rows}


def without_null(value: Any) -> Any:
    """The value without the sub-options that were not given."""
    if isinstance(value, (str, int)):
        return value
    if isinstance(value, Mapping):
        return {name: without_null(inner) for name, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [without_null(element) for element in value]
    return value


def _asked(field: Field, params: Mapping[str, Any]) -> Any:
    """What was asked of one row: both lists together where there are two, None where nothing was."""
    given = params[field.name]
    if field.secret_entries:
        lists = [entries for entries in (given, params[field.secret_twin]) if entries is not None]
        given = [entry for entries in lists for entry in entries] if lists else None
    return without_null(given)


def _keys(field: Field, entries: Iterable[Mapping[str, Any]] | None) -> list[str]:
    return [entry.get(field.key) or "" for entry in entries or ()]


def _unvalued(field: Field, entries: Iterable[Mapping[str, Any]] | None) -> list[str]:
    """The keys of the entries that say nothing but their key."""
    return [
        key for entry in entries or () for key in [entry.get(field.key)] if key is not None and not _rest(field, entry)
    ]


def _rest(field: Field, entry: Mapping[str, Any]) -> dict[str, Any]:
    """What an entry says beside its key."""
    return {name: value for name, value in entry.items() if name != field.key and value is not None}


def _ignored(resource: Resource, params: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """The names whose changes are ignored, by field. All of a secret list are the keys that the task has there."""
    names: dict[str, frozenset[str]] = {}
    for text in params["ignore_changes"] or ():
        path = require(path_from(resource, text))
        inside = {path.inside}
        if path.is_twin and not path.inside:
            inside = set(_keys(path.field, params[path.field.secret_twin]))
        names[path.field.name] = names.get(path.field.name, frozenset()) | inside
    return names


def _given_secrets(resource: Resource, params: Mapping[str, Any]) -> list[str]:
    scalars = [str(params[field.name]) for field in resource.fields if field.secret and params[field.name]]
    return scalars + [
        value
        for field in resource.fields
        if field.secret_entries
        for value in entry_secrets(field, params[field.secret_twin])
    ]


def _completed(field: Field, value: Any) -> Any:
    match field.kind:
        case Kind.OBJECT:
            return completed(field.fields, value)
        case Kind.LIST:
            return [_completed(field.element, element) for element in value or ()]
        case _:
            return value

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How does a param become an API field, and an answer of the API a value?

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ._errors import BadAnswer, printable
from ._resource import Field, Fields, Kind, Resource

__all__ = ["Current", "Desired", "current_from", "desired_from", "hidden_values", "removal", "shaped", "without_null"]


@dataclass(frozen=True)
class Desired:
    """What the user asked for.

    `fields` has only what was given, in the API's shape. `shown` has, for each redacted list, the keys whose values
    the user gave in the open. `kept` names the lists whose unnamed entries stay. `secrets` are the secret values.
    """

    present: bool
    id: str | None
    fields: Fields
    shown: Mapping[str, frozenset[str]]
    kept: frozenset[str]
    secrets: tuple[str, ...]
    unique_name: bool
    recreate: bool
    #: Send a create again when the first left no trace, and let runs that created the same at once agree on one.
    resend: bool
    elect: bool
    #: Whether to wait, for what, and seconds at most.
    wait: bool
    wait_for: str
    wait_timeout: float

    @property
    def goal(self) -> str:
        """What a wait for it is for."""
        return self.wait_for if self.present else "gone"

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
    redacted = [field for field in resource.fields if field.redacted]
    return Desired(
        present=params["state"] == "present",
        id=params["id"],
        fields={field.name: value for field in resource.fields if (value := _asked(field, params)) is not None},
        shown={field.name: frozenset(_keys(field, params[field.name])) for field in redacted},
        kept=frozenset(field.name for field in redacted if not params[field.purge_option]),
        secrets=tuple(value for field in redacted for value in _secret_values(field, params[field.secret_twin])),
        unique_name=params["unique_name"],
        recreate=params["recreate"],
        resend=params["on_ambiguous"] == "resend",
        elect=params["on_rival"] == "elect",
        wait=params["wait"],
        wait_for=params["wait_for"],
        wait_timeout=params["wait_timeout"],
    )


def removal(identity: str) -> Desired:
    """What is wanted of a resource that nobody listed: its absence."""
    return Desired(
        present=False,
        id=identity,
        fields={},
        shown={},
        kept=frozenset(),
        secrets=(),
        unique_name=True,
        recreate=False,
        resend=False,
        elect=False,
        wait=False,
        wait_for="ready",
        wait_timeout=0,
    )


def current_from(resource: Resource, answer: Mapping[str, Any]) -> Current:
    """One resource as the API shows it, numbers as numbers, keys that nobody knows left out.

    Raises BadAnswer where a value has another type than the contract says.
    """
    observed = shaped(resource.observed, answer)
    fields = shaped(resource.fields, answer)
    identity = observed["id"]
    if not identity:
        raise BadAnswer(f"The API shows an {resource.name} without an id.")
    return Current(identity, fields, observed)


def hidden_values(resource: Resource, desired: Desired, fields: Fields) -> list[str]:
    """The values in `fields` that may be secret: those that the user did not give in the open."""
    return [
        value
        for field in resource.fields
        if field.redacted
        for entry in fields[field.name]
        if (entry[field.key] or "") not in desired.shown.get(field.name, ())
        for value in _secret_values(field, [entry])
    ]


def shaped(rows: Iterable[Field], values: Mapping[str, Any]) -> dict[str, Any]:
    """`values` with a key for each row and nothing else; None is what they do not say.

    Raises BadAnswer where a value has another type than its row.
    """
    return {row.name: _read(row, row.name, values.get(row.name)) for row in rows}


def _asked(field: Field, params: Mapping[str, Any]) -> Any:
    """What was asked of one row: both lists together where there are two, None where nothing was."""
    given = params[field.name]
    if field.redacted:
        lists = [entries for entries in (given, params[field.secret_twin]) if entries is not None]
        given = [entry for entries in lists for entry in entries] if lists else None
    return without_null(given)


def without_null(value: Any) -> Any:
    """The value without the sub-options that were not given."""
    if isinstance(value, Mapping):
        return {name: without_null(inner) for name, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [without_null(element) for element in value]
    return value


def _keys(field: Field, entries: Iterable[Mapping[str, Any]] | None) -> list[str]:
    return [entry.get(field.key) or "" for entry in entries or ()]


def _secret_values(field: Field, entries: Iterable[Mapping[str, Any]] | None) -> list[str]:
    return [value for entry in entries or () for name, value in entry.items() if name != field.key and value]


def _read(field: Field, path: str, value: Any) -> Any:
    match field.kind:
        case Kind.OBJECT:
            return _read_object(field, path, value)
        case Kind.LIST:
            return _read_list(field, path, value)
        case _:
            return None if value is None else _read_scalar(field, path, value)


def _read_object(field: Field, path: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, (Mapping, type(None))):
        raise _unreadable(path, "an object", value)
    answered = value or {}
    return {inner.name: _read(inner, f"{path}.{inner.name}", answered.get(inner.name)) for inner in field.fields}


def _read_list(field: Field, path: str, value: Any) -> list[Any]:
    if not isinstance(value, (list, type(None))):
        raise _unreadable(path, "a list", value)
    return [
        _read(field.element, f"{path}[{index}]", element)
        for index, element in enumerate(value or ())
        if element is not None
    ]


def _read_scalar(field: Field, path: str, value: Any) -> str | int | bool:
    if field.kind is Kind.BOOLEAN and isinstance(value, bool):
        return value
    if field.kind is Kind.TEXT and isinstance(value, (str, int, float)) and not isinstance(value, bool):
        return str(value)
    if field.kind is Kind.INTEGER and (number := _number(value)) is not None:
        return number
    raise _unreadable(path, f"a value of type {field.kind.value}", value)


def _number(value: Any) -> int | None:
    """An integer, which the API may send as a text of digits (seen in its live answers)."""
    if isinstance(value, str):
        return int(value) if value.lstrip("-").isdecimal() and len(value) < 20 else 0 if value == "" else None
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _unreadable(path: str, wanted: str, value: Any) -> BadAnswer:
    return BadAnswer(
        f"The API's answer cannot be read: {printable(path)} should be {wanted}, and is a {type(value).__name__}."
    )

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers: how what the API sends becomes values of the types that a table says, or is refused.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from .._errors import InvalidResponse, printable
from .._schema.resource import Field, Kind

__all__ = ["Reader", "reader"]

_NUMBER = re.compile(r"-?\d{1,18}", re.ASCII)

#: The types of scalars, as JSON has them.
_TYPES: Mapping[Kind, type] = {Kind.TEXT: str, Kind.BOOLEAN: bool, Kind.INTEGER: int}

#: Reads a value; the text is the path of the list's element in which it stands.
Reader = Callable[[Any, str], Any]


@cache
def reader(rows: tuple[Field, ...]) -> Reader:
    """Reads an object with these rows. Made once for a table, because a fleet has thousands of answers."""
    return _object_reader(rows, "")


def _reader_of(field: Field, path: str) -> Reader:
    match field.kind:
        case Kind.OBJECT:
            return _object_reader(field.fields, path)
        case Kind.LIST:
            return _list_reader(field, path)
        case _:
            return _scalar_reader(field, path)


def _object_reader(rows: Iterable[Field], path: str) -> Reader:
    readers = [
        (row.name, row.api, _TYPES.get(row.kind), _reader_of(row, f"{path}.{row.name}" if path else row.name))
        for row in rows
    ]

    def read(value: Any, place: str) -> dict[str, Any]:
        if value is None:
            value = {}
        elif not isinstance(value, dict):
            raise _unreadable(_joined(place, path), "an object", value)
        get = value.get
        # Most values are of the right type as they are. A boolean, which is an int to isinstance, is not a number.
        return {
            name: inner if (inner := get(api)).__class__ is expected else reader(inner, place)
            for name, api, expected, reader in readers
        }

    return read


def _list_reader(field: Field, path: str) -> Reader:
    element = _reader_of(field.element, "")

    def read(value: Any, place: str) -> list[Any]:
        if value is None:
            return []
        if not isinstance(value, list):
            raise _unreadable(_joined(place, path), "a list", value)
        here = _joined(place, path)
        elements = (element(inner, f"{here}[{number}]") for number, inner in enumerate(value) if inner is not None)
        return [one for one in elements if one is not None]

    return read


def _scalar_reader(field: Field, path: str) -> Reader:
    expected = _TYPES[field.kind]
    convert = {Kind.TEXT: _text, Kind.BOOLEAN: _nothing, Kind.INTEGER: _number}[field.kind]
    # A boolean is an int to Python.
    other = bool if expected is int else ()
    wanted = f"a value of type {field.kind.value}"

    def read(value: Any, place: str) -> Any:
        if value is None or (isinstance(value, expected) and not isinstance(value, other)):
            return value
        if expected is int and value == "":
            return None
        converted = convert(value)
        if converted is None:
            raise _unreadable(_joined(place, path), wanted, value)
        return converted

    return read


def _joined(place: str, path: str) -> str:
    return f"{place}.{path}" if place and path else place + path


def _text(value: Any) -> str | None:
    return str(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else None


def _number(value: Any) -> int | None:
    """An integer, which the API may send as a text of digits (seen in its live answers)."""
    if isinstance(value, str):
        return int(value) if _NUMBER.fullmatch(value) else None
    return int(value) if isinstance(value, float) and value.is_integer() else None


def _nothing(_value: Any) -> None:
    return None


def _unreadable(path: str, wanted: str, value: Any) -> InvalidResponse:
    return InvalidResponse(
        f"The API's answer cannot be read: {printable(path)} should be {wanted}, and is a {type(value).__name__}."
    )

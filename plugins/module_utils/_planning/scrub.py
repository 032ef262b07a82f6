# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scrubbing: which values of a resource may be secret, and a resource whose texts repeat none.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from typing import Any

from .._redaction import Secrets
from .._schema.resource import Field, Fields, Kind, Resource
from .state import entry_secrets

__all__ = ["hidden_values", "scrubbed", "scrubbed_texts", "withheld"]


def hidden_values(resource: Resource, fields: Fields, shown: Mapping[str, frozenset[str]]) -> list[str]:
    """The values in `fields` that may be secret: those whose keys are not `shown`, as in Desired."""
    scalars = [fields[field.name] for field in resource.fields if field.secret and fields[field.name]]
    return scalars + [
        value
        for field in resource.fields
        if field.secret_entries
        for entry in fields[field.name]
        if (entry[field.key] or "") not in shown.get(field.name, ())
        for value in entry_secrets(field, [entry])
    ]


def scrubbed(resource: Resource, observed: Fields, secrets: Secrets) -> Fields:
    """What the API shows besides the fields, with no secret in its texts.

    In what programs read, such as an id or a URL, only values are hidden that somebody called secret: a variable with
    the value 8080 must not garble every address.
    """
    return _scrubbed_rows(resource.observed, observed, secrets)


def scrubbed_texts(value: Any, secrets: Secrets) -> Any:
    """Any value with no secret in its texts."""
    match value:
        case str():
            return secrets.hide(value)
        case Mapping():
            return {name: scrubbed_texts(inner, secrets) for name, inner in value.items()}
        case list() | tuple():
            return [scrubbed_texts(inner, secrets) for inner in value]
        case _:
            return value


def withheld(value: Any, secrets: Secrets, own: Callable[[], Set[str]]) -> Any:
    """Any value without what somebody called secret, but in the texts that are the task's `own`."""
    match value:
        case str():
            hidden = secrets.hide_named(value)
            return value if hidden == value or value in own() else hidden
        case Mapping():
            return {name: withheld(inner, secrets, own) for name, inner in value.items()}
        case list():
            return [withheld(inner, secrets, own) for inner in value]
        case tuple():
            return tuple(withheld(inner, secrets, own) for inner in value)
        case _:
            return value


def _scrubbed_rows(rows: Iterable[Field], values: Mapping[str, Any], secrets: Secrets) -> dict[str, Any]:
    return {row.name: _scrubbed(row, values.get(row.name), secrets) for row in rows}


def _scrubbed(field: Field, value: Any, secrets: Secrets) -> Any:
    if not value or isinstance(value, int):
        return value
    match field.kind:
        case Kind.TEXT if isinstance(value, str):
            return secrets.hide(value) if field.free_text else secrets.hide_named(value)
        case Kind.OBJECT:
            return _scrubbed_rows(field.fields, value, secrets)
        case Kind.LIST:
            return [_scrubbed(field.element, element, secrets) for element in value]
        case _:
            return value

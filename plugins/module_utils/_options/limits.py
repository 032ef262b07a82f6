# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The limits: what the values of options may be, as the rows of a table say.

Stricter than Ansible where Ansible converts. Private to the ppio.gpu collection.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ansible.module_utils.parsing.convert_bool import BOOLEANS

from .._redaction import PLACEHOLDERS
from .._schema.resource import Field, Kind
from .rollout_options import ROLLOUT
from .violation import Violation, unknown

__all__ = ["OWN_LIMITS", "broken", "limited", "outside", "shown"]

#: The limits of the options that are no field of the API.
OWN_LIMITS = (
    Field("id", Kind.TEXT, 1, 255),
    Field("api_timeout", Kind.INTEGER, 1, 3600),
    Field("retry_timeout", Kind.INTEGER, 0, 86400),
    Field("wait_timeout", Kind.INTEGER, 1, 86400),
    Field("failure_patience", Kind.INTEGER, 0, 86400),
    ROLLOUT,
)

_WHOLE_NUMBER = re.compile(r"\s*[+-]?\d{1,18}\s*", re.ASCII)
_LONGEST_VALUE = 60


def outside(rows: Iterable[Field], params: Mapping[str, Any]) -> tuple[Violation, ...]:
    """Everything in `params` that breaks the limits of the rows of the same name."""
    return tuple(found for row in rows for found in broken(row, row.name, params.get(row.name)))


def limited(rows: Iterable[Field], params: Mapping[str, Any]) -> tuple[Violation, ...]:
    """The same, with our own limits."""
    return outside((*rows, *OWN_LIMITS), params)


def broken(field: Field, path: str, value: Any) -> Iterator[Violation]:
    if value is None:
        return
    match field.kind:
        case Kind.TEXT:
            rule = _text_rule(field, value)
        case Kind.INTEGER:
            rule = _integer_rule(field, value)
        case Kind.BOOLEAN:
            rule = _boolean_rule(value)
        case Kind.OBJECT:
            yield from _broken_object(field, path, value)
            return
        case _:
            yield from _broken_list(field, path, value)
            return
    if rule:
        yield Violation(path, rule, "" if field.secret else shown(value))


def _broken_object(field: Field, path: str, value: Any) -> Iterator[Violation]:
    if not isinstance(value, Mapping):
        yield Violation(path, "must be a mapping", shown(value))
        return
    yield from unknown(path, value, {inner.name for inner in field.fields})
    for inner in field.fields:
        given = value.get(inner.name)
        yield from broken(inner, f"{path}.{inner.name}", given)
        bound = _whole_number(value.get(inner.not_above)) if inner.not_above else None
        number = _whole_number(given)
        if bound is not None and number is not None and number > bound:
            yield Violation(
                f"{path}.{inner.name}", f"must not be above {inner.not_above}, which is {bound}", str(number)
            )


def _broken_list(field: Field, path: str, value: Any) -> Iterator[Violation]:
    if not isinstance(value, list):
        yield Violation(path, "must be a list", shown(value))
        return
    for index, element in enumerate(value):
        if element is None:
            yield Violation(f"{path}[{index}]", "must not be null")
        yield from broken(field.element, f"{path}[{index}]", element)


def _text_rule(field: Field, value: Any) -> str:
    """The rule that `value` breaks, or an empty text."""
    if isinstance(value, float) and field.choices:
        value = str(value)
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return "must be text (quote it, or use the string filter)"
    text = str(value)
    if text in PLACEHOLDERS:
        return "must be a value, and not what a result shows in its place"
    if "\0" in text:
        # No program can take it, be it in its name, its arguments or its environment.
        return "must not have a NUL character"
    if field.choices and text not in field.choices:
        return f"must be one of {', '.join(field.choices)}"
    if _is_outside(len(text), field):
        return f"must have {_range(field)} characters (it has {len(text)})"
    return ""


def _integer_rule(field: Field, value: Any) -> str:
    """The rule that `value` breaks, or an empty text."""
    number = _whole_number(value)
    if number is None:
        return "must be a whole number"
    if _is_outside(number, field):
        return f"must be {_range(field)}"
    return ""


def _boolean_rule(value: Any) -> str:
    return "" if isinstance(value, bool) or str(value).lower() in BOOLEANS else "must be true or false"


def _is_outside(number: int, field: Field) -> bool:
    return number < (field.minimum or 0 if field.kind is Kind.TEXT else _or(field.minimum, number)) or number > _or(
        field.maximum, number
    )


def _or(limit: int | None, number: int) -> int:
    return number if limit is None else limit


def _range(field: Field) -> str:
    """The limits in words; each may be left out."""
    if field.maximum is None:
        return f"at least {field.minimum}"
    if field.minimum is None and field.kind is not Kind.TEXT:
        return f"at most {field.maximum}"
    return f"{field.minimum or 0} to {field.maximum}"


def _whole_number(value: Any) -> int | None:
    """The number that `value` is. Templates may hand a number over as text; `true` and 1.0 are none."""
    if isinstance(value, str):
        return int(value) if _WHOLE_NUMBER.fullmatch(value) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}..."

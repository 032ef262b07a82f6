# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks: what is wrong with values, as the rows of a table say, and what the values are once converted.

A check is compiled once from its row, because a fleet has thousands of entries. Private to the ppio.gpu collection.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from ansible.module_utils.common.validation import check_type_dict, check_type_list
from ansible.module_utils.parsing.convert_bool import BOOLEANS, boolean

from .._redaction import PLACEHOLDERS
from .._schema.resource import Field, Kind
from .violation import Violation, kind_of, string_rule, unknown

__all__ = [
    "LONGEST_VALUE",
    "Check",
    "Checked",
    "check_of",
    "checked_at",
    "is_unicode",
    "list_check",
    "listed_from",
    "mapping_of",
    "object_check",
]

_WHOLE_NUMBER = re.compile(r"\s*[+-]?\d{1,18}\s*", re.ASCII)
#: Characters of a wrong value that a message shows.
LONGEST_VALUE = 60


@dataclass(frozen=True)
class Checked:
    """What is wrong with params, and the values of the options that were converted on the way, defaults included."""

    violations: Sequence[Violation]
    values: Mapping[str, Any]


#: Takes a value that is not null, and a list to which it adds what is wrong. Returns the value as converted: what
#: Ansible converts is taken where it can only mean one thing, but `true` is no number and a list is no text.
Check = Callable[[Any, list[Violation]], Any]


@cache
def check_of(field: Field, *, hidden: bool = False) -> Check:
    """The check of one row. `hidden` says that no value, and no name that may be a value, is shown."""
    hidden = hidden or field.secret
    match field.kind:
        case Kind.TEXT:
            return _text_check(field, hidden)
        case Kind.INTEGER:
            return _integer_check(field, hidden)
        case Kind.BOOLEAN:
            return _boolean_check(hidden)
        case Kind.OBJECT:
            checks = {row.name: check_of(row, hidden=hidden) for row in field.fields}
            bounds = [(row.name, row.not_above) for row in field.fields if row.not_above]
            return object_check(checks, bounds, hidden=hidden)
        case _:
            return list_check(check_of(field.element, hidden=hidden), _example(field.element), hidden=hidden)


def object_check(checks: Mapping[str, Check], bounds: Sequence[tuple[str, str]] = (), *, hidden: bool = False) -> Check:
    """The check of a mapping with these names; each of `bounds` is a number and the one that it may not exceed."""

    def check(value: Any, found: list[Violation]) -> Any:
        given = mapping_of(value)
        if given is None:
            # Its text may have values that are secret.
            found.append(Violation("", "must be a mapping", kind_of(value)))
            return value
        converted, valid = {}, {}
        for name, inner in given.items():
            count = len(found)
            if name not in checks:
                # What stands at a wrong place of a secret entry may be the secret.
                found += [Violation("", "has an option that is not supported")] if hidden else unknown([name], checks)
            elif inner is not None:
                converted[name] = checked_at(name, checks[name], inner, found)
            if len(found) == count:
                valid[name] = converted.get(name)
        found += _above(bounds, valid)
        return converted

    return check


def _above(bounds: Sequence[tuple[str, str]], valid: Mapping[str, Any]) -> Iterator[Violation]:
    """Each number that exceeds the one that it may not exceed, where both are valid by themselves."""
    for name, other in bounds:
        number, bound = valid.get(name), valid.get(other)
        if number is not None and bound is not None and number > bound:
            yield Violation(name, f"must be at most {other} ({bound})", str(number))


def checked_at(place: str, check: Check, value: Any, found: list[Violation]) -> Any:
    """The converted value; what is wrong inside of it is found at `place`."""
    count = len(found)
    converted = check(value, found)
    if len(found) > count:
        found[count:] = [violation.inside(place) for violation in found[count:]]
    return converted


def list_check(element: Check, example: str = "", *, hidden: bool) -> Check:
    """The check of a list with such elements, none of which may be null. A message shows the `example`, if any."""
    rule = f"must be a list such as {example}" if example else "must be a list"

    def check(value: Any, found: list[Violation]) -> Any:
        given = value if isinstance(value, list) else listed_from(value)
        if given is None:
            found.append(Violation("", rule, kind_of(value) if hidden or example else _shown(value)))
            return value
        converted = []
        for index, inner in enumerate(given):
            if inner is None:
                found.append(Violation(f"[{index}]", "must not be null"))
            else:
                converted.append(checked_at(f"[{index}]", element, inner, found))
        return converted

    return check


def _text_check(field: Field, hidden: bool) -> Check:
    least, most = field.minimum or 0, _or(field.maximum, sys.maxsize)

    def check(value: Any, found: list[Violation]) -> Any:
        if field.choices and isinstance(value, float):
            # A CUDA version without quotes.
            value = str(value)
        if isinstance(value, bool) or not isinstance(value, (str, int)):
            return _broken(string_rule(value), value, hidden, found)
        text = str(value)
        if rule := _text_rule(text, field.choices):
            return _broken(rule, value, hidden, found)
        if not least <= len(text) <= most:
            found.append(Violation("", _length_rule(text, least, most)))
        return text

    return check


def _text_rule(text: str, choices: Sequence[str]) -> str:
    """The rule that a text breaks, or an empty one."""
    if "\0" in text:
        # No program can take it, be it in its name, its arguments or its environment.
        return "must not have a NUL character"
    if not is_unicode(text):
        return "must be valid Unicode"
    if text in PLACEHOLDERS:
        return "must be a real value"
    return f"must be one of {', '.join(choices)}" if choices and text not in choices else ""


def is_unicode(text: str) -> bool:
    """Whether a text has no half of a character, which YAML and JSON can write, and nothing can send."""
    return text == text.encode(errors="ignore").decode()


def _integer_check(field: Field, hidden: bool) -> Check:
    least, most = _or(field.minimum, -sys.maxsize), _or(field.maximum, sys.maxsize)

    def check(value: Any, found: list[Violation]) -> Any:
        number = _whole_number(value)
        if number is None:
            return _broken("must be a whole number", value, hidden, found)
        if not least <= number <= most:
            return _broken(f"must be {_range(field)}", number, hidden, found)
        return number

    return check


def _boolean_check(hidden: bool) -> Check:
    def check(value: Any, found: list[Violation]) -> Any:
        if isinstance(value, bool):
            return value
        if str(value).lower() not in BOOLEANS:
            return _broken("must be true or false", value, hidden, found)
        return boolean(value)

    return check


def _broken(rule: str, value: Any, hidden: bool, found: list[Violation]) -> Any:
    found.append(Violation("", rule, "" if hidden else _shown(value)))
    return value


def _or(limit: int | None, number: int) -> int:
    return number if limit is None else limit


def _range(field: Field) -> str:
    """The limits in words; each may be left out."""
    if field.maximum is None:
        return f"at least {field.minimum}"
    return f"at most {field.maximum}" if field.minimum is None else f"{field.minimum} to {field.maximum}"


def _length_rule(text: str, least: int, most: int) -> str:
    if not text:
        return "must not be an empty string"
    limit = f"at most {most} are allowed" if len(text) > most else f"at least {least} are needed"
    return f"has {len(text)} characters; {limit}"


def _example(element: Field) -> str:
    """A list whose elements have a name and a value, in YAML; empty for others, which are told by their fields."""
    names = [row.name for row in element.fields]
    return "[{key: A, value: b}]" if names == ["key", "value"] else ""


def _whole_number(value: Any) -> int | None:
    """The number that `value` is. Templates may hand a number over as text; `true` and 1.0 are none."""
    if isinstance(value, str):
        return int(value) if _WHOLE_NUMBER.fullmatch(value) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def mapping_of(value: Any) -> Mapping[Any, Any] | None:
    """A mapping, or a text as Ansible reads it where it takes one: JSON, or k=v."""
    if isinstance(value, Mapping):
        return value
    try:
        read = check_type_dict(value) if isinstance(value, str) else None
    except TypeError:
        return None
    return read if isinstance(read, Mapping) else None


def listed_from(value: Any) -> list[Any] | None:
    """A text or a number as Ansible reads it where it takes a list: with commas, or of one."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    read: list[Any] = check_type_list(value)
    return read


def _shown(value: Any) -> str:
    try:
        text = repr(value)
    except ValueError:
        # Python writes no number of more than some thousand digits.
        return "a number of too many digits"
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}..."

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The argument spec of a resource, and the limits of its options.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from ansible.module_utils.basic import AnsibleFallbackNotFound, env_fallback
from ansible.module_utils.parsing.convert_bool import BOOLEANS

from .._schema.path import ignore_rule
from .._schema.resource import Field, Kind, Resource
from .budget_options import budget_violations, cost_options
from .violation import ArgumentSpec, Violation, unknown

__all__ = [
    "CONNECTION",
    "OWN_LIMITS",
    "ArgumentSpec",
    "Violation",
    "argument_spec",
    "deprecations",
    "filled_variable",
    "limited",
    "refusal",
    "unknown",
    "violations",
]


def filled_variable(*names: str) -> str:
    """The first of these variables of the environment that is not empty: a credential may leave some so."""
    for name in names:
        with suppress(AnsibleFallbackNotFound):
            value: str = env_fallback(name)
            if value.strip():
                return value
    raise AnsibleFallbackNotFound


#: The options that every module has, as the connection fragment documents them.
CONNECTION: ArgumentSpec = {
    "api_key": {
        "type": "str",
        "no_log": True,
        "fallback": (filled_variable, ["PPIO_API_KEY", "NOVITA_API_KEY"]),
    },
    "api_url": {"type": "str", "default": "https://api.ppio.com", "fallback": (filled_variable, ["PPIO_API_URL"])},
    "validate_certs": {"type": "bool", "default": True},
    "ca_path": {"type": "path"},
    "api_timeout": {"type": "int", "default": 30},
    "retry_timeout": {"type": "int", "default": 120},
}

#: The limits of the options that are no field of the API.
OWN_LIMITS = (
    Field("id", Kind.TEXT, 1, 255),
    Field("api_timeout", Kind.INTEGER, 1, 3600),
    Field("retry_timeout", Kind.INTEGER, 0, 86400),
    Field("wait_timeout", Kind.INTEGER, 1, 86400),
)
_IGNORED = Field("ignore_changes", Kind.LIST, item=Field("path", Kind.TEXT))

_ANSIBLE_TYPES = {
    Kind.TEXT: "str",
    Kind.INTEGER: "int",
    Kind.BOOLEAN: "bool",
    Kind.OBJECT: "dict",
    Kind.LIST: "list",
}
_WHOLE_NUMBER = re.compile(r"\s*[+-]?\d{1,18}\s*", re.ASCII)
_LONGEST_VALUE = 60


def argument_spec(resource: Resource) -> ArgumentSpec:
    """The options for everything that can be asked of a resource, and for which one is meant."""
    own: ArgumentSpec = {
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "id": {"type": "str"},
        "unique_name": {"type": "bool", "default": True},
        "allow_recreate": {"type": "bool", "default": False},
        "ignore_changes": {"type": "list", "elements": "str"},
        "on_ambiguous": {"type": "str", "choices": ["fail", "resend"], "default": "fail"},
        "on_duplicate": {"type": "str", "choices": ["fail", "keep_oldest"], "default": "fail"},
        "wait_timeout": {"type": "int", "default": 600},
    }
    if resource.lifecycle:
        goals = list(resource.lifecycle.goals)
        own["wait"] = {"type": "bool", "default": False}
        own["wait_for"] = {"type": "str", "choices": goals, "default": goals[0]}
    if resource.pricing:
        own |= cost_options("listed", "account")
    fields: ArgumentSpec = {}
    for field in resource.fields:
        fields[field.name] = _option(replace(field, required=False))
        if field.secret_entries:
            fields[field.secret_twin] = _secret_option(field)
            fields[field.purge_option] = {"type": "bool", "default": True}
    return own | fields


def violations(resource: Resource, params: Mapping[str, Any]) -> tuple[Violation, ...]:
    """Everything in `params`, as the user wrote them, that the contract forbids.

    Stricter than Ansible where Ansible converts: `true` is no number and a list is no text.
    """
    return (
        *_missing(resource, params),
        *limited(resource.fields, params),
        *(found for field in resource.fields if field.secret_entries for found in _broken_twin(field, params)),
        *_broken_paths(resource, params.get("ignore_changes")),
        *budget_violations(params),
    )


def limited(rows: Iterable[Field], params: Mapping[str, Any]) -> tuple[Violation, ...]:
    """Everything in `params` that breaks the limits of the rows of the same name, and our own limits."""
    return tuple(found for row in (*rows, *OWN_LIMITS) for found in _broken(row, row.name, params.get(row.name)))


def refusal(broken: Sequence[Violation]) -> str:
    """One message for everything that is wrong."""
    count = "1 option is" if len(broken) == 1 else f"{len(broken)} options are"
    return f"Nothing was sent, because {count} not valid: {'; '.join(map(str, broken))}."


def deprecations(resource: Resource, params: Mapping[str, Any]) -> tuple[str, ...]:
    """A warning for each value that the provider is about to drop."""
    return tuple(
        f"{path}: {value} works today, but the provider is dropping it"
        for field in resource.fields
        for path, value in _deprecated(field, field.name, params.get(field.name))
    )


def _option(field: Field) -> dict[str, Any]:
    """The Ansible option for a row. What an option leaves out is left alone, so no row has a default."""
    option: dict[str, Any] = {"type": _ANSIBLE_TYPES[field.kind]}
    if field.secret:
        option["no_log"] = True
    elif "key" in field.name:
        # It would look like a secret to Ansible.
        option["no_log"] = False
    if field.required:
        option["required"] = True
    if field.choices:
        option["choices"] = list(field.choices)
    if field.fields:
        option["options"] = {inner.name: _option(inner) for inner in field.fields}
    if field.item:
        element = _option(field.item)
        option["elements"] = element.pop("type")
        option |= element
    return option


def _secret_option(field: Field) -> dict[str, Any]:
    """The option that takes a list's secret entries: the same shape, the values hidden."""
    option = _option(field)
    entry = option["options"]
    return option | {"no_log": False, "options": {name: entry[name] | {"no_log": name != field.key} for name in entry}}


def _missing(resource: Resource, params: Mapping[str, Any]) -> Iterator[Violation]:
    if params.get("id") is not None:
        return
    if params.get("state") == "absent":
        if params.get("name") is None:
            yield Violation("name", "or id is needed to say what is to be absent")
        return
    for field in resource.fields:
        if field.required and params.get(field.name) is None:
            yield Violation(field.name, f"is needed to create the {resource.name} (give id to change an existing one)")


def _broken_paths(resource: Resource, paths: Any) -> Iterator[Violation]:
    yield from _broken(_IGNORED, _IGNORED.name, paths)
    for index, path in enumerate(paths if isinstance(paths, list) else ()):
        if isinstance(path, (str, int)) and (rule := ignore_rule(resource, str(path))):
            yield Violation(f"{_IGNORED.name}[{index}]", rule, _shown(path))


def _broken_twin(field: Field, params: Mapping[str, Any]) -> Iterator[Violation]:
    """What is wrong with the secret list, never showing a value, and with the two lists together."""
    for found in _broken(field, field.secret_twin, params.get(field.secret_twin)):
        yield replace(found, value="")
    seen: dict[str, str] = {}
    for option in (field.name, field.secret_twin):
        entries = params.get(option)
        for index, entry in enumerate(entries if isinstance(entries, list) else ()):
            key = str(entry.get(field.key) or "") if isinstance(entry, Mapping) else None
            path = f"{option}[{index}].{field.key}"
            if key in seen:
                yield Violation(path, f"repeats the {field.key} of {seen[key]}")
            elif key is not None:
                seen[key] = path


def _broken(field: Field, path: str, value: Any) -> Iterator[Violation]:
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
        yield Violation(path, rule, "" if field.secret else _shown(value))


def _broken_object(field: Field, path: str, value: Any) -> Iterator[Violation]:
    if not isinstance(value, Mapping):
        yield Violation(path, "must be a mapping", _shown(value))
        return
    yield from unknown(path, value, {inner.name for inner in field.fields})
    for inner in field.fields:
        given = value.get(inner.name)
        if inner.required and given is None:
            yield Violation(f"{path}.{inner.name}", f"is needed inside {path}")
        yield from _broken(inner, f"{path}.{inner.name}", given)
        bound = _whole_number(value.get(inner.not_above)) if inner.not_above else None
        number = _whole_number(given)
        if bound is not None and number is not None and number > bound:
            yield Violation(
                f"{path}.{inner.name}", f"must not be above {inner.not_above}, which is {bound}", str(number)
            )


def _broken_list(field: Field, path: str, value: Any) -> Iterator[Violation]:
    if not isinstance(value, list):
        yield Violation(path, "must be a list", _shown(value))
        return
    for index, element in enumerate(value):
        if element is None:
            yield Violation(f"{path}[{index}]", "must not be null")
        yield from _broken(field.element, f"{path}[{index}]", element)


def _text_rule(field: Field, value: Any) -> str:
    """The rule that `value` breaks, or an empty text."""
    if isinstance(value, float) and field.choices:
        value = str(value)
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return "must be text (quote it, or use the string filter)"
    text = str(value)
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


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}..."


def _deprecated(field: Field, path: str, value: Any) -> Iterator[tuple[str, str]]:
    if value in field.deprecated_choices:
        yield path, value
    if isinstance(value, Mapping):
        for inner in field.fields:
            yield from _deprecated(inner, f"{path}.{inner.name}", value.get(inner.name))
    if isinstance(value, list) and field.item:
        for index, element in enumerate(value):
            yield from _deprecated(field.element, f"{path}[{index}]", element)

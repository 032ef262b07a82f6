# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The argument spec of a resource, and what may be said of one.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from typing import Any

from ansible.module_utils.basic import AnsibleFallbackNotFound, env_fallback

from .._redaction import Secrets
from .._schema.path import ignore_rule
from .._schema.resource import Field, Kind, Resource
from .budget_options import budget_violations, cost_options
from .choice_options import choice_options, choice_row, choice_violations
from .limits import CONNECTION_LIMITS, OWN_LIMITS, outside
from .question_options import QUESTION, question_check
from .rollout_options import ROLLOUT_DEFAULTS, ROLLOUT_OPTIONS
from .validation import LONGEST_VALUE, Check, Checked, check_of, object_check
from .violation import ArgumentSpec, Rules, Violation, broken_rules, is_true

__all__ = [
    "CONNECTION",
    "RULES",
    "api_key_of",
    "argument_spec",
    "checked",
    "doubts",
    "entry_check",
    "filled_variable",
    "refusal",
    "wait_violations",
]

#: The environment variables that may have the key, in this order.
_KEY_VARIABLES = ["PPIO_API_KEY", "NOVITA_API_KEY"]
#: The rules about the options of one resource.
RULES: Rules = {"required_one_of": [("name", "id")]}


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
        "fallback": (filled_variable, _KEY_VARIABLES),
    },
    "api_url": {"type": "str", "default": "https://api.ppio.com", "fallback": (filled_variable, ["PPIO_API_URL"])},
    "validate_certs": {"type": "bool", "default": True},
    "ca_path": {"type": "path"},
    "api_timeout": {"type": "int", "default": 30},
    "retry_timeout": {"type": "int", "default": 120},
}


_ANSIBLE_TYPES = {
    Kind.TEXT: "str",
    Kind.INTEGER: "int",
    Kind.BOOLEAN: "bool",
    Kind.OBJECT: "dict",
    Kind.LIST: "list",
}
#: Checked at the end by Ansible, not by `entry_check`.
_MONEY = tuple(cost_options("listed"))
_KINDS = {name: kind for kind, name in _ANSIBLE_TYPES.items()}


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
        own |= ROLLOUT_OPTIONS
        own["wait_for"] = {"type": "str", "choices": goals, "default": goals[0]}
    if resource.pricing:
        own |= cost_options("listed", "account") | choice_options(resource.pricing)
    if resource.service:
        own["smoke_test"] = {"type": "dict", "options": QUESTION}
    fields: ArgumentSpec = {}
    for field in resource.fields:
        fields[field.name] = _option(field)
        if field.secret_entries:
            fields[field.secret_twin] = _secret_option(field)
            fields[field.purge_option] = {"type": "bool", "default": True}
    return own | fields


def checked(resource: Resource, params: Mapping[str, Any]) -> Checked:
    """What is wrong with `params`, as the user wrote them, and the values of what is said of the resource."""
    names = argument_spec(resource).keys() - set(_MONEY)
    found = [
        *outside(CONNECTION_LIMITS, params),
        *budget_violations(params),
    ]
    entry = {name: value for name, value in params.items() if name in names}
    values = entry_check(resource, _MONEY)(entry, found)
    found += wait_violations(resource, values, params.get("wait"))
    return Checked(found, values)


@cache
def entry_check(resource: Resource, without: tuple[str, ...] = ()) -> Check:
    """The check of everything that is said of one resource, but for some options; it adds the defaults."""
    options = {name: option for name, option in argument_spec(resource).items() if name not in without}
    rows = {row.name: row for row in (*resource.fields, *choice_row(resource))}
    twins = [row for row in resource.fields if row.secret_entries]
    hidden = {row.secret_twin: check_of(row, hidden=True) for row in twins}
    others = {"smoke_test": question_check, **hidden}
    checks = {
        name: others.get(name) or check_of(rows.get(name) or _row(name, option)) for name, option in options.items()
    }
    inside = object_check(checks)
    defaults = {name: option.get("default") for name, option in options.items()}

    def check(value: Any, found: list[Violation]) -> Any:
        entry = inside(value, found)
        if not isinstance(entry, dict):
            return entry
        found += broken_rules(RULES, entry)
        for row in twins:
            found += _repeated_keys(row, entry)
        found += _broken_paths(resource, entry.get("ignore_changes"))
        found += choice_violations(resource, entry)
        if isinstance(entry.get("rollout"), dict):
            entry["rollout"] = ROLLOUT_DEFAULTS | entry["rollout"]
        return defaults | entry

    return check


def api_key_of(params: Mapping[str, Any]) -> str:
    """The key of a task, also of one whose options are refused; an empty string if there is none."""
    given = params.get("api_key")
    if given is not None:
        return str(given).strip()
    with suppress(AnsibleFallbackNotFound):
        return filled_variable(*_KEY_VARIABLES).strip()
    return ""


def refusal(found: Sequence[Violation], key: str = "") -> str:
    """One message for everything that is wrong, without the key, which may stand in the place of another option."""
    count = "1 option is" if len(found) == 1 else f"{len(found)} options are"
    message = f"Nothing was sent, because {count} not valid: {'; '.join(map(str, found))}."
    # Of a long value, a message shows the beginning, after a quote.
    return Secrets([key, key[: LONGEST_VALUE - 1]]).hide(message) if key else message


def doubts(resource: Resource, params: Mapping[str, Any]) -> tuple[str, ...]:
    """A warning for each value that the provider is about to drop, and for each secret that is an empty string."""
    dropped = (
        f"{path}: {value} works today, but the provider is dropping it"
        for field in _with_deprecated_choices(resource.fields)
        for path, value in _deprecated(field, field.name, params.get(field.name))
    )
    empty = (
        f"{'.'.join(filter(None, (field.secret_twin, entry.get(field.key))))} is an empty string. "
        f"If it comes from the environment, set it there"
        for field in resource.fields
        if field.secret_entries
        for entry in params.get(field.secret_twin) or ()
        if entry.get("value") == ""
    )
    return (*dropped, *empty)


def _option(field: Field) -> dict[str, Any]:
    """The Ansible option for a row. What an option leaves out is left alone, so no row has a default."""
    option: dict[str, Any] = {"type": _ANSIBLE_TYPES[field.kind]}
    if field.secret:
        option["no_log"] = True
    elif "key" in field.name:
        # It would look like a secret to Ansible.
        option["no_log"] = False
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


def _row(name: str, option: Mapping[str, Any]) -> Field:
    """An option that is no field of the API, as a row."""
    own = {row.name: row for row in OWN_LIMITS}
    item = Field(name, _KINDS[option["elements"]]) if "elements" in option else None
    return own.get(name) or Field(name, _KINDS[option["type"]], choices=tuple(option.get("choices", ())), item=item)


def _broken_paths(resource: Resource, paths: Any) -> Iterator[Violation]:
    for index, path in enumerate(paths if isinstance(paths, list) else ()):
        if isinstance(path, str) and (rule := ignore_rule(resource, path)):
            yield Violation(f"ignore_changes[{index}]", rule)


def wait_violations(resource: Resource, entry: Mapping[str, Any], wait: Any) -> Iterator[Violation]:
    """What needs a wait and has none, and what a smoke test does not go with."""
    if entry.get("rollout") is not None and not is_true(wait):
        yield Violation("rollout", "needs wait: true, because only a wait shows whether a change works")
    if entry.get("smoke_test") is None or resource.service is None:
        return
    if not is_true(wait):
        yield Violation("smoke_test", "needs wait: true")
    if resource.service.takes_jobs(entry):
        yield Violation("smoke_test", f"cannot ask this {resource.name}, which takes jobs")


def _repeated_keys(field: Field, params: Mapping[str, Any]) -> Iterator[Violation]:
    """What is wrong with a list and its twin for secret entries together."""
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


@cache
def _with_deprecated_choices(rows: tuple[Field, ...]) -> tuple[Field, ...]:
    def has_any(row: Field) -> bool:
        return bool(row.deprecated_choices or any(map(has_any, (*row.fields, *filter(None, [row.item])))))

    return tuple(filter(has_any, rows))


def _deprecated(field: Field, path: str, value: Any) -> Iterator[tuple[str, str]]:
    if value in field.deprecated_choices:
        yield path, value
    if isinstance(value, Mapping):
        for inner in field.fields:
            yield from _deprecated(inner, f"{path}.{inner.name}", value.get(inner.name))
    if isinstance(value, list) and field.item:
        for index, element in enumerate(value):
            yield from _deprecated(field.element, f"{path}[{index}]", element)

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The argument spec of a resource, and the limits of its options.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from ansible.module_utils.basic import AnsibleFallbackNotFound, env_fallback
from ansible.module_utils.parsing.convert_bool import BOOLEANS_TRUE

from .._schema.path import ignore_rule
from .._schema.resource import Field, Kind, Resource
from .budget_options import budget_violations, cost_options
from .choice_options import choice_options, choice_violations
from .limits import broken, limited, shown
from .question_options import QUESTION, question_violations
from .rollout_options import ROLLOUT_OPTIONS
from .violation import ArgumentSpec, Rules, Violation, broken_rules, unknown

__all__ = [
    "CONNECTION",
    "RULES",
    "argument_spec",
    "deprecations",
    "filled_variable",
    "refusal",
    "violations",
]

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
        "fallback": (filled_variable, ["PPIO_API_KEY", "NOVITA_API_KEY"]),
    },
    "api_url": {"type": "str", "default": "https://api.ppio.com", "fallback": (filled_variable, ["PPIO_API_URL"])},
    "validate_certs": {"type": "bool", "default": True},
    "ca_path": {"type": "path"},
    "api_timeout": {"type": "int", "default": 30},
    "retry_timeout": {"type": "int", "default": 120},
}

_IGNORED = Field("ignore_changes", Kind.LIST, item=Field("path", Kind.TEXT))

_ANSIBLE_TYPES = {
    Kind.TEXT: "str",
    Kind.INTEGER: "int",
    Kind.BOOLEAN: "bool",
    Kind.OBJECT: "dict",
    Kind.LIST: "list",
}


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


def violations(resource: Resource, params: Mapping[str, Any]) -> tuple[Violation, ...]:
    """Everything in `params`, as the user wrote them, that the contract forbids.

    Stricter than Ansible where Ansible converts: `true` is no number and a list is no text.
    """
    return (
        *broken_rules(RULES, params),
        *limited(resource.fields, params),
        *(found for field in resource.fields if field.secret_entries for found in _broken_twin(field, params)),
        *_broken_paths(resource, params.get("ignore_changes")),
        *budget_violations(params),
        *_broken_smoke_test(resource, params),
        *choice_violations(resource, params),
        *_unawaited(params),
    )


def refusal(found: Sequence[Violation]) -> str:
    """One message for everything that is wrong."""
    count = "1 option is" if len(found) == 1 else f"{len(found)} options are"
    return f"Nothing was sent, because {count} not valid: {'; '.join(map(str, found))}."


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


def _unawaited(params: Mapping[str, Any]) -> Iterator[Violation]:
    if params.get("rollout") is not None and params.get("wait") not in BOOLEANS_TRUE:
        yield Violation("rollout", "needs wait: true, because only a wait shows whether a change works")


def _broken_paths(resource: Resource, paths: Any) -> Iterator[Violation]:
    yield from broken(_IGNORED, _IGNORED.name, paths)
    for index, path in enumerate(paths if isinstance(paths, list) else ()):
        if isinstance(path, (str, int)) and (rule := ignore_rule(resource, str(path))):
            yield Violation(f"{_IGNORED.name}[{index}]", rule, shown(path))


def _broken_smoke_test(resource: Resource, params: Mapping[str, Any]) -> Iterator[Violation]:
    question = params.get("smoke_test")
    if question is None or resource.service is None:
        return
    if not isinstance(question, Mapping):
        yield Violation("smoke_test", "must be a mapping")
        return
    if params.get("wait") not in BOOLEANS_TRUE:
        yield Violation("smoke_test", "needs wait: true")
    if resource.service.takes_jobs(params):
        yield Violation("smoke_test", f"cannot ask this {resource.name}, which takes jobs")
    yield from unknown("smoke_test", question, QUESTION)
    yield from question_violations(question, "smoke_test.")


def _broken_twin(field: Field, params: Mapping[str, Any]) -> Iterator[Violation]:
    """What is wrong with the secret list, never showing a value, and with the two lists together."""
    for found in broken(field, field.secret_twin, params.get(field.secret_twin)):
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


def _deprecated(field: Field, path: str, value: Any) -> Iterator[tuple[str, str]]:
    if value in field.deprecated_choices:
        yield path, value
    if isinstance(value, Mapping):
        for inner in field.fields:
            yield from _deprecated(inner, f"{path}.{inner.name}", value.get(inner.name))
    if isinstance(value, list) and field.item:
        for index, element in enumerate(value):
            yield from _deprecated(field.element, f"{path}[{index}]", element)

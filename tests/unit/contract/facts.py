# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What do the table, the documentation and the contract each say of a field?

All three are brought into one form, so that they can be compared field by field. A path names a field, such as
`worker_config.gpu_num`; `[]` stands for the elements of a list, as in `volumes[].id` and `ports[]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from unit.openapi import schema

from ansible_collections.ppio.gpu.plugins.module_utils._schema.resource import Field, Resource


@dataclass(frozen=True)
class Fact:
    """What is said of one field. `least` and `most` bound a number's value and a text's length; None: no bound."""

    kind: str
    least: int | None = None
    most: int | None = None
    choices: tuple[str, ...] = ()
    #: A create needs it, or the object around it does.
    required: bool = False
    mutable: bool = True
    #: The choices that the provider is dropping, and the field that bounds this one.
    dropping: tuple[str, ...] = ()
    not_above: str = ""


Facts = dict[str, Fact]

#: The contract's words for Ansible's types.
KINDS = {
    "str": "string",
    "int": "integer",
    "float": "number",
    "bool": "boolean",
    "dict": "object",
    "list": "array",
}
_RANGE = re.compile(r"from (\d+) to (\d+)(?: characters)?", re.IGNORECASE)
_MOST = re.compile(r"at most (\d+) characters", re.IGNORECASE)
_UNLIMITED = "no limit is documented"
_NEEDED = "needed to create an endpoint"
_FIXED = "cannot be changed"
_DROPPING = re.compile(r"V\((\w+)\) works, with a warning, because the provider is dropping it")
_NOT_ABOVE = re.compile(r"not above O\((?:[\w.]+\.)?(\w+)\)")


def facts_of_table(resource: Resource) -> Facts:
    """What the option table says."""
    return dict(_table_rows(resource.fields, "", mutable=True))


def facts_of_documentation(options: Mapping[str, Any]) -> Facts:
    """What the module's documentation says of the options that are fields of the API."""
    return dict(_documented_rows(options, "", mutable=True))


def facts_of_contract(document: Mapping[str, Any]) -> Facts:
    """What docs/openapi.yaml says of a create; a field that its update does not name cannot change.

    Two rules are no part of JSON schema's language: the contract's prose has the choice that is being dropped, and
    that a range goes from `min_` to `max_` is in the names.
    """
    updatable = schema("EndpointUpdate", document)["properties"]
    return dict(_contract_rows(schema("EndpointCreate", document), "", updatable))


def facts_of_update(document: Mapping[str, Any]) -> Facts:
    """What docs/openapi.yaml says of an update."""
    return dict(_contract_rows(schema("EndpointUpdate", document), "", None))


def contradictions(one: Mapping[str, object], other: Mapping[str, object]) -> list[str]:
    """The paths of which the two say different things, or that only one of them knows."""
    return sorted(path for path in one.keys() | other.keys() if one.get(path) != other.get(path))


def _table_rows(rows: Iterable[Field], prefix: str, *, mutable: bool) -> Iterator[tuple[str, Fact]]:
    for row in rows:
        path = prefix + row.name
        yield from _table_row(row, path, mutable=mutable and row.mutable)


def _table_row(row: Field, path: str, *, mutable: bool) -> Iterator[tuple[str, Fact]]:
    yield (
        path,
        Fact(
            row.kind.value,
            row.minimum or (None if row.kind.value == "string" else row.minimum),
            row.maximum,
            row.choices,
            row.required,
            mutable,
            row.deprecated_choices,
            row.not_above,
        ),
    )
    yield from _table_rows(row.fields, f"{path}.", mutable=mutable)
    if row.item:
        yield from _table_row(row.item, f"{path}[]", mutable=mutable and row.item.mutable)


def _contract_rows(
    rule: Mapping[str, Any], path: str, updatable: Mapping[str, Any] | None
) -> Iterator[tuple[str, Fact]]:
    """The rows below an object. `updatable` are the properties that an update takes; None: all of them."""
    for name, inner in rule["properties"].items():
        mutable = updatable is None or name in updatable
        yield from _contract_row(inner, f"{path}{name}", name in rule.get("required", ()), mutable, rule["properties"])


def _contract_row(
    rule: Mapping[str, Any], path: str, required: bool, mutable: bool, beside: Mapping[str, Any]
) -> Iterator[tuple[str, Fact]]:
    said = rule.get("description", "")
    bound = path.rpartition(".")[2].replace("min_", "max_")
    yield (
        path,
        Fact(
            rule["type"],
            rule.get("minLength", rule.get("minimum")),
            rule.get("maxLength", rule.get("maximum")),
            tuple(rule.get("enum", ())),
            required,
            mutable,
            tuple(choice for choice in rule.get("enum", ()) if f"{choice} is to be dropped" in said),
            bound if bound in beside and bound != path.rpartition(".")[2] else "",
        ),
    )
    if rule["type"] == "object":
        rows = _contract_rows(rule, f"{path}.", None)
        yield from ((inner, replace(fact, mutable=mutable)) for inner, fact in rows)
    if rule["type"] == "array":
        element = dict(_contract_row(rule["items"], f"{path}[]", False, mutable, {}))
        yield from element.items()


def _documented_rows(options: Mapping[str, Any], prefix: str, *, mutable: bool) -> Iterator[tuple[str, Fact]]:
    for name, option in options.items():
        yield from _documented_row(option, prefix + name, mutable=mutable)


def _documented_row(option: Mapping[str, Any], path: str, *, mutable: bool) -> Iterator[tuple[str, Fact]]:
    said = prose(option)
    least, most = stated_bounds(said)
    kind = KINDS[option["type"]]
    mutable = mutable and _FIXED not in said.lower()
    bound = _NOT_ABOVE.search(said)
    fact = Fact(
        kind,
        least,
        most,
        tuple(option.get("choices", ())),
        # Ansible must not demand what only a create needs: said in words or in the field, never both.
        option.get("required", False) != (_NEEDED in said.lower()),
        mutable,
        tuple(_DROPPING.findall(said)),
        bound[1] if bound else "",
    )
    if kind == "array":
        # The description of a list states the bounds of its elements.
        element = Fact(KINDS[option["elements"]], least, most, mutable=mutable)
        fact = replace(fact, least=None, most=None)
        yield f"{path}[]", element
        path_of_rows = f"{path}[]."
    else:
        path_of_rows = f"{path}."
    yield path, fact
    yield from _documented_rows(option.get("suboptions", {}), path_of_rows, mutable=mutable)


def prose(option: Mapping[str, Any]) -> str:
    """The description as one text."""
    said: str | Sequence[str] = option["description"]
    return said if isinstance(said, str) else " ".join(said)


def stated_bounds(said: str) -> tuple[int | None, int | None]:
    """The bounds that a description states, none for "No limit is documented". More than one statement is an error."""
    ranges, most = _RANGE.findall(said), _MOST.findall(said)
    assert len(ranges) + len(most) + (_UNLIMITED in said.lower()) <= 1, said
    if ranges:
        return int(ranges[0][0]), int(ranges[0][1])
    return None, int(most[0]) if most else None


def states_a_limit(said: str) -> bool:
    return bool(_RANGE.search(said) or _MOST.search(said) or _UNLIMITED in said.lower())

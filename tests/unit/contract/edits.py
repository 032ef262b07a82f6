# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which single edits of one source must be noticed?

Each function yields a name and a copy of the source with one edit, for every place where it makes sense.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from unit.contract.facts import KINDS

from ansible_collections.ppio.gpu.plugins.module_utils._schema.resource import Change, Field, Kind, Resource

Path = tuple[str | int, ...]
Edits = Iterator[tuple[str, Any]]

_ROOTS = ("EndpointCreate", "EndpointUpdate", "EndpointDetail", "EndpointListItem")
_BOUNDS = ("minimum", "maximum", "minLength", "maxLength")
_SENTENCES = (
    "Needed to create an endpoint",
    "Cannot be changed",
    "because the provider is dropping it",
    "No limit is documented",
)


def edits_of_table(table: Resource) -> Edits:
    for name, rows in _edited_rows(table.fields):
        yield f"fields.{name}", replace(table, fields=rows)
    for name, rows in _edited_rows(table.observed):
        yield f"observed.{name}", replace(table, observed=rows)


def edits_of_limits(limits: tuple[Field, ...]) -> Edits:
    yield from ((name, rows) for name, rows in _edited_rows(limits) if "minimum" in name or "maximum" in name)


def edits_of_contract(document: Mapping[str, Any]) -> Edits:
    """Every schema that says something of an endpoint, and the one of the id in its address."""
    starts = [("components", "schemas", name) for name in sorted(_reachable(document, _ROOTS))]
    for start in (*starts, ("paths", "/gpus/v2/endpoints/{endpoint_id}", "parameters", 0, "schema")):
        for path, rule in _rules(_at(document, start), start):
            for what, edited in _edited_rules(rule):
                yield f"{'.'.join(map(str, path[2:]))} {what}", _with(document, path, edited)


def edits_of_documentation(options: Mapping[str, Any]) -> Edits:
    """Options or return values, with all that is inside of them."""
    for path, option in _documented(options):
        without = _with(
            options, path[:-1], {key: value for key, value in _at(options, path[:-1]).items() if key != path[-1]}
        )
        yield f"{'.'.join(map(str, path))} dropped", without
        for what, edited in _edited_documented(option):
            yield f"{'.'.join(map(str, path))} {what}", _with(options, path, edited)


def _edited_rows(rows: tuple[Field, ...]) -> Iterator[tuple[str, tuple[Field, ...]]]:
    for index, row in enumerate(rows):
        before, after = rows[:index], rows[index + 1 :]
        yield f"{row.name} dropped", (*before, *after)
        for what, edited in _edited_row(row):
            yield f"{row.name}{what}", (*before, edited, *after)


def _edited_row(row: Field) -> Iterator[tuple[str, Field]]:
    yield " renamed", replace(row, name=f"{row.name}_2")
    yield " kind", replace(row, kind=Kind.BOOLEAN if row.kind is Kind.TEXT else Kind.TEXT)
    yield " minimum", replace(row, minimum=(row.minimum or 0) + 1)
    yield " maximum", replace(row, maximum=(row.maximum or 0) + 1)
    yield " required", replace(row, required=not row.required)
    yield " mutable", replace(row, change=Change.NEVER if row.mutable else Change.ANY)
    yield " always answered", replace(row, always_answered=not row.always_answered)
    yield " not above", replace(row, not_above="" if row.not_above else "gpu_num")
    if row.choices:
        yield " fewer choices", replace(row, choices=row.choices[:-1])
        yield " more choices", replace(row, choices=(*row.choices, "other"))
        yield " deprecated", replace(row, deprecated_choices=() if row.deprecated_choices else row.choices[:1])
    for what, rows in _edited_rows(row.fields):
        yield f".{what}", replace(row, fields=rows)
    if row.item:
        for what, item in _edited_row(row.item):
            # The name of a list's element is said nowhere, and it is in the list or not.
            if what not in (" renamed", " required", " always answered"):
                yield f"[]{what}", replace(row, item=item)


def _reachable(document: Mapping[str, Any], names: tuple[str, ...]) -> set[str]:
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += re.findall(r"#/components/schemas/(\w+)", str(document["components"]["schemas"][name]))
    return found


def _rules(node: Any, path: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Every schema inside of a node, with its path."""
    if isinstance(node, list):
        for index, element in enumerate(node):
            yield from _rules(element, (*path, index))
    if isinstance(node, Mapping):
        if isinstance(node.get("type"), str):
            yield path, node
        for name, inner in node.items():
            yield from _rules(inner, (*path, name))


def _edited_rules(rule: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if rule["type"] != "object":
        yield "type", {**rule, "type": "integer" if rule["type"] == "string" else "string"}
    for bound in _BOUNDS:
        if bound in rule:
            yield f"{bound} raised", {**rule, bound: rule[bound] + 1}
            yield f"{bound} removed", {key: value for key, value in rule.items() if key != bound}
    if "enum" in rule:
        yield "fewer choices", {**rule, "enum": rule["enum"][:-1]}
        yield "more choices", {**rule, "enum": [*rule["enum"], "other"]}
    for name in rule.get("required", ()):
        yield f"{name} not required", {**rule, "required": [other for other in rule["required"] if other != name]}
    properties = rule.get("properties", {})
    for name in properties:
        kept = {other: inner for other, inner in properties.items() if other != name}
        required = [other for other in rule.get("required", ()) if other != name]
        yield f"{name} dropped", {**rule, "properties": kept, "required": required}
    if properties:
        yield "one more", {**rule, "properties": {**properties, "surprise": {"type": "string"}}}


def _documented(options: Mapping[str, Any], path: Path = ()) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    for name, option in options.items():
        yield (*path, name), option
        for inner in ("suboptions", "contains"):
            yield from _documented(option.get(inner, {}), (*path, name, inner))


def _another(kinds: list[str], kind: str) -> str:
    return next(other for other in kinds if other != kind)


def _edited_documented(option: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    kinds = [kind for kind in KINDS if kind not in ("dict", "list")]
    yield "type", {**option, "type": _another(kinds, option["type"])}
    if "elements" in option:
        yield "elements", {**option, "elements": _another(kinds, option["elements"])}
    if "choices" in option:
        yield "fewer choices", {**option, "choices": option["choices"][:-1]}
    if "default" in option:
        yield "default", {**option, "default": "other"}
    if "returned" not in option:
        yield "required", {**option, "required": not option.get("required", False)}
    said = option["description"] if isinstance(option["description"], str) else " ".join(option["description"])
    for match in re.finditer(r"(?<=from )\d+|(?<=to )\d+|(?<=most )\d+", said, re.IGNORECASE):
        number = str(int(match[0]) + 1)
        yield (
            f"says {number} for {match[0]}",
            {**option, "description": said[: match.start()] + number + said[match.end() :]},
        )
    for sentence in _SENTENCES:
        if sentence in said:
            yield f"does not say {sentence!r}", {**option, "description": said.replace(sentence, "")}


def _at(node: Any, path: Path) -> Any:
    for step in path:
        node = node[step]
    return node


def _with(node: Any, path: Path, value: Any) -> Any:
    """A copy of `node` with `value` at `path`."""
    if not path:
        return value
    edited = copy.copy(node)
    edited[path[0]] = _with(node[path[0]], path[1:], value)
    return edited

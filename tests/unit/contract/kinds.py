# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Of which kind is each value that an answer shows, by the table, the contract, and the documented return values?

A path names a value as in `facts`, such as `volumes[].id`; the kind is the contract's word for a type.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from unit.contract.facts import KINDS

from ansible_collections.ppio.gpu.plugins.module_utils._schema.resource import Field

Kinds = dict[str, str]


def kinds_of_table(rows: Iterable[Field]) -> Kinds:
    return {path: row.kind.value for path, row in walked(rows)}


def kinds_of_schema(rule: Mapping[str, Any], path: str = "") -> Kinds:
    """The kinds below a schema of the contract. A number that may come as a text of digits is a number."""
    if "anyOf" in rule:
        return {path: "integer"} if [one["type"] for one in rule["anyOf"]] == ["integer", "string"] else {path: "?"}
    found = {path: rule["type"]} if path else {}
    prefix = f"{path}." if path else ""
    for name, inner in rule.get("properties", {}).items():
        found |= kinds_of_schema(inner, prefix + name)
    return found | (kinds_of_schema(rule["items"], f"{path}[]") if "items" in rule else {})


def kinds_of_documentation(values: Mapping[str, Any], prefix: str = "") -> Kinds:
    """The kinds of documented return values, or of what such a value contains."""
    found: Kinds = {}
    for name, value in values.items():
        path = prefix + name
        found[path] = KINDS[value["type"]]
        if "elements" in value:
            path += "[]"
            found[path] = KINDS[value["elements"]]
        found |= kinds_of_documentation(value.get("contains", {}), f"{path}.")
    return found


def walked(rows: Iterable[Field], prefix: str = "") -> Iterator[tuple[str, Field]]:
    """Every row of a table with its path."""
    for row in rows:
        yield prefix + row.name, row
        yield from walked(row.fields, f"{prefix}{row.name}.")
        if row.item:
            yield f"{prefix}{row.name}[]", row.item
            yield from walked(row.item.fields, f"{prefix}{row.name}[].")

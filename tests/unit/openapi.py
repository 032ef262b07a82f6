# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What does docs/openapi.yaml say, with every reference followed?

Read here without the help of the collection, so that the contract can judge it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft4Validator

Schema = Mapping[str, Any]

DOCUMENT = Path(__file__).parents[2] / "docs" / "openapi.yaml"


@cache
def document() -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = yaml.safe_load(DOCUMENT.read_text(encoding="utf-8"))
    return loaded


def schema(name: str, source: Mapping[str, Any] | None = None) -> Schema:
    """One of the contract's named schemas, without references; `allOf` is one object."""
    source = source or document()
    followed: Schema = _followed(source["components"]["schemas"][name], source)
    return followed


def breaches(name: str, value: Any) -> list[str]:
    """What is wrong with `value` as the named schema. A property that no schema names is wrong, too."""
    validator = Draft4Validator(_closed(schema(name)))
    return [error.message for error in validator.iter_errors(value)]


def _followed(node: Any, source: Mapping[str, Any]) -> Any:
    if isinstance(node, list):
        return [_followed(element, source) for element in node]
    if not isinstance(node, Mapping):
        return node
    if "$ref" in node:
        return _followed(_target(node["$ref"], source), source)
    if "allOf" in node:
        parts = [_followed(part, source) for part in node["allOf"]]
        return {
            "type": "object",
            "properties": {name: row for part in parts for name, row in part["properties"].items()},
        }
    return {name: _followed(value, source) for name, value in node.items()}


def _target(reference: str, source: Mapping[str, Any]) -> Any:
    node: Any = source
    for step in reference.removeprefix("#/").split("/"):
        node = node[step]
    return node


def _closed(node: Any) -> Any:
    if isinstance(node, list):
        return [_closed(element) for element in node]
    if not isinstance(node, Mapping):
        return node
    closed = {name: _closed(value) for name, value in node.items()}
    return closed | {"additionalProperties": False} if isinstance(node.get("properties"), Mapping) else closed

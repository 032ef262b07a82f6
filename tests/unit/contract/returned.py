# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Is a value that a module returns the one that its documentation describes?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_TYPES: Mapping[str, type] = {"str": str, "int": int, "float": float, "bool": bool, "dict": dict, "list": list}


def differing(value: Any, documented: Mapping[str, Any], path: str) -> Iterator[str]:
    """The paths at which a value has another type, other keys or another choice than documented. Null is fine."""
    if documented["type"] == "raw":
        return
    # A bool is an int to isinstance, and is none to whoever reads the documentation.
    if value is not None and value.__class__ is not _TYPES[documented["type"]]:
        yield f"{path} is of type {type(value).__name__}"
    elif value is not None and value not in documented.get("choices", [value]):
        yield f"{path} is {value}"
    elif isinstance(value, list):
        element = {**documented, "type": documented["elements"]}
        yield from (wrong for one in value for wrong in differing(one, element, f"{path}[]"))
    elif isinstance(value, dict) and "contains" in documented:
        inside = documented["contains"]
        yield from (f"{path}.{name}" for name in value.keys() ^ inside.keys())
        known = value.keys() & inside.keys()
        yield from (wrong for name in known for wrong in differing(value[name], inside[name], f"{path}.{name}"))


def paths(value: Any, path: str = "") -> Iterator[str]:
    """The path of everything that is not null."""
    match value:
        case None:
            return
        case dict():
            for name, inner in value.items():
                yield from paths(inner, f"{path}.{name}" if path else name)
        case list():
            for element in value:
                yield from paths(element, path)
    yield path


def documented_paths(values: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    for name, value in values.items():
        yield prefix + name
        yield from documented_paths(value.get("contains", {}), f"{prefix}{name}.")

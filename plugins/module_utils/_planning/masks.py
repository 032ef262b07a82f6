# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Masks: what an API shows in the place of a secret, such as `***`. It says nothing, and must never be sent back.

Pure functions. Private to the ppio.gpu collection.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .._schema.resource import Field, Fields, Resource
from .compare import Difference, differences
from .state import Current, Desired
from .wanted import entries_by_key, key_of

__all__ = ["contradictions", "is_mask", "masked"]

_MASKS = (
    # All of it, or all but an end by which people know it again: `******`, `sk-****f3a1`.
    re.compile(r".*(?:\*{3,}|[•●∗＊]{3,}).*", re.DOTALL),
    re.compile(r"[xX]{4,}"),
    re.compile(r"[\W_]*(?:masked|redacted)[\W_]*", re.IGNORECASE),
    re.compile(
        r"[<\[(]+[^<>\[\]()]{0,20}\b"
        r"(?:masked|hidden|redacted|secret|sensitive|encrypted|protected|filtered|removed|omitted)"
        r"\b[^<>\[\]()]{0,20}[>\])]+",
        re.IGNORECASE,
    ),
)


def is_mask(value: Any) -> bool:
    """Whether a text looks like what is shown in the place of a secret."""
    return isinstance(value, str) and any(mask.fullmatch(value) for mask in _MASKS)


def masked(resource: Resource, body: Fields, desired: Desired) -> list[str]:
    """What `body` would overwrite with a mask, in words. What the user gave is meant as it is given."""
    return [words for field in resource.fields if field.name in body for words in _masked(field, body, desired)]


def contradictions(resource: Resource, current: Current, desired: Desired) -> tuple[Difference, ...]:
    """Every field in which what is shown is not what was asked for. A mask contradicts nothing."""
    unmasked = Current(current.id, _unmasked(resource, current.fields, desired), current.observed)
    return differences(resource, unmasked, desired)


def _masked(field: Field, body: Fields, desired: Desired) -> Iterator[str]:
    value, given = body[field.name], desired.fields.get(field.name)
    if field.secret and is_mask(value) and value != given:
        yield field.name
    if field.secret_entries:
        for entry in value:
            if _has_mask(field, entry) and entry not in (given or ()):
                yield f"the value of {key_of(field, entry)} in {field.secret_twin}"


def _unmasked(resource: Resource, fields: Fields, desired: Desired) -> dict[str, Any]:
    """The fields, with what was asked for in the place of each mask."""
    return {
        field.name: _revealed(field, fields[field.name], desired.fields[field.name])
        if field.name in desired.fields
        else fields[field.name]
        for field in resource.fields
    }


def _revealed(field: Field, shown: Any, wanted: Any) -> Any:
    if field.secret and is_mask(shown):
        return wanted
    if not field.secret_entries:
        return shown
    asked = entries_by_key(field, wanted)
    return [
        {**entry, **asked[key_of(field, entry)][0]}
        if _has_mask(field, entry) and key_of(field, entry) in asked
        else entry
        for entry in shown
    ]


def _has_mask(field: Field, entry: Mapping[str, Any]) -> bool:
    return any(is_mask(value) for name, value in entry.items() if name != field.key)

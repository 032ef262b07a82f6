# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is ignored: where a resource is not as the task says, and is left so because of `ignore_changes`.

Pure functions. Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from .._schema.resource import Field, Fields, Kind, Resource
from .compare import Difference, field_differences
from .state import Desired
from .wanted import WHOLE, entries_by_key

__all__ = ["ignored_differences"]


def ignored_differences(resource: Resource, fields: Fields, desired: Desired) -> tuple[Difference, ...]:
    """Every difference between `fields` and what was asked that no update is to make go away.

    Those of a keyed list are one for each key, with lists of entries as their values.
    """
    return tuple(
        difference
        for field in resource.fields
        if field.name in desired.fields and field.name in desired.ignored
        # One of several that will do is as wanted.
        if fields.get(field.name) not in desired.alternatives.get(field.name, ())
        for difference in _differences(field, fields.get(field.name), desired)
    )


def _differences(field: Field, current: Any, desired: Desired) -> Iterator[Difference]:
    wanted, inside = desired.fields[field.name], desired.ignored[field.name]
    if field.kind is Kind.OBJECT:
        picked = wanted if WHOLE in inside else {name: value for name, value in wanted.items() if name in inside}
        return field_differences(field, field.name, current, picked)
    if field.key:
        return _entry_differences(field, current or (), desired)
    return field_differences(field, field.name, current, wanted)


def _entry_differences(field: Field, current: Iterable[Any], desired: Desired) -> Iterator[Difference]:
    there, wanted = entries_by_key(field, current), entries_by_key(field, desired.fields[field.name])
    inside = desired.ignored[field.name]
    named = wanted.keys() - desired.unvalued.get(field.name, frozenset())
    unnamed = frozenset() if field.name in desired.kept else there.keys() - wanted.keys()
    for key in sorted(named | unnamed):
        if WHOLE in inside or key in inside:
            yield from field_differences(field, f"{field.name}.{key}", there.get(key, []), wanted.get(key, []))

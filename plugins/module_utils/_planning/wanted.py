# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wanted of a field that exists: what was asked of it, and what stays as it is.

Pure functions. Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from .._schema.resource import Field, Resource
from .state import Current, Desired

__all__ = ["entries_by_key", "key_of", "valueless", "wanted_value"]

Entry = Mapping[str, Any]


def wanted_value(field: Field, current: Current, desired: Desired) -> Any:
    """What was asked of a field, with the entries that stay.

    Those are the entries that nobody named where the list is not purged, and those that were given without a value.
    """
    wanted = desired.fields[field.name]
    if not field.secret_entries:
        return wanted
    there = entries_by_key(field, current.fields[field.name])
    if field.name in desired.kept:
        named = {key_of(field, entry) for entry in wanted}
        wanted = [entry for key, entries in there.items() if key not in named for entry in entries] + wanted
    unvalued = desired.unvalued.get(field.name, frozenset())
    return [
        staying
        for entry in wanted
        for key in [key_of(field, entry)]
        for staying in ((key in unvalued and there.get(key)) or [entry])
    ]


def valueless(resource: Resource, current: Current | None, desired: Desired) -> list[str]:
    """What has to be given because there is no value that could stay, in words."""
    return [
        f"the value of {key} in {field.secret_twin}"
        for field in resource.fields
        for key in sorted(desired.unvalued.get(field.name, ()))
        if current is None or key not in entries_by_key(field, current.fields[field.name])
    ]


def key_of(field: Field, entry: Entry) -> str:
    """What identifies an entry of a keyed list."""
    key: str = entry.get(field.key) or ""
    return key


def entries_by_key(field: Field, entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    """The entries of a keyed list in groups, because an API may show several of one key."""
    groups: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        groups[key_of(field, entry)].append(entry)
    return dict(groups)

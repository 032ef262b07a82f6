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

from .._schema.resource import Field, Kind, Resource
from .state import Current, Desired

__all__ = ["WHOLE", "entries_by_key", "key_of", "valueless", "wanted_value"]

Entry = Mapping[str, Any]

#: Among the names inside of a field: all of it.
WHOLE = ""


def wanted_value(field: Field, current: Current, desired: Desired) -> Any:
    """What was asked of a field, with what stays: what is ignored, or one of those that will do, is wanted as it is."""
    wanted, shown = desired.fields[field.name], current.fields[field.name]
    ignored = desired.ignored.get(field.name, frozenset())
    if WHOLE in ignored or shown in desired.alternatives.get(field.name, ()):
        return shown
    if field.kind is Kind.OBJECT:
        return {name: shown[name] if name in ignored else value for name, value in wanted.items()}
    if not (ignored or field.name in desired.kept or desired.unvalued.get(field.name)):
        return wanted
    return _entries(field, entries_by_key(field, shown), wanted, desired)


def _entries(field: Field, there: Mapping[str, list[Entry]], wanted: Iterable[Entry], desired: Desired) -> list[Entry]:
    """What was asked of a keyed list, with the entries that stay.

    Those are the ignored ones, the unnamed ones where the list is not purged, and those given without a value.
    """
    asked = entries_by_key(field, wanted)
    ignored = desired.ignored.get(field.name, frozenset())
    unvalued = desired.unvalued.get(field.name, frozenset())
    unnamed = there.keys() - asked.keys() if field.name in desired.kept else frozenset()
    staying = [entry for key, entries in there.items() if key in ignored or key in unnamed for entry in entries]
    return staying + [
        entry
        for key, entries in asked.items()
        if key not in ignored
        for entry in ((key in unvalued and there.get(key)) or entries)
    ]


def valueless(resource: Resource, current: Current | None, desired: Desired) -> list[tuple[Field, str]]:
    """What has to be given because there is no value that could stay: the field, and the key in there."""
    return [
        (field, key)
        for field in resource.fields
        for key in sorted(desired.unvalued.get(field.name, ()))
        if current is None or not _stays(field, key, current, desired)
    ]


def _stays(field: Field, key: str, current: Current, desired: Desired) -> bool:
    ignored = desired.ignored.get(field.name, frozenset())
    return WHOLE in ignored or key in ignored or key in entries_by_key(field, current.fields[field.name])


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

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The comparison: where what the API shows is not as wanted, and how the two are laid over each other.

Pure functions. Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._errors import printable
from .._schema.resource import Change, Field, Kind, Resource, is_empty
from .state import Current, Desired
from .wanted import entries_by_key, key_of, wanted_value

__all__ = ["Difference", "combined", "differences", "field_differences", "is_as_wanted", "is_complete", "overlaid"]


@dataclass(frozen=True)
class Difference:
    """One field, by its path, that is not as wanted. Secret fields carry no values in texts."""

    field: Field
    path: str
    current: Any = None
    wanted: Any = None

    @property
    def is_fixed(self) -> bool:
        """Whether no update can make it as wanted."""
        if self.field.change is Change.GROW:
            return not is_empty(self.current) and self.wanted < self.current
        return self.field.change is Change.NEVER

    @property
    def _keys(self) -> list[str]:
        """The keys of a list whose entries are not as wanted."""
        there, wanted = entries_by_key(self.field, self.current or ()), entries_by_key(self.field, self.wanted or ())
        return sorted(key for key in {**there, **wanted} if there.get(key) != wanted.get(key))

    def __str__(self) -> str:
        if self.field.secret_entries:
            return f"{self.path} ({', '.join(map(printable, self._keys)) or 'another number of them'})"
        if self.field.secret:
            return self.path
        return f"{self.path} is {self.current!r}, wanted is {self.wanted!r}"


def is_as_wanted(resource: Resource, answer: Mapping[str, Any], desired: Desired) -> bool:
    """Whether an answer equals what was asked for as it arrived. Where it does not, a closer look is needed.

    Most of a fleet is unchanged, and most answers need not be taken apart to see it.
    """
    for field in resource.fields:
        wanted = desired.fields.get(field.name)
        if wanted is not None and not _is_equal(field, answer.get(field.api), wanted):
            return False
    return True


def differences(resource: Resource, current: Current, desired: Desired) -> tuple[Difference, ...]:
    """Every field in which `current` is not what was asked for."""
    found: list[Difference] = []
    for field in resource.fields:
        # What is equal need not be looked at more closely.
        if field.name in desired.fields and (shown := current.fields[field.name]) != desired.fields[field.name]:
            found += field_differences(field, field.name, shown, wanted_value(field, current, desired))
    return tuple(found)


def combined(resource: Resource, item: Current, detail: Current) -> Current:
    """One resource from its two views: what a get does not show, the list may."""
    fields = {
        field.name: overlaid(field, item.fields.get(field.name), detail.fields[field.name]) for field in resource.fields
    }
    return Current(detail.id, fields, detail.observed)


def is_complete(resource: Resource, current: Current) -> bool:
    """Whether nothing is missing inside a list's entries that only the other view shows."""
    return not any(
        entry[row.name] is None
        for field in resource.fields
        if field.key and field.item
        for row in field.item.fields
        if not row.always_answered
        for entry in current.fields.get(field.name) or ()
    )


def overlaid(field: Field, current: Any, wanted: Any) -> Any:
    """`current` with what is wanted laid over it: inside objects by field, in keyed lists by entry."""
    if wanted is None:
        return current
    if field.kind is Kind.OBJECT:
        current = current or {}
        return {row.name: overlaid(row, current.get(row.name), wanted.get(row.name)) for row in field.fields}
    if field.kind is Kind.LIST and field.key:
        # Entries that share a key cannot be told apart, so nothing is carried over from one to another.
        keys = Counter(key_of(field, entry) for entry in current or ())
        old = {key_of(field, entry): entry for entry in current or () if keys[key_of(field, entry)] == 1}
        return [overlaid(field.element, old.get(key_of(field, entry)), entry) for entry in wanted]
    return wanted


def _is_equal(field: Field, current: Any, wanted: Any) -> bool:
    if field.kind is Kind.OBJECT and isinstance(current, dict):
        # What the API shows besides is left alone.
        return all(current.get(row.api) == wanted[row.name] for row in field.fields if row.name in wanted)
    if current is None and not field.always_answered:
        return True
    if field.kind is Kind.LIST and any(row.api_name for row in field.element.fields):
        return False
    return bool(current == wanted) or (is_empty(current) and is_empty(wanted))


def field_differences(field: Field, path: str, current: Any, wanted: Any) -> Iterator[Difference]:
    """Where the value of a field is not as wanted, row by row inside an object."""
    if field.kind is Kind.OBJECT:
        for row in field.fields:
            if row.name in wanted and (shown := (current or {}).get(row.name)) != wanted[row.name]:
                yield from field_differences(row, f"{path}.{row.name}", shown, wanted[row.name])
    elif not _is_satisfied(field, current, wanted):
        yield Difference(field, path, current, wanted)


def _is_satisfied(field: Field, current: Any, wanted: Any) -> bool:
    """Whether `current` means what is wanted. Empty values are equal: an answer may leave them out."""
    if current is None and not field.always_answered:
        return True
    if is_empty(wanted) and (is_empty(current) or not field.mutable):
        # Nobody can clear a field that cannot change: an empty value lets the API choose.
        return True
    if field.kind is Kind.LIST:
        return _is_same_list(field, current or [], wanted)
    if field.kind is Kind.OBJECT:
        return not any(field_differences(field, "", current, wanted))
    return bool(current == wanted)


def _is_same_list(field: Field, current: Sequence[Any], wanted: Sequence[Any]) -> bool:
    if not field.key:
        return set(current) == set(wanted)
    old, new = entries_by_key(field, current), entries_by_key(field, wanted)
    return old.keys() == new.keys() and all(_are_paired(field, old[key], new[key]) for key in new)


def _are_paired(field: Field, current: Sequence[Any], wanted: Sequence[Any]) -> bool:
    """Whether each wanted entry of one key has a current one for itself (a bipartite matching, after Kuhn)."""
    taken: dict[int, int] = {}

    def finds_partner(number: int, tried: set[int]) -> bool:
        for other in range(len(current)):
            if other in tried or not _is_satisfied(field.element, current[other], wanted[number]):
                continue
            tried.add(other)
            if other not in taken or finds_partner(taken[other], tried):
                taken[other] = number
                return True
        return False

    return len(current) == len(wanted) and all(finds_partner(number, set()) for number in range(len(wanted)))

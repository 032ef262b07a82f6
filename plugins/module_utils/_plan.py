# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Are they different, and what must be done?

Everything here is a pure function of what is wanted and what is there. Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from ._desired import Current, Desired
from ._errors import ImmutableDifference, Missing
from ._resource import Field, Fields, Kind, Resource, is_empty

__all__ = ["Action", "Difference", "Plan", "combined", "differences", "is_complete", "plan"]


class Action(Enum):
    """What a plan does, in the words of the result."""

    NONE = "none"
    CREATE = "create"
    UPDATE = "update"
    RECREATE = "recreate"
    DELETE = "delete"


@dataclass(frozen=True)
class Difference:
    """One field, by its path, that is not as wanted. Redacted fields carry no values."""

    field: Field
    path: str
    current: Any = None
    wanted: Any = None

    def __str__(self) -> str:
        return self.path if self.field.redacted else f"{self.path} is {self.current!r}, wanted is {self.wanted!r}"


@dataclass(frozen=True)
class Plan:
    """One action, the body of its request, and the resource's fields before and after (None: not there)."""

    action: Action
    body: Fields
    before: Fields | None
    after: Fields | None


def plan(resource: Resource, current: Current | None, desired: Desired) -> Plan:
    """What must be done. Raises Missing for an unknown id, ImmutableDifference where only recreating helps."""
    if not desired.present:
        return Plan(Action.DELETE, {}, current.fields, None) if current else Plan(Action.NONE, {}, None, None)
    if current is None:
        if desired.id is not None:
            raise Missing(
                f"There is no {resource.name} with id {desired.id}, and an id is never turned into a new one. "
                f"Correct id, or leave it out to create by name."
            )
        return Plan(Action.CREATE, desired.fields, None, _foreseen(resource, desired.fields))
    found = differences(resource, current, desired)
    if not found:
        return Plan(Action.NONE, {}, current.fields, current.fields)
    fixed = [difference for difference in found if not difference.field.mutable]
    if not fixed:
        body = _body(resource, current, desired, updating=True)
        return Plan(Action.UPDATE, body, current.fields, _after(resource, current, desired))
    if not desired.recreate:
        raise ImmutableDifference(
            f"{'; '.join(map(str, fixed))}: this cannot change once the {resource.name} exists ({current.id}). "
            f"Set it back, give the new one another name, or set recreate=true to delete this one and create it anew."
        )
    body = _body(resource, current, desired, updating=False)
    return Plan(Action.RECREATE, body, current.fields, _foreseen(resource, body))


def differences(resource: Resource, current: Current, desired: Desired) -> tuple[Difference, ...]:
    """Every field in which `current` is not what was asked for."""
    return tuple(
        difference
        for field in resource.fields
        if field.name in desired.fields
        for difference in _differences(field, field.name, current.fields[field.name], _wanted(field, current, desired))
    )


def combined(resource: Resource, item: Current, detail: Current) -> Current:
    """One resource from its two views: what a get does not show, the list may."""
    fields = {
        field.name: _overlaid(field, item.fields.get(field.name), detail.fields[field.name])
        for field in resource.fields
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
        for entry in current.fields[field.name]
    )


def _wanted(field: Field, current: Current, desired: Desired) -> Any:
    """What was asked of a field, with the entries that stay because nobody named them."""
    wanted = desired.fields[field.name]
    if field.name not in desired.kept:
        return wanted
    named = {_key(field, entry) for entry in wanted}
    return [entry for entry in current.fields[field.name] if _key(field, entry) not in named] + wanted


def _foreseen(resource: Resource, body: Fields) -> Fields:
    """The fields of a new resource as far as anybody knows them: what cannot change and is empty, the API chooses."""
    chosen = {field.name for field in resource.fields if not field.mutable and is_empty(body.get(field.name))}
    return {name: value for name, value in body.items() if name not in chosen}


def _after(resource: Resource, current: Current, desired: Desired) -> Fields:
    """The fields as they will be, untouched where they are as wanted."""
    changed = {difference.path.partition(".")[0] for difference in differences(resource, current, desired)}
    return {
        field.name: _overlaid(field, current.fields[field.name], _wanted(field, current, desired))
        if field.name in changed
        else current.fields[field.name]
        for field in resource.fields
    }


def _body(resource: Resource, current: Current, desired: Desired, *, updating: bool) -> Fields:
    """The whole state: right whether the API merges an update or replaces (its pages do not say).

    Values that are only the API's way to say "not set" are left out where the contract refuses them.
    """
    body: dict[str, Any] = {}
    for field in resource.fields:
        if updating and not field.mutable:
            continue
        if field.name in desired.fields:
            value = _overlaid(field, current.fields[field.name], _wanted(field, current, desired))
        elif not field.mutable and current.fields[field.name] == current.id:
            # A default that the API made from the old id means nothing for the new resource.
            continue
        else:
            value = current.fields[field.name]
        value = _sendable(field, value)
        if value not in (None, {}):
            body[field.name] = value
    return body


def _sendable(field: Field, value: Any) -> Any:
    """`value` without what the API does not say and without empty values that the contract refuses, or None."""
    if isinstance(value, Mapping):
        inner = {row.name: _sendable(row, value.get(row.name)) for row in field.fields}
        kept = {name: element for name, element in inner.items() if element is not None}
        # An answer may leave out a number that is 0, but the contract takes no object without those that it requires.
        needed = {row.name: 0 for row in field.fields if row.required and row.kind is Kind.INTEGER}
        return needed | kept if kept else {}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_sendable(field.element, element) for element in value if element is not None]
    refused = bool(field.choices) or (field.minimum or 0) > 0
    return None if is_empty(value) and refused else value


def _overlaid(field: Field, current: Any, wanted: Any) -> Any:
    """`current` with what is wanted laid over it: inside objects by field, in keyed lists by entry."""
    if wanted is None:
        return current
    if field.kind is Kind.OBJECT:
        current = current or {}
        return {row.name: _overlaid(row, current.get(row.name), wanted.get(row.name)) for row in field.fields}
    if field.kind is Kind.LIST and field.key:
        # Entries that share a key cannot be told apart, so nothing is carried over from one to another.
        keys = Counter(_key(field, entry) for entry in current or ())
        old = {_key(field, entry): entry for entry in current or () if keys[_key(field, entry)] == 1}
        return [_overlaid(field.element, old.get(_key(field, entry)), entry) for entry in wanted]
    return wanted


def _key(field: Field, entry: Mapping[str, Any]) -> str:
    key: str = entry.get(field.key) or ""
    return key


def _differences(field: Field, path: str, current: Any, wanted: Any) -> Iterator[Difference]:
    if field.kind is Kind.OBJECT:
        for row in field.fields:
            if row.name in wanted:
                yield from _differences(row, f"{path}.{row.name}", (current or {}).get(row.name), wanted[row.name])
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
        return not any(_differences(field, "", current, wanted))
    return bool(current == wanted)


def _is_same_list(field: Field, current: Sequence[Any], wanted: Sequence[Any]) -> bool:
    if not field.key:
        return set(current) == set(wanted)
    old, new = _grouped(field, current), _grouped(field, wanted)
    return old.keys() == new.keys() and all(_are_paired(field, old[key], new[key]) for key in new)


def _grouped(field: Field, entries: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    groups: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for entry in entries:
        groups[_key(field, entry)].append(entry)
    return groups


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

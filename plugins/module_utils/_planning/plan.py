# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan: what must be done so that what is there becomes what is wanted, as steps.

Pure functions. Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeAlias

from .._errors import ImmutableDifference, IncompleteCreate, InvalidOptions, NotFound
from .._schema.resource import Change, Field, Fields, Kind, Resource, is_empty
from .compare import Difference, differences, overlaid
from .masks import masked
from .state import Current, Desired
from .wanted import valueless, wanted_value

__all__ = ["Action", "AwaitGone", "Create", "Delete", "Plan", "Step", "Update", "incomplete", "plan"]


class Action(Enum):
    """What a plan does, in the words of the result."""

    NONE = "none"
    CREATE = "create"
    UPDATE = "update"
    RECREATE = "recreate"
    DELETE = "delete"


@dataclass(frozen=True)
class Create:
    """Send this body, once. If it is refused, `restored` puts back what was deleted before, where that can be done."""

    body: Mapping[str, Any]
    restored: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Update:
    """Send this body, which is the whole state."""

    id: str
    body: Mapping[str, Any]


@dataclass(frozen=True)
class Delete:
    """Delete it."""

    id: str


@dataclass(frozen=True)
class AwaitGone:
    """Go on only when nothing shows it any more."""

    id: str


Step: TypeAlias = "Create | Update | Delete | AwaitGone"


@dataclass(frozen=True)
class Plan:
    """An action as steps, and the resource's fields before and after (None: not there).

    `restarts` says whether an update concerns what is running.
    """

    action: Action
    steps: tuple[Step, ...]
    before: Fields | None
    after: Fields | None
    restarts: bool = False


def plan(resource: Resource, current: Current | None, desired: Desired) -> Plan:
    """What must be done.

    Raises NotFound for an unknown id, IncompleteCreate where options are missing that a create needs, InvalidOptions
    where a value is to stay that is not there or not shown, and ImmutableDifference where only recreating helps.
    """
    if not desired.present:
        return _removal(current)
    if current is None:
        return _creation(resource, desired)
    found = differences(resource, current, desired)
    if not found:
        return Plan(Action.NONE, (), current.fields, current.fields)
    if unknown := valueless(resource, current, desired):
        told = "; ".join(
            f"{field.secret_twin}: {key} has no value here, and the {resource.name} {current.id} has no "
            f"{field.element.name} {key}"
            for field, key in unknown
        )
        raise InvalidOptions(f"{told}. Give {'its value' if len(unknown) == 1 else 'their values'}.")
    fixed = [difference for difference in found if difference.is_fixed]
    if not fixed:
        return _update(resource, current, desired, found)
    if not desired.allow_recreate:
        refused = "; ".join(f"{difference}: {_rule(difference.field)}" for difference in fixed)
        raise ImmutableDifference(
            f"{refused} once the {resource.name} exists ({current.id}). Set it back, give the new one another name, or "
            f"set allow_recreate=true to delete this one and create it anew."
        )
    return _recreation(resource, current, desired)


def incomplete(resource: Resource, desired: Desired) -> str:
    """What else must be given to create it, all at once; an empty text where nothing is missing."""
    values = [f"the value of {key} in {field.secret_twin}" for field, key in valueless(resource, None, desired)]
    missing = [*_missing(resource.fields, desired.fields), *values]
    if not missing:
        return ""
    purpose = (
        f"There is no {resource.name} {desired.name!r} yet; to create it"
        if desired.unique_name
        else f"To create another {resource.name} {desired.name!r}"
    )
    return f"{purpose}, also give {', '.join(missing)}."


def _unmasked(resource: Resource, current: Current, desired: Desired, body: Fields) -> Fields:
    """The body, once it is sure that it overwrites no secret with the mask that the API shows instead."""
    if hidden := masked(resource, body, desired):
        raise InvalidOptions(
            f"The API shows some values of the {resource.name} {current.id} only as a mask, such as ***. All values "
            f"have to be sent, and the mask would overwrite the real ones. Give {', '.join(hidden)}. Nothing was sent."
        )
    return body


def _removal(current: Current | None) -> Plan:
    if current is None:
        return Plan(Action.NONE, (), None, None)
    return Plan(Action.DELETE, (Delete(current.id),), current.fields, None)


def _update(resource: Resource, current: Current, desired: Desired, found: Sequence[Difference]) -> Plan:
    changed = {difference.path.partition(".")[0] for difference in found}
    after = _after(resource, current, desired, changed)
    _check_bounds(resource, current, after, found)
    body = _unmasked(resource, current, desired, _body(resource, current, desired, updating=True))
    restarts = any(difference.field.restarts for difference in found)
    return Plan(Action.UPDATE, (Update(current.id, _sent(resource, body)),), current.fields, after, restarts)


def _check_bounds(resource: Resource, current: Current, after: Fields, found: Sequence[Difference]) -> None:
    """Raises InvalidOptions where a number that changes would not fit one that stays, which only the API knew."""
    changed = {difference.path for difference in found}
    for field in resource.fields:
        values = after.get(field.name) or {}
        for row in (row for row in field.fields if row.not_above):
            number, bound = values.get(row.name) or 0, values.get(row.not_above) or 0
            path, limit = f"{field.name}.{row.name}", f"{field.name}.{row.not_above}"
            if number > bound and changed & {path, limit}:
                raise InvalidOptions(
                    f"{path} of the {resource.name} {current.id} would be {number}, above {limit}, which would be "
                    f"{bound}. Give {path}, {limit} or both, so that they fit. Nothing was sent."
                )


def _creation(resource: Resource, desired: Desired) -> Plan:
    if desired.id is not None:
        raise NotFound(
            f"There is no {resource.name} with id {desired.id}, and an id is never turned into a new one. "
            f"Correct id, or leave it out to create by name."
        )
    if lack := incomplete(resource, desired):
        raise IncompleteCreate(lack)
    return Plan(Action.CREATE, (Create(_sent(resource, desired.fields)),), None, _foreseen(resource, desired.fields))


def _recreation(resource: Resource, current: Current, desired: Desired) -> Plan:
    body = _unmasked(resource, current, desired, _body(resource, current, desired, updating=False))
    _check_bounds(resource, current, body, differences(resource, current, desired))
    missing = ", ".join(_missing(resource.fields, body))
    if missing:
        raise IncompleteCreate(
            f"The API does not show {missing} of the {resource.name} {current.id}, so it could not be created anew. "
            f"Give {missing}. Nothing was deleted."
        )
    create = Create(_sent(resource, body), _restored(resource, current))
    steps = (Delete(current.id), AwaitGone(current.id), create)
    return Plan(Action.RECREATE, steps, current.fields, _foreseen(resource, body))


def _restored(resource: Resource, current: Current) -> dict[str, Any] | None:
    """What creates the same anew; None where the API does not show all that it takes, or shows a mask of it."""
    nothing = Desired(True, current.id, {}, {})
    body = _body(resource, current, nothing, updating=False)
    unknown = [*_missing(resource.fields, body), *masked(resource, body, nothing)]
    return None if unknown else _sent(resource, body)


def _missing(rows: Iterable[Field], fields: Fields, path: str = "") -> Iterator[str]:
    """The paths of what a create needs and `fields` do not have, inside of objects too."""
    for row in rows:
        value = fields.get(row.name)
        if row.kind is Kind.OBJECT and (value or row.required):
            yield from _missing(row.fields, value or {}, f"{path}{row.name}.")
        elif row.required and is_empty(value) and (value is None or row.kind is not Kind.INTEGER):
            yield path + row.name


def _rule(field: Field) -> str:
    return "this can only grow" if field.change is Change.GROW else "this cannot change"


def _foreseen(resource: Resource, body: Fields) -> Fields:
    """The fields of a new resource as far as anybody knows them: what cannot change and is empty, the API chooses."""
    chosen = {field.name for field in resource.fields if not field.mutable and is_empty(body.get(field.name))}
    return {name: value for name, value in body.items() if name not in chosen}


def _after(resource: Resource, current: Current, desired: Desired, changed: Iterable[str]) -> Fields:
    """The fields as they will be, untouched where they are as wanted."""
    return {
        field.name: overlaid(field, current.fields[field.name], wanted_value(field, current, desired))
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
            value = overlaid(field, current.fields[field.name], wanted_value(field, current, desired))
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
    return None if is_empty(value) and field.empty is None else value


def _sent(resource: Resource, fields: Fields) -> dict[str, Any]:
    """The fields in the API's spelling."""
    return {row.api: _spelled(row, fields[row.name]) for row in resource.fields if row.name in fields}


def _spelled(field: Field, value: Any) -> Any:
    match value:
        case Mapping():
            return {row.api: _spelled(row, value[row.name]) for row in field.fields if row.name in value}
        case list():
            return [_spelled(field.element, element) for element in value]
        case _:
            return value

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The proof of an export: to a fleet that reads it, it says what there is.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._errors import Unwritable, printable
from .._options.argument_spec import refusal
from .._options.fleet_options import SHARED, fleet_argument_spec, fleet_checked
from .._planning.compare import differences
from .._planning.state import desired_from
from .._reconcile.entry import Done, Entry, Failed, Located, Stage
from .._reconcile.locate import located
from .._reconcile.snapshot import Snapshot
from .._schema.resource import Resource
from .export_description import Description, Reference

__all__ = ["prove"]

_NAMED = 3


def prove(
    resource: Resource,
    descriptions: Sequence[Description],
    entries: Sequence[Mapping[str, Any]],
    snapshot: Snapshot,
) -> None:
    """Raises Unwritable unless `entries`, read back, are the descriptions, and a fleet would change nothing."""
    wanted = [_without_references(one.entry) for one in descriptions]
    read = [_without_references(entry) for entry in entries]
    if read != wanted:
        pairs = zip(descriptions, wanted, read, strict=False)
        different = [one for one, entry, other in pairs if entry != other] or descriptions
        raise _unfaithful(different, "reads back as something else")
    stages = _planned(resource, read, snapshot)
    changing = {number: stage for number, stage in enumerate(stages) if not _is_unchanged(stage)}
    if changing:
        reason = _reason(resource, next(iter(changing.values())))
        raise _unfaithful([descriptions[number] for number in changing], f"would not be left as it is ({reason})")


def _unfaithful(descriptions: Sequence[Description], what: str) -> Unwritable:
    names = ", ".join(printable(one.name or one.id) for one in descriptions[:_NAMED])
    return Unwritable(f"The export of {names} {what}. Nothing was written. Leave it out, and report this.")


def _planned(resource: Resource, entries: Sequence[Mapping[str, Any]], snapshot: Snapshot) -> list[Stage]:
    """What a fleet would make of these entries. Raises Unwritable where it refuses them."""
    written = {resource.plural: list(entries)}
    checked = fleet_checked(resource, written)
    if checked.violations:
        raise Unwritable(f"The export cannot be read back: {refusal(checked.violations)}")
    shared = {name: option.get("default") for name, option in fleet_argument_spec(resource).items() if name in SHARED}
    asked = [Entry.of(desired_from(resource, {**entry, **shared})) for entry in checked.values[resource.plural]]
    return located(asked, snapshot, detailed=True)


def _is_unchanged(stage: Stage) -> bool:
    return isinstance(stage, Done) and not stage.outcome.changed


def _reason(resource: Resource, stage: Stage) -> str:
    if isinstance(stage, Failed):
        return stage.error.message
    current = stage.current if isinstance(stage, Located) else None
    paths = (
        [one.path for one in differences(resource, current, stage.entry.desired)] if current else ["it is not found"]
    )
    return ", ".join(paths)


def _without_references(value: Any) -> Any:
    """An entry as it is without the variables that stand for secret values: those stay as they are."""
    match value:
        case Mapping():
            inner = {name: _without_references(element) for name, element in value.items()}
            return {name: element for name, element in inner.items() if element is not None}
        case list() | tuple():
            return [_without_references(element) for element in value]
        case Reference():
            return None
        case _:
            return value

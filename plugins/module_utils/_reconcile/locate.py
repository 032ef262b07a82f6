# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Locating: which resource an entry means among everything that there is.

Pure functions. Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from .._errors import (
    ChangedMeanwhile,
    IncompleteCreate,
    Leaving,
    NotUnique,
    PpioError,
    printable,
    require,
    several_places,
)
from .._planning.compare import differences, is_as_wanted, is_complete
from .._planning.outcome import Outcome
from .._planning.plan import Action, incomplete
from .._planning.state import observed_from
from .entry import Done, Entry, Failed, Located, Stage
from .snapshot import Snapshot, is_deleting, renamed_meanwhile, seems_leaving

__all__ = ["leaving_ids", "located", "require_complete"]


def located(entries: Sequence[Entry], snapshot: Snapshot, *, detailed: bool) -> list[Stage]:
    """Each entry with what there is of it, done where nothing has to be, failed where nobody can tell what it means.

    `detailed` says that the snapshot is as fresh as can be, and that results show what is unchanged.
    """
    leaving = leaving_ids(entries, snapshot)
    ambiguous = _ambiguous(entries, snapshot, leaving)
    return [
        ambiguous[number] if number in ambiguous else _stage(entry, snapshot, leaving, detailed)
        for number, entry in enumerate(entries)
    ]


def leaving_ids(entries: Sequence[Entry], snapshot: Snapshot) -> frozenset[str]:
    """The ids of what gets another name by one of several entries, so that its own one becomes free."""
    return frozenset(str(entry.desired.id) for entry in entries if len(entries) > 1 and _is_renamed(entry, snapshot))


def require_complete(stages: Sequence[Stage], snapshot: Snapshot) -> None:
    """Raises IncompleteCreate, for all entries at once, where something has to be created and too little is said."""
    lacks = [
        lack
        for stage in stages
        if isinstance(stage, Located) and not stage.current
        for desired in [stage.entry.desired]
        if desired.present and not desired.id and (lack := incomplete(snapshot.resource, desired))
    ]
    if lacks:
        plural = snapshot.resource.plural
        unseen = f" This server does not list {plural}: give the id of one that exists."
        raise IncompleteCreate(f"Nothing was written. {' '.join(lacks)}{unseen if snapshot.listing_error else ''}")


def _is_renamed(entry: Entry, snapshot: Snapshot) -> bool:
    """Whether an entry gives its resource another name, so that the one that it has becomes free."""
    desired = entry.desired
    item = snapshot.shown(desired.id) if desired.present and desired.id else None
    return item is not None and desired.name not in (None, item.get(snapshot.resource.name_name))


def _stage(entry: Entry, snapshot: Snapshot, leaving: frozenset[str], detailed: bool) -> Stage:
    try:
        stage = (
            _located_by_id(entry, snapshot, leaving, detailed)
            if entry.desired.id
            else _located_by_name(entry, snapshot, leaving, detailed)
        )
    except PpioError as error:
        return Failed(entry, error)
    if isinstance(stage, Located) and (entry.desired.present or entry.desired.id is None):
        own = stage.current.id if stage.current else ""
        return replace(stage, after=(leaving & frozenset(snapshot.named(entry.name))) - {own})
    return stage


def _located_by_name(entry: Entry, snapshot: Snapshot, leaving: frozenset[str], detailed: bool) -> Stage:
    desired = entry.desired
    if desired.present and not desired.unique_name:
        return Located(entry, None)
    if snapshot.listing_error:
        if not desired.present:
            raise snapshot.listing_error
        return Located(entry, None, listing_unavailable=True)
    staying = [identity for identity in snapshot.staying(entry.name) if identity not in leaving]
    if len(staying) > 1:
        raise NotUnique(
            f"{len(staying)} {snapshot.resource.plural} have the name {entry.name!r}: {', '.join(staying)}. "
            f"Give the id of the one you mean."
        )
    known = frozenset(snapshot.named(entry.name))
    # What gets another name is not what is to go.
    known = known if desired.present else known - leaving
    if staying:
        _refuse_other_name(entry, snapshot, staying[0])
        return _shown(entry, snapshot, staying[0], known, detailed)
    return Located(entry, None, known, remarks=_resemblance(entry, snapshot, leaving))


def _refuse_other_name(entry: Entry, snapshot: Snapshot, identity: str) -> None:
    """Raises ChangedMeanwhile where a read shows another name than the list: it may have been renamed a moment ago."""
    name = (snapshot.item(identity) or {}).get(snapshot.resource.name_name)
    if isinstance(name, str) and name != entry.name:
        raise renamed_meanwhile(identity, entry.name, name)


def _resemblance(entry: Entry, snapshot: Snapshot, leaving: frozenset[str]) -> tuple[str, ...]:
    """What to say where only something of nearly the same name is there. Raises NotUnique before it is doubled."""
    resembling = [(other, identity) for other, identity in snapshot.resembling(entry.name) if identity not in leaving]
    if not resembling:
        return ()
    name = snapshot.resource.name
    others = ", ".join(f"{other!r} ({identity})" for other, identity in resembling)
    differ = "is {others}, which differs" if len(resembling) == 1 else "are {others}, which differ"
    story = (
        f"There is no {name} {entry.name!r}, but there {differ.format(others=others)} only in case, surrounding spaces "
        f"or Unicode form."
    )
    if not entry.desired.present:
        return (f"{story} It is left as it is.",)
    raise NotUnique(
        f"{story} Nothing was created. If that one is meant, give its name as it is written there, or its id; if not, "
        f"give another name."
    )


def _located_by_id(entry: Entry, snapshot: Snapshot, leaving: frozenset[str], detailed: bool) -> Stage:
    desired, identity = entry.desired, str(entry.desired.id)
    item = snapshot.item(identity)
    if item is None or is_deleting(snapshot.resource, item):
        return Located(entry, None)
    if entry.pruned and item.get(snapshot.resource.name_name) not in (None, entry.name):
        raise ChangedMeanwhile("It has another name by now, so it was not deleted.")
    if desired.present and desired.unique_name and desired.name not in (None, item.get(snapshot.resource.name_name)):
        owners = [owner for owner in snapshot.staying(desired.name or "") if owner not in leaving | {identity}]
        if owners:
            raise NotUnique(f"The name {desired.name!r} belongs to {', '.join(owners)} already.")
    return _shown(entry, snapshot, identity, None, detailed)


def _shown(entry: Entry, snapshot: Snapshot, identity: str, known: frozenset[str] | None, detailed: bool) -> Stage:
    """An entry whose resource is there: done if it is as wanted."""
    desired, resource = entry.desired, snapshot.resource
    item = snapshot.item(identity)
    if desired.present and item and seems_leaving(resource, item):
        raise Leaving(
            f"The status of the {resource.name} {identity} sounds as if it were being deleted: "
            f"{printable(require(resource.lifecycle).state(item))}. Nothing was done, because nobody knows whether it "
            f"stays. Run again when it is gone, or give another name."
        )
    if desired.present and not detailed and item and is_as_wanted(resource, item, desired):
        observed = observed_from(resource, item)
        return Done(entry, Outcome(Action.NONE, identity, None, observed, None, None), known)
    current = snapshot.current(identity)
    if current and desired.present and not differences(resource, current, desired):
        return Done(
            entry,
            Outcome(Action.NONE, identity, current.fields, current.observed, current.fields, current.fields),
            known,
        )
    is_stale = desired.present and not (detailed and current and is_complete(resource, current))
    return Located(entry, current, known, is_stale=is_stale)


def _ambiguous(entries: Sequence[Entry], snapshot: Snapshot, leaving: frozenset[str]) -> dict[int, Failed]:
    """The entries of which several mean the same resource, by their numbers."""
    if len(entries) < 2:
        return {}
    claimed = {_meant_name(entry) for entry in entries if entry.desired.unique_name}
    names, ids = defaultdict[str, list[int]](list), defaultdict[str, list[int]](list)
    for number, entry in enumerate(entries):
        name, identity = _meant_name(entry), _meant_id(entry, snapshot, leaving)
        if name is not None and name in claimed:
            names[name].append(number)
        if identity:
            ids[identity].append(number)
    several = [numbers for numbers in (*ids.values(), *names.values()) if len(numbers) > 1]
    return {number: _several_entries(entries, number, numbers, snapshot) for numbers in several for number in numbers}


def _several_entries(entries: Sequence[Entry], number: int, numbers: Sequence[int], snapshot: Snapshot) -> Failed:
    """How one of several entries ends that mean the same; all of these say the same."""
    places = several_places([f"{snapshot.resource.plural}[{one}]" for one in numbers])
    name = printable(entries[numbers[0]].name)
    return Failed(entries[number], NotUnique(f"{places} describe {name!r}. Keep one of them."))


def _meant_name(entry: Entry) -> str | None:
    """The name that an entry finds a resource by, or gives to one."""
    desired = entry.desired
    return desired.name if desired.present or desired.id is None else None


def _meant_id(entry: Entry, snapshot: Snapshot, leaving: frozenset[str]) -> str:
    """The id of the resource that an entry is about, empty where there is none yet."""
    desired = entry.desired
    if desired.id:
        return desired.id
    if desired.present and not desired.unique_name:
        return ""
    staying = [identity for identity in snapshot.staying(entry.name) if identity not in leaving]
    return staying[0] if len(staying) == 1 else ""

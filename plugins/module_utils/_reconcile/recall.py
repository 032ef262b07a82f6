# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recalling: what earlier tasks of this machine created, although the list does not show it yet, or not any more.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .._api.client import Client, Item
from .._api.thread_pool import mapped
from .._clock import poll
from .._errors import NotApplied, NotUnique, OutcomeUnknown, PartialResult, PpioError
from .entry import Entry, Located
from .journal import LONGEST_LAG, Journal, Record
from .memory import Memory
from .snapshot import SETTLE_WINDOW, Snapshot, is_deleting, seen

__all__ = ["note_shown", "recalled", "remembered"]

#: How a message tells what nothing shows, and what that will count as.
_NOT_SHOWN_ANY_MORE = ("nothing shows it any more", "deleted")
_NOT_SHOWN_SO_FAR = ("nothing of it shows so far", "never created")


def note_shown(memory: Memory, entries: Sequence[Entry], snapshot: Snapshot) -> None:
    """Note in the records what the list shows by now, under the name that it was to have."""
    memory.tidy()
    journal = memory.creates
    for entry in entries:
        record = journal.find(entry.name) if _goes_by_name(entry) else None
        if record is None:
            continue
        if record.id is None:
            staying = snapshot.staying(entry.name)
            # Of several, nobody knows which one it is, and a list that loses them again must not be believed.
            if len(staying) == 1:
                journal.show(entry.name, staying[0])
        elif record.id in snapshot.named(entry.name):
            journal.show(entry.name, record.id)


def remembered(
    client: Client, journal: Journal, entries: Sequence[Entry], snapshot: Snapshot, concurrency: int
) -> Snapshot:
    """The snapshot, in which the list also shows what the journal knows the id of.

    Of each name that an entry goes by or gives. What cannot be read now is looked for again before anything is created.
    """
    records = [
        journal.find(entry.desired.name) for entry in entries if entry.desired.name and entry.desired.unique_name
    ]
    ids = [record.id for record in records if record and record.id and record.id not in snapshot.listed]
    answers = mapped(Client.read, ids, client, concurrency) if not snapshot.listing_error else []
    found = {client.id_of(item): item for item in answers if item and not isinstance(item, PpioError)}
    return replace(snapshot, listed={**snapshot.listed, **found}) if found else snapshot


def recalled(client: Client, journal: Journal, located: Located) -> Located:
    """The entry with what an earlier task created for it, as soon as that shows.

    Raises OutcomeUnknown where it does not show in time, though it may exist, NotApplied where it got another name,
    and NotUnique where there are several.
    """
    record = journal.find(located.entry.name)
    if record is None or located.current or located.known is None or record.id in located.known:
        return located
    doubt = _doubt_left(client, record)
    is_enough = client.deadline.remaining >= doubt
    items = poll(lambda: _look(client, record, located), bool, client.deadline.within(doubt))
    staying = [
        item for item in items if not (is_deleting(client.resource, item) or _is_renamed(client, record, item, located))
    ]
    if not staying:
        return located if items else _without_trace(client, journal, record, located, is_enough)
    if len(staying) > 1:
        raise NotUnique(
            f"{len(staying)} {client.resource.plural} have the name {located.entry.name!r}: "
            f"{', '.join(map(client.id_of, staying))}. Give the id of the one you mean."
        )
    _refuse_other_name(client, staying[0], located)
    if record.id is None:
        journal.show(located.entry.name, client.id_of(staying[0]))
    return replace(located, current=seen(client, located.entry.desired, staying[0]), is_stale=True)


def _goes_by_name(entry: Entry) -> bool:
    return entry.desired.id is None and entry.desired.unique_name


def _look(client: Client, record: Record, located: Located) -> list[Item]:
    """What is new of the name, and what has the id."""
    known = located.known or frozenset()
    items = {client.id_of(item): item for item in client.named(located.entry.name)}
    if record.id and record.id not in items and (item := client.read(record.id)):
        items[record.id] = item
    return [item for identity, item in items.items() if identity not in known]


def _is_renamed(client: Client, record: Record, item: Item, located: Located) -> bool:
    """Whether it has had the name, as a list has shown, and has another one now: then the name is free."""
    return record.is_shown and item.get(client.resource.name_name) != located.entry.name


def _refuse_other_name(client: Client, item: Item, located: Located) -> None:
    name, shown = located.entry.name, item.get(client.resource.name_name)
    if shown != name:
        raise NotApplied(
            f"An earlier task on this machine created {client.id_of(item)} for the name {name!r}, and the API calls it "
            f"{shown!r}. Nothing was done. Give that as name, or delete {client.id_of(item)} by its id.",
            partial=replace(located.partial, id=client.id_of(item)),
        )


def _doubt_left(client: Client, record: Record) -> float:
    """Seconds for which it may be there although nothing shows it."""
    return record.lag_left(client.deadline.clock.today(), SETTLE_WINDOW if record.is_shown else LONGEST_LAG)


def _without_trace(client: Client, journal: Journal, record: Record, located: Located, is_enough: bool) -> Located:
    """The entry where nothing shows of what was sent, if it was looked for long enough, or may be sent again."""
    desired, name = located.entry.desired, located.entry.name
    if is_enough:
        journal.clear(name)
        return located
    age, left = client.deadline.clock.today() - record.time, _doubt_left(client, record)
    became = f", which became {record.id}" if record.id else ""
    trace, end = _NOT_SHOWN_ANY_MORE if record.is_shown else _NOT_SHOWN_SO_FAR
    story = f"An earlier task on this machine sent a create of {name!r} {age:.0f} s ago{became}, and {trace}."
    if desired.present and desired.resend and not record.id:
        return replace(located, warnings=(*located.warnings, f"{story} It was sent again (on_ambiguous=resend)."))
    raise OutcomeUnknown(
        f"Outcome unknown. {story} It may exist and cost money, so this task did nothing. Check the console for "
        f"{name!r}, and run again. In {left:.0f} s it will count as {end}.",
        partial=PartialResult("none", changed=False, id=record.id),
    )

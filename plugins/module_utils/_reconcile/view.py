# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The views: how the API is looked at, for one resource by reads of its own, for many by one sweep over the list.

Both give the same snapshots, so that what holds for one holds for many. Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import TypeAlias

from .._api.client import Client, Item
from .._api.refusal import is_passing
from .._api.thread_pool import mapped
from .._clock import Deadline, poll
from .._errors import AmbiguousResponse, ConnectFailed, InvalidResponse, NotAttempted, PpioError, Rejected, Unsupported
from .._planning.compare import is_as_wanted
from .._planning.plan import Action
from .._schema.resource import Resource
from .entry import Done, Entry
from .lock import advisory_lock, scope_of
from .snapshot import Snapshot, folded, is_deleting, listed, settled

__all__ = ["ItemView", "ListView", "View"]


@dataclass(frozen=True)
class ItemView:
    """Looks at one resource: at its list for the name, and at itself by a read."""

    client: Client
    concurrency: int = 1
    #: Its first snapshot is as fresh as can be, and results show what is unchanged.
    is_detailed: bool = True

    @contextmanager
    def locked(self, entries: Sequence[Entry], deadline: Deadline) -> Iterator[tuple[str, ...]]:
        """Lets tasks on this machine that may create the same name, or give it to something, do so one by one."""
        (entry,) = entries
        desired = entry.desired
        if not (desired.present and desired.unique_name and desired.name):
            yield ()
            return
        everything = scope_of(self.client)
        with ExitStack() as stack:
            shared = stack.enter_context(advisory_lock(everything, deadline, shared=True))
            own = stack.enter_context(advisory_lock(f"{everything} {desired.name}", deadline))
            causes = "; ".join(cause for cause in (shared, own) if cause)
            name = self.client.resource.name
            yield (f"Another task on this machine may create the same {name} at once: {causes}.",) if causes else ()

    def snapshot(self, entries: Sequence[Entry]) -> Snapshot:
        (entry,) = entries
        if entry.desired.id is not None:
            return self._by_id(entry.desired.id, entry)
        shown = self._by_name(entry)
        if _agrees(shown, entry.name):
            return shown
        # After a rename, the list may be behind, or the read.
        return poll(lambda: self._by_name(entry), lambda shown: _agrees(shown, entry.name), settled(self.client))

    def _by_name(self, entry: Entry) -> Snapshot:
        """What the list shows by its name, and by nearly this one, and what a read shows of it."""
        desired, client = entry.desired, self.client
        if desired.present and not desired.unique_name:
            return Snapshot(client.resource)
        try:
            named = _resembling(client, entry.name)
        except Unsupported as error:
            return Snapshot(client.resource, listing_error=error)
        shown = Snapshot(client.resource, named)
        staying = shown.staying(entry.name)
        if len(staying) != 1:
            return shown
        # A list item shows less than a read. Where that sees nothing, the list's word stands.
        return Snapshot(client.resource, named, {staying[0]: client.read(staying[0])})

    def everything(self, snapshot: Snapshot) -> Mapping[str, Item]:
        """All that the list shows, by one more sweep: a snapshot of one has only what has its name."""
        del snapshot
        return listed(self.client)

    def proof(self, dones: Sequence[Done], deadline: Deadline, *, closely: bool = False) -> Snapshot:
        """What is needed to prove what was done; there is no closer look than this one."""
        del closely
        (done,) = dones
        client = self.client.until(deadline)
        identity = done.outcome.identity
        item = client.read(identity)
        if done.outcome.action is Action.DELETE:
            is_shown = item is not None and not is_deleting(client.resource, item)
            return Snapshot(client.resource, {} if is_shown else _listed_if_offered(client), {identity: item})
        if item is None:
            _require_list(client)
        if done.known is None or done.outcome.action is Action.UPDATE:
            return Snapshot(client.resource, {}, {identity: item})
        try:
            return Snapshot(client.resource, listed(client), {identity: item})
        except (ConnectFailed, AmbiguousResponse, Rejected, InvalidResponse) as error:
            return Snapshot(client.resource, {}, {identity: item}, listing_error=error)

    def watched(self, dones: Sequence[Done], deadline: Deadline) -> Snapshot:
        (done,) = dones
        client = self.client.until(deadline)
        ids = done.watched_ids
        read = {identity: client.read(identity) for identity in ids}
        if any(read.values()):
            return Snapshot(client.resource, {}, read)
        if not done.entry.desired.present:
            return Snapshot(client.resource, _listed_if_offered(client), read)
        _require_list(client)
        return Snapshot(client.resource, {}, read)

    def _by_id(self, identity: str, entry: Entry) -> Snapshot:
        """One that is meant by its id, and who has the name that it is to get."""
        client, desired = self.client, entry.desired
        item = client.read(identity)
        if item is None and desired.present:
            _require_list(client)
            return Snapshot(client.resource, {}, {identity: None})
        if item is None:
            return Snapshot(client.resource, listed(client))
        is_renamed = desired.name not in (None, item.get(client.resource.name_name))
        if not (desired.present and desired.unique_name and is_renamed):
            return Snapshot(client.resource, {}, {identity: item})
        owners = {client.id_of(one): one for one in client.named(desired.name or "")}
        return Snapshot(client.resource, owners, {identity: item})


@dataclass(frozen=True)
class ListView:
    """Looks at many at once: one sweep over the list for all of them."""

    client: Client
    concurrency: int
    include_details: bool = False
    is_detailed: bool = False

    @contextmanager
    def locked(self, entries: Sequence[Entry], deadline: Deadline) -> Iterator[tuple[str, ...]]:
        """Lets no other task on this machine write the same resources meanwhile."""
        del entries
        with ExitStack() as stack:
            trouble = stack.enter_context(advisory_lock(scope_of(self.client), deadline))
            plural = self.client.resource.plural
            warning = f"Another task on this machine may write the same {plural} at once: {trouble}."
            yield (warning,) if trouble else ()

    def snapshot(self, entries: Sequence[Entry]) -> Snapshot:
        try:
            swept = Snapshot(self.client.resource, listed(self.client))
        except Unsupported as error:
            return Snapshot(self.client.resource, listing_error=error)
        # What the list does not show may still be there, and have a name that others are to get.
        unlisted = [identity for entry in entries if (identity := entry.desired.id) and identity not in swept.listed]
        meant = [(identity, entry) for entry in entries if (identity := _meant(entry, swept))]
        closely = [
            identity
            for identity, entry in meant
            if self.include_details or _needs_read(entry, swept.listed[identity], swept.resource)
        ]
        # Of two entries, the one that means it by its id counts: it may give the name to the other one.
        ranked = dict(sorted(meant, key=lambda one: one[1].desired.id is not None))
        shown = self.completed(swept, unlisted + closely)
        # To delete, the word of the list is enough where the API lets nobody read.
        waived = {identity for identity, error in shown.errors.items() if _is_refused(error)} & {
            identity for identity, entry in ranked.items() if not entry.desired.present
        }
        errors = {identity: error for identity, error in shown.errors.items() if identity not in waived}
        found = {identity: item for identity in unlisted if (item := shown.read.get(identity))}
        return replace(shown, listed={**swept.listed, **found}, errors=errors)

    def everything(self, snapshot: Snapshot) -> Mapping[str, Item]:
        """All that the list shows, as it did already."""
        return snapshot.listed

    def proof(self, dones: Sequence[Done], deadline: Deadline, *, closely: bool = False) -> Snapshot:
        """One sweep; and a read of what was deleted without an answer, and of what a close look is asked for."""
        client = self.client.until(deadline)
        swept = Snapshot(client.resource, listed(client))
        read = [
            done.outcome.identity
            for done in dones
            if (done.outcome.doubt if done.outcome.action is Action.DELETE else closely)
            and done.outcome.identity not in swept.listed
        ]
        return replace(self, client=client).completed(swept, read)

    def watched(self, dones: Sequence[Done], deadline: Deadline) -> Snapshot:
        del dones
        client = self.client.until(deadline)
        return Snapshot(client.resource, listed(client))

    def completed(self, swept: Snapshot, ids: Iterable[str]) -> Snapshot:
        """What a sweep showed, with a read of each of these ids."""
        unique = list(dict.fromkeys(ids))
        answers = dict(zip(unique, mapped(Client.read, unique, self.client, self.concurrency), strict=True))
        errors = {identity: answer for identity, answer in answers.items() if isinstance(answer, PpioError)}
        read = {identity: answer for identity, answer in answers.items() if not isinstance(answer, PpioError)}
        return Snapshot(swept.resource, swept.listed, read, errors)


View: TypeAlias = "ItemView | ListView"


def _agrees(shown: Snapshot, name: str) -> bool:
    """Whether reads show what they show by this name, as the list does."""
    names = [(item or {}).get(shown.resource.name_name) for item in shown.read.values()]
    return all(not isinstance(other, str) or other == name for other in names)


def _resembling(client: Client, name: str) -> dict[str, Item]:
    """Everything of this name, or of nearly this one."""
    alike, name_name = folded(name), client.resource.name_name
    shown = ((item.get(name_name), item) for item in client.listed())
    return {client.id_of(item): item for other, item in shown if isinstance(other, str) and folded(other) == alike}


def _require_list(client: Client) -> None:
    """Raises Unsupported where the server has no list: it may have no reads either, so its 404 proves no absence."""
    next(client.listed(), None)


def _listed_if_offered(client: Client) -> dict[str, Item]:
    try:
        return listed(client)
    except Unsupported:
        return {}


def _needs_read(entry: Entry, item: Item, resource: Resource) -> bool:
    """Whether the list is not enough: before a delete its name may be an old one, and it shows too little of what may
    have to be created anew for a judgement of the stock.
    """
    desired = entry.desired
    if not desired.present:
        return True
    may_choose = desired.check_stock or bool(desired.alternatives)
    return desired.allow_recreate and may_choose and not is_as_wanted(resource, item, desired)


def _is_refused(error: PpioError) -> bool:
    """Whether the API lets this key read nothing; of several reads, the first refusal ends the others."""
    return isinstance(error, NotAttempted) or (isinstance(error, Rejected) and not is_passing(error))


def _meant(entry: Entry, swept: Snapshot) -> str:
    """The id of the resource that the list shows for an entry, empty where there is none."""
    if entry.desired.id:
        return entry.desired.id if entry.desired.id in swept.listed else ""
    staying = swept.staying(entry.name)
    return staying[0] if len(staying) == 1 else ""

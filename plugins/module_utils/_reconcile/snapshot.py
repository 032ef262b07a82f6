# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The snapshot: everything that the API showed at one moment, by its list and by single reads.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from .._api.client import Client, Item
from .._clock import Deadline
from .._errors import ChangedMeanwhile, NotFound, PpioError, Unsupported, printable, require
from .._planning.compare import combined, is_complete
from .._planning.scrub import hidden_values, scrubbed
from .._planning.state import Current, Desired, current_from
from .._schema.resource import Resource

__all__ = [
    "SETTLE_WINDOW",
    "Snapshot",
    "folded",
    "hidden",
    "is_deleting",
    "latest",
    "listed",
    "renamed_meanwhile",
    "seems_leaving",
    "seen",
    "settle_window",
    "settled",
]

#: Seconds within which reads and the list show what was just written, at most; 0 if there are to be no retries.
SETTLE_WINDOW = 30.0


@dataclass(frozen=True)
class Snapshot:
    """What the API showed. `listed` and `read` are by id; a read of None says that there is nothing.

    `errors` are those of single reads, `listing_error` why there is no list. Answers are taken apart only where that is
    needed: most of a fleet never is.
    """

    resource: Resource
    listed: Mapping[str, Item] = field(default_factory=dict)
    read: Mapping[str, Item | None] = field(default_factory=dict)
    errors: Mapping[str, PpioError] = field(default_factory=dict)
    listing_error: PpioError | None = None

    def item(self, identity: str) -> Item | None:
        """The latest answer about this id; None where it is not shown. Raises the error of its read."""
        if identity in self.errors:
            raise self.errors[identity]
        return self.shown(identity)

    def shown(self, identity: str) -> Item | None:
        """The latest answer about this id that there is, whatever its read came to."""
        return self.read.get(identity) or self.listed.get(identity)

    def current(self, identity: str) -> Current | None:
        """The resource as all answers show it together; None where none does. Raises the error of its read."""
        if identity in self.errors:
            raise self.errors[identity]
        read, item = self.read.get(identity), self.listed.get(identity)
        if read is None or item is None:
            shown = read or item
            return current_from(self.resource, shown) if shown else None
        return combined(self.resource, current_from(self.resource, item), current_from(self.resource, read))

    def required(self, identity: str) -> Current:
        """The resource, where there is no doubt that it is shown."""
        return require(self.current(identity))

    def stays(self, identity: str) -> bool:
        """Whether a read or the list shows it, other than as being deleted. Raises the error of its read."""
        if identity in self.errors:
            raise self.errors[identity]
        answers = (self.read.get(identity), self.listed.get(identity))
        return any(answer is not None and not is_deleting(self.resource, answer) for answer in answers)

    def named(self, name: str) -> Sequence[str]:
        """The ids that the list shows under exactly this name."""
        return self._ids_by_name.get(name, ())

    def staying(self, name: str) -> list[str]:
        """The ids of the name that are not being deleted, and so are what is meant, or in the way."""
        return [identity for identity in self.named(name) if not is_deleting(self.resource, self.listed[identity])]

    def resembling(self, name: str) -> list[tuple[str, str]]:
        """Name and id of what stays and has nearly this name, which an API may take for the same."""
        names = [other for other in self._names_by_folded.get(folded(name), ()) if other != name]
        return [(other, identity) for other in names for identity in self.staying(other)]

    def names(self) -> Iterator[tuple[str, str]]:
        """Name and id of everything that the list shows and that is not being deleted."""
        return ((name, identity) for name in self._ids_by_name for identity in self.staying(name))

    @cached_property
    def _ids_by_name(self) -> Mapping[str, list[str]]:
        ids: defaultdict[str, list[str]] = defaultdict(list)
        for identity, item in self.listed.items():
            name = item.get(self.resource.name_name)
            ids[name if isinstance(name, str) else ""].append(identity)
        return ids

    @cached_property
    def _names_by_folded(self) -> Mapping[str, list[str]]:
        names: defaultdict[str, list[str]] = defaultdict(list)
        for name in self._ids_by_name:
            names[folded(name)].append(name)
        return names


def folded(name: str) -> str:
    """The name without what an API may make equal: case, outer blanks, and how Unicode composes a character."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).strip().casefold())


def listed(client: Client) -> dict[str, Item]:
    """Everything that the list shows, by id. Raises the errors of the list."""
    return {client.id_of(item): item for item in client.listed()}


def is_deleting(resource: Resource, item: Item) -> bool:
    """Whether it is being deleted, so that it is neither what is wanted nor in the way."""
    lifecycle = resource.lifecycle
    return lifecycle is not None and lifecycle.state(item) in lifecycle.deleting_states


def seems_leaving(resource: Resource, item: Item) -> bool:
    """Whether its state is a word that nobody knows, and that may mean that it is being deleted."""
    lifecycle = resource.lifecycle
    if lifecycle is None or is_deleting(resource, item):
        return False
    return lifecycle.leaving_words.search(lifecycle.state(item)) is not None


def seen(client: Client, desired: Desired, item: Item) -> Current:
    """The resource in an answer; no error shows its secrets from now on."""
    return hidden(client, desired, current_from(client.resource, item))


def hidden(client: Client, desired: Desired, current: Current) -> Current:
    """The same resource, whose texts repeat no secret; no error shows one from now on."""
    client.suspect(hidden_values(client.resource, current.fields, desired.shown))
    return Current(current.id, current.fields, scrubbed(client.resource, current.observed, client.secrets))


def renamed_meanwhile(identity: str, listed_name: str, name: str) -> ChangedMeanwhile:
    """Why nothing is done to what the list shows under a name, and a read under another one."""
    return ChangedMeanwhile(
        f"The list calls {identity} {listed_name!r}, and a read calls it {printable(name)!r}: it may have been renamed "
        f"a moment ago. Nothing was done. Run again, or give the id."
    )


def settle_window(client: Client) -> float:
    """Seconds within which reads and the list show what was written, at most."""
    return min(SETTLE_WINDOW, client.transport.connection.retry_timeout)


def settled(client: Client) -> Deadline:
    """When reads and the list show what was written until now, at the latest."""
    return client.deadline.within(settle_window(client))


def latest(client: Client, desired: Desired, current: Current) -> Current:
    """The resource as it is now. Only the list shows the size of a local volume, which a full update must name."""
    resource = client.resource
    if not is_complete(resource, current):
        # Before the read, so that nothing comes between that and the update.
        current = _relisted(client, desired, current)
    item = client.read(current.id)
    if item is None:
        shown = _still_listed(client, current.id)
        if shown is None:
            raise NotFound(f"The {resource.name} {current.id} has just been deleted by somebody else.")
        return combined(resource, current, seen(client, desired, shown))
    detail = seen(client, desired, item)
    merged = combined(resource, current, detail)
    if is_complete(resource, merged):
        return merged
    return combined(resource, _relisted(client, desired, merged), detail)


def _relisted(client: Client, desired: Desired, current: Current) -> Current:
    """The resource as the list shows it now, or as before where it does not."""
    shown = client.listed_one(current.id)
    return seen(client, desired, shown) if shown else current


def _still_listed(client: Client, identity: str) -> Item | None:
    """What the list shows of something that a read does not: what is new may lag there, and what is gone here."""
    try:
        shown = client.listed_one(identity)
    except Unsupported:
        return None
    return None if shown is None or is_deleting(client.resource, shown) else shown

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which resource is meant, and what is it now?

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ._client import Client
from ._desired import Current, Desired, current_from, hidden_values
from ._errors import Missing, NotOffered, NotUnique, Progress
from ._plan import Action, combined, differences, is_complete
from ._resource import Resource

__all__ = ["Found", "Subject", "chosen", "find"]


@dataclass(frozen=True)
class Found:
    """What is there.

    `known` are the ids that have the name, None where there was no looking by name. `blind` says that the server
    offers no way to look. `warnings` are for the case that something is created.
    """

    current: Current | None
    known: frozenset[str] | None = None
    blind: bool = False
    warnings: tuple[str, ...] = ()

    @property
    def progress(self) -> Progress:
        """What an error before any write is to say."""
        if self.current is None:
            return Progress(Action.NONE.value, changed=False)
        return Progress(Action.NONE.value, False, self.current.id, self.current.fields, self.current.observed)


@dataclass(frozen=True)
class Subject:
    """One resource that is to be as wanted, and the way to it."""

    resource: Resource
    client: Client
    desired: Desired

    def read(self, identity: str) -> Current | None:
        answer = self.client.get(identity)
        return self.seen(answer) if answer is not None else None

    def seen(self, answer: Mapping[str, Any]) -> Current:
        """The resource in an answer; no error shows its secrets from now on."""
        current = current_from(self.resource, answer)
        self.client.transport.hide(hidden_values(self.resource, self.desired, current.fields))
        return current

    def fits(self, answer: Mapping[str, Any]) -> bool:
        """Whether what an answer shows is as wanted."""
        return not differences(self.resource, self.seen(answer), self.desired)

    def appeared(self, identity: str) -> Current | None:
        """The resource, or None where it does not show yet. Raises NotOffered where the server never shows anything."""
        current = self.read(identity)
        if current is None:
            next(self.client.listed(), None)
        return current

    def latest(self, current: Current) -> Current:
        """The resource as it is now. Only the list shows the size of a local volume, which a full update must name."""
        detail = self.read(current.id)
        if detail is None:
            raise Missing(f"The {self.resource.name} {current.id} has just been deleted by somebody else.")
        latest = combined(self.resource, current, detail)
        if is_complete(self.resource, latest):
            return latest
        items = (self.seen(item) for item in self.client.listed() if item["id"] == current.id)
        item = next(items, None)
        return combined(self.resource, item, detail) if item else latest

    def is_going(self, current: Current) -> bool:
        """Whether it is being deleted, so that it is neither what is wanted nor in the way."""
        return (current.observed["status"]["status"] or "").lower() in self.resource.going_words


def find(subject: Subject) -> Found:
    """The resource by its id, or else by its name, completed by a get: a list item shows less.

    Raises NotUnique where several have the name, and NotOffered where something is to be absent that cannot be seen.
    """
    desired = subject.desired
    if desired.id is not None:
        # A server that has no such call answers 404 as well, so that alone proves no absence.
        current = subject.appeared(desired.id)
        return Found(None if current and subject.is_going(current) else current)
    if desired.present and not desired.unique_name:
        return Found(None)
    try:
        items = subject.client.named(desired.name or "")
    except NotOffered:
        if not desired.present:
            raise
        return Found(None, blind=True)
    found = chosen(subject, (subject.seen(item) for item in items))
    if found.current is None:
        return found
    detail = subject.read(found.current.id)
    return Found(combined(subject.resource, found.current, detail), found.known) if detail else found


def chosen(subject: Subject, named: Iterable[Current]) -> Found:
    """The one that is meant among all of one name. Raises NotUnique where nobody can tell."""
    items = list(named)
    staying = [item for item in items if not subject.is_going(item)]
    if len(staying) > 1:
        raise NotUnique(
            f"{len(staying)} {subject.resource.name}s have the name {subject.desired.name!r}: "
            f"{', '.join(item.id for item in staying)}. Give the id of the one you mean."
        )
    return Found(staying[0] if staying else None, frozenset(item.id for item in items))

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values that the API accepts and stores differently, so that they are not sent again in every run.

An API may make another value of one that it was given, such as an image with its registry. Each run would send it
anew, replace workers that run, and fail. Private to the ppio.gpu collection.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._errors import NotApplied
from .._planning.compare import Difference, differences
from .._planning.outcome import Outcome
from .._planning.plan import Action, Plan
from .._schema.path import ignore_rule
from .._schema.resource import Resource
from .entry import Located
from .notes import KEPT, Notes

__all__ = ["Unapplied", "advice"]

#: Seconds after which the same is sent once more: an API may learn.
_PAUSE = 86400.0
#: So many times something is sent before it counts as sent in vain.
_ENOUGH = 2


@dataclass(frozen=True)
class Unapplied:
    """What was sent in vain, by the id of the resource. Values are noted as digests, which `salt` makes unguessable."""

    notes: Notes
    salt: str

    def note(self, outcome: Outcome, found: Sequence[Difference]) -> None:
        """Note that these differences are left after a write."""
        seen = self._counts(outcome.identity)
        digests = {one.path: self._digest(one) for one in found}
        counts = {
            digest: seen.get(digest, 0) + _weight(outcome, one) for one in found for digest in [digests[one.path]]
        }
        self.notes.write(outcome.identity, {"id": outcome.identity, "in_vain": counts})

    def forget(self, identity: str) -> None:
        """Forget what was sent in vain: all of it is as wanted."""
        self.notes.remove(identity)

    def tidy(self) -> None:
        """Remove what does not count any more."""
        self.notes.remove_all(lambda note: self.notes.age(note) >= KEPT)

    def refuse(self, resource: Resource, located: Located, planned: Plan) -> None:
        """Raises NotApplied where nothing is planned but what was sent in vain."""
        current, desired = located.current, located.entry.desired
        if current is None or planned.action not in (Action.UPDATE, Action.RECREATE):
            return
        note = self.notes.find(current.id)
        if note is None or self.notes.age(note) >= _PAUSE:
            return
        found, counts = differences(resource, current, desired), self._counts(current.id)
        if not all(counts.get(self._digest(one), 0) >= _enough(one) for one in found):
            return
        raise NotApplied(
            f"{'; '.join(map(str, found))}: the API accepted this for the {resource.name} {current.id} before, and did "
            f"not apply it, so it was not sent again. {advice(resource, found)}"
        )

    def _counts(self, identity: str) -> Mapping[str, int]:
        note = self.notes.find(identity)
        counts = note.get("in_vain") if note else None
        return counts if isinstance(counts, dict) else {}

    def _digest(self, found: Difference) -> str:
        text = json.dumps([self.salt, found.path, _ordered(found.wanted), _ordered(found.current)], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:32]


def _enough(found: Difference) -> int:
    """How often it has to be sent to count as sent in vain. For what cannot change, the old one would be deleted."""
    return 1 if found.is_fixed else _ENOUGH


def advice(resource: Resource, found: Sequence[Difference]) -> str:
    """What ends it where the API makes other values of those that it is given."""
    ignorable = [one.path for one in found if not ignore_rule(resource, one.path)]
    ignoring = f", or name {', '.join(ignorable)} in ignore_changes" if ignorable else ""
    return f"If the API changes the given value to that, use the value that it shows{ignoring}."


def _weight(outcome: Outcome, found: Difference) -> int:
    """How often that counts: where something third came of it, or a new resource, once is enough."""
    if outcome.action is Action.CREATE:
        return 1
    is_third = _ordered(found.current) != _ordered(_value(outcome.before, found.path))
    return _ENOUGH if outcome.action is Action.RECREATE or is_third else 1


def _value(fields: Mapping[str, Any] | None, path: str) -> Any:
    value: Any = fields
    for name in path.split("."):
        value = (value or {}).get(name)
    return value


def _ordered(value: Any) -> Any:
    """The value with its lists in an order of their own: the API promises none."""
    if isinstance(value, Mapping):
        return {name: _ordered(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return sorted(map(_ordered, value), key=lambda element: json.dumps(element, sort_keys=True))
    return value

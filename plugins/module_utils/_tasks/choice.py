# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The choice in results: what the user sees of what was chosen, and why.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from typing import Any

from .._planning.choice import Choice, NoneFits
from .._reconcile.entry import Failed, Settled
from .._schema.money import amount
from .._schema.resource import Resource

__all__ = ["choice_facts", "choice_warnings"]


def choice_facts(resource: Resource, end: Settled | None) -> dict[str, Any]:
    """The choice as a part of a result; null where there was nothing to choose."""
    if resource.pricing is None:
        return {}
    choice = _choice(end) if end else None
    told = None if choice is None else {**_facts(choice), "tried": _tried(choice, has_failed=isinstance(end, Failed))}
    return {resource.pricing.catalog.name: told}


def choice_warnings(choice: Choice | None) -> tuple[str, ...]:
    """A warning where nobody knows whether what was chosen fits."""
    if choice is None or not choice.is_doubtful:
        return ()
    return (f"{choice.id} was chosen, but {choice.reason}.",)


def _choice(end: Settled) -> Choice | None:
    """What was chosen for an entry, or why nothing was."""
    if isinstance(end, Failed) and isinstance(end.error, NoneFits):
        return end.error.choice
    return end.entry.choice


def _tried(choice: Choice, *, has_failed: bool) -> list[dict[str, str]]:
    """What was tried, in this order, and what came of each; nothing where the first one was left as it is."""
    told = [{"id": one.id, "outcome": one.outcome, "reason": one.reason} for one in choice.tried]
    if told and choice.id not in {one.id for one in choice.tried}:
        told.append({"id": choice.id, "outcome": "failed" if has_failed else "ready", "reason": choice.reason})
    return told


def _facts(choice: Choice) -> dict[str, Any]:
    return {
        "id": choice.id or None,
        "reason": choice.reason,
        "candidates": [
            {
                "id": one.id,
                "fits": one.fits,
                "reason": one.reason,
                "price": None if one.price is None else amount(one.price),
                "available": one.available,
            }
            for one in choice.candidates
        ],
    }

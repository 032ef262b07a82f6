# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How is a resource created exactly once, when the API has no idempotency key?

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ._client import Client
from ._errors import BadAnswer, Lost, NotUnique, OutcomeUnknown, PpioError, Progress, Rejected, Unsent
from ._pace import first_seen

__all__ = ["Created", "create_once"]

#: Seconds within which a create whose answer was lost shows in the list, at most; the retry budget may end it sooner.
_SETTLE_WINDOW = 30.0


@dataclass(frozen=True)
class Created:
    """The new resource's id, and what the user should know of how it came about."""

    id: str
    warnings: tuple[str, ...] = ()


def create_once(client: Client, body: Mapping[str, Any], known: frozenset[str] | None) -> Created:
    """Send one create, and find out what became of it where the answer is lost.

    `known` are the ids that had the name before; None where there is no looking by name. Raises OutcomeUnknown where
    nothing can be found out, and NotUnique where more than one new resource turns up.
    """
    try:
        return Created(client.create(body))
    except Lost as error:
        if known is None:
            raise _unknown(body, error, "a rerun would create another one, because it does not look") from error
        return _adopted(client, body, known, error)


def _adopted(client: Client, body: Mapping[str, Any], known: frozenset[str], lost: Lost) -> Created:
    """The resource that a lost create left behind, if it shows in time."""
    failures: list[PpioError] = []

    def look() -> list[str] | None:
        try:
            return [item["id"] for item in client.named(body["name"]) if item["id"] not in known] or None
        except (Unsent, Lost, Rejected, BadAnswer) as error:
            # A page that fails says nothing about what exists.
            failures.append(error)
            return None

    transport = client.transport
    new = first_seen(look, transport.pace, min(transport.remaining, _SETTLE_WINDOW))
    if new is None:
        seen = f"looking for it failed ({failures[-1].message})" if failures else "it has not shown in the list so far"
        raise _unknown(body, lost, f"{seen}; a rerun is safe, because it looks first") from lost
    if len(new) > 1:
        raise NotUnique(
            f"{lost.message} Now several new ones have the name {body['name']}: {', '.join(new)}. Delete what is too many.",
            lost.call,
            Progress("create", changed=True),
        )
    warning = f"{lost.message} It had been created all the same, as {new[0]}; this task took it over instead of sending again."
    return Created(new[0], (warning,))


def _unknown(body: Mapping[str, Any], lost: Lost, detail: str) -> OutcomeUnknown:
    return OutcomeUnknown(
        f"Outcome unknown. {lost.message} It may exist and cost money: {detail}. Check the console for {body['name']!r}.",
        lost.call,
        Progress("create", changed=True),
    )

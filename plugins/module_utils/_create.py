# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How is a resource created exactly once, when the API has no idempotency key?

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ._client import Client
from ._errors import BadAnswer, Lost, NotUnique, OutcomeUnknown, PpioError, Progress, Rejected, Unsent
from ._pace import first_seen, pauses, told_pause

__all__ = ["Created", "create_once", "rivals", "window"]

#: Seconds within which reads show what was just written, at most; the retry budget may end it sooner.
_SETTLE_WINDOW = 30.0
_NOT_NOW = 429


@dataclass(frozen=True)
class Created:
    """The new resource's id, and what the user should know of how it came about.

    `certain` says that this very run created it: it has the API's word.
    """

    id: str
    certain: bool
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Look:
    """What a look by name found: new ids, or why nobody knows."""

    new: tuple[str, ...] = ()
    failure: PpioError | None = None


def create_once(client: Client, body: Mapping[str, Any], known: frozenset[str] | None, *, resend: bool) -> Created:
    """Send one create, and find out what became of it where the answer is lost.

    `known` are the ids that had the name before; None where there is no looking by name. A second request is sent only
    when the first was refused for now, or, with `resend`, when a look shows nothing. Raises OutcomeUnknown where
    nothing can be found out, and NotUnique where more than one new resource turns up.
    """
    warnings: tuple[str, ...] = ()
    for pause in pauses(client.transport.pace):
        try:
            return Created(client.create(body), certain=True, warnings=warnings)
        except Rejected as error:
            _rest_if_told(client, body, known, error, pause)
        except Lost as error:
            created = _found_out(client, body, known, error, resend=resend)
            if created:
                return replace(created, warnings=warnings + created.warnings)
            warnings += (
                f"{error.message} Nothing of it showed in the list, so it was sent again (on_ambiguous=resend).",
            )
    raise AssertionError("pauses never end")


def rivals(client: Client, name: str, known: frozenset[str], own: str) -> list[Mapping[str, Any]]:
    """Everything of this name that came into being beside `own`, looked for once the list shows `own` itself.

    Raises Lost where it does not show in time, because then it cannot show a rival either.
    """

    def look() -> list[Mapping[str, Any]] | None:
        items = [item for item in client.named(name) if item["id"] not in known]
        return items if any(item["id"] == own for item in items) else None

    items = first_seen(look, client.transport.pace, window(client))
    if items is None:
        raise Lost(f"The list does not show {own} yet, so another one of the name {name!r} cannot be ruled out.")
    return [item for item in items if item["id"] != own]


def window(client: Client) -> float:
    """Seconds that may be spent on looking whether something shows."""
    return min(client.transport.remaining, _SETTLE_WINDOW)


def _rest_if_told(
    client: Client, body: Mapping[str, Any], known: frozenset[str] | None, error: Rejected, pause: float
) -> None:
    """After "not now": wait as told, and look again before anything is sent again. Raises `error` for any other no."""
    if error.call is None or error.call.status != _NOT_NOW:
        raise error
    client.transport.rest(told_pause(error.call.retry_after, client.transport.pace) or pause, error)
    look = _look(client, body["name"], known) if known is not None else _Look()
    if look.failure:
        raise look.failure
    if look.new:
        raise NotUnique(
            f"While the API refused to create {body['name']!r} for now, somebody else did, as {', '.join(look.new)}. "
            f"Run again."
        )


def _found_out(
    client: Client, body: Mapping[str, Any], known: frozenset[str] | None, lost: Lost, *, resend: bool
) -> Created | None:
    """What a create left behind whose answer was lost. None where it may be sent again."""
    if known is None:
        raise _unknown(body, lost, "a rerun would create another one, because it does not look by name")
    last = _Look()

    def look() -> _Look | None:
        nonlocal last
        last = _look(client, body["name"], known)
        return last if last.new else None

    first_seen(look, client.transport.pace, window(client))
    if len(last.new) > 1:
        raise NotUnique(
            f"{lost.message} Now several new ones have the name {body['name']!r}: {', '.join(last.new)}. "
            f"Delete what is too many.",
            lost.call,
            Progress("create", changed=True),
        )
    if last.new:
        warning = (
            f"{lost.message} It came into being all the same, as {last.new[0]}, so it was taken over, not sent again."
        )
        return Created(last.new[0], certain=False, warnings=(warning,))
    if resend and not last.failure and client.transport.remaining:
        return None
    seen = f"looking for it failed ({last.failure.message})" if last.failure else "it does not show in the list so far"
    raise _unknown(body, lost, f"{seen}; a rerun is safe, because it looks first")


def _look(client: Client, name: str, known: frozenset[str]) -> _Look:
    try:
        return _Look(tuple(item["id"] for item in client.named(name) if item["id"] not in known))
    except (Unsent, Lost, Rejected, BadAnswer) as error:
        # A page that fails says nothing about what exists.
        return _Look(failure=error)


def _unknown(body: Mapping[str, Any], lost: Lost, detail: str) -> OutcomeUnknown:
    return OutcomeUnknown(
        f"Outcome unknown. {lost.message} It may exist and cost money: {detail}. "
        f"Check the console for {body['name']!r}.",
        lost.call,
        Progress("create", changed=True),
    )

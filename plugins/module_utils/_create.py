# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How is a resource created exactly once, when the API has no idempotency key?

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ._client import Client
from ._errors import Lost, NotUnique, OutcomeUnknown, PpioError, Progress
from ._pace import first_seen, pauses, told_pause

__all__ = ["SAME_AGE", "Created", "Creation", "create_once", "rivals", "window"]

#: Seconds within which reads show what was just written, at most; the retry budget may end it sooner.
_SETTLE_WINDOW = 30.0
#: Seconds that may lie between two creations of the same `created_at`.
SAME_AGE = 1.0
#: Nobody can tell what came of a lost request from what a rival created at the same moment.
_LATE = "Should another one of this name show up later, it is of the same request."
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
    """What a look by name found: new ids, those of them that are as wanted, or why nobody knows."""

    new: tuple[str, ...] = ()
    fitting: tuple[str, ...] = ()
    failure: PpioError | None = None


@dataclass(frozen=True)
class Creation:
    """What is to be created, and how to tell it from others.

    `known` are the ids that had the name before; None where there is no looking by name. `fits` says whether an item of
    the list is as wanted: one of the name that is not may be somebody else's, or only now come into sight.
    """

    body: Mapping[str, Any]
    known: frozenset[str] | None
    fits: Callable[[Mapping[str, Any]], bool]

    @property
    def name(self) -> str:
        return str(self.body["name"])


def create_once(client: Client, creation: Creation, *, resend: bool) -> Created:
    """Send one create, and find out what became of it where the answer is lost.

    A second request is sent only when the first was refused for now, or, with `resend`, when a look shows nothing.
    Raises OutcomeUnknown where nothing can be found out, and NotUnique where more than one new resource turns up.
    """
    lost: Lost | None = None
    warnings: tuple[str, ...] = ()
    for pause in pauses(client.transport.pace):
        try:
            return Created(client.create(creation.body), certain=True, warnings=warnings)
        except Lost as error:
            lost, again = error, resend
        except PpioError as error:
            if lost is None:
                _rest_if_told(client, creation, error, pause)
                continue
            # After a lost answer even a refusal proves nothing: what it conflicts with may be what was lost.
            again = False
        created = _found_out(client, creation, lost, resend=again)
        if created:
            return replace(created, warnings=warnings + created.warnings)
        warnings += (f"{lost.message} Nothing of it showed in the list, so it was sent again (on_ambiguous=resend).",)
    raise AssertionError("pauses never end")


def rivals(client: Client, name: str, known: frozenset[str], own: str, *, of_age: bool) -> list[Mapping[str, Any]]:
    """Everything of this name that came into being beside `own`, looked for once the list shows `own` itself.

    `of_age` looks once more when whatever comes later is younger by its `created_at`, which counts in seconds: only
    then do all runs that sort by it see the same. Raises Lost where it does not show in time, because then it cannot
    show a rival either.
    """

    others: list[Mapping[str, Any]] = []

    def look() -> bool | None:
        nonlocal others
        new = [item for item in client.named(name) if item["id"] not in known]
        others = [item for item in new if item["id"] != own]
        return True if len(new) > len(others) else None

    shows = first_seen(look, client.transport.pace, window(client))
    if shows and of_age:
        client.transport.pace.sleep(SAME_AGE)
        shows = look()
    if not shows and not others:
        raise Lost(f"The list does not show {own} yet.")
    return others


def window(client: Client) -> float:
    """Seconds that may be spent on looking whether something shows."""
    return min(client.transport.remaining, _SETTLE_WINDOW)


def _rest_if_told(client: Client, creation: Creation, error: PpioError, pause: float) -> None:
    """After "not now": wait as told, and look again before anything is sent again. Raises `error` for any other no."""
    if error.call is None or error.call.status != _NOT_NOW:
        raise error
    client.transport.rest(told_pause(error.call.retry_after, client.transport.pace) or pause, error)
    look = _look(client, creation, creation.known) if creation.known is not None else _Look()
    if look.failure:
        raise look.failure
    if look.new:
        raise NotUnique(
            f"While the API refused to create {creation.name!r} for now, somebody else did, as {', '.join(look.new)}. "
            f"Run again."
        )


def _found_out(client: Client, creation: Creation, lost: Lost, *, resend: bool) -> Created | None:
    """What a create left behind whose answer was lost. None where it may be sent again."""
    known = creation.known
    if known is None:
        raise _unknown(creation, lost, "a rerun would create another one, because there is no looking by name")
    last = _Look()
    new: dict[str, None] = {}
    fitting: dict[str, None] = {}

    def look() -> _Look | None:
        nonlocal last
        last = _look(client, creation, known)
        new.update(dict.fromkeys(last.new))
        fitting.update(dict.fromkeys(last.fitting))
        # Where there are several, more may come into sight, and each costs money: all are to be named.
        return last if len(fitting) == 1 else None

    first_seen(look, client.transport.pace, window(client))
    if len(fitting) > 1:
        raise NotUnique(
            f"{lost.message} Now several new ones have the name {creation.name!r}: {', '.join(new)}. "
            f"Delete what is too many. {_LATE}",
            lost.call,
            Progress("create", changed=True),
        )
    if last.fitting:
        warning = (
            f"{lost.message} It came into being all the same, as {last.fitting[0]}, so it was taken over, not sent "
            f"again. {_LATE}"
        )
        return Created(last.fitting[0], certain=False, warnings=(warning,))
    if resend and not (last.failure or last.new) and client.transport.remaining:
        return None
    raise _unknown(creation, lost, f"{_seen(last)}; a rerun is safe, because it looks first")


def _look(client: Client, creation: Creation, known: frozenset[str]) -> _Look:
    try:
        new = [item for item in client.named(creation.name) if item["id"] not in known]
        fitting = tuple(item["id"] for item in new if creation.fits(item))
    except PpioError as error:
        # A page that fails says nothing about what exists.
        return _Look(failure=error)
    return _Look(tuple(item["id"] for item in new), fitting)


def _seen(look: _Look) -> str:
    if look.failure:
        return f"looking for it failed ({look.failure.message})"
    return f"{', '.join(look.new)} showed up, but not as wanted" if look.new else "it does not show in the list so far"


def _unknown(creation: Creation, lost: Lost, detail: str) -> OutcomeUnknown:
    return OutcomeUnknown(
        f"Outcome unknown. {lost.message} It may exist and cost money: {detail}. "
        f"Check the console for {creation.name!r}.",
        lost.call,
        Progress("create", changed=True),
    )

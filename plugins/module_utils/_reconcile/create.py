# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Creating exactly once, when the API has no idempotency key.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .._api.client import Client, Item
from .._clock import backoff_delays, poll, retry_after_seconds
from .._errors import AmbiguousResponse, NotUnique, OutcomeUnknown, PartialResult, PpioError, require
from .snapshot import SETTLE_WINDOW

__all__ = ["Created", "Creation", "create_once"]

#: Nobody can tell what came of a lost request from what somebody else created at the same moment.
_LATE = "Should another one of this name show up later, it is a duplicate; delete it."
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
    """What all looks by name found so far: new ids, those of them that are as wanted, and why the last one failed."""

    new: tuple[str, ...] = ()
    fitting: tuple[str, ...] = ()
    failure: PpioError | None = None


@dataclass(frozen=True)
class Creation:
    """What is to be created, and how to tell it from others.

    `known` are the ids that had the name before; None where there is no looking by name. `fits` says whether an item of
    the list is as wanted: one of the name that is not may be somebody else's, or only now come into sight. `is_noted`
    says that later tasks of this machine know of it.
    """

    name: str
    body: Mapping[str, Any]
    known: frozenset[str] | None
    fits: Callable[[Item], bool]
    is_noted: bool


def create_once(client: Client, creation: Creation, *, resend: bool) -> Created:
    """Send one create, and find out what became of it where the answer is lost.

    A second request is sent only when the first was refused for now, or, with `resend`, when a look shows nothing.
    Raises OutcomeUnknown where nothing can be found out, and NotUnique where more than one new resource turns up.
    """
    lost: AmbiguousResponse | None = None
    warnings: tuple[str, ...] = ()
    began = client.deadline.clock.now()
    for delay in backoff_delays(client.deadline.clock):
        try:
            identity = client.create(creation.body)
            if identity is not None:
                return Created(identity, certain=True, warnings=warnings)
            return _shown(client, creation)
        except AmbiguousResponse as error:
            lost, again = error, resend
        except PpioError as error:
            if lost is None:
                _rest_if_refused_for_now(client, creation, error, delay, began)
                continue
            # After a lost answer even a refusal proves nothing: what it conflicts with may be what was lost.
            again = False
        created = _found_out(client, creation, lost, resend=again)
        if created:
            return replace(created, warnings=warnings + created.warnings)
        warnings += (f"{lost.message} Nothing of it showed in the list, so it was sent again (on_ambiguous=resend).",)
    raise AssertionError("backoff delays never end")


def _rest_if_refused_for_now(client: Client, creation: Creation, error: PpioError, delay: float, began: float) -> None:
    """After "not now": wait as told, and look again before anything is sent again. Raises `error` for any other no."""
    if error.call is None or error.call.status != _NOT_NOW:
        raise error
    delay = retry_after_seconds(error.call.retry_after, client.deadline.clock) or delay
    client.transport.rest(delay, error, client.deadline, began)
    if creation.known is None:
        return
    look = _look(client, creation, creation.known, _Look())
    if look.failure:
        raise look.failure
    if look.new:
        raise NotUnique(
            f"While the API refused to create {creation.name!r} for now, somebody else did, as {', '.join(look.new)}. "
            f"Run again."
        )


def _shown(client: Client, creation: Creation) -> Created:
    """What the list shows of a create whose answer never says the id."""
    silent = AmbiguousResponse(f"The API accepted the create of {creation.name!r}, and does not say its id.")
    return replace(require(_found_out(client, creation, silent, resend=False)), warnings=())


def _found_out(client: Client, creation: Creation, lost: AmbiguousResponse, *, resend: bool) -> Created | None:
    """What a create left behind whose answer was lost. None where it may be sent again."""
    known = creation.known
    if known is None:
        raise _unknown(creation, lost, "a rerun would create another one, because it cannot be looked up by name")
    look = _Look()

    def look_again() -> _Look:
        nonlocal look
        look = _look(client, creation, known, look)
        return look

    # Where there are several, more may come into sight, and each costs money: all are to be named.
    poll(look_again, lambda seen: len(seen.fitting) == 1, client.deadline.within(SETTLE_WINDOW))
    if len(look.fitting) > 1:
        raise NotUnique(
            f"{lost.message} Now several new ones have the name {creation.name!r}: {', '.join(look.new)}. "
            f"Delete those that are too many. {_LATE}",
            lost.call,
            PartialResult("create", changed=True),
        )
    if look.fitting:
        warning = (
            f"{lost.message} It was created all the same, as {look.fitting[0]}, so it was adopted, not sent "
            f"again. {_LATE}"
        )
        return Created(look.fitting[0], certain=False, warnings=(warning,))
    # What a list has shown and lost again may still be there.
    if resend and not (look.failure or look.new) and client.deadline.remaining:
        return None
    raise _unknown(creation, lost, f"{_described(look)}; {_rerun(creation)}")


def _look(client: Client, creation: Creation, known: frozenset[str], before: _Look) -> _Look:
    """One more look by name. What earlier ones saw is kept, because a list may lose it again for a while."""
    try:
        items = [item for item in client.named(creation.name) if client.id_of(item) not in known]
        fitting = tuple(client.id_of(item) for item in items if creation.fits(item))
    except PpioError as error:
        # A page that fails says nothing about what exists.
        return replace(before, failure=error)
    new = tuple(map(client.id_of, items))
    return _Look(tuple(dict.fromkeys(before.new + new)), tuple(dict.fromkeys(before.fitting + fitting)))


def _described(look: _Look) -> str:
    if look.failure:
        return f"looking for it failed ({look.failure.message})"
    return f"{', '.join(look.new)} showed up, but not as wanted" if look.new else "it does not show in the list so far"


def _rerun(creation: Creation) -> str:
    if creation.is_noted:
        return "a rerun on this machine is safe: it looks first, and creates nothing while this may still show up"
    return "a rerun looks first, but creates another one if the list does not show this one yet"


def _unknown(creation: Creation, lost: AmbiguousResponse, detail: str) -> OutcomeUnknown:
    return OutcomeUnknown(
        f"Outcome unknown. {lost.message} It may exist and cost money: {detail}. "
        f"Check the console for {creation.name!r}.",
        lost.call,
        PartialResult("create", changed=True),
    )

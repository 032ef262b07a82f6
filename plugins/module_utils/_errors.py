# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The errors: one family, whose messages and facts may be shown.

One family of exceptions. Each carries a message for a person and the public facts of the call that failed; never a
header, never a body. Private to the ppio.gpu collection.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from ._redaction import CONTROL, Secrets

__all__ = [
    "NOTHING_DONE",
    "AmbiguousResponse",
    "Call",
    "ChangedMeanwhile",
    "ConnectFailed",
    "ImmutableDifference",
    "InStock",
    "IncompleteCreate",
    "InvalidOptions",
    "InvalidResponse",
    "Leaving",
    "NotApplied",
    "NotAttempted",
    "NotFound",
    "NotUnique",
    "OutcomeUnknown",
    "PartialResult",
    "PpioError",
    "Rejected",
    "TlsFailed",
    "UnexpectedError",
    "Unsupported",
    "Unwritable",
    "WaitFailed",
    "cleaned",
    "first_of",
    "printable",
    "require",
    "several_places",
]

Value = TypeVar("Value")

_LONGEST_TEXT = 2000


@dataclass(frozen=True)
class Call:
    """The public facts of one call. `status` is the HTTP status, or None where no answer came."""

    method: str
    path: str
    status: int | None = None
    reason: str = ""
    request_id: str = ""
    retry_after: str = ""


@dataclass(frozen=True)
class PartialResult:
    """What had been done when an error stopped the task, so that nothing that costs money goes unmentioned.

    `fields` and `observed` are the resource as last seen or asked for; None where there is none. `rollout` is what a
    wait has shown, and `smoke_test` the conversation with it, if there was one. `deleted` is the one that had to make
    room for it and could not be put back, as it was.
    """

    operation: str
    changed: bool
    id: str | None = None
    fields: Mapping[str, Any] | None = None
    observed: Mapping[str, Any] | None = None
    warnings: tuple[str, ...] = ()
    smoke_test: Any = None
    deleted: PartialResult | None = None
    rollout: Mapping[str, Any] | None = None

    def seen(self, later: PartialResult | None) -> PartialResult:
        """The same, with the resource as a later look showed it, if there was one."""
        if later is None or later.fields is None:
            return self
        return replace(self, fields=later.fields, observed=later.observed)


#: What an error says that came before any write.
NOTHING_DONE = PartialResult("none", changed=False)


class PpioError(Exception):
    """Whatever a user, the network or the API can cause."""

    def __init__(self, message: str, call: Call | None = None, partial: PartialResult | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.call = call
        self.partial = partial

    def after(self, partial: PartialResult) -> PpioError:
        """The same error, with what had been done before it. The first word on that stands."""
        return self if self.partial else self.telling(partial)

    def telling(self, partial: PartialResult) -> PpioError:
        """The same error, with this as what had been done before it."""
        told = copy.copy(self)
        told.partial = partial
        return told

    def noted(self, note: str) -> PpioError:
        """The same error, with one more sentence."""
        told = copy.copy(self)
        told.message = f"{self.message} {note}"
        return told


class InvalidOptions(PpioError):
    """Options that the API would refuse. Nothing was sent."""


class ConnectFailed(PpioError):
    """No connection came about, so the API cannot have seen the request."""


class TlsFailed(PpioError):
    """TLS failed. Final: there is no second try and nothing weaker to fall back on."""


class AmbiguousResponse(PpioError):
    """The request may have arrived, and no usable answer came back."""


class Rejected(PpioError):
    """The API answered, and said no."""


class NotFound(Rejected):
    """The API says that what was asked for does not exist."""


class Unsupported(Rejected):
    """This server has no such call."""


class InvalidResponse(PpioError):
    """The API said yes in a form that cannot be read."""


class NotUnique(PpioError):
    """Several resources have the name that was to identify one."""


class ImmutableDifference(PpioError):
    """A field differs that cannot change."""


class Leaving(PpioError):
    """What is there may be about to go away."""


class NotApplied(PpioError):
    """The API accepted a change and does not show it."""


class ChangedMeanwhile(PpioError):
    """Somebody else changed it while this task was at it, so that nothing more is written."""


class InStock(PpioError):
    """There is stock for it after all, so that it stays what it is."""


class NotAttempted(PpioError):
    """Nothing was tried, because everything before it was refused."""


class IncompleteCreate(InvalidOptions):
    """Something would have to be created, and options are missing that only a create needs."""


class UnexpectedError(PpioError):
    """A mistake of this collection, met while other work was going on whose outcome must not be lost.

    `traceback` says where; it has no values in it.
    """

    traceback: str = ""


class Unwritable(PpioError):
    """A file cannot be written, or would not say what is there."""


class WaitFailed(PpioError):
    """What was waited for did not come."""


class OutcomeUnknown(PpioError):
    """A create may or may not have happened."""


def require(value: Value | None) -> Value:
    """`value`, where what was done before leaves no doubt that there is one."""
    if value is None:
        raise AssertionError("a value is missing that must be there")
    return value


def printable(text: str, secrets: Secrets | None = None) -> str:
    """`text` from a server as one line, without `secrets`, that cannot steer a terminal or a log.

    Cut to 2000 characters.
    """
    if not text:
        return ""
    line = CONTROL.sub(" ", secrets.hide(text) if secrets else text).strip()
    return line if len(line) <= _LONGEST_TEXT else f"{line[:_LONGEST_TEXT]}..."


def first_of(texts: Sequence[str], most: int, separator: str = ", ") -> str:
    """The first `most` texts, and how many more there are."""
    more = [f"and {len(texts) - most} more"] if len(texts) > most else []
    return separator.join([*texts[:most], *more])


def several_places(places: Sequence[str]) -> str:
    """Two places or more as the subject of a sentence, such as `a[0] and a[1] both`."""
    return f"{', '.join(places[:-1])} and {places[-1]} {'both' if len(places) == 2 else 'all'}"


def cleaned(text: str, secrets: Secrets) -> str:
    """`text` from a server without `secrets`, with its line breaks and tabs but nothing else that steers a terminal."""
    lines = secrets.hide(text).replace("\r\n", "\n").split("\n")
    return "\n".join("\t".join(CONTROL.sub(" ", part) for part in line.split("\t")) for line in lines)

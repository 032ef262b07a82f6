# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The expectation: whether an answer of a service is the one that was hoped for, and if not, why.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._errors import printable
from .._redaction import Secrets

__all__ = ["Expectation", "Reply", "unmet"]

_LONGEST_VALUE = 100


@dataclass(frozen=True)
class Reply:
    """An answer of a service. `document` is its JSON, None where it `is_json` not. It took `seconds`.

    `is_cut` says that this is only the beginning. `status` is None where there is no HTTP status to judge.
    """

    status: int | None
    text: str = field(repr=False)
    document: Any = field(repr=False)
    is_json: bool
    seconds: float
    is_cut: bool


@dataclass(frozen=True)
class Expectation:
    """What an answer has to be: one of the statuses, with this text and this JSON in it, within so many seconds."""

    status: tuple[int, ...] = (200,)
    contains: str = ""
    json: Any = None
    max_seconds: float | None = None


def unmet(expected: Expectation, reply: Reply, secrets: Secrets) -> tuple[str, ...]:
    """Everything in which the reply is another one, each as the end of a sentence that begins with "it"."""
    return tuple(_unmet(expected, reply, secrets))


def _unmet(expected: Expectation, reply: Reply, secrets: Secrets) -> Iterator[str]:
    if reply.status is not None and reply.status not in expected.status:
        hint = " (redirects are not followed)" if 300 <= reply.status < 400 else ""
        yield f"answered HTTP {reply.status} instead of {' or '.join(map(str, expected.status))}{hint}"
    if expected.contains and expected.contains not in reply.text:
        yield f"answered without {_shown(expected.contains, secrets)} (expect.contains)"
    if expected.json is not None:
        yield from _unlike_json(expected.json, reply, secrets)
    if expected.max_seconds is not None and reply.seconds > expected.max_seconds:
        yield f"took {reply.seconds:.2f} s, more than {expected.max_seconds:g} s (expect.max_seconds)"


def _unlike_json(wanted: Any, reply: Reply, secrets: Secrets) -> Iterator[str]:
    if reply.is_json:
        difference = next(_differences(wanted, reply.document, ""), None)
        if difference:
            yield f"answered with other JSON: {difference.told(secrets)} (expect.json)"
    elif reply.is_cut:
        yield "answered with more than can be read as JSON (expect.json)"
    else:
        yield "did not answer with JSON (expect.json)"


@dataclass(frozen=True)
class _Difference:
    """A place in JSON where the answer differs. `given` has the one value that is there; it is empty if nothing is."""

    place: str
    given: tuple[Any, ...]
    wanted: Any

    def told(self, secrets: Secrets) -> str:
        place = printable(self.place, secrets) or "it"
        if not self.given:
            return f"{place} is missing"
        return f"{place} is {_shown(self.given[0], secrets)} instead of {_shown(self.wanted, secrets)}"


def _differences(wanted: Any, given: Any, place: str) -> Iterator[_Difference]:
    """Where `given` lacks something of `wanted`: keys may be more, lists have the same length, scalars are equal."""
    match wanted:
        case Mapping() if isinstance(given, Mapping):
            for name, inner in wanted.items():
                path = f"{place}.{name}" if place else str(name)
                if name not in given:
                    yield _Difference(path, (), inner)
                else:
                    yield from _differences(inner, given[name], path)
        case list() if isinstance(given, list) and len(given) == len(wanted):
            for number, (inner, element) in enumerate(zip(wanted, given, strict=True)):
                yield from _differences(inner, element, f"{place}[{number}]")
        case _ if isinstance(wanted, bool) is not isinstance(given, bool) or wanted != given:
            yield _Difference(place, (given,), wanted)


def _shown(value: Any, secrets: Secrets) -> str:
    """A value as JSON. Secrets are hidden before it is cut, so that no part of one is left."""
    text = printable(json.dumps(value, ensure_ascii=False, default=str), secrets)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}..."

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The question to a service: what is sent, how often, and which answer is expected.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._errors import InvalidOptions
from .._schema.service import SAFE_METHODS
from .expectation import Expectation

__all__ = ["Job", "Question", "expectation_from", "job_from", "keep_out", "question_from"]


@dataclass(frozen=True)
class Question:
    """One request to a service, in the options' terms; times are seconds. `secrets` are the secret headers' values."""

    method: str
    path: str
    headers: Mapping[str, str] = field(repr=False)
    content: bytes | None = field(repr=False)
    timeout: float
    start_timeout: float
    successes: int
    repeatable: bool
    expect: Expectation
    secrets: tuple[str, ...] = field(repr=False)

    @property
    def may_repeat(self) -> bool:
        """Whether it may arrive twice."""
        return self.repeatable or self.method in SAFE_METHODS


@dataclass(frozen=True)
class Job:
    """A job for a service. `timeout` is how long it may take; after that it is cancelled, or left where it is."""

    input: Any = field(repr=False)
    timeout: float
    is_cancelled: bool
    expect: Expectation


def question_from(params: Mapping[str, Any]) -> Question:
    """The validated options as a question."""
    open_headers, secret_headers = (_texts(params[name]) for name in ("headers", "secret_headers"))
    headers = {**open_headers, **secret_headers}
    body = params["body"]
    if body is not None and not isinstance(body, str) and "content-type" not in map(str.lower, headers):
        headers["Content-Type"] = "application/json"
    return Question(
        method=params["method"],
        path=f"/{params['path'].lstrip('/')}",
        headers=headers,
        content=None if body is None else _text(body).encode(),
        timeout=params["timeout"],
        start_timeout=params["start_timeout"],
        successes=params["successes"],
        repeatable=params["repeatable"],
        expect=expectation_from(params),
        secrets=tuple(secret for value in secret_headers.values() for secret in _with_token(value)),
    )


def job_from(params: Mapping[str, Any]) -> Job:
    """The validated options as a job."""
    return Job(params["input"], params["job_timeout"], params["on_timeout"] == "cancel", expectation_from(params))


def expectation_from(params: Mapping[str, Any]) -> Expectation:
    """What the answer has to be."""
    expect = params["expect"] or {}
    return Expectation(
        status=tuple(expect.get("status") or (200,)),
        contains=expect.get("contains") or "",
        json=expect.get("json"),
        max_seconds=expect.get("max_seconds"),
    )


def keep_out(key: str, options: Mapping[str, Any]) -> None:
    """Raises InvalidOptions where one of the options that are sent to a service has the API key in it."""
    place = next((place for place, text in _placed("", options) if key and key in text), "")
    if place:
        raise InvalidOptions(
            f"{place} has the API key in it. The key goes to the API alone, never to what runs there: anybody who can "
            "change the image could read it. Use a credential of the application's own. Nothing was sent."
        )


def _placed(place: str, value: Any) -> Iterator[tuple[str, str]]:
    """Every text in the options, and the option in which it stands."""
    match value:
        case str():
            yield place, value
        case Mapping():
            for name, inner in value.items():
                path = f"{place}.{name}" if place else str(name)
                yield place, str(name)
                yield from _placed(path, inner)
        case list():
            for number, inner in enumerate(value):
                yield from _placed(f"{place}[{number}]", inner)


def _texts(headers: Mapping[str, Any] | None) -> dict[str, str]:
    return {str(name): str(value) for name, value in (headers or {}).items()}


def _with_token(value: str) -> tuple[str, ...]:
    """A header's value, and the token in it after a word such as Bearer."""
    return tuple(text for text in (value, value.partition(" ")[2].strip()) if text)


def _text(body: Any) -> str:
    return body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)

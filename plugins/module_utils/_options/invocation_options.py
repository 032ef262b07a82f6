# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a module that asks one service: which one, with a question or a job.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .._schema.resource import Field, Kind
from .argument_spec import filled_variable
from .limits import limited
from .question_options import QUESTION, question_violations, unlike_json
from .violation import ArgumentSpec, Violation

__all__ = ["INVOCATION_LIMITS", "invocation_spec", "invocation_violations"]

#: The limits of the options that only an invocation has: where to ask, and how long a job may take.
INVOCATION_LIMITS = (
    Field("url", Kind.TEXT),
    Field("gateway_url", Kind.TEXT),
    Field("job_timeout", Kind.INTEGER, 1, 86400),
)


def invocation_spec() -> ArgumentSpec:
    """The options of a module that asks one service."""
    return {
        "id": {"type": "str"},
        "name": {"type": "str"},
        "url": {"type": "str"},
        **QUESTION,
        "input": {"type": "raw"},
        "job_timeout": {"type": "int", "default": 600},
        "on_timeout": {"type": "str", "choices": ["cancel", "leave"], "default": "cancel"},
        "gateway_url": {"type": "str", "fallback": (filled_variable, ["PPIO_GATEWAY_URL"])},
    }


def invocation_violations(params: Mapping[str, Any]) -> tuple[Violation, ...]:
    """Everything in `params`, as the user wrote them, that cannot be sent."""
    return (*_misplaced(params), *limited(INVOCATION_LIMITS, params), *question_violations(params))


def _misplaced(params: Mapping[str, Any]) -> Iterator[Violation]:
    given = [name for name in ("id", "name", "url") if params.get(name) is not None]
    if len(given) != 1:
        yield Violation("url", "or id or name must be given, and only one of them")
    if params.get("input") is None:
        return
    yield from unlike_json("input", params["input"])
    for name in ("url", "path", "method", "body", "headers", "secret_headers"):
        if params.get(name) is not None:
            yield Violation(name, "cannot be given with input, which goes to the job gateway")

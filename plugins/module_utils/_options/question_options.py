# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a question to a service: what to send, how long to wait, and which answer is expected.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from .._schema.resource import Field, Kind
from .._schema.service import SAFE_METHODS
from .given import given
from .limits import outside
from .validation import is_unicode, mapping_of
from .violation import ArgumentSpec, Violation, is_true, kind_of, string_rule, unknown

__all__ = [
    "EXPECT_LIMITS",
    "QUESTION",
    "QUESTION_LIMITS",
    "question_check",
    "question_violations",
    "unlike_json",
]

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")

#: The options of a question.
QUESTION: ArgumentSpec = {
    "path": {"type": "str", "default": "/"},
    "method": {"type": "str", "choices": list(_METHODS), "default": "GET"},
    "headers": {"type": "dict"},
    "secret_headers": {"type": "dict", "no_log": True},
    "body": {"type": "raw"},
    "timeout": {"type": "int", "default": 60},
    "start_timeout": {"type": "int", "default": 300},
    "successes": {"type": "int", "default": 1},
    "repeatable": {"type": "bool", "default": False},
    "expect": {
        "type": "dict",
        "options": {
            "status": {"type": "list", "elements": "int", "default": [200]},
            "contains": {"type": "str"},
            "json": {"type": "raw"},
            "max_seconds": {"type": "float"},
        },
    },
}
#: The limits of these options.
QUESTION_LIMITS = (
    Field("path", Kind.TEXT, None, 8192),
    Field("method", Kind.TEXT, choices=_METHODS),
    Field("timeout", Kind.INTEGER, 1, 3600),
    Field("start_timeout", Kind.INTEGER, 0, 86400),
    Field("successes", Kind.INTEGER, 1, 100),
    Field("repeatable", Kind.BOOLEAN),
)
#: The limits of what may be expected.
EXPECT_LIMITS = (
    Field("status", Kind.LIST, item=Field("status", Kind.INTEGER, 100, 599)),
    Field("contains", Kind.TEXT),
)
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", re.ASCII)
#: What says how a message is built, which is not the user's to say.
_OUR_HEADERS = frozenset(
    {
        "accept-encoding",
        "connection",
        "content-length",
        "expect",
        "host",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)


def question_violations(params: Mapping[str, Any]) -> tuple[Violation, ...]:
    """Everything in a question that cannot be sent."""
    return (
        *outside(QUESTION_LIMITS, params),
        *_unprintable(params),
        *_bad_headers(params),
        *unlike_json("body", params.get("body")),
        *_bad_repetition(params),
        *_bad_expectation(params.get("expect")),
    )


def question_check(value: Any, found: list[Violation]) -> Any:
    """The check of a question that is asked in a task about something else; Ansible converts it."""
    question = mapping_of(value)
    if question is None:
        found.append(Violation("", "must be a mapping", kind_of(value)))
        return value
    wrong = [*unknown(question, QUESTION), *question_violations(question)]
    found += wrong
    return value if wrong else ArgumentSpecValidator(QUESTION).validate(given(question, QUESTION)).validated_parameters


def unlike_json(place: str, value: Any) -> Iterator[Violation]:
    """Everything in a value that JSON does not have, such as the number nan, which a file of YAML may have."""
    match value:
        case str() if not is_unicode(value):
            yield Violation(place, "has text that is not valid Unicode")
        case float() if not math.isfinite(value):
            yield Violation(place, "must be a number that JSON has", repr(float(value)))
        case None | str() | bool() | int() | float():
            return
        case Mapping():
            for name, inner in value.items():
                yield from unlike_json(place, str(name))
                yield from unlike_json(f"{place}.{name}", inner)
        case list() | tuple():
            for number, inner in enumerate(value):
                yield from unlike_json(f"{place}[{number}]", inner)
        case _:
            yield Violation(place, "must be a string (quote it), or another value that JSON has")


def _unprintable(params: Mapping[str, Any]) -> Iterator[Violation]:
    path = params.get("path")
    if isinstance(path, str) and not path.isprintable():
        yield Violation("path", "must have no control characters")


def _bad_headers(params: Mapping[str, Any]) -> Iterator[Violation]:
    seen: dict[str, str] = {}
    for option in ("headers", "secret_headers"):
        if params.get(option) is None:
            continue
        headers = mapping_of(params[option])
        if headers is None:
            yield Violation(option, "must be a mapping", kind_of(params[option]))
            continue
        for name, value in headers.items():
            path = f"{option}.{name}"
            rule = _header_rule(str(name), value)
            if not rule and str(name).lower() in seen:
                rule = f"repeats {seen[str(name).lower()]}"
            seen[str(name).lower()] = path
            if rule:
                yield Violation(path, rule)


def _header_rule(name: str, value: Any) -> str:
    """The rule that a header breaks, or an empty text. No value is ever shown."""
    if not _TOKEN.fullmatch(name):
        return "is not the name of a header"
    if name.lower() in _OUR_HEADERS:
        return "is set by the module"
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return string_rule(value)
    text = str(value)
    if not (text.isascii() and text.isprintable()) or text != text.strip():
        return "must be ASCII without line breaks, control characters and surrounding spaces"
    return ""


def _bad_repetition(params: Mapping[str, Any]) -> Iterator[Violation]:
    successes, method = params.get("successes"), params.get("method") or "GET"
    if successes in (None, 1, "1") or is_true(params.get("repeatable")):
        return
    if str(method) not in SAFE_METHODS:
        yield Violation("successes", f"above 1 sends {method} several times, which needs repeatable: true")


def _bad_expectation(value: Any) -> Iterator[Violation]:
    if value is None:
        return
    expect = mapping_of(value)
    if expect is None:
        yield Violation("expect", "must be a mapping", kind_of(value))
        return
    for found in (*unknown(expect, QUESTION["expect"]["options"]), *outside(EXPECT_LIMITS, expect)):
        yield found.inside("expect")
    yield from unlike_json("expect.json", expect.get("json"))
    seconds = expect.get("max_seconds")
    if seconds is not None and not _is_positive(seconds):
        yield Violation("expect.max_seconds", "must be a number above 0")


def _is_positive(value: Any) -> bool:
    return bool(re.fullmatch(r"\d{1,9}(\.\d{1,9})?", str(value), re.ASCII)) and float(value) > 0

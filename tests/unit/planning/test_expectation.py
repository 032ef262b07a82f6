# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When is an answer not as expected, and how is that said?"""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.ppio.gpu.plugins.module_utils._planning.expectation import Expectation, Reply, unmet
from ansible_collections.ppio.gpu.plugins.module_utils._redaction import Secrets

SECRET = "hunter2-of-the-service"


def judged(expected: Expectation, document: Any = None, **reply: Any) -> tuple[str, ...]:
    """What is wrong with an answer that has this JSON, or else with the one described."""
    text = "" if document is None else json.dumps(document)
    parts: dict[str, Any] = {
        "status": 200,
        "text": text,
        "document": document,
        "is_json": bool(text),
        "seconds": 0.5,
        "is_cut": False,
    }
    return unmet(expected, Reply(**{**parts, **reply}), Secrets([SECRET]))


@pytest.mark.parametrize("status", [200, 204])
def test_any_of_the_statuses_is_good(status: int) -> None:
    assert judged(Expectation(status=(200, 204)), status=status) == ()


@pytest.mark.parametrize(
    ("status", "hint"),
    [
        (299, ""),
        (300, " (redirects are not followed)"),
        (399, " (redirects are not followed)"),
        (400, ""),
        (500, ""),
    ],
)
def test_another_status_is_named_with_the_ones_that_are_good(status: int, hint: str) -> None:
    told = judged(Expectation(status=(200, 204)), status=status)
    assert told == (f"answered HTTP {status} instead of 200 or 204{hint}",)


def test_what_has_no_status_is_not_judged_by_it() -> None:
    assert judged(Expectation(), status=None) == ()


def test_a_text_has_to_be_in_it() -> None:
    assert judged(Expectation(contains="pong"), text="ping, pong") == ()
    assert judged(Expectation(contains="pong"), text="ping") == ('answered without "pong" (expect.contains)',)


@pytest.mark.parametrize(("seconds", "is_late"), [(2.0, False), (2.01, True)])
def test_it_may_take_so_long(seconds: float, is_late: bool) -> None:
    told = judged(Expectation(max_seconds=2), seconds=seconds)
    assert told == (("took 2.01 s, more than 2 s (expect.max_seconds)",) if is_late else ())


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        ({}, {"more": 1}),
        ({"ok": True}, {"ok": True, "more": 1}),
        ({"inner": {"a": 1}}, {"inner": {"a": 1, "b": 2}}),
        ([1, {"a": 1}], [1, {"a": 1, "b": 2}]),
        (1, 1.0),
        ("x", "x"),
    ],
)
def test_json_may_have_more_keys(wanted: Any, given: Any) -> None:
    assert judged(Expectation(json=wanted), given) == ()


@pytest.mark.parametrize(
    ("wanted", "given", "told"),
    [
        ({"a": 1}, {}, "a is missing"),
        ({"a": {"b": 1}}, {"a": {}}, "a.b is missing"),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, "a.b is 2 instead of 1"),
        ({"a": [1, 2]}, {"a": [1, 3]}, "a[1] is 3 instead of 2"),
        ([1, 2], [1, 2, 3], "it is [1, 2, 3] instead of [1, 2]"),
        ([1, 2], [1], "it is [1] instead of [1, 2]"),
        ({"a": 1}, [], 'it is [] instead of {"a": 1}'),
        (1, True, "it is true instead of 1"),
        (True, 1, "it is 1 instead of true"),
        (1, "1", 'it is "1" instead of 1'),
        ("x", SECRET, 'it is "(hidden)" instead of "x"'),
        ("你好", "ü", 'it is "ü" instead of "你好"'),
    ],
)
def test_the_first_place_that_differs_is_named(wanted: Any, given: Any, told: str) -> None:
    assert judged(Expectation(json=wanted), given) == (f"answered with other JSON: {told} (expect.json)",)


def test_a_long_value_is_cut_after_its_secrets_are_hidden() -> None:
    (told,) = judged(Expectation(json="x"), SECRET + "y" * 1000)
    assert SECRET[:6] not in told
    assert "..." in told
    assert len(told) < 400


@pytest.mark.parametrize(("length", "shown"), [(98, f'"{"y" * 98}"'), (99, f'"{"y" * 99}...')])
def test_of_a_value_a_hundred_characters_are_shown(length: int, shown: str) -> None:
    (told,) = judged(Expectation(json=0), "y" * length)
    assert told == f"answered with other JSON: it is {shown} instead of 0 (expect.json)"


def test_what_is_no_json_is_named_as_that() -> None:
    assert judged(Expectation(json={}), text="<html>") == ("did not answer with JSON (expect.json)",)
    assert judged(Expectation(json={}), text="[", is_cut=True) == (
        "answered with more than can be read as JSON (expect.json)",
    )


def test_everything_that_is_wrong_is_said_at_once() -> None:
    expected = Expectation(contains="pong", json={"a": 1}, max_seconds=0.1)
    assert len(judged(expected, {"a": 2}, status=500)) == 4


def test_an_answer_does_not_show_what_is_in_it_where_it_is_printed() -> None:
    """Python's own messages show values of a class, and an answer may have a secret in it."""
    reply = Reply(200, SECRET, {"token": SECRET}, is_json=True, seconds=0.5, is_cut=False)
    assert unmet(Expectation(), reply, Secrets([])) == ()
    assert SECRET not in repr(reply)

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is sent to a service, and what must not be?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.ppio.gpu.plugins.module_utils._errors import InvalidOptions
from ansible_collections.ppio.gpu.plugins.module_utils._planning.expectation import Expectation
from ansible_collections.ppio.gpu.plugins.module_utils._planning.question import (
    Question,
    job_from,
    keep_out,
    question_from,
)

OPTIONS: Mapping[str, Any] = {
    "method": "POST",
    "path": "ask",
    "headers": None,
    "secret_headers": None,
    "body": None,
    "timeout": 5,
    "start_timeout": 6,
    "successes": 3,
    "repeatable": False,
    "expect": None,
}
KEY = "the-api-key"


def question(**options: Any) -> Question:
    return question_from({**OPTIONS, **options})


def test_it_is_asked_as_the_options_say() -> None:
    asked = question(headers={"X-A": 1}, secret_headers={"X-B": 2})
    assert (asked.method, asked.path, asked.content) == ("POST", "/ask", None)
    assert (asked.timeout, asked.start_timeout, asked.successes) == (5, 6, 3)
    assert asked.headers == {"X-A": "1", "X-B": "2"}
    assert question(path="//ask").path == "/ask"


@pytest.mark.parametrize(
    ("body", "headers", "content", "content_type"),
    [
        ("ü", None, "ü".encode(), None),
        ("", None, b"", None),
        ({"a": "ü"}, None, '{"a": "ü"}'.encode(), "application/json"),
        ([1], {"Content-type": "text/x"}, b"[1]", "text/x"),
        (None, None, None, None),
    ],
)
def test_what_is_no_text_is_sent_as_json(
    body: Any, headers: Mapping[str, str] | None, content: bytes | None, content_type: str | None
) -> None:
    asked = question(body=body, headers=headers)
    assert asked.content == content
    assert [value for name, value in asked.headers.items() if name.lower() == "content-type"] == (
        [content_type] if content_type else []
    )


def test_a_secret_header_is_secret_with_and_without_its_first_word() -> None:
    asked = question(headers={"X-Open": "open"}, secret_headers={"Authorization": "Bearer  token", "X-Empty": ""})
    assert asked.secrets == ("Bearer  token", "token")
    assert question(secret_headers={"X-Key": "token"}).secrets == ("token",)
    assert question().secrets == ()


def test_a_question_does_not_show_what_may_be_secret() -> None:
    assert "token" not in repr(question(secret_headers={"Authorization": "Bearer token"}))
    assert "token" not in repr(question(body={"key": "token"}))


def test_a_job_does_not_show_its_input() -> None:
    job = job_from({"input": {"key": "token"}, "job_timeout": 9, "on_timeout": "leave", "expect": None})
    assert "token" not in repr(job)


@pytest.mark.parametrize(
    ("method", "repeatable", "may_repeat"), [("POST", False, False), ("POST", True, True), ("GET", False, True)]
)
def test_only_what_changes_nothing_may_arrive_twice_by_itself(method: str, repeatable: bool, may_repeat: bool) -> None:
    assert question(method=method, repeatable=repeatable).may_repeat is may_repeat


@pytest.mark.parametrize(
    ("expect", "expectation"),
    [
        (None, Expectation()),
        ({}, Expectation()),
        ({"status": [], "contains": None}, Expectation()),
        ({"status": [200, 204]}, Expectation(status=(200, 204))),
        (
            {"contains": "pong", "json": {"a": 0}, "max_seconds": 2},
            Expectation(contains="pong", json={"a": 0}, max_seconds=2),
        ),
    ],
)
def test_the_answer_has_to_be_as_the_options_say(expect: Mapping[str, Any] | None, expectation: Expectation) -> None:
    assert question(expect=expect).expect == expectation


@pytest.mark.parametrize(("on_timeout", "is_cancelled"), [("cancel", True), ("leave", False), ("aaa", False)])
def test_a_job_that_takes_too_long_is_cancelled_if_the_user_says_so(on_timeout: str, is_cancelled: bool) -> None:
    job = job_from({"input": {"a": 1}, "job_timeout": 9, "on_timeout": on_timeout, "expect": None})
    assert (job.input, job.timeout, job.is_cancelled, job.expect) == ({"a": 1}, 9, is_cancelled, Expectation())


@pytest.mark.parametrize(
    ("options", "place"),
    [
        ({"path": f"/ask?key={KEY}"}, "path"),
        ({"headers": {"X-Key": KEY}}, "headers.X-Key"),
        ({"headers": {KEY: "x"}}, "headers"),
        ({"body": {"list": ["x", {"key": f"a {KEY}"}]}}, r"body.list\[1\].key"),
    ],
)
def test_the_key_is_sent_to_no_service(options: Mapping[str, Any], place: str) -> None:
    with pytest.raises(InvalidOptions, match=f"^{place} has the API key in it") as refused:
        keep_out(KEY, {"method": "POST", **options})
    assert KEY not in refused.value.message


def test_without_the_key_anything_may_be_sent() -> None:
    keep_out(KEY, {"method": "POST", "body": {"key": "another", "number": 1, "nothing": None}})
    keep_out("", {"method": "POST"})

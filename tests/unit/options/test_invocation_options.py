# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Is everything that cannot be sent to a service refused before any call, and no secret shown?"""

from __future__ import annotations

import math
from typing import Any

import pytest

from ansible_collections.ppio.gpu.plugins.module_utils._options.given import given
from ansible_collections.ppio.gpu.plugins.module_utils._options.invocation_options import (
    invocation_spec,
    invocation_violations,
)
from ansible_collections.ppio.gpu.plugins.module_utils._options.question_options import (
    question_check,
    question_violations,
)
from ansible_collections.ppio.gpu.plugins.module_utils._options.violation import Violation

WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "nobody": ({}, "url or id or name must be given, and only one of them"),
    "two": ({"id": "ep-1", "name": "chat"}, "url or id or name must be given, and only one of them"),
    "an id without end": ({"id": "x" * 256}, "id has 256 characters; at most 255 are allowed"),
    "a timeout of nothing": ({"name": "chat", "timeout": 0}, "timeout must be 1 to 3600, not 0"),
    "an endless start": ({"name": "chat", "start_timeout": 86401}, "start_timeout must be 0 to 86400"),
    "no success": ({"name": "chat", "successes": 0}, "successes must be 1 to 100"),
    "a method of nobody": ({"name": "chat", "method": "BREW"}, "method must be one of GET"),
    "a path with a line break": ({"name": "chat", "path": "/a\nb"}, "path must have no control characters"),
    "a list of headers": ({"name": "chat", "headers": ["a"]}, "headers must be a mapping, not a list"),
    "a header with a line break": ({"name": "chat", "headers": {"X": "a\r\nHost: b"}}, "headers.X must be ASCII"),
    "a secret with a line break": ({"name": "chat", "secret_headers": {"X": "canary\n"}}, "secret_headers.X must be"),
    "a header with a space before it": ({"name": "chat", "headers": {"X": " a"}}, "headers.X must be ASCII"),
    "a header with a space after it": ({"name": "chat", "headers": {"X": "a "}}, "headers.X must be ASCII"),
    "a header of other letters": ({"name": "chat", "headers": {"X": "é"}}, "headers.X must be ASCII"),
    "a header that is true": ({"name": "chat", "headers": {"X": True}}, "headers.X must be a string (quote it"),
    "a misspelt expectation": (
        {"name": "chat", "expect": {"stauts": 200}},
        "expect.stauts is not a supported option (did you mean status?)",
    ),
    "a header with a colon": ({"name": "chat", "headers": {"X:": "a"}}, "headers.X: is not the name of a header"),
    "another host": ({"name": "chat", "headers": {"hOst": "a"}}, "headers.hOst is set by the module"),
    "a header twice": (
        {"name": "chat", "headers": {"x-a": "1"}, "secret_headers": {"X-A": "2"}},
        "secret_headers.X-A repeats headers.x-a",
    ),
    "several of a POST": ({"name": "chat", "method": "POST", "successes": 2}, "needs repeatable: true"),
    "an expectation that is a text": ({"name": "chat", "expect": "200"}, "expect must be a mapping, not a string"),
    "an expectation of nothing known": ({"name": "chat", "expect": {"colour": 1}}, "expect.colour is not a supported"),
    "a status of nobody": (
        {"name": "chat", "expect": {"status": ["99"]}},
        "expect.status[0] must be 100 to 599, not 99",
    ),
    "no time": ({"name": "chat", "expect": {"max_seconds": 0}}, "expect.max_seconds must be a number above 0"),
    "a time that is true": ({"name": "chat", "expect": {"max_seconds": True}}, "expect.max_seconds must be a number"),
    "a time before": ({"name": "chat", "expect": {"max_seconds": -1}}, "expect.max_seconds must be a number above 0"),
    "a time of words": ({"name": "chat", "expect": {"max_seconds": "soon"}}, "expect.max_seconds must be a number"),
    "input with a URL": ({"url": "https://x.example", "input": {}}, "url cannot be given with input"),
    "input with a body": ({"name": "chat", "input": {}, "body": {}}, "body cannot be given with input"),
    "input with a path": ({"name": "chat", "input": {}, "path": "/x"}, "path cannot be given with input"),
    "input with a method": ({"name": "chat", "input": {}, "method": "POST"}, "method cannot be given with input"),
    "a number that JSON has not": (
        {"name": "chat", "input": {"a": [math.nan]}},
        "input.a[0] must be a number",
    ),
    "a body without end": ({"name": "chat", "body": math.inf}, "body must be a number that JSON has, not inf"),
    "half a character": ({"name": "chat", "body": {"a": "\ud800"}}, "body.a has text that is not valid Unicode"),
    "half a character before others": (
        {"name": "chat", "body": "\ud800\U0001f600"},
        "body has text that is not valid Unicode",
    ),
    "half a character in a URL": ({"url": "https://x.example/\ud800"}, "url must be valid Unicode"),
    "half a character of a gateway": ({"name": "chat", "gateway_url": "\ud800"}, "gateway_url must be valid Unicode"),
    "half a character as text": ({"name": "chat", "body": "\ud800"}, "body has text that is not valid Unicode"),
    "bytes": (
        {"name": "chat", "input": {"a": b"x"}},
        "input.a must be a string (quote it), or another",
    ),
    "what no answer can be": (
        {"name": "chat", "expect": {"json": -math.inf}},
        "expect.json must be a number",
    ),
    "a job of a day and more": ({"name": "chat", "job_timeout": 86401}, "job_timeout must be 1 to 86400"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_sent_is_refused(name: str) -> None:
    params, said = WRONG[name]
    (found,) = map(str, invocation_violations(params))
    assert said in found
    assert "canary" not in found


def test_both_kinds_of_headers_are_looked_at() -> None:
    wrong = {"name": "chat", "headers": ["a"], "secret_headers": {"X": "a\n"}}
    assert [found.option for found in invocation_violations(wrong)] == ["headers", "secret_headers.X"]


@pytest.mark.parametrize(
    "params",
    [
        {"name": "chat"},
        {"id": "ep-1", "successes": "3", "expect": {"status": ["200"], "max_seconds": "1.5", "contains": ""}},
        {"url": "https://x.example", "method": "POST", "repeatable": True, "successes": 2, "body": None},
        {"url": "https://x.example", "method": "POST", "successes": 1},
        {"name": "chat", "input": "text", "expect": {"json": None}},
        {"name": "chat", "headers": '{"X-A": "b"}', "secret_headers": "X-B=c", "expect": "status=404 contains=x"},
    ],
)
def test_what_can_be_sent_is_not(params: dict[str, Any]) -> None:
    assert invocation_violations(params) == ()


def test_a_text_is_read_as_ansible_reads_it() -> None:
    found: list[Violation] = []
    question = question_check('{"path": "/version", "headers": "X-A=b", "expect": {"status": 404}}', found)
    assert found == []
    assert (question["path"], question["headers"], question["expect"]["status"]) == ("/version", {"X-A": "b"}, [404])


def test_a_place_is_named() -> None:
    (found,) = question_violations({"expect": {"status": [1]}})
    assert found.option == "expect.status[0]"


def test_null_is_not_given_but_in_what_is_sent_as_it_is() -> None:
    params = {"id": None, "body": {"a": None}, "expect": {"contains": None, "json": {"b": None}}, "headers": None}
    assert given(params, invocation_spec()) == {"body": {"a": None}, "expect": {"json": {"b": None}}}

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What if the API answers anything at all?

Answers are drawn from the schemas of docs/openapi.yaml, and then broken in one place. Whatever comes of it, a task ends
with a report: never with a traceback, never with an ok that the answers contradict, never with a secret.

A few lines of our own draw them: with the hypothesis that we pin, hypothesis-jsonschema 0.23 draws no objects at all,
with an older one it takes about five times as long, and adds properties that no schema names, where the broken place
would often be; Schemathesis draws requests and judges a server, but here a client is judged.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import chdir
from dataclasses import dataclass, field
from functools import cache, partial
from tempfile import TemporaryDirectory
from typing import Any, cast

import pytest
import requests
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.parsing.dataloader import DataLoader
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from unit.openapi import schema
from unit.talking import Time

from ansible_collections.ppio.gpu.plugins.module_utils._api.connection import Route
from ansible_collections.ppio.gpu.plugins.module_utils._api.exchange import Answer, Request, exchanged
from ansible_collections.ppio.gpu.plugins.module_utils._api.refusal import UNSUPPORTED
from ansible_collections.ppio.gpu.plugins.module_utils._options.argument_spec import CONNECTION
from ansible_collections.ppio.gpu.plugins.module_utils._progress import ProgressReporter
from ansible_collections.ppio.gpu.plugins.module_utils._schema.balance import BALANCE
from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT
from ansible_collections.ppio.gpu.plugins.module_utils._schema.product import PRODUCT
from ansible_collections.ppio.gpu.plugins.module_utils._schema.region import REGION
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.execution import Execution
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.export import export
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.info import inform
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.invoke import invoke
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.manage import manage
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.manage_fleet import manage_fleet
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.task import Report, Task
from ansible_collections.ppio.gpu.plugins.plugin_utils._files import ControllerFiles

KEY = "sk-of-the-account-0001"
SECRET = "hunter2-of-the-workload"
#: The value of a variable that no task gives, and that answers have nowhere else.
FOUND = "swordfish-of-the-workload"
WANTED: Mapping[str, Any] = {
    "name": "prize",
    "type": "sync",
    "product_id": "serverless-rtx-4090-24",
    "image": "registry.example.com/prize:1",
    "worker_config": {"max_replicas": 2},
    "secret_envs": [{"key": "TOKEN", "value": SECRET}],
}
#: How the API shows what is wanted.
SHOWN: Mapping[str, Any] = {
    **{name: value for name, value in WANTED.items() if name != "secret_envs"},
    "envs": [{"key": "TOKEN", "value": SECRET}],
    "url": "https://prize.example.com",
}
SHOWN_WITH_ANOTHER_VALUE = {**SHOWN, "envs": [{"key": "TOKEN", "value": FOUND}]}
#: What an endpoint is mostly, or might be.
KNOWN: tuple[Mapping[str, Any], ...] = (
    *(SHOWN, SHOWN, SHOWN, SHOWN_WITH_ANOTHER_VALUE),
    {**SHOWN, "type": "async"},
    {**SHOWN, "product_id": "another"},
    {"name": "prize"},
)
IDENTITY = "ep-1"
ASKED: Mapping[str, Any] = {
    "name": "prize",
    "secret_headers": {"X-Token": SECRET},
    "start_timeout": 10,
    "retry_timeout": 5,
    "gateway_url": "https://gateway.example.com",
}
TASKS: Mapping[str, tuple[Task, Mapping[str, Any]]] = {
    "endpoint present": (manage(ENDPOINT), {**WANTED, "retry_timeout": 5}),
    "endpoint waiting": (manage(ENDPOINT), {**WANTED, "retry_timeout": 5, "wait": True, "wait_timeout": 60}),
    "endpoint absent": (manage(ENDPOINT), {"name": "prize", "state": "absent", "retry_timeout": 5}),
    "endpoint by id": (manage(ENDPOINT), {**WANTED, "id": IDENTITY, "retry_timeout": 5}),
    "endpoint_fleet": (manage_fleet(ENDPOINT), {"endpoints": [WANTED], "retry_timeout": 5}),
    "endpoint_fleet absent": (
        manage_fleet(ENDPOINT),
        {"endpoints": [{"name": "prize", "state": "absent"}], "retry_timeout": 5},
    ),
    "endpoint_info": (inform(ENDPOINT), {"retry_timeout": 5}),
    "endpoint_info by id": (inform(ENDPOINT), {"id": IDENTITY, "retry_timeout": 5}),
    "product_info": (inform(PRODUCT), {"retry_timeout": 5}),
    "region_info": (inform(REGION), {"retry_timeout": 5}),
    "balance_info": (inform(BALANCE), {"retry_timeout": 5}),
    "endpoint_export": (export(ENDPOINT, ControllerFiles(DataLoader())), {"dest": "all.yml", "retry_timeout": 5}),
    "endpoint_invoke": (invoke(ENDPOINT), {**ASKED, "path": "/health"}),
    "endpoint_invoke with a job": (invoke(ENDPOINT), {**ASKED, "input": {"prompt": "hello"}, "job_timeout": 10}),
}
#: The call without an answer to which a task that only asks knows nothing.
NEEDED: Mapping[str, str] = {
    "endpoint_info": "list",
    "endpoint_info by id": "read",
    "product_info": "products",
    "region_info": "regions",
    "balance_info": "balance",
    "endpoint_export": "list",
    "endpoint_invoke": "service",
    "endpoint_invoke with a job": "service",
}
#: What may stand in the place of anything.
WRONG: tuple[Any, ...] = (
    None, True, -1, 0, 10**30, 1.5, "", "x" * 3000, "\ud800", "\x1b[2J\u202e", "..", "{{ 7 * 7 }}", [], {}, [None],
    [[]], {"id": None}, KEY, SECRET, f'{{"value": "{SECRET}"}}',
)  # fmt: skip


@cache
def documents(name: str) -> st.SearchStrategy[Any]:
    """Whatever the named schema allows."""
    return _values(schema(name))


def _values(node: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """Whatever a schema allows that has no references. The answers' schemas need no more words than these."""
    if "enum" in node:
        return st.sampled_from(node["enum"])
    # What has several types, such as a number that may come as digits.
    several = node.get("anyOf") or node.get("oneOf")
    return st.one_of([_values(one) for one in several]) if several else _OF_TYPE[node.get("type", "string")](node)


def _objects(node: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    required = set(node.get("required", ()))
    rows = {row: _values(inner) for row, inner in node.get("properties", {}).items()}
    return st.fixed_dictionaries(
        {row: values for row, values in rows.items() if row in required},
        optional={row: values for row, values in rows.items() if row not in required},
    )


_OF_TYPE: Mapping[str, Callable[[Mapping[str, Any]], st.SearchStrategy[Any]]] = {
    "object": _objects,
    "array": lambda node: st.lists(_values(node["items"]), max_size=2),
    "integer": lambda node: st.integers(node.get("minimum", -(2**40)), node.get("maximum", 2**40)),
    "number": lambda _node: st.floats(allow_nan=False, allow_infinity=False),
    "boolean": lambda _node: st.booleans(),
    "string": lambda node: st.text(min_size=node.get("minLength", 0), max_size=min(12, node.get("maxLength", 12))),
}


@st.composite
def endpoints(draw: st.DrawFn, name: str, known: Sequence[Mapping[str, Any]] = KNOWN) -> Any:
    """An endpoint as the schema allows it, but for what is known of it."""
    return {**draw(documents(name)), **draw(st.sampled_from(known)), "id": IDENTITY}


@st.composite
def pages(draw: st.DrawFn, items: st.SearchStrategy[Any]) -> Any:
    return {"data": draw(st.lists(items, max_size=2)), "next_cursor": "", "has_more": False, "total": 1}


@st.composite
def broken(draw: st.DrawFn, whole: st.SearchStrategy[Any]) -> Any:
    """A document with one place that is left out or has something else in it; now and then it stays whole."""
    document = json.loads(json.dumps(draw(whole)))
    places = list(_places(document))
    if not places or not draw(st.integers(0, 4)):
        return document
    holder, step = draw(st.sampled_from(places))
    if draw(st.booleans()) and isinstance(holder, dict):
        del holder[step]
    else:
        holder[step] = draw(st.sampled_from(WRONG))
    return document


def _places(node: Any) -> Iterator[tuple[Any, Any]]:
    steps: Sequence[Any] = list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    for step in steps:
        yield node, step
        yield from _places(node[step])


@dataclass(frozen=True)
class Said:
    """A response with this status and body."""

    status_code: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def raw(self) -> Said:
        return self

    def stream(self, _size: int, *, decode_content: bool) -> Iterator[bytes]:
        del decode_content
        yield self.body

    def __enter__(self) -> Said:
        return self

    def __exit__(self, *_error: object) -> None:
        """Nothing is held."""


@st.composite
def responses(draw: st.DrawFn, good: st.SearchStrategy[Any]) -> Said:
    """Mostly a good answer that is broken in one place; also errors that repeat secrets, and what is no JSON."""
    kind = draw(st.integers(0, 9))
    if kind < 7:
        return Said(200, json.dumps(draw(broken(good))).encode())
    if kind < 9:
        words = {"code": 1, "reason": "UNKNOWN", "message": f"the body was {SECRET}, the key {KEY}", "metadata": {}}
        status = draw(st.sampled_from((400, 401, 404, 409, 422, 429, 500, 503)))
        return Said(status, json.dumps(draw(broken(st.just(words)))).encode())
    return Said(
        draw(st.sampled_from((200, 204, 301, 502))), draw(st.sampled_from((b"", b"<html>", b"[", b'"x"', b"7")))
    )


GOOD: Mapping[str, st.SearchStrategy[Any]] = {
    "create": st.just({"id": IDENTITY}),
    "list": pages(endpoints("EndpointListItem")),
    "read": endpoints("EndpointDetail"),
    "write": st.just({}),
    "products": pages(documents("Product")),
    "regions": pages(documents("Region")),
    "balance": documents("Balance"),
    "service": st.recursive(
        st.sampled_from((*WRONG, "COMPLETED", "FAILED", "IN_QUEUE")),
        lambda inner: st.fixed_dictionaries({}, optional={"id": inner, "status": inner, "output": inner}),
        max_leaves=4,
    ),
}


class HostileWire:
    """Answers each kind of call with what was drawn for it, one after the other and then the last one again."""

    def __init__(self, drawn: Mapping[str, Sequence[Said]], route: Route) -> None:
        self._drawn = {kind: list(answers) for kind, answers in drawn.items()}
        self._route = route

    def exchanged(self, request: Request, *, fresh: bool) -> Answer:
        del fresh
        answers = self._drawn[_kind(request)]
        said = answers.pop(0) if len(answers) > 1 else answers[0]
        return exchanged(request, self._route, lambda *_arguments: cast(requests.Response, said))


def _kind(request: Request) -> str:
    last = request.path.rpartition("/")[2]
    if last in ("products", "regions"):
        return last
    if not request.path.startswith("/gpus/"):
        return "balance" if last == "detail" else "service"
    if request.method == "GET":
        return "list" if last == "endpoints" else "read"
    return "create" if request.method == "POST" else "write"


#: Good answers of which each is broken in one place, and that have a value to hide.
WITH_A_VALUE = st.fixed_dictionaries(
    {
        "list": broken(pages(endpoints("EndpointListItem", [SHOWN_WITH_ANOTHER_VALUE]))),
        "read": broken(endpoints("EndpointDetail", [SHOWN_WITH_ANOTHER_VALUE])),
    }
)
DRAWN = st.fixed_dictionaries({kind: st.lists(responses(good), min_size=1, max_size=3) for kind, good in GOOD.items()})


def reported(name: str, drawn: Mapping[str, Sequence[Said]], lines: list[str]) -> Report:
    """What the task ends with; `lines` gets its progress."""
    task, given_options = TASKS[name]
    params = {"api_url": "http://127.0.0.1:1", "api_key": KEY, **given_options}
    clock = Time().clock
    validated = ArgumentSpecValidator(CONNECTION | task.options).validate(params)
    assert validated.error_messages == []
    return task.report(
        validated.validated_parameters,
        Execution(
            diff_mode=True,
            progress=ProgressReporter(lines.append, clock),
            clock=clock,
            wiring=partial(HostileWire, drawn),
        ),
    )


@pytest.mark.parametrize("name", TASKS)
@settings(max_examples=25, suppress_health_check=list(HealthCheck), deadline=None)
@given(drawn=DRAWN)
def test_whatever_is_answered_a_task_ends_with_a_report_without_secrets(
    name: str, drawn: Mapping[str, Sequence[Said]]
) -> None:
    _judge(name, drawn)


@pytest.mark.parametrize("name", NEEDED)
@settings(max_examples=25, suppress_health_check=list(HealthCheck), deadline=None)
@given(said=responses(st.just([])))
def test_a_task_that_only_asks_is_not_ok_without_an_answer(name: str, said: Said) -> None:
    _judge(name, {kind: [said] for kind in GOOD})


@pytest.mark.parametrize("name", ["endpoint_info", "endpoint_info by id", "endpoint_export"])
@settings(max_examples=25, suppress_health_check=list(HealthCheck), deadline=None)
@given(documents=WITH_A_VALUE)
def test_the_value_of_a_variable_is_hidden_wherever_an_answer_is_broken(
    name: str, documents: Mapping[str, Any]
) -> None:
    _judge(name, {kind: [Said(200, json.dumps(document).encode())] for kind, document in documents.items()})


def _judge(name: str, drawn: Mapping[str, Sequence[Said]]) -> None:
    lines: list[str] = []
    # With a journal of its own, or one draw would know of the creates of another one.
    with TemporaryDirectory() as directory, chdir(directory), pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", directory)
        report = reported(name, drawn, lines)
    text = json.dumps([report.result, report.warnings, lines])
    assert KEY not in text
    assert FOUND not in text
    if SECRET in str(TASKS[name][1]):
        # The others were never told of it.
        assert SECRET not in text
    assert report.failed == ("msg" in report.result)
    assert report.failed or not _contradicted(name, drawn, report)


def _contradicted(name: str, drawn: Mapping[str, Sequence[Said]], report: Report) -> bool:
    """Whether the answers to come, which are all the same, say something else than the report."""
    if name in NEEDED:
        return not any(_answers(name, said) for said in drawn[NEEDED[name]])
    entry = report.result["endpoints"][0] if "fleet" in name else report.result
    items = [item for said in drawn["list"] for item in _items_of_the_name(said)]
    if name.endswith("absent"):
        # What was deleted may still be shown as being deleted.
        return len(drawn["list"]) == 1 and entry["operation"] == "none" and any(map(_is_staying, items))
    read = _document(drawn["read"][-1])
    if len(drawn["read"]) > 1 or not isinstance(read, dict):
        return False
    has_no_list = any(said.status_code in UNSUPPORTED for said in drawn["list"])
    if has_no_list and any("This server does not show" in warning for warning in report.warnings):
        # What was created is not read there.
        return False
    # A fleet may take the word of a list.
    shown = [read, *(items if "fleet" in name else ())]
    return any(_none_agrees(shown, field) for field in ("name", "image", "type", "product_id"))


def _none_agrees(shown: Sequence[Mapping[str, Any]], field: str) -> bool:
    values = [one[field] for one in shown if one.get(field) is not None]
    return bool(values) and WANTED[field] not in values


def _answers(name: str, said: Said) -> bool:
    """Whether a task that only asks can be told something by this."""
    if name == "endpoint_info by id" and said.status_code == 404:
        return True
    if name == "endpoint_invoke":
        # The service may say what it likes.
        return said.status_code == 200
    return isinstance(_document(said), dict)


def _document(said: Said) -> Any:
    try:
        return json.loads(said.body) if said.status_code == 200 else None
    except ValueError:
        return None


def _items_of_the_name(said: Said) -> list[Mapping[str, Any]]:
    page = _document(said)
    items = page.get("data") if isinstance(page, dict) else None
    by_id: dict[str, Any] = {}
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict):
            # Of several with one id, the first counts.
            by_id.setdefault(str(item.get("id")), item)
    return [item for item in by_id.values() if item.get("name") == WANTED["name"]]


def _is_staying(item: Mapping[str, Any]) -> bool:
    return (item.get("status") or {}).get("status") != "deleting"

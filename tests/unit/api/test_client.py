# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which URL is called, and how is a list paged, whatever ids and cursors look like?"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from unit.bodies import MINIMAL
from unit.talking import ENDPOINTS, Time, client

from ansible_collections.ppio.gpu.plugins.module_utils._api import pages as pages_module
from ansible_collections.ppio.gpu.plugins.module_utils._errors import (
    AmbiguousResponse,
    InvalidOptions,
    InvalidResponse,
    PpioError,
    Rejected,
    Unsupported,
)
from simulator import Fault, Settings, Simulator

HOSTILE_IDS = [
    "a/b",
    "../products",
    "a/../../x",
    "a?b=c",
    "a#b",
    "a%2fb",
    "%2e%2e",
    "a b",
    "é",
    "...",
    "@host",
    "a\\b",
    ";",
]
REFUSED_IDS = ["", ".", "..", "a\nb", "a\r\nHost: x", "\x00", "\u2028", "x" * 256, "\ud800"]


@pytest.mark.parametrize("identity", HOSTILE_IDS)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_an_id_never_leads_to_another_address(simulator: Simulator, identity: str, method: str) -> None:
    api = client(simulator.url, Time(), retry_timeout=0)
    try:
        {"GET": api.read, "PUT": lambda one: api.update(one, {"name": "x"}), "DELETE": api.delete}[method](identity)
    except Rejected:
        assert method == "PUT"
    (entry,) = simulator.journal
    assert (entry.method, entry.path, entry.query) == (method, f"{ENDPOINTS}/{quote(identity, safe='')}", {})


@pytest.mark.parametrize("identity", REFUSED_IDS)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_an_id_that_can_be_none_is_refused_before_anything_is_sent(
    simulator: Simulator, identity: str, method: str
) -> None:
    api = client(simulator.url, Time())
    with pytest.raises(InvalidOptions) as refused:
        {"GET": api.read, "PUT": lambda one: api.update(one, {"name": "x"}), "DELETE": api.delete}[method](identity)
    assert refused.value.message.isprintable()
    assert simulator.journal == ()


def names(simulator: Simulator, **options: Any) -> list[str]:
    return sorted(item["name"] for item in client(simulator.url, Time(), retry_timeout=0, **options).listed())


@pytest.mark.parametrize("count", [0, 1, 2, 5])
@pytest.mark.parametrize("size", [1, 2, 100])
def test_all_pages_are_read_with_cursors_as_they_came(simulator: Simulator, count: int, size: int) -> None:
    simulator.settings = Settings(page_size=size)
    made = [f"n{number}" for number in range(count)]
    for name in made:
        simulator.seed({**MINIMAL, "name": name})
    assert names(simulator) == made
    assert len(simulator.journal) == max(1, -(-count // size))


def page(items: list[Any], **rest: Any) -> Fault:
    return Fault("wrong_json", operation="listEndpoints", status=200, body={"data": items, **rest})


def item(identity: str) -> dict[str, str]:
    return {"id": identity, "name": identity}


@pytest.mark.parametrize("cursor", ["a&limit=1", "../x", "a=b", "+ /", "%26", "#x", "é", "a\r\nb", "x" * 1024, "?"])
def test_a_cursor_is_nothing_but_the_value_of_one_parameter(simulator: Simulator, cursor: str) -> None:
    simulator.script([page([item("a")], next_cursor=cursor, has_more=True), page([item("b")], next_cursor="")])
    assert names(simulator) == ["a", "b"]
    first, second = simulator.journal
    assert "cursor" not in first.query
    assert second.path == ENDPOINTS
    assert second.query == {**first.query, "cursor": cursor}


ENDS: dict[str, dict[str, Any]] = {
    "an empty cursor": {"next_cursor": ""},
    "no cursor": {},
    "a null cursor": {"next_cursor": None},
    "a cursor with nothing more": {"next_cursor": "c", "has_more": False},
}


@pytest.mark.parametrize("end", ENDS)
def test_a_list_ends_with(simulator: Simulator, end: str) -> None:
    simulator.script([page([item("a")], **ENDS[end])])
    assert names(simulator) == ["a"]
    assert len(simulator.journal) == 1


def test_null_is_an_empty_page(simulator: Simulator) -> None:
    body = {"data": None, "next_cursor": "", "has_more": False}
    simulator.script([Fault("wrong_json", operation="listEndpoints", status=200, body=body)])
    assert names(simulator) == []


def test_an_empty_page_with_a_cursor_is_not_the_end(simulator: Simulator) -> None:
    simulator.script([page([], next_cursor="c", has_more=True), page([item("b")])])
    assert names(simulator) == ["b"]


def test_null_with_a_cursor_is_not_the_end_either(simulator: Simulator) -> None:
    null = Fault("wrong_json", operation="listEndpoints", status=200, body={"data": None, "next_cursor": "c"})
    simulator.script([null, page([item("b")])])
    assert names(simulator) == ["b"]


def test_an_endpoint_on_two_pages_is_one(simulator: Simulator) -> None:
    simulator.script([page([item("a"), item("b")], next_cursor="c"), page([item("b"), item("c")])])
    assert names(simulator) == ["a", "b", "c"]


def test_pages_that_run_in_a_circle_are_an_error(simulator: Simulator) -> None:
    simulator.settings = Settings(repeat_cursor=True)
    simulator.seed(MINIMAL)
    with pytest.raises(InvalidResponse, match="do not come to an end"):
        names(simulator)
    assert len(simulator.journal) < 5


def test_pages_that_run_in_a_long_circle_are_an_error_too(simulator: Simulator) -> None:
    simulator.script([page([item(str(number))], next_cursor=cursor) for number, cursor in enumerate("abcab")])
    with pytest.raises(InvalidResponse, match="do not come to an end"):
        names(simulator)


UNREADABLE: dict[str, Any] = {
    "no object": [],
    "no list": {"data": {}},
    "nothing": {},
    "an item that is none": {"data": ["a"]},
    "an item without an id": {"data": [{"name": "a"}]},
    "an item with an empty id": {"data": [{"id": ""}]},
    "an item whose id is a path": {"data": [{"id": ".."}]},
    "an item whose id is a number": {"data": [{"id": 7}]},
    "a cursor that is a number": {"data": [], "next_cursor": 7},
    "a cursor that is too long": {"data": [], "next_cursor": "x" * 1025},
    "half of it": '{"data": [',
    "no text": "\x00\x01",
}


@pytest.mark.parametrize("what", UNREADABLE)
@pytest.mark.parametrize("first", [True, False])
def test_a_page_that_cannot_be_read_is_an_error_and_never_a_shorter_list(
    simulator: Simulator, what: str, first: bool
) -> None:
    broken = Fault("wrong_json", operation="listEndpoints", status=200, body=UNREADABLE[what])
    simulator.script([broken] if first else [page([item("a")], next_cursor="c"), broken])
    with pytest.raises(InvalidResponse):
        names(simulator)


@pytest.mark.parametrize(
    "fault",
    [
        Fault("status", status=500),
        Fault("status", status=400),
        Fault("status", status=404),
        Fault("status", status=429),
        Fault("reset"),
        Fault("truncate"),
        Fault("redirect", status=302),
    ],
    ids=lambda fault: f"{fault.kind} {fault.status}",
)
def test_a_later_page_that_fails_is_an_error_and_never_a_shorter_list(simulator: Simulator, fault: Fault) -> None:
    simulator.script([page([item("a")], next_cursor="c"), fault])
    with pytest.raises(PpioError) as failed:
        names(simulator)
    assert isinstance(failed.value, (Rejected, AmbiguousResponse))
    assert not isinstance(failed.value, Unsupported)


@pytest.mark.parametrize("status", [404, 405, 501])
def test_a_server_without_a_list_is_told_apart(simulator: Simulator, status: Any) -> None:
    simulator.settings = Settings(create_only=status)
    with pytest.raises(Unsupported):
        names(simulator)


def test_a_get_that_answers_with_another_endpoint_is_an_error(simulator: Simulator) -> None:
    simulator.script([Fault("wrong_json", operation="getEndpoint", status=200, body=item("other"))])
    with pytest.raises(InvalidResponse):
        client(simulator.url, Time()).read("ep-1")


def test_names_are_compared_exactly_and_here(simulator: Simulator) -> None:
    simulator.settings = Settings(page_size=2, ignore_keyword=True)
    for name in ("chat", "Chat", "chat ", "chats", "chat", "kitchat"):
        simulator.seed({**MINIMAL, "name": name})
    assert [found["name"] for found in client(simulator.url, Time()).named("chat")] == ["chat", "chat"]


def test_a_list_that_never_ends_is_an_error(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages_module, "_MOST_PAGES", 5)
    simulator.settings = Settings(page_size=1)
    for number in range(8):
        simulator.seed({**MINIMAL, "name": f"chat-{number}"})
    with pytest.raises(InvalidResponse, match="do not come to an end"):
        list(client(simulator.url, Time()).listed())


@pytest.mark.parametrize("status", [400, 422])
def test_a_server_that_refuses_the_page_size_is_asked_for_its_own(simulator: Simulator, status: int) -> None:
    """Until then it is found out once, and not by each list."""
    ids = {simulator.seed({**MINIMAL, "name": f"chat-{number}"}) for number in range(3)}
    simulator.settings = Settings(page_size=2)
    body = {"code": status, "reason": "VALIDATOR_PARAM", "message": "limit must be at most 50"}
    simulator.script([Fault("status", operation="listEndpoints", status=status, body=body)])
    api = client(simulator.url, Time(), retry_timeout=0)
    for _time in range(2):
        assert {api.id_of(item) for item in api.listed()} == ids
    assert [one.query.get("limit") for one in simulator.journal] == ["100", None, None, None, None]


def test_a_refusal_of_something_else_stays_one(simulator: Simulator) -> None:
    body = {"code": 400, "reason": "VALIDATOR_PARAM", "message": "no list today"}
    simulator.script([Fault("status", operation="listEndpoints", status=400, body=body, times=2)])
    with pytest.raises(Rejected, match="no list today"):
        list(client(simulator.url, Time(), retry_timeout=0).listed())

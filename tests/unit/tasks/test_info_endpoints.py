# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which endpoints does endpoint_info return, and in which shape?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import pytest
from unit.bodies import FULL, MINIMAL, Body
from unit.crowd import most_at_once
from unit.running import Said, run, run_endpoint
from unit.scenarios import worlds

from ansible_collections.ppio.gpu.plugins.modules import endpoint_info
from simulator import Fault, Settings, Simulator

Account = Mapping[str, Any]

#: What exists, by name; the newest is the last, and the API lists it first.
EXISTING: Mapping[str, Body] = {
    "chat": {**FULL, "name": "chat", "app_name": "chat-app"},
    "chat-2": {**FULL, "name": "chat-2", "app_name": "chat-2-app", "region_id": "cn-north-1"},
    "Chat": {**FULL, "name": "Chat", "app_name": "", "product_id": "product-2"},
    "search": {**MINIMAL, "name": "search", "region_id": "cn-east-1"},
}
MISSING: Mapping[str, Any] = {
    "status": 400,
    "body": {"code": 400, "reason": "SERVERLESS_ENDPOINT_NOT_FOUND", "message": "none"},
}


@pytest.fixture
def ids(simulator: Simulator) -> dict[str, str]:
    """The ids of what exists. All of it serves but `search`, which is still starting."""
    ids = {name: simulator.seed(body) for name, body in EXISTING.items() if name != "search"}
    simulator.settings = Settings(life="slow")
    ids["search"] = simulator.seed(EXISTING["search"])
    simulator.settings = Settings()
    return ids


def names(said: Said) -> list[str]:
    assert not said.failed, said.message
    assert said.changed is False
    return [endpoint["name"] for endpoint in said.result["endpoints"]]


def queries(simulator: Simulator) -> list[Mapping[str, str]]:
    """The queries of the list calls, without the page size."""
    return [
        {name: value for name, value in entry.query.items() if name != "limit"}
        for entry in simulator.journal
        if entry.path == "/gpus/v2/endpoints"
    ]


def gets(simulator: Simulator) -> int:
    return sum(entry.path.startswith("/gpus/v2/endpoints/") for entry in simulator.journal)


FILTERS: Mapping[str, tuple[Mapping[str, Any], list[str]]] = {
    "nothing": ({}, ["search", "Chat", "chat-2", "chat"]),
    "the exact name": ({"name": "chat"}, ["chat"]),
    "the name, in its own case": ({"name": "Chat"}, ["Chat"]),
    "a part of a name": ({"name": "cha"}, []),
    "a region": ({"region_id": "cn-east-1"}, ["search", "Chat", "chat"]),
    "a product": ({"product_id": "serverless-rtx-4090-24"}, ["search", "chat-2", "chat"]),
    "an app name": ({"app_name": "chat-2-app"}, ["chat-2"]),
    "a status": ({"status": "running"}, ["Chat", "chat-2", "chat"]),
    "a status in another case": ({"status": "CREATING"}, ["search"]),
    "a status that none has": ({"status": "purring"}, []),
    "a keyword": ({"keyword": "cha"}, ["chat-2", "chat"]),
    "a keyword and a region": ({"keyword": "cha", "region_id": "cn-north-1"}, ["chat-2"]),
    "everything": (
        {
            "name": "chat",
            "status": "running",
            "region_id": "cn-east-1",
            "product_id": "serverless-rtx-4090-24",
            "app_name": "chat-app",
        },
        ["chat"],
    ),
    "filters that no endpoint fits together": ({"name": "chat", "region_id": "cn-north-1"}, []),
    "null options": ({"name": None, "region_id": None, "include_details": None, "status": "creating"}, ["search"]),
}


@pytest.mark.parametrize("world", worlds.BOTH)
@pytest.mark.parametrize("details", [False, True], ids=["list", "details"])
@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_chooses_among_all_pages(
    simulator: Simulator, account: Account, ids: dict[str, str], name: str, details: bool, world: str
) -> None:
    assert ids
    arguments, expected = FILTERS[name]
    ignores_keyword = worlds.BOTH[world].ignore_keyword and "keyword" in arguments
    simulator.settings = worlds.BOTH[world]
    said = run(endpoint_info, {**account, "include_details": details, **arguments})
    assert set(names(said)) >= set(expected) if ignores_keyword else names(said) == expected


def test_the_case_of_the_apis_word_does_not_matter_either(
    simulator: Simulator, account: Account, ids: dict[str, str]
) -> None:
    overlay = {"status": {"status": "Running"}}
    simulator.script([Fault("overlay", operation="getEndpoint", when="after_commit", body=overlay)])
    assert names(run(endpoint_info, {**account, "id": ids["chat"], "status": "running"})) == ["chat"]


def test_the_keyword_goes_to_the_api_and_our_own_filters_do_not(simulator: Simulator, account: Account) -> None:
    run(endpoint_info, {**account, "keyword": "a b&c=+/%", "name": "x", "region_id": "y", "status": "z"})
    assert queries(simulator) == [{"keyword": "a b&c=+/%"}]


def test_pages_of_one_are_followed_with_the_keyword(
    simulator: Simulator, account: Account, ids: dict[str, str]
) -> None:
    simulator.settings = Settings(page_size=1)
    said = run(endpoint_info, {**account, "keyword": "cha"})
    assert names(said) == ["chat-2", "chat"]
    first, second = queries(simulator)
    assert (first, second["keyword"]) == ({"keyword": "cha"}, "cha")
    # The simulator's cursors get lost unless they are encoded, and it refuses those that it did not give.
    assert not second["cursor"].isalnum()


@pytest.mark.parametrize("arguments", [{}, {"name": "chat"}, {"include_details": True}, {"id": "ep-none"}], ids=str)
@pytest.mark.parametrize("missing", ["400", "404"])
def test_nothing_is_an_empty_list_and_no_error(
    simulator: Simulator, account: Account, arguments: Mapping[str, Any], missing: Any
) -> None:
    simulator.settings = Settings(missing=missing)
    assert names(run(endpoint_info, {**account, **arguments})) == []


def test_an_id_reads_one_endpoint_with_one_call(simulator: Simulator, account: Account, ids: dict[str, str]) -> None:
    said = run(endpoint_info, {**account, "id": ids["chat"]})
    assert names(said) == ["chat"]
    assert said.result["endpoints"][0]["type"] == "sync"
    assert [entry.path for entry in simulator.journal] == [f"/gpus/v2/endpoints/{ids['chat']}"]


def test_the_other_filters_hold_for_an_id_too(account: Account, ids: dict[str, str]) -> None:
    assert names(run(endpoint_info, {**account, "id": ids["chat"], "name": "chat", "status": "running"})) == ["chat"]
    assert names(run(endpoint_info, {**account, "id": ids["chat"], "name": "chat-2"})) == []


@pytest.mark.parametrize("identity", ["a/b", "..%2F..", "ep 1", "ü", "?x=1", "#"])
def test_an_id_is_never_another_address(simulator: Simulator, account: Account, identity: str) -> None:
    assert names(run(endpoint_info, {**account, "id": identity})) == []
    (entry,) = simulator.journal
    assert entry.path.startswith("/gpus/v2/endpoints/")
    assert (entry.path.count("/"), dict(entry.query)) == (4, {})


def test_the_type_is_null_in_a_list_and_known_in_detail(account: Account, ids: dict[str, str]) -> None:
    plain = run(endpoint_info, account).result["endpoints"]
    detailed = run(endpoint_info, {**account, "include_details": True}).result["endpoints"]
    assert {endpoint["type"] for endpoint in plain} == {None}
    assert {endpoint["type"] for endpoint in detailed} == {"sync"}
    assert [{**endpoint, "type": None} for endpoint in detailed] == plain


def test_the_only_one_of_a_name_is_read_in_detail(simulator: Simulator, account: Account, ids: dict[str, str]) -> None:
    (endpoint,) = run(endpoint_info, {**account, "name": "chat"}).result["endpoints"]
    assert (endpoint["type"], gets(simulator)) == ("sync", 1)
    simulator.seed({**EXISTING["chat"], "app_name": "another"})
    both = run(endpoint_info, {**account, "name": "chat"}).result["endpoints"]
    assert ([endpoint["type"] for endpoint in both], gets(simulator)) == ([None, None], 1)


@pytest.mark.parametrize("world", worlds.BOTH)
@pytest.mark.parametrize("check", [False, True], ids=["real", "check"])
def test_an_endpoint_is_in_exactly_the_shape_that_the_endpoint_module_returns(
    simulator: Simulator, account: Account, world: str, check: bool
) -> None:
    simulator.settings = worlds.BOTH[world]
    secret = {"secret_envs": [{"key": "TOKEN", "value": "hf-0123456789"}]}
    volumes = {"volumes": [*FULL["volumes"], {"type": "local", "size": 30, "mount_point": "/scratch"}]}
    arguments = {**account, **FULL, **secret, **volumes}
    run_endpoint(arguments)
    there = run_endpoint(arguments).endpoint
    (listed,) = run(endpoint_info, {**account, "include_details": True}, check=check).result["endpoints"]
    (single,) = run(endpoint_info, {**account, "id": there["id"]}, check=check).result["endpoints"]
    hidden = {**there, "envs": [{**entry, "value": "(hidden)"} for entry in there["envs"]]}
    assert listed == hidden
    assert shape(single) == shape(there)


def shape(value: Any) -> Any:
    """The keys inside of a value, without the values."""
    match value:
        case dict():
            return {name: shape(inner) for name, inner in value.items()}
        case list():
            return [shape(element) for element in value]
        case _:
            return None


def test_env_values_are_hidden_unless_asked_for(account: Account, ids: dict[str, str]) -> None:
    hidden = run(endpoint_info, {**account, "name": "chat"})
    shown = run(endpoint_info, {**account, "name": "chat", "include_env_values": True})
    assert hidden.result["endpoints"][0]["envs"] == [
        {"key": "LEVEL", "value": "(hidden)"},
        {"key": "MODE", "value": "(hidden)"},
    ]
    assert shown.result["endpoints"][0]["envs"] == sorted(FULL["envs"], key=lambda entry: str(entry["key"]))


@pytest.mark.parametrize("arguments", [{}, {"include_details": True}, {"name": "chat"}], ids=str)
def test_no_hidden_value_is_anywhere_in_what_the_module_says(
    simulator: Simulator, account: Account, arguments: Mapping[str, Any]
) -> None:
    canary = "canary-0123456789"
    identity = simulator.seed({**MINIMAL, "envs": [{"key": "TOKEN", "value": canary}]})
    assert canary not in run(endpoint_info, {**account, **arguments}).text
    assert canary not in run(endpoint_info, {**account, "id": identity}).text


def test_the_key_is_hidden_where_the_api_repeats_it(simulator: Simulator, account: Account) -> None:
    identity = simulator.seed(MINIMAL)
    overlay = {"status": {"status": "failed", "message": f"bad key {simulator.api_key}"}}
    simulator.script([Fault("overlay", operation="getEndpoint", when="after_commit", body=overlay)])
    said = run(endpoint_info, {**account, "id": identity})
    assert said.result["endpoints"][0]["status"]["message"].startswith("bad key ")
    assert simulator.api_key not in said.text


@pytest.mark.parametrize(("number", "at_once"), [(3, 3), (20, 8)])
def test_details_are_read_at_once_but_never_more_than_eight(
    simulator: Simulator, account: Account, number: int, at_once: int
) -> None:
    expected = [f"chat-{index}" for index in range(number)]
    for name in reversed(expected):
        simulator.seed({**MINIMAL, "name": name})
    simulator.settings = Settings(latency=0.1)
    with most_at_once(simulator, lambda one: one.path.count("/") == 4) as most:
        said = run(endpoint_info, {**account, "include_details": True})
    assert names(said) == expected
    assert {endpoint["type"] for endpoint in said.result["endpoints"]} == {"sync"}
    assert gets(simulator) == number
    assert most == [at_once]


def test_what_goes_away_between_the_list_and_its_get_is_left_out(
    simulator: Simulator, account: Account, ids: dict[str, str]
) -> None:
    gone = Fault("overlay", operation="listEndpoints", when="after_commit", body={"data": []})
    simulator.script([Fault("status", operation="getEndpoint", **MISSING), Fault("pass", "listEndpoints"), gone])
    assert names(run(endpoint_info, {**account, "name": "chat"})) == []


def test_what_only_the_list_still_shows_is_as_it_shows_it(
    simulator: Simulator, account: Account, ids: dict[str, str]
) -> None:
    simulator.script([Fault("status", operation="getEndpoint", **MISSING)])
    said = run(endpoint_info, {**account, "name": "chat", "include_details": True})
    assert names(said) == ["chat"]
    assert said.result["endpoints"][0]["type"] is None


@pytest.mark.parametrize("arguments", [{}, {"include_details": True}, {"name": "chat"}], ids=str)
@pytest.mark.parametrize("place", ["status", "workers"])
@pytest.mark.parametrize("by_id", [False, True])
def test_no_hidden_value_is_in_the_words_of_the_api(
    simulator: Simulator, account: Account, place: str, by_id: bool, arguments: Mapping[str, Any]
) -> None:
    canary = 'canary-"4711"-0815'
    identity = simulator.seed(
        {**MINIMAL, "envs": [{"key": "TOKEN", "value": canary}, {"key": "PORT", "value": "8080"}]}
    )
    status = {"status": "failed", "error": "CRASH", "message": f"cannot start with TOKEN={quote(canary)}, {canary}"}
    body: dict[str, Any] = {"url": "https://ep.example.com:8080"}
    body |= {"status": status} if place == "status" else {"workers": [{"id": "worker-8080", "status": status}]}
    shown = {"listEndpoints": {"data": [{**simulator.endpoints[0], **body}]}, "getEndpoint": body}
    simulator.script(
        Fault("overlay", operation=operation, when="after_commit", body=answer, times=3)  # type: ignore[arg-type]
        for operation, answer in shown.items()
    )
    said = run(endpoint_info, {**account, **({"id": identity} if by_id else arguments)})
    assert "4711" not in said.text
    assert "cannot start with TOKEN=(hidden)" in said.text
    # What programs read is left alone.
    assert said.result["endpoints"][0]["url"] == body["url"]


def test_a_value_that_is_asked_for_is_shown_wherever_it_is(simulator: Simulator, account: Account) -> None:
    identity = simulator.seed({**MINIMAL, "envs": [{"key": "TOKEN", "value": "canary-0815"}]})
    overlay = {"status": {"status": "failed", "message": "bad canary-0815"}}
    simulator.script([Fault("overlay", operation="getEndpoint", when="after_commit", body=overlay)])
    said = run(endpoint_info, {**account, "id": identity, "include_env_values": True})
    assert said.result["endpoints"][0]["status"]["message"] == "bad canary-0815"


def test_no_hidden_value_is_in_a_refusal(simulator: Simulator, account: Account) -> None:
    simulator.seed({**MINIMAL, "envs": [{"key": "TOKEN", "value": "canary-0815"}]})
    body = {"code": 400, "reason": "BROKEN", "message": "bad canary-0815"}
    simulator.script([Fault("status", operation="getEndpoint", status=400, body=body)])
    said = run(endpoint_info, {**account, "include_details": True})
    assert "bad (hidden)" in said.message


def test_what_changes_between_the_list_and_its_get_is_filtered_again(
    simulator: Simulator, account: Account, ids: dict[str, str]
) -> None:
    overlay = {"status": {"status": "failed"}}
    simulator.script([Fault("overlay", operation="getEndpoint", when="after_commit", body=overlay)])
    arguments = {"name": "chat", "status": "running", "include_details": True}
    assert names(run(endpoint_info, {**account, **arguments})) == []


def test_a_get_that_fails_is_an_error_and_never_a_shorter_list(
    simulator: Simulator, account: Account, ids: dict[str, str]
) -> None:
    simulator.script([Fault("pass", operation="getEndpoint"), Fault("status", "getEndpoint", status=500)])
    said = run(endpoint_info, {**account, "include_details": True})
    assert said.failed
    assert "endpoints" not in said.result
    assert said.result["error"]["status"] == 500


@pytest.mark.parametrize("identity", ["", "x" * 256, ["ep"], True], ids=["empty", "too long", "a list", "a bool"])
def test_an_id_that_cannot_be_one_is_refused_before_anything_is_sent(
    simulator: Simulator, account: Account, identity: Any
) -> None:
    said = run(endpoint_info, {**account, "id": identity})
    assert said.failed
    assert "id " in said.message
    assert simulator.journal == ()


@pytest.mark.parametrize("number", ["--5", "9" * 400, "1e3", "five", 1.5, [], True], ids=str)
def test_one_that_cannot_be_read_is_in_the_way_of_no_other_one(
    simulator: Simulator, account: Account, number: Any
) -> None:
    for name in ("broken", "other"):
        simulator.seed({**MINIMAL, "name": name})
    rows = [{**one, "created_at": number} if one["name"] == "broken" else one for one in simulator.endpoints]
    broken = next(one["id"] for one in rows if one["name"] == "broken")
    listing = Fault("overlay", operation="listEndpoints", when="after_commit", body={"data": rows}, times=9)
    simulator.script([listing])
    assert names(run(endpoint_info, {**account, "name": "other"})) == ["other"]
    said = run(endpoint_info, account)
    assert said.failed
    assert "created_at should be" in said.message
    assert broken in said.message

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for each module that only reads: whole lists or an error, and never a change."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any

import pytest
from unit.bodies import MINIMAL
from unit.running import Said, run

from ansible_collections.ppio.gpu.plugins.modules import endpoint_info, product_info, region_info
from simulator import Fault, Settings, Simulator
from simulator.catalog import PRODUCTS, REGIONS

Account = Mapping[str, Any]

#: Each module, its result's key, and the operation that it lists with.
READERS: Mapping[str, tuple[ModuleType, str, Any]] = {
    "endpoint_info": (endpoint_info, "endpoints", "listEndpoints"),
    "product_info": (product_info, "products", "listProducts"),
    "region_info": (region_info, "regions", "listRegions"),
}
#: Second pages that are no page.
BROKEN: Mapping[str, Mapping[str, Any]] = {
    "an error of the server": {"kind": "status", "status": 500, "body": {"reason": "UNKNOWN"}},
    "a refusal": {"kind": "status", "status": 400, "body": {"reason": "VALIDATOR_PARAM", "message": "cursor"}},
    "a rate limit": {"kind": "status", "status": 429},
    "a redirect": {"kind": "redirect", "headers": {"Location": "/"}},
    "no JSON": {"kind": "status", "status": 200, "body": "<html>maintenance</html>"},
    "an empty answer": {"kind": "status", "status": 200, "body": ""},
    "a list instead of a page": {"kind": "wrong_json", "body": []},
    "no list of items": {"kind": "wrong_json", "body": {"next_cursor": ""}},
    "an object instead of items": {"kind": "wrong_json", "body": {"data": {}}},
    "an item that is null": {"kind": "wrong_json", "body": {"data": [None]}},
    "an item without an id": {"kind": "wrong_json", "body": {"data": [{"name": "x"}]}},
    "an item with a number for an id": {"kind": "wrong_json", "body": {"data": [{"id": 7}]}},
    "an item with a text for an object": {
        "kind": "overlay",
        "when": "after_commit",
        "body": {"data": [{"id": "x", "status": "y", "resource_spec": "y", "feature": "y"}]},
    },
    "a number for a cursor": {"kind": "overlay", "when": "after_commit", "body": {"next_cursor": 7}},
    "a cursor that is too long": {"kind": "overlay", "when": "after_commit", "body": {"next_cursor": "c" * 1025}},
    "a cut answer": {"kind": "truncate", "when": "after_commit"},
    "a broken connection": {"kind": "reset"},
}


@pytest.fixture(params=READERS)
def reader(request: pytest.FixtureRequest, simulator: Simulator) -> tuple[ModuleType, str, Any]:
    """One of the modules; there are three endpoints, and more products and regions."""
    for number in range(3):
        simulator.seed({**MINIMAL, "name": f"chat-{number}"})
    return READERS[request.param]


def read(reader: tuple[ModuleType, str, Any], account: Account, **how: bool) -> list[Mapping[str, Any]]:
    """What a module returns that does not fail."""
    module, key, _operation = reader
    said = run(module, account, **how)
    assert not said.failed, said.message
    found: list[Mapping[str, Any]] = said.result[key]
    return found


def assert_no_list(said: Said, key: str) -> None:
    assert said.failed
    assert said.changed is False
    assert key not in said.result


def test_all_pages_are_one_list(simulator: Simulator, account: Account, reader: Any) -> None:
    whole = read(reader, account)
    assert len(whole) >= 3
    simulator.clear_journal()
    simulator.settings = Settings(page_size=1)
    assert read(reader, account) == whole
    assert len(simulator.journal) == len(whole)
    assert all("cursor" in entry.query for entry in simulator.journal[1:])


@pytest.mark.parametrize("name", BROKEN)
def test_a_page_that_fails_is_an_error_and_never_a_shorter_list(
    simulator: Simulator, account: Account, reader: Any, name: str
) -> None:
    module, key, operation = reader
    simulator.settings = Settings(page_size=1)
    simulator.script([Fault("pass", operation), Fault(operation=operation, **BROKEN[name])])
    said = run(module, account)
    assert_no_list(said, key)
    assert simulator.faults == ()


def test_a_passing_failure_of_a_page_is_tried_again(simulator: Simulator, account: Account, reader: Any) -> None:
    whole = read(reader, account)
    simulator.settings = Settings(page_size=1)
    simulator.script([Fault("pass", reader[2]), Fault("reset", reader[2]), Fault("status", reader[2], status=503)])
    assert read(reader, {**account, "retry_timeout": 30}) == whole
    assert simulator.faults == ()


def test_pages_that_run_in_a_circle_are_an_error(simulator: Simulator, account: Account, reader: Any) -> None:
    module, key, _operation = reader
    simulator.settings = Settings(page_size=2, repeat_cursor=True)
    said = run(module, account)
    assert_no_list(said, key)
    assert "do not come to an end" in said.message


def test_has_more_ends_a_list_even_beside_a_cursor(simulator: Simulator, account: Account, reader: Any) -> None:
    simulator.settings = Settings(page_size=1)
    simulator.script([Fault("overlay", reader[2], when="after_commit", body={"has_more": False})])
    assert len(read(reader, account)) == 1


@pytest.mark.parametrize("body", [{"data": None}, {"data": None, "next_cursor": None}, {"data": []}], ids=str)
def test_an_empty_list_is_no_error(simulator: Simulator, account: Account, reader: Any, body: Any) -> None:
    simulator.script([Fault("overlay", reader[2], when="after_commit", body=body)])
    assert read(reader, account) == []


def test_an_id_that_two_pages_show_is_returned_once(simulator: Simulator, account: Account, reader: Any) -> None:
    whole = read(reader, account)
    rows = {row["id"]: row for row in (*PRODUCTS, *REGIONS, *simulator.endpoints)}
    first = {"data": [rows[whole[1]["id"]]]}
    simulator.settings = Settings(page_size=1)
    simulator.script([Fault("overlay", reader[2], when="after_commit", body=first)])
    found = [item["id"] for item in read(reader, account)]
    assert found == [item["id"] for item in whole[1:]]


def test_check_mode_reads_the_same(simulator: Simulator, account: Account, reader: Any) -> None:
    assert read(reader, account, check=True) == read(reader, account)
    assert read(reader, account, check=True, diff=True) == read(reader, account)
    assert simulator.writes == ()


def test_keys_that_nobody_knows_are_left_out(simulator: Simulator, account: Account, reader: Any) -> None:
    (item,) = read_one(simulator, account, reader, {"id": "x", "colour": "red"})
    assert "colour" not in item
    assert item["id"] == "x"


def read_one(simulator: Simulator, account: Account, reader: Any, item: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    simulator.script([Fault("overlay", reader[2], when="after_commit", body={"data": [item]})])
    return read(reader, account)


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"api_key": "wrong-key-0123"}, 403, ["INVALID_API_KEY", "api_key", "PPIO_API_KEY", "NOVITA_API_KEY"]),
        ({"api_url": "http://127.0.0.1:9"}, None, ["127.0.0.1:9", "api_url"]),
        ({"api_key": " "}, None, ["There is no API key", "PPIO_API_KEY"]),
        ({"api_key": None}, None, ["There is no API key", "PPIO_API_KEY"]),
        ({"api_url": "http://api.example.com"}, None, ["must be https"]),
    ],
    ids=["a wrong key", "nobody there", "an empty key", "no key", "plain http"],
)
def test_an_account_that_does_not_work_is_one_message_with_the_option(
    account: Account, reader: Any, change: Account, status: int | None, words: list[str]
) -> None:
    module, key, _operation = reader
    said = run(module, {**account, **change})
    assert_no_list(said, key)
    assert [word for word in words if word not in said.message] == []
    assert said.result["error"]["status"] == status
    assert "wrong-key-0123" not in said.text


@pytest.mark.parametrize("numbers", ["numbers", "strings"])
def test_a_region_has_everything_that_the_api_says(simulator: Simulator, account: Account, numbers: Any) -> None:
    simulator.settings = Settings(numbers=numbers)
    assert read(READERS["region_info"], account) == list(REGIONS)


def test_what_the_api_does_not_say_of_a_region_is_null(simulator: Simulator, account: Account) -> None:
    (region,) = read_one(simulator, account, READERS["region_info"], {"id": "x"})
    assert region == {
        "id": "x",
        "name": None,
        "gpus": [],
        "feature": {"network_volume": None, "instance_vpc_network": None},
    }

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does the benchmark compare like with like?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import yaml
from unit.running import run

from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT
from ansible_collections.ppio.gpu.plugins.modules import endpoint, endpoint_fleet
from benchmark.bare import BareClient, described
from benchmark.fleets import CONCURRENCY, KEY, Endpoint, changed, fleet, full_fleet, full_fleet_in_yaml, shown
from benchmark.plays import Stage
from benchmark.stub import PATH, Stub, running_stub

COUNT = 230
WANTED = fleet(COUNT)
FULL = full_fleet(COUNT)
#: What is there before, what is wanted, and the calls that it takes: three pages in each look.
CASES = {
    "all new": ([], WANTED, Counter(list=1 + 3, POST=COUNT)),
    "1 % changed": (WANTED, changed(WANTED), Counter(list=3 + 3, GET=3, PUT=3)),
    "unchanged": (WANTED, WANTED, Counter(list=3)),
    "full and unchanged": (FULL, FULL, Counter(list=3)),
}


@pytest.fixture(scope="module")
def stub() -> Iterator[Stub]:
    with running_stub() as running:
        yield running


@pytest.mark.parametrize(("before", "after", "calls"), CASES.values(), ids=CASES)
def test_the_fleet_and_the_bare_client_make_the_same_calls(
    stub: Stub, before: list[Endpoint], after: list[Endpoint], calls: Counter[str]
) -> None:
    stub.reset(before)
    said = run(endpoint_fleet, {"endpoints": after, "api_url": stub.url, "api_key": KEY})
    assert not said.failed, said.message
    assert Counter(stub.calls()) == calls
    stub.reset(before)
    BareClient(stub.url + PATH, CONCURRENCY).have([shown(one) for one in after])
    assert Counter(stub.calls()) == calls


@pytest.mark.parametrize("before", [[], WANTED], ids=["all new", "unchanged"])
def test_the_stub_then_has_what_is_wanted(stub: Stub, before: list[Endpoint]) -> None:
    stub.reset(before)
    run(endpoint_fleet, {"endpoints": changed(WANTED), "api_url": stub.url, "api_key": KEY})
    again = run(endpoint_fleet, {"endpoints": changed(WANTED), "api_url": stub.url, "api_key": KEY})
    assert not again.changed


@pytest.mark.parametrize(
    ("given", "calls"), [({"id": "ep-1"}, ["GET", "PUT", "GET"]), ({}, ["list", "GET", "PUT", "GET"])]
)
def test_an_update_takes_no_more_calls_than_it_needs(stub: Stub, given: Endpoint, calls: list[str]) -> None:
    stub.reset(WANTED[:1])
    said = run(endpoint, {**changed(WANTED)[0], **given, "api_url": stub.url, "api_key": KEY})
    assert said.changed
    assert stub.calls() == calls


def test_what_the_stub_has_forgotten_is_not_there(stub: Stub) -> None:
    stub.reset(WANTED)
    assert requests.get(f"{stub.url}{PATH}/ep-1", timeout=30).json()["name"] == WANTED[0]["name"]
    stub.reset()
    assert requests.get(f"{stub.url}{PATH}/ep-1", timeout=30).status_code == 404


def test_a_playbook_knows_nothing_of_what_an_earlier_one_noted(
    stub: Stub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANSIBLE_COLLECTIONS_PATH", str(Path(endpoint.__file__).parents[5]))
    stage = Stage(tmp_path, stub.url)
    made = []
    for _time in range(2):
        stub.reset()
        stage.cost([{"ppio.gpu.endpoint": WANTED[0]}])
        made.append(stub.calls())
    assert made[0] == made[1]
    assert "POST" in made[0]


def test_without_notes_the_task_creates_all_the_same_and_says_so(
    stub: Stub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANSIBLE_COLLECTIONS_PATH", str(Path(endpoint.__file__).parents[5]))
    stub.reset()
    Stage(tmp_path, stub.url).cost([{"ppio.gpu.endpoint": WANTED[0]}], notes=False)
    assert "POST" in stub.calls()
    assert "cannot be recorded for later tasks" in " ".join((tmp_path / "output").read_text(encoding="utf-8").split())


def test_a_full_endpoint_has_every_field() -> None:
    (one,) = full_fleet(1)
    assert shown(one).keys() == {field.name for field in ENDPOINT.fields}
    for field in ENDPOINT.fields:
        inner = shown(one)[field.name]
        assert field.kind.value != "dict" or inner.keys() == {row.name for row in field.fields}


def test_the_file_describes_the_full_endpoints(tmp_path: Path) -> None:
    text = "".join(full_fleet_in_yaml(3))
    assert yaml.safe_load(text) == full_fleet(3)
    (tmp_path / "fleet.yml").write_text(text, encoding="utf-8")
    assert described(tmp_path / "fleet.yml") == [shown(one) for one in full_fleet(3)]

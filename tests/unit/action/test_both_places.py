# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does a task say the same on the controller, in Ansible's own process, and elsewhere, as a module?"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import ansible.release
import pytest
from unit.bodies import FULL, MINIMAL
from unit.playing import ELSEWHERE, HERE, Played, Result, Stage, Task

from simulator import Simulator

FLEET = [
    {**MINIMAL, "name": "fleet-1", "secret_envs": [{"key": "TOKEN", "value": "canary-77e1"}]},
    {**MINIMAL, "name": "fleet-2"},
]
FAILING_FLEET = [*FLEET, {**MINIMAL, "name": "fleet-3", "id": "no-such-id"}]
KEPT = {"name": "chat", "command": "--slow", "policy": {"type": None}}
SECRET = {"secret_envs": [{"key": "TOKEN", "value": "canary-77e1"}]}

TASKS: Mapping[str, Task] = {
    "create in check mode": {"ppio.gpu.endpoint": {**FULL, **SECRET}, "check_mode": True, "diff": True},
    "create": {"ppio.gpu.endpoint": {**FULL, **SECRET}},
    "unchanged": {"ppio.gpu.endpoint": {**FULL, **SECRET}, "diff": True},
    "update with a difference": {"ppio.gpu.endpoint": {**FULL, "command": "--slow"}, "diff": True},
    "limits broken": {
        "ppio.gpu.endpoint": {**MINIMAL, "ports": [0], "worker_config": {"max_replicas": True}, **SECRET}
    },
    "an option that there is not": {"ppio.gpu.endpoint": {**MINIMAL, "colour": "red", **SECRET}},
    "a value that Ansible refuses": {"ppio.gpu.endpoint": {**MINIMAL, "unique_name": "perhaps"}},
    "null options": {
        "ppio.gpu.endpoint": {**KEPT, **dict.fromkeys(("id", "image", "ports", "api_timeout", "ca_path"))}
    },
    "options left out": {"ppio.gpu.endpoint": {**KEPT, "policy": {}}},
    "empty options": {
        "ppio.gpu.endpoint": {"name": "chat", "entrypoint": "", "ports": [], "ca_path": ""},
        "diff": True,
    },
    "an empty address": {"ppio.gpu.endpoint": {"name": "chat", "api_url": ""}},
    "a key that the API refuses": {"ppio.gpu.endpoint": {**MINIMAL, "api_key": "not-a-key-83d1"}},
    "a key with a line break": {"ppio.gpu.endpoint": {**MINIMAL, "api_key": "{{ api_key }}\n"}},
    "a key of white space": {"ppio.gpu.endpoint": {**MINIMAL, "api_key": "  "}},
    "no key": {"ppio.gpu.endpoint": {**MINIMAL, "api_key": "{{ omit }}"}, "module_defaults": {}},
    "what cannot change": {"ppio.gpu.endpoint": {**FULL, "type": "async"}},
    "a warning": {"ppio.gpu.endpoint": {"name": "never-there", "state": "absent", "validate_certs": False}},
    "endpoints": {"ppio.gpu.endpoint_info": {}},
    "endpoints refused": {"ppio.gpu.endpoint_info": {"api_timeout": 0}},
    "a question in check mode": {"ppio.gpu.endpoint_invoke": {"name": "chat"}, "check_mode": True},
    "a question": {"ppio.gpu.endpoint_invoke": {"url": "{{ api_url }}/serve/nobody", "expect": {"status": [404]}}},
    "a question with a date": {
        "ppio.gpu.endpoint_invoke": {
            "url": "{{ api_url }}/serve/nobody",
            "method": "POST",
            "body": {"when": "{{ '2026-11-25' | to_datetime('%Y-%m-%d') }}"},
            "expect": {"status": [404]},
        }
    },
    "a question to an address with a password": {
        "ppio.gpu.endpoint_invoke": {"url": "https://me:canary-77e1@localhost/"},
        "check_mode": True,
    },
    "a question to nobody": {
        "ppio.gpu.endpoint_invoke": {"name": "nobody", "secret_headers": {"X-Token": "canary-77e1"}}
    },
    "a question refused": {"ppio.gpu.endpoint_invoke": {"name": "chat", "secret_headers": "canary-77e1"}},
    "products": {"ppio.gpu.product_info": {"name": "4090"}},
    "regions": {"ppio.gpu.region_info": None},
    "balance": {"ppio.gpu.balance_info": None},
    "a fleet in check mode": {"ppio.gpu.endpoint_fleet": {"endpoints": FLEET}, "check_mode": True, "diff": True},
    "a fleet": {"ppio.gpu.endpoint_fleet": {"endpoints": FLEET, "concurrency": 1}, "diff": True},
    "a fleet unchanged": {"ppio.gpu.endpoint_fleet": {"endpoints": FLEET}},
    "a fleet from a file": {"ppio.gpu.endpoint_fleet": {"src": "fleet.json"}},
    "a fleet that fails in part": {"ppio.gpu.endpoint_fleet": {"endpoints": FAILING_FLEET}},
    "a fleet refused": {"ppio.gpu.endpoint_fleet": {"endpoints": [{"name": "x", **SECRET}], "prune": True}},
    "a fleet as text": {"ppio.gpu.endpoint_fleet": {"endpoints": "- canary-77e1"}},
    "delete": {"ppio.gpu.endpoint": {"name": "chat", "state": "absent"}, "diff": True},
}
FAILING = frozenset(
    {
        "limits broken",
        "an option that there is not",
        "a value that Ansible refuses",
        "an empty address",
        "a key that the API refuses",
        "a key of white space",
        "no key",
        "what cannot change",
        "endpoints refused",
        "a question to an address with a password",
        "a question to nobody",
        "a question refused",
        "a fleet that fails in part",
        "a fleet refused",
        "a fleet as text",
    }
)
REFUSED_BY_ANSIBLE = frozenset({"a value that Ansible refuses", "no key"})


@pytest.fixture(scope="module")
def simulators() -> Iterator[Mapping[str, Simulator]]:
    """A simulator for each host. Both know the same ids and the same time."""
    with Simulator() as here, Simulator() as elsewhere:
        yield {"here": here, "elsewhere": elsewhere}


@pytest.fixture(scope="module")
def played(simulators: Mapping[str, Simulator], tmp_path_factory: pytest.TempPathFactory) -> Played:
    connections = {"here": HERE, "elsewhere": ELSEWHERE}
    stage = Stage(
        Path(tmp_path_factory.mktemp("places")),
        {
            name: {**connections[name], "api_url": simulators[name].url, "api_key": "simulator-key"}
            for name in connections
        },
    )
    stage.write("fleet.json", FLEET)
    account = {"api_url": "{{ api_url }}", "api_key": "{{ api_key }}", "retry_timeout": 0}
    return stage.play(TASKS, module_defaults={"group/ppio.gpu.all": account}, process={"ANSIBLE_PIPELINING": "true"})


def comparable(result: Result, simulator: Simulator) -> dict[str, Any]:
    """A result without what differs from host to host: the port of the simulator's address, and how long it took."""
    made: dict[str, Any] = json.loads(json.dumps(result).replace(simulator.url.removeprefix("http://"), "simulator"))
    return {name: value for name, value in made.items() if name not in ("seconds", "first_answer_after")}


@pytest.mark.parametrize("name", TASKS)
def test_both_places_say_the_same_key_for_key(played: Played, simulators: Mapping[str, Simulator], name: str) -> None:
    said = played.results[name]
    assert said.keys() == {"here", "elsewhere"}, played.output
    here, elsewhere = (comparable(said[host], simulators[host]) for host in ("here", "elsewhere"))
    if name in REFUSED_BY_ANSIBLE:
        # A module that Ansible itself refuses tells in Ansible's words how it was invoked.
        assert here.pop("invocation")["module_args"].keys() <= elsewhere.pop("invocation")["module_args"].keys()
    assert here == elsewhere
    assert here["failed"] is (name in FAILING), here


def test_both_places_do_the_same(played: Played, simulators: Mapping[str, Simulator]) -> None:
    assert played.results
    here, elsewhere = (
        [(one.method, one.path, one.query, one.body) for one in simulators[host].journal]
        for host in ("here", "elsewhere")
    )
    assert here == elsewhere
    assert [one for one in here if one[0] != "GET"]


@pytest.mark.parametrize("host", ["here", "elsewhere"])
def test_null_says_no_more_than_leaving_out(played: Played, host: str) -> None:
    null, left_out = (
        {name: value for name, value in played.results[task][host].items() if name != "invocation"}
        for task in ("null options", "options left out")
    )
    assert null == left_out
    assert not null["changed"]
    assert null["endpoint"]["ports"] == FULL["ports"]


@pytest.mark.parametrize("host", ["here", "elsewhere"])
def test_what_is_empty_clears_an_option_of_the_endpoint_but_is_no_address(played: Played, host: str) -> None:
    cleared = played.results["empty options"][host]
    assert cleared["operation"] == "update"
    assert (cleared["endpoint"]["entrypoint"], cleared["endpoint"]["ports"]) == ("", [])
    assert "api_url" in played.results["an empty address"][host]["msg"]


def test_only_elsewhere_a_module_is_sent(played: Played) -> None:
    assert played.output.count("<elsewhere> EXEC ") == len(TASKS)
    assert played.output.count("<here> EXEC ") == 0


def test_no_door_shows_a_secret(played: Played) -> None:
    for secret in ("canary-77e1", "simulator-key", "not-a-key-83d1"):
        assert secret not in played.output


def test_both_places_tell_how_they_were_invoked(played: Played) -> None:
    arguments = played.results["create"]["here"]["invocation"]["module_args"]
    assert arguments["name"] == "chat"
    assert arguments["api_key"] == "(hidden)"
    assert arguments["secret_envs"] == [{"key": "TOKEN", "value": "(hidden)"}]


def test_both_places_name_the_file_and_not_what_is_in_it(played: Played) -> None:
    arguments = played.results["a fleet from a file"]["here"]["invocation"]["module_args"]
    assert arguments["src"] == "fleet.json"
    assert "endpoints" not in arguments


def test_no_door_tells_how_it_was_invoked_where_that_is_switched_off(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"here": HERE, "elsewhere": ELSEWHERE})
    tasks = {"refused": {"ppio.gpu.endpoint": {"name": "", "api_key": "key"}}}
    said = stage.play(tasks, process={"ANSIBLE_INJECT_INVOCATION": "false"}).results["refused"]
    assert ("invocation" in said["here"]) == ("invocation" in said["elsewhere"]) == is_always_told()


def is_always_told() -> bool:
    """Before ansible-core 2.21."""
    return tuple(map(int, ansible.release.__version__.split(".")[:2])) < (2, 21)


@pytest.mark.parametrize("host", ["here", "elsewhere"])
def test_a_warning_is_printed_through_both_places(played: Played, host: str) -> None:
    assert played.output.count("validate_certs is false") >= 1
    assert not played.results["a warning"][host]["failed"]

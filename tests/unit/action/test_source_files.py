# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may a file of a fleet say beside its endpoints, and does an error name the file and the entry?

On the controller the action plugin does the work, elsewhere the module; the files are always the controller's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from unit.bodies import MINIMAL
from unit.playing import ELSEWHERE, HERE, Played, Stage, Task

from simulator import Simulator

SECRET = "canary-c31d"
COMMON = {name: value for name, value in MINIMAL.items() if name != "name"}

FILES: Mapping[str, Any] = {
    "defaults/1.yml": {
        "defaults": {**COMMON, "worker_config": {"max_replicas": 3, "idle_timeout": 60}, "ports": [8000]},
        "endpoints": [
            {"name": "plain"},
            {"name": "own", "worker_config": {"max_replicas": 5}, "ports": [9000], "image": "own:1"},
            {"name": "none", "ports": None},
        ],
    },
    "defaults/2.yml": {"defaults": None, "endpoints": [{**MINIMAL, "name": "elsewhere"}]},
    "defaults-list.yml": {"defaults": [COMMON], "endpoints": []},
    "defaults-wrong.yml": {"defaults": {**COMMON, "colour": "red"}, "endpoints": [{"name": "a"}]},
    "literal.yml": {"literal": True, "endpoints": [{**MINIMAL, "command": "{{ a }} {% b %}"}]},
    "literal-wrong.yml": {"literal": "perhaps", "endpoints": [MINIMAL]},
    "curly.yml": [{**MINIMAL, "command": 'echo "${a[@]}" ${#a} {"a": {"b": 1}}'}],
    "template.yml": [
        MINIMAL,
        {**MINIMAL, "name": "chat-2", "secret_envs": [{"key": "A", "value": f"{SECRET} {{{{ b }}}}"}]},
    ],
    "template-default.yml": {"defaults": {"image": "{% if a %}"}, "endpoints": []},
    "wrong/1.yml": [MINIMAL, {**MINIMAL, "name": "other"}],
    "wrong/2.yml": {"endpoints": [{**MINIMAL, "name": "third"}, {**MINIMAL, "name": "fourth", "ports": [0, "x"]}]},
    "playbook.yml": [{"hosts": "localhost", "tasks": [{"ansible.builtin.debug": {"msg": "{{ a }}"}}]}],
    "text.yml": [MINIMAL, "just a text"],
    **{name: [{**MINIMAL, "name": "first"}] for name in ("here.yml", "there.yml")},
    "second.yml": [{**MINIMAL, "name": "second"}],
    "deprecated.yml": [
        MINIMAL,
        {**MINIMAL, "name": "old", "volumes": [{"id": "v", "type": "local", "mount_point": "/"}]},
    ],
}
BYTES = {"broken.yml": b"- name: a\n  image: [\n", "bytes.yml": b"- name: \xff\n"}


#: The first attempt ends with another file in the place of the one that it has read.
AGAIN: Task = {
    "register": "said",
    "until": "lookup('pipe', 'cp second.yml ' ~ inventory_hostname ~ '.yml') == '' and said.attempts == 2",
    "retries": 2,
    "delay": 0,
}


def fleet(src: str) -> Task:
    return {"ppio.gpu.endpoint_fleet": {"src": src}, "check_mode": True, "diff": True}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    stage = Stage(Path(tmp_path_factory.mktemp("source-files")), {"here": HERE, "there": ELSEWHERE})
    for name, content in FILES.items():
        path = stage.directory / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(yaml.safe_dump(content), encoding="utf-8")
    for name, data in BYTES.items():
        (stage.directory / name).write_bytes(data)
    names = dict.fromkeys(name.partition("/")[0] for name in [*FILES, *BYTES])
    tasks = {name: fleet(name) for name in names} | {"again": {**fleet("{{ inventory_hostname }}.yml"), **AGAIN}}
    with Simulator() as simulator:
        process = {"PPIO_API_URL": simulator.url, "PPIO_API_KEY": simulator.api_key}
        identity = simulator.seed({**MINIMAL, "name": "meant-twice"})
        (stage.directory / "twice").mkdir()
        for number in (1, 2):
            stage.write(f"twice/{number}.yml", [{"id": identity, "command": f"--{number}"}])
        yield stage.play({**tasks, "twice": fleet("twice")}, verbosity=5, process=process, environment=process)


def after(played: Played, name: str, host: str) -> dict[str, dict[str, Any]]:
    """What check mode foresees of each endpoint."""
    result = played.results[name][host]
    assert not result["failed"], result["msg"]
    return {one["after_header"]: one["after"] for one in result["diff"]}


BOTH = pytest.mark.parametrize("host", ["here", "there"])


@BOTH
def test_an_entry_has_the_defaults_of_its_file_where_it_says_nothing(played: Played, host: str) -> None:
    foreseen = after(played, "defaults", host)
    assert {name: one["image"] for name, one in foreseen.items()} == {
        **dict.fromkeys(("plain", "none", "elsewhere"), MINIMAL["image"]),
        "own": "own:1",
    }
    assert foreseen["plain"]["worker_config"] == {"max_replicas": 3, "idle_timeout": 60}
    assert foreseen["own"]["worker_config"] == {"max_replicas": 5, "idle_timeout": 60}
    assert [foreseen[name].get("ports") for name in ("plain", "own", "none")] == [[8000], [9000], None]
    assert "idle_timeout" not in foreseen["elsewhere"]["worker_config"]


@BOTH
@pytest.mark.parametrize("name", ["literal.yml", "curly.yml"])
def test_what_is_no_template_or_meant_as_it_is_is_taken_so(played: Played, name: str, host: str) -> None:
    content = FILES[name]
    (entry,) = content["endpoints"] if isinstance(content, dict) else content
    assert [one["command"] for one in after(played, name, host).values()] == [entry["command"]]


REFUSED = {
    "defaults-list.yml": ["/defaults-list.yml: defaults must be a mapping"],
    "defaults-wrong.yml": ["/defaults-wrong.yml: endpoints[0].colour (a) is not a supported option"],
    "literal-wrong.yml": ["/literal-wrong.yml: literal must be true or false"],
    "template.yml": [
        "/template.yml: endpoints[1].secret_envs[0].value (chat-2) looks like a template",
        "literal: true",
    ],
    "template-default.yml": ["/template-default.yml: defaults.image looks like a template"],
    "wrong": [
        "/wrong/2.yml: endpoints[1].ports[0] (fourth) must be",
        "/wrong/2.yml: endpoints[1].ports[1] (fourth) must be",
    ],
    "playbook.yml": ["/playbook.yml: endpoints[0] has hosts and tasks: this is a playbook, not a list of endpoints."],
    "text.yml": ["/text.yml: endpoints[1] must be a mapping, not a string"],
}


@BOTH
@pytest.mark.parametrize("name", REFUSED)
def test_an_error_names_the_file_the_entry_and_the_option(played: Played, name: str, host: str) -> None:
    result = played.results[name][host]
    assert result["failed"]
    assert [part for part in REFUSED[name] if part not in result["msg"]] == []


@BOTH
def test_the_message_of_an_entry_names_files_and_places_too(played: Played, host: str) -> None:
    told = [one["message"] for one in played.results["twice"][host]["endpoints"]]
    assert len(told) == 2
    assert all("/twice/1.yml: endpoints[0] and " in message for message in told)
    assert all("/twice/2.yml: endpoints[0] both describe" in message for message in told)


@BOTH
def test_each_attempt_reads_the_files_anew(played: Played, host: str) -> None:
    assert played.results["again"][host]["attempts"] == 2
    assert after(played, "again", host).keys() == {"second"}


def test_a_warning_does_so_too(played: Played) -> None:
    # Ansible breaks its lines, and from 2.21 on also prints what the module of a host elsewhere said itself.
    told = "".join(played.output.split())
    assert "/deprecated.yml:endpoints[1].volumes[0].type:localworkstoday" in told


@BOTH
@pytest.mark.parametrize("name", BYTES)
def test_a_file_that_cannot_be_read_is_named(played: Played, name: str, host: str) -> None:
    assert played.results[name][host]["failed"]
    # By the message, or with newer ansible-core below it.
    told = played.output.partition(f"TASK [{name}]")[2].partition("TASK [")[0]
    assert f"/{name}" in told


def test_nothing_that_is_secret_is_printed(played: Played) -> None:
    assert "template.yml" in played.results
    assert SECRET not in played.output

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does an export work on the controller, whichever host its task is for, and does Ansible take what it wrote?"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from unit.bodies import FULL, MINIMAL
from unit.playing import ELSEWHERE, HERE, Played, Stage, Task

from simulator import Settings, Simulator

CANARY = "canary-env-2c71"
OPTIONS = {"plain_env_keys": ["MODE", "LEVEL", "ODD"]}


def exported(dest: str, **options: object) -> Task:
    return {"ppio.gpu.endpoint_export": {"dest": dest, **OPTIONS, **options}}


TASKS: Mapping[str, Task] = {
    "check mode": {**exported("fleet.yml"), "check_mode": True},
    "nothing yet": {"ansible.builtin.stat": {"path": "{{ playbook_dir }}/fleet.yml"}},
    "export": exported("fleet.yml"),
    "the same": exported("fleet.yml"),
    "a directory": exported("{{ playbook_dir }}/fleet/"),
    "read": {"ppio.gpu.endpoint_fleet": {"src": "fleet.yml"}},
    "read a directory": {"ppio.gpu.endpoint_fleet": {"src": "fleet"}},
    "reference": exported("variables.yml", secrets="reference"),
    "load": {"ansible.builtin.include_vars": "variables.yml"},
    "refer": {
        "ppio.gpu.endpoint_fleet": {"endpoints": "{{ ppio_endpoints }}"},
        "vars": {"vault_odd_token": CANARY},
    },
    "read variables": {"ppio.gpu.endpoint_fleet": {"src": "variables.yml"}},
    "an option that there is not": exported("x.yml", colour="red"),
    "no dest": {"ppio.gpu.endpoint_export": {}},
    "an odd mode": exported("x.yml", mode="rw"),
    "asynchronous": {**exported("x.yml"), "async": 10, "poll": 1},
    "a default of the group": {
        **exported("x.yml"),
        "module_defaults": {"group/ppio.gpu.all": {"api_key": "wrong-key-of-the-group"}},
    },
}
UNCHANGED = ("the same", "read", "read a directory", "refer")
REFUSED = {
    "read variables": "must have a list, or a mapping with the key endpoints",
    "an option that there is not": "colour",
    "no dest": "dest",
    "an odd mode": "mode must be permissions in octal digits",
    "asynchronous": "async is not supported",
    "a default of the group": "403",
}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return Stage(Path(tmp_path_factory.mktemp("export")), {"here": HERE})


@pytest.fixture(scope="module")
def played(stage: Stage) -> Played:
    with Simulator(Settings(update="replace", omit_empty=True, default_style="zero")) as simulator:
        simulator.seed(FULL)
        odd = [{"key": "ODD", "value": "{{ 7 * 7 }}"}, {"key": "TOKEN", "value": CANARY}]
        simulator.seed({**MINIMAL, "name": "odd", "command": "{% raw %} !vault 010 \u2028 \x07", "envs": odd})
        environment = {"PPIO_API_URL": simulator.url, "PPIO_API_KEY": simulator.api_key}
        # Text of the server that looks like a template is data, and stays so when it is read again.
        process = {"_ANSIBLE_TEMPLAR_UNTRUSTED_TEMPLATE_BEHAVIOR": "ignore"}
        done = stage.play(TASKS, "--diff", verbosity=5, environment=environment, process=process)
        assert simulator.writes == ()
        return done


def test_what_is_exported_is_written_once_and_as_foreseen(played: Played) -> None:
    check, export = played.results["check mode"]["here"], played.results["export"]["here"]
    assert not played.results["nothing yet"]["here"]["stat"]["exists"]
    assert check["changed"]
    assert check["diff"] == export["diff"]
    assert [one["name"] for one in export["endpoints"]] == ["chat", "odd"]


@pytest.mark.parametrize("name", UNCHANGED)
def test_whatever_reads_it_changes_nothing(played: Played, name: str) -> None:
    result = played.results[name]["here"]
    assert not result["failed"], result["msg"]
    assert not result["changed"]


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_done_is_refused(played: Played, stage: Stage, name: str) -> None:
    result = played.results[name]["here"]
    assert result["failed"]
    assert REFUSED[name] in result["msg"]
    assert not (stage.directory / "x.yml").exists()


def test_the_secret_is_nowhere(played: Played, stage: Stage) -> None:
    # The one task that has it in a variable is Ansible's own to print.
    before = played.output.partition("TASK [refer]")[0]
    assert "TASK [reference]" in before
    assert CANARY not in before
    files = [path.read_text(encoding="utf-8") for path in stage.directory.rglob("*.yml")]
    assert len(files) >= 4
    assert not any(CANARY in text for text in files)


def test_a_task_for_another_host_writes_on_the_controller(tmp_path: Path) -> None:
    with Simulator() as simulator:
        simulator.seed(FULL)
        stage = Stage(tmp_path, {"there": ELSEWHERE})
        environment = {"PPIO_API_URL": simulator.url, "PPIO_API_KEY": simulator.api_key}
        done = stage.play({"export": exported("fleet.yml")}, environment=environment)
    assert done.results["export"]["there"]["changed"], done.output
    assert (tmp_path / "fleet.yml").exists()

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What does Ansible promise of every task, and holds for those that the controller does itself, too?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from unit.bodies import FULL, MINIMAL, Body
from unit.playing import HERE, Played, Stage, Task

from simulator import Settings, Simulator, SystemClock

KEY = "canary-key-3d9b2f"
CANARY = "canary-env-71c4"
SECRET = {"secret_envs": [{"key": "TOKEN", "value": CANARY}]}

TASKS: Mapping[str, Task] = {
    "a key from the environment": {"ppio.gpu.endpoint_info": {}},
    "a key from an inner environment": {
        "ppio.gpu.region_info": {},
        "environment": {"PPIO_API_KEY": "wrong-key-of-the-task"},
    },
    "a key from a variable": {"ppio.gpu.region_info": {}, "environment": [{"PPIO_API_KEY": "{{ wrong }}"}]},
    "the environment again": {"ppio.gpu.endpoint_info": {}},
    "a default of the group": {
        "ppio.gpu.product_info": {},
        "module_defaults": {"group/ppio.gpu.all": {"api_key": "wrong-key-of-the-group"}},
    },
    "a default of the module": {
        "ppio.gpu.endpoint_fleet": {"endpoints": [MINIMAL]},
        "module_defaults": {"ppio.gpu.endpoint_fleet": {"concurrency": 65}},
    },
    "an option before a default": {
        "ppio.gpu.endpoint_fleet": {"endpoints": [], "concurrency": 2},
        "module_defaults": {"ppio.gpu.endpoint_fleet": {"concurrency": 65}},
    },
    "check mode": {"ppio.gpu.endpoint": MINIMAL, "check_mode": True},
    "create": {"ppio.gpu.endpoint": {**FULL, **SECRET}},
    "an update": {
        "ppio.gpu.endpoint": {**FULL, "command": "--slow", "secret_envs": [{"key": "TOKEN", "value": CANARY * 2}]}
    },
    "a fact": {"ansible.builtin.debug": {"msg": "{{ ppio_endpoint_id }}"}},
    "silent": {"ppio.gpu.endpoint": {**FULL, "entrypoint": "/bin/silent", **SECRET}, "no_log": True},
    "in a loop": {"ppio.gpu.endpoint": {"name": "{{ item }}", "state": "absent"}, "loop": ["one", "two"]},
}


@dataclass(frozen=True)
class Evening:
    """A playbook that was played, what it did, and all files that it left."""

    played: Played
    made: tuple[Body, ...]
    files: tuple[Path, ...]


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Evening:
    directory = Path(tmp_path_factory.mktemp("controller"))
    home = directory / "home"
    home.mkdir()
    with Simulator(api_key=KEY) as simulator:
        played = Stage(directory, {"here": {**HERE, "wrong": "wrong-key-of-a-variable"}}).play(
            TASKS,
            "--diff",
            verbosity=5,
            process={
                "PPIO_API_KEY": KEY,
                "HOME": str(home),
                "TMPDIR": str(home),
                "ANSIBLE_KEEP_REMOTE_FILES": "true",
                "ANSIBLE_LOG_PATH": str(home / "ansible.log"),
            },
            environment={"PPIO_API_URL": simulator.url},
        )
        return Evening(played, simulator.endpoints, tuple(path for path in home.rglob("*") if path.is_file()))


REFUSED_KEYS = {
    "a key from an inner environment": "wrong-key-of-the-task",
    "a key from a variable": "wrong-key-of-a-variable",
    "a default of the group": "wrong-key-of-the-group",
}


@pytest.mark.parametrize("name", REFUSED_KEYS)
def test_the_innermost_key_counts(evening: Evening, name: str) -> None:
    result = evening.played.results[name]["here"]
    assert result["failed"]
    assert result["error"]["status"] == 403


@pytest.mark.parametrize("name", ["a key from the environment", "the environment again"])
def test_the_environment_of_the_play_counts_in_each_of_its_tasks(evening: Evening, name: str) -> None:
    assert not evening.played.results[name]["here"]["failed"]


def test_the_defaults_of_the_module_count_and_options_count_more(evening: Evening) -> None:
    said = evening.played.results
    assert "concurrency must be 1 to 64, not 65" in said["a default of the module"]["here"]["msg"]
    assert not said["an option before a default"]["here"]["failed"]


def test_check_mode_changes_nothing(evening: Evening) -> None:
    foreseen, made = (evening.played.results[name]["here"] for name in ("check mode", "create"))
    assert foreseen["changed"]
    assert made["operation"] == "create"


def test_later_tasks_know_the_fact(evening: Evening) -> None:
    assert evening.played.results["a fact"]["here"]["msg"] == evening.made[0]["id"]


def test_a_loop_runs_for_each_item(evening: Evening) -> None:
    assert "ok: [here] => (item=one)" in evening.played.output
    assert "ok: [here] => (item=two)" in evening.played.output


def test_a_silent_task_does_its_work_and_says_nothing(evening: Evening) -> None:
    assert evening.made[0]["entrypoint"] == "/bin/silent"
    assert "/bin/silent" not in evening.played.output
    assert evening.played.results["silent"]["here"].keys() == {"censored", "changed", "failed"}


def test_no_secret_is_printed_however_much_is(evening: Evening) -> None:
    assert evening.played.output.count("PLAY [all]") == 1
    for secret in (KEY, CANARY, *REFUSED_KEYS.values()):
        assert secret not in evening.played.output


def test_no_secret_is_written_anywhere(evening: Evening) -> None:
    assert "ansible.log" in {path.name for path in evening.files}
    for path in evening.files:
        content = path.read_bytes()
        for secret in (KEY, CANARY):
            assert secret.encode() not in content, path


@pytest.fixture(scope="module")
def slow_evening(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """Tasks of several hosts at the same time, which all have to wait but for the fast one's."""
    brief = {"rollout": {"stable_for": 0}}
    wait = {
        "ppio.gpu.endpoint": kept("{{ inventory_hostname }}") | {"wait": True, **brief},
        "no_log": "{{ is_silent }}",
    }
    fleet = {"ppio.gpu.endpoint_fleet": {"endpoints": [kept("one") | brief, kept("two") | brief], "wait": True}}
    tasks: Mapping[str, Task] = {
        "wait": wait | {"when": "inventory_hostname in ['loud', 'silent']"},
        "wait for a fleet": fleet | {"when": "inventory_hostname == 'fleet'"},
        "look": {"ppio.gpu.endpoint_info": {}, "when": "inventory_hostname == 'fast'"},
    }
    hosts = {name: {**HERE, "is_silent": name == "silent"} for name in ("loud", "silent", "fleet", "fast")}
    with Simulator(Settings(life="slow", start_seconds=6), clock=SystemClock()) as simulator:
        yield Stage(Path(tmp_path_factory.mktemp("slow")), hosts).play(
            tasks,
            process={"PPIO_API_URL": simulator.url, "PPIO_API_KEY": simulator.api_key},
            strategy="free",
        )


def kept(name: str) -> Body:
    return {**MINIMAL, "name": name, "worker_config": {"max_replicas": 1, "min_replicas": 1}}


def progress(played: Played, module: str) -> list[str]:
    """The lines that a task showed of how far it was."""
    return [line for line in played.output.splitlines() if line.startswith(f"{module}: ")]


def test_a_slow_task_tells_what_it_waits_for(slow_evening: Played) -> None:
    created, *lines = progress(slow_evening, "endpoint")
    assert created.startswith("endpoint: created loud as ")
    assert lines
    assert all("waiting for endpoint 'loud': loud is creating, 0 of 1 workers ready" in line for line in lines)
    assert all(line.endswith(" s)") for line in lines)


def test_a_slow_fleet_tells_who_is_not_ready_and_why(slow_evening: Played) -> None:
    told = progress(slow_evening, "endpoint_fleet")
    assert {name for line in told for name in ("one as ", "two as ") if name in line} == {"one as ", "two as "}
    lines = [line for line in told if "created" not in line]
    assert "waiting for 2 endpoints (one, two): one is creating" in lines[0]
    assert "two is creating" in lines[0]


def test_a_silent_task_tells_nothing(slow_evening: Played) -> None:
    # The interval is long enough for one line of each task that may tell, after that on what it created, and no more.
    assert len(progress(slow_evening, "endpoint")) == 2


def test_a_fast_task_tells_nothing(slow_evening: Played) -> None:
    assert not slow_evening.results["look"]["fast"]["failed"]
    assert progress(slow_evening, "endpoint_info") == []

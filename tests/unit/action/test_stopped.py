# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What does the user hear of what was created by a task that somebody or something stops?"""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from unit.bodies import MINIMAL
from unit.playing import HERE, Stage, Task

from simulator import Settings, Simulator, SystemClock

SECONDS = 4
LONGEST = 60.0
ONE: Task = {"ppio.gpu.endpoint": {**MINIMAL, "wait": True}}
FLEET: Task = {
    "ppio.gpu.endpoint_fleet": {"endpoints": [{**MINIMAL, "name": name} for name in ("a", "b")], "wait": True}
}
BOTH = pytest.mark.parametrize("task", [ONE, FLEET], ids=["one", "a fleet"])


@pytest.fixture
def starting() -> Iterator[Simulator]:
    """An API whose endpoints never get ready."""
    with Simulator(Settings(life="never"), clock=SystemClock()) as simulator:
        yield simulator


def account(simulator: Simulator) -> dict[str, str]:
    return {"PPIO_API_URL": simulator.url, "PPIO_API_KEY": simulator.api_key}


@BOTH
def test_a_task_that_ansible_stops_names_what_it_created(starting: Simulator, tmp_path: Path, task: Task) -> None:
    stage = Stage(tmp_path, {"here": HERE})
    played = stage.play({"stopped": {**task, "timeout": SECONDS}}, environment=account(starting))
    result = played.results["stopped"]["here"]
    assert result["failed"]
    assert result["changed"]
    for one in starting.endpoints:
        assert one["id"] in result["msg"]
        assert f"created {one['name']} as {one['id']}" in played.output
    assert len(starting.endpoints) in (1, 2)


def test_a_task_that_created_nothing_ends_as_ansible_says(starting: Simulator, tmp_path: Path) -> None:
    starting.seed(MINIMAL)
    stage = Stage(tmp_path, {"here": HERE})
    played = stage.play({"stopped": {**ONE, "timeout": SECONDS}}, environment=account(starting))
    result = played.results["stopped"]["here"]
    assert result["failed"]
    assert not result.get("changed")


@BOTH
@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
def test_whoever_stops_a_play_has_seen_what_it_created(
    starting: Simulator, tmp_path: Path, task: Task, by: signal.Signals
) -> None:
    output = tmp_path / "output"
    play: list[dict[str, Any]] = [
        {"hosts": "all", "gather_facts": False, "environment": account(starting), "tasks": [task]}
    ]
    stage = Stage(tmp_path, {"here": HERE})
    stage.write("inventory.json", {"all": {"hosts": {"here": {**HERE, "ansible_python_interpreter": sys.executable}}}})
    stage.write("play.json", play)
    (tmp_path / "ansible.cfg").touch()
    command = ("ansible-playbook", "-i", "inventory.json", "play.json")
    with output.open("w") as file, stage.started(*command, output=file) as started:
        _wait_for(
            lambda: _are_named(starting, len(task.get("ppio.gpu.endpoint_fleet", {}).get("endpoints", [1])), output)
        )
        started.send_signal(by)
        started.wait(LONGEST)
    # While it waits, and long before it would have had a result.
    assert "ok: [here]" not in output.read_text()


def _are_named(simulator: Simulator, count: int, output: Path) -> bool:
    ids = [one["id"] for one in simulator.endpoints]
    text = output.read_text()
    return len(ids) == count and all(identity in text for identity in ids)


def _wait_for(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONGEST
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.05)

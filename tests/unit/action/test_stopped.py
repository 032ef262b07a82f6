# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What does the user hear of what was created by a task that somebody or something stops?"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from unit.asking import JOBS
from unit.bodies import MINIMAL
from unit.playing import HERE, Stage, Task

from simulator import Fault, Settings, Simulator, SystemClock

SECONDS = 4
LONGEST = 60.0
ONE: Task = {"ppio.gpu.endpoint": {**MINIMAL, "wait": True}}
FLEET: Task = {
    "ppio.gpu.endpoint_fleet": {"endpoints": [{**MINIMAL, "name": name} for name in ("a", "b")], "wait": True}
}
BOTH = pytest.mark.parametrize("task", [ONE, FLEET], ids=["one", "a fleet"])


@pytest.fixture(autouse=True)
def hears_ctrl_c() -> Iterator[None]:
    """What a shell runs in the background ignores Ctrl-C, and so does all that it starts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


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


@BOTH
def test_an_answer_that_comes_right_after_ansible_stopped_the_task_is_told(
    starting: Simulator, tmp_path: Path, task: Task
) -> None:
    late = Fault("delay", operation="createEndpoint", when="after_commit", seconds=SECONDS + 2, times=2)
    starting.script([late])
    stage = Stage(tmp_path, {"here": HERE})
    played = stage.play({"stopped": {**task, "timeout": SECONDS}}, environment=account(starting))
    result = played.results["stopped"]["here"]
    assert (result["failed"], result["changed"]) == (True, True)
    assert starting.endpoints
    for one in starting.endpoints:
        assert f"{one['name']} as {one['id']}" in result["msg"]
    assert "utcome unknown" not in result["msg"]


@BOTH
def test_a_create_without_an_answer_is_named_and_the_next_run_goes_on_with_it(
    starting: Simulator, tmp_path: Path, task: Task
) -> None:
    starting.script([Fault("hang", operation="createEndpoint", when="after_commit", seconds=LONGEST, times=2)])
    stage = Stage(tmp_path, {"here": HERE})
    played = stage.play({"stopped": {**task, "timeout": SECONDS}}, environment=account(starting))
    result = played.results["stopped"]["here"]
    assert (result["failed"], result["changed"]) == (True, True)
    assert "Outcome unknown: there is no answer yet to the create of" in result["msg"]
    assert "the next run on this machine looks for it" in result["msg"]
    names = [one["name"] for one in starting.endpoints]
    assert names
    assert all(name in result["msg"] for name in names)
    assert "no answer yet to the create of" in played.output
    starting.script([])
    (module, options), *_others = task.items()
    again = stage.play({"again": {module: {**options, "wait": False}}}, environment=account(starting)).results["again"][
        "here"
    ]
    assert not again["failed"], again
    assert [one["name"] for one in starting.endpoints] == names


@pytest.mark.parametrize("count", [1, 2])
def test_what_was_deleted_to_be_created_anew_is_told_and_nothing_is_created_any_more(
    tmp_path: Path, count: int
) -> None:
    with Simulator(Settings(linger_in_get=SECONDS + 3, linger_in_list=SECONDS + 3), clock=SystemClock()) as simulator:
        wanted = [{**MINIMAL, "name": name} for name in ("a", "b")[:count]]
        ids = [simulator.seed(one) for one in wanted]
        anew = [{**one, "type": "async", "allow_recreate": True} for one in wanted]
        stopped: Task = {"ppio.gpu.endpoint_fleet": {"endpoints": anew, "include_details": True}, "timeout": SECONDS}
        later: Task = {"ansible.builtin.wait_for": {"timeout": SECONDS + 4}}
        stage = Stage(tmp_path, {"here": HERE})
        played = stage.play({"stopped": stopped, "later": later}, environment=account(simulator))
        result = played.results["stopped"]["here"]
        assert (result["failed"], result["changed"]) == (True, True), result
        assert all(f"the delete of {name} ({one})" in result["msg"] for name, one in zip("ab", ids, strict=False))
        assert [write.method for write in simulator.writes] == ["DELETE"] * count
        assert "later" in played.results


def test_a_task_that_created_nothing_ends_as_ansible_says(starting: Simulator, tmp_path: Path) -> None:
    starting.seed(MINIMAL)
    stage = Stage(tmp_path, {"here": HERE})
    played = stage.play({"stopped": {**ONE, "timeout": SECONDS}}, environment=account(starting))
    result = played.results["stopped"]["here"]
    assert result["failed"]
    assert not result.get("changed")


SILENCE = Fault("hang", "submitJob", when="after_commit", seconds=LONGEST)


@pytest.mark.parametrize(
    ("faults", "job"),
    [([], "the job job-1"), ([SILENCE], "a job whose id it has not been told")],
    ids=["running", "without an answer"],
)
def test_a_job_that_may_run_is_told_and_is_no_change(tmp_path: Path, faults: list[Fault], job: str) -> None:
    with Simulator(Settings(job_seconds=LONGEST), clock=SystemClock()) as simulator:
        simulator.seed(JOBS)
        simulator.script(faults)
        asked = {"name": JOBS["name"], "input": {"prompt": "a boat"}, "gateway_url": simulator.gateway_url}
        stage = Stage(tmp_path, {"here": HERE})
        stopped: Task = {"ppio.gpu.endpoint_invoke": asked, "timeout": SECONDS}
        played = stage.play({"stopped": stopped}, environment=account(simulator))
        result = played.results["stopped"]["here"]
        assert (result["failed"], result["changed"]) == (True, False), result
        assert f"It had submitted {job}, which may run and cost money. It was not cancelled." in result["msg"]
        assert list(simulator.jobs) == ["job-1"]


@BOTH
@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
def test_whoever_stops_a_play_has_seen_what_it_created(
    starting: Simulator, tmp_path: Path, task: Task, by: signal.Signals
) -> None:
    output = tmp_path / "output"
    with _started(starting, tmp_path, task, output) as started:
        _wait_for(
            lambda: _are_named(starting, len(task.get("ppio.gpu.endpoint_fleet", {}).get("endpoints", [1])), output)
        )
        started.send_signal(by)
        started.wait(LONGEST)
    # While it waits, and long before it would have had a result.
    assert "ok: [here]" not in output.read_text()


@BOTH
@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
def test_whoever_stops_a_play_has_seen_that_a_create_has_no_answer_yet(
    starting: Simulator, tmp_path: Path, task: Task, by: signal.Signals
) -> None:
    starting.script([Fault("hang", operation="createEndpoint", when="after_commit", seconds=LONGEST, times=2)])
    output = tmp_path / "output"
    said = "no answer yet to the create of"
    with _started(starting, tmp_path, task, output) as started:
        _wait_for(lambda: said in output.read_text())
        started.send_signal(by)
        started.wait(LONGEST)
    assert "if the task is stopped, the next run on this machine looks for it" in output.read_text()
    assert "ok: [here]" not in output.read_text()


@contextmanager
def _started(simulator: Simulator, directory: Path, task: Task, output: Path) -> Iterator[subprocess.Popen[str]]:
    """A play of this task, at work."""
    play: list[dict[str, Any]] = [
        {"hosts": "all", "gather_facts": False, "environment": account(simulator), "tasks": [task]}
    ]
    stage = Stage(directory, {"here": HERE})
    stage.write("inventory.json", {"all": {"hosts": {"here": {**HERE, "ansible_python_interpreter": sys.executable}}}})
    stage.write("play.json", play)
    (directory / "ansible.cfg").touch()
    command = ("ansible-playbook", "-i", "inventory.json", "play.json")
    with output.open("w") as file, stage.started(*command, output=file) as started:
        yield started


def _are_named(simulator: Simulator, count: int, output: Path) -> bool:
    ids = [one["id"] for one in simulator.endpoints]
    text = output.read_text()
    return len(ids) == count and all(identity in text for identity in ids)


def _wait_for(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONGEST
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.05)

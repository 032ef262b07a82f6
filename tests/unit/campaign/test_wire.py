# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does the simulated wire lead to the same outcomes as sockets, and are schedules shrunk as far as they can be?"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from campaign.drawing import schedule_of
from campaign.plays import Performance, perform
from campaign.runs import Run
from campaign.schedules import MANNER, WANTED, Controller, Schedule
from campaign.shrink import shrunk
from campaign.tallies import tally_of_schedules
from campaign.wire import LocalSimulator
from campaign.world import fresh
from simulator import Fault, Settings, Simulator

#: A slow server takes real time over sockets, in which nothing else of the schedule moves, so its seeds are left out.
SLOW = frozenset({"hang", "drip", "delay"})


def _is_alike(schedule: Schedule) -> bool:
    """Whether a schedule can be the same over both wires: over sockets, nobody is killed in the middle of a call."""
    dies = [controller.dies or 0 for controller in schedule.controllers]
    return not SLOW & {fault.kind for fault in schedule.faults} and all(calls == int(calls) for calls in dies)


SEEDS = [seed for seed in range(3_000_000, 3_000_130) if _is_alike(schedule_of(seed))]
AT_ONCE = 20


@pytest.mark.parametrize("part", range(AT_ONCE))
def test_both_wires_lead_to_the_same_outcomes(part: int, running: Simulator, tmp_path: Path) -> None:
    for seed in SEEDS[part::AT_ONCE]:
        schedule = schedule_of(seed)
        simulated = perform(schedule, LocalSimulator(), fresh(tmp_path))
        assert _outcome(simulated) == _outcome(perform(schedule, running, fresh(tmp_path))), f"SEED={seed}"


@pytest.mark.parametrize("first", range(2_000_000, 2_002_000, 250))
def test_no_schedule_breaks_a_promise(first: int) -> None:
    tally = tally_of_schedules(range(first, first + 250))
    assert tally.broken == {}
    assert tally.schedules == 250


def test_a_slow_server_takes_the_time_that_the_client_waits(tmp_path: Path) -> None:
    """The endpoint comes into being only after the client has given up, and is found by looking."""
    fault = Fault("delay", operation="createEndpoint", seconds=3)
    controller = Controller(0, {**MANNER, **WANTED})
    schedule = Schedule(7, Settings(validate_answers=False), (), (fault,), (controller,))
    run = perform(schedule, LocalSimulator(), fresh(tmp_path)).runs[0]
    (create,) = (entry for entry in run.requests if entry.method == "POST")
    assert create.committed == run.result["id"]
    assert "did not answer within 0.3 s" in run.text
    assert run.seconds > 3
    assert run.truths[0] == ()


def test_a_schedule_is_shrunk_to_what_makes_it_wrong() -> None:
    options = {**MANNER, **WANTED, "on_duplicate": "keep_oldest", "retry_timeout": 5, "rollout": {"surge": 1}}
    fault = Fault("reset", operation="createEndpoint", times=5)
    controllers = tuple(Controller(place, options, True, begins=40.0, dies=place + 2.0) for place in range(4))
    settings = Settings(flapping_list=True, omit_empty=True, page_size=1, validate_answers=False)
    schedule = Schedule(7, settings, (WANTED, WANTED), (fault, fault), controllers, (0, 1, 0))

    def is_wrong(one: Schedule) -> bool:
        return len(one.controllers) >= 2 and one.settings.flapping_list

    short = shrunk(schedule, is_wrong)
    assert is_wrong(short)
    assert (len(short.controllers), short.faults, short.existing, short.order) == (2, (), (), ())
    assert short.settings == replace(short.settings, flapping_list=True)
    assert short.told.count("nothing unusual") == 2


def _outcome(performance: Performance) -> object:
    runs = (*performance.runs, performance.rerun, performance.last)
    left = sorted((endpoint["name"], endpoint["id"], endpoint["image"]) for endpoint in performance.end)
    return [_told(run) for run in runs], left


def _told(run: Run) -> object:
    """What a run said and sent, without what differs."""
    text = run.text.replace(run.options["api_url"], "URL").replace(run.options["api_url"].partition("//")[2], "HOST")
    # Neither the date nor how half a second is rounded is of the schedule.
    text = re.sub(r"'(created_at|seconds)': \d+", "", text)
    requests = [(entry.method, entry.path, dict(entry.query), entry.status, entry.committed) for entry in run.requests]
    return run.report.failed, text, requests

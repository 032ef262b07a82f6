# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When is a line shown of how far a task is?"""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from unit.talking import Time

from ansible_collections.ppio.gpu.plugins.module_utils._errors import AmbiguousResponse, PpioError, Rejected
from ansible_collections.ppio.gpu.plugins.module_utils._progress import SILENT, ProgressReporter
from ansible_collections.ppio.gpu.plugins.module_utils._redaction import Secrets


@pytest.fixture
def clock() -> Time:
    return Time()


@pytest.fixture
def heard() -> list[str]:
    return []


@pytest.fixture
def progress(clock: Time, heard: list[str]) -> ProgressReporter:
    return ProgressReporter(heard.append, clock.clock)


def test_nothing_is_shown_of_short_work(clock: Time, progress: ProgressReporter, heard: list[str]) -> None:
    for tenth in range(19):
        progress.phase(f"phase {tenth}")
        progress.step(f"step {tenth}")
        clock.passed += 0.1
    assert heard == []


def test_what_is_created_is_told_at_once(clock: Time, progress: ProgressReporter, heard: list[str]) -> None:
    progress.created("chat", "ep-1")
    assert heard == ["created chat as ep-1 (0 s)"]
    assert progress.created_so_far == ("chat as ep-1",)


def test_many_at_once_are_told_in_one_line_a_second(clock: Time, progress: ProgressReporter, heard: list[str]) -> None:
    for number in range(22):
        progress.created(f"chat-{number}", f"ep-{number}")
    assert heard == [f"created chat-{number} as ep-{number} (0 s)" for number in range(20)]
    clock.passed = 1.0
    progress.created("chat-22", "ep-22")
    assert heard[20:] == ["created chat-20 as ep-20, chat-21 as ep-21, chat-22 as ep-22 (1 s)"]


def test_nothing_created_is_kept_back_when_a_new_phase_begins(progress: ProgressReporter, heard: list[str]) -> None:
    for number in range(21):
        progress.created(f"chat-{number}", f"ep-{number}")
    progress.phase("looking")
    assert heard[-1] == "created chat-20 as ep-20 (0 s)"


def test_a_create_without_an_answer_is_told_once(clock: Time, progress: ProgressReporter, heard: list[str]) -> None:
    with progress.creating("chat", is_noted=True):
        clock.passed = 1.9
        progress.look()
        assert heard == []
        clock.passed = 2.0
        progress.look()
        progress.look()
    look = "if the task is stopped, the next run on this machine looks for it (2 s)"
    assert heard == [f"no answer yet to the create of chat; {look}"]


def test_of_many_creates_without_an_answer_some_are_named(
    clock: Time, progress: ProgressReporter, heard: list[str]
) -> None:
    with ExitStack() as stack:
        for number in range(7):
            stack.enter_context(progress.creating(f"chat-{number}", is_noted=number > 0))
        clock.passed = 2.0
        progress.look()
    names = ", ".join(f"chat-{number}" for number in range(5))
    assert heard == [
        f"no answer yet to the create of {names}, and 2 more; if the task is stopped, look for it in the console (2 s)"
    ]


def test_a_create_is_without_an_answer_until_it_ends_in_one(progress: ProgressReporter) -> None:
    with progress.creating("made", is_noted=True):
        assert [one.name for one in progress.unanswered(0)] == ["made"]
    with pytest.raises(PpioError), progress.creating("refused", is_noted=True):
        raise PpioError("no")
    assert progress.unanswered(0) == ()
    with pytest.raises(KeyboardInterrupt), progress.creating("stopped", is_noted=True):
        raise KeyboardInterrupt
    assert [one.name for one in progress.unanswered(0)] == ["stopped"]


def test_a_name_cannot_steer_a_terminal(progress: ProgressReporter, heard: list[str]) -> None:
    progress.created("chat\x1b[2J", "ep-1")
    assert heard == ["created chat [2J as ep-1 (0 s)"]


def test_the_first_step_after_two_seconds_is_shown_with_its_phase(
    clock: Time, progress: ProgressReporter, heard: list[str]
) -> None:
    progress.phase("12 to create")
    clock.passed = 2.0
    progress.step("3 of 12 done")
    assert heard == ["12 to create: 3 of 12 done (2 s)"]


def test_then_a_step_is_shown_every_few_seconds(clock: Time, progress: ProgressReporter, heard: list[str]) -> None:
    for second in range(21):
        clock.passed = second
        progress.step(f"step {second}")
    assert heard == ["step 2 (2 s)", "step 7 (7 s)", "step 12 (12 s)", "step 17 (17 s)"]


def test_each_new_phase_of_long_work_is_shown(clock: Time, progress: ProgressReporter, heard: list[str]) -> None:
    clock.passed = 3.0
    progress.phase("1000 endpoints listed")
    clock.passed = 3.4
    progress.phase("7 to create")
    assert heard == ["1000 endpoints listed (3 s)", "7 to create (3 s)"]


def test_a_step_right_after_a_phase_waits_for_its_turn(
    clock: Time, progress: ProgressReporter, heard: list[str]
) -> None:
    clock.passed = 3.0
    progress.phase("7 to create")
    progress.step("1 of 7 done")
    assert heard == ["7 to create (3 s)"]
    clock.passed = 8.0
    progress.step("5 of 7 done")
    assert heard == ["7 to create (3 s)", "5 of 7 done (8 s)"]


def test_of_several_short_phases_the_last_one_is_shown(
    clock: Time, progress: ProgressReporter, heard: list[str]
) -> None:
    progress.phase("1000 endpoints listed")
    progress.phase("7 to create")
    clock.passed = 2.5
    progress.step("1 of 7 done")
    assert heard == ["7 to create: 1 of 7 done (2 s)"]


def test_what_was_sent_is_told_once_unless_it_was_refused() -> None:
    progress = ProgressReporter(lambda _line: None, Time().clock)
    refusals: list[PpioError] = [Rejected("no"), AmbiguousResponse("lost"), AmbiguousResponse("lost"), Rejected("no")]
    told: list[tuple[str, ...]] = []
    for refusal in refusals:
        with pytest.raises(PpioError), progress.sending("update", "chat", "ep-1"):
            raise refusal
        told.append(progress.sent_so_far)
    update = "the update of chat (ep-1)"
    assert told == [(), (update,), (update,), (update,)]
    with progress.sending("delete", "chat", "ep-1"):
        assert progress.sent_so_far == (update, "the delete of chat (ep-1)")


def test_a_job_is_told_until_it_has_ended_and_without_secrets(progress: ProgressReporter, heard: list[str]) -> None:
    assert progress.job == ""
    progress.submitted("the job canary-4711")
    assert progress.job == "the job canary-4711"
    progress.hide(Secrets(["canary-4711"]))
    assert progress.job == "the job (hidden)"
    progress.submitted("")
    assert progress.job == ""
    assert heard == []


def test_nobody_hears_of_a_job_in_silence() -> None:
    SILENT.submitted("the job job-1")
    assert SILENT.job == ""

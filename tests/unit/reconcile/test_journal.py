# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does a machine remember what it created, as long as the list does not show it?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from unit import fleets
from unit.bodies import MINIMAL
from unit.fleets import existing
from unit.passing import Time
from unit.reconcile import acting
from unit.reconcile.acting import at_phase

from ansible_collections.ppio.gpu.plugins.module_utils._reconcile.journal import LONGEST_LAG
from ansible_collections.ppio.gpu.plugins.module_utils._reconcile.snapshot import SETTLE_WINDOW
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.task import Report
from simulator import Fault, Settings, Simulator

LAG = 60.0
KEY = "TOKEN"
SECRET = "correct-horse-battery"
WANTED: Mapping[str, Any] = {**MINIMAL, "secret_envs": [{"key": KEY, "value": SECRET}]}
LOST = Fault("reset", operation="createEndpoint", when="after_commit")
NEVER_ARRIVED = Fault("reset", operation="createEndpoint")


def play(simulator: Simulator, time: Time, fleet: bool, *, check: bool = False, **options: Any) -> Report:
    return acting.play(simulator, time, fleet, {**WANTED, **options}, check=check)


def records(home: Path) -> list[dict[str, Any]]:
    return [json.loads(path.read_text()) for path in (home / ".ansible" / "ppio_gpu_creates").glob("*")]


def operation(report: Report) -> str:
    return str((report.result.get("endpoints") or [report.result])[0]["operation"])


@pytest.mark.parametrize("lag", [20.0, LAG, 300.0])
def test_the_same_task_twice_creates_once_though_the_list_lags(
    simulator: Simulator, time: Time, fleet: bool, lag: float
) -> None:
    simulator.settings = Settings(visible_in_list_after=lag)
    first, second = (play(simulator, time, fleet) for _round in range(2))
    assert (first.failed, second.failed) == (False, False)
    assert (operation(first), operation(second)) == ("create", "none")
    assert list(existing(simulator)) == ["chat"]


def test_the_same_task_twice_creates_once_though_nothing_shows_it(
    simulator: Simulator, time: Time, fleet: bool
) -> None:
    simulator.settings = Settings(visible_in_list_after=LAG, visible_in_get_after=LAG)
    first, second = (play(simulator, time, fleet) for _round in range(2))
    assert first.failed
    assert not second.failed
    assert operation(second) == "none"
    assert list(existing(simulator)) == ["chat"]


def test_a_rerun_after_a_lost_answer_waits_until_the_list_shows_it(
    simulator: Simulator, time: Time, fleet: bool
) -> None:
    simulator.settings = Settings(visible_in_list_after=LAG)
    simulator.script([LOST])
    first, second = (play(simulator, time, fleet) for _round in range(2))
    assert first.failed
    assert not second.failed
    assert operation(second) == "none"
    assert list(existing(simulator)) == ["chat"]


@pytest.mark.parametrize("wish", [{}, {"state": "absent"}], ids=["present", "absent"])
def test_a_rerun_that_cannot_know_does_nothing_and_says_so(
    simulator: Simulator, time: Time, fleet: bool, wish: Mapping[str, Any]
) -> None:
    simulator.settings = Settings(visible_in_list_after=500)
    simulator.script([LOST])
    play(simulator, time, fleet)
    simulator.clear_journal()
    for report in (play(simulator, time, fleet, check=check, **wish) for check in (False, True)):
        assert report.failed
        assert not report.result["changed"]
        assert "utcome unknown" in report.result["msg"]
        assert "'chat'" in report.result["msg"]
    assert not simulator.writes
    assert list(existing(simulator)) == ["chat"]


def test_what_left_no_trace_for_ten_minutes_was_never_created(
    simulator: Simulator, time: Time, fleet: bool, home: Path
) -> None:
    simulator.script([NEVER_ARRIVED])
    assert play(simulator, time, fleet).failed
    assert play(simulator, time, fleet).failed
    assert records(home)
    simulator.clock.advance(600)
    assert operation(play(simulator, time, fleet)) == "create"
    assert list(existing(simulator)) == ["chat"]


def test_several_that_show_up_for_one_create_in_doubt_are_all_named(
    simulator: Simulator, time: Time, fleet: bool
) -> None:
    simulator.script([NEVER_ARRIVED])
    assert play(simulator, time, fleet).failed
    before = time.passed
    time.at(before + 1, lambda: [simulator.seed(MINIMAL) for _count in range(2)])
    report = play(simulator, time, fleet)
    assert report.failed
    assert "2 endpoints have the name 'chat'" in report.result["msg"]
    assert all(one["id"] in report.result["msg"] for one in simulator.endpoints)


def test_how_long_ago_the_create_in_doubt_was_sent_is_told(simulator: Simulator, time: Time, fleet: bool) -> None:
    simulator.script([NEVER_ARRIVED])
    assert play(simulator, time, fleet).failed
    simulator.clock.advance(100)
    report = play(simulator, time, fleet, retry_timeout=0)
    assert "sent a create of 'chat' 130 s ago, and nothing of it shows so far" in report.result["msg"]
    assert "In 470 s it will count as never created" in report.result["msg"]


def test_resending_is_a_risk_that_a_rerun_may_take(simulator: Simulator, time: Time, fleet: bool) -> None:
    simulator.script([NEVER_ARRIVED])
    assert play(simulator, time, fleet).failed
    report = play(simulator, time, fleet, on_ambiguous="resend")
    assert operation(report) == "create"
    assert any("sent again" in warning for warning in report.warnings)


def test_a_record_is_small_private_and_without_secrets(
    simulator: Simulator, time: Time, fleet: bool, home: Path
) -> None:
    simulator.settings = Settings(visible_in_list_after=LAG)
    report = play(simulator, time, fleet)
    (path,) = (home / ".ansible" / "ppio_gpu_creates").glob("*")
    (record,) = records(home)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert record.keys() == {"scope", "name", "time", "id"}
    assert (record["name"], record["id"]) == ("chat", simulator.endpoints[0]["id"])
    assert simulator.api_key not in path.read_text() + path.name
    assert SECRET not in path.read_text()
    assert not report.failed


def test_nothing_is_left_once_the_list_shows_it_after_the_longest_lag(
    simulator: Simulator, time: Time, fleet: bool, home: Path
) -> None:
    play(simulator, time, fleet)
    simulator.clock.advance(LONGEST_LAG - 1)
    play(simulator, time, fleet)
    assert [one["shown"] for one in records(home)] == [True]
    simulator.clock.advance(1)
    play(simulator, time, fleet, check=True)
    assert records(home)
    play(simulator, time, fleet)
    assert records(home) == []


def test_the_next_run_notes_what_the_list_shows_by_now(
    simulator: Simulator, time: Time, fleet: bool, home: Path
) -> None:
    simulator.settings = Settings(visible_in_list_after=LAG)
    play(simulator, time, fleet)
    (before,) = records(home)
    simulator.clock.advance(LAG)
    play(simulator, time, fleet, check=True)
    assert records(home) == [before]
    play(simulator, time, fleet)
    assert records(home) == [{**before, "shown": True}]


@pytest.mark.parametrize("offset", [0, 1])
@pytest.mark.parametrize("faults", [[], [LOST]], ids=["answered", "lost"])
@pytest.mark.parametrize("lag", [0.0, LAG])
def test_a_list_that_loses_again_what_it_has_shown_leads_to_no_second_one(
    simulator: Simulator, time: Time, fleet: bool, offset: int, faults: list[Fault], lag: float
) -> None:
    simulator.settings = Settings(flapping_list=True, visible_in_list_after=lag)
    for _round in range(offset):
        fleets.run(simulator, time, [{"name": "other", "state": "absent"}], check=True)
    simulator.script(faults)
    reports = [play(simulator, time, fleet) for _round in range(6)]
    assert list(existing(simulator)) == ["chat"]
    assert not any(report.failed for report in reports[1:])
    assert [operation(report) for report in reports[2:]] == ["none"] * 4


@pytest.mark.parametrize("faults", [[], [LOST]], ids=["answered", "lost"])
def test_nor_where_a_read_does_not_show_it_yet(
    simulator: Simulator, time: Time, fleet: bool, faults: list[Fault]
) -> None:
    simulator.settings = Settings(flapping_list=True, visible_in_get_after=SETTLE_WINDOW - 5)
    simulator.script(faults)
    for _round in range(5):
        play(simulator, time, fleet)
    assert list(existing(simulator)) == ["chat"]


@pytest.mark.parametrize("wish", [{}, {"state": "absent"}], ids=["present", "absent"])
def test_nor_counts_it_as_gone_where_there_was_no_time_to_look_for_it(
    simulator: Simulator, time: Time, fleet: bool, wish: Mapping[str, Any]
) -> None:
    play(simulator, time, fleet)
    identity = simulator.endpoints[0]["id"]
    simulator.clock.advance(5)
    simulator.settings = Settings(visible_in_list_after=20, visible_in_get_after=20)
    for check in (True, False):
        report = play(simulator, time, fleet, check=check, retry_timeout=5, **wish)
        assert report.failed
        assert f"which became {identity}, and nothing shows it any more." in report.result["msg"]
        assert "s it will count as deleted." in report.result["msg"]
    assert list(existing(simulator)) == ["chat"]
    assert not play(simulator, time, fleet, **wish).failed
    assert list(existing(simulator)) == ([] if wish else ["chat"])


@pytest.mark.parametrize("offset", [0, 1])
def test_a_list_that_loses_it_again_is_no_proof_that_it_is_gone(
    simulator: Simulator, time: Time, fleet: bool, offset: int
) -> None:
    simulator.settings = Settings(flapping_list=True)
    assert operation(play(simulator, time, fleet)) == "create"
    for _round in range(offset):
        play(simulator, time, fleet, check=True)
    assert operation(play(simulator, time, fleet, state="absent")) == "delete"
    assert list(existing(simulator)) == []
    assert operation(play(simulator, time, fleet, state="absent")) == "none"


@pytest.mark.parametrize("age", [0, SETTLE_WINDOW])
@pytest.mark.parametrize("wish", [{}, {"state": "absent"}], ids=["present", "absent"])
def test_what_was_shown_and_then_deleted_elsewhere_may_be_created_again(
    simulator: Simulator,
    time: Time,
    fleet: bool,
    wish: Mapping[str, Any],
    age: float,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    play(simulator, time, fleet)
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("HOME", str(tmp_path))
        assert operation(play(simulator, time, fleet, state="absent")) == "delete"
    simulator.clock.advance(age)
    before = time.passed
    assert operation(play(simulator, time, fleet, **wish)) == ("none" if wish else "create")
    # What was just written is looked for a while.
    assert (time.passed - before >= SETTLE_WINDOW - 1) is (age == 0)
    assert list(existing(simulator)) == ([] if wish else ["chat"])


def test_what_was_shown_long_ago_and_is_gone_needs_no_time_to_be_looked_for(
    simulator: Simulator, time: Time, fleet: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    play(simulator, time, fleet)
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("HOME", str(tmp_path))
        play(simulator, time, fleet, state="absent")
    simulator.clock.advance(SETTLE_WINDOW)
    assert operation(play(simulator, time, fleet, retry_timeout=0)) == "create"


def test_what_was_elected_is_remembered(simulator: Simulator, time: Time, home: Path) -> None:
    old: list[str] = []

    def rival() -> None:
        old.append(simulator.seed(MINIMAL))
        simulator.clock.advance(5)

    progress = at_phase("endpoint 'chat' to create", rival)
    report = fleets.run(simulator, time, [{**MINIMAL, "on_duplicate": "keep_oldest"}], progress=progress)
    assert not report.failed, report.result["msg"]
    assert [one["id"] for one in records(home)] == old


def test_resending_is_not_for_what_a_list_has_shown_and_lost_again(
    simulator: Simulator, time: Time, fleet: bool
) -> None:
    simulator.settings = Settings(flapping_list=True, ignored_fields=("command",))
    simulator.script([LOST])
    report = play(simulator, time, fleet, on_ambiguous="resend", command="--fast")
    assert report.failed
    assert list(existing(simulator)) == ["chat"]
    assert simulator.endpoints[0]["id"] in str(report.result["msg"])


def test_a_refused_create_leaves_no_record(simulator: Simulator, time: Time, fleet: bool, home: Path) -> None:
    simulator.settings = Settings(balance="debt")
    assert play(simulator, time, fleet).failed
    assert records(home) == []


def test_check_mode_writes_nothing(simulator: Simulator, time: Time, fleet: bool, home: Path) -> None:
    assert operation(play(simulator, time, fleet, check=True)) == "create"
    assert list(home.iterdir()) == []


@pytest.mark.parametrize("by_id", [False, True], ids=["by name", "by id"])
def test_what_was_removed_may_be_created_again(simulator: Simulator, time: Time, fleet: bool, by_id: bool) -> None:
    simulator.settings = Settings(visible_in_list_after=LAG)
    play(simulator, time, fleet)
    which = {"id": simulator.endpoints[0]["id"], "name": None} if by_id else {}
    assert operation(play(simulator, time, fleet, state="absent", **which)) == "delete"
    assert list(existing(simulator)) == []
    assert operation(play(simulator, time, fleet)) == "create"
    assert list(existing(simulator)) == ["chat"]


def test_the_old_name_of_what_was_renamed_is_free(simulator: Simulator, time: Time, fleet: bool) -> None:
    play(simulator, time, fleet)
    identity = simulator.endpoints[0]["id"]
    assert operation(play(simulator, time, fleet, id=identity, name="chat-old")) == "update"
    assert operation(play(simulator, time, fleet, state="absent")) == "none"
    assert operation(play(simulator, time, fleet)) == "create"
    assert list(existing(simulator)) == ["chat-old", "chat"]


def test_the_name_that_somebody_else_has_changed_is_free(
    simulator: Simulator, time: Time, fleet: bool, tmp_path: Path
) -> None:
    play(simulator, time, fleet)
    # The list has shown it under its name: so the API did not choose the other one.
    assert operation(play(simulator, time, fleet)) == "none"
    with pytest.MonkeyPatch.context() as elsewhere:
        elsewhere.setenv("HOME", str(tmp_path))
        play(simulator, time, fleet, id=simulator.endpoints[0]["id"], name="chat-old")
    assert operation(play(simulator, time, fleet)) == "create"
    assert list(existing(simulator)) == ["chat-old", "chat"]


def test_another_account_may_use_the_name(simulator: Simulator, time: Time, home: Path) -> None:
    simulator.script([NEVER_ARRIVED])
    assert play(simulator, time, False).failed
    with Simulator(Settings(), api_key="another-account") as other:
        assert operation(play(other, Time(other), False)) == "create"


def test_a_file_that_cannot_be_read_counts_as_a_create(
    simulator: Simulator, time: Time, fleet: bool, home: Path
) -> None:
    simulator.script([NEVER_ARRIVED])
    play(simulator, time, fleet)
    (path,) = (home / ".ansible" / "ppio_gpu_creates").glob("*")
    path.write_text('{"time": ')
    simulator.clock.advance(path.stat().st_mtime - simulator.clock.now())
    assert play(simulator, time, fleet).failed
    assert list(existing(simulator)) == []


def test_a_home_that_takes_no_record_degrades_with_a_warning(
    simulator: Simulator, time: Time, fleet: bool, home: Path
) -> None:
    (home / ".ansible").mkdir()
    (home / ".ansible" / "ppio_gpu_creates").write_text("a file")
    report = play(simulator, time, fleet)
    assert not report.failed
    (warning,) = report.warnings
    assert "cannot be recorded for later tasks" in warning


def test_a_fleet_notes_nothing_of_what_is_unchanged(simulator: Simulator, time: Time, home: Path) -> None:
    entries = fleets.named(3)
    fleets.seeded(simulator, entries)
    fleets.run(simulator, time, entries)
    assert not (home / ".ansible" / "ppio_gpu_creates").exists()


def test_many_creates_in_doubt_are_found_again(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(visible_in_list_after=LAG)
    entries = fleets.named(30)
    fleets.run(simulator, time, entries)
    report = fleets.run(simulator, time, entries)
    assert report.result["summary"] == fleets.counted(unchanged=30)
    assert len(fleets.existing(simulator)) == 30


def test_a_delete_that_did_not_happen_leaves_the_record(simulator: Simulator, time: Time, fleet: bool) -> None:
    simulator.settings = Settings(visible_in_list_after=400)
    play(simulator, time, fleet)
    simulator.script([Fault("status", operation="deleteEndpoint", status=500, times=1000)])
    assert play(simulator, time, fleet, state="absent", retry_timeout=5).failed
    simulator.script([])
    assert operation(play(simulator, time, fleet, state="absent", retry_timeout=5)) == "delete"
    assert list(existing(simulator)) == []


def test_a_delete_by_id_leaves_the_record_of_another_one(simulator: Simulator, time: Time, fleet: bool) -> None:
    other = simulator.seed({**MINIMAL, "name": "other"})
    simulator.settings = Settings(visible_in_list_after=400)
    play(simulator, time, fleet)
    assert operation(play(simulator, time, fleet, id=other, state="absent")) == "delete"
    assert operation(play(simulator, time, fleet, retry_timeout=5)) == "none"
    assert list(existing(simulator)) == ["chat"]


def test_a_rename_takes_the_record_along(simulator: Simulator, time: Time, fleet: bool) -> None:
    simulator.settings = Settings(visible_in_list_after=400)
    play(simulator, time, fleet)
    identity = simulator.endpoints[0]["id"]
    assert operation(play(simulator, time, fleet, id=identity, name="bot")) == "update"
    assert operation(play(simulator, time, fleet, name="bot")) == "none"
    assert list(existing(simulator)) == ["bot"]


def test_what_was_renamed_elsewhere_after_a_rename_leaves_its_name_free(
    simulator: Simulator, time: Time, fleet: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    play(simulator, time, fleet)
    identity = simulator.endpoints[0]["id"]
    play(simulator, time, fleet, id=identity, name="bot")
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("HOME", str(tmp_path))
        play(simulator, time, fleet, id=identity, name="cat")
    simulator.clock.advance(86400)
    assert operation(play(simulator, time, fleet, name="bot", state="absent")) == "none"
    assert operation(play(simulator, time, fleet, name="bot")) == "create"


def test_a_swap_of_names_takes_both_records_along(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(visible_in_list_after=400)
    first = fleets.run(simulator, time, [{**WANTED, "name": name} for name in "ab"])
    ids = first.result["ids"]
    swapped = [{"id": ids["a"], "name": "b"}, {"id": ids["b"], "name": "a"}]
    assert not fleets.run(simulator, time, swapped, concurrency=1).failed
    again = fleets.run(simulator, time, [{**WANTED, "name": name} for name in "ab"])
    assert not again.failed, again.result["msg"]
    assert again.result["ids"] == {"a": ids["b"], "b": ids["a"]}
    assert len(simulator.endpoints) == 2

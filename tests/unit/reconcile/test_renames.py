# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which endpoint is meant where a list shows one by a name that it had before?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from unit import fleets
from unit.bodies import MINIMAL
from unit.fleets import counted, entry, messages, named, seeded, told
from unit.passing import Time
from unit.reconcile import acting

from ansible_collections.ppio.gpu.plugins.module_utils._tasks.task import Report
from simulator import Fault, Settings, Simulator

CHECK = pytest.mark.parametrize("check", [False, True], ids=["for real", "check mode"])
LAGGING = Settings(visible_in_list_after=400)
LOST = Fault("reset", operation="updateEndpoint", when="after_commit")
REFUSED = Fault("status", operation="updateEndpoint", status=400, body={"reason": "X", "message": "no"}, times=9)
EVERYTHING: Mapping[str, Any] = {"prune": True, "name_prefix": "chat-", "prune_max_percent": 100}


def play(simulator: Simulator, time: Time, fleet: bool, *, check: bool = False, **options: Any) -> Report:
    return acting.play(simulator, time, fleet, options, check=check)


def created(simulator: Simulator, time: Time, fleet: bool, name: str) -> str:
    """The id of an endpoint that a task has just created, and that the list does not show for long."""
    simulator.settings = LAGGING
    assert not play(simulator, time, fleet, **entry(name)).failed
    (identity,) = (one["id"] for one in simulator.endpoints if one["name"] == name)
    return str(identity)


def names(simulator: Simulator) -> list[str]:
    return [one["name"] for one in simulator.endpoints]


def recorded(home: Path) -> list[str]:
    paths = (home / ".ansible" / "ppio_gpu_creates").glob("*")
    return [json.loads(path.read_text())["name"] for path in paths]


def shown_as(simulator: Simulator, **former: str) -> Fault:
    """The list, which shows these by their former names."""
    shown = [{**one, "name": former.get(one["name"], one["name"])} for one in simulator.endpoints]
    return Fault("overlay", operation="listEndpoints", when="after_commit", body={"data": shown}, times=99)


@CHECK
@pytest.mark.parametrize("wish", [{"command": "--fast"}, {"state": "absent"}], ids=["present", "absent"])
def test_what_a_read_shows_by_another_name_than_the_list_is_left_alone(
    simulator: Simulator, time: Time, fleet: bool, check: bool, wish: Mapping[str, Any]
) -> None:
    identity = simulator.seed(entry("bot"))
    simulator.script([shown_as(simulator, bot="chat")])
    report = play(simulator, time, fleet, check=check, **{**entry("chat"), **wish})
    assert report.failed
    assert (
        f"The list calls {identity} 'chat', and a read calls it 'bot': it may have been renamed a moment ago"
        in (report.result["msg"])
    )
    assert simulator.writes == ()


def test_a_read_that_is_behind_the_list_is_repeated(simulator: Simulator, time: Time, fleet: bool) -> None:
    simulator.seed(entry("chat"))
    former = {"name": "bot"}
    simulator.script([Fault("overlay", operation="getEndpoint", when="after_commit", body=former, times=2)])
    report = play(simulator, time, fleet, **entry("chat"), command="--fast")
    assert not report.failed, report.result["msg"]
    assert simulator.endpoints[0]["command"] == "--fast"


@pytest.mark.parametrize("faults", [1, 99], ids=["once", "for ever"])
def test_what_cannot_be_read_is_deleted_by_the_name_in_the_list(simulator: Simulator, time: Time, faults: int) -> None:
    seeded(simulator, named(2))
    simulator.script([Fault("status", operation="getEndpoint", status=403, times=faults)])
    report = fleets.run(simulator, time, [{"name": "chat-0", "state": "absent"}, *named(2)[1:]])
    assert not report.failed, report.result["msg"]
    assert names(simulator) == ["chat-1"]


def test_what_a_read_shows_without_a_name_is_pruned(simulator: Simulator, time: Time) -> None:
    seeded(simulator, named(2))
    simulator.settings = Settings(validate_answers=False)
    nameless = Fault("overlay", operation="getEndpoint", when="after_commit", body={"name": None}, times=99)
    simulator.script([nameless])
    report = fleets.run(simulator, time, named(1), **EVERYTHING)
    assert not report.failed, report.result["msg"]
    assert names(simulator) == ["chat-0"]


def test_what_nobody_can_read_now_is_not_deleted(simulator: Simulator, time: Time) -> None:
    seeded(simulator, named(2))
    simulator.script([Fault("status", operation="getEndpoint", status=503, times=999)])
    report = fleets.run(simulator, time, [{"name": "chat-0", "state": "absent"}, *named(2)[1:]])
    assert report.failed
    assert "HTTP 503" in report.result["msg"]
    assert names(simulator) == ["chat-0", "chat-1"]


def test_a_page_in_the_place_of_what_was_deleted_says_nothing(simulator: Simulator, time: Time, fleet: bool) -> None:
    seeded(simulator, named(2))
    lost = Fault("reset", operation="deleteEndpoint", when="after_commit")
    simulator.script([lost, Fault("pass", operation="getEndpoint"), Fault("wrong_json", operation="getEndpoint")])
    report = play(simulator, time, fleet, name="chat-0", state="absent")
    assert not report.failed, report.result["msg"]
    assert names(simulator) == ["chat-1"]


@CHECK
def test_what_an_entry_turns_out_to_mean_is_not_pruned_by_its_former_name(
    simulator: Simulator, time: Time, check: bool
) -> None:
    fleets.run(simulator, time, [entry("chat-old")])
    identity = simulator.endpoints[0]["id"]
    assert not fleets.run(simulator, time, [{"id": identity, "name": "chat-new"}]).failed
    simulator.script([shown_as(simulator, **{"chat-new": "chat-old"})])
    simulator.clear_journal()
    report = fleets.run(simulator, time, [entry("chat-new")], check=check, **EVERYTHING)
    assert not report.failed, report.result["msg"]
    assert told(report) == [("chat-new", "none", False)]
    assert simulator.writes == ()


def test_what_has_another_name_by_now_is_not_pruned(simulator: Simulator, time: Time) -> None:
    seeded(simulator, [*named(1), entry("search")])
    simulator.script([shown_as(simulator, search="chat-1")])
    report = fleets.run(simulator, time, named(1), **EVERYTHING)
    assert report.result["summary"] == counted(unchanged=1, failed=1)
    assert messages(report) == {"chat-1": "It has another name by now, so it was not deleted."}
    assert simulator.writes == ()


def test_the_old_name_means_the_same_one_where_the_api_ignored_the_rename(
    simulator: Simulator, time: Time, fleet: bool
) -> None:
    identity = created(simulator, time, fleet, "a")
    simulator.settings = Settings(ignored_fields=("name",), visible_in_list_after=400)
    report = play(simulator, time, fleet, id=identity, name="b")
    assert "but shows name is 'a', wanted is 'b'" in report.result["msg"]
    simulator.settings = LAGGING
    assert not play(simulator, time, fleet, **entry("a")).failed
    assert names(simulator) == ["a"]


def test_a_rename_whose_answer_is_lost_frees_the_old_name_and_takes_the_new_one(
    simulator: Simulator, time: Time, fleet: bool, home: Path
) -> None:
    identity = created(simulator, time, fleet, "a")
    simulator.script([LOST])
    assert not play(simulator, time, fleet, id=identity, name="b").failed
    assert recorded(home) == ["b"]
    for name in ("b", "a"):
        assert not play(simulator, time, fleet, **entry(name)).failed
    assert names(simulator) == ["b", "a"]


def test_a_rename_that_showed_too_late_for_its_task_frees_the_old_name(
    simulator: Simulator, time: Time, fleet: bool
) -> None:
    identity = created(simulator, time, fleet, "a")
    old = {"name": "a"}
    simulator.script([Fault("overlay", operation="getEndpoint", when="after_commit", body=old, times=1000)])
    assert play(simulator, time, fleet, id=identity, name="b").failed
    simulator.script([])
    assert not play(simulator, time, fleet, **entry("a")).failed
    assert names(simulator) == ["b", "a"]


def test_a_rename_that_is_refused_leaves_the_records_as_they_were(
    simulator: Simulator, time: Time, fleet: bool
) -> None:
    ids = {name: created(simulator, time, fleet, name) for name in ("x", "y")}
    simulator.script([REFUSED])
    swapped = [{"id": ids["x"], "name": "y"}, {"id": ids["y"], "name": "x"}]
    assert fleets.run(simulator, time, swapped).failed
    for name in ids:
        report = play(simulator, time, fleet, **entry(name))
        assert not report.failed, report.result["msg"]
    assert names(simulator) == ["x", "y"]


def test_a_create_that_may_have_happened_is_not_forgotten_for_a_rename_to_its_name(
    simulator: Simulator, time: Time, fleet: bool
) -> None:
    other = created(simulator, time, fleet, "other")
    simulator.script([Fault("reset", operation="createEndpoint", when="after_commit")])
    assert play(simulator, time, fleet, **entry("chat")).failed
    play(simulator, time, fleet, id=other, name="chat")
    report = play(simulator, time, fleet, **entry("chat"))
    assert report.failed
    assert names(simulator) == ["chat", "chat"]


def test_a_name_that_no_list_shows_yet_is_given_to_no_other_one(simulator: Simulator, time: Time, fleet: bool) -> None:
    other = simulator.seed(entry("other"))
    owner = created(simulator, time, fleet, "chat")
    simulator.clear_journal()
    report = play(simulator, time, fleet, id=other, name="chat")
    assert report.failed
    assert f"The name 'chat' belongs to {owner} already." in report.result["msg"]
    assert simulator.writes == ()


@pytest.mark.parametrize("batches", [None, ["1"]], ids=["at once", "in batches"])
@pytest.mark.parametrize("faults", [[], [REFUSED]], ids=["renamed", "refused"])
def test_what_gives_its_name_away_is_not_what_is_to_be_absent(
    simulator: Simulator, time: Time, batches: list[str] | None, faults: list[Fault]
) -> None:
    identity = simulator.seed({**MINIMAL, "name": "llama"})
    wanted = [{"name": "llama", "state": "absent"}, {"id": identity, "name": "chat"}]
    foreseen = fleets.run(simulator, time, wanted, check=True, wait=True, batches=batches)
    assert told(foreseen) == [("llama", "none", False), ("chat", "update", True)]
    simulator.script(faults)
    report = fleets.run(simulator, time, wanted, wait=True, batches=batches)
    assert faults or told(report) == told(foreseen)
    assert report.failed is bool(faults)
    assert names(simulator) == ["llama" if faults else "chat"]
    assert {one.method for one in simulator.writes} == {"PUT"}

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does the run for a real account find out how an API behaves, and leave nothing behind?"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from live.facts import Fact
from live.run import LiveRunError, live

from simulator import Fault, Settings, Simulator

IMAGE = "registry.example.com/chat:1"
NAME = "ppio-gpu-live-12345678"
NO_DELETE = Fault("status", "deleteEndpoint", status=400, body={"reason": "FORBIDDEN", "message": "no"}, times=9)
LEFT = f"\nThe endpoint {NAME} may be left. Look for it in the console, and delete it."


def found(simulator: Simulator, product_id: str = "") -> list[Fact]:
    """What a run finds out."""
    return list(live(simulator.url, simulator.api_key, NAME, product_id, IMAGE, simulator.clock.advance))


def by_setting(simulator: Simulator) -> dict[str, str]:
    """What a run finds out, by the simulator's setting for it."""
    return {fact.setting: fact.answer for fact in found(simulator)}


def answers(simulator: Simulator) -> dict[str, str]:
    """What a run finds out, by question."""
    return {fact.question: fact.answer for fact in found(simulator)}


@pytest.mark.parametrize("update", ["merge", "replace"])
@pytest.mark.parametrize("missing", ["400", "404"])
@pytest.mark.parametrize("numbers", ["numbers", "strings"])
def test_the_facts_are_the_switches_of_the_simulator(
    simulator: Simulator, update: str, missing: str, numbers: str
) -> None:
    simulator.settings = Settings(update=update, missing=missing, numbers=numbers)  # type: ignore[arg-type]  # words
    facts = by_setting(simulator)
    assert (facts["update"], facts["numbers"]) == (update, numbers)
    assert facts["missing"] == f"{missing} SERVERLESS_ENDPOINT_NOT_FOUND"
    assert simulator.endpoints == ()


def test_a_run_finds_out_everything(simulator: Simulator) -> None:
    facts = answers(simulator)
    assert facts["Empty values in a PUT clear a field"] == "yes"
    assert facts["The list shows all whatever `keyword` says"] == "no"
    assert facts["What is shown in the place of a variable's value"] == "nothing: it is shown as it is"
    assert not [answer for answer in facts.values() if "not found out" in answer]


def test_masks_and_lists_that_do_not_filter_are_found_out(simulator: Simulator) -> None:
    simulator.settings = Settings(mask="***", ignore_keyword=True)
    facts = by_setting(simulator)
    assert (facts["mask"], facts["ignore_keyword"]) == ("'***'", "yes")


def test_a_setting_of_a_fact_is_one_of_the_simulator(simulator: Simulator) -> None:
    named = {fact.setting for fact in found(simulator)} - {""}
    assert named <= {field.name for field in dataclasses.fields(Settings)}


def test_one_field_is_changed_of_an_endpoint_that_keeps_no_worker(simulator: Simulator) -> None:
    facts = live(simulator.url, simulator.api_key, NAME, "", IMAGE, simulator.clock.advance)
    there = {fact.setting: simulator.endpoints for fact in facts}
    (created,), (changed,) = there["numbers"], there["update"]
    assert {name for name in created if created[name] != changed[name]} == {"command"}
    assert created["worker_config"]["min_replicas"] == 0


@pytest.mark.parametrize("operation", ["getEndpoint", "updateEndpoint"])
def test_nothing_is_left_behind_by_a_run_that_fails(simulator: Simulator, operation: str) -> None:
    refused = Fault("status", operation, status=400)  # type: ignore[arg-type]  # an operation
    simulator.script([Fault("pass", "getEndpoint", times=8), refused] if operation == "getEndpoint" else [refused])
    with pytest.raises(LiveRunError):
        found(simulator)
    assert simulator.endpoints == ()


def test_a_create_that_is_refused_is_what_is_told(simulator: Simulator) -> None:
    simulator.settings = Settings(balance="debt")
    with pytest.raises(LiveRunError, match=r"^create: .*BALANCE_NOT_ENOUGH.*$"):
        found(simulator)


def test_a_cleanup_that_fails_too_is_told_second(simulator: Simulator) -> None:
    simulator.script([Fault("status", "updateEndpoint", status=400, body={"reason": "WRONG"}), NO_DELETE])
    with pytest.raises(LiveRunError) as failed:
        found(simulator)
    first, second, left = str(failed.value).splitlines()
    assert first.startswith("change: ")
    assert "WRONG" in first
    assert second.startswith("delete: ")
    assert "FORBIDDEN" in second
    assert f"\n{left}" == LEFT


def test_a_cleanup_that_fails_alone_says_what_may_be_left(simulator: Simulator) -> None:
    simulator.script([NO_DELETE])
    with pytest.raises(LiveRunError, match=r"^delete: .*FORBIDDEN") as failed:
        found(simulator)
    assert str(failed.value).endswith(LEFT)


def test_a_cleanup_that_finds_nothing_of_what_was_created_says_so(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    facts = live(simulator.url, simulator.api_key, NAME, "", IMAGE, simulator.clock.advance)
    assert any(fact.question.startswith("The app name") for fact in facts)
    simulator.reset()
    # Without the notes of this machine, by which the task would go on looking for it.
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(LiveRunError, match=r"\ndelete: expected changed=True, and got False\n") as failed:
        list(facts)
    assert str(failed.value).endswith(LEFT)


def test_a_key_that_is_refused_is_one_message(simulator: Simulator) -> None:
    for product_id, step in (("", "products"), ("any", "read")):
        with pytest.raises(LiveRunError, match=rf"^{step}: .*INVALID_API_KEY.*$"):
            list(live(simulator.url, "wrong", NAME, product_id, IMAGE, simulator.clock.advance))


def test_an_endpoint_that_has_the_name_already_is_left_alone(simulator: Simulator) -> None:
    body = {"type": "sync", "name": NAME, "product_id": "p", "image": IMAGE, "worker_config": {"max_replicas": 1}}
    simulator.seed(body)
    with pytest.raises(LiveRunError, match=r"^read: expected \[\], and got "):
        found(simulator)
    assert len(simulator.endpoints) == 1

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Is a new kind of resource no more than a table? The second one keeps the promises that endpoints keep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest
from unit.running import Said, run
from unit.second import database
from unit.second.database import DATABASE, FLEET, INFO, ONE
from unit.second.server import Database, Databases, serving

PASSWORD = "correct-horse-battery"
OTHER = "staple-of-last-year"
WANTED: Mapping[str, Any] = {"name": "orders", "size_gb": 20, "password": PASSWORD, "protected": True}
EXISTING: Database = {"name": "orders", "sizeGb": 20, "masterPassword": PASSWORD, "deletionProtection": True}


@pytest.fixture
def databases() -> Iterator[Databases]:
    with serving() as running:
        yield running


@dataclass(frozen=True)
class Scenario:
    """One task for one database, what there was before, and which writes it takes."""

    arguments: Mapping[str, Any]
    writes: tuple[str, ...]
    existing: Database | None = None


SCENARIOS = {
    "create": Scenario(WANTED, ("create",)),
    "grow": Scenario({**WANTED, "size_gb": 30}, ("modify",), EXISTING),
    "a secret": Scenario({**WANTED, "password": OTHER}, ("modify",), EXISTING),
    "a boolean": Scenario({**WANTED, "protected": False}, ("modify",), EXISTING),
    "recreate to shrink": Scenario({**WANTED, "size_gb": 10, "allow_recreate": True}, ("destroy", "create"), EXISTING),
    "recreate to move": Scenario(
        {**WANTED, "region": "south", "allow_recreate": True}, ("destroy", "create"), EXISTING
    ),
    "delete": Scenario({"name": "orders", "state": "absent"}, ("destroy",), EXISTING),
    "nothing": Scenario(WANTED, (), EXISTING),
}


def account(databases: Databases) -> dict[str, Any]:
    return {"api_url": databases.url, "api_key": "key-of-the-account", "retry_timeout": 2}


def play(databases: Databases, entries: int, arguments: Mapping[str, Any], *, check: bool = False) -> Said:
    """The task for one database, or for a fleet of so many that differ by name."""
    if not entries:
        return run(ONE, {**account(databases), **arguments}, check=check, diff=True)  # type: ignore[arg-type]  # has main
    fleet = [{**arguments, "name": f"{arguments['name']}{'-x' * number}"} for number in range(entries)]
    return run(FLEET, {**account(databases), "databases": fleet}, check=check, diff=True)  # type: ignore[arg-type]


FORMS = pytest.mark.parametrize("entries", [0, 1, 3], ids=["one", "a fleet of one", "a fleet of three"])


def prepare(databases: Databases, entries: int, existing: Database | None) -> None:
    databases.seed(name="other", sizeGb=10)
    if existing:
        for number in range(max(1, entries)):
            databases.seed(**{**existing, "name": f"orders{'-x' * number}"})


@FORMS
@pytest.mark.parametrize("name", SCENARIOS)
def test_a_task_changes_once_as_predicted_and_then_never_again(databases: Databases, name: str, entries: int) -> None:
    scenario = SCENARIOS[name]
    prepare(databases, entries, scenario.existing)
    said, writes = [], []
    for check in (True, False, True, False):
        databases.calls.clear()
        said.append(play(databases, entries, scenario.arguments, check=check))
        assert not said[-1].failed, said[-1].message
        writes.append(sorted(databases.writes))
    changes = bool(scenario.writes)
    assert [one.changed for one in said] == [changes, changes, False, False]
    assert writes == [[], sorted(scenario.writes * max(1, entries)), [], []]
    assert said[0].result["diff"] == said[1].result["diff"]
    assert [one["name"] for one in databases.existing.values()].count("other") == 1


@FORMS
def test_a_create_whose_answer_is_lost_is_found_and_adopted(databases: Databases, entries: int) -> None:
    databases.faults["create"] = ["lost"] * 3
    said = play(databases, entries, WANTED)
    assert not said.failed, said.message
    assert len(databases.existing) == max(1, entries)
    assert "adopted" in said.warnings
    assert not play(databases, entries, WANTED).changed


@FORMS
def test_an_api_that_never_says_the_new_id_is_looked_at(
    databases: Databases, entries: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "DATABASE", replace(DATABASE, verbs=replace(DATABASE.verbs, created_id=None)))
    said = play(databases, entries, WANTED)
    assert not said.failed, said.message
    assert len(databases.existing) == max(1, entries)
    assert not play(databases, entries, WANTED).changed


@FORMS
def test_what_such_an_api_accepts_and_never_shows_is_unknown(
    databases: Databases, entries: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "DATABASE", replace(DATABASE, verbs=replace(DATABASE.verbs, created_id=None)))
    databases.faults["create"] = ["forgotten"]
    said = play(databases, entries, WANTED)
    assert said.failed
    assert "Outcome unknown. The API accepted the create of" in said.message
    assert "does not say its id" in said.message


@FORMS
def test_transient_errors_are_retried(databases: Databases, entries: int) -> None:
    for call in ("list", "describe", "modify"):
        databases.faults[call] = ["refused"]
    prepare(databases, entries, EXISTING)
    said = play(databases, entries, {**WANTED, "size_gb": 40})
    assert not said.failed, said.message
    assert said.changed


@FORMS
def test_the_secret_is_nowhere(databases: Databases, entries: int) -> None:
    prepare(databases, entries, EXISTING)
    databases.faults["modify"] = ["echo"] * max(1, entries)
    refused = play(databases, entries, {**WANTED, "password": OTHER})
    assert refused.failed
    assert "ODD" in refused.message
    done = play(databases, entries, {**WANTED, "password": OTHER})
    assert done.changed
    info = run(INFO, account(databases))  # type: ignore[arg-type]  # has main
    for said in (refused, done, info):
        assert PASSWORD not in said.text
        assert OTHER not in said.text


def test_the_diff_says_that_the_secret_changes(databases: Databases) -> None:
    prepare(databases, 0, EXISTING)
    diff = play(databases, 0, {**WANTED, "password": OTHER}, check=True).result["diff"]
    assert (diff["before"]["password"], diff["after"]["password"]) == ("(hidden)", "(hidden, changed)")


@FORMS
def test_what_can_only_grow_does_not_shrink(databases: Databases, entries: int) -> None:
    prepare(databases, entries, EXISTING)
    said = play(databases, entries, {**WANTED, "size_gb": 10})
    assert said.failed
    assert "this can only grow" in said.message
    assert databases.writes == ()


@FORMS
def test_a_limit_may_have_one_side(databases: Databases, entries: int) -> None:
    said = play(databases, entries, {**WANTED, "size_gb": 9})
    assert said.failed
    assert "must be at least 10" in said.message
    assert play(databases, entries, {**WANTED, "size_gb": 10**9}).changed


@FORMS
def test_a_boolean_is_checked(databases: Databases, entries: int) -> None:
    said = play(databases, entries, {**WANTED, "protected": "perhaps"})
    assert said.failed
    place = "protected" if entries == 0 else "databases[0].protected (orders)"
    assert f"{place} must be true or false, not 'perhaps'" in said.message
    assert databases.calls == []


@pytest.mark.parametrize("option", ["wait", "wait_for"])
def test_there_is_no_waiting_for_what_has_no_states(databases: Databases, option: str) -> None:
    assert play(databases, 0, {**WANTED, option: True}).failed
    assert databases.calls == []


def test_a_fleet_prunes(databases: Databases) -> None:
    prepare(databases, 3, EXISTING)
    arguments = {"databases": [WANTED], "prune": True, "name_prefix": "orders", "prune_max_percent": 100}
    said = run(FLEET, {**account(databases), **arguments})  # type: ignore[arg-type]  # has main
    assert sorted(one["name"] for one in databases.existing.values()) == ["orders", "other"]
    assert said.result["summary"]["deleted"] == 2


def test_reading_shows_them_all(databases: Databases) -> None:
    prepare(databases, 3, EXISTING)
    said = run(INFO, account(databases))  # type: ignore[arg-type]  # has main
    assert [one["size_gb"] for one in said.result["databases"]] == [10, 20, 20, 20]
    assert databases.calls == ["list", "list"]

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What does a task make of what earlier ones of this machine created? The stages by themselves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from unit.bodies import FULL, MINIMAL
from unit.talking import Time, calls, client
from unit.values import current, desired

from ansible_collections.ppio.gpu.plugins.module_utils._api.client import Client
from ansible_collections.ppio.gpu.plugins.module_utils._errors import NotApplied, NotFound
from ansible_collections.ppio.gpu.plugins.module_utils._reconcile.entry import Entry, Located
from ansible_collections.ppio.gpu.plugins.module_utils._reconcile.journal import Journal, Record
from ansible_collections.ppio.gpu.plugins.module_utils._reconcile.memory import Memory
from ansible_collections.ppio.gpu.plugins.module_utils._reconcile.recall import note_shown, recalled, remembered
from ansible_collections.ppio.gpu.plugins.module_utils._reconcile.snapshot import Snapshot
from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT
from simulator import Fault, Simulator


@pytest.fixture
def talker(simulator: Simulator) -> Client:
    return client(simulator.url, Time(), retry_timeout=0)


@pytest.fixture
def memory(talker: Client) -> Memory:
    return Memory.of(talker, read_only=False)


@pytest.fixture
def journal(memory: Memory) -> Journal:
    return memory.creates


def entry(name: str = "chat", **options: Any) -> Entry:
    return Entry.of(desired({**FULL, "name": name, **options}))


def listed(**names: str) -> Snapshot:
    """A list that shows these ids with their names."""
    return Snapshot(ENDPOINT, {identity: {"id": identity, "name": name} for identity, name in names.items()})


def found(journal: Journal, name: str = "chat") -> tuple[str | None, bool]:
    record = journal.find(name)
    assert record
    return record.id, record.is_shown


class TestNoteShown:
    def test_a_create_without_an_answer_led_to_the_only_one_of_its_name(self, memory: Memory, journal: Journal) -> None:
        journal.begin("chat")
        note_shown(memory, [entry("other"), entry()], listed(a="chat", b="other"))
        assert found(journal) == ("a", True)

    def test_of_two_of_the_name_nobody_knows_which_one_it_is(self, memory: Memory, journal: Journal) -> None:
        journal.begin("chat")
        note_shown(memory, [entry()], listed(a="chat", b="chat"))
        assert found(journal) == (None, False)

    @pytest.mark.parametrize("options", [{"id": "a"}, {"unique_name": False}])
    def test_an_entry_that_does_not_go_by_its_name_says_nothing_of_it(
        self, memory: Memory, journal: Journal, options: dict[str, Any]
    ) -> None:
        journal.begin("chat")
        note_shown(memory, [entry(**options)], listed(a="chat"))
        assert found(journal) == (None, False)


class TestRemembered:
    def test_the_list_also_shows_what_it_has_lost(self, simulator: Simulator, talker: Client, journal: Journal) -> None:
        identity = simulator.seed({**MINIMAL, "name": "chat"})
        journal.complete("chat", identity)
        journal.complete("gone", "ep-gone")
        snapshot = remembered(talker, journal, [entry("gone"), entry()], listed(b="other"), 1)
        assert list(snapshot.listed) == ["b", identity]

    def test_what_cannot_be_read_now_is_no_part_of_it(
        self, simulator: Simulator, talker: Client, journal: Journal
    ) -> None:
        identity = simulator.seed({**MINIMAL, "name": "chat"})
        journal.complete("chat", identity)
        simulator.script([Fault("status", status=403, operation="getEndpoint")])
        snapshot = listed(b="other")
        assert remembered(talker, journal, [entry()], snapshot, 1) is snapshot

    def test_without_a_list_nothing_is_read(self, simulator: Simulator, talker: Client, journal: Journal) -> None:
        journal.complete("chat", "ep-1")
        snapshot = replace(listed(), listing_error=NotFound("no list"))
        assert remembered(talker, journal, [entry()], snapshot, 1) is snapshot
        assert calls(simulator) == []


class TestRecalled:
    def test_what_is_there_or_was_not_looked_for_by_name_is_not_recalled(
        self, simulator: Simulator, talker: Client, journal: Journal
    ) -> None:
        journal.complete("chat", "ep-9")
        there = Located(entry(), current(FULL), frozenset())
        by_id = Located(entry(), None, None)
        assert recalled(talker, journal, there) is there
        assert recalled(talker, journal, by_id) is by_id
        assert calls(simulator) == []

    def test_the_new_one_of_the_name_is_what_a_create_without_an_answer_led_to(
        self, simulator: Simulator, talker: Client, journal: Journal
    ) -> None:
        old, new = (simulator.seed({**MINIMAL, "name": "chat"}) for _one in range(2))
        journal.begin("chat")
        told = recalled(talker, journal, Located(entry(), None, frozenset({old})))
        assert told.current
        assert (told.current.id, told.is_stale) == (new, True)
        assert found(journal) == (new, True)

    @pytest.mark.parametrize("name", ["bot", "zebra"])
    def test_one_that_was_renamed_leaves_its_name_free(
        self, simulator: Simulator, talker: Client, journal: Journal, name: str
    ) -> None:
        identity = simulator.seed({**MINIMAL, "name": name})
        journal.begin("chat")
        journal.show("chat", identity)
        located = Located(entry(), None, frozenset())
        assert recalled(talker, journal, located) is located

    @pytest.mark.parametrize("name", ["bot", "zebra"])
    def test_one_that_the_api_calls_otherwise_is_named(
        self, simulator: Simulator, talker: Client, journal: Journal, name: str
    ) -> None:
        identity = simulator.seed({**MINIMAL, "name": name})
        journal.complete("chat", identity)
        with pytest.raises(NotApplied, match=f"created {identity} for the name 'chat', and the API calls it '{name}'"):
            recalled(talker, journal, Located(entry(), None, frozenset()))
        assert journal.find("chat") == Record(journal.notes.clock.today(), identity)

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does a note count whatever becomes of the notes beside it?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from unit import passing
from unit.bodies import MINIMAL
from unit.passing import Time

from ansible_collections.ppio.gpu.plugins.module_utils._clock import Clock
from ansible_collections.ppio.gpu.plugins.module_utils._reconcile.notes import Note, Notes
from simulator import Settings, Simulator

TASK = {**MINIMAL, "wait": False}


def removed_meanwhile(path: Path) -> None:
    """As if another task removed it after the directory was read: a link that leads nowhere cannot be read either."""
    path.symlink_to("nowhere")


def unreadable(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize(
    ("spoiled", "warnings"), [(removed_meanwhile, 0), (unreadable, 1)], ids=lambda one: getattr(one, "__name__", None)
)
def test_a_note_counts_though_another_one_cannot_be_read(
    simulator: Simulator, time: Time, home: Path, spoiled: Callable[[Path], None], warnings: int
) -> None:
    simulator.settings = Settings(visible_in_list_after=60)
    assert passing.run(simulator, time, TASK).result["operation"] == "create"
    spoiled(home / ".ansible" / "ppio_gpu_creates" / "another.json")
    again = passing.run(simulator, time, TASK)
    assert again.result["operation"] == "none"
    assert len(simulator.endpoints) == 1
    assert len(again.warnings) == warnings, again.warnings


def test_notes_are_removed_while_another_thread_notes_something(home: Path) -> None:
    del home
    notes = Notes("creates", "http://localhost/endpoints", "an account", Clock(), read_only=False)
    notes.write("old", {"id": "a"})

    def is_over(note: Note) -> bool:
        notes.write("new", {"id": "b"})
        return bool(note["id"] == "a")

    notes.remove_all(is_over)
    assert (notes.find("old"), notes.find("new") is None) == (None, False)


def taken(home: Path) -> Notes:
    del home
    return Notes("creates", "http://localhost/endpoints", "an account", Clock(), read_only=False)


def removed(notes: Notes) -> None:
    notes.remove("chat")


def all_removed(notes: Notes) -> None:
    notes.remove_all(lambda _note: True)


def amended(notes: Notes) -> None:
    notes.amend("chat", {"id": "a", "shown": True})


@pytest.mark.parametrize("change", [removed, all_removed, amended])
def test_what_another_task_has_noted_since_stays(home: Path, change: Callable[[Notes], None]) -> None:
    taken(home).write("chat", {"id": "a"})
    old, new = taken(home), taken(home)
    new.write("chat", {"id": "b"})
    change(old)
    assert taken(home).find("chat") == new.find("chat")


@pytest.mark.parametrize("change", [removed, all_removed, amended])
def test_what_is_as_it_was_read_changes(home: Path, change: Callable[[Notes], None]) -> None:
    taken(home).write("chat", {"id": "a", "values": ((("x", "y"), 1, None),)})
    notes = taken(home)
    change(notes)
    assert taken(home).find("chat") == notes.find("chat")
    assert (notes.find("chat") or {}).get("shown", False) is (change is amended)

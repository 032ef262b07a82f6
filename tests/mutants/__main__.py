# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs, in a tree in which one line of code was changed, the tests that come by that line.

Which tests do, and how long they take, was measured before, in a tree without a mistake: see `measured.py`. Thousands
of mistakes times all tests would take days.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence, Set
from pathlib import Path

import pytest

from .measured import Measured, measured

__all__ = ["main"]

#: A test that reads the code, and comes by no line of it.
_READING = "tests/unit/policy/test_values.py"
#: A test for a mistake in a line that thousands come by is among the fastest of them, or it is none.
_MOST_SECONDS = 60.0


class _Chosen:
    """A pytest plugin that keeps the chosen tests, and those that read the code."""

    def __init__(self, names: Sequence[str]) -> None:
        self._order = {name: place for place, name in enumerate(names)}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        places = [(self._place(item.nodeid), item) for item in items]
        items[:] = [item for place, item in sorted(places, key=lambda one: one[0]) if place < len(self._order)]

    def _place(self, name: str) -> int:
        return -1 if name.startswith(_READING) else self._order.get(name, len(self._order))


def main(pristine: Path, changed: Path) -> int:
    """The exit code of pytest: 0 where no test notices what is changed in this tree."""
    was = measured(pristine)
    chosen = affordable(was, {test for path, line in differing(pristine, changed, was) for test in was.by(path, line)})
    files = sorted({name.partition("::")[0] for name in chosen})
    return int(pytest.main(["-q", "-x", "-p", "no:cacheprovider", _READING, *files], plugins=[_Chosen(chosen)]))


def differing(pristine: Path, changed: Path, was: Measured) -> Set[tuple[str, int]]:
    """The lines that are not as they were, as path and number in the tree without a mistake."""
    return {
        (path, number)
        for path in was.paths
        for number, (old, new) in enumerate(_lines(pristine / path, changed / path), start=1)
        if old != new
    }


def affordable(was: Measured, tests: Set[str]) -> list[str]:
    """The fastest of the tests, in order of their time."""
    chosen: list[str] = []
    seconds = 0.0
    for name in sorted(tests, key=lambda name: (was.seconds.get(name, 0.0), name)):
        seconds += was.seconds.get(name, 0.0)
        if chosen and seconds > _MOST_SECONDS:
            break
        chosen.append(name)
    return chosen


def _lines(old: Path, new: Path) -> list[tuple[str, str]]:
    before, after = (path.read_text(encoding="utf-8").splitlines() for path in (old, new))
    # A mistake that takes a whole line away, such as a decorator, moves the rest.
    same = next((place for place, (one, other) in enumerate(zip(before, after, strict=False)) if one != other), None)
    if len(before) == len(after) or same is None:
        return list(zip(before, after, strict=False))
    return [(line, line if place != same else "") for place, line in enumerate(before)]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path.cwd()))

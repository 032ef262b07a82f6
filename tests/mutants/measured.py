# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which tests come by a line, and how long does each take? Read from what coverage.py and pytest have recorded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from xml.etree import ElementTree

from coverage import CoverageData

__all__ = ["CONTEXTS", "TIMES", "Measured", "measured"]

#: Where coverage.py and pytest write, below the tree.
CONTEXTS = ".coverage"
TIMES = "times.xml"
#: The tests that compare constants with the documentation and the contract.
_READING = "tests/unit/contract/"
_CLASSES = re.compile(r"(.+?\.test_\w+)((?:\.\w+)*)")
_PHASE = re.compile(r"\|(?:setup|run|teardown)$")


@dataclass(frozen=True)
class Measured:
    """The tests by path and line; `seconds` of each test; the tests that read constants."""

    tests: Mapping[str, Mapping[int, Set[str]]]
    seconds: Mapping[str, float]
    reading: frozenset[str]

    def by(self, path: str, line: int) -> Set[str]:
        """The tests that come by a line.

        For one that runs at import, such as a constant, all that come by its file, and all that read constants.
        """
        return self.tests[path].get(line) or self._anywhere[path]

    @cached_property
    def total(self) -> float:
        """Seconds of all tests together."""
        return sum(self.seconds.values())

    @cached_property
    def _anywhere(self) -> Mapping[str, Set[str]]:
        return {path: self.reading.union(*lines.values()) for path, lines in self.tests.items()}


def measured(tree: Path, paths: Iterable[Path]) -> Measured:
    """What the tests of this tree did in these files of it."""
    data = CoverageData(str(tree / CONTEXTS))
    data.read()
    tests = {
        str(path): {
            line: frozenset(_PHASE.sub("", context) for context in contexts if context)
            for line, contexts in data.contexts_by_lineno(str(tree.resolve() / path)).items()
        }
        for path in paths
    }
    cases = ElementTree.parse(tree / TIMES).iter("testcase")
    seconds = {_name(case): float(case.get("time", 0)) for case in cases}
    return Measured(tests, seconds, frozenset(name for name in seconds if name.startswith(_READING)))


def _name(case: ElementTree.Element) -> str:
    """A test as pytest names it: the record has dots between directories, files and classes."""
    module, classes = _CLASSES.findall(case.get("classname", ""))[0]
    return "::".join([f"{module.replace('.', '/')}.py", *classes.split(".")[1:], case.get("name", "")])

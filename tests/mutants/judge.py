# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does a test notice a mistake? Runs the tests that come by its line, in a child process that has the mistake.

The process from which the children are forked has collected all tests once, so that everything is imported that is not
of this collection, which takes most of the time. No file is changed: a child imports the mistake from memory.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import io
import os
import signal
import sys
from collections.abc import Sequence, Set
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from .measured import Measured
from .mistakes import Mistake

__all__ = ["Judge", "Verdict", "prepare"]

#: So many of the fastest tests run first, because few files are collected for them and most mistakes end there.
_FIRST = 30
#: A test for a mistake in a line that thousands come by is among the fastest of them, or it is none. A part of the time
#: of all tests, so that a slow machine runs as many.
_MOST_TIME = 1 / 30
#: A mistake may be an endless loop, which ends after some time of the processor: the machine may have other work. Nor
#: does a child wait longer than the last of these.
_TIMES_MORE, _SECONDS_MORE, _MOST_WAITING = 2, 10, 600
_OPTIONS = ("--quiet", "--exitfirst", "-p", "no:cacheprovider", "-p", "no:pytest_cov")
_COLLECTION = "ansible_collections.ppio.gpu"


@dataclass(frozen=True)
class Verdict:
    """Whether a test noticed the mistake."""

    mistake: Mistake
    noticed: bool


@dataclass(frozen=True)
class Judge:
    """Judges mistakes in the tree that is the working directory."""

    measured: Measured

    def fails_as_it_is(self, paths: Sequence[Path]) -> bool:
        """Whether a test fails without a mistake; then nothing that follows would mean anything."""
        tests = {test for path in paths for test in self.measured.by(str(path), 0)}
        return self._fails(Mistake(paths[0], 0, "", "", paths[0].read_text(encoding="utf-8")), self._affordable(tests))

    def verdict(self, mistake: Mistake) -> Verdict:
        tests = self._affordable(self.measured.by(str(mistake.path), mistake.number))
        rounds = [tests[:_FIRST], tests[_FIRST:]]
        return Verdict(mistake, any(self._fails(mistake, names) for names in rounds if names))

    def _affordable(self, tests: Set[str]) -> list[str]:
        """The fastest of the tests, in order of their time."""
        chosen: list[str] = []
        left = self.measured.total * _MOST_TIME
        for name in sorted(tests, key=lambda name: (self.measured.seconds.get(name, 0.0), name)):
            left -= self.measured.seconds.get(name, 0.0)
            if chosen and left < 0:
                break
            chosen.append(name)
        return chosen

    def _fails(self, mistake: Mistake, tests: Sequence[str]) -> bool:
        seconds = sum(self.measured.seconds.get(name, 0.0) for name in tests)
        if not (child := os.fork()):
            signal.setitimer(signal.ITIMER_PROF, seconds * _TIMES_MORE + _SECONDS_MORE)
            signal.alarm(_MOST_WAITING)
            _exit_as_pytest(mistake, tests)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if status == pytest.ExitCode.NO_TESTS_COLLECTED:
            raise AssertionError(f"no test was found for {mistake.path}:{mistake.number}: {tests}")
        return status != pytest.ExitCode.OK


def prepare(tests: Sequence[str]) -> None:
    """Import what the tests need, and forget what is of this tree, so that a child imports that with its mistake."""
    with contextlib.redirect_stdout(io.StringIO()):
        status = pytest.main(["--collect-only", *_OPTIONS, *tests])
    if status != pytest.ExitCode.OK:
        raise AssertionError(f"the tests cannot be collected: {status}")
    own = {_package(name) for name, module in sys.modules.items() if _is_own(module)} - {__package__}
    for name in [name for name in sys.modules if _package(name) in own]:
        del sys.modules[name]
    # What the children share is not to be copied because a collection of garbage has touched it.
    gc.freeze()


def _package(name: str) -> str:
    return name.partition(".")[0]


def _is_own(module: ModuleType) -> bool:
    file = getattr(module, "__file__", None)
    return isinstance(file, str) and Path(file).is_relative_to(Path.cwd())


def _exit_as_pytest(mistake: Mistake, tests: Sequence[str]) -> None:
    status = 1
    try:
        if mistake.number:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            os.dup2(nowhere, 2)
        sys.meta_path.insert(0, _Finder(mistake))
        files = sorted({name.partition("::")[0] for name in tests})
        status = int(pytest.main([*_OPTIONS, *files], plugins=[_Chosen(tests)]))
    finally:
        os._exit(status)


class _Finder(MetaPathFinder):
    """Finds the file with the mistake under the name of the file that it is in."""

    def __init__(self, mistake: Mistake) -> None:
        self._mistake = mistake
        self._name = ".".join([_COLLECTION, *mistake.path.with_suffix("").parts])

    def find_spec(self, name: str, _path: Any, _target: Any = None) -> ModuleSpec | None:
        if name != self._name:
            return None
        path = str(self._mistake.path.resolve())
        return spec_from_file_location(name, path, loader=_Loader(name, path, self._mistake.source))


class _Loader(SourceFileLoader):
    """Reads the file with the mistake from memory."""

    def __init__(self, name: str, path: str, source: str) -> None:
        super().__init__(name, path)
        self._source = source

    def get_data(self, path: Any) -> bytes:
        return self._source.encode()

    def path_stats(self, path: Any) -> Any:
        raise OSError("not compiled before")


class _Chosen:
    """A pytest plugin that keeps the chosen tests, in their order. A property that fails is not tried further."""

    def __init__(self, names: Sequence[str]) -> None:
        self._order = {name: place for place, name in enumerate(names)}

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self) -> None:
        # Not imported before: pytest wants to be the first to import its plugins.
        hypothesis = importlib.import_module("hypothesis")
        phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
        hypothesis.settings.register_profile("mutants", deadline=None, database=None, derandomize=True, phases=phases)
        hypothesis.settings.load_profile("mutants")

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = sorted(
            (item for item in items if item.nodeid in self._order), key=lambda item: self._order[item.nodeid]
        )

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes every small mistake in the given files, and tells which of them no test notices.

Runs in a tree whose tests were recorded: see `measured.py`. Nothing in the tree is changed.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from .harmless import harmless
from .judge import Judge, Verdict, prepare
from .measured import measured
from .mistakes import mistakes
from .report import Report

_TOLD_EVERY = 25


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="mutants", description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path, help="files or directories, relative to the working directory")
    parser.add_argument("--tests", nargs="+", required=True, help="what was recorded")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    settings = parser.parse_args(arguments)
    report = Report(harmless())
    for verdict in verdicts(list(files(settings.paths)), settings.tests, settings.processes):
        report.add(verdict)
        if not verdict.noticed:
            print(report.described(verdict.mistake), flush=True)
        if report.count % _TOLD_EVERY == 0:
            print(f"... {report.count} mistakes so far, {report.rate:.1%} noticed", flush=True)
    print(report.text())
    return 0 if report.is_good else 1


def verdicts(paths: Sequence[Path], tests: Sequence[str], processes: int) -> Iterator[Verdict]:
    """What becomes of every mistake. Raises AssertionError where a test fails without one."""
    tree = Path.cwd()
    judge = Judge(measured(tree, paths))
    prepare(tests)
    if judge.fails_as_it_is(paths):
        raise AssertionError("a test fails without a mistake")
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        yield from pool.imap_unordered(judge.verdict, (one for path in paths for one in mistakes(tree, path)))


def files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        yield from sorted(path.glob("*.py")) if path.is_dir() else [path]


if __name__ == "__main__":
    sys.exit(main())

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is told of the mistakes: those that no test noticed, and how many were noticed in each file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .harmless import Harmless
from .judge import Verdict
from .mistakes import Mistake

__all__ = ["Report"]

LEAST_NOTICED = 0.95

_ROOT = Path("plugins/module_utils")


class Report:
    """Gathers verdicts."""

    def __init__(self, harmless: Sequence[Harmless]) -> None:
        self._harmless = {(row.file, row.line, becomes) for row in harmless for becomes in row.becomes}
        self._verdicts: list[Verdict] = []

    def add(self, verdict: Verdict) -> None:
        self._verdicts.append(verdict)

    @property
    def count(self) -> int:
        return len(self._verdicts)

    @property
    def rate(self) -> float:
        return _rate(self._verdicts)

    @property
    def is_good(self) -> bool:
        """Whether enough was noticed, and of the rest each mistake is known to do no harm."""
        missed = [verdict.mistake for verdict in self._verdicts if not verdict.noticed]
        return self.rate >= LEAST_NOTICED and all(map(self._is_known, missed))

    def described(self, mistake: Mistake) -> str:
        """A mistake that no test noticed."""
        known = " (harmless, see tests/mutants/harmless.yml)" if self._is_known(mistake) else ""
        return f"{_file(mistake)}:{mistake.number} unnoticed{known}\n  - {mistake.line}\n  + {mistake.becomes}"

    def text(self) -> str:
        """A line for each file, and one for all."""
        paths = sorted({verdict.mistake.path for verdict in self._verdicts})
        rows = [
            _row(str(path.relative_to(_ROOT)), [one for one in self._verdicts if one.mistake.path == path])
            for path in paths
        ]
        return "\n".join([*rows, _row("all", self._verdicts)])

    def _is_known(self, mistake: Mistake) -> bool:
        return (_file(mistake), mistake.line, mistake.becomes) in self._harmless


def _file(mistake: Mistake) -> str:
    return str(mistake.path.relative_to(_ROOT))


def _row(name: str, verdicts: Sequence[Verdict]) -> str:
    noticed = sum(verdict.noticed for verdict in verdicts)
    return f"{name:30} {noticed:5} of {len(verdicts):5} noticed {_rate(verdicts):7.1%}"


def _rate(verdicts: Sequence[Verdict]) -> float:
    return sum(verdict.noticed for verdict in verdicts) / len(verdicts) if verdicts else 1.0

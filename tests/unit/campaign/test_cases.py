# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Is docs/failures.md true? Each of its rows is played, and the page is what they make."""

from __future__ import annotations

from pathlib import Path

import pytest

from campaign.cases import CASES, Case
from campaign.document import PAGE, page, performed
from campaign.oracle import violations
from simulator import Simulator


def _name(case: Case) -> str:
    return f"{case.chapter}: {case.what}"


@pytest.mark.parametrize("case", CASES, ids=_name)
def test_a_case_ends_as_the_page_says_and_breaks_no_promise(case: Case, running: Simulator, tmp_path: Path) -> None:
    performance = performed(case, running, tmp_path)
    run = performance.runs[0]
    assert (run.report.failed, run.result["changed"]) == (case.failed, case.changed), run.text
    assert violations(performance) == ()


def test_every_case_has_a_name_of_its_own() -> None:
    assert len({_name(case) for case in CASES}) == len(CASES)


def test_the_page_is_what_the_cases_make() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "make faults ARGS=--page writes it anew"

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Is each line still there of which tests/mutants/harmless.yml says that a mistake in it does no harm?"""

from __future__ import annotations

from pathlib import Path

import pytest

from mutants.harmless import Harmless, harmless

SOURCES = Path(__file__).parents[3] / "plugins" / "module_utils"


@pytest.mark.parametrize("row", harmless(), ids=lambda row: f"{row.file}: {row.line}")
def test_the_line_of_a_harmless_mistake_exists(row: Harmless) -> None:
    lines = (SOURCES / row.file).read_text(encoding="utf-8").splitlines()
    assert row.line in [line.strip() for line in lines]
    assert row.why
    assert row.becomes
    assert row.line not in row.becomes

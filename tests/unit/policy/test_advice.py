# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does no page advise what would show the key? Ansible prints the keyword `environment` at -vvv."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGES = sorted(
    path
    for pattern in ("README*.md", "docs/docsite/rst/*.rst", "plugins/**/*.py", "playbooks/*.yml", "roles/**/*.yml")
    for path in ROOT.glob(pattern)
)
KEYWORD = re.compile(r"^\s*(?:- )?environment:", re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_page_sets_the_environment_of_a_task(page: Path) -> None:
    assert not KEYWORD.search(page.read_text(encoding="utf-8"))


def test_what_is_looked_for_would_be_found() -> None:
    assert KEYWORD.search("  - name: x\n    environment:\n      PPIO_API_KEY: x\n")

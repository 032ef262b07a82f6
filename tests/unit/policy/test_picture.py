# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Is the picture of the house in CONTRIBUTING what the sources import?"""

from __future__ import annotations

import re
from pathlib import Path

from unit.policy.test_imports import FILES, floor_of, floors

CONTRIBUTING = Path(__file__).parents[3] / "CONTRIBUTING.md"
PICTURE = re.compile(r"^```mermaid\nflowchart TD\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def drawn() -> set[str]:
    (picture,) = PICTURE.findall(CONTRIBUTING.read_text(encoding="utf-8"))
    return {line.strip() for line in picture.splitlines()}


def imported() -> set[str]:
    """An arrow for each floor that files of another floor import from. All may use the base, which is left out."""
    pairs = {(floor_of(path), floor) for path in FILES for floor in floors(path)}
    return {f"{above} --> {below}" for above, below in pairs if above and below and above != below}


def test_the_picture_has_an_arrow_for_each_import_between_floors() -> None:
    assert drawn() == imported()

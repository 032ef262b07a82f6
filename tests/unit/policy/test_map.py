# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does the map in CONTRIBUTING lead to each file, and to each only once?"""

from __future__ import annotations

import re
from collections import Counter

from unit.policy.test_imports import FILES, PLUGINS, floor_of
from unit.policy.test_picture import CONTRIBUTING

ROW = re.compile(
    r"^\| (?P<floor>base|`[./_a-z]+`|) ?\| (?P<question>[^|]+\?[^|]*) \| (?P<files>`[^|]+`) \|$", re.MULTILINE
)
MOST_FILES = 4


def rows() -> list[tuple[str, str, list[str]]]:
    """Floor, question and files of each row."""
    found, floor = [], ""
    for match in ROW.finditer(CONTRIBUTING.read_text(encoding="utf-8")):
        floor = match["floor"].strip("`") or floor
        found.append((floor, match["question"], re.findall(r"`([^`]+)`", match["files"])))
    return found


def test_each_file_answers_one_question() -> None:
    named = Counter((floor, file) for floor, _question, files in rows() for file in files)
    own = Counter((floor_of(path) or "base", path.stem) for path in FILES)
    helpers = Counter(("../plugin_utils", path.stem) for path in (PLUGINS / "plugin_utils").glob("*.py"))
    assert named == own + helpers


def test_a_question_leads_to_few_files() -> None:
    assert [question for _floor, question, files in rows() if len(files) > MOST_FILES] == []
    assert len(rows()) > 50

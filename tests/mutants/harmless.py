# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The mistakes that no test can notice, or need not, and why: see harmless.yml."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

__all__ = ["Harmless", "harmless"]

_FILE = Path(__file__).with_name("harmless.yml")


@dataclass(frozen=True)
class Harmless:
    """A line of a file below `plugins/module_utils`, what it may become, and why that does no harm."""

    file: str
    line: str
    becomes: Sequence[str]
    why: str


def harmless() -> Sequence[Harmless]:
    rows = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return tuple(Harmless(row["file"], row["line"], tuple(row["becomes"]), row["why"]) for row in rows)

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which failures are there, and what does the task do about each?

The table of docs/failures.md: what stands here is played against the simulator, and what the user sees is what the
core really says.
"""

from __future__ import annotations

from . import changing, creating, reading, removing, rolling_out, waiting
from .case import Case

__all__ = ["CASES", "Case"]

CASES: tuple[Case, ...] = (
    *creating.CASES,
    *reading.CASES,
    *changing.CASES,
    *removing.CASES,
    *waiting.CASES,
    *rolling_out.CASES,
)

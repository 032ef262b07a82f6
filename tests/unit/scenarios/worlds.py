# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which APIs does the module have to get along with? One for each thing that the contract leaves unknown."""

from __future__ import annotations

import shutil
from pathlib import Path

from simulator import Settings, Simulator

PLAIN = Settings()
#: The other setting of each unknown.
CONTRARY = Settings(
    update="replace",
    missing="404",
    numbers="strings",
    omit_empty=True,
    unique_names=True,
    page_size=1,
    default_style="zero",
    ignore_keyword=True,
)
BOTH = {"plain": PLAIN, "contrary": CONTRARY}
EACH = {
    **BOTH,
    "replaces": Settings(update="replace"),
    "says 404": Settings(missing="404"),
    "writes digits": Settings(numbers="strings"),
    "omits empty values": Settings(omit_empty=True),
    "has unique names": Settings(unique_names=True),
    "has pages of one": Settings(page_size=1),
    "has empty defaults": Settings(default_style="zero"),
    "ignores the keyword": Settings(ignore_keyword=True),
    "replaces and has empty defaults": Settings(update="replace", default_style="zero"),
    "replaces and omits empty values": Settings(update="replace", omit_empty=True, default_style="zero"),
}


def emptied(simulator: Simulator) -> None:
    """Make another world of a simulator: nothing is there, and no task of this machine remembers anything."""
    simulator.reset()
    shutil.rmtree(Path.home() / ".ansible", ignore_errors=True)

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The GPU API on your own machine: a real HTTP server on loopback that keeps everything in memory.

`with Simulator(Settings(update="replace")) as simulator:` in tests, `python -m simulator` for people.
"""

from __future__ import annotations

from .clock import Clock, ManualClock, SystemClock
from .faults import Fault
from .journal import Entry
from .settings import Settings
from .simulator import SimulatedApi, Simulator, SimulatorError

__all__ = [
    "Clock",
    "Entry",
    "Fault",
    "ManualClock",
    "Settings",
    "SimulatedApi",
    "Simulator",
    "SimulatorError",
    "SystemClock",
]

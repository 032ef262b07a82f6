# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One clock for the simulator and the fleets."""

from __future__ import annotations

import pytest
from unit.waiting.passing import Time

from simulator import Simulator


@pytest.fixture
def time(simulator: Simulator) -> Time:
    return Time(simulator)

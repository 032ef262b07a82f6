# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fixtures of the tests of the reconciler."""

from __future__ import annotations

import pytest


@pytest.fixture(params=[False, True], ids=["one", "a fleet"])
def fleet(request: pytest.FixtureRequest) -> bool:
    """Whether the task is a fleet of one."""
    return bool(request.param)

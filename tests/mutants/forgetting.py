# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pytest plugin for the recording: each test executes what an earlier one has executed, too.

What a function of the collection keeps (`functools.cache`) is forgotten before each test.
"""

from __future__ import annotations

import sys

__all__ = ["pytest_runtest_setup"]

_COLLECTION = "ansible_collections.ppio.gpu.plugins."


def pytest_runtest_setup() -> None:
    modules = [module for name, module in sys.modules.items() if name.startswith(_COLLECTION)]
    for value in [value for module in modules for value in vars(module).values()]:
        if hasattr(value, "cache_clear"):
            value.cache_clear()

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which tasks does the controller do itself?"""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ansible_collections.ppio.gpu.plugins.action.endpoint import ActionModule


@pytest.mark.parametrize(
    ("transport", "become", "plugin", "async_seconds", "at_home"),
    [
        ("local", False, None, 0, True),
        ("local", True, "sudo", 0, False),
        ("local", False, "sudo", 0, False),
        ("local", False, None, 60, False),
        ("ssh", False, None, 0, False),
    ],
)
def test_only_a_plain_task_of_the_controller_itself(
    transport: str, become: bool, plugin: str | None, async_seconds: int, at_home: bool
) -> None:
    action = ActionModule.__new__(ActionModule)
    action._task = SimpleNamespace(become=become, async_val=async_seconds)
    action._connection = SimpleNamespace(transport=transport, become=plugin)
    assert action._runs_on_controller() is at_home

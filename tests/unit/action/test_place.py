# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which tasks does the controller do itself?"""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.action.normal import ActionModule as NormalAction
from unit.bodies import MINIMAL

from ansible_collections.ppio.gpu.plugins.action import endpoint_fleet
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


@pytest.mark.parametrize("fails", [False, True])
def test_a_task_for_a_module_is_left_as_it_was_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    source = tmp_path / "fleet.json"
    source.write_text(json.dumps([MINIMAL]), encoding="utf-8")
    action = endpoint_fleet.ActionModule.__new__(endpoint_fleet.ActionModule)
    action._task = SimpleNamespace(args={"src": str(source)}, become=False, async_val=0)
    action._connection = SimpleNamespace(transport="ssh", become=None)
    action._loader = DataLoader()
    sent: list[Any] = []

    def module(_self: object, _tmp: None, _task_vars: object) -> dict[str, Any]:
        sent.append(action._task.args)
        if fails:
            raise ConnectionError
        return {}

    monkeypatch.setattr(NormalAction, "run", module)
    monkeypatch.setattr(action, "_find_needle", lambda _directory, path: path)
    if fails:
        with pytest.raises(ConnectionError):
            action.run()
    else:
        action.run()
    assert sent == [{"endpoints": [MINIMAL]}]
    assert action._task.args == {"src": str(source)}

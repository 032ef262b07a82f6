# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does a module write secrets into the log of its host?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from ansible.module_utils import basic
from unit.bodies import MINIMAL
from unit.running import run

from ansible_collections.ppio.gpu.plugins.modules import endpoint, endpoint_fleet

CANARY = "canary-5d0c"


@pytest.mark.parametrize(
    "secret", [f"{CANARY}-1\n{CANARY}-2\n", f'{CANARY}-1\\"{CANARY}-2', f"{CANARY}-1'\"\t{CANARY}-2"]
)
@pytest.mark.parametrize("is_fleet", [False, True])
def test_nothing_of_a_secret_is_logged(
    account: Mapping[str, Any], monkeypatch: pytest.MonkeyPatch, secret: str, is_fleet: bool
) -> None:
    logged: list[str] = []
    monkeypatch.setattr(basic, "has_journal", False)
    monkeypatch.setattr(basic.AnsibleModule, "_log_to_syslog", lambda _module, text: logged.append(text))
    wanted = {**MINIMAL, "secret_envs": [{"key": "TOKEN", "value": secret}]}
    module, options = (endpoint_fleet, {"endpoints": [wanted]}) if is_fleet else (endpoint, wanted)
    said = run(module, {**account, **options})
    assert said.changed
    assert "TOKEN" in "".join(logged)
    assert CANARY not in "".join(logged)

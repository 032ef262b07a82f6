# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does the key come to light on its way to another host, if it goes the way that the documentation advises?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret
from unit.playing import ELSEWHERE, Played, Stage, Task

from simulator import Simulator

KEY = "canary-key-0815"
TASKS: dict[str, Task] = {"look": {"ppio.gpu.endpoint_info": {}}}


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    encrypted = VaultLib([("default", VaultSecret(b"password"))]).encrypt(f"---\nkey: {KEY}\n".encode())
    (tmp_path / "vault.yml").write_bytes(encrypted)
    (tmp_path / "password").write_text("password", encoding="utf-8")
    return Stage(tmp_path, {"elsewhere": ELSEWHERE})


def played(stage: Stage, **play: Any) -> Played:
    with Simulator(api_key=KEY) as simulator:
        defaults: dict[str, Any] = {"api_url": simulator.url}
        defaults |= play.pop("defaults", {})
        return stage.play(
            TASKS,
            "--vault-password-file=password",
            verbosity=5,
            vars_files=["vault.yml"],
            module_defaults={"group/ppio.gpu.all": defaults},
            **play,
        )


def test_a_vaulted_default_for_all_modules_is_in_no_output(stage: Stage) -> None:
    seen = played(stage, defaults={"api_key": "{{ key }}"})
    assert not seen.results["look"]["elsewhere"]["failed"]
    assert KEY not in seen.output


def test_the_environment_would_show_it(stage: Stage) -> None:
    assert KEY in played(stage, environment={"PPIO_API_KEY": "{{ key }}"}).output

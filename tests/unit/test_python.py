# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What does a host with an old Python say?"""

from __future__ import annotations

import json
import sys

import pytest

from ansible_collections.ppio.gpu.plugins.module_utils._python import require_python


@pytest.mark.parametrize("version", [(3, 6, 15, "final", 0), (3, 9, 18, "final", 0)])
def test_an_old_python_ends_with_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], version: tuple[int | str, ...]
) -> None:
    monkeypatch.setattr(sys, "version_info", version)
    with pytest.raises(SystemExit) as ended:
        require_python()
    said = json.loads(capsys.readouterr().out)
    assert ended.value.code == 1
    assert said["failed"]
    assert "Needs Python 3.10 or newer on the host that runs the module" in said["msg"]
    assert f"found Python 3.{version[1]} there" in said["msg"]


def test_this_python_is_new_enough() -> None:
    require_python()

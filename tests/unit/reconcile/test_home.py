# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where do tasks of one machine keep what is for each other?"""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.ppio.gpu.plugins.module_utils._reconcile.home import directory_of


def test_it_is_the_home_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/somewhere")
    assert directory_of("locks") == "/somewhere/.ansible/ppio_gpu_locks"


def test_without_an_environment_it_is_the_home_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOME")
    assert Path(directory_of("locks")) == Path.home() / ".ansible" / "ppio_gpu_locks"


def test_there_may_be_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "~")
    with pytest.raises(RuntimeError):
        directory_of("locks")

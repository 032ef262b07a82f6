# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator, and the arguments that lead a module to it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from unit.passing import Time

from simulator import Simulator

# How long an example takes says more about the machine than about the code.
settings.register_profile("unit", deadline=None, print_blob=True)
settings.load_profile("unit")


@pytest.fixture(scope="session", autouse=True)
def _homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Locks and notes of the tasks go to a directory of the tests' own, and no setting of the developer's is read."""
    directory = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(directory))
        for name in ("PPIO_API_KEY", "NOVITA_API_KEY", "PPIO_API_URL"):
            patch.delenv(name, raising=False)
        yield directory


@pytest.fixture(autouse=True)
def home(_homes: Path) -> Iterator[Path]:
    """The home of one test: what one creates must not be what another one remembers."""
    directory = Path(tempfile.mkdtemp(dir=_homes))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(directory))
        yield directory


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator() as running:
        yield running


@pytest.fixture
def time(simulator: Simulator) -> Time:
    return Time(simulator)


@pytest.fixture
def account(simulator: Simulator) -> dict[str, Any]:
    """The connection options. Without a budget for retries, so that nothing waits for a change that never comes."""
    return {"api_url": simulator.url, "api_key": simulator.api_key, "retry_timeout": 0}

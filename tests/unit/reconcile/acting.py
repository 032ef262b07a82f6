# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same task, for one endpoint and as a fleet of one."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any

from unit import passing
from unit.fleets import run
from unit.passing import Time

from ansible_collections.ppio.gpu.plugins.module_utils._clock import Clock
from ansible_collections.ppio.gpu.plugins.module_utils._progress import ProgressReporter
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.task import Report
from simulator import Simulator

#: The options that a fleet has once for all.
_SHARED = ("retry_timeout", "prune", "name_prefix")


def play(
    simulator: Simulator, time: Time, as_fleet: bool, options: Mapping[str, Any], *, check: bool = False
) -> Report:
    """The same task, for one endpoint or as a fleet of one."""
    if not as_fleet:
        return passing.run(simulator, time, {"wait": False, **options}, check=check)
    shared = {name: value for name, value in options.items() if name in _SHARED}
    return run(
        simulator, time, [{name: options[name] for name in options.keys() - shared.keys()}], check=check, **shared
    )


def single(simulator: Simulator, time: Time, options: Mapping[str, Any]) -> Report:
    return play(simulator, time, False, {**options, "wait": False})


def fleet(simulator: Simulator, time: Time, options: Mapping[str, Any]) -> Report:
    return play(simulator, time, True, options)


def at_phase(words: str, act: Callable[[], object]) -> ProgressReporter:
    """Does something when the task says a line that begins with these words."""

    def hear(line: str) -> None:
        if line.startswith(words):
            act()

    return ProgressReporter(hear, Clock(now=itertools.count(0, 10).__next__))

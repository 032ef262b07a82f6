# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does the run for a real account find out how an API behaves, and leave nothing behind?"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from live.__main__ import LiveRunError, live

from simulator import Fault, Settings, Simulator

IMAGE = "registry.example.com/chat:1"


def found(simulator: Simulator) -> dict[str, str]:
    """What a run finds out, by question."""
    sleep: Callable[[float], None] = simulator.clock.advance
    return {fact.question: fact.answer for fact in live(simulator.url, simulator.api_key, "", IMAGE, sleep)}


@pytest.mark.parametrize("update", ["merge", "replace"])
@pytest.mark.parametrize("missing", ["400", "404"])
@pytest.mark.parametrize("numbers", ["numbers", "strings"])
def test_the_facts_are_the_switches_of_the_simulator(
    simulator: Simulator, update: str, missing: str, numbers: str
) -> None:
    simulator.settings = Settings(update=update, missing=missing, numbers=numbers)  # type: ignore[arg-type]  # words
    facts = found(simulator)
    assert (facts["update"], facts["numbers"]) == (update, numbers)
    assert facts["missing"].startswith(missing)
    assert facts["Empty values in an update clear a field"] == "yes"
    assert simulator.endpoints == ()


@pytest.mark.parametrize("operation", ["getEndpoint", "updateEndpoint"])
def test_nothing_is_left_behind_by_a_run_that_fails(simulator: Simulator, operation: str) -> None:
    refused = Fault("status", operation, status=400)  # type: ignore[arg-type]  # an operation
    simulator.script([Fault("pass", "getEndpoint", times=5), refused] if operation == "getEndpoint" else [refused])
    with pytest.raises(LiveRunError):
        found(simulator)
    assert simulator.endpoints == ()


def test_a_key_that_is_refused_is_one_message(simulator: Simulator) -> None:
    with pytest.raises(LiveRunError, match=r"products: .*INVALID_API_KEY"):
        list(live(simulator.url, "wrong", "", IMAGE, lambda _seconds: None))

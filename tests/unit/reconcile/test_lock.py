# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How do fleets and single endpoints on one machine keep out of each other's way?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from unit import passing
from unit.bodies import MINIMAL
from unit.fleets import counted, named, run
from unit.passing import Time

from ansible_collections.ppio.gpu.plugins.module_utils._clock import Clock
from ansible_collections.ppio.gpu.plugins.module_utils._reconcile.lock import advisory_lock, canonical
from simulator import Fault, Simulator


@pytest.fixture
def others() -> Iterator[ExitStack]:
    """What another task holds, until it is closed."""
    with ExitStack() as held:
        yield held


def hold(others: ExitStack, simulator: Simulator, *, shared: bool = False) -> None:
    everything = f"{simulator.url}/gpus/v2/endpoints"
    assert not others.enter_context(advisory_lock(everything, Clock().after(0), shared=shared))


@pytest.mark.parametrize("shared", [False, True], ids=["a fleet", "a single endpoint"])
def test_a_fleet_waits_until_the_other_task_is_done(
    simulator: Simulator, time: Time, others: ExitStack, shared: bool
) -> None:
    hold(others, simulator, shared=shared)
    time.at(20, others.close)
    report = run(simulator, time, named(2))
    assert report.result["summary"] == counted(created=2)
    assert report.warnings == ()
    assert all(one.when >= simulator.clock.now() - time.passed + 20 for one in simulator.journal)


def test_a_single_endpoint_waits_until_the_fleet_is_done(simulator: Simulator, time: Time, others: ExitStack) -> None:
    hold(others, simulator)
    time.at(20, others.close)
    report = passing.run(simulator, time, {**MINIMAL, "wait": False})
    assert not report.failed
    assert report.warnings == ()
    assert time.passed >= 20


def test_a_create_that_fails_also_tells_that_there_was_no_lock(
    simulator: Simulator, time: Time, others: ExitStack
) -> None:
    """What it finds may be the other task's."""
    hold(others, simulator)
    simulator.script([Fault("reset", operation="createEndpoint")])
    report = passing.run(simulator, time, {**MINIMAL, "wait": False, "retry_timeout": 60})
    assert report.failed
    assert "Outcome unknown" in report.result["msg"]
    assert any("another task holds its lock" in warning for warning in report.warnings)


def test_a_fleet_that_waits_in_vain_goes_on_with_a_warning(simulator: Simulator, time: Time, others: ExitStack) -> None:
    hold(others, simulator)
    report = run(simulator, time, named(2), retry_timeout=60)
    assert report.result["summary"] == counted(created=2)
    (warning,) = report.warnings
    assert warning == (
        "Another task on this machine may write the same endpoints at once: "
        "another task holds its lock for more than 60 s."
    )


@pytest.mark.parametrize(
    "origin",
    [
        "https://API.example.com",
        "https://api.example.com:443",
        "https://api.example.com.",
        "https://api.example.com/",
        "https://Api.Example.com.:443/",
    ],
)
def test_one_api_has_one_lock_however_it_is_spelled(origin: str) -> None:
    assert canonical(origin) == "https://api.example.com"


@pytest.mark.parametrize(
    "origin",
    ["http://localhost:8080", "https://api.example.com:8443", "https://[::1]:8443", "https://api.example.com/eu"],
)
def test_what_leads_elsewhere_has_a_lock_of_its_own(origin: str) -> None:
    assert canonical(origin) == origin


def test_a_fleet_waits_for_a_task_that_spells_the_host_differently(
    simulator: Simulator, time: Time, others: ExitStack
) -> None:
    everything = f"{canonical(simulator.url.replace('127.0.0.1', 'LOCALHOST'))}/gpus/v2/endpoints"
    assert not others.enter_context(advisory_lock(everything, Clock().after(0)))
    time.at(20, others.close)
    assert not run(simulator, time, named(2), api_url=simulator.url.replace("127.0.0.1", "localhost")).failed
    assert time.passed >= 20


def test_check_mode_waits_for_nobody(simulator: Simulator, time: Time, others: ExitStack) -> None:
    hold(others, simulator)
    assert not run(simulator, time, named(2), check=True).failed
    assert time.passed == 0


def test_single_endpoints_of_two_names_do_not_wait_for_each_other(
    simulator: Simulator, time: Time, others: ExitStack
) -> None:
    hold(others, simulator, shared=True)
    assert not passing.run(simulator, time, {**MINIMAL, "wait": False}).failed
    assert time.passed == 0

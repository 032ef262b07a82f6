# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Do all runs agree on one endpoint when they create the same name at the same moment?"""

from __future__ import annotations

from pathlib import Path

import pytest
from unit import talking
from unit.bodies import MINIMAL
from unit.fleets import calls, entry, messages, run
from unit.passing import Time
from unit.reconcile.acting import at_phase
from unit.values import desired

from ansible_collections.ppio.gpu.plugins.module_utils._planning.outcome import Outcome
from ansible_collections.ppio.gpu.plugins.module_utils._planning.plan import Action
from ansible_collections.ppio.gpu.plugins.module_utils._planning.state import Current
from ansible_collections.ppio.gpu.plugins.module_utils._reconcile.elect import elected
from ansible_collections.ppio.gpu.plugins.module_utils._reconcile.entry import Entry
from campaign.oracle import violations
from campaign.plays import Performance, perform
from campaign.schedules import MANNER, NAME, WANTED, Controller, Schedule
from simulator import Fault, Settings, Simulator

#: Something else that exists, without which the simulator's IDs of the rivals happen to be in the order of their age.
_OTHER = {**WANTED, "name": "other"}


def _election(seed: int, number: int, simulator: Simulator, directory: Path) -> Performance:
    """Controllers on machines of their own, at once, with `on_duplicate=keep_oldest`."""
    options = {**MANNER, **WANTED, "on_duplicate": "keep_oldest"}
    controllers = tuple(Controller(machine, options) for machine in range(number))
    return perform(Schedule(seed, Settings(), (_OTHER,), (), controllers), simulator, directory)


# With each of these seeds two are created in the same second, the second of them after the first run has looked.
@pytest.mark.parametrize("seed", [143, 339, 483, 651, 699])
def test_rivals_of_the_same_second_are_not_missed(seed: int, simulator: Simulator, tmp_path: Path) -> None:
    assert violations(_election(seed, 2, simulator, tmp_path)) == ()


@pytest.mark.parametrize("number", [2, 3, 4])
@pytest.mark.parametrize("seed", range(5))
def test_one_is_left_and_every_run_that_took_part_returns_it(
    seed: int, number: int, simulator: Simulator, tmp_path: Path
) -> None:
    performance = _election(seed, number, simulator, tmp_path)
    (left,) = [endpoint["id"] for endpoint in performance.left if endpoint["name"] == NAME]
    # A run that comes in the middle finds one of them, or several, and says so.
    voters = [run for run in performance.runs if run.result["operation"] == "create"]
    assert {run.result["id"] for run in voters} == {left}
    assert not any(run.report.failed for run in voters)


def test_nobody_is_elected_while_the_list_hides_the_own_one(simulator: Simulator, tmp_path: Path) -> None:
    """What it hides else may be older. Only the last of them sees all."""
    options = {**MANNER, **WANTED, "on_duplicate": "keep_oldest"}
    controllers = tuple(Controller(machine, options) for machine in range(2))
    settings = Settings(visible_in_list_after=1.0, page_size=2)
    old = ({**WANTED, "worker_config": {"max_replicas": 9}}, {**WANTED, "name": f"{NAME}-2"})
    performance = perform(Schedule(300099, settings, old, (), controllers), simulator, tmp_path)
    assert violations(performance) == ()
    assert len({run.result["id"] for run in performance.runs}) == 1


def test_where_the_list_never_shows_the_own_one_all_are_named(simulator: Simulator, time: Time) -> None:
    def rival() -> None:
        simulator.seed(entry("chat"))
        simulator.clock.advance(100)

    simulator.settings = Settings(visible_in_list_after=100)
    report = run(
        simulator,
        time,
        [entry("chat", on_duplicate="keep_oldest")],
        progress=at_phase("endpoint 'chat' to create", rival),
    )
    assert report.failed
    assert all(one["id"] in messages(report)["chat"] for one in simulator.endpoints)
    assert "does not show" in messages(report)["chat"]
    assert calls(simulator)["DELETE"] == 0


def test_what_was_only_adopted_takes_part_in_no_election(simulator: Simulator, time: Time) -> None:
    simulator.script([Fault("reset", "createEndpoint", "after_commit")])
    progress = at_phase("checking", lambda: simulator.seed(entry("chat")))
    report = run(simulator, time, [entry("chat", on_duplicate="keep_oldest")], progress=progress)
    assert report.failed
    assert all(one["id"] in messages(report)["chat"] for one in simulator.endpoints)
    assert calls(simulator)["DELETE"] == 0


def test_an_election_fails_where_its_own_does_not_go_away(simulator: Simulator, time: Time) -> None:
    def rival() -> None:
        simulator.seed(entry("chat"))
        simulator.clock.advance(5)

    simulator.script([Fault("status", "deleteEndpoint", status=200, body={})])
    report = run(
        simulator,
        time,
        [entry("chat", on_duplicate="keep_oldest")],
        progress=at_phase("endpoint 'chat' to create", rival),
    )
    assert report.failed
    assert "still shows it" in messages(report)["chat"]
    assert len(simulator.endpoints) == 2


def _agreed(simulator: Simulator, own: int | None, rival: str, rivals: int | None) -> tuple[str, Outcome]:
    """The id of what this run created at that second, and what it does beside a rival of another second."""
    identity = simulator.seed(MINIMAL)
    created = Outcome(Action.CREATE, identity, {}, {"created_at": own}, None, {}, certain=True)
    client = talking.client(simulator.url, talking.Time(), key=simulator.api_key)
    asked = Entry.of(desired({"name": "chat", "on_duplicate": "keep_oldest"}))
    return identity, elected(client, created, asked, [Current(rival, {}, {"created_at": rivals})])


#: The first and the last of all ids.
FIRST, LAST = "0", "~"


@pytest.mark.parametrize(
    ("own", "rival", "rivals"), [(5, FIRST, 6), (5, LAST, 5), (5, FIRST, None), (None, LAST, None)]
)
def test_the_oldest_stays_and_of_the_same_second_the_first_id(
    simulator: Simulator, own: int | None, rival: str, rivals: int | None
) -> None:
    identity, outcome = _agreed(simulator, own, rival, rivals)
    assert (outcome.id, outcome.certain) == (identity, True)
    assert [one["id"] for one in simulator.endpoints] == [identity]


@pytest.mark.parametrize(
    ("own", "rival", "rivals"), [(5, LAST, 4), (5, FIRST, 5), (None, LAST, 5), (None, FIRST, None)]
)
@pytest.mark.parametrize("lingers", [0, 1000])
def test_a_younger_one_is_removed_by_its_own_run_which_adopts_the_older(
    simulator: Simulator, own: int | None, rival: str, rivals: int | None, lingers: int
) -> None:
    """That it is being deleted is enough."""
    simulator.settings = Settings(linger_in_get=lingers)
    identity, outcome = _agreed(simulator, own, rival, rivals)
    assert (outcome.id, outcome.certain) == (rival, False)
    assert calls(simulator)["DELETE"] == 1
    assert f"2 new endpoints have the name 'chat': {identity}, which this task created" in outcome.warnings[0]
    assert f"adopted the oldest, {rival}" in outcome.warnings[0]

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What if an API shows another name than the one that was given, or one that is nearly the same is there already?"""

from __future__ import annotations

import pytest
from unit.bodies import MINIMAL
from unit.fleets import existing
from unit.passing import Time
from unit.reconcile import acting

from ansible_collections.ppio.gpu.plugins.module_utils._tasks.task import Report
from simulator import Fault, Settings, Simulator
from simulator.normalizing import Normalization

COMPOSED, DECOMPOSED = "caf\N{LATIN SMALL LETTER E WITH ACUTE}", "cafe\N{COMBINING ACUTE ACCENT}"
NORMALIZATIONS = {
    "lower case": ("Chat", "chat", "lower_name"),
    "stripped": (" chat", "chat", "stripped_name"),
    "composed": (DECOMPOSED, COMPOSED, "composed_name"),
    "dashes": ("my chat", "my-chat", "dashed_name"),
}
NORMALIZING = pytest.mark.parametrize(("given", "kept", "habit"), NORMALIZATIONS.values(), ids=NORMALIZATIONS)
LOST = Fault("reset", operation="createEndpoint", when="after_commit")


def play(simulator: Simulator, time: Time, fleet: bool, name: str, *, check: bool = False, **options: object) -> Report:
    return acting.play(simulator, time, fleet, {**MINIMAL, "name": name, **options}, check=check)


@NORMALIZING
def test_another_name_than_asked_for_is_a_failure_that_no_rerun_doubles(
    simulator: Simulator, time: Time, fleet: bool, given: str, kept: str, habit: Normalization
) -> None:
    simulator.settings = Settings(normalizations=(habit,))
    reports = [play(simulator, time, fleet, given) for _round in range(3)]
    # A long time later, too.
    simulator.clock.advance(86400)
    reports.append(play(simulator, time, fleet, given))
    assert [report.result["changed"] for report in reports] == [True, False, False, False]
    for report in reports:
        assert report.failed
        assert repr(given) in report.result["msg"]
        assert repr(kept) in report.result["msg"]
        assert simulator.endpoints[0]["id"] in report.result["msg"]
    assert list(existing(simulator)) == [kept]


@NORMALIZING
def test_the_name_that_the_api_shows_ends_it(
    simulator: Simulator, time: Time, fleet: bool, given: str, kept: str, habit: Normalization
) -> None:
    simulator.settings = Settings(normalizations=(habit,))
    play(simulator, time, fleet, given)
    report = play(simulator, time, fleet, kept)
    assert not report.failed
    assert not report.result["changed"]
    assert list(existing(simulator)) == [kept]


@NORMALIZING
def test_a_lost_answer_does_not_double_it_either(
    simulator: Simulator, time: Time, fleet: bool, given: str, kept: str, habit: Normalization
) -> None:
    simulator.settings = Settings(normalizations=(habit,))
    simulator.script([LOST])
    assert all(play(simulator, time, fleet, given).failed for _round in range(2))
    assert list(existing(simulator)) == [kept]


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize("other", ["Chat", "CHAT", "chat ", "\tchat"])
def test_a_name_that_is_nearly_there_is_told_before_anything_is_created(
    simulator: Simulator, time: Time, fleet: bool, other: str, check: bool
) -> None:
    identity = simulator.seed({**MINIMAL, "name": other})
    report = play(simulator, time, fleet, "chat", check=check)
    assert report.failed
    assert not report.result["changed"]
    assert (
        f"There is no endpoint 'chat', but there is {other!r} ({identity}), which differs only in case, surrounding "
        f"spaces or Unicode form."
    ) in report.result["msg"]
    assert not simulator.writes


def test_exactly_the_name_is_what_counts(simulator: Simulator, time: Time, fleet: bool) -> None:
    for name in ("Chat", "chat"):
        simulator.seed({**MINIMAL, "name": name})
    assert not play(simulator, time, fleet, "chat").result["changed"]


def test_who_does_not_want_unique_names_gets_one_more(simulator: Simulator, time: Time, fleet: bool) -> None:
    simulator.seed({**MINIMAL, "name": "Chat"})
    assert not play(simulator, time, fleet, "chat", unique_name=False).failed
    assert sorted(existing(simulator)) == ["Chat", "chat"]


@pytest.mark.parametrize("check", [False, True])
def test_what_is_nearly_of_the_name_is_not_removed_and_not_unmentioned(
    simulator: Simulator, time: Time, fleet: bool, check: bool
) -> None:
    identity = simulator.seed({**MINIMAL, "name": "Chat"})
    report = play(simulator, time, fleet, "chat", check=check, state="absent")
    assert not report.failed
    assert not report.result["changed"]
    assert any(identity in warning and "It is left as it is." in warning for warning in report.warnings)
    assert list(existing(simulator)) == ["Chat"]

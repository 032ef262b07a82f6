# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is made of a create that is lost, or refused for now, while others create the same?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from unit import talking
from unit.bodies import MINIMAL
from unit.fleets import calls, entry, messages, run
from unit.passing import Time
from unit.reconcile.acting import at_phase, fleet, single

from ansible_collections.ppio.gpu.plugins.module_utils._errors import OutcomeUnknown
from ansible_collections.ppio.gpu.plugins.module_utils._reconcile.create import Creation, create_once
from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.task import Report
from simulator import Fault, Settings, Simulator

LOST = Fault("reset", "createEndpoint", "after_commit")
NEVER_ARRIVED = Fault("reset", "createEndpoint")
#: Seconds for which a lost create is looked for.
WINDOW = 30
BOTH = pytest.mark.parametrize("act", [single, fleet])


@BOTH
def test_a_refusal_after_a_lost_answer_ends_the_sending(simulator: Simulator, time: Time, act: Any) -> None:
    refused = Fault("status", "createEndpoint", status=400, body={"reason": "ODD"})
    simulator.script([Fault("reset", "createEndpoint"), refused])
    report = act(simulator, time, entry("chat", on_ambiguous="resend"))
    assert report.failed
    assert "utcome unknown" in report.result["msg"]
    assert calls(simulator)["POST"] == 2


@BOTH
def test_what_somebody_else_creates_during_a_pause_is_not_created_again(
    simulator: Simulator, time: Time, act: Any
) -> None:
    simulator.script([Fault("status", "createEndpoint", status=429, headers={"Retry-After": "30"})])
    time.at(10, lambda: simulator.seed(entry("chat")))
    report = act(simulator, time, entry("chat"))
    assert report.failed
    assert "somebody else did" in report.result["msg"]
    assert len(simulator.endpoints) == 1


def test_a_lost_create_beside_one_of_somebody_else_is_not_guessed(simulator: Simulator, time: Time) -> None:
    simulator.script([LOST])
    progress = at_phase("endpoint 'chat' to create", lambda: simulator.seed(entry("chat")))
    report = run(simulator, time, [entry("chat")], progress=progress)
    assert report.failed
    assert report.result["changed"]
    assert "several new ones have the name 'chat'" in messages(report)["chat"]
    assert all(one["id"] in messages(report)["chat"] for one in simulator.endpoints)


def test_all_that_show_up_beside_a_lost_create_are_named_also_those_that_come_later(
    simulator: Simulator, time: Time
) -> None:
    simulator.script([LOST])
    progress = at_phase("endpoint 'chat' to create", lambda: simulator.seed(entry("chat")))
    time.at(10, lambda: simulator.seed(entry("chat")))
    report = run(simulator, time, [entry("chat")], progress=progress)
    assert len(simulator.endpoints) == 3
    assert all(one["id"] in messages(report)["chat"] for one in simulator.endpoints)


@BOTH
@pytest.mark.parametrize("lag", [0, 7, WINDOW - 1])
def test_what_a_lost_create_made_is_adopted_once_the_list_shows_it(
    simulator: Simulator, time: Time, act: Any, lag: int
) -> None:
    simulator.settings = Settings(visible_in_list_after=lag)
    simulator.script([LOST])
    report = act(simulator, time, entry("chat"))
    (one,) = simulator.endpoints
    assert not report.failed, report.result["msg"]
    assert _of(report, "operation") == "create"
    assert _of(report, "id") == one["id"]
    assert any(f"as {one['id']}, so it was adopted, not sent again" in warning for warning in report.warnings)
    assert calls(simulator)["POST"] == 1
    # No longer than it takes, at the intervals of polls.
    assert lag <= time.passed < min(lag + 10, WINDOW + 1)


@BOTH
def test_what_does_not_show_in_time_is_unknown(simulator: Simulator, time: Time, act: Any) -> None:
    simulator.settings = Settings(visible_in_list_after=WINDOW + 1)
    simulator.script([LOST])
    report = act(simulator, time, entry("chat"))
    assert report.failed
    assert report.result["changed"]
    assert "utcome unknown" in report.result["msg"]
    assert "it does not show in the list so far; a rerun on this machine is safe" in report.result["msg"]
    assert calls(simulator)["POST"] == 1
    assert time.passed == pytest.approx(WINDOW, abs=1)


@BOTH
def test_looking_that_fails_is_told(simulator: Simulator, time: Time, act: Any) -> None:
    looks_fail = Fault("status", "listEndpoints", status=403, body={"reason": "ODD_LIST"}, times=1000)
    simulator.script([Fault("pass", "listEndpoints"), LOST, looks_fail])
    report = act(simulator, time, entry("chat"))
    assert report.failed
    assert "looking for it failed (" in report.result["msg"]
    assert "ODD_LIST" in report.result["msg"]
    assert calls(simulator)["POST"] == 1


@BOTH
def test_one_of_the_name_that_is_not_as_wanted_is_not_taken_for_it(simulator: Simulator, time: Time, act: Any) -> None:
    simulator.script([NEVER_ARRIVED])
    time.at(1, lambda: simulator.seed(entry("chat", image="registry.example.com/of-somebody-else:1")))
    report = act(simulator, time, entry("chat"))
    (other,) = simulator.endpoints
    assert report.failed
    assert f"{other['id']} showed up, but not as wanted" in report.result["msg"]
    assert calls(simulator)["POST"] == 1


@BOTH
def test_with_resend_it_is_sent_again_after_nothing_showed(simulator: Simulator, time: Time, act: Any) -> None:
    simulator.script([NEVER_ARRIVED])
    report = act(simulator, time, entry("chat", on_ambiguous="resend"))
    assert not report.failed, report.result["msg"]
    assert any("so it was sent again (on_ambiguous=resend)" in warning for warning in report.warnings)
    assert calls(simulator)["POST"] == 2
    assert len(simulator.endpoints) == 1
    assert time.passed >= WINDOW - 1


@BOTH
def test_with_resend_nothing_is_sent_again_while_one_of_the_name_shows(
    simulator: Simulator, time: Time, act: Any
) -> None:
    simulator.script([NEVER_ARRIVED])
    time.at(1, lambda: simulator.seed(entry("chat", image="registry.example.com/of-somebody-else:1")))
    assert act(simulator, time, entry("chat", on_ambiguous="resend")).failed
    assert calls(simulator)["POST"] == 1


@BOTH
@pytest.mark.parametrize("name", ["chat", "chat-2"])
def test_an_answer_without_an_id_is_looked_for(simulator: Simulator, time: Time, act: Any, name: str) -> None:
    simulator.seed(entry("chat-1"))
    simulator.script([Fault("status", "createEndpoint", "after_commit", status=200, body={})])
    report = act(simulator, time, entry(name))
    assert not report.failed, report.result["msg"]
    assert _of(report, "id") == next(one["id"] for one in simulator.endpoints if one["name"] == name)
    assert any("answered without a usable id. It was created all the same" in told for told in report.warnings)


@BOTH
def test_an_answer_without_an_id_of_what_never_shows_is_unknown(simulator: Simulator, time: Time, act: Any) -> None:
    simulator.script([Fault("status", "createEndpoint", status=200, body={})])
    report = act(simulator, time, entry("chat"))
    assert report.failed
    assert "answered without a usable id. It may exist and cost money" in report.result["msg"]
    assert calls(simulator)["POST"] == 1


@BOTH
def test_without_looking_by_name_a_lost_create_stays_unknown(simulator: Simulator, time: Time, act: Any) -> None:
    simulator.script([LOST])
    report = act(simulator, time, entry("chat", unique_name=False, on_ambiguous="resend"))
    assert report.failed
    assert "a rerun would create another one, because it cannot be looked up by name" in report.result["msg"]
    assert calls(simulator)["POST"] == 1


@BOTH
@pytest.mark.parametrize(("headers", "pause"), [({"Retry-After": "30"}, 30), ({}, 0.5)])
def test_not_now_is_tried_again_after_a_pause(
    simulator: Simulator, time: Time, act: Any, headers: dict[str, str], pause: float
) -> None:
    simulator.script([Fault("status", "createEndpoint", status=429, headers=headers)])
    report = act(simulator, time, entry("chat"))
    assert not report.failed, report.result["msg"]
    assert calls(simulator)["POST"] == 2
    assert time.pauses[0] == pytest.approx(pause, abs=0.6)


@BOTH
def test_a_look_that_fails_after_not_now_ends_the_sending(simulator: Simulator, time: Time, act: Any) -> None:
    refused = Fault("status", "createEndpoint", status=429)
    looks_fail = Fault("status", "listEndpoints", status=403, body={"reason": "ODD_LIST"}, times=1000)
    simulator.script([Fault("pass", "listEndpoints"), refused, looks_fail])
    report = act(simulator, time, entry("chat"))
    assert report.failed
    assert "ODD_LIST" in report.result["msg"]
    assert not report.result["changed"]
    assert calls(simulator)["POST"] == 1


@BOTH
@pytest.mark.parametrize("status", [400, 451])
def test_any_other_refusal_is_final(simulator: Simulator, time: Time, act: Any, status: int) -> None:
    simulator.script([Fault("status", "createEndpoint", status=status, body={"reason": "ODD"})])
    report = act(simulator, time, entry("chat"))
    assert report.failed
    assert not report.result["changed"]
    assert "ODD" in report.result["msg"]
    assert calls(simulator)["POST"] == 1


def test_what_is_accepted_without_ever_an_id_is_not_sent_again(simulator: Simulator) -> None:
    """Not even with resend: the answer was not lost."""
    simulator.settings = Settings(visible_in_list_after=1000)
    client = talking.client(simulator.url, talking.Time(), key=simulator.api_key)
    silent = replace(ENDPOINT, verbs=replace(ENDPOINT.verbs, created_id=None))
    creation = Creation("chat", MINIMAL, frozenset(), lambda _item: True, is_noted=False)
    with pytest.raises(OutcomeUnknown, match="does not say its id"):
        create_once(replace(client, resource=silent), creation, resend=True)
    assert calls(simulator)["POST"] == 1


def _of(report: Report, name: str) -> Any:
    """What the report says of its only endpoint."""
    return (report.result.get("endpoints") or [report.result])[0][name]

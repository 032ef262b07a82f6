# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which entries are refused, before anything is sent or once it is known what there is?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from unit.bodies import MINIMAL
from unit.fleets import calls, counted, entry, existing, messages, named, run, seeded
from unit.passing import Time
from unit.running import Said
from unit.running import run as run_module

from ansible_collections.ppio.gpu.plugins.module_utils._options.fleet_options import fleet_checked, fleet_doubts
from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT
from ansible_collections.ppio.gpu.plugins.modules import endpoint_fleet
from simulator import Simulator

Account = Mapping[str, Any]

CANARY = "canary-of-a-fleet"
#: How many list calls show 1,000 endpoints, 20 on each page.
PAGES = 50
WRONG: list[Any] = [
    {**MINIMAL, "name": ""},
    {**MINIMAL, "name": "chat-1", "ports": [0]},
    {"state": "absent"},
    {"product_id": "product-1"},
    "chat-4",
    {**MINIMAL, "name": "chat-5", "worker_config": {"max_replicas": 1, "min_replicas": 2}},
    {**MINIMAL, "name": "chat-6", "secret_envs": [{"key": "TOKEN", "value": [CANARY]}]},
    {**MINIMAL, "name": "chat-7", "id": "x" * 256},
    {**MINIMAL, "name": "c" * 60, "ports": [0]},
    {**MINIMAL, "name": "c" * 61, "ports": [0]},
    {**MINIMAL, "name": 9, "ports": [0]},
]
COMPLAINTS = (
    "endpoints[0].name must not be an empty string",
    "endpoints[1].ports[0] (chat-1) must be 1 to 65535, not 0",
    "endpoints[2].name or id is needed",
    "endpoints[3].name or id is needed",
    "endpoints[4] must be a mapping, not a string",
    "endpoints[5].worker_config.min_replicas (chat-5) must be at most max_replicas (1), not 2",
    "endpoints[6].secret_envs[0].value (chat-6) must be a string",
    "endpoints[7].id (chat-7) has 256 characters; at most 255 are allowed",
    f"endpoints[8].ports[0] ({'c' * 60}) must",
    "endpoints[9].ports[0] must",
    "endpoints[10].ports[0] must",
    "concurrency must be 1 to 64, not 65",
    "prune_max_percent must be 0 to 100, not 101",
    "wait_timeout must be 1 to 86400, not 0",
)


def said_of(account: Account, **options: Any) -> Said:
    return run_module(endpoint_fleet, {**account, **options})


def test_everything_that_is_wrong_is_said_at_once_and_nothing_is_sent(simulator: Simulator, account: Account) -> None:
    said = said_of(account, endpoints=WRONG, concurrency=65, prune_max_percent=101, wait_timeout=0)
    assert said.failed
    for complaint in COMPLAINTS:
        assert complaint in said.message
    assert CANARY not in said.text
    assert simulator.journal == ()


def test_one_wrong_entry_stops_all_of_them(simulator: Simulator, account: Account) -> None:
    assert said_of(account, endpoints=[*named(3), {**MINIMAL, "type": "batch"}]).failed
    assert simulator.journal == ()


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({}, "endpoints or src is needed"),
        ({"endpoints": [], "src": "fleet.yml"}, "endpoints and src cannot be given together"),
        ({"endpoints": None}, "endpoints or src is needed"),
        ({"endpoints": [], "prune": True}, "name_prefix is needed with prune"),
    ],
    ids=["neither", "both", "null", "prune without a prefix"],
)
def test_options_that_need_or_exclude_each_other(
    simulator: Simulator, account: Account, options: Account, complaint: str
) -> None:
    said = said_of(account, **options)
    assert said.failed
    assert complaint in said.message
    assert simulator.journal == ()


def test_a_list_must_be_one(simulator: Simulator, account: Account) -> None:
    assert "endpoints must be a list, not a mapping" in said_of(account, endpoints={"chat": MINIMAL}).message


def test_an_option_of_the_whole_fleet_is_none_of_an_entry(simulator: Simulator, account: Account) -> None:
    said = said_of(account, endpoints=[entry("chat", wait=True)])
    assert said.failed
    assert "wait" in said.message
    assert simulator.journal == ()


def test_an_empty_list_is_fine_and_does_nothing(simulator: Simulator, account: Account) -> None:
    simulator.seed(MINIMAL)
    said = said_of(account, endpoints=[])
    assert not said.failed
    assert not said.changed
    assert said.result["summary"] == counted()
    assert said.result["endpoints"] == []
    assert simulator.writes == ()


@pytest.mark.parametrize("check", [True, False])
def test_what_only_a_create_needs_is_asked_for_before_anything_is_written(
    simulator: Simulator, time: Time, check: bool
) -> None:
    seeded(simulator, named(1))
    wanted = [
        {"name": "chat-0", "command": "--fast"},
        entry("search"),
        {**MINIMAL, "name": "chta-1", "image": None},
        {"name": "chta-2"},
    ]
    report = run(simulator, time, wanted, check=check)
    assert report.failed
    assert report.result["msg"] == (
        "Nothing was written. There is no endpoint 'chta-1' yet; to create it, also give image. There is no "
        "endpoint 'chta-2' yet; to create it, also give type, product_id, image, worker_config.max_replicas."
    )
    assert simulator.writes == ()


def test_one_partial_entry_among_many_needs_no_other_list(simulator: Simulator, time: Time) -> None:
    seeded(simulator, named(1000))
    wanted = [*named(999), {"name": "chat-999", "worker_config": {"min_replicas": 1}}]
    assert run(simulator, time, wanted, check=True).result["summary"] == counted(updated=1, unchanged=999)
    assert calls(simulator) == {"list": PAGES, "get": 1}
    simulator.clear_journal()
    assert run(simulator, time, wanted).result["summary"] == counted(updated=1, unchanged=999)
    # The second sweep is the proof.
    assert calls(simulator) == {"list": 2 * PAGES, "get": 1, "PUT": 1}
    simulator.clear_journal()
    assert run(simulator, time, wanted).result["summary"] == counted(unchanged=1000)
    assert calls(simulator) == {"list": PAGES}


def test_a_name_that_two_entries_have_is_an_error_of_both_and_no_other(simulator: Simulator, time: Time) -> None:
    wanted = [entry("chat"), entry("search"), entry("chat", command="--fast")]
    report = run(simulator, time, wanted)
    assert report.failed
    assert report.result["summary"] == counted(created=1, failed=2)
    assert messages(report).keys() == {"chat"}
    assert report.result["msg"] == (
        "2 of 3 endpoints failed: chat: endpoints[0] and endpoints[2] both describe 'chat'. Keep one of them."
    )
    assert existing(simulator).keys() == {"search"}


def test_a_name_that_entries_share_is_refused_before_anything_is_sent(simulator: Simulator, account: Account) -> None:
    wanted = [entry("chat"), entry("search"), entry("chat", unique_name=False), {"name": "chat", "state": "absent"}]
    said = said_of(account, endpoints=wanted)
    assert "endpoints[0], endpoints[2] and endpoints[3] all describe 'chat' (keep one of them)" in said.message
    assert "1 option is not valid" in said.message
    assert simulator.journal == ()


@pytest.mark.parametrize(
    ("wanted", "complaint"),
    [
        (
            [entry("chat"), entry("chat", unique_name=False)],
            "endpoints[0] and endpoints[1] both describe 'chat' (keep one of them)",
        ),
        (
            [entry("chat"), {"id": "ep-1", "name": "chat"}],
            "endpoints[0] and endpoints[1] both describe 'chat' (keep one of them)",
        ),
    ],
)
def test_two_entries_that_mean_the_same_name_are_refused(wanted: list[Any], complaint: str) -> None:
    assert [str(one) for one in fleet_checked(ENDPOINT, {"endpoints": wanted}).violations] == [complaint]


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"batches": [1]}, "batches needs wait: true, because only a wait shows whether the next may be begun"),
        ({"batches": [], "wait": True}, "batches must be a list of at least one size"),
        ({"batches": {}, "wait": True}, "batches must be a list of at least one size"),
        ({"batches": True, "wait": True}, "batches must be a list of at least one size"),
        ({"batches": False, "wait": True}, "batches must be a list of at least one size"),
        ({"batches": "1,all", "wait": True}, "batches[1] must be a number, 1 or more, or 1% to 100%, not 'all'"),
        ({"batches": [1, 0], "wait": True}, "batches[1] must be a number, 1 or more, or 1% to 100%, not 0"),
        ({"batches": ["1.5"], "wait": True}, "batches[0] must be a number, 1 or more, or 1% to 100%, not '1.5'"),
        ({"batches": ["101%"], "wait": True}, "batches[0] must be a number, 1 or more, or 1% to 100%, not 101%"),
        ({"batches": ["half"], "wait": True}, "batches[0] must be a number, 1 or more, or 1% to 100%, not 'half'"),
        ({"batches": [True], "wait": True}, "batches[0] must be a number, 1 or more, or 1% to 100%, not True"),
    ],
)
def test_batches_that_mean_nothing_are_refused(options: Account, complaint: str) -> None:
    assert [str(one) for one in fleet_checked(ENDPOINT, {"endpoints": [], **options}).violations] == [complaint]


@pytest.mark.parametrize(
    "wanted",
    [
        [entry("chat", unique_name=False), entry("chat", unique_name=False)],
        [entry("chat"), {"id": "ep-1", "name": "chat", "state": "absent"}],
        [{"id": "ep-1"}, {"id": "ep-2"}],
    ],
)
def test_what_does_not_mean_the_same_name_is_not_refused(wanted: list[Any]) -> None:
    assert fleet_checked(ENDPOINT, {"endpoints": wanted}).violations == ()


def test_a_choice_that_the_provider_is_dropping_is_warned_about() -> None:
    local = {**MINIMAL, "volumes": [{"type": "local"}]}
    assert fleet_doubts(ENDPOINT, {"endpoints": [MINIMAL, local]}) == (
        "endpoints[1].volumes[0].type: local works today, but the provider is dropping it",
    )
    assert fleet_doubts(ENDPOINT, {"endpoints": None}) == ()


def test_a_name_with_two_fates_is_an_error(simulator: Simulator, time: Time) -> None:
    seeded(simulator, named(1))
    report = run(simulator, time, [entry("chat-0"), {"name": "chat-0", "state": "absent"}])
    assert report.result["summary"] == counted(failed=2)
    assert simulator.writes == ()


def test_an_id_and_a_name_may_not_mean_the_same_endpoint(simulator: Simulator, time: Time) -> None:
    ids = seeded(simulator, named(2))
    wanted = [entry("chat-0", command="--fast"), {"id": ids["chat-0"], "command": "--slow"}, entry("chat-1")]
    report = run(simulator, time, wanted)
    assert report.result["summary"] == counted(failed=2, unchanged=1)
    assert simulator.writes == ()


def test_an_id_twice_is_an_error(simulator: Simulator, time: Time) -> None:
    ids = seeded(simulator, named(1))
    report = run(simulator, time, [{"id": ids["chat-0"], "command": option} for option in ("--fast", "--slow")])
    assert report.result["summary"] == counted(failed=2)
    assert simulator.writes == ()


@pytest.mark.parametrize("second", [{**MINIMAL, "name": "new"}, {"name": "new", "state": "absent"}])
def test_no_entry_may_be_renamed_to_what_another_one_means(simulator: Simulator, time: Time, second: Account) -> None:
    ids = seeded(simulator, named(1))
    report = run(simulator, time, [{"id": ids["chat-0"], "name": "new"}, second])
    assert report.result["summary"] == counted(failed=2)
    assert simulator.writes == ()


def test_entries_that_never_look_by_name_may_share_it(simulator: Simulator, time: Time) -> None:
    report = run(simulator, time, [entry("chat", unique_name=False) for _number in range(3)])
    assert report.result["summary"] == counted(created=3)
    assert [one["name"] for one in simulator.endpoints] == ["chat"] * 3
    assert len({one["id"] for one in report.result["endpoints"]}) == 3


def test_two_of_one_name_on_the_server_are_an_error_of_their_entry(simulator: Simulator, time: Time) -> None:
    twins = [simulator.seed(entry("chat", app_name=app)) for app in ("one", "two")]
    report = run(simulator, time, [entry("chat"), entry("search")])
    assert report.result["summary"] == counted(created=1, failed=1)
    assert all(identity in messages(report)["chat"] for identity in twins)
    assert [one.body["name"] for one in simulator.writes] == ["search"]


def test_each_of_two_twins_can_be_meant_by_its_id(simulator: Simulator, time: Time) -> None:
    twins = [simulator.seed(entry("chat", app_name=app)) for app in ("one", "two")]
    report = run(simulator, time, [{"id": twins[0], "command": "--fast"}, {"id": twins[1], "state": "absent"}])
    assert report.result["summary"] == counted(updated=1, deleted=1)


def test_an_unknown_id_is_an_error_of_its_entry_and_never_a_new_endpoint(simulator: Simulator, time: Time) -> None:
    report = run(simulator, time, [entry("chat", id="no-such-id"), entry("search")])
    assert report.result["summary"] == counted(created=1, failed=1)
    assert "There is no endpoint with id no-such-id" in messages(report)["chat"]
    assert existing(simulator).keys() == {"search"}


def test_an_unknown_id_that_is_to_go_is_fine(simulator: Simulator, time: Time) -> None:
    report = run(simulator, time, [{"id": "no-such-id", "state": "absent"}])
    assert report.result["summary"] == counted(unchanged=1)


def test_what_the_list_does_not_show_yet_is_found_by_its_id(simulator: Simulator, time: Time) -> None:
    identity = simulator.seed(entry("chat"))
    simulator.settings = type(simulator.settings)(visible_in_list_after=20)
    report = run(simulator, time, [{"id": identity, "command": "--fast"}])
    assert report.result["summary"] == counted(updated=1)
    assert simulator.endpoints[0]["command"] == "--fast"


def test_a_difference_that_cannot_be_is_an_error_of_its_entry(simulator: Simulator, time: Time) -> None:
    seeded(simulator, named(2))
    report = run(simulator, time, [entry("chat-0", app_name="other"), entry("chat-1", command="--fast")])
    assert report.result["summary"] == counted(updated=1, failed=1)
    assert "app_name" in messages(report)["chat-0"]
    assert "recreate=true" in messages(report)["chat-0"]

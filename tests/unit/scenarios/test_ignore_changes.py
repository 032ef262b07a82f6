# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Is a field that an autoscaler or somebody at the console owns left as it is, and told of?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from unit import fleets, passing
from unit.bodies import FULL, MINIMAL, Body
from unit.passing import Time
from unit.running import run_endpoint
from unit.scenarios import scenarios, worlds
from unit.scenarios.scenarios import Scenario
from unit.scenarios.test_fleets import four_runs, prepared
from unit.scenarios.test_four_runs import by_meaning, runs

from ansible_collections.ppio.gpu.plugins.module_utils._api.exchange import Answer, Request
from ansible_collections.ppio.gpu.plugins.module_utils._api.wire import HttpWire
from ansible_collections.ppio.gpu.plugins.module_utils._options.fleet_options import fleet_checked
from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT
from simulator import Fault, Settings, Simulator

Account = Mapping[str, Any]

#: The path that covers a change of the scenarios, where it is not the change's own.
COVERING = {
    "volumes[].id": "volumes./data",
    "volumes[].type": "volumes./data",
    "volumes[].mount_point": "volumes",
    "envs[].key": "envs",
    "envs[].value": "envs.MODE",
    "ports[]": "ports",
}
PARENTS = {path: path.partition(".")[0].removesuffix("[]") for path in scenarios.CHANGES}
PATHS = [(path, COVERING.get(path, path)) for path in scenarios.CHANGES] + [
    (path, parent) for path, parent in PARENTS.items() if parent != COVERING.get(path, path)
]

MAX = "worker_config.max_replicas"
#: The task of somebody whose autoscaler has the greatest number of workers.
TASK = {**MINIMAL, "ignore_changes": [MAX]}
SCALED = {**MINIMAL, "worker_config": {"max_replicas": 9}}
NEXT_IMAGE = {**TASK, "image": "registry.example.com/chat:2"}
TOLD = [{"path": MAX, "current": 9, "wanted": 3}]


@pytest.fixture(params=["merge", "replace"])
def updating(request: pytest.FixtureRequest, simulator: Simulator) -> Simulator:
    """A simulator whose PUT does the one or the other."""
    simulator.settings = Settings(update=request.param)
    return simulator


@pytest.mark.parametrize("world", worlds.BOTH)
@pytest.mark.parametrize(("change", "path"), PATHS, ids=[f"{change}, {path}" for change, path in PATHS])
def test_a_task_that_differs_only_in_what_is_ignored_writes_nothing(
    simulator: Simulator, account: Account, change: str, path: str, world: str
) -> None:
    simulator.settings = worlds.EACH[world]
    simulator.seed(FULL)
    existing = simulator.endpoints
    said, writes = runs(simulator, {**account, **FULL, **scenarios.CHANGES[change], "ignore_changes": [path]})
    assert [one.changed for one in said] == [False] * 4
    assert writes == [()] * 4
    assert simulator.endpoints == existing
    assert {one["path"].partition(".")[0] for one in said[0].result["ignored"]} == {path.partition(".")[0]}
    assert all(one.result["ignored"] == said[0].result["ignored"] for one in said)


@pytest.mark.parametrize("count", [0, 1, 3], ids=["one", "a fleet of one", "a fleet of three"])
@pytest.mark.parametrize(("change", "path"), PATHS, ids=[f"{change}, {path}" for change, path in PATHS])
def test_a_partial_description_by_name_that_differs_only_in_what_is_ignored(
    simulator: Simulator, account: Account, time: Time, change: str, path: str, count: int
) -> None:
    scenario = Scenario({"name": FULL["name"], **scenarios.CHANGES[change], "ignore_changes": [path]}, (), FULL)
    entries = prepared(simulator, "contrary", scenario, count or 1)
    existing = simulator.endpoints
    if count:
        changed, writes, _diffs = four_runs(simulator, time, entries)
        assert changed == [[False] * count] * 4
    else:
        said, writes = runs(simulator, {**account, **entries[0]})
        assert [one.changed for one in said] == [False] * 4
    assert writes == [()] * 4
    assert simulator.endpoints == existing


@pytest.mark.parametrize("world", worlds.BOTH)
@pytest.mark.parametrize(("change", "path"), PATHS, ids=[f"{change}, {path}" for change, path in PATHS])
def test_a_change_beside_it_is_made_once_and_leaves_it_as_it_is(
    simulator: Simulator, account: Account, change: str, path: str, world: str
) -> None:
    simulator.settings = worlds.EACH[world]
    identity = simulator.seed(FULL)
    named = {**FULL, **scenarios.CHANGES[change], "name": "renamed", "id": identity}
    said, writes = runs(simulator, {**account, **named, "ignore_changes": [path]})
    assert [one.changed for one in said] == [True, True, False, False]
    assert writes == [(), ("PUT",), (), ()]
    (there,) = simulator.endpoints
    there = {name: there[name] for name in FULL}
    there["volumes"] = [{name: volume[name] for name in ("id", "type", "mount_point")} for volume in there["volumes"]]
    assert by_meaning(there) == by_meaning({**FULL, "name": "renamed"})


def test_an_autoscaler_moved_it_and_the_task_changes_another_field(updating: Simulator, account: Account) -> None:
    updating.seed(SCALED)
    said = run_endpoint({**account, **NEXT_IMAGE}, diff=True)
    (put,) = updating.writes
    assert put.body["worker_config"]["max_replicas"] == 9
    assert put.body["image"] == NEXT_IMAGE["image"]
    assert (said.changed, said.result["ignored"]) == (True, TOLD)
    assert said.endpoint["worker_config"]["max_replicas"] == 9
    before, after = said.result["diff"]["before"], said.result["diff"]["after"]
    assert {name for name in after if before.get(name) != after[name]} == {"image"}


def moved(simulator: Simulator) -> None:
    """What the autoscaler does. It asks the API itself, not the simulator's memory."""
    (there,) = simulator.endpoints
    account = {"api_url": simulator.url, "api_key": simulator.api_key}
    run_endpoint({**account, "id": there["id"], "worker_config": {"max_replicas": 9}})


@pytest.mark.parametrize("module", [passing.run, fleets.run])
def test_an_autoscaler_moves_it_before_the_last_look(updating: Simulator, time: Time, module: Any) -> None:
    updating.seed(MINIMAL)
    updating.script([Fault("status", operation="getEndpoint", status=503)])
    # Between the list and the read, which is repeated.
    time.at(0, lambda: moved(updating))
    done = module(updating, time, [NEXT_IMAGE] if module is fleets.run else {**NEXT_IMAGE, "wait": False})
    assert not done.failed
    put = updating.writes[-1]
    assert put.body["image"] == NEXT_IMAGE["image"]
    assert put.body["worker_config"]["max_replicas"] == 9


def test_in_the_moment_between_the_last_look_and_the_update_it_is_overwritten(updating: Simulator, time: Time) -> None:
    """The API takes no condition, so all that can be done is to make the moment short, and to say what is there."""
    updating.seed({**MINIMAL, "worker_config": {"max_replicas": 5}})

    class Between(HttpWire):
        def exchanged(self, request: Request, *, fresh: bool) -> Answer:
            if request.method == "PUT":
                moved(updating)
            return super().exchanged(request, fresh=fresh)

    done = passing.run(updating, time, {**NEXT_IMAGE, "wait": False}, wiring=Between)
    assert not done.failed
    assert updating.endpoints[0]["worker_config"]["max_replicas"] == 5
    assert done.result["endpoint"]["worker_config"]["max_replicas"] == 5
    assert done.result["ignored"] == [{**TOLD[0], "current": 5}]


def test_a_conflict_makes_the_task_look_again_before_the_next_update(updating: Simulator, time: Time) -> None:
    updating.seed(MINIMAL)
    updating.script([Fault("status", operation="updateEndpoint", status=409)])
    done = passing.run(updating, time, {**NEXT_IMAGE, "wait": False})
    assert not done.failed
    assert [entry.method for entry in updating.journal][-4:] == ["PUT", "GET", "PUT", "GET"]


def test_an_autoscaler_moves_it_after_the_update(updating: Simulator, time: Time) -> None:
    updating.seed(MINIMAL)
    updating.script([Fault("pass", operation="getEndpoint"), Fault("status", operation="getEndpoint", status=503)])
    # Between the update and the proof, whose read is repeated.
    time.at(0, lambda: moved(updating))
    done = passing.run(updating, time, {**NEXT_IMAGE, "wait": False})
    assert (done.failed, done.result["ignored"]) == (False, TOLD)
    assert done.result["endpoint"]["worker_config"]["max_replicas"] == 9


def test_a_create_uses_the_value_of_the_task(simulator: Simulator, account: Account) -> None:
    said = run_endpoint({**account, **TASK})
    assert said.endpoint["worker_config"]["max_replicas"] == 3
    assert said.result["ignored"] == []


def test_a_recreate_carries_it_over(updating: Simulator, account: Account) -> None:
    updating.seed(SCALED)
    said = run_endpoint({**account, **TASK, "type": "async", "allow_recreate": True})
    assert (said.result["operation"], said.result["ignored"]) == ("recreate", TOLD)
    assert updating.writes[-1].body["worker_config"]["max_replicas"] == 9


def test_a_variable_survives_its_purge(updating: Simulator, account: Account) -> None:
    updating.seed(FULL)
    said = run_endpoint({**account, **FULL, "envs": [], "ignore_changes": ["envs.MODE", "envs.NONE"]}, diff=True)
    (there,) = updating.endpoints
    assert there["envs"] == [{"key": "MODE", "value": "fast"}]
    assert said.result["ignored"] == [{"path": "envs.MODE", "current": "(hidden)", "wanted": None}]


@pytest.mark.parametrize("check", [True, False])
def test_a_secret_that_is_ignored_is_nowhere(simulator: Simulator, account: Account, check: bool) -> None:
    old, new = "old-secret-4711", "new-secret-0815"
    simulator.seed({**FULL, "envs": [*FULL["envs"], {"key": "TOKEN", "value": old}]})
    task = {**FULL, "command": "--slow", "secret_envs": [{"key": "TOKEN", "value": new}]}
    for paths in (["envs.TOKEN"], ["secret_envs"], ["envs"]):
        said = run_endpoint({**account, **task, "ignore_changes": paths}, check=check, diff=True)
        assert said.result["ignored"] == [{"path": "envs.TOKEN", "current": "(hidden)", "wanted": "(hidden)"}]
        assert not any(secret in said.text for secret in (old, new))
    assert all(old in str(put.body["envs"]) for put in simulator.writes)


@pytest.mark.parametrize("path", ["worker_config.max_replica", "name", "type", "app_name", "id", "envs[0]", 7])
def test_a_wrong_path_is_refused_before_any_call(simulator: Simulator, account: Account, path: Any) -> None:
    said = run_endpoint({**account, **FULL, "ignore_changes": ["policy", path]})
    assert said.failed
    assert "ignore_changes[1]" in said.message
    assert simulator.journal == ()
    fleet = fleet_refusals({**FULL, "ignore_changes": ["policy", path]})
    assert "endpoints[0].ignore_changes[1]" in fleet


def fleet_refusals(entry: Body) -> str:
    """What the options of a fleet with this entry break."""
    broken = fleet_checked(ENDPOINT, {"endpoints": [entry]}).violations
    return "; ".join(map(str, broken))


def test_each_entry_of_a_fleet_tells_its_own(updating: Simulator, time: Time) -> None:
    names = ["moved", "moved-and-changed", "as-wanted", "new"]
    entries = [{**TASK, "name": name} for name in names]
    for name, body in zip(names[:3], (SCALED, SCALED, MINIMAL), strict=True):
        updating.seed({**body, "name": name})
    entries[1]["image"] = NEXT_IMAGE["image"]
    told = fleets.run(updating, time, entries).result["endpoints"]
    assert [one["ignored"] for one in told] == [TOLD, TOLD, [], []]
    assert [one["operation"] for one in told] == ["none", "update", "none", "create"]


def test_a_fleet_that_differs_only_in_what_is_ignored_is_read_once(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(page_size=20)
    fleets.seeded(simulator, fleets.named(100, worker_config={"max_replicas": 9}))
    done = fleets.run(simulator, time, fleets.named(100, ignore_changes=[MAX]))
    assert not done.result["changed"]
    assert fleets.calls(simulator) == {"list": 5}
    assert [one["ignored"] for one in done.result["endpoints"]] == [TOLD] * 100

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The four-run rule: check, real, check, real give changed, changed, ok, ok, and 0, n, 0, 0 writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from unit.bodies import FULL, MINIMAL, Body
from unit.openapi import schema
from unit.running import Said, run_endpoint
from unit.scenarios import scenarios, worlds
from unit.scenarios.scenarios import Scenario

from simulator import Settings, Simulator

Account = Mapping[str, Any]

#: Endpoints of other names, which no task may touch.
BYSTANDERS = ({**MINIMAL, "name": "chat-2"}, {**MINIMAL, "name": "cha"})

#: What only the API can know before a write, and what may be another thing after it.
OBSERVED = frozenset({"id", "status", "url", "workers", "member_id", "owner_id", "created_at"})

CORE = (
    "create with every field",
    "create with a secret",
    "update command",
    "update worker_config.min_replicas",
    "update volumes[].id",
    "change what has no more than is needed",
    "change what has no workers",
    "clear envs",
    "rename by id",
    "recreate for the type",
    "delete by name",
    "delete by id",
)
ROUNDS = [
    *((name, world) for name in scenarios.CHANGING for world in worlds.BOTH),
    *((name, world) for name in CORE for world in worlds.EACH if world not in worlds.BOTH),
]


def prepared(simulator: Simulator, settings: Settings, scenario: Scenario) -> dict[str, Any]:
    """The arguments of a scenario, once the simulator has what was there before."""
    simulator.settings = settings
    for body in BYSTANDERS:
        simulator.seed(body)
    identity = simulator.seed(scenario.existing) if scenario.existing else None
    return {**scenario.arguments, **({"id": identity} if scenario.addressed else {})}


def runs(simulator: Simulator, arguments: Mapping[str, Any]) -> tuple[list[Said], list[tuple[str, ...]]]:
    """Four runs and the methods of the writes in each. A run that fails is an error."""
    said, writes = [], []
    for check in (True, False, True, False):
        simulator.clear_journal()
        said.append(run_endpoint(arguments, check=check, diff=True))
        assert not said[-1].failed, said[-1].message
        writes.append(tuple(entry.method for entry in simulator.writes))
    return said, writes


def by_meaning(body: Body) -> Body:
    """A body whose lists can be compared: their order means nothing."""
    return {
        **body,
        "envs": {entry["key"]: entry["value"] for entry in body["envs"]},
        "ports": set(body["ports"]),
        "volumes": {entry["mount_point"]: entry for entry in body["volumes"]},
    }


def others(simulator: Simulator) -> list[Body]:
    names = {body["name"] for body in BYSTANDERS}
    return [endpoint for endpoint in simulator.endpoints if endpoint["name"] in names]


@pytest.mark.parametrize(("name", "world"), ROUNDS, ids=[f"{name}: {world}" for name, world in ROUNDS])
def test_a_task_changes_once_as_predicted_and_then_never_again(
    simulator: Simulator, account: Account, name: str, world: str
) -> None:
    scenario = scenarios.CHANGING[name]
    arguments = prepared(simulator, worlds.EACH[world], scenario)
    bystanders = others(simulator)
    said, writes = runs(simulator, {**account, **arguments})
    assert [one.changed for one in said] == [True, True, False, False]
    assert writes == [(), scenario.writes, (), ()]
    assert_prediction_came_true(said[0], said[1], scenario)
    assert said[2].result == said[3].result
    assert others(simulator) == bystanders


def assert_prediction_came_true(predicted: Said, real: Said, scenario: Scenario) -> None:
    """Everything that check mode said is so, and what it left open is only what the API alone can know."""
    assert predicted.result.keys() == real.result.keys()
    assert predicted.result["operation"] == real.result["operation"]
    assert predicted.result["diff"] == real.result["diff"]
    assert real.result["diff"]["before"] != real.result["diff"]["after"]
    before, after = predicted.result["endpoint"], real.result["endpoint"]
    if after is None or before is None:
        assert before == after
        return
    assert before.keys() == after.keys()
    for field in before.keys() - OBSERVED:
        is_open = scenario.existing is None and scenario.arguments.get(field) is None and field != "envs"
        assert is_open or unpredicted(before[field], after[field]) == [], field


def unpredicted(predicted: Any, real: Any, path: str = "") -> list[str]:
    """The paths at which `real` is not as predicted. None predicts nothing."""
    if isinstance(predicted, Mapping):
        return [found for name in predicted for found in unpredicted(predicted[name], real[name], f"{path}.{name}")]
    if isinstance(predicted, list) and len(predicted) == len(real):
        return [
            found
            for index in range(len(real))
            for found in unpredicted(predicted[index], real[index], f"{path}[{index}]")
        ]
    return [] if predicted in (None, real) else [path]


@pytest.mark.parametrize("world", worlds.EACH)
@pytest.mark.parametrize("name", scenarios.UNCHANGED)
def test_what_is_as_wanted_is_left_alone(simulator: Simulator, account: Account, name: str, world: str) -> None:
    scenario = scenarios.UNCHANGED[name]
    arguments = prepared(simulator, worlds.EACH[world], scenario)
    existing = simulator.endpoints
    said, writes = runs(simulator, {**account, **arguments})
    assert [one.changed for one in said] == [False] * 4
    assert writes == [()] * 4
    assert all(one.result == said[0].result for one in said)
    assert said[0].result["diff"]["before"] == said[0].result["diff"]["after"]
    assert simulator.endpoints == existing


@pytest.mark.parametrize("world", worlds.EACH)
@pytest.mark.parametrize("name", ["create with every field", "create with a secret"])
def test_a_new_endpoint_is_what_was_asked_for(simulator: Simulator, account: Account, name: str, world: str) -> None:
    arguments = prepared(simulator, worlds.EACH[world], scenarios.CREATES[name])
    said = run_endpoint({**account, **arguments})
    (made,) = [endpoint for endpoint in simulator.endpoints if endpoint["name"] == "chat"]
    asked = {**arguments, "envs": [*arguments["envs"], *arguments.get("secret_envs", ())]}
    assert said.result["id"] == said.result["ansible_facts"]["ppio_endpoint_id"] == made["id"]
    (post,) = simulator.writes
    assert post.body == {field: asked[field] for field in asked if field != "secret_envs"}
    assert by_meaning(made) == by_meaning(overlaid(made, post.body))


@pytest.mark.parametrize("world", ["plain", "contrary", "replaces", "omits empty values"])
@pytest.mark.parametrize("path", scenarios.CHANGES)
def test_an_update_changes_what_was_asked_and_nothing_else(
    simulator: Simulator, account: Account, path: str, world: str
) -> None:
    simulator.settings = worlds.EACH[world]
    identity = simulator.seed(FULL)
    (before,) = simulator.endpoints
    change = scenarios.CHANGES[path]
    run_endpoint({**account, "id": identity, **change})
    (after,) = simulator.endpoints
    assert by_meaning(after) == by_meaning(overlaid(before, change))


def overlaid(before: Body, change: Mapping[str, Any]) -> Body:
    """The endpoint as it has to be: objects by field, entries of lists as the API completes them."""
    inner = {name: {**before[name], **change[name]} for name in change if isinstance(before[name], Mapping)}
    volumes = [{"size": 0, **entry} for entry in change.get("volumes", before["volumes"])]
    return {**before, **change, **inner, "volumes": volumes}


def test_a_scenario_changes_each_field_that_the_contract_lets_change() -> None:
    assert {"name", *scenarios.CHANGES} == set(paths(schema("EndpointUpdate"))) - {"volumes[].size"}


def paths(rule: Mapping[str, Any], path: str = "") -> list[str]:
    match rule["type"]:
        case "object":
            prefix = f"{path}." if path else ""
            return [found for name, inner in rule["properties"].items() for found in paths(inner, prefix + name)]
        case "array":
            return paths(rule["items"], f"{path}[]")
        case _:
            return [path]

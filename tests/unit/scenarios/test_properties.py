# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does the whole module keep its word for every body that the contract allows, and for every one that it forbids?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from unit.bodies import Body, bodies, forbidden_bodies, workers_fit
from unit.openapi import schema
from unit.running import run_endpoint
from unit.scenarios.worlds import BOTH, emptied

from simulator import Simulator

UPDATABLE = frozenset(schema("EndpointUpdate")["properties"])


@pytest.fixture(scope="module")
def shared() -> Iterator[Simulator]:
    """One simulator for all examples of a property, which reset it."""
    with Simulator() as running:
        yield running


def connected(simulator: Simulator, world: str) -> dict[str, Any]:
    """The connection options for an empty simulator with the settings of a world."""
    emptied(simulator)
    simulator.settings = BOTH[world]
    return {"api_url": simulator.url, "api_key": simulator.api_key, "retry_timeout": 0}


def with_some_secret(body: Body, are_secret: list[bool]) -> Body:
    """The body as options, with some of its variables in the secret list."""
    if "envs" not in body:
        return body
    marked = list(zip(body["envs"], are_secret, strict=False))
    return {
        **body,
        "envs": [entry for entry, secret in marked if not secret],
        # A secret one without a value keeps the value that it has.
        "secret_envs": [{"value": "", **entry} for entry, secret in marked if secret],
    }


def mounts_apart(body: Body) -> bool:
    """Whether each volume has a mount point of its own: only the list shows sizes, and only mount points lead there."""
    mounts = [volume.get("mount_point", "") for volume in body.get("volumes", ())]
    return len(mounts) == len(set(mounts))


@settings(max_examples=60)
@given(body=bodies(), world=st.sampled_from(list(BOTH)))
def test_every_allowed_body_is_sent_unchanged_and_comes_back_as_no_change(
    shared: Simulator, body: Body, world: str
) -> None:
    account = connected(shared, world)
    assert run_endpoint({**account, **body}).changed
    again = run_endpoint({**account, **body}, diff=True)
    assert not again.failed, again.message
    assert not again.changed, again.result["diff"]
    assert [(entry.method, entry.body) for entry in shared.writes] == [("POST", body)]


@settings(max_examples=60)
@given(body=forbidden_bodies())
def test_every_forbidden_body_is_refused_before_any_write(shared: Simulator, body: Body) -> None:
    said = run_endpoint({**connected(shared, "plain"), **body})
    assert said.failed
    assert shared.writes == ()
    # What only a create needs may be left out where there is one of the name, so that is looked at first.
    assert "to create it, also give" in said.message or shared.journal == ()


@settings(max_examples=60)
@given(
    existing=bodies(),
    wanted=bodies(),
    world=st.sampled_from(list(BOTH)),
    are_secret=st.lists(st.booleans(), min_size=4, max_size=4),
)
def test_every_allowed_body_can_become_every_other_one(
    shared: Simulator, existing: Body, wanted: Body, world: str, are_secret: list[bool]
) -> None:
    assume(workers_fit(existing, wanted))
    account = connected(shared, world)
    identity = shared.seed({**existing, "name": wanted["name"]})
    # Their products are listed nowhere, which check mode would tell.
    task = {**account, **with_some_secret(wanted, are_secret), "allow_recreate": True, "check_stock": False}
    predicted = run_endpoint(task, check=True, diff=True)
    said = run_endpoint(task, diff=True)
    assert not said.failed, said.message
    assert (said.changed, said.result["operation"], said.result["diff"]) == (
        predicted.changed,
        predicted.result["operation"],
        predicted.result["diff"],
    )
    assert said.changed == (said.result["diff"]["before"] != said.result["diff"]["after"])
    again = run_endpoint(task, diff=True)
    assert not again.changed, again.result["diff"]
    (left,) = shared.endpoints
    assert (left["id"] == identity) == (said.result["operation"] in ("none", "update"))


@settings(max_examples=40)
@given(
    existing=bodies().filter(mounts_apart),
    change=bodies("EndpointUpdate"),
    world=st.sampled_from(list(BOTH)),
)
def test_every_allowed_update_leaves_what_it_does_not_name(
    shared: Simulator, existing: Body, change: Body, world: str
) -> None:
    assume(workers_fit(existing, change))
    account = connected(shared, world)
    identity = shared.seed(existing)
    (before,) = shared.endpoints
    change = {name: value for name, value in change.items() if name in UPDATABLE - {"name", "image"}}
    said = run_endpoint({**account, "id": identity, **change})
    assert not said.failed, said.message
    (after,) = shared.endpoints
    untouched = before.keys() - change.keys()
    assert {name: unordered(after[name]) for name in untouched} == {name: unordered(before[name]) for name in untouched}


def unordered(value: Any) -> Any:
    """A value that can be compared with another one whose list is in another order."""
    return sorted(value, key=repr) if isinstance(value, list) else value

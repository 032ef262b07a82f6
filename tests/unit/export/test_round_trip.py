# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does an export of whatever exists describe just that, so that a fleet leaves it alone, and makes it again?

`PPIO_GPU_EXPORTED=10000 make unit ARGS='-o faulthandler_timeout=0 -k round_trip'` takes so many endpoints instead of a
few hundred, and some minutes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from unit import exporting
from unit.bodies import Body, bodies
from unit.passing import Time
from unit.scenarios.test_properties import mounts_apart

from simulator import Settings, Simulator

#: Endpoints of one example at most, and of all examples in one world at least, as half of them are drawn on average.
MOST = 20
WORLDS = {
    "filled": Settings(),
    "zero": Settings(default_style="zero"),
    "filled, omits empty values, digits": Settings(omit_empty=True, numbers="strings"),
    "zero, omits empty values, replaces": Settings(default_style="zero", omit_empty=True, update="replace"),
}
EXPORTED = int(os.environ.get("PPIO_GPU_EXPORTED", "240"))
EXAMPLES = settings(
    max_examples=max(1, EXPORTED // len(WORLDS) // (MOST // 2)), suppress_health_check=list(HealthCheck)
)
MONTH = 31 * 86400.0
#: What of an endpoint is another one's after it was made anew.
OWN = ("id", "created_at")


@pytest.fixture(scope="module")
def shared() -> Iterator[Simulator]:
    with Simulator() as running:
        yield running


@pytest.fixture(scope="module")
def dest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(tmp_path_factory.mktemp("exported")) / "endpoints.yml"


def distinct(drawn: Sequence[Body]) -> list[Body]:
    """The bodies with names, and app names, that are their own."""
    return [
        {
            **body,
            "name": f"{body['name'][:200]}{number}",
            **({"app_name": f"{body['app_name'][:200]}{number}"} if body.get("app_name") else {}),
        }
        for number, body in enumerate(drawn)
    ]


@pytest.mark.parametrize("world", WORLDS)
@EXAMPLES
@given(drawn=st.lists(bodies().filter(mounts_apart), min_size=1, max_size=MOST), are_secret=st.booleans())
def test_whatever_exists_is_left_alone_and_made_again(
    shared: Simulator, dest: Path, world: str, drawn: list[Body], are_secret: bool
) -> None:
    shared.reset()
    # The simulator gives ids anew, which no API does, and nobody remembers what had them a month ago.
    shared.clock.advance(MONTH)
    shared.settings = WORLDS[world]
    time = Time(shared)
    for body in distinct(drawn):
        shared.seed(body)
    before = existing(shared)
    plain = [] if are_secret else sorted({env.get("key", "") for body in drawn for env in body.get("envs", ())})
    exporting.done(shared, time, dest, plain_env_keys=plain)
    first = dest.read_bytes()
    assert not exporting.done(shared, time, dest, plain_env_keys=plain).result["changed"]
    assert dest.read_bytes() == first
    entries = exporting.read(dest)
    assert not changes(exporting.fleet(shared, time, entries, check=True).result)
    assert not changes(exporting.fleet(shared, time, entries).result)
    assert shared.writes == ()
    made_again(shared, time, entries)
    assert without_values(existing(shared), are_secret) == without_values(before, are_secret)


def changes(result: Any) -> list[str]:
    """Why a result is not one of a task that left everything alone."""
    assert "msg" not in result, result["msg"]
    return [one["name"] for one in result["endpoints"] if one["changed"]]


def made_again(simulator: Simulator, time: Time, entries: Sequence[Body]) -> None:
    """Everything is gone, and made again from the entries, once they have a value for each secret."""
    options = simulator.settings
    simulator.reset()
    simulator.settings = options
    for entry in entries:
        for env in entry.get("secret_envs", ()):
            env["value"] = "new"
    report = exporting.fleet(simulator, time, entries)
    assert not report.failed, report.result["msg"]


def existing(simulator: Simulator) -> list[Body]:
    """Everything that is there, by name, in a form that can be compared: the order of lists means nothing."""
    return sorted(map(_comparable, simulator.endpoints), key=lambda body: str(body["name"]))


def _comparable(body: Body) -> Body:
    kept = {name: value for name, value in body.items() if name not in OWN}
    lists = {
        "ports": sorted(set(body["ports"])),
        "envs": sorted(body["envs"], key=lambda env: str(env["key"])),
        "volumes": sorted(body["volumes"], key=str),
    }
    return {**kept, **lists, "app_name": body["app_name"] if body["app_name"] != body["id"] else ""}


def without_values(endpoints: Sequence[Body], are_secret: bool) -> list[Body]:
    if not are_secret:
        return list(endpoints)
    return [{**body, "envs": [env["key"] for env in body["envs"]]} for body in endpoints]

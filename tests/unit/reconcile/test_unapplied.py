# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What if an API makes other values of those that it is given?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from unit.bodies import MINIMAL
from unit.passing import Time
from unit.reconcile import acting

from ansible_collections.ppio.gpu.plugins.module_utils._tasks.task import Report
from simulator import Settings, Simulator
from simulator.normalizing import Normalization

SECRET = "correct-horse-battery"
#: An option, what an API makes of it, and by which habit.
HABITS: Mapping[str, tuple[Mapping[str, Any], Mapping[str, Any], Normalization]] = {
    "registry": ({"image": "chat:2"}, {"image": "docker.io/library/chat:2"}, "image_registry"),
    "digest": ({"image": "example.com/chat:2"}, {"image": "example.com/chat:2@sha256:00000000"}, "image_digest"),
    "slash": ({"health_check": {"path": "/up"}}, {"health_check": {"path": "/up/"}}, "trailing_slash"),
    "port": ({"ports": [8080, 9000]}, {"ports": [8080, 9000, 8001]}, "added_port"),
    "rounding": (
        {"worker_config": {"max_replicas": 3, "rootfs_size_gb": 51}},
        {"worker_config": {"max_replicas": 3, "rootfs_size_gb": 60}},
        "rounded_disk",
    ),
}
HABITUAL = pytest.mark.parametrize(("given", "kept", "habit"), HABITS.values(), ids=HABITS)


def play(simulator: Simulator, time: Time, fleet: bool, *, check: bool = False, **options: Any) -> Report:
    return acting.play(simulator, time, fleet, {**MINIMAL, **options}, check=check)


def writes(simulator: Simulator) -> list[str]:
    """The writes since the last time that they were asked for."""
    sent = [entry.method for entry in simulator.writes]
    simulator.clear_journal()
    return sent


@HABITUAL
def test_what_the_api_changes_is_sent_once(
    simulator: Simulator,
    time: Time,
    fleet: bool,
    given: Mapping[str, Any],
    kept: Mapping[str, Any],
    habit: Normalization,
) -> None:
    simulator.seed(MINIMAL)
    simulator.settings = Settings(normalizations=(habit,))
    first = play(simulator, time, fleet, **given)
    assert writes(simulator) == ["PUT"]
    for check in (False, True, False):
        report = play(simulator, time, fleet, check=check, **given)
        assert writes(simulator) == []
        assert (first.failed, report.failed) == (True, True)
        assert not report.result["changed"]
        (path,) = given
        assert path in report.result["msg"]
        assert "ignore_changes" in report.result["msg"]
    assert not play(simulator, time, fleet, **kept).failed


@HABITUAL
def test_what_the_api_changes_at_the_create_is_sent_once_more_and_never_again(
    simulator: Simulator,
    time: Time,
    fleet: bool,
    given: Mapping[str, Any],
    kept: Mapping[str, Any],
    habit: Normalization,
) -> None:
    simulator.settings = Settings(normalizations=(habit,))
    sent = []
    for _round in range(4):
        assert play(simulator, time, fleet, **given).failed
        sent.append(writes(simulator))
    assert sent == [["POST"], ["PUT"], [], []]
    (path,) = given
    assert not play(simulator, time, fleet, ignore_changes=[path], **given).failed
    report = play(simulator, time, fleet, **kept)
    assert (report.failed, report.result["changed"]) == (False, False)


def test_the_message_says_what_became_of_what_was_given(simulator: Simulator, time: Time, fleet: bool) -> None:
    simulator.seed(MINIMAL)
    simulator.settings = Settings(normalizations=("image_registry",))
    for _round in range(2):
        message = play(simulator, time, fleet, image="chat:2").result["msg"]
        assert "image is 'docker.io/library/chat:2', wanted is 'chat:2'" in message
        assert "use the value that it shows, or name image in ignore_changes" in message


def test_an_added_variable_is_named_without_values(simulator: Simulator, time: Time, fleet: bool, home: Path) -> None:
    simulator.seed(MINIMAL)
    simulator.settings = Settings(normalizations=("added_env",))
    options: dict[str, Any] = {"secret_envs": [{"key": "TOKEN", "value": SECRET}]}
    reports = [play(simulator, time, fleet, **options) for _round in range(3)]
    assert writes(simulator) == ["PUT"]
    notes = [path.read_text() for path in (home / ".ansible").rglob("*") if path.is_file()]
    for text in [json.dumps(report.result) for report in reports] + notes:
        assert SECRET not in text
    assert "envs" in reports[-1].result["msg"]


def test_another_wish_is_sent(simulator: Simulator, time: Time, fleet: bool) -> None:
    simulator.seed(MINIMAL)
    simulator.settings = Settings(normalizations=("image_registry",))
    for image in ("chat:2", "chat:2", "chat:3", "chat:3"):
        play(simulator, time, fleet, image=image)
    assert writes(simulator) == ["PUT", "PUT"]


def test_a_day_later_it_is_tried_once_more(simulator: Simulator, time: Time, fleet: bool) -> None:
    simulator.seed(MINIMAL)
    simulator.settings = Settings(normalizations=("image_registry",))
    play(simulator, time, fleet, image="chat:2")
    sent = []
    for _day in range(3):
        simulator.clock.advance(86400)
        writes(simulator)
        for _round in range(2):
            play(simulator, time, fleet, image="chat:2")
        sent.append(writes(simulator))
    assert sent == [["PUT"]] * 3
    simulator.clock.advance(86400)
    simulator.settings = Settings()
    assert not play(simulator, time, fleet, image="chat:2").failed


def test_what_was_ignored_once_is_sent_again(simulator: Simulator, time: Time, fleet: bool) -> None:
    simulator.seed(MINIMAL)
    simulator.settings = Settings(ignored_fields=("command",))
    assert play(simulator, time, fleet, command="--fast").failed
    simulator.settings = Settings()
    assert not play(simulator, time, fleet, command="--fast").failed
    assert writes(simulator) == ["PUT", "PUT"]


def test_what_became_as_wanted_is_forgotten(simulator: Simulator, time: Time, fleet: bool, home: Path) -> None:
    simulator.seed(MINIMAL)
    simulator.settings = Settings(ignored_fields=("command",))
    play(simulator, time, fleet, command="--fast")
    assert list((home / ".ansible" / "ppio_gpu_unapplied").glob("*"))
    simulator.settings = Settings()
    play(simulator, time, fleet, command="--fast")
    assert not list((home / ".ansible" / "ppio_gpu_unapplied").glob("*"))


@pytest.mark.parametrize("existing", [False, True], ids=["created", "existing"])
def test_nothing_is_recreated_twice_for_the_same_difference(
    simulator: Simulator, time: Time, fleet: bool, existing: bool
) -> None:
    if existing:
        simulator.seed({**MINIMAL, "app_name": "old-app"})
    simulator.settings = Settings(normalizations=("lower_app_name",))
    options: dict[str, Any] = {"app_name": "Chat-App", "allow_recreate": True}
    first = play(simulator, time, fleet, **options)
    assert writes(simulator) == (["DELETE", "POST"] if existing else ["POST"])
    (left,) = simulator.endpoints
    for check in (False, True):
        report = play(simulator, time, fleet, check=check, **options)
        assert writes(simulator) == []
        assert (first.failed, report.failed, report.result["changed"]) == (True, True, False)
        assert "app_name is 'chat-app', wanted is 'Chat-App'" in report.result["msg"]
        assert "ignore_changes" not in report.result["msg"]
    assert simulator.endpoints == (left,)
    assert not play(simulator, time, fleet, app_name="chat-app", allow_recreate=True).result["changed"]

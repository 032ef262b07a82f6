# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Through which states does a change go, and can it be taken back?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from unit.bodies import FULL, MINIMAL
from unit.second.database import DATABASE
from unit.values import current, desired

from ansible_collections.ppio.gpu.plugins.module_utils._errors import InvalidOptions
from ansible_collections.ppio.gpu.plugins.module_utils._planning.plan import Plan, plan
from ansible_collections.ppio.gpu.plugins.module_utils._planning.rollout_states import (
    check_way_back,
    moved,
    peak,
    restoration,
    surge,
    with_values,
    written,
)
from ansible_collections.ppio.gpu.plugins.module_utils._planning.state import Current, current_from
from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT

SURGE = {"wait": True, "rollout": {"surge": 2}}
BACK = {"wait": True, "rollout": {"on_failure": "rollback"}}
OTHER_IMAGE = "registry.example.com/chat:2"


def there(existing: Mapping[str, Any] | None) -> Current | None:
    return None if existing is None else current(existing)


def planned(existing: Mapping[str, Any] | None, asked: Mapping[str, Any]) -> Plan:
    return plan(ENDPOINT, there(existing), desired(asked))


class TestSurge:
    @pytest.mark.parametrize(
        ("existing", "asked"),
        [(None, {}), (FULL, {"image": OTHER_IMAGE}), (FULL, {"type": "async", "allow_recreate": True})],
        ids=["a create", "an update that restarts the workers", "a recreate"],
    )
    def test_what_starts_workers_has_more_of_them_for_a_while(
        self, existing: Mapping[str, Any] | None, asked: Mapping[str, Any]
    ) -> None:
        wanted = {**FULL, **asked, **SURGE}
        more = surge(ENDPOINT, there(existing), planned(existing, wanted), desired(wanted))
        assert more is not None
        assert more.surged.fields["worker_config"] == {**FULL["worker_config"], "min_replicas": 3, "max_replicas": 3}
        assert more.restored.fields["worker_config"] == FULL["worker_config"]
        assert (more.surged.wait_for, more.restored.wait_for) == ("ready", "")

    @pytest.mark.parametrize(
        ("existing", "asked"),
        [
            (FULL, {}),
            (FULL, {"worker_config": {"max_replicas": 4}}),
            (FULL, {"state": "absent"}),
            (FULL, {"image": OTHER_IMAGE, "wait": False}),
            (FULL, {"image": OTHER_IMAGE, "rollout": {"surge": 0}}),
        ],
        ids=["nothing to do", "no worker restarts", "a removal", "no wait", "no surge"],
    )
    def test_nothing_else_has(self, existing: Mapping[str, Any], asked: Mapping[str, Any]) -> None:
        wanted = {"name": "chat", **SURGE, **asked}
        step = planned(existing, wanted)
        assert surge(ENDPOINT, current(existing), step, desired(wanted)) is None
        assert peak(ENDPOINT, current(existing), step, desired(wanted)) == step.after

    @pytest.mark.parametrize(
        ("asked", "least"), [({"image": OTHER_IMAGE}, 3 + 2), ({"type": "async", "allow_recreate": True}, 1 + 2)]
    )
    def test_the_workers_that_are_there_do_not_pass_for_those_that_start(
        self, asked: Mapping[str, Any], least: int
    ) -> None:
        wanted = {"name": "chat", **SURGE, **asked}
        workers = [{"id": "a"}, {"id": "b"}, {"id": "c"}, {"id": "leaving", "drain": True}]
        existing = current({**FULL, "workers": workers})
        more = surge(ENDPOINT, existing, plan(ENDPOINT, existing, desired(wanted)), desired(wanted))
        assert more is not None
        assert more.surged.fields["worker_config"]["min_replicas"] == least
        assert more.restored.fields["worker_config"]["min_replicas"] == 1

    def test_a_resource_without_workers_has_none(self) -> None:
        wanted = desired({**MINIMAL, **SURGE})
        step = plan(ENDPOINT, None, wanted)
        assert surge(replace(ENDPOINT, lifecycle=None), None, step, wanted) is None
        assert peak(replace(ENDPOINT, lifecycle=None), None, step, wanted) == step.after

    def test_at_the_peak_everything_else_is_as_planned(self) -> None:
        wanted = {**FULL, "image": OTHER_IMAGE, **SURGE}
        step = planned(FULL, wanted)
        config = {**FULL["worker_config"], "min_replicas": 3}
        assert step.after is not None
        assert peak(ENDPOINT, current(FULL), step, desired(wanted)) == {**step.after, "worker_config": config}

    def test_it_moves_to_another_product_as_a_whole(self) -> None:
        wanted = desired({**MINIMAL, **SURGE})
        more = surge(ENDPOINT, None, plan(ENDPOINT, None, wanted), wanted)
        assert more is not None
        elsewhere = more.moved("product_id", "other")
        for before, after in ((more.surged, elsewhere.surged), (more.restored, elsewhere.restored)):
            assert after == moved(before, "product_id", "other")
            assert after.fields == {**before.fields, "product_id": "other"}

    def test_what_is_ignored_need_not_be_given(self) -> None:
        wanted = desired({**MINIMAL, **SURGE, "ignore_changes": ["worker_config.idle_timeout"]})
        more = surge(ENDPOINT, None, plan(ENDPOINT, None, wanted), wanted)
        assert more is not None
        assert more.surged.ignored == wanted.ignored

    @pytest.mark.parametrize("path", ["worker_config", "worker_config.min_replicas", "worker_config.max_replicas"])
    def test_what_it_changes_is_not_ignored_meanwhile(self, path: str) -> None:
        wanted = desired({**FULL, **SURGE, "ignore_changes": [path, "command"]})
        more = surge(ENDPOINT, None, plan(ENDPOINT, None, wanted), wanted)
        assert more is not None
        assert more.surged.ignored == more.restored.ignored
        assert more.surged.ignored["command"] == wanted.ignored["command"]
        ignored = {"max_replicas", "idle_timeout"} if path == "worker_config" else {path.rpartition(".")[2]}
        assert more.surged.ignored["worker_config"] & {*ignored, "min_replicas"} == ignored - {"min_replicas"}


class TestRestoration:
    def test_it_is_the_whole_state_from_before(self) -> None:
        back = restoration(ENDPOINT, current(FULL), {"command": "--slow"}, desired({**FULL, **BACK}))
        assert back.fields == {name: value for name, value in FULL.items() if name not in ("type", "app_name")}

    def test_what_was_not_there_before_is_cleared(self) -> None:
        changed = {"command": "--slow", "health_check": {"path": "/up", "port": 0}}
        back = restoration(ENDPOINT, current(MINIMAL), changed, desired({**MINIMAL, **BACK}))
        assert back.fields["command"] == ""
        assert back.fields["health_check"] == {"path": ""}
        assert "entrypoint" not in back.fields

    @pytest.mark.parametrize(
        ("rollout", "seconds", "option"), [({"timeout": 70}, 70, "rollout.timeout"), ({}, 300, "wait_timeout")]
    )
    def test_it_is_waited_for_as_the_user_says(self, rollout: Mapping[str, Any], seconds: int, option: str) -> None:
        times = {"wait_timeout": 300, "failure_patience": 40}
        asked = {**FULL, "wait": True, "rollout": {**rollout, "surge": 2, "stable_for": 7}, **times}
        back = restoration(ENDPOINT, current(FULL), {}, desired(asked))
        assert (back.wait_for, back.wait_timeout, back.strategy.timeout_option) == ("ready", seconds, option)
        assert (back.strategy.stable_for, back.strategy.patience) == (7, 40)
        assert (back.strategy.surge, back.strategy.rolls_back) == (0, False)

    def test_what_an_update_cannot_send_is_not_wanted(self) -> None:
        fields = {**current(FULL).fields, "command": None, "policy": {"type": "queue", "value": None}}
        whole = written(ENDPOINT, fields, desired({"id": "ep-1"}))
        assert not {"type", "app_name", "command"} & set(whole.fields)
        assert whole.fields["policy"] == {"type": "queue"}
        assert (whole.present, whole.id) == (True, "ep-1")

    def test_values_are_laid_into_objects_and_over_the_rest(self) -> None:
        fields = {"policy": {"type": "queue", "value": 1}, "health_check": None, "ports": [1, 2], "command": "a"}
        values = {"policy": {"value": 2}, "health_check": {"port": 1}, "ports": [3]}
        assert with_values(fields, values) == {
            "policy": {"type": "queue", "value": 2},
            "health_check": {"port": 1},
            "ports": [3],
            "command": "a",
        }


class TestWayBack:
    """`NO_WAY`: what the API shows, what is asked for, and what nobody could restore."""

    NO_WAY: Mapping[str, tuple[Mapping[str, Any], Mapping[str, Any], str]] = {
        "the api does not say which version it was": (
            {"worker_config": {"max_replicas": 3}},
            {"worker_config": {"min_cuda_version": "12.8"}},
            r"worker_config\.min_cuda_version",
        ),
        "the api shows a mask": (
            {"envs": [{"key": "MODE", "value": "***"}, {"key": "LEVEL", "value": "info"}]},
            {"envs": [{"key": "MODE", "value": "slow"}]},
            r"envs\.MODE",
        ),
        "the api does not show the value": ({"envs": [{"key": "MODE"}]}, {"command": "--slow"}, r"envs\.MODE"),
    }

    @pytest.mark.parametrize("what", NO_WAY)
    def test_a_change_is_refused_where(self, what: str) -> None:
        shown, asked, path = self.NO_WAY[what]
        wanted = {"name": "chat", **asked, **BACK}
        existing = current({**FULL, **shown})
        with pytest.raises(InvalidOptions, match=rf"does not show the value of {path} of the endpoint ep-1,"):
            check_way_back(ENDPOINT, existing, plan(ENDPOINT, existing, desired(wanted)), desired(wanted))

    def test_a_recreate_is_refused(self) -> None:
        wanted = desired({"name": "chat", "type": "async", "allow_recreate": True, **BACK})
        with pytest.raises(InvalidOptions, match="delete the endpoint ep-1 and create it anew, which cannot be rolled"):
            check_way_back(ENDPOINT, current(FULL), plan(ENDPOINT, current(FULL), wanted), wanted)

    @pytest.mark.parametrize("what", NO_WAY)
    def test_without_a_rollback_nothing_is_refused(self, what: str) -> None:
        shown, asked, _path = self.NO_WAY[what]
        wanted = desired({"name": "chat", **asked})
        existing = current({**FULL, **shown})
        check_way_back(ENDPOINT, existing, plan(ENDPOINT, existing, wanted), wanted)

    @pytest.mark.parametrize(
        ("shown", "asked"),
        [
            ({"command": None}, {"command": "--slow"}),
            ({"command": None, "entrypoint": None}, {"image": OTHER_IMAGE}),
            ({"worker_config": {"max_replicas": 3}}, {"command": "--slow"}),
            ({"worker_config": {"max_replicas": 3}, "envs": [{"key": "MODE"}]}, {}),
        ],
        ids=["an empty text brings it back", "nothing sets it", "nobody knew it before", "nothing changes"],
    )
    def test_what_can_be_restored_is_in_nobodys_way(self, shown: Mapping[str, Any], asked: Mapping[str, Any]) -> None:
        wanted = desired({"name": "chat", **asked, **BACK})
        existing = current({**FULL, **shown})
        check_way_back(ENDPOINT, existing, plan(ENDPOINT, existing, wanted), wanted)

    def test_a_create_has_nothing_to_go_back_to(self) -> None:
        wanted = desired({**MINIMAL, **BACK})
        check_way_back(ENDPOINT, None, plan(ENDPOINT, None, wanted), wanted)

    def test_a_scalar_secret_that_is_not_shown_cannot_be_restored(self) -> None:
        shown = {"databaseId": "db-1", "name": "main", "sizeGb": 10, "masterPassword": "***"}
        existing = current_from(DATABASE, shown)
        wanted = replace(desired({"name": "main", **BACK}), fields={"protected": True, "password": "long enough"})
        with pytest.raises(InvalidOptions, match="does not show the value of password of the database db-1,"):
            check_way_back(DATABASE, existing, plan(DATABASE, existing, wanted), wanted)

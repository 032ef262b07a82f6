# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What does the user see of an endpoint?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from unit.bodies import FULL
from unit.values import current, desired, validated

from ansible_collections.ppio.gpu.plugins.module_utils._errors import Call, PartialResult, Rejected
from ansible_collections.ppio.gpu.plugins.module_utils._options.argument_spec import argument_spec
from ansible_collections.ppio.gpu.plugins.module_utils._planning.outcome import Outcome
from ansible_collections.ppio.gpu.plugins.module_utils._planning.plan import plan
from ansible_collections.ppio.gpu.plugins.module_utils._redaction import HIDDEN, Secrets
from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.result import failure, invocation, success, view

NOTHING_SHOWN: Mapping[str, frozenset[str]] = {"envs": frozenset()}


def result(existing: Mapping[str, Any] | None, asked: Mapping[str, Any], *, diff: bool = True) -> dict[str, Any]:
    """What a task says that did as planned."""
    wanted = desired(asked)
    planned = plan(ENDPOINT, current(existing) if existing is not None else None, wanted)
    outcome = Outcome(planned.action, "ep-1", planned.after, {}, planned.before, planned.after)
    return success(ENDPOINT, outcome, wanted.shown, Secrets(wanted.secrets), diff=diff)


def shown_envs(values: Mapping[str, Any]) -> Mapping[str, str]:
    return {entry["key"]: entry["value"] for entry in values["envs"]}


def test_every_field_is_a_key_whatever_is_known() -> None:
    keys = {row.name for row in (*ENDPOINT.fields, *ENDPOINT.observed)}
    for fields, observed in ((current(FULL).fields, current(FULL).observed), ({}, None)):
        seen = view(ENDPOINT, "ep-1", fields, observed, NOTHING_SHOWN, Secrets())
        assert seen is not None
        assert seen.keys() == keys
        assert seen["worker_config"].keys() == FULL["worker_config"].keys()


def test_no_endpoint_is_null() -> None:
    assert view(ENDPOINT, None, None, None, NOTHING_SHOWN, Secrets()) is None


def test_lists_are_in_an_order_of_their_own() -> None:
    one, other = (
        view(ENDPOINT, "ep-1", current(body).fields, {}, NOTHING_SHOWN, Secrets()) for body in (FULL, reversed_lists())
    )
    assert one == other
    assert one is not None
    assert one["ports"] == [8080, 9090]
    assert [volume["mount_point"] for volume in one["volumes"]] == ["/cache", "/data"]


def reversed_lists() -> Mapping[str, Any]:
    return {**FULL, **{name: FULL[name][::-1] for name in ("envs", "ports", "volumes")}}


def test_only_values_that_were_given_in_the_open_are_shown() -> None:
    said = result(FULL, {"envs": FULL["envs"][:1], "purge_envs": False})
    assert shown_envs(said["endpoint"]) == {"MODE": "fast", "LEVEL": HIDDEN}
    assert shown_envs(result(FULL, {"command": "x"})["endpoint"]) == {"MODE": HIDDEN, "LEVEL": HIDDEN}


def test_a_diff_shows_a_changed_secret_as_changed_and_no_other_one() -> None:
    asked = {"secret_envs": [{"key": "MODE", "value": "slow"}, FULL["envs"][1], {"key": "NEW", "value": "x"}]}
    diff = result(FULL, asked)["diff"]
    assert shown_envs(diff["before"]) == {"MODE": HIDDEN, "LEVEL": HIDDEN}
    after = shown_envs(diff["after"])
    assert after["LEVEL"] == HIDDEN
    assert after["MODE"] != HIDDEN
    assert "changed" in after["MODE"]
    assert after.keys() == {"MODE", "LEVEL", "NEW"}


def test_a_diff_is_of_what_can_be_asked_for_and_leaves_out_what_is_not_known() -> None:
    created = result(None, {**FULL, "policy": {"value": 5}, "envs": None})["diff"]
    assert created["before"] == {}
    assert created["after"].keys() == FULL.keys() - {"envs"}
    assert created["after"]["policy"] == {"value": 5}
    assert result(FULL, {"name": "chat", "state": "absent"})["diff"]["after"] == {}


def test_there_is_a_diff_only_where_it_is_asked_for() -> None:
    assert "diff" not in result(FULL, FULL, diff=False)
    unchanged = result(FULL, FULL)["diff"]
    assert unchanged["before"] == unchanged["after"]


def test_a_failure_says_what_there_is_and_what_was_done() -> None:
    seen = current(FULL)
    progress = PartialResult("update", changed=True, id="ep-1", fields=seen.fields, observed=seen.observed)
    call = Call("PUT", "/gpus/v2/endpoints/ep-1", 400, "CONFLICT", "req-1")
    said = failure(ENDPOINT, Rejected("no", call).after(progress), NOTHING_SHOWN, Secrets())
    assert (said["msg"], said["changed"], said["operation"], said["id"]) == ("no", True, "update", "ep-1")
    assert said["endpoint"]["command"] == FULL["command"]
    assert said["error"]["reason"] == "CONFLICT"
    assert (said["error"]["status"], said["error"]["request_id"]) == (400, "req-1")


def test_a_failure_before_anything_was_done_changed_nothing() -> None:
    said = failure(ENDPOINT, Rejected("no"), NOTHING_SHOWN, Secrets())
    assert (said["changed"], said["operation"], said["id"], said["endpoint"]) == (False, "none", None, None)
    assert said["error"]["status"] is None


def test_the_invocation_hides_the_key_and_the_secret_list() -> None:
    params = {**validated({**FULL, "secret_envs": [{"key": "T", "value": "hunter2"}]}), "api_key": "key-1"}
    shown = invocation(params, argument_spec(ENDPOINT))["module_args"]
    assert (shown["api_key"], shown["secret_envs"]) == (HIDDEN, [{"key": "T", "value": HIDDEN}])
    assert (shown["name"], shown["envs"]) == ("chat", validated(FULL)["envs"])

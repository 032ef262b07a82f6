# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How do a task's arguments and an API's answer become what planning takes?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from unit.bodies import Body

from ansible_collections.ppio.gpu.plugins.module_utils._options.argument_spec import argument_spec
from ansible_collections.ppio.gpu.plugins.module_utils._planning.plan import Create, Plan, Update
from ansible_collections.ppio.gpu.plugins.module_utils._planning.state import (
    Current,
    Desired,
    current_from,
    desired_from,
)
from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT

_VALIDATOR = ArgumentSpecValidator(argument_spec(ENDPOINT))
_LISTS = ("volumes", "envs", "ports")


def validated(arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """The arguments as Ansible hands them over: converted, and every option there."""
    result = _VALIDATOR.validate(dict(arguments))
    assert result.error_messages == []
    params: Mapping[str, Any] = result.validated_parameters
    return params


def desired(arguments: Mapping[str, Any]) -> Desired:
    return desired_from(ENDPOINT, validated(arguments))


def current(body: Mapping[str, Any], identity: str = "ep-1") -> Current:
    """An endpoint that the API shows with the fields of `body`, and in other respects as it likes."""
    answer = {"id": identity, "app_name": identity, "status": {"status": "running"}, **body}
    return current_from(ENDPOINT, {**answer, "surprise": 1, "total": "7"})


def applied(existing: Mapping[str, Any], sent: Mapping[str, Any], *, merges: bool) -> Body:
    """What an API makes of an update, lists in another order. What cannot change stays, and all else if it merges."""
    fixed = {name: existing[name] for name in ("type", "app_name") if name in existing}
    base = dict(existing) if merges else fixed
    inner = {name: {**base.get(name, {}), **value} for name, value in sent.items() if isinstance(value, Mapping)}
    lists = {name: sent[name][::-1] for name in _LISTS if name in sent}
    return {**base, **sent, **inner, **lists}


def sent_by(planned: Plan) -> Body:
    """The body of the one request of a plan that has one."""
    (body,) = [step.body for step in planned.steps if isinstance(step, (Create, Update))]
    return dict(body)

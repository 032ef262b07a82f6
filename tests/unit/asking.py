# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How does a test ask a service, in no time?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from unit.bodies import MINIMAL, Body
from unit.passing import Time

from ansible_collections.ppio.gpu.plugins.module_utils._options.argument_spec import CONNECTION
from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.execution import Execution
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.invoke import invoke
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.task import Report
from simulator import Entry, Simulator

_TASK = invoke(ENDPOINT)
_VALIDATOR = ArgumentSpecValidator(CONNECTION | _TASK.options)
SLEEPING: Body = {**MINIMAL, "app_name": "chat"}
AWAKE: Body = {**SLEEPING, "worker_config": {"max_replicas": 3, "min_replicas": 1}}
JOBS: Body = {**MINIMAL, "type": "async", "app_name": "jobs"}


def ask(simulator: Simulator, time: Time, arguments: Mapping[str, Any], *, check: bool = False) -> Report:
    """What ppio.gpu.endpoint_invoke does with these arguments. An argument of None is left out."""
    connection = {"api_url": simulator.url, "api_key": simulator.api_key, "gateway_url": simulator.gateway_url}
    given = {name: value for name, value in {**connection, **arguments}.items() if value is not None}
    assert _TASK.check(given).violations == ()
    validated = _VALIDATOR.validate(given)
    assert validated.error_messages == []
    return _TASK.report(validated.validated_parameters, Execution(check_mode=check, clock=time.clock))


def message(report: Report) -> str:
    """Why it failed."""
    assert report.failed, report.result
    return str(report.result["msg"])


def at_services(simulator: Simulator) -> list[Entry]:
    """The requests that reached endpoints' own URLs."""
    return [entry for entry in simulator.visits if entry.path.startswith("/serve/")]


def at_gateway(simulator: Simulator) -> list[str]:
    """The calls that reached the job gateway, such as `POST run`."""
    paths = [(entry.method, entry.path) for entry in simulator.visits if entry.path.startswith("/gateway/")]
    return [f"{method} {path.split('/')[4]}" for method, path in paths]


def holds(entry: Entry, text: str) -> bool:
    """Whether a text is anywhere in a request."""
    return text in json.dumps([entry.path, dict(entry.query), dict(entry.headers), entry.body])

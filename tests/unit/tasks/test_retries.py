# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What does a user hear while the API does not answer, and at the end of it?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.parsing.dataloader import DataLoader
from unit.bodies import MINIMAL
from unit.talking import KEY, Time

from ansible_collections.ppio.gpu.plugins.module_utils._options.argument_spec import CONNECTION
from ansible_collections.ppio.gpu.plugins.module_utils._progress import ProgressReporter
from ansible_collections.ppio.gpu.plugins.module_utils._schema.balance import BALANCE
from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT
from ansible_collections.ppio.gpu.plugins.module_utils._schema.product import PRODUCT
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.execution import Execution
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.export import export
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.info import inform
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.invoke import invoke
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.manage import manage
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.manage_fleet import manage_fleet
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.task import Report, Task
from ansible_collections.ppio.gpu.plugins.plugin_utils._files import ControllerFiles
from simulator import Fault, Simulator

TASKS: Mapping[str, tuple[Task, Mapping[str, Any]]] = {
    "endpoint": (manage(ENDPOINT), MINIMAL),
    "endpoint_fleet": (manage_fleet(ENDPOINT), {"endpoints": [MINIMAL]}),
    "endpoint_info": (inform(ENDPOINT), {}),
    "product_info": (inform(PRODUCT), {}),
    "balance_info": (inform(BALANCE), {}),
    "endpoint_invoke": (invoke(ENDPOINT), {"name": "chat"}),
    "endpoint_export": (export(ENDPOINT, ControllerFiles(DataLoader())), {"dest": "all.yml"}),
}
#: Nobody listens on this port.
NOBODY = "http://127.0.0.1:9"
TROUBLE = "no connection to 127.0.0.1:9 (Connection refused). Check api_url and the network."


def run(name: str, url: str, time: Time, heard: list[str], **options: Any) -> Report:
    task, params = TASKS[name]
    connection = {"api_url": url, "api_key": KEY, **options}
    validated = ArgumentSpecValidator({**CONNECTION, **task.options}).validate({**connection, **params})
    assert validated.error_messages == []
    progress = ProgressReporter(heard.append, time.clock)
    return task.report(validated.validated_parameters, Execution(progress=progress, clock=time.clock))


@pytest.mark.parametrize("name", TASKS)
def test_retries_are_told_while_they_go_on_and_at_the_end(name: str) -> None:
    time, heard = Time(), list[str]()
    report = run(name, NOBODY, time, heard)
    assert report.failed
    # After pauses of 0.5, 1 and 2 s.
    assert f"{TROUBLE} Trying again for up to 116 s (retry_timeout) (4 s)" in heard[0]
    assert 2 < len(heard) < 10
    assert report.result["msg"].endswith(f"{TROUBLE} It was tried for {time.passed:.0f} s (retry_timeout).")


def test_a_server_that_is_overloaded_is_told_of_with_its_status(simulator: Simulator) -> None:
    simulator.script([Fault("status", status=503, times=100)])
    time, heard = Time(), list[str]()
    report = run("endpoint_info", simulator.url, time, heard)
    assert heard[0] == "Could not list the endpoints: HTTP 503. Trying again for up to 116 s (retry_timeout) (4 s)"
    assert f"(HTTP 503, GET /gpus/v2/endpoints, tried for {time.passed:.0f} s)" in report.result["msg"]


def test_an_update_that_is_refused_for_now_is_told_of(simulator: Simulator) -> None:
    simulator.seed({**MINIMAL, "image": "registry.example.com/old"})
    simulator.script([Fault("status", operation="updateEndpoint", status=429, times=100)])
    time, heard = Time(), list[str]()
    report = run("endpoint", simulator.url, time, heard)
    assert "Could not update the endpoint" in heard[0]
    assert report.result["msg"].endswith(f"It was tried for {time.passed:.0f} s (retry_timeout).")


@pytest.mark.parametrize("name", TASKS)
def test_without_retries_nothing_is_told_of_them(name: str) -> None:
    heard: list[str] = []
    report = run(name, NOBODY, Time(), heard, retry_timeout=0)
    assert heard == []
    assert report.result["msg"].endswith(TROUBLE)

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Is a secret of the task left out of its report, wherever a server has put it?"""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.ppio.gpu.plugins.module_utils._options.argument_spec import argument_spec
from ansible_collections.ppio.gpu.plugins.module_utils._options.validation import Checked
from ansible_collections.ppio.gpu.plugins.module_utils._redaction import HIDDEN, Secrets
from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.execution import Execution
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.task import Report, Task

SECRET = "hunter2-of-the-workload"


def reported(result: Any, secret: str, params: Any = (), warnings: tuple[str, ...] = ()) -> Report:
    """What Ansible hears of a task with these params that ends with this result."""
    task = Task(
        argument_spec(ENDPOINT),
        lambda _params: Checked((), {}),
        lambda _params, _execution: Report(result, warnings, Secrets([secret])),
    )
    return task.report({"secret_envs": [{"key": "TOKEN", "value": secret}], **dict(params)}, Execution())


@pytest.mark.parametrize(
    "shown",
    [
        {"id": SECRET},
        {"endpoint": {"command": f"serve --token {SECRET}"}},
        {"endpoint": {"policy": {"type": SECRET}}},
        {"endpoint": {"volumes": [{"id": SECRET, "mount_point": f"/{SECRET}"}]}},
        {"diff": {"before": {"region_id": SECRET}, "after": {}}},
        {"error": {"path": f"/gpus/v2/endpoints/{SECRET}"}},
        {"diff": {"before": "x" * 200_000 + SECRET}},
    ],
)
def test_a_secret_is_hidden_in_every_value_that_a_server_shows(shown: dict[str, Any]) -> None:
    told = reported(shown, SECRET, warnings=(f"The server says {SECRET}.",))
    assert SECRET not in str(told.result)
    assert HIDDEN in str(told.result)
    assert told.warnings == (f"The server says {HIDDEN}.",)


def test_what_the_task_gives_openly_is_shown_even_with_the_text_of_a_secret_in_it() -> None:
    params = {"name": "prod", "image": "registry.example.com/prod:1", "envs": [{"key": "STAGE", "value": "prod"}]}
    result = {"id": "ep-1", "endpoint": {**params, "command": "serve prod"}}
    told = reported(result, "prod", params)
    assert told.result == {"id": "ep-1", "endpoint": {**params, "command": f"serve {HIDDEN}"}}


def test_the_key_of_a_secret_is_no_secret() -> None:
    entries = [{"key": "TOKEN", "value": HIDDEN}]
    assert reported({"endpoint": {"envs": entries}}, "TOKEN").result == {"endpoint": {"envs": entries}}


def test_an_operation_can_be_compared_whatever_is_secret() -> None:
    assert reported({"operation": "update"}, "update").result == {"operation": "update"}


def test_a_text_that_has_no_secret_is_returned_whole() -> None:
    text = "x" * 300_000
    assert reported({"diff": text}, SECRET).result == {"diff": text}

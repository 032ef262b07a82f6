# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What does an export write, and what does a fleet that reads it do?

The whole task but for Ansible's own part: the options are validated, and files are real.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.parsing.dataloader import DataLoader
from unit import fleets
from unit.bodies import Body
from unit.passing import Time

from ansible_collections.ppio.gpu.plugins.module_utils._options.argument_spec import CONNECTION
from ansible_collections.ppio.gpu.plugins.module_utils._options.given import given
from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.execution import Execution
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.export import export
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.task import Report
from ansible_collections.ppio.gpu.plugins.plugin_utils._files import ControllerFiles
from ansible_collections.ppio.gpu.plugins.plugin_utils._sources import entries_of
from simulator import Simulator


def run(simulator: Simulator, time: Time, dest: Path | str, *, check: bool = False, **options: Any) -> Report:
    """What ppio.gpu.endpoint_export does with these options, in diff mode."""
    task = export(ENDPOINT, ControllerFiles(DataLoader()))
    written = {"api_url": simulator.url, "api_key": simulator.api_key, "dest": str(dest), **options}
    assert task.check(written).violations == ()
    spec = CONNECTION | task.options
    validated = ArgumentSpecValidator(spec).validate(given(written, spec))
    assert validated.error_messages == []
    return task.report(validated.validated_parameters, Execution(check_mode=check, diff_mode=True, clock=time.clock))


def done(simulator: Simulator, time: Time, dest: Path | str, **options: Any) -> Report:
    """The same, where a failure is an error."""
    report = run(simulator, time, dest, **options)
    assert not report.failed, report.result["msg"]
    return report


def read(path: Path) -> list[Body]:
    """The entries of a file, as a fleet reads them."""
    return entries_of(DataLoader(), path, "endpoints")


def fleet(simulator: Simulator, time: Time, entries: Sequence[Body], *, check: bool = False) -> Report:
    """What a fleet does with what was read."""
    return fleets.run(simulator, time, entries, check=check)

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module: how a task runs on its host. The only file that knows AnsibleModule.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible.module_utils import basic

from .._api.connection import REQUESTS_IMPORT_ERROR
from .._options.argument_spec import CONNECTION, api_key_of, refusal
from .._options.given import given
from .._options.violation import ArgumentSpec, Violation
from .execution import Execution
from .result import invocation
from .task import Task

__all__ = ["refused", "run"]


class _Module(basic.AnsibleModule):  # type: ignore[misc]  # ansible-core does not say that it is typed
    """AnsibleModule that takes null as "not given", inside of options too."""

    params: dict[str, Any]

    def _load_params(self) -> None:
        super()._load_params()
        self.params = given(self.params, self.argument_spec)

    def _log_invocation(self) -> None:
        # Ansible masks what it logs by comparing texts, and finds no secret whose quotes or lines it writes otherwise.
        params, self.params = self.params, invocation(self.params, self.argument_spec)["module_args"]
        try:
            super()._log_invocation()
        finally:
            self.params = params


def run(task: Task) -> None:
    """The whole of a module: read the params, refuse what breaks a limit, do the work, and tell Ansible."""
    written = basic._load_params()
    broken = task.judged(written).violations if written else ()
    options = CONNECTION | task.options
    if broken:
        _refuse(written, options, broken)
    module = _Module(argument_spec=options, supports_check_mode=True, **task.rules)
    _mask_only_the_key(module)
    shown = invocation(written, options)
    if REQUESTS_IMPORT_ERROR:
        missing = basic.missing_required_lib("requests")
        module.fail_json(msg=missing, exception=REQUESTS_IMPORT_ERROR, invocation=shown)
    told = task.report(module.params, Execution(module.check_mode, module._diff))
    for warning in told.warnings:
        module.warn(warning)
    if told.failed:
        module.fail_json(**told.result, invocation=shown)
    module.exit_json(**told.result, invocation=shown)


def refused(task: Task, message: str) -> None:
    """The whole of a module whose work only an action plugin can do: this is what runs if it is called without one."""
    basic.AnsibleModule(argument_spec=CONNECTION | task.options, supports_check_mode=True).fail_json(msg=message)


def _refuse(written: Mapping[str, Any], options: ArgumentSpec, broken: Sequence[Violation]) -> None:
    """Fail with everything that is wrong, through a module that takes anything: the true one stops at the first."""
    anything = {name: {"type": "raw", "no_log": True} for name in written if not name.startswith("_ansible_")}
    module = basic.AnsibleModule(argument_spec=anything, supports_check_mode=True)
    _mask_only_the_key(module)
    module.fail_json(msg=refusal(broken, api_key_of(written)), invocation=invocation(written, options))


def _mask_only_the_key(module: basic.AnsibleModule) -> None:
    """Ansible masks every secret wherever its text occurs, so an env value of 1 garbles ids and numbers.

    Here secret values are left out by their place in the result, so its mask is needed for the key alone.
    """
    module.no_log_values = {api_key_of(module.params)} - {""}

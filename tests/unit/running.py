# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What does a module say when Ansible runs it?

The real `main()` runs in this process, with the arguments as Ansible hands them over; what it prints is what counts.
"""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any
from unittest import mock

import pytest
from ansible.module_utils import basic
from ansible.module_utils.common import warnings
from ansible.module_utils.common.parameters import PASS_VARS

from ansible_collections.ppio.gpu.plugins.modules import endpoint

#: What Ansible itself adds to a result.
ANSIBLES_OWN = frozenset({"changed", "failed", "msg", "invocation", "warnings", "deprecations", "exception"})


@dataclass(frozen=True)
class Said:
    """What the module printed, and its result. Every way to leave `main()` but a result is an error."""

    text: str
    result: Mapping[str, Any]

    @property
    def failed(self) -> bool:
        return bool(self.result.get("failed"))

    @property
    def changed(self) -> bool:
        return bool(self.result["changed"])

    @property
    def message(self) -> str:
        return str(self.result["msg"])

    @property
    def warnings(self) -> str:
        """All warnings as one text."""
        return "\n".join(map(str, self.result.get("warnings", ())))

    @property
    def endpoint(self) -> Mapping[str, Any]:
        """The endpoint of the result; an error where there is none."""
        shown: Mapping[str, Any] = self.result["endpoint"]
        assert shown is not None
        return shown


def run_endpoint(arguments: Mapping[str, Any], *, check: bool = False, diff: bool = False) -> Said:
    """Run ppio.gpu.endpoint with these arguments."""
    return run(endpoint, arguments, check=check, diff=diff)


def run(module: ModuleType, arguments: Mapping[str, Any], *, check: bool = False, diff: bool = False) -> Said:
    """Run a module of the collection with these arguments."""
    steering = {"_ansible_check_mode": check, "_ansible_diff": diff}
    if "inject_invocation" in PASS_VARS:
        # Off by default from ansible-core 2.21 on, and always on before.
        steering["_ansible_inject_invocation"] = True
    handed_over = json.dumps({"ANSIBLE_MODULE_ARGS": {**arguments, **steering}}).encode()
    printed = io.StringIO()
    with (
        # Where a module finds its arguments. The profile is how ansible-core 2.19 and newer read them.
        mock.patch.multiple(basic, create=True, _ANSIBLE_ARGS=handed_over, _ANSIBLE_PROFILE="legacy"),
        # Ansible collects warnings for the whole process, which is one run; in a list before 2.19, in a mapping since.
        mock.patch.object(warnings, "_global_warnings", type(warnings._global_warnings)()),
        # A module is not the controller, even if another test has loaded a part of it: then warnings would be printed.
        mock.patch.object(getattr(warnings, "_internal", warnings), "is_controller", False, create=True),
        contextlib.redirect_stdout(printed),
        pytest.raises(SystemExit) as ended,
    ):
        module.main()
    said = Said(printed.getvalue(), json.loads(printed.getvalue()))
    assert ended.value.code == (1 if said.failed else 0)
    return said

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A task, and the report that Ansible gets of it.

The module and the action plugin are both handed one. Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from .._options.argument_spec import CONNECTION
from .._options.given import given_texts
from .._options.validation import Checked
from .._options.violation import ArgumentSpec, Rules, unknown
from .._planning.plan import Action
from .._planning.scrub import withheld
from .._redaction import Secrets
from .execution import Execution

__all__ = ["Report", "Task", "unverified"]

#: What playbooks compare an operation with.
_OWN_WORDS = frozenset(action.value for action in Action)


@dataclass(frozen=True)
class Report:
    """What Ansible is to hear: a result for exit_json or, if `failed`, for fail_json, and warnings.

    `secrets` are those that the work knew of, and those that it met.
    """

    result: Mapping[str, Any]
    warnings: tuple[str, ...]
    secrets: Secrets = field(repr=False, compare=False)
    failed: bool = False


@dataclass(frozen=True)
class Task:
    """What a module takes, what it refuses, and what it does.

    `work` takes validated params.
    """

    options: ArgumentSpec
    check: Callable[[Mapping[str, Any]], Checked]
    work: Callable[[Mapping[str, Any], Execution], Report]
    #: Ansible's rules about several options.
    rules: Rules = field(default_factory=dict)

    def judged(self, params: Mapping[str, Any]) -> Checked:
        """The params as they were written: what is wrong with them, and what they mean."""
        options = {**CONNECTION, **self.options}
        checked = self.check(params)
        given = [name for name in params if not name.startswith("_ansible_")]
        return Checked((*unknown(given, options), *checked.violations), checked.values)

    def report(self, params: Mapping[str, Any], execution: Execution) -> Report:
        """Do the work, and tell of it without the secrets of the task, wherever a server may have put them.

        What the task itself gives in another option is no secret there, even if it has the text of one in it.
        """
        told = self.work(params, execution)
        own = cache(lambda: _OWN_WORDS | given_texts(params, {**CONNECTION, **self.options}))
        return replace(
            told,
            result=withheld(told.result, told.secrets, own),
            warnings=withheld(told.warnings, told.secrets, own),
        )


def unverified(params: Mapping[str, Any]) -> tuple[str, ...]:
    """A warning where nobody checks that the API is the API."""
    warning = "validate_certs is false: anybody on the way can read the API key and change the answers."
    return () if params["validate_certs"] else (warning,)

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A task, and the report that Ansible gets of it.

The module and the action plugin are both handed one. Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._options.validation import Checked
from .._options.violation import ArgumentSpec, Rules

__all__ = ["Report", "Task", "unverified"]


@dataclass(frozen=True)
class Report:
    """What Ansible is to hear: a result for exit_json or, if `failed`, for fail_json, and warnings."""

    result: Mapping[str, Any]
    warnings: tuple[str, ...]
    failed: bool = False


@dataclass(frozen=True)
class Task:
    """What a module takes, what it refuses, and what it does.

    `report` takes params, the modes and a progress reporter.
    """

    options: ArgumentSpec
    check: Callable[[Mapping[str, Any]], Checked]
    report: Callable[..., Report]
    #: Ansible's rules about several options.
    rules: Rules = field(default_factory=dict)


def unverified(params: Mapping[str, Any]) -> tuple[str, ...]:
    """A warning where nobody checks that the API is the API."""
    warning = "validate_certs is false: anybody on the way can read the API key and change the answers."
    return () if params["validate_certs"] else (warning,)

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What does one task do, from its params to its result?

Every door to the collection leads here. Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ._client import Client
from ._desired import desired_from
from ._errors import PpioError
from ._http import Transport, connection_from
from ._lookup import Subject
from ._options import deprecations
from ._pace import Pace
from ._reading import Reading
from ._reconcile import Reconciliation
from ._resource import Resource
from ._result import call_facts, failure, success

__all__ = ["Report", "reading_report", "report"]


@dataclass(frozen=True)
class Report:
    """What Ansible is to hear: a result for exit_json or, if `failed`, for fail_json, and warnings."""

    result: Mapping[str, Any]
    warnings: tuple[str, ...]
    failed: bool = False


def report(
    resource: Resource, params: Mapping[str, Any], *, check_mode: bool, diff_mode: bool, pace: Pace | None = None
) -> Report:
    """Reconcile one resource with validated params. What the user, the network or the API causes is a failed report."""
    desired = desired_from(resource, params)
    warnings = deprecations(resource, params) + _unverified(params)
    try:
        transport = Transport(connection_from(params, desired.secrets), pace or Pace())
        outcome = Reconciliation(Subject(resource, Client(transport, resource), desired)).run(predict=check_mode)
    except PpioError as error:
        done = error.progress.warnings if error.progress else ()
        return Report(failure(resource, error, desired.shown, desired.secrets), warnings + done, failed=True)
    result = success(resource, outcome, desired.shown, desired.secrets, diff=diff_mode)
    if desired.present:
        result["ansible_facts"] = {f"ppio_{resource.name}_id": outcome.id}
    return Report(result, warnings + outcome.warnings)


def reading_report(
    reading: Reading, params: Mapping[str, Any], *, check_mode: bool, diff_mode: bool, pace: Pace | None = None
) -> Report:
    """Read with validated params, which is the same in every mode."""
    warnings = _unverified(params)
    try:
        transport = Transport(connection_from(params), pace or Pace())
        return Report({"changed": False, **reading.read(Client(transport, reading.resource), params)}, warnings)
    except PpioError as error:
        return Report({"changed": False, "msg": error.message, "error": call_facts(error)}, warnings, failed=True)


def _unverified(params: Mapping[str, Any]) -> tuple[str, ...]:
    warning = "validate_certs is false: anybody on the way can read the API key and change the answers."
    return () if params["validate_certs"] else (warning,)

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What does one task do, from its params to its result?

Every door to the collection leads here. Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from ._client import Client
from ._connection import connection_from
from ._desired import desired_from
from ._errors import PpioError
from ._fleet import Fleet
from ._fleet_options import fleet_argument_spec, fleet_deprecations, fleet_violations, prune_from, wanted_from
from ._http import Transport
from ._lookup import Subject
from ._options import ArgumentSpec, Violation, argument_spec, deprecations, violations
from ._pace import Pace
from ._reading import Reading
from ._reconcile import Reconciliation
from ._resource import Resource
from ._result import call_facts, failure, success
from ._secrets import Secrets
from ._summary import summary
from ._telling import SILENT, Teller

__all__ = ["Report", "Task", "fleet_report", "managing", "managing_many", "reading", "reading_report", "report"]


@dataclass(frozen=True)
class Report:
    """What Ansible is to hear: a result for exit_json or, if `failed`, for fail_json, and warnings."""

    result: Mapping[str, Any]
    warnings: tuple[str, ...]
    failed: bool = False


@dataclass(frozen=True)
class Task:
    """What a module takes, what it refuses, and what it does. `report` takes params, the modes and a teller."""

    options: ArgumentSpec
    violations: Callable[[Mapping[str, Any]], Sequence[Violation]]
    report: Callable[..., Report]


def managing(resource: Resource) -> Task:
    """The task that creates, keeps, changes and removes one resource."""
    return Task(argument_spec(resource), partial(violations, resource), partial(report, resource))


def managing_many(resource: Resource) -> Task:
    """The task that does so for many of a kind."""
    return Task(fleet_argument_spec(resource), partial(fleet_violations, resource), partial(fleet_report, resource))


def reading(what: Reading) -> Task:
    """The task that only reads."""
    return Task(what.options, what.violations, partial(reading_report, what))


def report(
    resource: Resource,
    params: Mapping[str, Any],
    *,
    check_mode: bool,
    diff_mode: bool,
    pace: Pace | None = None,
    teller: Teller = SILENT,
) -> Report:
    """Reconcile one resource with validated params. What the user, the network or the API causes is a failed report."""
    desired = desired_from(resource, params)
    secrets = Secrets(desired.secrets)
    warnings = deprecations(resource, params) + _unverified(params)
    try:
        transport = Transport(connection_from(params, desired.secrets), pace or Pace())
        outcome = Reconciliation(Subject(resource, Client(transport, resource), desired), teller=teller).run(
            predict=check_mode
        )
    except PpioError as error:
        done = error.progress.warnings if error.progress else ()
        return Report(failure(resource, error, desired.shown, secrets), warnings + done, failed=True)
    result = success(resource, outcome, desired.shown, secrets, diff=diff_mode)
    if desired.present:
        result["ansible_facts"] = {f"ppio_{resource.name}_id": outcome.id}
    return Report(result, warnings + outcome.warnings)


def fleet_report(
    resource: Resource,
    params: Mapping[str, Any],
    *,
    check_mode: bool,
    diff_mode: bool,
    pace: Pace | None = None,
    teller: Teller = SILENT,
) -> Report:
    """Reconcile many resources with validated params; the report has failed if any of them has."""
    wanted = wanted_from(resource, params)
    warnings = fleet_deprecations(resource, params) + _unverified(params)
    try:
        secrets = tuple(secret for desired in wanted for secret in desired.secrets)
        transport = Transport(connection_from(params, secrets), pace or Pace())
        fleet = Fleet(
            resource,
            Client(transport, resource),
            params["concurrency"],
            params["include_details"],
            prune_from(params),
            params["wait_for"] if params["wait"] else "",
            params["wait_timeout"],
            teller,
        )
        lines, trouble = fleet.run(wanted, predict=check_mode)
    except PpioError as error:
        return Report({"changed": False, "msg": error.message, "error": call_facts(error)}, warnings, failed=True)
    told = tuple(f"{line.name}: {warning}" for line in lines if line.outcome for warning in line.outcome.warnings)
    result = summary(resource, lines, diff=diff_mode)
    return Report(result, warnings + trouble + told, failed="msg" in result)


def reading_report(
    reading: Reading,
    params: Mapping[str, Any],
    *,
    check_mode: bool,
    diff_mode: bool,
    pace: Pace | None = None,
    teller: Teller = SILENT,
) -> Report:
    """Read with validated params, which is the same in every mode, and too short to tell of."""
    del check_mode, diff_mode, teller
    warnings = _unverified(params)
    try:
        transport = Transport(connection_from(params), pace or Pace())
        return Report({"changed": False, **reading.read(Client(transport, reading.resource), params)}, warnings)
    except PpioError as error:
        return Report({"changed": False, "msg": error.message, "error": call_facts(error)}, warnings, failed=True)


def _unverified(params: Mapping[str, Any]) -> tuple[str, ...]:
    warning = "validate_certs is false: anybody on the way can read the API key and change the answers."
    return () if params["validate_certs"] else (warning,)

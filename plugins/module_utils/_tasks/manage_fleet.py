# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What does a task do that is about a whole fleet, from its params to its result?

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from ._client import Client
from ._connection import connection_from
from ._errors import PpioError
from ._fleet import Fleet
from ._fleet_options import fleet_argument_spec, fleet_deprecations, fleet_violations, prune_from, wanted_from
from ._http import Transport
from ._pace import Pace
from ._resource import Resource
from ._result import call_facts
from ._secrets import Secrets
from ._summary import summary
from ._task import Report, Task, unverified
from ._telling import SILENT, Teller

__all__ = ["fleet_report", "managing_many"]


def managing_many(resource: Resource) -> Task:
    """The task that does so for many of a kind."""
    return Task(fleet_argument_spec(resource), partial(fleet_violations, resource), partial(fleet_report, resource))


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
    secrets = Secrets(secret for desired in wanted for secret in desired.secrets)
    warnings = fleet_deprecations(resource, params) + unverified(params)
    try:
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
    result = summary(resource, lines, secrets, diff=diff_mode)
    return Report(result, warnings + trouble + told, failed="msg" in result)

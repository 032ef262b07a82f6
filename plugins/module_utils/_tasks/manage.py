# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What does a task do that is about one resource, from its params to its result?

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from ._client import Client
from ._connection import connection_from
from ._desired import desired_from
from ._errors import PpioError
from ._http import Transport
from ._lookup import Subject
from ._options import argument_spec, deprecations, violations
from ._pace import Pace
from ._reconcile import Reconciliation
from ._resource import Resource
from ._result import failure, success
from ._secrets import Secrets
from ._task import Report, Task, unverified
from ._telling import SILENT, Teller

__all__ = ["managing", "report"]


def managing(resource: Resource) -> Task:
    """The task that creates, keeps, changes and removes one resource."""
    return Task(argument_spec(resource), partial(violations, resource), partial(report, resource))


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
    warnings = deprecations(resource, params) + unverified(params)
    try:
        transport = Transport(connection_from(params, secrets), pace or Pace())
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

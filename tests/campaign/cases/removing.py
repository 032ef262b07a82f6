# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Failures of a delete, also where another one is to be created instead."""

from __future__ import annotations

from simulator import Fault

from ..schedules import WANTED
from .case import ADOPTS, HIDDEN, OTHER_TYPE, Case, answer, create_fault

__all__ = ["CASES"]

_DELETING = "Removing"
_RECREATING = "Replacing"

CASES: tuple[Case, ...] = (
    Case(
        _DELETING,
        "It is gone already",
        "Nothing.",
        failed=False,
        changed=False,
        options={"state": "absent"},
    ),
    Case(
        _DELETING,
        "The answer is lost, HTTP 408, 425 or 5xx",
        "Sends it again. If the endpoint is gone then, the task succeeds.",
        failed=False,
        changed=True,
        existing=(WANTED,),
        options={"state": "absent"},
        faults=(Fault("close", operation="deleteEndpoint", when="after_commit"),),
    ),
    Case(
        _DELETING,
        "The answer is lost, and when it is sent again, it is refused",
        "Reads the endpoint and the list, because the first request may have arrived.",
        failed=False,
        changed=True,
        existing=(WANTED,),
        options={"state": "absent"},
        faults=(
            Fault("reset", operation="deleteEndpoint", when="after_commit"),
            *answer("deleteEndpoint", 400, "OPERATION_LIMIT"),
        ),
    ),
    Case(
        _DELETING,
        "HTTP 409",
        "Reads the endpoint and the list, to see whether it is gone.",
        failed=False,
        changed=True,
        existing=(WANTED,),
        options={"state": "absent"},
        faults=answer("deleteEndpoint", 409, "CONFLICT", when="after_commit"),
    ),
    Case(
        _DELETING,
        "The API accepts it, and goes on showing the endpoint",
        "Looks for up to 30 s.",
        failed=True,
        changed=True,
        existing=(WANTED,),
        options={"state": "absent"},
        settings={"linger_in_list": HIDDEN, "linger_in_get": HIDDEN, "linger_status": "unchanged"},
    ),
    Case(
        _DELETING,
        "The server does not list endpoints, so that the name cannot be looked up",
        "Fails, because it cannot see whether the endpoint is gone.",
        failed=True,
        changed=False,
        options={"state": "absent"},
        settings={"create_only": 404},
    ),
    Case(
        _DELETING,
        "The same with `id`, where its 404 does not mean that the endpoint is gone",
        "Fails.",
        failed=True,
        changed=False,
        existing=(WANTED,),
        options={"state": "absent"},
        settings={"create_only": 404},
        by_id=True,
    ),
    Case(
        _DELETING,
        "With `id`, a read says that the endpoint is gone, and the list shows it",
        "Deletes it. It counts as gone only if neither shows it.",
        failed=False,
        changed=True,
        existing=(WANTED,),
        options={"state": "absent"},
        faults=answer("getEndpoint", 400, "SERVERLESS_ENDPOINT_NOT_FOUND", times=500),
        by_id=True,
    ),
    Case(
        _RECREATING,
        "The old one is deleted, and the new one refused",
        "Creates the old one again, with all its settings, and fails.",
        failed=True,
        changed=True,
        existing=(OTHER_TYPE,),
        options={"allow_recreate": True},
        faults=answer("createEndpoint", 400, "INSUFFICIENT_RESOURCE"),
    ),
    Case(
        _RECREATING,
        "The same, and the old one is refused, too",
        "Fails, and returns in `deleted` what it was, without secret values. A rerun creates what the task says.",
        failed=True,
        changed=True,
        existing=(OTHER_TYPE,),
        options={"allow_recreate": True},
        faults=answer("createEndpoint", 400, "INSUFFICIENT_RESOURCE", times=2),
    ),
    Case(
        _RECREATING,
        "The old one is deleted, and the answer to the create is lost",
        ADOPTS,
        failed=False,
        changed=True,
        existing=(OTHER_TYPE,),
        options={"allow_recreate": True},
        faults=create_fault("reset", when="after_commit"),
    ),
)

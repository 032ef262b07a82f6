# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Failures of an update."""

from __future__ import annotations

from simulator import Fault

from ..schedules import WANTED
from .case import OLD, Case, answer

__all__ = ["CASES"]

_UPDATING = "Changing"

CASES: tuple[Case, ...] = (
    Case(
        _UPDATING,
        "The answer is lost, HTTP 408, 425 or 5xx",
        "Reads and plans again, and sends the new plan, so that it does not overwrite what others changed meanwhile.",
        failed=False,
        changed=True,
        existing=(OLD,),
        faults=(Fault("reset", operation="updateEndpoint"), *answer("updateEndpoint", 502)),
    ),
    Case(
        _UPDATING,
        "The answer is lost, but the change arrived",
        "Reads again, and sends nothing.",
        failed=False,
        changed=True,
        existing=(OLD,),
        faults=(Fault("reset", operation="updateEndpoint", when="after_commit", times=500),),
    ),
    Case(
        _UPDATING,
        "No answer comes until `retry_timeout` is over, and nothing arrived",
        "Reads the endpoint to see whether the update arrived.",
        failed=True,
        changed=True,
        existing=(OLD,),
        faults=(Fault("reset", operation="updateEndpoint", times=500),),
    ),
    Case(
        _UPDATING,
        "The answer is lost, and when it is sent again, it is refused",
        "Reads the endpoint, because the first request may have arrived.",
        failed=True,
        changed=True,
        existing=(OLD,),
        faults=(
            Fault("reset", operation="updateEndpoint"),
            *answer("updateEndpoint", 400, "VALIDATOR_PARAM"),
        ),
    ),
    Case(
        _UPDATING,
        "HTTP 409: somebody else changed it at the same time",
        "Reads and plans again, and sends the new plan, three times at most.",
        failed=False,
        changed=True,
        existing=(OLD,),
        faults=answer("updateEndpoint", 409, "CONFLICT"),
    ),
    Case(
        _UPDATING,
        "HTTP 409 again and again",
        "Gives up after the third.",
        failed=True,
        changed=False,
        existing=(OLD,),
        faults=answer("updateEndpoint", 409, "CONFLICT", times=500),
    ),
    Case(
        _UPDATING,
        "With `id`, the endpoint is to get a name that another one has",
        "Sends nothing.",
        failed=True,
        changed=False,
        existing=(WANTED, {**WANTED, "name": "taken"}),
        options={"name": "taken"},
        by_id=True,
    ),
    Case(
        _UPDATING,
        "The API shows the values of variables only as a mask, such as `***`, and the task does not give them",
        "Sends nothing: the mask would overwrite the real values.",
        failed=True,
        changed=False,
        existing=({**OLD, "envs": [{"key": "OTHER", "value": "real"}]},),
        settings={"mask": "***"},
        options={"purge_envs": False},
    ),
    Case(
        _UPDATING,
        "The same, and the task gives them",
        "Sends them in every run, because they cannot be compared.",
        failed=False,
        changed=True,
        existing=({**OLD, "envs": [{"key": "TOKEN", "value": "real"}]},),
        settings={"mask": "***"},
        options={"secret_envs": [{"key": "TOKEN", "value": "real"}]},
    ),
    Case(
        _UPDATING,
        "The status is an unknown word that may mean that the endpoint is being deleted",
        "Does nothing, because the endpoint may be gone soon.",
        failed=True,
        changed=False,
        existing=(WANTED,),
        faults=(Fault("overlay", "getEndpoint", "after_commit", body={"status": {"status": "removing"}}, times=500),),
    ),
    Case(
        _UPDATING,
        "Any other refusal",
        "Fails at once with the API's words.",
        failed=True,
        changed=False,
        existing=(OLD,),
        faults=answer("updateEndpoint", 400, "VALIDATOR_PARAM"),
    ),
    Case(
        _UPDATING,
        "The API accepts a field and does not apply it",
        "Reads it back for up to 30 s, and names the field.",
        failed=True,
        changed=True,
        existing=(OLD,),
        settings={"ignored_fields": ("command",)},
    ),
    Case(
        _UPDATING,
        "The API stores another value than the one that was sent",
        "Reads it back for up to 30 s, and names both. A rerun fails without sending it again.",
        failed=True,
        changed=True,
        existing=(OLD,),
        options={"image": "prize:1"},
        settings={"normalizations": ("image_registry",)},
    ),
)

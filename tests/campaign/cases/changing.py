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
        "Reads again, plans again, and sends that, so that nothing old overwrites what moved meanwhile.",
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
        "A get decides.",
        failed=True,
        changed=True,
        existing=(OLD,),
        faults=(Fault("reset", operation="updateEndpoint", times=500),),
    ),
    Case(
        _UPDATING,
        "The answer is lost, and when it is sent again, it is refused",
        "A get decides: the first one may have arrived.",
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
        "HTTP 409: somebody else was faster",
        "Reads again, plans again, and sends that; three times at most.",
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
        "Sends them. Nobody can compare them, so each run does.",
        failed=False,
        changed=True,
        existing=({**OLD, "envs": [{"key": "TOKEN", "value": "real"}]},),
        settings={"mask": "***"},
        options={"secret_envs": [{"key": "TOKEN", "value": "real"}]},
    ),
    Case(
        _UPDATING,
        "The status is a word that nobody knows, and sounds like being deleted",
        "Does nothing, because nobody knows whether it stays.",
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
        "The API makes another value of one that it is given",
        "Reads it back for up to 30 s, and names both. A rerun fails without sending it again.",
        failed=True,
        changed=True,
        existing=(OLD,),
        options={"image": "prize:1"},
        settings={"normalizations": ("image_registry",)},
    ),
)

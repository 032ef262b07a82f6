# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Failures of a read."""

from __future__ import annotations

from simulator import Fault

from ..schedules import WANTED
from .case import NOBODY_LISTENS, Case, answer

__all__ = ["CASES"]

_READING = "Reading"

CASES: tuple[Case, ...] = (
    Case(
        _READING,
        "No connection can be made",
        "Tries again until `retry_timeout` is over.",
        failed=True,
        changed=False,
        options={"api_url": NOBODY_LISTENS},
    ),
    Case(
        _READING,
        "The connection breaks, HTTP 408, 425, 429 or 5xx",
        "Tries again, with growing pauses, or as told by `Retry-After`.",
        failed=False,
        changed=False,
        existing=(WANTED,),
        faults=(*answer("listEndpoints", 503, times=2), Fault("reset", operation="getEndpoint")),
    ),
    Case(
        _READING,
        "The same until `retry_timeout` is over",
        "Gives up. Nothing was written.",
        failed=True,
        changed=False,
        faults=answer("listEndpoints", 503, "UNKNOWN", times=500),
    ),
    Case(
        _READING,
        "A page of the list that is not what the API documents",
        "Fails at once, because a shorter list would be wrong.",
        failed=True,
        changed=False,
        faults=(Fault("wrong_json", operation="listEndpoints"),),
    ),
    Case(
        _READING,
        "The page size is refused",
        "Reads pages of the API's own size.",
        failed=False,
        changed=False,
        existing=(WANTED,),
        faults=answer("listEndpoints", 400, "VALIDATOR_PARAM"),
    ),
    Case(
        _READING,
        "The list does not come to an end",
        "Fails when a cursor is repeated.",
        failed=True,
        changed=False,
        existing=(WANTED,),
        settings={"repeat_cursor": True},
    ),
    Case(
        _READING,
        "A page after the first one is missing",
        "Fails, because endpoints on that page are unknown, not absent.",
        failed=True,
        changed=False,
        existing=(WANTED, {**WANTED, "name": "other"}),
        settings={"page_size": 1},
        faults=(Fault("pass", operation="listEndpoints"), *answer("listEndpoints", 404, "REQUEST")),
    ),
)

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Failures while a task waits."""

from __future__ import annotations

from simulator import Fault

from ..schedules import WANTED
from .case import Case, answer

__all__ = ["CASES"]

_WAITING = "Waiting"

CASES: tuple[Case, ...] = (
    Case(
        _WAITING,
        "All workers keep failing the same way",
        "Ends early with the API's words and the addresses of the logs.",
        failed=True,
        changed=True,
        options={"wait": True},
        settings={"life": "image_pull_failure"},
    ),
    Case(
        _WAITING,
        "The endpoint itself fails",
        "Ends at once.",
        failed=True,
        changed=True,
        options={"wait": True},
        settings={"life": "endpoint_error"},
    ),
    Case(
        _WAITING,
        "It does not become ready within `wait_timeout`",
        "Ends then.",
        failed=True,
        changed=True,
        options={"wait": True, "wait_timeout": 60},
        settings={"life": "never"},
    ),
    Case(
        _WAITING,
        "A poll fails in between",
        "Tries again until `wait_timeout` is over.",
        failed=False,
        changed=False,
        existing=(WANTED,),
        options={"wait": True},
        faults=(Fault("pass", operation="getEndpoint"), *answer("getEndpoint", 500, times=4)),
    ),
    Case(
        _WAITING,
        "A poll gets a page of HTML with status 200, or an answer that is not an endpoint",
        "Polls again after the next interval, until `wait_timeout` is over.",
        failed=False,
        changed=False,
        existing=(WANTED,),
        options={"wait": True},
        faults=(
            Fault("pass", operation="getEndpoint"),
            Fault("status", operation="getEndpoint", status=200, body="<html>back in a minute</html>", times=4),
        ),
    ),
)

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Failures of a change that is proved, and of a product that is out of stock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..schedules import WANTED
from .case import Case

__all__ = ["CASES"]

_ROLLING_OUT = "Rolling out a change (`rollout`)"
_STOCK = "Out of stock (`product_ids`)"

_BAD = "registry.example.com/prize:bad"
_SOLD_OUT = ("serverless-h100-80", "serverless-a100-80")
_LEFT = "serverless-rtx-4090-24"


def _change(**rollout: Any) -> Mapping[str, Any]:
    """Options of a task that brings out an image."""
    return {"image": _BAD, "wait": True, "rollout": rollout}


def _platform(**more: Any) -> Mapping[str, Any]:
    """A platform that starts new workers beside the old ones, and none with the bad image."""
    return {"replacement": "beside", "restart_seconds": 10.0, "image_lives": {_BAD: "image_pull_failure"}, **more}


def _of(*products: str) -> Mapping[str, Any]:
    """Options of a task that takes one of these products."""
    return {"product_id": None, "product_ids": list(products), "wait": True}


def _stock(*sold_out: str) -> Mapping[str, Any]:
    """An API that lists these products as in stock, and has no GPU for them."""
    return {"stock": dict.fromkeys(sold_out, 99), "sold_out": sold_out}


CASES: tuple[Case, ...] = (
    Case(
        _ROLLING_OUT,
        "No worker starts with the change, with `on_failure=keep`",
        "Fails, and leaves the change as it is.",
        failed=True,
        changed=True,
        existing=(WANTED,),
        options=_change(on_failure="keep"),
        settings=_platform(),
    ),
    Case(
        _ROLLING_OUT,
        "The same with `on_failure=rollback`",
        "Writes the previous settings, waits until they serve again, and fails.",
        failed=True,
        changed=True,
        existing=(WANTED,),
        options=_change(on_failure="rollback"),
        settings=_platform(),
    ),
    Case(
        _ROLLING_OUT,
        "The same with `surge=1`",
        "Keeps one extra worker while the change is proved. The rollback removes it, too.",
        failed=True,
        changed=True,
        existing=(WANTED,),
        options=_change(on_failure="rollback", surge=1),
        settings=_platform(),
    ),
    Case(
        _ROLLING_OUT,
        "The previous settings do not serve any more either",
        "Waits for the previous settings as well, and names both failures.",
        failed=True,
        changed=True,
        existing=(WANTED,),
        options=_change(on_failure="rollback"),
        settings=_platform(
            replacement="at_once", image_lives={_BAD: "image_pull_failure", WANTED["image"]: "crash_loop"}
        ),
    ),
    Case(
        _ROLLING_OUT,
        "The API accepts the change, and no worker restarts",
        "Polls for 60 s, and warns, because old workers do not prove that the change works.",
        failed=False,
        changed=True,
        existing=(WANTED,),
        options=_change(on_failure="rollback"),
        settings={"replacement": "unnoticed"},
    ),
    Case(
        _ROLLING_OUT,
        "An extra worker (`surge=1`) serves with the change, and the old ones are not replaced",
        "Removes the extra worker, and warns, because the old ones may serve with the previous settings.",
        failed=False,
        changed=True,
        existing=(WANTED,),
        options=_change(on_failure="rollback", surge=1),
        settings={"replacement": "at_scale_up"},
    ),
    Case(
        _STOCK,
        "The create is accepted, and the first product turns out to be out of stock",
        "Moves the endpoint to the next product, in place, and waits for that.",
        failed=False,
        changed=True,
        options=_of(_SOLD_OUT[0], _LEFT),
        settings=_stock(*_SOLD_OUT),
    ),
    Case(
        _STOCK,
        "The same with each product",
        "Tries each once, fails, and leaves the endpoint with the last one.",
        failed=True,
        changed=True,
        options=_of(*_SOLD_OUT),
        settings=_stock(*_SOLD_OUT),
    ),
)

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The strategy: how a change is brought out, and what becomes of one that does not work.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Strategy", "strategy_from"]


@dataclass(frozen=True)
class Strategy:
    """What the user asked for: times in seconds.

    `patience` is how long everything may fail before that is final. `surge` is how many replicas more are to start
    while a change is proved. `rolls_back` says whether a change that does not work is taken back, `timeout` how long
    the way back may take, None for as long as the way there. `timeout_option` is the option that says how long it may
    take until this serves.
    """

    stable_for: float = 15
    patience: float = 60
    surge: int = 0
    rolls_back: bool = False
    timeout: float | None = None
    timeout_option: str = "wait_timeout"


def strategy_from(params: Mapping[str, Any]) -> Strategy:
    """The strategy in validated params."""
    rollout = params.get("rollout") or {}
    return Strategy(
        stable_for=rollout.get("stable_for", Strategy.stable_for),
        surge=rollout.get("surge", Strategy.surge),
        rolls_back=rollout.get("on_failure") == "rollback",
        timeout=rollout.get("timeout"),
        patience=params.get("failure_patience", Strategy.patience),
    )

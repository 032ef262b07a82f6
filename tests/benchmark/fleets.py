# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which endpoints are measured?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Endpoint = dict[str, Any]

CONCURRENCY = 16
KEY = "benchmark-key"


def fleet(count: int) -> list[Endpoint]:
    """So many endpoints with what a usual one has."""
    return [
        {
            "name": f"team-{number}",
            "type": "sync",
            "product_id": "serverless-rtx-4090-24",
            "image": "registry.example.com/team/model:1",
            "worker_config": {"max_replicas": 3, "min_replicas": 0, "idle_timeout": 300, "gpu_num": 1},
            "envs": [{"key": "MODEL", "value": f"model-{number}"}, {"key": "LOG_LEVEL", "value": "info"}],
            "ports": [8000],
            "health_check": {"path": "/health", "port": 8000},
        }
        for number in range(count)
    ]


def changed(endpoints: Sequence[Endpoint]) -> list[Endpoint]:
    """The same with one difference in every hundredth."""
    return [
        one | {"image": "registry.example.com/team/model:2"} if number % 100 == 0 else one
        for number, one in enumerate(endpoints)
    ]

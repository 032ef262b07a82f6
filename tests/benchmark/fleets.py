# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which endpoints are measured?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import yaml

Endpoint = dict[str, Any]

CONCURRENCY = 16
KEY = "benchmark-key"
#: Stands in a description for the number of the endpoint.
_NUMBER = "NUMBER"


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


def full_fleet(count: int) -> list[Endpoint]:
    """So many endpoints with every field that one can have."""
    return [_full(str(number)) for number in range(count)]


def full_fleet_in_yaml(count: int) -> Iterator[str]:
    """The file that describes them, piece by piece. Only one is written by YAML's own means, which are slow."""
    entry = yaml.safe_dump([_full(_NUMBER)], sort_keys=False)
    yield "---\n"
    for number in range(count):
        yield entry.replace(_NUMBER, str(number))


def shown(wanted: Endpoint) -> Endpoint:
    """An endpoint as the API has it, which knows no list of secret variables besides the other."""
    secret = wanted.get("secret_envs", [])
    rest = {name: value for name, value in wanted.items() if name != "secret_envs"}
    return {**rest, "envs": [*wanted["envs"], *secret]} if secret else rest


def changed(endpoints: Sequence[Endpoint]) -> list[Endpoint]:
    """The same with one difference in every hundredth."""
    return [
        one | {"image": "registry.example.com/team/model:2"} if number % 100 == 0 else one
        for number, one in enumerate(endpoints)
    ]


def _full(number: str) -> Endpoint:
    return {
        "name": f"team-{number}",
        "type": "sync",
        "product_id": "serverless-rtx-4090-24",
        "image": "registry.example.com/team/model:1",
        "worker_config": {
            "max_replicas": 3,
            "min_replicas": 0,
            "idle_timeout": 300,
            "max_concurrent_per_worker": 4,
            "gpu_num": 1,
            "rootfs_size_gb": 40,
            "min_cuda_version": "12.8",
            "request_timeout": 600,
        },
        "app_name": f"model-{number}",
        "registry_auth_id": "auth-1",
        "entrypoint": "/usr/bin/serve",
        "command": "--port 8000 --log-level info",
        "policy": {"type": "queue", "value": 4},
        "volumes": [{"id": "storage-1", "type": "network", "size": 100, "mount_point": "/models"}],
        "envs": [{"key": "MODEL", "value": f"model-{number}"}, {"key": "LOG_LEVEL", "value": "info"}],
        "secret_envs": [{"key": "TOKEN", "value": f"secret-of-{number}"}],
        "ports": [8000, 8001],
        "health_check": {"path": "/health", "port": 8000},
        "region_id": "us-west-1",
    }

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A running simulator and a client that knows its key."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from simulator import Simulator


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator() as running:
        yield running


@pytest.fixture
def call(simulator: Simulator) -> Iterator[Callable[..., requests.Response]]:
    """A function that calls the simulator: method, path, and what `requests` takes."""
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {simulator.api_key}"

        def send(method: str, path: str = "/gpus/v2/endpoints", **options: Any) -> requests.Response:
            return session.request(method, simulator.url + path, timeout=10, allow_redirects=False, **options)

        yield send


@pytest.fixture
def body() -> dict[str, Any]:
    """A create request with the fields that it needs, and no other."""
    return {
        "type": "sync",
        "name": "chat",
        "product_id": "any",
        "image": "registry.example.com/chat:1",
        "worker_config": {"max_replicas": 3, "min_replicas": 2},
    }


@pytest.fixture
def full_body(body: dict[str, Any]) -> dict[str, Any]:
    """A create request with every field."""
    return {
        **body,
        "worker_config": {
            "max_replicas": 3,
            "min_replicas": 2,
            "idle_timeout": 60,
            "max_concurrent_per_worker": 4,
            "gpu_num": 2,
            "rootfs_size_gb": 40,
            "min_cuda_version": "12.8",
            "request_timeout": 90,
        },
        "app_name": "chat-app",
        "registry_auth_id": "auth-1",
        "entrypoint": "/bin/run",
        "command": "--fast",
        "policy": {"type": "concurrency", "value": 5},
        "volumes": [
            {"id": "disk-1", "type": "network", "mount_point": "/data"},
            {"id": "disk-2", "type": "local", "size": 30, "mount_point": "/scratch"},
        ],
        "envs": [{"key": "A", "value": "1"}, {"key": "B", "value": ""}],
        "ports": [8080, 9090],
        "health_check": {"path": "/healthz", "port": 8080},
        "region_id": "cn-north-1",
    }

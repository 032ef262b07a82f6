# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What does the API fill in for fields that a request leaves out?

The contract documents no default, so there are two styles: `filled` invents sensible values, `zero` leaves the zero
value of the type, which an update would partly refuse to take back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

Fields = dict[str, Any]

OBJECTS = ("worker_config", "policy", "health_check")

ZERO: Fields = {
    "type": "sync",
    "name": "",
    "product_id": "",
    "image": "",
    "worker_config": {
        "max_replicas": 0,
        "min_replicas": 0,
        "idle_timeout": 0,
        "max_concurrent_per_worker": 0,
        "gpu_num": 0,
        "rootfs_size_gb": 0,
        "min_cuda_version": "",
        "request_timeout": 0,
    },
    "app_name": "",
    "registry_auth_id": "",
    "entrypoint": "",
    "command": "",
    "policy": {"type": "", "value": 0},
    "volumes": [],
    "envs": [],
    "ports": [],
    "health_check": {"path": "", "port": 0},
    "region_id": "",
}
FILLED: Fields = {
    **ZERO,
    "worker_config": {
        "max_replicas": 0,
        "min_replicas": 0,
        "idle_timeout": 300,
        "max_concurrent_per_worker": 1,
        "gpu_num": 1,
        "rootfs_size_gb": 50,
        "min_cuda_version": "12.4",
        "request_timeout": 600,
    },
    "policy": {"type": "queue", "value": 60},
    "ports": [8000],
    "health_check": {"path": "/health", "port": 8000},
    "region_id": "cn-east-1",
}
VOLUME: Fields = {"id": "", "type": "network", "size": 0, "mount_point": ""}
ENV: Fields = {"key": "", "value": ""}


def defaults(style: Literal["filled", "zero"]) -> Fields:
    """What is filled in, which is not to be changed."""
    return FILLED if style == "filled" else ZERO


def completed(body: Mapping[str, Any], base: Mapping[str, Any]) -> Fields:
    """The fields of `body` laid over those of `base`; objects are merged one level deep, lists are taken whole."""
    fields = {**base, **body}
    for name in OBJECTS:
        fields[name] = {**base[name], **body.get(name, {})}
    fields["volumes"] = [{**VOLUME, **volume} for volume in fields["volumes"]]
    fields["envs"] = [{**ENV, **env} for env in fields["envs"]]
    return fields

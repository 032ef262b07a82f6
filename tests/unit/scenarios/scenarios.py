# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What does a user ask for, of what is there, and how many writes does it take?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from unit.bodies import FULL, MINIMAL, Body


@dataclass(frozen=True)
class Scenario:
    """One task. `existing` is the endpoint that is there before; `addressed` gives its id to the task."""

    arguments: Mapping[str, Any]
    writes: tuple[str, ...]
    existing: Body | None = None
    addressed: bool = False


def _worker_config(name: str, value: Any) -> Mapping[str, Any]:
    return {"worker_config": {name: value}}


#: A change of each field that can change, beside the name, by its path.
CHANGES: Mapping[str, Mapping[str, Any]] = {
    "product_id": {"product_id": "serverless-h100-80"},
    "image": {"image": "registry.example.com/chat:2"},
    "worker_config.max_replicas": {"worker_config": {"max_replicas": 5}},
    "worker_config.min_replicas": _worker_config("min_replicas", 2),
    "worker_config.idle_timeout": _worker_config("idle_timeout", 61),
    "worker_config.max_concurrent_per_worker": _worker_config("max_concurrent_per_worker", 5),
    "worker_config.gpu_num": _worker_config("gpu_num", 3),
    "worker_config.rootfs_size_gb": _worker_config("rootfs_size_gb", 41),
    "worker_config.min_cuda_version": _worker_config("min_cuda_version", "13.0"),
    "worker_config.request_timeout": _worker_config("request_timeout", 91),
    "registry_auth_id": {"registry_auth_id": "auth-2"},
    "entrypoint": {"entrypoint": "/bin/other"},
    "command": {"command": "--slow"},
    "policy.type": {"policy": {"type": "queue"}},
    "policy.value": {"policy": {"value": 6}},
    "volumes[].id": {"volumes": [{**FULL["volumes"][0], "id": "disk-3"}, FULL["volumes"][1]]},
    "volumes[].type": {"volumes": [{**FULL["volumes"][0], "type": "local"}, FULL["volumes"][1]]},
    "volumes[].mount_point": {"volumes": [{**FULL["volumes"][0], "mount_point": "/other"}, FULL["volumes"][1]]},
    "envs[].key": {"envs": [{"key": "MOOD", "value": "fast"}, {"key": "LEVEL", "value": "info"}]},
    "envs[].value": {"envs": [{"key": "MODE", "value": "slow"}, {"key": "LEVEL", "value": "info"}]},
    "ports[]": {"ports": [8080, 9091]},
    "health_check.path": {"health_check": {"path": "/ready"}},
    "health_check.port": {"health_check": {"port": 9090}},
    "region_id": {"region_id": "cn-north-1"},
}
#: The empty value of each field that can be cleared.
CLEARINGS: Mapping[str, Mapping[str, Any]] = {
    "registry_auth_id": {"registry_auth_id": ""},
    "entrypoint": {"entrypoint": ""},
    "command": {"command": ""},
    "volumes": {"volumes": []},
    "envs": {"envs": []},
    "secret_envs": {"secret_envs": []},
    "ports": {"ports": []},
    "health_check": {"health_check": {"path": "", "port": 0}},
    "region_id": {"region_id": ""},
    "worker_config.min_replicas": _worker_config("min_replicas", 0),
    "worker_config.max_replicas": {"worker_config": {"max_replicas": 0, "min_replicas": 0}},
}

_SECRET = {"key": "TOKEN", "value": "hf-0123456789"}
#: The same without its value, which stays as it is.
_KEPT = {"key": "TOKEN"}
_WITH_SECRET = {**FULL, "envs": [*FULL["envs"], _SECRET]}

CREATES = {
    "create with what is needed": Scenario(MINIMAL, ("POST",)),
    "create with every field": Scenario(FULL, ("POST",)),
    "create with empty values": Scenario(
        {**MINIMAL, "app_name": "", "command": "", "envs": [], "ports": [], "volumes": []}, ("POST",)
    ),
    "create with a local volume": Scenario(
        {**MINIMAL, "volumes": [{"type": "local", "size": 30, "mount_point": "/scratch"}]}, ("POST",)
    ),
    "create with a secret": Scenario({**MINIMAL, "envs": FULL["envs"], "secret_envs": [_SECRET]}, ("POST",)),
}
UPDATES = {
    **{f"update {path}": Scenario({"name": FULL["name"], **CHANGES[path]}, ("PUT",), FULL) for path in CHANGES},
    "update one field of a whole description": Scenario({**FULL, "command": "--slow"}, ("PUT",), FULL),
    **{f"clear {path}": Scenario(change, ("PUT",), FULL, addressed=True) for path, change in CLEARINGS.items()},
    "rename by id": Scenario({"name": "renamed"}, ("PUT",), FULL, addressed=True),
    "add an env and keep the others": Scenario(
        {"envs": [{"key": "NEW", "value": "1"}], "purge_envs": False}, ("PUT",), FULL, addressed=True
    ),
    "change an env and keep the others": Scenario(
        {"envs": [{"key": "MODE", "value": "slow"}], "purge_envs": False}, ("PUT",), FULL, addressed=True
    ),
    "add a secret and keep the others": Scenario(
        {"secret_envs": [_SECRET], "purge_envs": False}, ("PUT",), FULL, addressed=True
    ),
    "change a secret": Scenario(
        {"secret_envs": [_SECRET], "envs": FULL["envs"]},
        ("PUT",),
        {**FULL, "envs": [*FULL["envs"], {"key": "TOKEN", "value": "hf-of-last-year"}]},
        addressed=True,
    ),
    "change an env beside a secret without a value": Scenario(
        {"secret_envs": [_KEPT], "envs": [{"key": "MODE", "value": "slow"}]}, ("PUT",), _WITH_SECRET, addressed=True
    ),
    "change a field beside a secret without a value": Scenario(
        {**FULL, "secret_envs": [_KEPT], "command": "--slow"}, ("PUT",), _WITH_SECRET
    ),
    "change a secret and leave another without a value": Scenario(
        {"secret_envs": [_KEPT, {"key": "MODE", "value": "slow"}], "purge_envs": False},
        ("PUT",),
        _WITH_SECRET,
        addressed=True,
    ),
    "remove what is not named and leave a secret without a value": Scenario(
        {"secret_envs": [_KEPT]}, ("PUT",), _WITH_SECRET, addressed=True
    ),
    "change the size of a local volume": Scenario(
        {**MINIMAL, "volumes": [{"type": "local", "size": 40, "mount_point": "/scratch"}]},
        ("PUT",),
        {**MINIMAL, "volumes": [{"type": "local", "size": 30, "mount_point": "/scratch"}]},
    ),
    "change what has no more than is needed": Scenario({**MINIMAL, "command": "--slow"}, ("PUT",), MINIMAL),
    "change what has no workers": Scenario(
        {"command": "--slow"}, ("PUT",), {**FULL, "worker_config": {"max_replicas": 0}}, addressed=True
    ),
}
RECREATES = {
    "recreate for the type": Scenario({**FULL, "type": "async", "allow_recreate": True}, ("DELETE", "POST"), FULL),
    "recreate for the app name": Scenario(
        {**FULL, "app_name": "other", "allow_recreate": True}, ("DELETE", "POST"), FULL
    ),
    "recreate what has an app name of the API's": Scenario(
        {**MINIMAL, "type": "async", "allow_recreate": True}, ("DELETE", "POST"), MINIMAL
    ),
    "recreate with an app name of the API's": Scenario(
        {**FULL, "type": "async", "app_name": "", "allow_recreate": True}, ("DELETE", "POST"), FULL
    ),
    "recreate with a secret without a value": Scenario(
        {**FULL, "secret_envs": [_KEPT], "type": "async", "allow_recreate": True}, ("DELETE", "POST"), _WITH_SECRET
    ),
    "recreate and change": Scenario(
        {**FULL, "type": "async", "command": "--slow", "allow_recreate": True}, ("DELETE", "POST"), FULL
    ),
}
DELETES = {
    "delete by name": Scenario({"name": "chat", "state": "absent"}, ("DELETE",), FULL),
    "delete by id": Scenario({"state": "absent"}, ("DELETE",), FULL, addressed=True),
}
CHANGING = {**CREATES, **UPDATES, **RECREATES, **DELETES}

UNCHANGED = {
    "everything as it is": Scenario(FULL, (), FULL),
    "everything as it is, by id": Scenario(FULL, (), FULL, addressed=True),
    "only what is needed": Scenario(MINIMAL, (), FULL),
    "nothing but the id": Scenario({}, (), FULL, addressed=True),
    "lists in another order": Scenario(
        {**FULL, **{name: FULL[name][::-1] for name in ("envs", "ports", "volumes")}}, (), FULL
    ),
    "a port twice": Scenario({**FULL, "ports": [8080, 9090, 8080]}, (), FULL),
    "an env as a secret": Scenario({**FULL, "envs": FULL["envs"][:1], "secret_envs": FULL["envs"][1:]}, (), FULL),
    "every env as a secret without a value": Scenario(
        {**FULL, "envs": None, "secret_envs": [{"key": env["key"]} for env in FULL["envs"]]}, (), FULL
    ),
    "a secret without a value, the others kept": Scenario(
        {**FULL, "envs": None, "secret_envs": [_KEPT], "purge_envs": False}, (), _WITH_SECRET
    ),
    "some envs of many": Scenario({**FULL, "envs": FULL["envs"][:1], "purge_envs": False}, (), FULL),
    "null options": Scenario(
        {
            **MINIMAL,
            "id": None,
            "state": None,
            "envs": None,
            "purge_envs": None,
            "policy": {"type": None},
            "wait_for": None,
        },
        (),
        FULL,
    ),
    "numbers as text": Scenario({**FULL, "worker_config": {"max_replicas": "3"}, "ports": ["8080", "9090"]}, (), FULL),
    "a CUDA version without quotes": Scenario(
        {**MINIMAL, "worker_config": {"max_replicas": 3, "min_cuda_version": 12.8}}, (), FULL
    ),
    "an app name for the API to choose": Scenario({**MINIMAL, "app_name": ""}, (), MINIMAL),
    "absent, and it is": Scenario({"name": "chat", "state": "absent"}, ()),
    "absent, and the id is": Scenario({"id": "ep-none", "state": "absent"}, ()),
}

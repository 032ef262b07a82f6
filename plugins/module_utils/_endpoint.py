# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is an endpoint: each field, its limits, may it change, is it secret, how is it compared?

The one table behind argument spec, limit checks, request bodies, comparison and redaction. Its rows follow the
provider's page for creating an endpoint (POST /gpus/v2/endpoints). Private to the ppio.gpu collection.
"""

from __future__ import annotations

from ._resource import Field, Kind, Resource

__all__ = ["ENDPOINT"]

_STATUS = (
    Field("status", Kind.TEXT),
    Field("error", Kind.TEXT),
    Field("message", Kind.TEXT),
)

_WORKER = (
    Field("id", Kind.TEXT),
    Field("status", Kind.OBJECT, fields=_STATUS),
    Field("log", Kind.TEXT),
    Field("health", Kind.BOOLEAN),
    Field("drain", Kind.BOOLEAN),
)

_WORKER_CONFIG = (
    Field("max_replicas", Kind.INTEGER, 0, 1000, required=True),
    Field("min_replicas", Kind.INTEGER, 0, 1000, not_above="max_replicas"),
    Field("idle_timeout", Kind.INTEGER, 1, 1000),
    Field("max_concurrent_per_worker", Kind.INTEGER, 1, 1000),
    Field("gpu_num", Kind.INTEGER, 1, 8),
    Field("rootfs_size_gb", Kind.INTEGER, 10, 100),
    Field("min_cuda_version", Kind.TEXT, choices=("12.4", "12.6", "12.8", "12.9", "13.0")),
    Field("request_timeout", Kind.INTEGER, 1, 1800),
)

_POLICY = (
    Field("type", Kind.TEXT, choices=("queue", "concurrency")),
    Field("value", Kind.INTEGER, 1, 1000),
)

_VOLUME = (
    Field("id", Kind.TEXT),
    Field("type", Kind.TEXT, choices=("local", "network"), deprecated_choices=("local",)),
    Field("size", Kind.INTEGER, always_answered=False),
    Field("mount_point", Kind.TEXT, 0, 4095),
)

_ENV = (
    Field("key", Kind.TEXT, 0, 511),
    Field("value", Kind.TEXT, 0, 4095),
)

_HEALTH_CHECK = (
    Field("path", Kind.TEXT),
    Field("port", Kind.INTEGER, 0, 65535),
)

ENDPOINT = Resource(
    name="endpoint",
    path="/gpus/v2/endpoints",
    fields=(
        Field("type", Kind.TEXT, choices=("sync", "async"), required=True, mutable=False, always_answered=False),
        Field("name", Kind.TEXT, 1, 255, required=True),
        Field("product_id", Kind.TEXT, 1, 255, required=True),
        Field("image", Kind.TEXT, 1, 500, required=True),
        Field("worker_config", Kind.OBJECT, fields=_WORKER_CONFIG, required=True),
        Field("app_name", Kind.TEXT, 0, 255, mutable=False),
        Field("registry_auth_id", Kind.TEXT, 0, 255),
        Field("entrypoint", Kind.TEXT),
        Field("command", Kind.TEXT),
        Field("policy", Kind.OBJECT, fields=_POLICY),
        Field("volumes", Kind.LIST, item=Field("volume", Kind.OBJECT, fields=_VOLUME), key="mount_point"),
        Field("envs", Kind.LIST, item=Field("env", Kind.OBJECT, fields=_ENV), key="key", redacted=True),
        Field("ports", Kind.LIST, item=Field("port", Kind.INTEGER, 1, 65535)),
        Field("health_check", Kind.OBJECT, fields=_HEALTH_CHECK),
        Field("region_id", Kind.TEXT),
    ),
    observed=(
        Field("id", Kind.TEXT),
        Field("status", Kind.OBJECT, fields=_STATUS),
        Field("url", Kind.TEXT),
        Field("workers", Kind.LIST, item=Field("worker", Kind.OBJECT, fields=_WORKER), key="id"),
        Field("member_id", Kind.TEXT),
        Field("owner_id", Kind.TEXT),
        Field("created_at", Kind.INTEGER),
    ),
    missing_reasons=frozenset({"SERVERLESS_ENDPOINT_NOT_FOUND", "RESOURCE_NOT_FOUND"}),
    # Published samples say running and ready, v1 also serving; clients handle the others. The set is open.
    ready_words=frozenset({"running", "serving", "ready"}),
    failed_words=frozenset({"failed", "error"}),
    coming_words=frozenset({"pending", "creating", "starting", "updating", "deploying", "initializing", "stopped"}),
    going_words=frozenset({"deleting", "deleted", "terminating", "terminated"}),
    worker_words=frozenset({"ready", "running", "serving"}),
)

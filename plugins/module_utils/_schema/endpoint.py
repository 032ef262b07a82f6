# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The endpoint: each field, its limits, how it may change, whether it is secret, how it is compared.

The one table behind argument spec, limit checks, request bodies, comparison and redaction. Its rows follow the
provider's page for creating an endpoint (POST /gpus/v2/endpoints). Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .readiness import ENDPOINT_LIFECYCLE
from .resource import Change, Field, Filter, Kind, Resource, rest_verbs
from .service import Service
from .worker_price import ENDPOINT_PRICING

__all__ = ["ENDPOINT"]

_STATUS = (
    Field("status", Kind.TEXT),
    Field("error", Kind.TEXT, free_text=True),
    Field("message", Kind.TEXT, free_text=True),
)

_WORKER = (
    Field("id", Kind.TEXT),
    Field("status", Kind.OBJECT, fields=_STATUS),
    Field("log", Kind.TEXT, free_text=True),
    Field("health", Kind.BOOLEAN),
    Field("drain", Kind.BOOLEAN),
)

_WORKER_CONFIG = (
    Field("max_replicas", Kind.INTEGER, 0, 1000, required=True, restarts=False),
    Field("min_replicas", Kind.INTEGER, 0, 1000, not_above="max_replicas", has_default=True, restarts=False),
    Field("idle_timeout", Kind.INTEGER, 1, 1000, restarts=False),
    Field("max_concurrent_per_worker", Kind.INTEGER, 1, 1000, restarts=False),
    Field("gpu_num", Kind.INTEGER, 1, 8),
    Field("rootfs_size_gb", Kind.INTEGER, 10, 100),
    Field("min_cuda_version", Kind.TEXT, choices=("12.4", "12.6", "12.8", "12.9", "13.0")),
    Field("request_timeout", Kind.INTEGER, 1, 1800, restarts=False),
)

_POLICY = (
    Field("type", Kind.TEXT, choices=("queue", "concurrency"), restarts=False),
    Field("value", Kind.INTEGER, 1, 1000, restarts=False),
)

_VOLUME = (
    Field("id", Kind.TEXT),
    Field("type", Kind.TEXT, choices=("local", "network"), deprecated_choices=("local",)),
    Field("size", Kind.INTEGER, always_answered=False),
    Field("mount_point", Kind.TEXT, 0, 4095),
)

_ENV = (
    Field("key", Kind.TEXT, 0, 511, has_default=True),
    Field("value", Kind.TEXT, 0, 4095, has_default=True),
)

_HEALTH_CHECK = (
    Field("path", Kind.TEXT, has_default=True),
    Field("port", Kind.INTEGER, 0, 65535, has_default=True),
)


def _has(name: str) -> Callable[[Mapping[str, Any], Any], bool]:
    return lambda shown, wanted: bool(shown[name] == wanted)


def _is_in_state(shown: Mapping[str, Any], state: str) -> bool:
    return (shown["status"]["status"] or "").lower() == state.lower()


_SERVICE = Service(
    takes_jobs=lambda fields: fields.get("type") == "async",
    address=lambda observed: observed["url"] or "",
    # Without a name of its own, an application has its endpoint's id as name.
    queue=lambda identity, fields: f"{identity}-{fields['app_name'] or identity}",
    gateways={
        "api.ppio.com": "https://async-public.serverless.ppinfra.com/v1",
        "api.ppinfra.com": "https://async-public.serverless.ppinfra.com/v1",
        "api.novita.ai": "https://async-public.serverless.novita.ai/v1",
    },
)

ENDPOINT = Resource(
    name="endpoint",
    verbs=rest_verbs("/gpus/v2/endpoints"),
    fields=(
        Field("type", Kind.TEXT, choices=("sync", "async"), required=True, change=Change.NEVER, always_answered=False),
        Field("name", Kind.TEXT, 1, 255, required=True, restarts=False),
        Field("product_id", Kind.TEXT, 1, 255, required=True),
        Field("image", Kind.TEXT, 1, 500, required=True),
        Field("worker_config", Kind.OBJECT, fields=_WORKER_CONFIG, required=True),
        Field("app_name", Kind.TEXT, 0, 255, change=Change.NEVER),
        Field("registry_auth_id", Kind.TEXT, 0, 255),
        Field("entrypoint", Kind.TEXT),
        Field("command", Kind.TEXT),
        Field("policy", Kind.OBJECT, fields=_POLICY),
        Field("volumes", Kind.LIST, item=Field("volume", Kind.OBJECT, fields=_VOLUME), key="mount_point"),
        Field("envs", Kind.LIST, item=Field("env", Kind.OBJECT, fields=_ENV), key="key", secret_entries=True),
        Field("ports", Kind.LIST, item=Field("port", Kind.INTEGER, 1, 65535), has_default=True),
        Field("health_check", Kind.OBJECT, fields=_HEALTH_CHECK),
        Field("region_id", Kind.TEXT, has_default=True),
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
    lifecycle=ENDPOINT_LIFECYCLE,
    pricing=ENDPOINT_PRICING,
    service=_SERVICE,
    advice={
        "SERVERLESS_PRODUCT_NOT_FOUND": "Check product_id.",
        "IMAGE_NOT_FOUND": "Check image, and registry_auth_id if the registry is private.",
        "SERVERLESS_APP_NAME_IS_EXIST": "Choose another app_name.",
        "INSUFFICIENT_RESOURCE": "Choose another product_id or region_id, or try later.",
        "NETWORK_STORAGE_NOT_FOUND": "Check id in volumes, and that region_id is the storage's region.",
    },
    scopes=("region_id",),
    filters=(
        *(Filter(Field(name, Kind.TEXT), keeps=_has(name)) for name in ("name", "region_id", "product_id", "app_name")),
        Filter(Field("status", Kind.TEXT), keeps=_is_in_state),
        Filter(Field("keyword", Kind.TEXT), query="keyword"),
    ),
)

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is there to read, and how is it chosen and sorted?

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from ._catalog import PRODUCT, REGION
from ._client import Client
from ._concurrent import mapped
from ._connection import connection_from
from ._desired import Current, current_from, shaped
from ._endpoint import ENDPOINT
from ._errors import PpioError
from ._http import Transport
from ._options import ArgumentSpec, Violation, limited
from ._pace import Pace
from ._plan import combined
from ._resource import Field, Kind, Resource
from ._result import call_facts, view
from ._task import Report, Task, unverified
from ._telling import SILENT, Teller

__all__ = ["ENDPOINTS", "PRODUCTS", "REGIONS", "Reading", "reading"]

_CONCURRENCY = 8
#: A precision beyond this is no number of decimal places that a price has.
_LARGEST_PRECISION = 18


@dataclass(frozen=True)
class Reading:
    """What an info module needs: its options and their limits, and how to read. `read` returns result keys."""

    resource: Resource
    options: ArgumentSpec
    limits: tuple[Field, ...]
    read: Callable[[Client, Mapping[str, Any]], dict[str, Any]]

    def violations(self, params: Mapping[str, Any]) -> Sequence[Violation]:
        return limited(self.limits, params)


def reading(what: Reading) -> Task:
    """The task that only reads."""
    return Task(what.options, what.violations, partial(_report, what))


def _report(
    what: Reading,
    params: Mapping[str, Any],
    *,
    check_mode: bool,
    diff_mode: bool,
    pace: Pace | None = None,
    teller: Teller = SILENT,
) -> Report:
    """Read with validated params, which is the same in every mode, and too short to tell of."""
    del check_mode, diff_mode, teller
    warnings = unverified(params)
    try:
        transport = Transport(connection_from(params), pace or Pace())
        return Report({"changed": False, **what.read(Client(transport, what.resource), params)}, warnings)
    except PpioError as error:
        return Report({"changed": False, "msg": error.message, "error": call_facts(error)}, warnings, failed=True)


def _endpoints(client: Client, params: Mapping[str, Any]) -> dict[str, Any]:
    found = _one(client, params["id"]) if params["id"] is not None else _many(client, params)
    chosen = [current for current in found if _is_chosen(current, params)]
    return {"endpoints": [_endpoint_view(client, current, params) for current in chosen]}


def _one(client: Client, identity: str) -> list[Current]:
    answer = client.get(identity)
    return [] if answer is None else [current_from(ENDPOINT, answer)]


def _many(client: Client, params: Mapping[str, Any]) -> list[Current]:
    query = {} if params["keyword"] is None else {"keyword": params["keyword"]}
    items = [current_from(ENDPOINT, item) for item in client.listed(query)]
    chosen = [item for item in items if _is_chosen(item, params)]
    if params["include_details"] or (params["name"] is not None and len(chosen) == 1):
        return mapped(_detailed, chosen, client, _CONCURRENCY)
    return chosen


def _detailed(client: Client, item: Current) -> Current:
    """A list item completed by a get, or as it is where it has just gone."""
    answer = client.get(item.id)
    return item if answer is None else combined(ENDPOINT, item, current_from(ENDPOINT, answer))


def _is_chosen(current: Current, params: Mapping[str, Any]) -> bool:
    fields = ("name", "region_id", "product_id", "app_name")
    status = current.observed["status"]["status"] or ""
    return all(params[name] in (None, current.fields[name]) for name in fields) and (
        params["status"] is None or params["status"].lower() == status.lower()
    )


def _endpoint_view(client: Client, current: Current, params: Mapping[str, Any]) -> dict[str, Any] | None:
    keys = (
        frozenset(entry["key"] or "" for entry in current.fields["envs"])
        if params["include_env_values"]
        else frozenset()
    )
    secrets = client.transport.connection.secrets
    return view(ENDPOINT, current.id, current.fields, current.observed, {"envs": keys}, secrets)


def _products(client: Client, params: Mapping[str, Any]) -> dict[str, Any]:
    own = ("category", "type", "cpu", "memory_gb", "rootfs_size", "billing_method")
    query = {name: str(params[name]) for name in own if params[name] is not None}
    if params["region_id"] is not None:
        query["region_ids"] = params["region_id"]
    products = [_priced(shaped(PRODUCT.observed, item)) for item in client.listed(query)]
    chosen = [product for product in products if _is_product_chosen(product, params)]
    match params["sort_by"]:
        case "price":
            chosen.sort(key=lambda product: (product["price"] is None, product["price"]))
        case "name":
            chosen.sort(key=lambda product: product["name"] or "")
    return {"products": chosen}


def _is_product_chosen(product: Mapping[str, Any], params: Mapping[str, Any]) -> bool:
    """The filters of ours: the API's own may be ignored, or mean something else."""
    if params["region_id"] is not None and params["region_id"] not in product["region_ids"]:
        return False
    wanted = (params["name"] or "").casefold()
    return any(wanted in (text or "").casefold() for text in (product["name"], product["gpu_name"]))


def _priced(product: Mapping[str, Any]) -> dict[str, Any]:
    """A product with what people look for: the GPU, the stock, and prices as decimal numbers beside the raw ones."""
    gpu, pricing = product["resource_spec"]["gpu"], product["pricing"]
    precision = pricing["precision"]
    priced = {
        kind: {**pricing[kind], "price": _decimal(pricing[kind]["final_price"], precision)}
        for kind in ("postpaid", "spot")
    }
    prepaid = [{**offer, "price": _decimal(offer["final_price"], precision)} for offer in pricing["prepaid"]]
    storage = _decimal(pricing["storage_price_per_gb"], precision)
    return {
        **product,
        "pricing": {**pricing, **priced, "prepaid": prepaid, "storage_price": storage},
        "gpu_name": gpu["name"],
        "gpu_memory_gb": gpu["memory_gb"] or 0,
        "stock": gpu["available"],
        "price": priced["postpaid"]["price"],
        "price_unit": pricing["postpaid"]["unit"],
    }


def _decimal(raw: int | None, precision: int | None) -> float | None:
    if raw is None or precision is None or not 0 <= precision <= _LARGEST_PRECISION:
        return None
    return float(raw / 10**precision)


def _regions(client: Client, params: Mapping[str, Any]) -> dict[str, Any]:
    del params
    return {"regions": [shaped(REGION.observed, item) for item in client.listed()]}


_TEXT: dict[str, Any] = {"type": "str"}
_NUMBER: dict[str, Any] = {"type": "int"}

ENDPOINTS = Reading(
    ENDPOINT,
    options={
        **dict.fromkeys(("id", "name", "status", "region_id", "product_id", "app_name"), _TEXT),
        # Its name would look like a secret to Ansible.
        "keyword": {"type": "str", "no_log": False},
        "include_details": {"type": "bool", "default": False},
        "include_env_values": {"type": "bool", "default": False},
    },
    limits=tuple(
        Field(name, Kind.TEXT) for name in ("name", "keyword", "status", "region_id", "product_id", "app_name")
    ),
    read=_endpoints,
)

PRODUCTS = Reading(
    PRODUCT,
    options={
        "category": {"type": "str", "choices": ["serverless", "instance"], "default": "serverless"},
        "type": {"type": "str", "choices": ["gpu", "cpu"], "default": "gpu"},
        **dict.fromkeys(("cpu", "memory_gb", "rootfs_size"), _NUMBER),
        "billing_method": {"type": "str", "choices": ["postpaid", "prepaid", "spot"]},
        **dict.fromkeys(("name", "region_id"), _TEXT),
        "sort_by": {"type": "str", "choices": ["price", "name"]},
    },
    limits=(
        Field("category", Kind.TEXT, choices=("serverless", "instance")),
        Field("type", Kind.TEXT, choices=("gpu", "cpu")),
        *(Field(name, Kind.INTEGER, minimum=0, maximum=1_000_000) for name in ("cpu", "memory_gb", "rootfs_size")),
        Field("billing_method", Kind.TEXT, choices=("postpaid", "prepaid", "spot")),
        Field("name", Kind.TEXT),
        Field("region_id", Kind.TEXT),
        Field("sort_by", Kind.TEXT, choices=("price", "name")),
    ),
    read=_products,
)

REGIONS = Reading(REGION, options={}, limits=(), read=_regions)

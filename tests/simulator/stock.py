# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many GPUs of each product are left, and does a worker get one?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .catalog import PRODUCTS
from .endpoints import Endpoint
from .settings import Settings
from .state import State

TOTALS = {
    product["id"]: product["resource_spec"]["gpu"]["available"]
    for product in PRODUCTS
    if product["category"] == "serverless" and product["type"] == "gpu"
}


def stocked(product: Mapping[str, Any], state: State) -> dict[str, Any]:
    """The product with what is left of it, and with its price as the settings say it."""
    identity, shown = product["id"], dict(product)
    if identity in TOTALS:
        left = max(0, total(identity, state.settings) - used(identity, state))
        spec = product["resource_spec"]
        shown["resource_spec"] = {**spec, "gpu": {**spec["gpu"], "available": left}}
        shown |= {"deployable": left > 0, "inventory_state": "normal" if left else "none"}
    if identity in state.settings.prices:
        postpaid = {**product["pricing"]["postpaid"], "final_price": state.settings.prices[identity]}
        shown["pricing"] = {**product["pricing"], "postpaid": postpaid}
    return shown


def total(identity: str, settings: Settings) -> int:
    return int(settings.stock.get(identity, TOTALS[identity]))


def used(identity: str, state: State, but: Endpoint | None = None) -> int:
    """GPUs that the workers of the endpoints have."""
    now, settings = state.clock.now(), state.settings
    return sum(
        (endpoint.fields["worker_config"]["gpu_num"] or 1) * endpoint.worker_count(now, settings)
        for endpoint in state.endpoints.existing()
        if endpoint.fields["product_id"] == identity and (but is None or endpoint.id != but.id)
        if endpoint.newest.life != "no_stock"
    )


def settings_for(state: State, fields: Mapping[str, Any], endpoint: Endpoint | None = None) -> Settings:
    """The settings, with the life of the image; where a create or an update with these fields gets no GPU, of that."""
    settings = state.settings
    image = fields.get("image") or (endpoint.fields["image"] if endpoint else "")
    if image in settings.image_lives:
        settings = replace(settings, life=settings.image_lives[image])
    identity = fields.get("product_id") or (endpoint.fields["product_id"] if endpoint else "")
    config = {**(endpoint.fields["worker_config"] if endpoint else {}), **fields.get("worker_config", {})}
    wanted = (config.get("gpu_num") or 1) * (config.get("min_replicas") or 0)
    is_short = identity in settings.stock and wanted > settings.stock[identity] - used(identity, state, endpoint)
    return replace(settings, life="no_stock") if is_short or identity in settings.sold_out else settings

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which product is good for an endpoint: it can be deployed, has GPUs enough, and is in the region.

What the API does not say is unknown, and never counts as fitting. Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .._errors import printable
from .pricing import Fit

__all__ = ["available", "demands", "fit_of"]

Values = Mapping[str, Any]


def available(product: Values) -> int | None:
    """How many of its GPUs are in stock."""
    number: int | None = product["resource_spec"]["gpu"]["available"]
    return number


def demands(fields: Values) -> tuple[object, ...]:
    """What of an endpoint decides, beside the product, whether the product fits."""
    return (fields.get("worker_config") or {}).get("gpu_num"), fields.get("region_id") or ""


def fit_of(gpus: Callable[[Values, Values | None], int]) -> Callable[[Values, Values, int, int | None], Fit]:
    """The judge of products, where `gpus` says how many each worker takes."""

    def fit(product: Values, fields: Values, needed: int, left: int | None) -> Fit:
        gpu = product["resource_spec"]["gpu"]
        size = gpus(fields, product)
        judgements = (
            _category(product),
            _at_once(size, gpu["min"], gpu["max"]),
            _region(fields.get("region_id") or "", product["region_ids"]),
            _deployable(product),
            _stock(needed, left, size, gpu["max_available"]),
        )
        return next(
            (one for fits in (False, None) for one in judgements if one.fits is fits),
            judgements[-1],
        )

    return fit


def _category(product: Values) -> Fit:
    if product["category"] is None:
        return Fit(None, "the API does not say whether it is serverless")
    return Fit(product["category"] == "serverless", f"it is of the category {printable(product['category'])}")


def _at_once(size: int, least: int | None, most: int | None) -> Fit:
    if least is None or most is None:
        return Fit(None, "the API does not say how many GPUs a worker may have")
    return Fit(least <= size <= most, f"its workers have {least} to {most} GPUs, and gpu_num is {size}")


def _region(wanted: str, regions: list[str]) -> Fit:
    if not wanted:
        return Fit(True, "any region will do")
    if not regions:
        return Fit(None, "the API does not say in which regions it is")
    shown = ", ".join(map(printable, regions))
    return Fit(wanted in regions, f"it is in the regions {shown}, and region_id is {printable(wanted)}")


def _deployable(product: Values) -> Fit:
    if product["deployable"] is None:
        return Fit(None, "the API does not say whether it can be deployed")
    return Fit(product["deployable"], "the API says that it cannot be deployed now", may_change=True)


def _stock(needed: int, left: int | None, size: int, at_most: int | None) -> Fit:
    if left is None:
        return Fit(None, "the API does not say how many GPUs are in stock")
    if at_most is not None and at_most < size:
        return Fit(False, f"no machine has more than {at_most} GPUs free, and gpu_num is {size}", may_change=True)
    stock = "1 GPU" if left == 1 else f"{max(left, 0)} GPUs"
    return Fit(left >= needed, f"{stock} in stock, {needed} needed", may_change=True)

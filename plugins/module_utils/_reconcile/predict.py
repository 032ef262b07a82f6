# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Predicting, in check mode only: would the API accept the product? A real run sends it without looking.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .._errors import PpioError
from .._planning.choice import NoneFits
from .._planning.plan import plan
from .._planning.rollout_states import peak
from .._schema.resource import Fields
from .choose import Shop
from .entry import Located, Stage

__all__ = ["predicted_choices"]


def predicted_choices(shop: Shop, stages: Sequence[Stage]) -> list[Stage]:
    """The entries, of which those have failed that ask for what does not exist; with a warning where it may not fit."""
    if not shop.client.resource.pricing:
        return list(stages)
    asked = {number: fields for number, stage in enumerate(stages) if (fields := _asked(shop, stage))}
    if not asked:
        return list(stages)
    try:
        return [
            _judged(shop, stage, asked[number]) if number in asked else stage for number, stage in enumerate(stages)
        ]
    except PpioError as error:
        # The catalog cannot be read. A real run does without.
        trouble = f"Nobody can tell whether the {shop.pricing.catalog.name} exists, because: {error.message}"
        return [_warned(stage, trouble) if number in asked else stage for number, stage in enumerate(stages)]


def _asked(shop: Shop, stage: Stage) -> Fields | None:
    """The fields of an entry that gets an item, or other needs of the one that it has, and that nobody has checked."""
    pricing, desired = shop.pricing, stage.entry.desired
    if not isinstance(stage, Located) or not desired.present or not desired.predict_stock:
        return None
    try:
        planned = plan(shop.client.resource, stage.current, desired)
    except PpioError:
        # It fails by itself.
        return None
    fields = peak(shop.client.resource, stage.current, planned, desired) or {}
    before = stage.current.fields if stage.current else {}
    is_same = before.get(pricing.field) == fields.get(pricing.field)
    return None if is_same and pricing.demands(before) == pricing.demands(fields) else fields


def _judged(shop: Shop, stage: Stage, fields: Fields) -> Stage:
    identity = str(fields.get(shop.pricing.field) or "")
    try:
        doubt = shop.doubt(fields, identity)
    except NoneFits as error:
        return stage.failed(error) if isinstance(stage, Located) else stage
    shop.reserve(identity, fields)
    return _warned(stage, f"{identity} may not fit: {doubt}.") if doubt else stage


def _warned(stage: Stage, warning: str) -> Stage:
    return replace(stage, remarks=(*stage.remarks, warning)) if isinstance(stage, Located) else stage

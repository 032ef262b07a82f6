# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The region: where GPUs stand. It can only be read.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from .resource import Field, Kind, Resource, Verb, Verbs

__all__ = ["REGION"]

_FEATURE = (
    Field("network_volume", Kind.BOOLEAN),
    Field("instance_vpc_network", Kind.BOOLEAN),
)

REGION = Resource(
    name="region",
    verbs=Verbs(Verb("GET", "/gpus/v2/regions")),
    fields=(),
    observed=(
        Field("id", Kind.TEXT),
        Field("name", Kind.TEXT),
        Field("gpus", Kind.LIST, item=Field("gpu", Kind.TEXT)),
        Field("feature", Kind.OBJECT, fields=_FEATURE),
    ),
)

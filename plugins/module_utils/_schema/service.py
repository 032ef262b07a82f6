# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a service is: how a kind of resource is used once it serves.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["SAFE_METHODS", "Service"]

#: HTTP methods that change nothing, so that a repetition does no harm.
SAFE_METHODS = frozenset({"GET", "HEAD"})


@dataclass(frozen=True)
class Service:
    """How a kind of resource is used: by requests to an address of its own, or by jobs that a gateway takes for it.

    `takes_jobs` says from the fields which of both. `address` is its address in observed values, empty where there is
    none yet. `queue` is its name at the gateway, from its id and the fields. `gateways` are the gateways' addresses by
    the API's host.
    """

    takes_jobs: Callable[[Mapping[str, Any]], bool]
    address: Callable[[Mapping[str, Any]], str]
    queue: Callable[[str, Mapping[str, Any]], str]
    gateways: Mapping[str, str]

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The limits of the options that are no field of the API, and which of a module's options break their limits.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .._schema.resource import Field, Kind
from .rollout_options import ROLLOUT
from .validation import check_of, checked_at
from .violation import Violation

__all__ = ["CONNECTION_LIMITS", "OWN_LIMITS", "limited", "outside"]

#: The limits of the options that are no field of the API.
OWN_LIMITS = (
    Field("id", Kind.TEXT, 1, 255),
    Field("api_timeout", Kind.INTEGER, 1, 3600),
    Field("retry_timeout", Kind.INTEGER, 0, 86400),
    Field("wait_timeout", Kind.INTEGER, 1, 86400),
    Field("failure_patience", Kind.INTEGER, 0, 86400),
    ROLLOUT,
)
#: Have no limit of their own, but are texts that can be sent, and never a placeholder.
_TEXTS = (Field("api_key", Kind.TEXT, secret=True), Field("api_url", Kind.TEXT), Field("ca_path", Kind.TEXT))
#: The limits of the options that every module has.
CONNECTION_LIMITS = (*_TEXTS, *(row for row in OWN_LIMITS if row.name in ("api_timeout", "retry_timeout")))


def outside(rows: Iterable[Field], params: Mapping[str, Any]) -> tuple[Violation, ...]:
    """Everything in `params` that breaks the limits of the rows of the same name."""
    found: list[Violation] = []
    for row in rows:
        if params.get(row.name) is not None:
            checked_at(row.name, check_of(row), params[row.name], found)
    return tuple(found)


def limited(rows: Iterable[Field], params: Mapping[str, Any]) -> tuple[Violation, ...]:
    """The same, with our own limits."""
    return outside((*rows, *OWN_LIMITS, *_TEXTS), params)

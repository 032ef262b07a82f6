# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a rollout: how a change is brought out, and what becomes of one that does not work.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from typing import Any

from .._schema.resource import Field, Kind

__all__ = ["ROLLOUT", "ROLLOUT_DEFAULTS", "ROLLOUT_OPTIONS"]

#: The limits of what is inside of the option.
ROLLOUT = Field(
    "rollout",
    Kind.OBJECT,
    fields=(
        Field("on_failure", Kind.TEXT, choices=("keep", "rollback")),
        Field("stable_for", Kind.INTEGER, 0, 3600),
        Field("surge", Kind.INTEGER, 0, 100),
        Field("timeout", Kind.INTEGER, 1, 86400),
    ),
)
#: What a wait takes besides.
ROLLOUT_OPTIONS: dict[str, dict[str, Any]] = {
    "failure_patience": {"type": "int", "default": 60},
    "rollout": {
        "type": "dict",
        "options": {
            "on_failure": {"type": "str", "choices": ["keep", "rollback"], "default": "keep"},
            "stable_for": {"type": "int", "default": 15},
            "surge": {"type": "int", "default": 0},
            "timeout": {"type": "int"},
        },
    },
}
ROLLOUT_DEFAULTS = {name: option.get("default") for name, option in ROLLOUT_OPTIONS["rollout"]["options"].items()}

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of an export: what exists, as files that a fleet reads.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .._schema.resource import Field, Kind, Resource
from .limits import limited
from .violation import ArgumentSpec, Violation

__all__ = ["EXPORT_LIMITS", "SECRETS", "export_argument_spec", "export_violations", "mode_bits"]

#: What becomes of secrets: they stay where they are, a variable takes their place, or there may be none.
SECRETS = ("keep", "reference", "refuse")
#: The limits of the options that only an export has.
EXPORT_LIMITS = (
    Field("dest", Kind.TEXT, 1),
    Field("ids", Kind.LIST, item=Field("id", Kind.TEXT, 1, 255)),
    Field("names", Kind.LIST, item=Field("name", Kind.TEXT)),
    Field("name_prefix", Kind.TEXT, 1, 255),
    Field("secrets", Kind.TEXT, choices=SECRETS),
    Field("force", Kind.BOOLEAN),
)
_OCTAL = re.compile(r"(0o?)?[0-7]{3}", re.ASCII)


def export_argument_spec(resource: Resource) -> ArgumentSpec:
    """The options of a module that exports what there is of a kind."""
    twins = [field for field in resource.fields if field.secret_entries]
    return {
        "dest": {"type": "str", "required": True},
        "ids": {"type": "list", "elements": "str"},
        "names": {"type": "list", "elements": "str"},
        "name_prefix": {"type": "str"},
        **{name: {"type": "str"} for name in resource.scopes},
        "secrets": {"type": "str", "choices": list(SECRETS), "default": SECRETS[0], "no_log": False},
        **{field.plain_option: {"type": "list", "elements": "str", "default": [], "no_log": False} for field in twins},
        "mode": {"type": "raw", "default": "0600"},
        "force": {"type": "bool", "default": False},
    }


def export_violations(resource: Resource, params: Mapping[str, Any]) -> tuple[Violation, ...]:
    """Everything in `params`, as the user wrote them, that cannot be done."""
    texts = [Field(name, Kind.TEXT) for name in resource.scopes]
    keys = [
        Field(field.plain_option, Kind.LIST, item=Field(field.key, Kind.TEXT))
        for field in resource.fields
        if field.secret_entries
    ]
    return (*limited((*EXPORT_LIMITS, *texts, *keys), params), *_broken_mode(params.get("mode")))


def mode_bits(mode: Any) -> int | None:
    """The permissions that `mode` means, a text of octal digits; None where it means none.

    A number means none: nobody can tell 440 from 0670, which YAML reads as the same.
    """
    return int(mode.removeprefix("0o"), 8) if isinstance(mode, str) and _OCTAL.fullmatch(mode) else None


def _broken_mode(mode: Any) -> Iterator[Violation]:
    if mode is not None and mode_bits(mode) is None:
        yield Violation("mode", 'must be permissions in octal digits between quotes, such as "0600"', repr(mode))

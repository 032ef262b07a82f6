# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The path: where something stands in a resource, as users write it.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from .._errors import printable
from .resource import Field, Kind, Resource

__all__ = ["Path", "did_you_mean", "ignore_rule", "path_from"]


@dataclass(frozen=True)
class Path:
    """A field, or with `inside` one of an object's fields or the key of a list's entry.

    `is_twin` says that it was named by the option for the list's secret entries.
    """

    field: Field
    inside: str = ""
    is_twin: bool = False


def path_from(resource: Resource, text: str) -> Path | None:
    """What `text` names, such as `policy`, `policy.type` or `envs.MODE`; None where there is nothing of that name.

    All that follows the first dot is one name: keys may have dots.
    """
    name, dot, inside = text.partition(".")
    for field in resource.fields:
        is_twin = field.secret_entries and name == field.secret_twin
        if (name == field.name or is_twin) and (not dot or _has(field, inside)):
            return Path(field, inside, is_twin)
    return None


def ignore_rule(resource: Resource, text: str) -> str:
    """The rule that `text` breaks as a path whose changes are to be ignored, or an empty text."""
    path = path_from(resource, text)
    if text in ("id", "name"):
        return f": {text} cannot be ignored, because it identifies the {resource.name}"
    if path and not path.field.mutable:
        return f": {text} cannot be ignored, because it never changes"
    if path:
        return ""
    advice = did_you_mean(text, _paths_near(resource, text)) or f" (give a path such as {_example(resource)})"
    return f": {printable(text) or repr(text)} is not a supported option{advice}"


def did_you_mean(text: str, known: Iterable[str]) -> str:
    """The one of the known names that a misspelt one is close to, in brackets; empty where none is."""
    close = get_close_matches(text, tuple(known), 1)
    return f" (did you mean {close[0]}?)" if close else ""


def _has(field: Field, inside: str) -> bool:
    if field.kind is Kind.OBJECT:
        return inside in {row.name for row in field.fields}
    return bool(field.key and inside)


def _paths_near(resource: Resource, text: str) -> list[str]:
    """The paths that may have been meant: what is inside of the field that `text` begins with, or else all fields."""
    fields = [field for field in resource.fields if field.mutable and field.name != "name"]
    around = next((field for field in fields if text.startswith(f"{field.name}.")), None)
    return [f"{around.name}.{row.name}" for row in around.fields] if around else [field.name for field in fields]


def _example(resource: Resource) -> str:
    field = next((field for field in resource.fields if field.fields), resource.fields[-1])
    return f"{field.name}.{field.fields[0].name}" if field.fields else field.name

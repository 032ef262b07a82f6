# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was given: the params of a task without those that are null.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["given", "given_texts"]


def given(params: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """The params without those that are null, which means "not given", inside of options too.

    What an option takes as it is, such as a body, keeps its nulls.
    """
    return {
        name: _given(value, options.get(name, {}).get("options")) for name, value in params.items() if value is not None
    }


def _given(value: Any, inside: Mapping[str, Any] | None) -> Any:
    if inside is None:
        return value
    if isinstance(value, list):
        return [_given(element, inside) for element in value]
    return given(value, inside) if isinstance(value, Mapping) else value


def given_texts(params: Mapping[str, Any], options: Mapping[str, Any]) -> frozenset[str]:
    """Every text that the params give openly. `options` is the argument spec, which says what may be secret."""
    return frozenset(text for name, value in params.items() for text in _texts(value, options.get(name, {})))


def _texts(value: Any, option: Mapping[str, Any]) -> Iterator[str]:
    if option.get("no_log"):
        return
    inside = option.get("options", {})
    match value:
        case str():
            yield value
        case Mapping():
            for name, element in value.items():
                yield from _texts(element, inside.get(name, {}))
        case list():
            for element in value:
                yield from _texts(element, option)

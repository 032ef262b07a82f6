# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Batches: how many of a fleet are changed at a time.

Pure functions. Private to the ppio.gpu collection.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

__all__ = ["Batches", "batches_from"]

_PERCENT = re.compile(r"\s*(\d+)%\s*", re.ASCII)

One = TypeVar("One")


@dataclass(frozen=True)
class Batches:
    """The sizes of the batches, as numbers or as percent of all, the last for all that follow.

    More than `max_failures` failed entries leave those of later batches as they are.
    """

    sizes: tuple[str, ...]
    max_failures: int

    def cut(self, groups: Sequence[Sequence[One]]) -> list[list[One]]:
        """Everything in batches. Each has at least one, and more than its size where a group would be torn apart."""
        batches: list[list[One]] = []
        total, rest = sum(map(len, groups)), list(groups)
        while rest:
            size, batch = self._size(len(batches), total), list(rest.pop(0))
            while rest and len(batch) + len(rest[0]) <= size:
                batch += rest.pop(0)
            batches.append(batch)
        return batches

    def _size(self, number: int, total: int) -> int:
        size = self.sizes[min(number, len(self.sizes) - 1)]
        percent = _PERCENT.fullmatch(size)
        return total * int(percent[1]) // 100 if percent else int(size)


def batches_from(params: Mapping[str, Any]) -> Batches | None:
    """The batches in validated params, None where all are changed at once."""
    sizes = params.get("batches")
    return Batches(tuple(sizes), params["max_failures"]) if sizes else None

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The violation: an option that is not valid, in words.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["ArgumentSpec", "Violation", "unknown"]

ArgumentSpec = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Violation:
    """One option that the API would refuse. `value` is what the user gave, ready to be shown."""

    option: str
    rule: str
    value: str = ""

    def __str__(self) -> str:
        return f"{self.option} {self.rule}" + (f", not {self.value}" if self.value else "")


def unknown(path: str, given: Mapping[str, Any], known: Container[str]) -> Iterator[Violation]:
    """What is no option at all. Ansible says so of the first one, and not where it stands in a long list."""
    return (Violation(f"{path}.{name}", "is not a supported option") for name in given if name not in known)

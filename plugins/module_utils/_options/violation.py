# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The violation: an option that is not valid, in words.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

__all__ = ["ArgumentSpec", "Rules", "Violation", "broken_rules", "unknown"]

ArgumentSpec = dict[str, dict[str, Any]]
#: Ansible's rules about several options, such as `required_one_of`, as AnsibleModule takes them.
Rules = Mapping[str, Sequence[tuple[Any, ...]]]


@dataclass(frozen=True)
class Violation:
    """One option that the API would refuse. `value` is what the user gave, ready to be shown."""

    option: str
    rule: str
    value: str = ""

    def inside(self, place: str) -> Violation:
        """The same where the option stands inside of another one."""
        dot = "." if self.option and not self.option.startswith("[") else ""
        return replace(self, option=f"{place}{dot}{self.option}")

    def __str__(self) -> str:
        return f"{self.option} {self.rule}" + (f", not {self.value}" if self.value else "")


def unknown(path: str, given: Mapping[str, Any], known: Container[str]) -> Iterator[Violation]:
    """What is no option at all. Ansible says so of the first one, and not where it stands in a long list."""
    return (Violation(f"{path}.{name}", "is not a supported option") for name in given if name not in known)


def broken_rules(rules: Rules, params: Mapping[str, Any]) -> Iterator[Violation]:
    """What breaks rules about several options, in our words, so that they stand beside everything else."""
    given = {name for name, value in params.items() if value is not None}
    for names in rules.get("required_one_of", ()):
        if given.isdisjoint(names):
            yield Violation(" or ".join(names), "is needed")
    for names in rules.get("mutually_exclusive", ()):
        if given.issuperset(names):
            yield Violation(" and ".join(names), "cannot be given together")
    for option, value, names in rules.get("required_if", ()):
        # On the command line, true is a text.
        if str(params.get(option)).lower() == str(value).lower():
            yield from (Violation(name, f"is needed with {option}") for name in names if name not in given)

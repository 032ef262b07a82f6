# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The violation: an option that is not valid, in words.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ansible.module_utils.parsing.convert_bool import BOOLEANS_TRUE

from .._schema.path import did_you_mean

__all__ = ["ArgumentSpec", "Rules", "Violation", "broken_rules", "is_true", "kind_of", "string_rule", "unknown"]

ArgumentSpec = dict[str, dict[str, Any]]
#: Ansible's rules about several options, such as `required_one_of`, as AnsibleModule takes them.
Rules = Mapping[str, Sequence[tuple[Any, ...]]]


@dataclass(frozen=True)
class Violation:
    """One option that the API would refuse. `value` is what the user gave, ready to be shown.

    A rule that begins with a colon is a sentence of its own.
    """

    option: str
    rule: str
    value: str = ""

    def inside(self, place: str) -> Violation:
        """The same where the option stands inside of another one."""
        dot = "." if self.option and not self.option.startswith("[") else ""
        return replace(self, option=f"{place}{dot}{self.option}")

    def named(self, name: str) -> Violation:
        """The same with the name of the entry that has the option: a person finds it by that in a long list."""
        return replace(self, option=f"{self.option} ({name})")

    def __str__(self) -> str:
        space = "" if self.rule.startswith(":") else " "
        return f"{self.option}{space}{self.rule}" + (f", not {self.value}" if self.value else "")


def unknown(given: Iterable[Any], known: Collection[str]) -> Iterator[Violation]:
    """What is no option at all. Ansible says so of the first one, and not where it stands in a long list."""
    for name in map(str, given):
        if name not in known:
            yield Violation(name, f"is not a supported option{did_you_mean(name, known)}")


def kind_of(value: Any) -> str:
    """What a value is, in words that show nothing of it."""
    match value:
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a string"
        case Mapping():
            return "a mapping"
        case list() | tuple():
            return "a list"
        case _:
            return f"a {type(value).__name__}"


def is_true(value: Any) -> bool:
    """Whether a value means true to Ansible. On the command line, it is a text."""
    return str(value).lower() in BOOLEANS_TRUE


def string_rule(value: Any) -> str:
    """The rule that a value breaks which is no string: between quotes, what YAML reads as something else is one."""
    is_several = isinstance(value, (Mapping, list, tuple))
    return "must be a string" if is_several else "must be a string (quote it, or use the string filter)"


def broken_rules(rules: Rules, params: Mapping[str, Any]) -> Iterator[Violation]:
    """What breaks rules about several options, in our words, so that they stand beside everything else."""
    given = {name for name, value in params.items() if value is not None}
    for names in rules.get("required_one_of", ()):
        if given.isdisjoint(names):
            yield Violation(" or ".join(names), "is needed")
    for names in rules.get("mutually_exclusive", ()):
        if given.issuperset(names):
            yield Violation(" and ".join(names), "cannot be given together")
    # All of them are about an option that is true.
    for option, _true, names in rules.get("required_if", ()):
        if is_true(params.get(option)):
            yield from (Violation(name, f"is needed with {option}") for name in names if name not in given)

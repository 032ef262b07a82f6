# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a fleet: many of one kind in one task.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .._errors import printable, several_places
from .._schema.resource import Field, Kind, Resource
from .argument_spec import RULES, argument_spec, doubts, entry_check, wait_violations
from .budget_options import budget_violations, cost_options
from .limits import limited
from .validation import LONGEST_VALUE, Check, Checked, list_check, listed_from
from .violation import ArgumentSpec, Rules, Violation, broken_rules, is_true, kind_of

__all__ = ["FLEET_LIMITS", "SHARED", "fleet_argument_spec", "fleet_checked", "fleet_doubts", "fleet_rules"]

#: Options of a single resource that a fleet has once for all.
SHARED = ("wait", "wait_for", "wait_timeout", "failure_patience", "cost", "budget")
#: The limits of the options that a fleet has besides.
FLEET_LIMITS = (
    Field("concurrency", Kind.INTEGER, 1, 64),
    Field("max_failures", Kind.INTEGER, 0, 100000),
    Field("prune_max_percent", Kind.INTEGER, 0, 100),
    Field("name_prefix", Kind.TEXT, 1, 255),
    Field("src", Kind.TEXT),
)
#: How many are changed at a time, where that can be waited for.
_BATCHES: ArgumentSpec = {
    "batches": {"type": "list", "elements": "str"},
    "max_failures": {"type": "int", "default": 0},
}
_NUMBER = re.compile(r"[+-]?\d{1,18}%?", re.ASCII)
_SIZE = re.compile(r"\s*0*([1-9]\d{0,8}|[1-9]\d?%|100%)\s*", re.ASCII)


def fleet_argument_spec(resource: Resource) -> ArgumentSpec:
    """The options of a module that manages many of one kind."""
    single = argument_spec(resource)
    entry = {name: option for name, option in single.items() if name not in SHARED}
    return {
        resource.plural: {"type": "list", "elements": "dict", "options": entry, **RULES},
        "src": {"type": "path"},
        "concurrency": {"type": "int", "default": 16},
        "include_details": {"type": "bool", "default": False},
        **{name: single[name] for name in SHARED if name in single},
        **(_BATCHES if resource.lifecycle else {}),
        **(cost_options("listed", "prefix", "account") if resource.pricing else {}),
        "prune": {"type": "bool", "default": False},
        "name_prefix": {"type": "str"},
        "prune_empty": {"type": "bool", "default": False},
        "prune_max_percent": {"type": "int", "default": 20},
    }


def fleet_rules(resource: Resource) -> Rules:
    """The rules about several options of a fleet."""
    sources = (resource.plural, "src")
    return {
        "required_one_of": [sources],
        "mutually_exclusive": [sources],
        "required_if": [("prune", True, ("name_prefix",))],
    }


def fleet_checked(resource: Resource, params: Mapping[str, Any]) -> Checked:
    """What is wrong with `params`, in all entries, as the user wrote them, and the values of the entries."""
    found = [
        *limited(FLEET_LIMITS, params),
        *broken_rules(fleet_rules(resource), params),
        *_broken_batches(params),
        *budget_violations(params),
    ]
    listed = resource.plural
    entries = params.get(listed)
    if entries is None:
        found += _unread(params.get("src"))
        return Checked(found, {listed: None})
    wrong: list[Violation] = []
    values = list_check(_fleet_entry_check(resource, params.get("wait")), hidden=True)(entries, wrong)
    found += (violation.inside(listed) for violation in wrong)
    return Checked((*found, *_repeated_names(listed, values)), {listed: values})


def fleet_doubts(resource: Resource, params: Mapping[str, Any]) -> tuple[str, ...]:
    """A warning for each value in an entry that is allowed, and perhaps not meant."""
    listed = resource.plural
    return tuple(
        f"{listed}[{number}].{warning}"
        for number, entry in enumerate(params[listed] or ())
        for warning in doubts(resource, entry)
    )


def _unread(source: Any) -> Iterator[Violation]:
    """What is wrong with a `src` that nobody has read: it would stand for no entries at all."""
    if source == "":
        yield Violation("src", "must not be an empty string")
    elif isinstance(source, str):
        yield Violation("src", "can be read only on the controller, by the action plugin of this module")
    elif source is not None:
        yield Violation("src", "must be the path of a file or directory (2026/, not 2026)", kind_of(source))


def _repeated_names(listed: str, values: Any) -> Iterator[Violation]:
    """The entries that would find a resource by the same name, or give it to one. Where none looks, that is fine."""
    named: dict[str, list[int]] = {}
    claimed: set[str] = set()
    for number, entry in enumerate(values if isinstance(values, list) else ()):
        name = entry.get("name") if isinstance(entry, dict) else None
        if isinstance(name, str) and name and (entry.get("state") == "present" or entry.get("id") is None):
            named.setdefault(name, []).append(number)
            claimed |= {name} if entry.get("unique_name") is True else set()
    for name, numbers in named.items():
        if len(numbers) > 1 and name in claimed:
            places = several_places([f"{listed}[{number}]" for number in numbers])
            yield Violation(places, f"describe {printable(name)!r} (keep one of them)")


def _broken_batches(params: Mapping[str, Any]) -> Iterator[Violation]:
    sizes = params.get("batches")
    sizes = listed_from(sizes) if isinstance(sizes, (str, int)) and not isinstance(sizes, bool) else sizes
    if sizes is None:
        return
    if not is_true(params.get("wait")):
        yield Violation("batches", "needs wait: true, because only a wait shows whether the next may be begun")
    if not isinstance(sizes, list) or not sizes:
        yield Violation("batches", "must be a list of at least one size")
        return
    for number, size in enumerate(sizes):
        if isinstance(size, bool) or not _SIZE.fullmatch(str(size)):
            shown = str(size) if _NUMBER.fullmatch(str(size)) else repr(size)
            yield Violation(f"batches[{number}]", "must be a number, 1 or more, or 1% to 100%", shown)


def _fleet_entry_check(resource: Resource, wait: Any) -> Check:
    """The check of one entry in a fleet whose `wait` is of all."""
    inside = entry_check(resource, SHARED)

    def check(value: Any, found: list[Violation]) -> Any:
        wrong: list[Violation] = []
        entry = inside(value, wrong)
        if isinstance(entry, dict):
            wrong += wait_violations(resource, entry, wait)
        name = value.get("name") if isinstance(value, dict) else None
        if isinstance(name, str) and 0 < len(name) <= LONGEST_VALUE:
            wrong = [violation.named(printable(name)) for violation in wrong]
        found += wrong
        return entry

    return check

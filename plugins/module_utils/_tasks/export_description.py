# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The description: what exists, as the entry of a fleet that asks for just that.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._options.argument_spec import checked
from .._options.violation import Violation
from .._planning.state import Current
from .._planning.wanted import key_of
from .._schema.resource import Field, Kind, Resource, is_empty

__all__ = ["Description", "Descriptions", "Reference"]

_NO_WORD = re.compile(r"[^a-z0-9]+")
_FIRST_NAME = re.compile(r"\w+", re.ASCII)


@dataclass(frozen=True)
class Reference:
    """A variable that stands for a secret value."""

    name: str

    def __str__(self) -> str:
        return f"{{{{ {self.name} }}}}"


@dataclass(frozen=True)
class Description:
    """One resource as an entry of a fleet.

    `secrets` are the keys of its secret values, and `references` the variables that stand for those. `left_out` is what
    the contract does not take back.
    """

    id: str
    name: str
    entry: Mapping[str, Any] = field(repr=False)
    secrets: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    left_out: tuple[Violation, ...] = ()


class Descriptions:
    """Describes resources one after the other, so that no two variables have the same name.

    `plain` has, for each list with secret entries, the keys whose values are none.
    """

    def __init__(self, resource: Resource, plain: Mapping[str, frozenset[str]], *, with_references: bool) -> None:
        self._resource = resource
        self._plain = plain
        self._with_references = with_references
        self._used: Counter[str] = Counter()

    def of(self, current: Current, *, is_only_one: bool) -> Description:
        """The description of a resource; without an id where it is the only one of its name."""
        values = {row.name: _settable(row, current.fields[row.name]) for row in self._resource.fields}
        # A default that the API made from the id is nothing that anybody asked for.
        made = [row.name for row in self._resource.fields if not row.mutable and values[row.name] == current.id]
        entry = self._split({name: value for name, value in values.items() if value is not None and name not in made})
        left_out = tuple(checked(self._resource, {**entry, "id": current.id}).violations)
        for violation in left_out:
            for name in self._options(violation):
                entry.pop(name, None)
        name = str(entry.pop("name", ""))
        head: dict[str, Any] = {"name": name} if name else {}
        is_whole = all(row.name in entry for row in self._resource.fields if row.required and row.name != "name")
        if not (name and is_only_one and is_whole):
            head["id"] = current.id
        if name and not is_only_one:
            # Two entries of one name are a mistake otherwise.
            head["unique_name"] = False
        secrets = tuple(self._secrets(entry))
        references = tuple(self._referenced(name or current.id, entry)) if self._with_references else ()
        return Description(current.id, name, {**head, **entry}, secrets, references, left_out)

    def _split(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values as options: of a list with secret entries, those go into its twin, by their keys alone."""
        entry: dict[str, Any] = {}
        for row in self._resource.fields:
            value = values.get(row.name)
            if value is None or row.secret:
                continue
            if not row.secret_entries:
                entry[row.name] = value
                continue
            plain = self._plain.get(row.name, frozenset())
            shown = [one for one in value if key_of(row, one) in plain]
            hidden = [{row.key: key_of(row, one)} for one in value if key_of(row, one) not in plain]
            entry |= {name: entries for name, entries in ((row.name, shown), (row.secret_twin, hidden)) if entries}
        return entry

    def _options(self, violation: Violation) -> tuple[str, ...]:
        """The options of the field that a violation is about."""
        match = _FIRST_NAME.match(violation.option)
        option = match.group() if match else ""
        for row in self._resource.fields:
            if row.secret_entries and option in (row.name, row.secret_twin):
                return row.name, row.secret_twin
        return (option,)

    def _secrets(self, entry: Mapping[str, Any]) -> Iterator[str]:
        for row in self._resource.fields:
            if row.secret_entries:
                yield from (key_of(row, one) for one in entry.get(row.secret_twin, ()))

    def _referenced(self, name: str, entry: Mapping[str, Any]) -> Iterator[Reference]:
        """Put a variable in the place of each secret value."""
        for row in self._resource.fields:
            for one in entry.get(row.secret_twin, ()) if row.secret_entries else ():
                key = one[row.key]
                for inner in row.element.fields:
                    if inner.name != row.key:
                        one[inner.name] = Reference(self._variable(name, key))
                        yield one[inner.name]

    def _variable(self, name: str, key: str) -> str:
        # ansible-lint wants small letters.
        words = [_NO_WORD.sub("_", word.lower()).strip("_") for word in (name, key)]
        variable = "_".join(["vault", *filter(None, words)])
        self._used[variable] += 1
        count = self._used[variable]
        return variable if count == 1 else self._variable(name, f"{key}_{count}")


def _settable(row: Field, value: Any) -> Any:
    """A value that can be asked for, in an order of its own; None for what is left out because it is empty."""
    match row.kind:
        case Kind.OBJECT:
            inner = {one.name: _settable(one, (value or {}).get(one.name)) for one in row.fields}
            return {name: element for name, element in inner.items() if element is not None} or None
        case Kind.LIST:
            return _settable_list(row, value or ())
        case _:
            return value if not is_empty(value) else _settable_empty(row)


def _settable_list(row: Field, value: Sequence[Any]) -> list[Any] | None:
    if not value:
        return [] if row.has_default else None
    if not row.key:
        return sorted(set(value))
    entries = [_settable(row.element, element) or {} for element in value]
    return sorted(entries, key=lambda entry: (key_of(row, entry), json.dumps(entry, sort_keys=True)))


def _settable_empty(row: Field) -> Any:
    """The empty value of a row, where it has to be said and may be."""
    is_needed = row.has_default or (row.required and row.kind is Kind.INTEGER)
    return row.empty if is_needed and row.always_answered else None

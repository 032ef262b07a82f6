# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The states that a change goes through: what is wanted, before it for a while more of it, and the way back.

Each of them is wanted like any other state, so that each is planned, written, proved and waited for in the same way.
Pure functions. Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .._errors import InvalidOptions, require
from .._schema.resource import Field, Fields, Kind, Resource, is_empty
from .masks import is_mask
from .plan import Action, Plan
from .rollout_strategy import Strategy
from .state import Current, Desired, without_null
from .wanted import WHOLE

__all__ = ["Surge", "check_way_back", "moved", "peak", "restoration", "surge", "with_values", "written"]


@dataclass(frozen=True)
class Surge:
    """What is wanted while a change is proved, and what is wanted again afterwards."""

    surged: Desired
    restored: Desired

    def moved(self, name: str, value: str) -> Surge:
        """The same, but for one field."""
        return Surge(moved(self.surged, name, value), moved(self.restored, name, value))


def surge(resource: Resource, current: Current | None, planned: Plan, desired: Desired) -> Surge | None:
    """More replicas for a while, if the user wants that and the plan makes something start; or None."""
    more, lifecycle = _surged(resource, current, planned, desired), resource.lifecycle
    if more is None or lifecycle is None:
        return None
    less = lifecycle.surged(require(planned.after), 0, 0)
    left = _left_ignored(desired, more, less)
    surged, restored = (
        replace(desired, fields={**desired.fields, **without_null(fields)}, ignored=left) for fields in (more, less)
    )
    return Surge(surged, replace(restored, wait_for=""))


def peak(resource: Resource, current: Current | None, planned: Plan, desired: Desired) -> Fields | None:
    """The fields after a plan, with the replicas that are there only while it is proved."""
    more = _surged(resource, current, planned, desired)
    return planned.after if more is None else {**require(planned.after), **more}


def moved(desired: Desired, name: str, value: str) -> Desired:
    """The same, but for one field."""
    return replace(desired, fields={**desired.fields, name: value})


def restoration(resource: Resource, previous: Current, changed: Fields, desired: Desired) -> Desired:
    """The whole state from before `changed` as what is wanted, waited for as long as the user says."""
    strategy = desired.strategy
    timeout, option = strategy.timeout, "rollout.timeout"
    if timeout is None:
        timeout, option = desired.wait_timeout, strategy.timeout_option
    back = Strategy(stable_for=strategy.stable_for, patience=strategy.patience, timeout_option=option)
    before = {row.name: _cleared(row, previous.fields[row.name], changed.get(row.name)) for row in resource.fields}
    whole = written(resource, before, desired)
    return replace(whole, wait_for=desired.wait_for, wait_timeout=timeout, strategy=back)


def written(resource: Resource, fields: Fields, desired: Desired) -> Desired:
    """These fields, as far as an update can send them, as what is wanted: nothing less, and besides what is ignored."""
    values = {
        row.name: without_null(fields[row.name])
        for row in resource.fields
        if row.mutable and fields.get(row.name) is not None
    }
    return Desired(True, desired.id, values, desired.shown, ignored=desired.ignored)


def with_values(fields: Fields, values: Fields) -> dict[str, Any]:
    """The fields with these values in them, inside objects by name."""
    laid = {
        name: {**(fields.get(name) or {}), **value} if isinstance(value, Mapping) else value
        for name, value in values.items()
    }
    return {**fields, **laid}


def check_way_back(resource: Resource, current: Current | None, planned: Plan, desired: Desired) -> None:
    """Raises InvalidOptions where a change that is to be rolled back on failure could not be."""
    if not desired.strategy.rolls_back or current is None:
        return
    if planned.action is Action.RECREATE:
        raise InvalidOptions(
            f"This would delete the {resource.name} {current.id} and create it anew, which cannot be rolled back. "
            f"Nothing was sent. Set rollout.on_failure=keep, or change it without recreating it."
        )
    lost = list(_unrestorable(resource, current, planned)) if planned.action is Action.UPDATE else []
    if lost:
        raise InvalidOptions(
            f"The API does not show the value of {', '.join(lost)} of the {resource.name} {current.id}, so that a "
            f"rollback could not restore it. Nothing was sent. Set rollout.on_failure=keep."
        )


def _surged(resource: Resource, current: Current | None, planned: Plan, desired: Desired) -> Fields | None:
    """The fields with which more is kept while a plan is proved; None where nothing more is."""
    more, lifecycle = desired.strategy.surge, resource.lifecycle
    starts = planned.restarts or planned.action in (Action.CREATE, Action.RECREATE)
    if not (more and desired.wait_for and lifecycle and starts):
        return None
    # What is there already must not pass for the replicas that are to start.
    there = lifecycle.replicas(current.observed) if current and planned.action is Action.UPDATE else ()
    return lifecycle.surged(require(planned.after), sum(1 for one in there if not one.leaves), more)


def _left_ignored(desired: Desired, more: Fields, less: Fields) -> Mapping[str, frozenset[str]]:
    """What is ignored but for the values that a surge changes: nobody else may change them meanwhile."""
    left = dict(desired.ignored)
    for name in more.keys() & left.keys():
        inside = frozenset(more[name]) if WHOLE in left[name] else left[name]
        left[name] = frozenset(one for one in inside if more[name].get(one) == less[name].get(one))
    return left


def _cleared(row: Field, value: Any, changed: Any) -> Any:
    """The value from before a change; the empty one where the API said nothing, and the change set something."""
    if row.kind is Kind.OBJECT:
        return {
            inner.name: _cleared(inner, (value or {}).get(inner.name), (changed or {}).get(inner.name))
            for inner in row.fields
        }
    return row.empty if value is None and not is_empty(changed) else value


def _unclearable(row: Field, path: str, value: Any, changed: Any) -> Iterator[str]:
    """The paths of what a change sets, of which the API does not say what it was, and that nobody can clear."""
    if row.kind is Kind.OBJECT:
        for inner in row.fields:
            old, new = ((one or {}).get(inner.name) for one in (value, changed))
            yield from _unclearable(inner, f"{path}.{inner.name}", old, new)
    elif value is None and not is_empty(changed) and row.mutable and row.empty is None:
        yield path


def _unrestorable(resource: Resource, current: Current, planned: Plan) -> Iterator[str]:
    """The paths of values that the API hides or leaves out, so that nobody could bring them back."""
    for row in resource.fields:
        yield from _unclearable(row, row.name, current.fields[row.name], (planned.after or {}).get(row.name))
        if row.secret and _is_hidden(current.fields[row.name]):
            yield row.name
        if row.secret_entries:
            for entry in current.fields[row.name]:
                if any(_is_hidden(value) for name, value in entry.items() if name != row.key):
                    yield f"{row.name}.{entry[row.key]}"


def _is_hidden(value: str | None) -> bool:
    return value is None or is_mask(value)

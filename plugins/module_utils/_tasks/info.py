# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading: what an info module does, from its params to its result. Its options follow from the table.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from .._api.client import Client, Item
from .._api.connection import connection_from
from .._api.thread_pool import mapped
from .._errors import InvalidResponse, PpioError
from .._options.limits import limited
from .._options.validation import Checked
from .._options.violation import ArgumentSpec
from .._planning.compare import combined
from .._planning.scrub import hidden_values
from .._planning.state import Current, completed, current_from, observed_from
from .._redaction import Secrets
from .._schema.resource import Field, Filter, Kind, Resource
from .execution import Execution
from .result import call_facts, view
from .task import Report, Task, unverified

__all__ = ["inform", "limits"]

_CONCURRENCY = 8
_TYPES = {Kind.TEXT: "str", Kind.INTEGER: "int"}


def inform(resource: Resource) -> Task:
    """The task that lists what there is of a kind, or reads one."""
    return Task(_options(resource), partial(_checked, resource), partial(_report, resource))


def _options(resource: Resource) -> ArgumentSpec:
    options: ArgumentSpec = {one.option.name: _option(one) for one in resource.filters}
    if resource.orders:
        options["sort_by"] = {"type": "str", "choices": list(resource.orders)}
    if resource.brief:
        options["brief"] = {"type": "bool", "default": False}
    if resource.verbs.read:
        options |= {"id": {"type": "str"}, "include_details": {"type": "bool", "default": False}}
    for row in resource.fields:
        if row.secret_entries:
            options[row.show_option] = {"type": "bool", "default": False}
    return options


def _option(one: Filter) -> dict[str, Any]:
    option: dict[str, Any] = {"type": _TYPES[one.option.kind]}
    if "key" in one.option.name:
        # It would look like a secret to Ansible.
        option["no_log"] = False
    if one.option.choices:
        option["choices"] = list(one.option.choices)
    return option if one.default is None else {**option, "default": one.default}


def limits(resource: Resource) -> tuple[Field, ...]:
    """The limits of what an info module of this kind takes."""
    orders = (Field("sort_by", Kind.TEXT, choices=tuple(resource.orders)),) if resource.orders else ()
    return (*(one.option for one in resource.filters), *orders)


def _checked(resource: Resource, params: Mapping[str, Any]) -> Checked:
    return Checked(limited(limits(resource), params), {})


def _report(resource: Resource, params: Mapping[str, Any], execution: Execution) -> Report:
    """Read with validated params, which is the same in every mode. Nothing is told of it but retries."""
    warnings, secrets = unverified(params), Secrets()
    execution.progress.hide(secrets)
    try:
        client = execution.client(resource, connection_from(params, secrets))
        if resource.is_single:
            only = observed_from(resource, client.single())
            return Report({"changed": False, resource.name: resource.derived(only)}, warnings, secrets)
        shown = [_shown(client, current, params, secrets) for current in _read(client, params)]
    except PpioError as error:
        return Report(
            {"changed": False, "msg": error.message, "error": call_facts(error)}, warnings, secrets, failed=True
        )
    kept = [one for one in shown if _is_kept(resource, one, params)]
    if order := params.get("sort_by"):
        kept.sort(key=resource.orders[order])
    if params.get("brief"):
        kept = [{name: one[name] for name in resource.brief} for one in kept]
    return Report({"changed": False, resource.plural: kept}, warnings, secrets)


def _read(client: Client, params: Mapping[str, Any]) -> list[Current]:
    resource = client.resource
    if params.get("id") is not None:
        item = client.read(params["id"])
        return [] if item is None else [_taken(client, params, item)]
    given = {one.query: params[one.option.name] for one in resource.filters if one.query}
    query = {name: str(value) for name, value in given.items() if value is not None}
    # One that cannot be read must not be in the way of another one.
    items = [item for item in client.listed(query) if _may_be_meant(resource, item, params)]
    currents = [_taken(client, params, item) for item in items]
    kept = [current for current in currents if _is_kept(resource, _values(resource, current), params)]
    if not resource.verbs.read:
        return kept
    if params["include_details"] or (params.get("name") is not None and len(kept) == 1):
        return _detailed(client, params, kept)
    return kept


def _may_be_meant(resource: Resource, item: Item, params: Mapping[str, Any]) -> bool:
    """Whether it has the name, where the whole name is asked for."""
    return not resource.fields or params.get("name") in (None, item.get(resource.name_name))


def _taken(client: Client, params: Mapping[str, Any], item: Item) -> Current:
    """What an answer shows; no text repeats the values that are to be hidden from now on."""
    try:
        current = current_from(client.resource, item)
    except InvalidResponse as error:
        raise error.noted(f"It is about the {client.resource.name} {client.id_of(item)}.") from None
    client.suspect(hidden_values(client.resource, current.fields, _shown_keys(client.resource, current, params)))
    return current


def _detailed(client: Client, params: Mapping[str, Any], currents: Sequence[Current]) -> list[Current]:
    """List items completed by reads. What neither a read nor another list shows has just gone, and is left out."""
    read = [
        _unless_failed(answer) for answer in mapped(lambda own, one: own.read(one.id), currents, client, _CONCURRENCY)
    ]
    staying = {client.id_of(item) for item in client.listed()} if None in read else frozenset()
    return [
        combined(client.resource, current, _taken(client, params, item)) if item else current
        for current, item in zip(currents, read, strict=True)
        if item or current.id in staying
    ]


def _unless_failed(result: Item | PpioError | None) -> Item | None:
    if isinstance(result, PpioError):
        raise result
    return result


def _values(resource: Resource, current: Current) -> dict[str, Any]:
    return resource.derived({**current.fields, **current.observed})


def _is_kept(resource: Resource, values: Mapping[str, Any], params: Mapping[str, Any]) -> bool:
    return all(
        one.keeps is None or params[one.option.name] is None or one.keeps(values, params[one.option.name])
        for one in resource.filters
    )


def _shown(client: Client, current: Current, params: Mapping[str, Any], secrets: Secrets) -> dict[str, Any]:
    resource = client.resource
    if not resource.fields:
        return resource.derived(completed(resource.observed, current.observed))
    shown = _shown_keys(resource, current, params)
    return view(resource, current.id, current.fields, current.observed, shown, secrets) or {}


def _shown_keys(resource: Resource, current: Current, params: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """The keys of the secret entries whose values the user asks for."""
    return {
        row.name: frozenset(entry[row.key] or "" for entry in current.fields[row.name])
        for row in resource.fields
        if row.secret_entries and params[row.show_option]
    }

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The result: what the user sees of one resource, of an error, and of the params.

Results have the same keys whatever happened, lists in an order of their own, and no value that may be secret. Private
to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._errors import NOTHING_DONE, Call, PartialResult, PpioError, printable
from .._planning.compare import Difference
from .._planning.conversation import Conversation
from .._planning.ignore import ignored_differences
from .._planning.outcome import Outcome
from .._planning.scrub import hidden_values, scrubbed, scrubbed_texts
from .._planning.state import Desired, completed
from .._redaction import HIDDEN, HIDDEN_CHANGED, Secrets
from .._schema.resource import Field, Fields, Kind, Resource
from .conversation import conversation_view

__all__ = [
    "call_facts",
    "deleted",
    "diff_of",
    "failure",
    "ignored",
    "invocation",
    "presence",
    "rollout",
    "smoke_test",
    "success",
    "view",
]

Shown = Mapping[str, frozenset[str]]

_ADDRESSES = ("api_url", "gateway_url", "url")


def success(resource: Resource, outcome: Outcome, shown: Shown, secrets: Secrets, *, diff: bool) -> dict[str, Any]:
    """The result of a task that did what it was asked to."""
    result: dict[str, Any] = {
        "changed": outcome.changed,
        "operation": outcome.action.value,
        "id": outcome.id,
        resource.name: view(resource, outcome.id, outcome.fields, outcome.observed, shown, secrets),
        **smoke_test(resource, outcome.smoke_test, secrets),
        **rollout(resource, outcome.rollout, secrets),
    }
    if diff:
        result["diff"] = diff_of(resource, outcome, shown)
    return result


def failure(resource: Resource, error: PpioError, shown: Shown, secrets: Secrets) -> dict[str, Any]:
    """The result of a task that failed: why, and what it had done before."""
    partial = error.partial or NOTHING_DONE
    return {
        "msg": secrets.hide(error.message),
        "changed": partial.changed,
        "operation": partial.operation,
        "id": partial.id,
        resource.name: view(resource, partial.id, partial.fields, partial.observed, shown, secrets),
        **smoke_test(resource, partial.smoke_test, secrets),
        "deleted": deleted(resource, partial, shown, secrets),
        **rollout(resource, partial.rollout, secrets),
        "error": call_facts(error),
    }


def smoke_test(resource: Resource, talk: Conversation | None, secrets: Secrets) -> dict[str, Any]:
    """How the smoke test went, of what can be asked; None where there was none."""
    if resource.service is None:
        return {}
    if talk is None:
        return {"smoke_test": None}
    # Only a request, never a job.
    return {"smoke_test": {name: value for name, value in conversation_view(talk, secrets).items() if name != "job"}}


def deleted(resource: Resource, partial: PartialResult, shown: Shown, secrets: Secrets) -> dict[str, Any] | None:
    """What had to make room and could not be put back, as it was; None where nothing was lost."""
    old = partial.deleted
    return view(resource, old.id, old.fields, old.observed, shown, secrets) if old else None


def rollout(resource: Resource, told: Mapping[str, Any] | None, secrets: Secrets) -> dict[str, Any]:
    """What a wait has shown of a resource that can be waited for; None where there was no wait."""
    return {"rollout": scrubbed_texts(told, secrets)} if resource.lifecycle else {}


def call_facts(error: PpioError) -> dict[str, Any]:
    """The call that failed, with empty values where the error is of no call."""
    call = error.call or Call("", "")
    return {
        "method": call.method,
        "path": call.path,
        "status": call.status,
        "reason": call.reason,
        "request_id": call.request_id,
    }


def view(
    resource: Resource,
    identity: str | None,
    fields: Fields | None,
    observed: Fields | None,
    shown: Shown,
    secrets: Secrets,
) -> dict[str, Any] | None:
    """One resource as every module returns it, with all rows of the table; None for what is not known or not there."""
    if fields is None:
        return None
    known = completed(resource.fields, fields)
    # Of what was as wanted, nobody has told yet what its texts may repeat.
    secrets.suspect(hidden_values(resource, known, shown))
    seen = completed(resource.observed, {**scrubbed(resource, observed or {}, secrets), "id": identity})
    values = {**known, **seen}
    return {row.name: _visible(row, values[row.name], shown) for row in (*resource.fields, *resource.observed)}


def presence(resource: Resource, observed: Fields | None, secrets: Secrets) -> dict[str, Any]:
    """Where a resource is asked and how it is, in short, of a kind that has that; None for what is not known."""
    told: dict[str, Any] = {}
    if resource.service:
        told["url"] = secrets.hide_named(resource.service.address(observed)) or None if observed else None
    if resource.lifecycle:
        told["status"] = printable(resource.lifecycle.state(observed), secrets) or None if observed else None
    return told


def ignored(resource: Resource, fields: Fields | None, desired: Desired) -> list[dict[str, Any]]:
    """What is not as the task says and is left so, because its changes are ignored."""
    if fields is None or not desired.present:
        return []
    return [
        {
            "path": difference.path,
            "current": _difference_side(difference, difference.current, desired.shown),
            "wanted": _difference_side(difference, difference.wanted, desired.shown),
        }
        for difference in ignored_differences(resource, fields, desired)
    ]


def invocation(params: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """The params of the task without the secret ones, for -vvv. `options` is the argument spec."""
    given = {name: value for name, value in params.items() if not name.startswith("_ansible_")}
    shown = {name: _open(value, options.get(name, {"no_log": True})) for name, value in given.items()}
    # A user, a query or a fragment has no place in an address, so it may be a secret.
    shown |= {name: HIDDEN for name in _ADDRESSES if set("@?#") & set(str(shown.get(name)))}
    return {"module_args": shown}


def diff_of(resource: Resource, outcome: Outcome, shown: Shown) -> dict[str, Any]:
    """The fields before and after, as --diff shows them."""
    before = _side(resource, outcome.before, shown)
    after = _side(resource, outcome.after, shown)
    for field in resource.fields:
        if field.secret and (outcome.before or {}).get(field.name) != (outcome.after or {}).get(field.name):
            after |= {field.name: HIDDEN_CHANGED} if before and field.name in after else {}
        if field.secret_entries:
            _mark_changes(
                field, after.get(field.name, []), _by_key(field, outcome.before), _by_key(field, outcome.after)
            )
    return {"before": before, "after": after}


def _difference_side(difference: Difference, value: Any, shown: Shown) -> Any:
    """One side of a difference: of an entry only what is beside its key, and nothing that may be secret."""
    field, key = difference.field, difference.path.partition(".")[2]
    if value is None or (field.key and not value):
        return None
    if field.secret or (field.secret_entries and key not in shown.get(field.name, ())):
        return HIDDEN
    if not field.key:
        # The API's order means nothing.
        return sorted(set(value)) if field.kind is Kind.LIST else value
    rest = [{name: inner for name, inner in entry.items() if name != field.key} for entry in value]
    plain = [next(iter(inner.values())) if len(inner) == 1 else inner for inner in rest]
    return plain[0] if len(plain) == 1 else plain


def _open(value: Any, option: Mapping[str, Any]) -> Any:
    """The value of an option without what may be secret in it."""
    inside = option.get("options")
    match value:
        case None:
            return None
        case _ if option.get("no_log"):
            return HIDDEN
        case Mapping() if inside:
            # What stands at a wrong place may be anything.
            return {
                inner if inner in inside else HIDDEN: _open(element, inside[inner]) if inner in inside else HIDDEN
                for inner, element in value.items()
            }
        case list():
            return [_open(element, option) for element in value]
        case _ if inside:
            return HIDDEN
        case _:
            return value


def _side(resource: Resource, fields: Fields | None, shown: Shown) -> dict[str, Any]:
    if fields is None:
        return {}
    values = completed(resource.fields, fields)
    known: dict[str, Any] = _known({row.name: _visible(row, values[row.name], shown) for row in resource.fields})
    return known


def _known(value: Any) -> Any:
    """`value` without what is not known inside of it."""
    match value:
        case Mapping():
            inner = {name: _known(element) for name, element in value.items()}
            return {name: element for name, element in inner.items() if element not in (None, {}, [])}
        case list():
            return [_known(element) for element in value]
        case _:
            return value


def _by_key(field: Field, fields: Fields | None) -> dict[str, Mapping[str, Any]]:
    return {entry.get(field.key) or "": entry for entry in (fields or {}).get(field.name) or ()}


def _mark_changes(
    field: Field, entries: list[dict[str, Any]], before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    for entry in entries:
        key = entry.get(field.key) or ""
        if key in before and before[key] != after[key]:
            entry.update({name: HIDDEN_CHANGED for name, value in entry.items() if value == HIDDEN})


def _visible(field: Field, value: Any, shown: Shown) -> Any:
    """A list in an order of its own, because the API's means nothing; a redacted one with only the values shown."""
    if field.secret:
        return HIDDEN if value else value
    if field.kind is not Kind.LIST:
        return value
    if not field.key:
        return sorted(set(value))
    entries = sorted(value, key=lambda entry: (entry[field.key] or "", str(sorted(map(str, entry.values())))))
    if not field.secret_entries:
        return entries
    return [
        entry if (entry[field.key] or "") in shown.get(field.name, ()) else _hidden(field, entry) for entry in entries
    ]


def _hidden(field: Field, entry: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value if name == field.key else HIDDEN for name, value in entry.items()}

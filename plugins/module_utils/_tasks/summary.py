# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The result of a fleet: what the user sees of many resources.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from .._errors import NotAttempted, UnexpectedError, first_of, printable
from .._planning.scrub import hidden_values
from .._planning.state import completed
from .._reconcile.entry import Done, Failed, Settled
from .._redaction import Secrets
from .._schema.resource import Resource
from .choice import choice_facts
from .result import deleted, diff_of, ignored, presence, rollout, smoke_test

__all__ = ["summary"]

_NAMED_FAILURES = 3
_WORDS = {"create": "created", "update": "updated", "recreate": "recreated", "delete": "deleted", "none": "unchanged"}


def summary(resource: Resource, ends: Sequence[Settled], secrets: Secrets, *, diff: bool) -> dict[str, Any]:
    """The result of a task for a whole fleet. It has a `msg` if anything failed."""
    entries = [_entry(resource, end, secrets) for end in ends]
    ids = {
        end.entry.name: identity
        for end in ends
        if end.entry.desired.present and (identity := end.partial.id) is not None
    }
    result: dict[str, Any] = {
        "changed": any(entry["changed"] for entry in entries),
        "summary": _counts(ends),
        resource.plural: entries,
        "ids": ids,
        "ansible_facts": {f"ppio_{resource.name}_ids": ids},
        # Who read files says which.
        "src_files": [],
    }
    if diff:
        result["diff"] = [_diff(resource, end) for end in ends if isinstance(end, Done) and end.outcome.changed]
    if any(isinstance(end, Failed) for end in ends):
        result["msg"] = _message(resource, result["summary"], ends, entries)
        result |= _traceback(ends)
    return result


def _entry(resource: Resource, end: Settled, secrets: Secrets) -> dict[str, Any]:
    partial, desired = end.partial, end.entry.desired
    if partial.fields is not None:
        # Of what is not exactly as wanted, nobody has told yet what its texts may repeat.
        secrets.suspect(hidden_values(resource, completed(resource.fields, partial.fields), desired.shown))
    entry = {
        "name": end.entry.name,
        "id": partial.id or desired.id,
        "operation": partial.operation,
        "changed": partial.changed,
        **presence(resource, partial.observed, secrets),
        "ignored": ignored(resource, partial.fields, desired),
        **({"deleted": deleted(resource, partial, desired.shown, secrets)} if isinstance(end, Failed) else {}),
        **choice_facts(resource, end),
        **smoke_test(resource, partial.smoke_test, secrets),
        **rollout(resource, partial.rollout, secrets),
    }
    return {**entry, "message": secrets.hide(end.error.message)} if isinstance(end, Failed) else entry


def _counts(ends: Sequence[Settled]) -> dict[str, int]:
    counts = Counter(map(_word, ends))
    return {word: counts[word] for word in (*_WORDS.values(), "failed", "not_attempted")}


def _word(end: Settled) -> str:
    if isinstance(end, Failed):
        return "not_attempted" if isinstance(end.error, NotAttempted) else "failed"
    return _WORDS[end.outcome.action.value]


def _message(
    resource: Resource, counts: Mapping[str, int], ends: Sequence[Settled], entries: Sequence[Mapping[str, Any]]
) -> str:
    """How many failed, and why the first ones did; what was not even tried has no reason of its own."""
    reasons = [
        f"{printable(entry['name'])}: {entry['message']}"
        for end, entry in zip(ends, entries, strict=True)
        if _word(end) == "failed"
    ]
    skipped = f", {counts['not_attempted']} not attempted" if counts["not_attempted"] else ""
    failed = f"{counts['failed']} of {len(entries)} {resource.plural} failed"
    # Entries that are in each other's way say the same.
    return f"{failed}{skipped}: {first_of([*dict.fromkeys(reasons)], _NAMED_FAILURES, '; ')}"


def _traceback(ends: Sequence[Settled]) -> dict[str, str]:
    """Where a mistake of this collection was met, if there was one."""
    errors = [end.error for end in ends if isinstance(end, Failed)]
    return next(({"exception": error.traceback} for error in errors if isinstance(error, UnexpectedError)), {})


def _diff(resource: Resource, end: Done) -> dict[str, Any]:
    name = end.entry.name
    diff = diff_of(resource, end.outcome, end.entry.desired.shown)
    return {**diff, "before_header": name, "after_header": name}

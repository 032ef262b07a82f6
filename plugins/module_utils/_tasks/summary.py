# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may the user see of many resources?

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ._errors import NotAttempted, existing, printable
from ._fleet import Line
from ._resource import Resource
from ._result import diff_of
from ._secrets import Secrets

__all__ = ["summary"]

_NAMED_FAILURES = 3
_WORDS = {"create": "created", "update": "updated", "recreate": "recreated", "delete": "deleted", "none": "unchanged"}


def summary(resource: Resource, lines: Sequence[Line], secrets: Secrets, *, diff: bool) -> dict[str, Any]:
    """The result of a task for a whole fleet. It has a `msg` if anything failed."""
    entries = [_entry(line, secrets) for line in lines]
    ids = {
        line.name: entry["id"]
        for line, entry in zip(lines, entries, strict=True)
        if line.desired.present and entry["id"] is not None
    }
    result: dict[str, Any] = {
        "changed": any(entry["changed"] for entry in entries),
        "summary": _counts(lines),
        f"{resource.name}s": entries,
        "ids": ids,
        "ansible_facts": {f"ppio_{resource.name}_ids": ids},
    }
    if diff:
        result["diff"] = [_diff(resource, line) for line in lines if line.outcome and line.outcome.changed]
    if any(line.error for line in lines):
        result["msg"] = _message(resource, result["summary"], lines, entries)
    return result


def _entry(line: Line, secrets: Secrets) -> dict[str, Any]:
    progress = line.outcome.progress if line.outcome else line.error.progress if line.error else None
    entry: dict[str, Any] = {
        "name": line.name,
        "id": (progress.id if progress else None) or line.desired.id,
        "operation": progress.operation if progress else "none",
        "changed": progress.changed if progress else False,
    }
    if line.error:
        entry["message"] = secrets.hide(line.error.message)
    return entry


def _counts(lines: Sequence[Line]) -> dict[str, int]:
    counts = Counter(_word(line) for line in lines)
    return {word: counts[word] for word in (*_WORDS.values(), "failed", "not_attempted")}


def _word(line: Line) -> str:
    if line.error:
        return "not_attempted" if isinstance(line.error, NotAttempted) else "failed"
    return _WORDS[line.outcome.action.value] if line.outcome else "unchanged"


def _message(
    resource: Resource, counts: Mapping[str, int], lines: Sequence[Line], entries: Sequence[Mapping[str, Any]]
) -> str:
    """How many failed, and why the first ones did; what was not even tried has no reason of its own."""
    reasons = [
        f"{printable(entry['name'])}: {entry['message']}"
        for line, entry in zip(lines, entries, strict=True)
        if line.error and not isinstance(line.error, NotAttempted)
    ]
    more = f"; and {len(reasons) - _NAMED_FAILURES} more" if len(reasons) > _NAMED_FAILURES else ""
    skipped = f", {counts['not_attempted']} not attempted" if counts["not_attempted"] else ""
    failed = f"{counts['failed']} of {len(entries)} {resource.name}s failed"
    return f"{failed}{skipped}: {'; '.join(reasons[:_NAMED_FAILURES])}{more}"


def _diff(resource: Resource, line: Line) -> dict[str, Any]:
    return {
        **diff_of(resource, existing(line.outcome), line.desired.shown),
        "before_header": line.name,
        "after_header": line.name,
    }

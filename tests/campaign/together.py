# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Is what all runs of a schedule say and do right, taken together?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from .plays import Performance
from .runs import Run
from .world import Truth

__all__ = ["disagreed", "failed_needlessly", "forgotten"]

#: Settings that are faults, or let a task fail for other good reasons.
_STRANGE = (
    *("visible_in_get_after", "visible_in_list_after", "linger_in_get", "linger_in_list", "flapping_list"),
    *("repeat_cursor", "ignored_fields", "normalizations", "create_only", "unique_names", "image_lives"),
    *("mask", "sold_out"),
)
#: Seconds within which what works is ready.
_WAITS_LONG = 60
#: Seconds within which a lock is had.
_WAITS_FOR_LOCK = 100


def disagreed(performance: Performance) -> Iterator[str]:
    """Runs that were to elect one of several and all say that they did, but left more than one."""
    settings = performance.schedule.settings
    if settings.create_only or (settings.flapping_list and settings.visible_in_get_after):
        # Who deletes its own hears in each way that it is gone, though it is not.
        return
    left = {endpoint["id"]: endpoint["name"] for endpoint in performance.left}
    parts = [part for run in performance.runs for part in run.parts]
    for name in {part.options.get("name") for part in parts}:
        voters = [part for part in parts if part.options.get("name") == name]
        agree = all(
            part.options["on_duplicate"] == "keep_oldest" and part.options["unique_name"] and not part.options.get("id")
            for part in voters
        )
        doubtful = any(
            part.report.failed
            or any(words in part.text for words in ("cannot be ruled out", "show up later", "it was sent again"))
            for part in voters
        )
        remaining = {identity for part in voters for identity in part.committed("POST")} & left.keys()
        if agree and not doubtful and len(remaining) > 1:
            yield f"all elected, and several are left: {', '.join(sorted(remaining))}"


def failed_needlessly(performance: Performance) -> Iterator[str]:
    """A task that fails though it is alone, its network is good, and the API and what is there are as wished."""
    schedule, settings = performance.schedule, performance.schedule.settings
    names = [endpoint["name"] for endpoint in performance.first]
    strange = any(getattr(settings, name) for name in _STRANGE) or settings.life != "ready" or settings.balance != "ok"
    if schedule.faults or strange or len({name.casefold() for name in names}) < len(names):
        return
    (controller, *others), (run, *_others) = schedule.controllers, performance.runs
    if others or controller.dies is not None or controller.options["wait_timeout"] < _WAITS_LONG or not run.requests:
        return
    for part in run.parts:
        wanted = part.options.get("name") or ""
        is_alike = any(name != wanted and name.casefold().strip() == wanted.casefold().strip() for name in names)
        if part.report.failed and not is_alike and not _is_taken(part.options, performance.first):
            yield f"fails needlessly: {part.result['msg']}"


def _is_taken(wanted: Mapping[str, Any], existing: Truth) -> bool:
    """Whether the name that one is to get by its id is another one's."""
    identity, name = wanted.get("id"), wanted.get("name")
    return bool(identity) and any(one["name"] == name and one["id"] != identity for one in existing)


def forgotten(performance: Performance) -> Iterator[str]:
    """A machine whose runs created the same more than once, though none was told to, and nothing was deleted."""
    settings = performance.schedule.settings
    if settings.create_only:
        return
    parts: defaultdict[tuple[int, Any], list[Run]] = defaultdict(list)
    for controller, run in zip(performance.schedule.controllers, performance.runs, strict=True):
        for part in run.parts:
            parts[controller.machine, part.options.get("name")].append(part)
    deleted = {identity for run in performance.runs for identity in run.committed("DELETE")}
    for runs in parts.values():
        is_careful = all(
            run.options["on_ambiguous"] == "fail"
            and run.options["unique_name"]
            # Who does not get the lock in time goes on without, and says so.
            and "holds its lock" not in run.text
            and not (run.is_killed and run.options["retry_timeout"] < _WAITS_FOR_LOCK)
            for run in runs
        )
        created = [identity for run in runs for identity in run.committed("POST")]
        if is_careful and not deleted and len(created) > 1:
            yield f"one machine created {', '.join(created)} for one name"

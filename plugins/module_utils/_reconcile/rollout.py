# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What comes after the wait for a change: a surge is taken back, and what does not work is rolled back.

Both are states that are wanted, and are brought about like any other. Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

from .._errors import ChangedMeanwhile, NotFound, NotUnique, OutcomeUnknown, PpioError, require
from .._planning.outcome import Outcome
from .._planning.plan import Action
from .._planning.rollout_states import Surge, restoration, with_values, written
from .._planning.state import Current, Desired
from .._progress import ProgressReporter
from .._schema.lifecycle import Write
from .._schema.resource import Fields, Resource
from .carry_out import carried_out, refreshed
from .entry import Done, Entry, Failed, Held, Located, Stage
from .memory import Memory
from .snapshot import Snapshot, listed
from .view import View

__all__ = ["finished"]


def finished(view: View, stages: Sequence[Stage], progress: ProgressReporter, memory: Memory) -> list[Stage]:
    """The entries once nothing of them is left to be taken back."""
    resource, taken = view.client.resource, _taken_names(stages) | _names_of_others(view, stages)
    follow_ups = {
        number: follow_up for number, stage in enumerate(stages) if (follow_up := _follow_up(resource, stage, taken))
    }
    if follow_ups:
        progress.phase(_phase_line([stages[number] for number in follow_ups], resource))
    ends = (
        dict(zip(follow_ups, carried_out(view, list(follow_ups.values()), progress, memory), strict=True))
        if follow_ups
        else {}
    )
    return [_ended(stage, ends.get(number)) for number, stage in enumerate(stages)]


def _phase_line(stages: Sequence[Stage], resource: Resource) -> str:
    """What is left to be done, in words."""
    names: dict[str, list[str]] = {"removing the extra workers of": [], "rolling back": []}
    for stage in stages:
        is_rollback = isinstance(stage, Held) and _is_to_roll_back(stage)
        names["rolling back" if is_rollback else "removing the extra workers of"].append(stage.entry.name)
    return " and ".join(f"{doing} {resource.named(of)}" for doing, of in names.items() if of)


def _taken_names(stages: Sequence[Stage]) -> frozenset[str]:
    """The names that the resources of this task's entries have by now, or may have."""
    return frozenset(
        str((_last_fields(stage) or {}).get("name", stage.entry.name)) for stage in stages if _exists(stage)
    )


def _names_of_others(view: View, stages: Sequence[Stage]) -> frozenset[str]:
    """The names that other tasks may have given away since, if one is to be taken back."""
    own = {
        stage.done.outcome.id
        for stage in stages
        if isinstance(stage, Held) and stage.done.outcome.renamed and _is_to_roll_back(stage)
    }
    if not own:
        return frozenset()
    try:
        swept = Snapshot(view.client.resource, listed(refreshed(view).client))
    except PpioError:
        # Without a list nobody can tell, and the user wants the old settings back.
        return frozenset()
    return frozenset(name for name, identity in swept.names() if identity not in own)


def _exists(stage: Stage) -> bool:
    """Whether there is a resource for an entry, or may be one."""
    if isinstance(stage, Failed):
        is_open = isinstance(stage.error, (OutcomeUnknown, NotUnique))
        return is_open or bool(stage.partial.id or stage.partial.changed)
    return stage.entry.desired.present


def _last_fields(stage: Stage) -> Fields | None:
    """The fields of an entry's resource as they were seen last; None where there is none, or nobody knows."""
    match stage:
        case Done():
            return stage.outcome.fields
        case Held():
            return stage.done.outcome.fields
        case Failed():
            return stage.partial.fields
        case _:
            return None


def _follow_up(resource: Resource, stage: Stage, taken: Set[str]) -> Located | None:
    """What is left to be done after the wait, or None. A name that another entry has got is not taken back."""
    match stage:
        case Done() if stage.entry.surge:
            return _to_change_again(resource, stage, _without_extra_workers(stage.entry, stage.entry.surge))
        case Held() if _is_to_roll_back(stage):
            done = stage.done
            outcome, desired = done.outcome, replace(done.entry.desired, ignored=done.entry.target.ignored)
            before = restoration(resource, require(outcome.previous), require(outcome.after), desired)
            fields = with_values(before.fields, done.entry.recovered)
            if outcome.renamed and fields[resource.name_name] in taken:
                fields = {**fields, resource.name_name: require(outcome.after)[resource.name_name]}
            before = replace(before, fields=fields)
            return _to_change_again(
                resource, done, Entry(before, done.entry.name, is_rollback=True, distrusted=_distrusted(done))
            )
        case Held() if stage.entry.surge:
            return _to_change_again(resource, stage.done, _without_extra_workers(stage.entry, stage.entry.surge))
        case _:
            return None


def _without_extra_workers(entry: Entry, more: Surge) -> Entry:
    """The entry without its surge. A warning about another task's surge was given already."""
    return replace(entry, desired=more.restored, surge=None, recovered={})


def _to_change_again(resource: Resource, done: Done, entry: Entry) -> Located:
    """An entry to be changed once more, if it is as this task has left it."""
    outcome = done.outcome
    left = Current(outcome.identity, outcome.fields or {}, outcome.observed or {})
    expected: Desired = written(resource, require(outcome.after), done.entry.target)
    return Located(entry, left, is_stale=True, expected=expected)


def _distrusted(done: Done) -> frozenset[str]:
    """The replicas that serve and gave the wrong answer, so that they prove nothing in a rollback."""
    rollout = done.outcome.rollout or {}
    return frozenset(rollout.get("new_workers", ())) if done.outcome.smoke_test else frozenset()


def _is_to_roll_back(held: Held) -> bool:
    return held.entry.desired.strategy.rolls_back and not held.obstacle


def _ended(stage: Stage, end: Stage | None) -> Stage:
    """How an entry ends, `end` being how what was left to be done for it has."""
    if isinstance(stage, Held):
        return _rolled_back(stage, end) if end and _is_to_roll_back(stage) else _kept(stage, end)
    if isinstance(stage, Failed) and stage.partial.changed:
        # It was written, and nobody knows what became of it.
        note = _unwatched(stage)
        return replace(stage, error=stage.error.noted(note)) if note else stage
    if not isinstance(stage, Done) or end is None:
        return stage
    if isinstance(end, Done):
        outcome, later = stage.outcome, end.outcome
        return replace(
            stage,
            entry=replace(stage.entry, surge=None),
            outcome=replace(
                outcome, fields=later.fields, observed=later.observed, after=_without_surge(outcome, later)
            ).warned(*later.warnings),
        )
    error = _error(end)
    return stage.failed(error.telling(stage.partial.seen(error.partial)).noted(_surplus(error)))


def _without_surge(outcome: Outcome, later: Outcome) -> Fields:
    """What the plan of an entry leads to once its surge is over: of an object, only what that plan names."""
    end = later.after or {}
    return {
        name: {inner: end[name][inner] for inner in value} if isinstance(value, Mapping) and end.get(name) else value
        for name, value in require(outcome.after).items()
    }


def _unwatched(failed: Failed) -> str:
    """What the user has to know of a change that failed before it was waited for; empty if that is nothing."""
    desired, is_update = failed.entry.desired, failed.partial.operation == Action.UPDATE.value
    is_kept = desired.present and desired.strategy.rolls_back and is_update
    notes = [_NOT_ROLLED_BACK] if is_kept else []
    return " ".join([*notes, _PERHAPS] if failed.entry.surge else notes)


_NOT_ROLLED_BACK = "It was not rolled back, because it failed before it was waited for."
_PERHAPS = "Extra workers (rollout.surge) may still run and cost money. Run the task again to remove them."


def _surplus(error: PpioError) -> str:
    """What the user has to know of extra replicas that could not be removed."""
    if isinstance(error, ChangedMeanwhile):
        return "Its extra workers (rollout.surge) were not removed."
    story = "extra workers (rollout.surge) still run and cost money. Run the task again to remove them."
    return f"If it still exists, its {story}" if isinstance(error, NotFound) else f"Its {story}"


def _kept(held: Held, end: Stage | None) -> Failed:
    """A change that does not work and stays."""
    is_skipped = held.entry.desired.strategy.rolls_back and held.done.outcome.write is not Write.NONE
    outcome = "rollback_skipped" if is_skipped else "kept"
    note = f"It was not rolled back, because {held.obstacle}." if is_skipped else ""
    if end is None:
        return held.ended(outcome, note)
    if isinstance(end, Done):
        return held.ended(outcome, note, end.outcome.partial)
    return held.ended(outcome, f"{note} {_error(end).message} {_surplus(_error(end))}".strip())


def _rolled_back(held: Held, end: Stage) -> Failed:
    """A change that does not work and was taken back, or was to be."""
    if isinstance(end, Done):
        previous, now = require(held.done.outcome.previous).fields, end.outcome.fields or {}
        keeps = (
            f", except that it keeps the new name ({now['name']})" if now.get("name") != previous.get("name") else ""
        )
        return held.ended("rolled_back", f"It was rolled back, and is as it was before{keeps}.", end.outcome.partial)
    error = _error(end)
    surplus = f" {_surplus(error)}" if held.entry.surge and isinstance(end, Failed) else ""
    if isinstance(error, ChangedMeanwhile):
        return held.ended("rollback_skipped", f"It was not rolled back. {error.message}{surplus}", error.partial)
    note = f"The rollback failed too, so workers with the old and with the new settings may both serve: {error.message}"
    return held.ended("rollback_failed", f"{note}{surplus}", error.partial)


def _error(end: Stage) -> PpioError:
    if isinstance(end, (Failed, Held)):
        return end.error
    raise AssertionError("what was carried out has ended")

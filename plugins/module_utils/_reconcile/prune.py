# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pruning: what nobody listed and that is to go, within limits.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

from .._errors import InvalidOptions, PpioError, first_of, printable
from .._planning.state import removal
from .entry import Done, Entry, Failed, Located, Settled, Stage
from .snapshot import Snapshot

__all__ = ["Prune", "surplus", "unlisted"]

#: How many a refusal names of those that would go.
_NAMED = 5


@dataclass(frozen=True)
class Prune:
    """Deletes what has the prefix and is not listed, if that is not more than so many percent of what has it.

    `wait_for` and `wait_timeout` as in Desired.
    """

    name_prefix: str
    max_percent: int
    allow_empty: bool
    wait_for: str = ""
    wait_timeout: float = 600


def surplus(prune: Prune, stages: Sequence[Stage], snapshot: Snapshot) -> list[Stage]:
    """A located entry for each resource to delete. Raises InvalidOptions where that looks wrong."""
    if snapshot.listing_error:
        raise snapshot.listing_error
    scope = [(name, identity) for name, identity in snapshot.names() if name.startswith(prune.name_prefix)]
    plural = snapshot.resource.plural
    everything = (
        f"prune would delete all {len(scope)} {plural} that have such a name{_named(scope)}"
        if scope
        else f"prune would delete every {snapshot.resource.name} with such a name (there is none now)"
    )
    if not stages and not prune.allow_empty:
        raise InvalidOptions(
            f"The list of {plural} is empty, so no entry has a name that begins with {prune.name_prefix!r}, and "
            f"{everything}. To delete them all, set prune_empty=true."
        )
    names = {stage.entry.name for stage in stages if stage.entry.desired.id is None}
    ids = {identity for stage in stages if (identity := _listed_id(stage))}
    scope_ids = frozenset(identity for _name, identity in scope)
    if not (prune.allow_empty or any(_is_kept(stage, prune.name_prefix, scope_ids) for stage in stages)):
        raise InvalidOptions(
            f"No entry that is to be present has a name that begins with {prune.name_prefix!r}, so {everything}. "
            f"Check name_prefix and the list. To delete them all, set prune_empty=true."
        )
    going = [(name, identity) for name, identity in scope if identity not in ids and name not in names]
    if len(going) * 100 > prune.max_percent * len(scope):
        raise InvalidOptions(
            f"prune would delete {len(going)} of {len(scope)} {plural} whose names begin with "
            f"{prune.name_prefix!r}{_named(going)}. That is more than {prune.max_percent} percent. "
            f"Check the list, or raise prune_max_percent."
        )
    return [_going(prune, name, identity, snapshot) for name, identity in going]


def unlisted(surplus: Sequence[Stage], ends: Sequence[Settled]) -> list[Stage]:
    """What no entry turned out to mean: a list may have shown something by a name that it had before."""
    ids = {end.partial.id for end in ends}
    return [stage for stage in surplus if stage.entry.desired.id not in ids]


def _named(resources: Sequence[tuple[str, str]]) -> str:
    """Names and ids, of which many are cut short."""
    if not resources:
        return ""
    told = [f"{printable(name)} ({identity})" for name, identity in sorted(resources)]
    return f": {first_of(told, _NAMED)}"


def _is_kept(stage: Stage, prefix: str, scope_ids: Set[str]) -> bool:
    """Whether an entry makes something that has the prefix, or keeps something that has it."""
    is_named = stage.entry.name.startswith(prefix) or _listed_id(stage) in scope_ids
    return stage.entry.desired.present and is_named


def _going(prune: Prune, name: str, identity: str, snapshot: Snapshot) -> Stage:
    entry = Entry(removal(identity, prune.wait_for, prune.wait_timeout), name or identity, pruned=True)
    try:
        return Located(entry, snapshot.required(identity))
    except PpioError as error:
        return Failed(entry, error)


def _listed_id(stage: Stage) -> str | None:
    """The id of the resource that an entry is about."""
    if isinstance(stage, Done):
        return stage.outcome.id
    if isinstance(stage, Located) and stage.current:
        return stage.current.id
    return stage.entry.desired.id

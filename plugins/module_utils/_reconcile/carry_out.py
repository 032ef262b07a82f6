# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carrying out: what was located is written, proved and waited for, several at once.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import count

from .._api.client import Client
from .._api.thread_pool import mapped
from .._errors import PpioError, printable
from .._progress import ProgressReporter
from .apply import applied
from .entry import Done, Located, Stage
from .memory import Memory
from .snapshot import settle_window
from .verify import verified
from .view import View
from .wait import waited

__all__ = ["carried_out", "changed", "checked", "each", "proved", "refreshed"]


def refreshed(view: View) -> View:
    """The same view, with as much time for requests as a task has in the beginning."""
    deadline = view.client.transport.connection.patience(view.client.deadline.clock)
    return replace(view, client=view.client.until(deadline))


def carried_out(view: View, stages: Sequence[Stage], progress: ProgressReporter, memory: Memory) -> list[Stage]:
    """The entries once their plans are done and proved, and they are ready or not."""
    return waited(view, changed(refreshed(view), stages, progress, memory), progress)


def changed(view: View, stages: Sequence[Stage], progress: ProgressReporter, memory: Memory) -> list[Stage]:
    """The entries once their plans are done and proved."""
    wave = [stage for stage in stages if isinstance(stage, Located)]
    stages = each(view, stages, wave, partial(applied, memory=memory, progress=progress), progress)
    return proved(view, stages, progress, memory)


def proved(view: View, stages: Sequence[Stage], progress: ProgressReporter, memory: Memory) -> list[Stage]:
    """The entries once the API shows what was done, and what is left of it is noted."""
    stages = checked(view, stages, progress, memory)
    memory.note(stages)
    return stages


def checked(view: View, stages: Sequence[Stage], progress: ProgressReporter, memory: Memory) -> list[Stage]:
    """The entries once the API shows what was done."""
    deadline = view.client.deadline.clock.after(settle_window(view.client))
    return verified(view, stages, deadline, progress, memory.creates)


def each(
    view: View,
    stages: Sequence[Stage],
    wave: Sequence[Located],
    work: Callable[[Client, Located], Done],
    progress: ProgressReporter,
) -> list[Stage]:
    """The entries after `work` on those of a wave, several at once."""
    chosen = set(map(id, wave))
    picked = [stage for stage in stages if isinstance(stage, Located) and id(stage) in chosen]
    counter = count(1)

    def attempt(client: Client, stage: Located) -> Done:
        try:
            return work(client, stage)
        finally:
            done = "pruned" if stage.entry.pruned else "done"
            progress.step(f"{next(counter)} of {len(picked)} {done} ({printable(stage.entry.name)})")

    results = mapped(attempt, picked, view.client, view.concurrency)
    finished = iter(
        stage.failed(result) if isinstance(result, PpioError) else result
        for stage, result in zip(picked, results, strict=True)
    )
    return [next(finished) if id(stage) in chosen else stage for stage in stages]

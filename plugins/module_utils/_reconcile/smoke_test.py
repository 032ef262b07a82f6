# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The smoke test: whether what serves gives the right answer, too.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from .._api.client import Client
from .._api.thread_pool import mapped
from .._errors import PpioError, WaitFailed, require
from .._planning.conversation import Conversation
from .._progress import ProgressReporter
from .ask import asked
from .entry import Done, Held, Stage
from .readiness_gate import obstacle_to_rollback
from .view import View

__all__ = ["answering", "smoke_tested"]


def smoke_tested(view: View, stages: Sequence[Stage], progress: ProgressReporter) -> list[Stage]:
    """The entries after each that has a smoke test was asked, several at once. A wrong answer is a failure."""
    picked = [stage for stage in stages if isinstance(stage, Done) and has_smoke_test(stage)]
    if picked:
        names = [stage.entry.name for stage in picked]
        progress.phase(f"sending the smoke test to {view.client.resource.named(names)}")
    results = mapped(partial(answering, progress), picked, view.client, view.concurrency)
    ends = {
        id(stage): stage.failed(result) if isinstance(result, PpioError) else result
        for stage, result in zip(picked, results, strict=True)
    }
    return [ends.get(id(stage), stage) for stage in stages]


def has_smoke_test(done: Done) -> bool:
    return done.entry.desired.present and done.entry.desired.smoke_test is not None


def answering(progress: ProgressReporter, client: Client, done: Done) -> Done | Held:
    """How an entry that serves ends: with the answer that was expected, or failed."""
    told = replace(done, outcome=replace(done.outcome, smoke_test=_conversation(progress, client, done)))
    trouble = require(told.outcome.smoke_test).trouble
    if not trouble:
        return _passed(told)
    told = _concluded(told, "kept", trouble)
    error = WaitFailed(f"The {client.resource.name} {done.outcome.id} did not pass its smoke test. {trouble}")
    obstacle = obstacle_to_rollback(client.resource, told.outcome, None)
    return Held(told, error.after(told.outcome.partial), obstacle)


def _passed(done: Done) -> Done:
    """The entry with what a right answer proves: nothing new, if what ran before may have given it."""
    rollout = done.outcome.rollout or {}
    if rollout.get("outcome") == "unproven" and rollout["old_workers"]:
        advice = "" if done.entry.desired.strategy.surge else " Set rollout.surge."
        return done.warned(
            f"The smoke test may have been answered by an old worker, because no new one had started before it.{advice}"
        )
    if rollout.get("outcome") == "partial":
        return done.warned("The smoke test may have been answered by an old worker, because old ones still serve.")
    return _concluded(done, "completed", "")


def _concluded(done: Done, outcome: str, reason: str) -> Done:
    """The entry with what the answer says of the wait."""
    rollout = {**(done.outcome.rollout or {}), "outcome": outcome, "reason": reason}
    return replace(done, outcome=replace(done.outcome, rollout=rollout))


def _conversation(progress: ProgressReporter, client: Client, done: Done) -> Conversation:
    """What was asked and answered. What could not even be asked is trouble, too."""
    service, question = require(client.resource.service), require(done.entry.desired.smoke_test)
    outcome, name = done.outcome, client.resource.name
    address = service.address(require(outcome.observed))
    if service.takes_jobs(require(outcome.fields)):
        return Conversation(
            address, trouble=f"It takes jobs, so it has no URL to ask. Leave smoke_test out for this {name}."
        )
    if not address:
        return Conversation(address, trouble="The API shows no URL to ask.")
    try:
        route = client.transport.connection.to(address, question.timeout, confidential=bool(question.secrets))
        return asked(question, route, client.deadline.clock, progress)
    except PpioError as error:
        return Conversation(address, trouble=error.message)

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Would the campaign notice? For each promise, a bug is put into the core, and the oracle has to find it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.ppio.gpu.plugins.module_utils._api.client import Client
from ansible_collections.ppio.gpu.plugins.module_utils._api.pages import Pages
from ansible_collections.ppio.gpu.plugins.module_utils._api.transport import Transport
from ansible_collections.ppio.gpu.plugins.module_utils._clock import Clock, Deadline
from ansible_collections.ppio.gpu.plugins.module_utils._errors import OutcomeUnknown, PartialResult, PpioError
from ansible_collections.ppio.gpu.plugins.module_utils._planning import rollout_states
from ansible_collections.ppio.gpu.plugins.module_utils._planning.batch_sizes import Batches
from ansible_collections.ppio.gpu.plugins.module_utils._planning.outcome import Outcome
from ansible_collections.ppio.gpu.plugins.module_utils._progress import ProgressReporter
from ansible_collections.ppio.gpu.plugins.module_utils._reconcile import (
    apply,
    batches,
    carry_out,
    create,
    locate,
    reconciler,
    rollout,
    verify,
    wait,
)
from ansible_collections.ppio.gpu.plugins.module_utils._reconcile.choose import Shop
from ansible_collections.ppio.gpu.plugins.module_utils._reconcile.entry import Done, Held, Settled, Stage
from ansible_collections.ppio.gpu.plugins.module_utils._reconcile.prune import Prune, surplus
from ansible_collections.ppio.gpu.plugins.module_utils._reconcile.readiness_gate import Gate
from ansible_collections.ppio.gpu.plugins.module_utils._reconcile.snapshot import Snapshot
from ansible_collections.ppio.gpu.plugins.module_utils._reconcile.surge_notes import Surges
from ansible_collections.ppio.gpu.plugins.module_utils._reconcile.turnover import Baseline
from ansible_collections.ppio.gpu.plugins.module_utils._reconcile.unapplied import Unapplied
from ansible_collections.ppio.gpu.plugins.module_utils._tasks import manage, result
from campaign.drawing import schedule_of
from campaign.oracle import violations
from campaign.plays import perform
from campaign.schedules import NAME, Schedule
from campaign.wire import LocalSimulator
from campaign.world import emptied

SEEDS = range(5_000_000, 5_000_600)

Bug = Callable[[pytest.MonkeyPatch], None]


class NeverRaised(PpioError):
    """What nobody raises, and so what nobody catches."""


def sends_a_create_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Transport, "send_once", Transport.send)


def takes_silence_for_a_refusal(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(create, "AmbiguousResponse", NeverRaised)


def does_not_name_what_may_exist(patch: pytest.MonkeyPatch) -> None:
    unknown = OutcomeUnknown("No answer.", partial=PartialResult("create", changed=True))
    patch.setattr(create, "_unknown", lambda *_arguments: unknown)


def keeps_its_own_although_it_is_younger(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(verify, "elected", lambda _client, outcome, *_rest: outcome)


def deletes_the_other_one(patch: pytest.MonkeyPatch) -> None:
    def elected(client: Client, outcome: Outcome, _entry: Any, rivals: Any) -> Outcome:
        client.delete(rivals[0].id)
        return outcome

    patch.setattr(verify, "elected", elected)


def deletes_a_neighbour(patch: pytest.MonkeyPatch) -> None:
    delete = Client.delete
    patch.setattr(
        Client, "delete", lambda self, own: delete(self, next((self.id_of(item) for item in self.listed()), own))
    )


def believes_every_answer(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(carry_out, "verified", lambda _view, stages, *_rest: list(stages))


def sees_no_difference(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(locate, "differences", lambda *_arguments: ())


def calls_every_task_unchanged(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Outcome, "changed", property(lambda _self: False))


def calls_every_task_changed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Outcome, "changed", property(lambda _self: True))


def calls_every_failure_changed(patch: pytest.MonkeyPatch) -> None:
    failure = result.failure
    patch.setattr(manage, "failure", lambda *arguments: failure(*arguments) | {"changed": True})


def takes_a_product_that_nobody_named(patch: pytest.MonkeyPatch) -> None:
    best = Shop.best
    patch.setattr(Shop, "best", lambda *arguments: replace(best(*arguments), id="serverless-rtx-4090-24-sg"))


def forgets_what_was_done_before_an_error(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(PpioError, "after", lambda self, _partial: self)


def reads_only_the_first_page(patch: pytest.MonkeyPatch) -> None:
    pages = Pages._chained

    def first_page(self: Pages, query: Any) -> Iterator[Any]:
        yield from islice(pages(self, query), 1)

    patch.setattr(Pages, "_chained", first_page)


def takes_the_first_of_several(patch: pytest.MonkeyPatch) -> None:
    staying = Snapshot.staying
    patch.setattr(Snapshot, "staying", lambda self, name: staying(self, name)[:1])


def takes_ten_times_as_long(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Clock, "after", lambda self, seconds, *rest: Deadline(self, self.now() + 10 * seconds, *rest))


def shows_what_is_not_there(patch: pytest.MonkeyPatch) -> None:
    success = result.success

    def shown(resource: Any, outcome: Outcome, *rest: Any, **more: Any) -> dict[str, Any]:
        fields = outcome.fields and {**outcome.fields, "image": "x"}
        return success(resource, replace(outcome, fields=fields), *rest, **more)

    patch.setattr(manage, "success", shown)


def rolls_back_but_a_part(patch: pytest.MonkeyPatch) -> None:
    restoration = rollout_states.restoration

    def partly(*arguments: Any) -> Any:
        whole = restoration(*arguments)
        kept = {name: value for name, value in whole.fields.items() if name != "command"}
        return replace(whole, fields=kept)

    patch.setattr(rollout, "restoration", partly)


def leaves_a_surge(patch: pytest.MonkeyPatch) -> None:
    follow_up = rollout._follow_up

    def rest(resource: Any, stage: Any, taken: Any) -> Any:
        return None if isinstance(stage, Done) else follow_up(resource, stage, taken)

    patch.setattr(rollout, "_follow_up", rest)


def leaves_the_surge_of_a_killed_task(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Surges, "left", lambda *_arguments: None)


def takes_the_surge_of_another_task_for_wanted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Surges, "under_way", lambda *_arguments: None)


def forgets_the_surge_of_another_task(patch: pytest.MonkeyPatch) -> None:
    def settle(surges: Surges, done: Done) -> None:
        if done.outcome.changed and not done.entry.surge:
            surges.notes.remove(str(done.outcome.id))

    patch.setattr(Surges, "settle", settle)


def takes_old_workers_for_new_ones(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(wait, "baseline", lambda *_arguments: Baseline())


def does_not_see_that_old_workers_serve_on(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Gate, "left", property(lambda _self: []))


def is_content_with_one_good_look(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Gate, "_stable_for", property(lambda _self: 0))


def calls_what_does_not_serve_a_success(patch: pytest.MonkeyPatch) -> None:
    def ended(held: Any, outcome: str, *_rest: Any) -> Any:
        told = replace(held.done.outcome, rollout={**held.error.partial.rollout, "outcome": outcome})
        return replace(held.done, outcome=told)

    patch.setattr(Held, "ended", ended)


def forgets_what_it_created(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(apply, "recalled", lambda _client, _journal, located: located)
    patch.setattr(reconciler, "remembered", lambda _client, _journal, _entries, snapshot, _concurrency: snapshot)


def sends_in_vain_for_ever(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Unapplied, "refuse", lambda *_arguments: None)


def creates_next_to_nearly_the_same_name(patch: pytest.MonkeyPatch) -> None:
    forgets_what_it_created(patch)
    patch.setattr(locate, "_resemblance", lambda *_arguments: ())


def has_no_patience(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(wait.Watch, "longest", property(lambda _self: 0.0))


def does_not_order_renames(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(batches, "groups", lambda stages: [[stage] for stage in reversed(stages)])


Story = Callable[[Schedule], bool]


def prunes_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(reconciler, "surplus", lambda *_arguments: [])


def prunes_what_is_listed(patch: pytest.MonkeyPatch) -> None:
    def whole_scope(prune: Prune, _stages: Sequence[Stage], snapshot: Snapshot) -> list[Stage]:
        return surplus(replace(prune, max_percent=100), [], snapshot)

    patch.setattr(reconciler, "surplus", whole_scope)
    patch.setattr(reconciler, "unlisted", lambda going, _ends: list(going))


def does_everything_again_to_prune(patch: pytest.MonkeyPatch) -> None:
    def in_batches(
        stages: Sequence[Stage],
        sizes: Batches,
        carry_out: batches.CarryOut,
        note_failure: batches.NoteFailure,
        progress: ProgressReporter,
    ) -> list[Settled]:
        ends = batches.in_batches(stages, sizes, carry_out, note_failure, progress)
        if any(stage.entry.pruned for stage in stages) or len(sizes.sizes) > 1:
            carry_out(range(len(stages)))
        return ends

    patch.setattr(reconciler, "in_batches", in_batches)


def of_rollouts(schedule: Schedule) -> bool:
    return any("rollout" in controller.options for controller in schedule.controllers)


def of_surges_at_once(schedule: Schedule) -> bool:
    """Of tasks that give no sizes themselves."""
    surging = [one for one in schedule.controllers if one.options.get("rollout", {}).get("surge")]
    return len(schedule.controllers) > 1 and any(
        one.machine == 0 and "worker_config" not in one.options for one in surging
    )


def of_products(schedule: Schedule) -> bool:
    return any("product_ids" in controller.options for controller in schedule.controllers)


def of_normalising(schedule: Schedule) -> bool:
    return bool(schedule.settings.normalizations)


def of_lagging_lists(schedule: Schedule) -> bool:
    return schedule.settings.visible_in_list_after > 0 and not schedule.existing


def of_duplicates(schedule: Schedule) -> bool:
    return [body["name"] for body in schedule.existing].count(NAME) > 1


def of_pruning(schedule: Schedule) -> bool:
    return bool(schedule.controllers[0].options.get("prune"))


def of_several_of_a_name_in_batches(schedule: Schedule) -> bool:
    options = schedule.controllers[0].options
    entries = options.get("endpoints", ())
    return bool(options.get("batches")) and not all(entry.get("unique_name", True) for entry in entries)


def of_renames_in_batches(schedule: Schedule) -> bool:
    options = schedule.controllers[0].options
    return bool(options.get("batches")) and any("id" in entry for entry in options["endpoints"])


@pytest.mark.parametrize(
    ("bug", "words", "story"),
    [
        (rolls_back_but_a_part, "command is not as before", of_rollouts),
        (leaves_a_surge, "after its proof", of_rollouts),
        (leaves_the_surge_of_a_killed_task, "is wanted", of_rollouts),
        (takes_the_surge_of_another_task_for_wanted, "is wanted", of_surges_at_once),
        (forgets_the_surge_of_another_task, "is wanted", of_surges_at_once),
        (takes_old_workers_for_new_ones, "says completed, but", of_rollouts),
        (does_not_see_that_old_workers_serve_on, "workers serve what was there before", of_rollouts),
        (is_content_with_one_good_look, "says completed, but", of_rollouts),
        (calls_what_does_not_serve_a_success, "is ok, though its change was", of_rollouts),
        (forgets_what_it_created, "one machine created", of_lagging_lists),
        (sends_in_vain_for_ever, "the run after it writes again", of_normalising),
        (creates_next_to_nearly_the_same_name, "the run after it writes again", of_normalising),
        (does_not_order_renames, "fails: The name", of_renames_in_batches),
        (takes_the_first_of_several, "says that all is well", of_duplicates),
        (prunes_nothing, "has not pruned", of_pruning),
        (prunes_what_is_listed, "deleted what it did not create", of_pruning),
        (does_everything_again_to_prune, "created 2 endpoints", of_several_of_a_name_in_batches),
        (has_no_patience, "fails needlessly", of_rollouts),
        (takes_a_product_that_nobody_named, "says that all is well", of_products),
    ],
)
def test_a_bug_in_the_newer_promises_is_found(
    bug: Bug, words: str, story: Story, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bug(monkeypatch)
    told = filter(story, map(schedule_of, range(5_000_000, 5_100_000)))
    assert _is_found(words, islice(told, len(SEEDS)), tmp_path)


def _is_found(words: str, schedules: Iterable[Schedule], directory: Path) -> bool:
    simulator = LocalSimulator()
    found = (violations(perform(schedule, simulator, emptied(directory, schedule.machines))) for schedule in schedules)
    return any(words in sentence for sentences in found for sentence in sentences)


@pytest.mark.parametrize(
    ("bug", "words"),
    [
        (sends_a_create_again, "created 2 endpoints"),
        (takes_silence_for_a_refusal, "failed as unchanged, but wrote"),
        (does_not_name_what_may_exist, "is alive and unmentioned"),
        (keeps_its_own_although_it_is_younger, "all elected, and several are left"),
        (deletes_the_other_one, "deleted what it did not create"),
        (deletes_a_neighbour, "deleted what it was not asked for"),
        (believes_every_answer, "says that all is well"),
        (sees_no_difference, "says that all is well"),
        (calls_every_task_unchanged, "says unchanged, but wrote"),
        (calls_every_task_changed, "says changed, but sent nothing"),
        (calls_every_failure_changed, "failed as changed, but sent nothing"),
        (forgets_what_was_done_before_an_error, "failed as unchanged, but wrote"),
        (reads_only_the_first_page, "the run after it writes again"),
        (takes_ten_times_as_long, "s were allowed"),
        (shows_what_is_not_there, "shows an endpoint that never was"),
    ],
)
def test_a_bug_in_the_core_is_found(bug: Bug, words: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bug(monkeypatch)
    assert _is_found(words, map(schedule_of, SEEDS), tmp_path)

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Would the campaign notice? For each promise, a bug is put into the core, and the oracle has to find it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
from ansible_collections.ppio.gpu.plugins.module_utils._planning.outcome import Outcome
from ansible_collections.ppio.gpu.plugins.module_utils._reconcile import carry, create, locate, verify
from ansible_collections.ppio.gpu.plugins.module_utils._reconcile.snapshot import Snapshot
from ansible_collections.ppio.gpu.plugins.module_utils._tasks import manage, result
from campaign.oracle import violations
from campaign.plays import perform
from campaign.schedules import schedule_of
from campaign.wire import LocalSimulator
from campaign.world import fresh

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
    patch.setattr(Client, "delete", lambda self, _identity: delete(self, self.id_of(next(self.listed()))))


def believes_every_answer(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(carry, "verified", lambda _view, stages, *_rest: list(stages))


def sees_no_difference(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(locate, "differences", lambda *_arguments: ())


def calls_every_task_unchanged(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Outcome, "changed", property(lambda _self: False))


def calls_every_task_changed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Outcome, "changed", property(lambda _self: True))


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
    patch.setattr(Clock, "after", lambda self, seconds: Deadline(self, self.now() + 10 * seconds))


def shows_what_is_not_there(patch: pytest.MonkeyPatch) -> None:
    success = result.success

    def shown(resource: Any, outcome: Outcome, *rest: Any, **more: Any) -> dict[str, Any]:
        fields = outcome.fields and {**outcome.fields, "image": "x"}
        return success(resource, replace(outcome, fields=fields), *rest, **more)

    patch.setattr(manage, "success", shown)


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
        (forgets_what_was_done_before_an_error, "failed as unchanged, but wrote"),
        (reads_only_the_first_page, "the run after it writes again"),
        (takes_the_first_of_several, "says that all is well"),
        (takes_ten_times_as_long, "s were allowed"),
        (shows_what_is_not_there, "shows an endpoint that never was"),
    ],
)
def test_a_bug_in_the_core_is_found(bug: Bug, words: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bug(monkeypatch)
    simulator = LocalSimulator()
    found = (violations(perform(schedule_of(seed), simulator, fresh(tmp_path))) for seed in SEEDS)
    assert any(words in sentence for sentences in found for sentence in sentences)

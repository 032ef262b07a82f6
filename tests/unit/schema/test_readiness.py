# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What does one look at an endpoint tell: does it serve, will it, never?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from ansible_collections.ppio.gpu.plugins.module_utils._planning.state import current_from
from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT
from ansible_collections.ppio.gpu.plugins.module_utils._schema.lifecycle import Assessment, Demand, Verdict, Write
from ansible_collections.ppio.gpu.plugins.module_utils._schema.readiness import ENDPOINT_LIFECYCLE

Body = dict[str, Any]


def status(word: str | None, error: str = "", message: str = "") -> Body:
    return {"status": word, "error": error, "message": message}


def worker(word: str | None, error: str = "", message: str = "", *, health: bool = False, drain: bool = False) -> Body:
    return {"id": "w", "status": status(word, error, message), "log": "", "health": health, "drain": drain}


READY = worker("ready", health=True)
PULLING = worker("pulling")
FAILED = worker("failed", "IMAGE_PULL_FAILED", "manifest unknown")


def assessed(
    endpoint: Body,
    *workers: Body,
    keeps: int | None = 0,
    goal: str = "ready",
    write: Write = Write.KEPT,
    uncounted: Sequence[str] = (),
) -> Assessment:
    """The assessment of an endpoint with this status and these workers, after this write."""
    answer = {"id": "ep", "status": endpoint, "workers": list(workers), "worker_config": {"min_replicas": keeps}}
    current = current_from(ENDPOINT, answer)
    return ENDPOINT_LIFECYCLE.assess(current.fields, current.observed, Demand(goal, write, frozenset(uncounted)))


@pytest.mark.parametrize("word", ["running", "serving", "ready", "Running", "RUNNING"])
def test_a_published_word_means_ready_whatever_its_case(word: str) -> None:
    assert assessed(status(word)).verdict is Verdict.READY


@pytest.mark.parametrize("word", ["ready", "running", "serving", "READY"])
def test_a_worker_is_ready_by_its_word_and_its_health(word: str) -> None:
    assert assessed(status("running"), worker(word, health=True), keeps=1).verdict is Verdict.READY
    assert assessed(status("running"), worker(word, health=False), keeps=1).verdict is Verdict.NOT_YET


@pytest.mark.parametrize(
    ("keeps", "goal", "ready", "verdict"),
    [
        (0, "ready", 0, Verdict.READY),
        (None, "ready", 0, Verdict.READY),
        (1, "ready", 0, Verdict.NOT_YET),
        (1, "ready", 1, Verdict.READY),
        (3, "ready", 1, Verdict.READY),
        (0, "workers", 0, Verdict.NOT_YET),
        (None, "workers", 0, Verdict.NOT_YET),
        (0, "workers", 1, Verdict.READY),
        (1, "workers", 1, Verdict.READY),
        (3, "workers", 2, Verdict.NOT_YET),
        (3, "workers", 3, Verdict.READY),
    ],
)
def test_the_goal_decides_how_many_workers_must_be_ready(
    keeps: int | None, goal: str, ready: int, verdict: Verdict
) -> None:
    workers = [READY] * ready + [PULLING]
    assert assessed(status("running"), *workers, keeps=keeps, goal=goal).verdict is verdict


def test_a_ready_worker_does_not_make_an_endpoint_ready_that_is_not() -> None:
    assert assessed(status("creating"), READY, keeps=1).verdict is Verdict.NOT_YET


def test_a_worker_that_takes_no_more_requests_does_not_count() -> None:
    draining = worker("ready", health=True, drain=True)
    assert assessed(status("running"), draining, keeps=1).verdict is Verdict.NOT_YET
    assert assessed(status("running"), FAILED, draining, keeps=1).verdict is Verdict.FAILING
    assert assessed(status("running"), worker("failed", "OLD", drain=True), READY, keeps=1).verdict is Verdict.READY


@pytest.mark.parametrize("word", ["pending", "creating", "updating", "stopped", "Creating"])
def test_a_known_word_that_is_not_ready_is_not_yet(word: str) -> None:
    seen = assessed(status(word), READY)
    assert (seen.verdict, seen.unknown_words) == (Verdict.NOT_YET, ())


@pytest.mark.parametrize("word", ["purring", "running2", "READY!", "就绪"])
def test_an_unknown_word_is_not_yet_however_good_it_looks(word: str) -> None:
    seen = assessed(status(word), READY, READY)
    assert (seen.verdict, seen.unknown_words) == (Verdict.NOT_YET, (word.lower(),))


def test_no_word_at_all_is_not_yet() -> None:
    for word in (None, ""):
        seen = assessed(status(word))
        assert (seen.verdict, seen.unknown_words, seen.reason) == (Verdict.NOT_YET, (), "its status is not given")


def test_an_unknown_word_of_a_worker_is_not_ready_and_matters_if_the_worker_is_healthy() -> None:
    seen = assessed(status("running"), worker("purring", health=True), worker("yawning"), keeps=1)
    assert (seen.verdict, seen.unknown_words) == (Verdict.NOT_YET, ("purring",))


@pytest.mark.parametrize("word", ["failed", "error", "Failed"])
def test_a_failed_word_is_final(word: str) -> None:
    assert assessed(status(word), READY).verdict is Verdict.FAILED


@pytest.mark.parametrize("word", ["running", "creating", "purring", None])
def test_an_error_in_the_status_is_final_whatever_the_word(word: str | None) -> None:
    seen = assessed(status(word, "DEPLOY_FAILED", "no quota"), READY)
    assert seen.verdict is Verdict.FAILED
    assert "(DEPLOY_FAILED: no quota)" in seen.reason


@pytest.mark.parametrize("word", ["deleting", "deleted", "terminating", "terminated"])
def test_an_endpoint_that_is_being_deleted_is_never_ready(word: str) -> None:
    seen = assessed(status(word), READY)
    assert (seen.verdict, seen.reason) == (Verdict.FAILED, f"its status is {word}, so it is being deleted")


def test_all_workers_must_fail_in_whatever_way() -> None:
    other, wordless = worker("failed", "OUT_OF_MEMORY"), worker("failed")
    assert assessed(status("running"), FAILED, FAILED, keeps=1).verdict is Verdict.FAILING
    assert assessed(status("running"), FAILED, other, wordless, keeps=1).verdict is Verdict.FAILING
    assert assessed(status("running"), FAILED, PULLING, keeps=1).verdict is Verdict.NOT_YET
    assert assessed(status("running"), FAILED, READY, keeps=1).verdict is Verdict.READY


def test_the_same_failure_told_in_different_words_is_the_same() -> None:
    elsewhere = worker("retrying", "IMAGE_PULL_FAILED", "manifest unknown on node 2")
    assert assessed(status("running"), FAILED, elsewhere, keeps=1).verdict is Verdict.FAILING


@pytest.mark.parametrize("goal", ["ready", "workers"])
def test_beside_one_that_serves_a_failing_one_counts_where_nothing_was_written(goal: str) -> None:
    seen = assessed(status("running"), READY, FAILED, keeps=1, goal=goal, write=Write.NONE)
    assert seen.verdict is Verdict.FAILING
    assert seen.reason == (
        "its status is running, and the status of 1 of 2 workers is failed (IMAGE_PULL_FAILED: manifest unknown)"
    )


def numbered(*workers: Body) -> list[Body]:
    return [{**one, "id": f"w{number}"} for number, one in enumerate(workers)]


def test_after_a_restart_only_what_counts_proves_anything() -> None:
    def seen(*workers: Body) -> Assessment:
        return assessed(status("running"), *numbered(*workers), keeps=1, write=Write.RESTARTED, uncounted=["w0"])

    assert seen(READY, FAILED).verdict is Verdict.FAILING
    assert seen(READY, PULLING).verdict is Verdict.NOT_YET
    assert seen(READY).verdict is Verdict.NOT_YET
    assert seen(READY, READY).verdict is Verdict.READY
    assert (sorted(seen(READY, READY).serving), seen(READY, READY).needed) == (["w1"], 1)
    assert "0 of 1 new workers ready (pulling)" in seen(READY, PULLING).reason


@pytest.mark.parametrize(("keeps", "there", "needed"), [(3, 3, 3), (3, 0, 3), (0, 0, 0), (0, 2, 1)])
def test_after_a_restart_as_many_must_serve_as_are_kept(keeps: int, there: int, needed: int) -> None:
    seen = assessed(status("running"), *numbered(*[PULLING] * there), keeps=keeps, write=Write.RESTARTED)
    assert seen.needed == needed
    assert seen.verdict is (Verdict.NOT_YET if needed else Verdict.READY)


def test_a_debt_is_told_by_the_endpoint_or_by_a_worker() -> None:
    def owes(word: str, worker_word: str) -> bool:
        answer = {"id": "ep", "status": status("running", word), "workers": [worker("failed", worker_word)]}
        return ENDPOINT_LIFECYCLE.owes(current_from(ENDPOINT, answer).observed)

    assert owes("BALANCE_NOT_ENOUGH", "")
    assert owes("", "ARREARS")
    assert not owes("DEPLOY_FAILED", "IMAGE_PULL_FAILED")


def test_workers_that_fail_are_no_success_even_where_none_is_kept() -> None:
    assert assessed(status("running"), FAILED, keeps=0).verdict is Verdict.FAILING


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        (assessed(status("creating")), "its status is creating"),
        (assessed(status("creating", "", "queued")), "its status is creating (queued)"),
        (assessed(status("creating"), keeps=2), "its status is creating, 0 of 1 workers ready (there is none)"),
        (
            assessed(status("running"), PULLING, PULLING, READY, keeps=3, goal="workers"),
            "its status is running, 1 of 3 workers ready (pulling, ready)",
        ),
        (
            assessed(status("pending"), FAILED, FAILED, keeps=2),
            "its status is pending, and the status of all workers is failed (IMAGE_PULL_FAILED: manifest unknown)",
        ),
    ],
)
def test_the_reason_says_each_thing_once(seen: Assessment, reason: str) -> None:
    assert seen.reason == reason


def test_the_apis_words_come_as_one_line_that_steers_nothing() -> None:
    assert assessed(status("bad\nword\x1b[31m", "E\r\n", "m\u202e")).reason == "its status is bad word [31m (E: m)"

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Is a job submitted once, watched to its end, and never left running without a word?"""

from __future__ import annotations

import pytest
from unit.asking import AWAKE, JOBS, ask, at_gateway, at_services, message
from unit.passing import Time

from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT
from simulator import Fault, Settings, Simulator

INPUT = {"input": {"prompt": "a boat", "seed": None}}


def test_a_job_is_submitted_once_and_watched_until_it_ends(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(job_seconds=100)
    identity = simulator.seed(JOBS)
    report = ask(simulator, time, {"name": "chat", **INPUT})
    assert not report.failed, report.result
    assert at_gateway(simulator).count("POST run") == 1
    assert at_gateway(simulator).count("GET status") > 3
    assert report.result["job"]["id"] == "job-1"
    assert report.result["job"]["status"] == "COMPLETED"
    assert 100 <= report.result["job"]["seconds"] <= 120
    assert report.result["first_answer_after"] == report.result["job"]["seconds"]
    assert report.result["answer"]["json"] == {"served_by": identity, "image": JOBS["image"], **INPUT}
    assert report.result["status"] is None
    assert report.result["url"] == f"{simulator.gateway_url}/{identity}-jobs/run"
    assert at_services(simulator) == []


def test_the_key_goes_to_the_gateway_alone(simulator: Simulator, time: Time) -> None:
    simulator.seed(JOBS)
    ask(simulator, time, {"name": "chat", **INPUT})
    assert {entry.headers["authorization"] for entry in simulator.visits} == {f"Bearer {simulator.api_key}"}
    assert at_services(simulator) == []


@pytest.mark.parametrize("end", ["FAILED", "TIMED_OUT", "CANCELLED"])
def test_a_job_that_ends_badly_fails_with_its_word(simulator: Simulator, time: Time, end: str) -> None:
    simulator.settings = Settings(job_seconds=5, job_end=end)  # type: ignore[arg-type]  # each is one of them
    simulator.seed(JOBS)
    report = ask(simulator, time, {"name": "chat", **INPUT})
    assert f"The job job-1 ended as {end}." in message(report)
    assert ("the handler failed" in message(report)) == (end == "FAILED")
    assert report.result["job"]["status"] == end


@pytest.mark.parametrize(
    ("expect", "said"),
    [
        ({"json": {"image": "other"}}, "instead of"),
        ({"contains": "nothing of it"}, "expect.contains"),
        ({"max_seconds": 5}, "expect.max_seconds"),
    ],
)
def test_the_output_is_judged(simulator: Simulator, time: Time, expect: dict[str, object], said: str) -> None:
    simulator.settings = Settings(job_seconds=10)
    simulator.seed(JOBS)
    report = ask(simulator, time, {"name": "chat", **INPUT, "expect": expect})
    assert said in message(report)
    good = {"json": {"input": {"prompt": "a boat"}}, "contains": "boat", "max_seconds": 60}
    assert not ask(simulator, time, {"name": "chat", **INPUT, "expect": good}).failed


@pytest.mark.parametrize("fault", [Fault("reset"), Fault("close"), Fault("status", status=500), Fault("wrong_json")])
@pytest.mark.parametrize("when", ["before_commit", "after_commit"])
def test_a_lost_answer_is_an_unknown_outcome_and_never_a_second_job(
    simulator: Simulator, time: Time, fault: Fault, when: str
) -> None:
    simulator.seed(JOBS)
    lost = Fault(fault.kind, "submitJob", when, status=fault.status)  # type: ignore[arg-type]  # a time of a fault
    simulator.script([lost])
    report = ask(simulator, time, {"name": "chat", **INPUT})
    assert message(report).startswith("Outcome unknown. Could not submit a job")
    assert "A job may run and cost money" in message(report)
    assert at_gateway(simulator) == ["POST run"]
    assert report.result["job"]["id"] is None
    assert len(simulator.jobs) == int(when == "after_commit")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429])
def test_a_refused_job_is_none(simulator: Simulator, time: Time, status: int) -> None:
    simulator.seed(JOBS)
    simulator.script([Fault("status", "submitJob", status=status)])
    report = ask(simulator, time, {"name": "chat", **INPUT})
    assert f"HTTP {status}" in message(report)
    assert "Outcome unknown" not in message(report)
    assert report.result["job"] is None
    assert report.result["error"]["status"] == status
    assert at_gateway(simulator) == ["POST run"]


def test_a_redirect_of_the_gateway_is_not_followed(simulator: Simulator, time: Time) -> None:
    simulator.seed(JOBS)
    simulator.script([Fault("redirect", "submitJob", headers={"Location": f"{simulator.url}/serve/jobs"})])
    assert "Check gateway_url" in message(ask(simulator, time, {"name": "chat", **INPUT}))
    assert at_services(simulator) == []


def test_a_job_that_takes_too_long_is_cancelled(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(job_seconds=10_000)
    simulator.seed(JOBS)
    report = ask(simulator, time, {"name": "chat", **INPUT, "job_timeout": 60})
    assert "It has not ended after 60 s (job_timeout)" in message(report)
    assert "It was cancelled (on_timeout), and it is CANCELLED now" in message(report)
    assert report.result["job"]["id"] == "job-1"
    assert report.result["job"]["status"] == "CANCELLED"
    assert simulator.jobs == {"job-1": "CANCELLED"}
    assert at_gateway(simulator)[-2:] == ["POST cancel", "GET status"]


def test_a_job_that_is_to_be_left_is_named(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(job_seconds=10_000)
    simulator.seed(JOBS)
    report = ask(simulator, time, {"name": "chat", **INPUT, "job_timeout": 60, "on_timeout": "leave"})
    assert "It was left where it is (on_timeout), and may run and cost money" in message(report)
    assert report.result["job"]["status"] == "IN_PROGRESS"
    assert simulator.jobs == {"job-1": "IN_PROGRESS"}


def test_a_job_that_cannot_be_cancelled_may_run(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(job_seconds=10_000)
    simulator.seed(JOBS)
    simulator.script([Fault("status", "cancelJob", status=403)])
    report = ask(simulator, time, {"name": "chat", **INPUT, "job_timeout": 60})
    assert "Cancelling it failed (Could not cancel the job job-1" in message(report)
    assert "and it still is IN_PROGRESS, so it may run and cost money" in message(report)
    assert report.result["job"]["id"] == "job-1"


@pytest.mark.parametrize(("seconds", "word"), [(1, "COMPLETED"), (10_000, "IN_PROGRESS")])
def test_a_job_whose_cancel_is_refused_is_looked_at_once_more(
    simulator: Simulator, time: Time, seconds: int, word: str
) -> None:
    simulator.settings = Settings(job_seconds=seconds)
    simulator.seed(JOBS)
    simulator.script([Fault("status", "getJob", status=403), Fault("status", "cancelJob", status=400)])
    report = ask(simulator, time, {"name": "chat", **INPUT})
    assert report.failed is (word != "COMPLETED")
    assert report.result["job"]["status"] == word


@pytest.mark.parametrize(("status", "looks"), [(403, 1), (404, 20)], ids=["refused", "not known any more"])
def test_a_job_that_can_no_longer_be_watched_is_cancelled_too(
    simulator: Simulator, time: Time, status: int, looks: int
) -> None:
    simulator.settings = Settings(job_seconds=10_000)
    simulator.seed(JOBS)
    simulator.script([Fault("pass", "getJob", times=looks), Fault("status", "getJob", status=status)])
    report = ask(simulator, time, {"name": "chat", **INPUT})
    assert f"HTTP {status}" in message(report)
    assert simulator.jobs == {"job-1": "CANCELLED"}


def test_a_job_that_the_gateway_does_not_know_yet_is_not_cancelled(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(job_seconds=30)
    simulator.seed(JOBS)
    simulator.script([Fault("status", "getJob", status=404, times=2)])
    assert not ask(simulator, time, {"name": "chat", **INPUT}).failed
    assert "POST cancel" not in at_gateway(simulator)


def test_a_job_that_has_completed_before_it_could_be_cancelled_is_judged(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(job_seconds=1)
    simulator.seed(JOBS)
    simulator.script([Fault("status", "getJob", status=403)])
    report = ask(simulator, time, {"name": "chat", **INPUT})
    assert not report.failed, message(report)
    assert report.result["job"]["status"] == "COMPLETED"
    assert report.result["answer"]["json"].items() >= INPUT.items()


def test_a_job_that_was_cancelled_and_cannot_be_read_is_told_apart(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(job_seconds=10_000)
    simulator.seed(JOBS)
    simulator.script([Fault("status", "getJob", status=403, times=2)])
    report = ask(simulator, time, {"name": "chat", **INPUT})
    assert "It was cancelled (on_timeout). What became of it is not known, so it may run and" in message(report)
    assert simulator.jobs == {"job-1": "CANCELLED"}


def test_passing_trouble_while_watching_is_no_trouble(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(job_seconds=30)
    simulator.seed(JOBS)
    simulator.script([Fault("status", "getJob", status=503, times=2), Fault("reset", "getJob")])
    assert not ask(simulator, time, {"name": "chat", **INPUT}).failed


def test_an_answer_that_cannot_be_read_cancels_no_job(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(job_seconds=20)
    simulator.seed(JOBS)
    page = Fault("raw", "getJob", body="HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>")
    simulator.script([page])
    report = ask(simulator, time, {"name": "chat", **INPUT})
    assert not report.failed, report.result
    assert "POST cancel" not in at_gateway(simulator)


def test_answers_that_cannot_be_read_until_the_time_is_over_are_told(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(job_seconds=20)
    simulator.seed(JOBS)
    simulator.script([Fault("wrong_json", "getJob", body=[], times=100)])
    report = ask(simulator, time, {"name": "chat", **INPUT, "job_timeout": 10})
    assert "the gateway's answer is not a JSON object" in message(report)
    assert at_gateway(simulator).count("POST cancel") == 1


def test_the_error_of_a_job_whose_output_is_null_is_told(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(job_end="FAILED")
    simulator.seed(JOBS)
    simulator.script([Fault("overlay", "getJob", "after_commit", body={"output": None})])
    assert "the handler failed" in message(ask(simulator, time, {"name": "chat", **INPUT}))


def test_a_word_that_nobody_knows_means_to_wait(simulator: Simulator, time: Time) -> None:
    simulator.seed(JOBS)
    odd = Fault("overlay", "getJob", when="after_commit", body={"status": "levitating\u001b"}, times=3)
    simulator.script([odd])
    assert not ask(simulator, time, {"name": "chat", **INPUT}).failed
    assert at_gateway(simulator).count("GET status") == 4


def test_which_of_both_an_endpoint_takes_is_told(simulator: Simulator, time: Time) -> None:
    simulator.seed(JOBS)
    simulator.seed({**AWAKE, "name": "sync"})
    assert "takes jobs: give input" in message(ask(simulator, time, {"name": "chat"}))
    assert "takes no jobs" in message(ask(simulator, time, {"name": "sync", **INPUT}))
    assert simulator.visits == ()


def test_without_a_known_gateway_its_address_is_needed(simulator: Simulator, time: Time) -> None:
    simulator.seed(JOBS)
    report = ask(simulator, time, {"name": "chat", **INPUT, "gateway_url": None})
    assert "Give gateway_url" in message(report)
    report = ask(simulator, time, {"name": "chat", **INPUT, "gateway_url": "http://gateway.example/v1"})
    assert "gateway_url must be https" in message(report)


def test_the_gateways_of_both_providers_are_known() -> None:
    assert ENDPOINT.service is not None
    assert ENDPOINT.service.gateways["api.ppio.com"] == "https://async-public.serverless.ppinfra.com/v1"
    assert ENDPOINT.service.gateways["api.novita.ai"] == "https://async-public.serverless.novita.ai/v1"
    queues = [ENDPOINT.service.queue("ep-1", {"app_name": name}) for name in ("chat", "", None)]
    assert queues == ["ep-1-chat", "ep-1-ep-1", "ep-1-ep-1"]

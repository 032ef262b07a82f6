# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Is a service asked as often as it does no harm, and is every wrong answer a failure that says why?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import pytest
from unit.asking import AWAKE, SLEEPING, ask, at_services, holds, message
from unit.listening import listening
from unit.passing import Time

from ansible_collections.ppio.gpu.plugins.module_utils._reconcile import ask as ask_module
from simulator import Fault, Settings, Simulator

USE: Final = "useEndpoint"
KEYS = {"changed", "status", "seconds", "first_answer_after", "attempts", "answer", "job", "url"}


def statuses(simulator: Simulator) -> list[int | None]:
    return [entry.status for entry in at_services(simulator)]


def test_a_service_that_serves_is_asked_once(simulator: Simulator, time: Time) -> None:
    identity = simulator.seed(AWAKE)
    report = ask(simulator, time, {"name": "chat", "path": "v1/hello?x=1"})
    assert not report.failed, report.result
    assert report.result.keys() == KEYS
    assert report.result["status"] == 200
    assert report.result["attempts"] == 1
    assert report.result["answer"]["json"]["served_by"] == identity
    assert report.result["answer"]["json"]["path"] == "/v1/hello"
    assert report.result["url"] == f"{simulator.url}/serve/chat/v1/hello?x=1"
    assert report.result["changed"] is False
    assert report.result["job"] is None
    (entry,) = at_services(simulator)
    assert entry.query == {"x": "1"}


def test_a_cold_start_is_waited_for_and_measured(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(cold_start=40)
    simulator.seed(SLEEPING)
    report = ask(simulator, time, {"name": "chat"})
    assert not report.failed, report.result
    assert set(statuses(simulator)[:-1]) == {503}
    assert report.result["attempts"] == len(at_services(simulator)) > 1
    assert 40 <= report.result["first_answer_after"] <= 60
    assert simulator.writes == ()


def test_a_start_that_takes_too_long_fails_and_names_the_option(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(cold_start=1000)
    simulator.seed(SLEEPING)
    report = ask(simulator, time, {"name": "chat", "start_timeout": 60})
    assert re.search(r"for 60 s \(start_timeout\).*HTTP 503.*the endpoint is not ready", message(report))
    assert message(report).endswith(" Check the logs of its workers, or raise start_timeout.")
    assert report.result["status"] == 503
    assert report.result["first_answer_after"] is None
    assert time.passed <= 60
    assert report.result.keys() == KEYS | {"msg", "error"}


def test_nothing_is_sent_again_without_a_start_timeout(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(cold_start=10)
    simulator.seed(SLEEPING)
    assert ask(simulator, time, {"name": "chat", "start_timeout": 0}).failed
    assert statuses(simulator) == [503]


def test_refused_connections_count_as_a_start(simulator: Simulator, time: Time) -> None:
    simulator.seed(AWAKE)
    with listening() as heard:
        closed = heard.url
    report = ask(simulator, time, {"url": closed, "start_timeout": 30, "method": "POST"})
    assert re.search(r"no connection to localhost:\d+ \(.*\)\. Check url and the network", message(report))
    assert message(report).endswith(". Check url, or raise start_timeout.")
    assert ".." not in message(report)
    assert report.result["attempts"] > 3
    assert report.result["status"] is None
    assert report.result["answer"] is None


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_gateways_that_say_not_now_are_asked_again(simulator: Simulator, time: Time, status: int) -> None:
    simulator.seed(AWAKE)
    simulator.script([Fault("status", USE, status=status, times=2), Fault("reset", USE)])
    report = ask(simulator, time, {"name": "chat"})
    assert not report.failed, report.result
    assert len(at_services(simulator)) == 4


def test_the_pause_that_an_answer_asks_for_is_kept(simulator: Simulator, time: Time) -> None:
    simulator.seed(AWAKE)
    simulator.script([Fault("status", USE, status=503, headers={"Retry-After": "77"})])
    assert not ask(simulator, time, {"name": "chat"}).failed
    assert time.pauses == [77]


@pytest.mark.parametrize("status", [401, 404, 418, 500, 501])
def test_any_other_status_fails_at_once(simulator: Simulator, time: Time, status: int) -> None:
    simulator.seed(AWAKE)
    simulator.script([Fault("status", USE, status=status, body="no\u202e such\u001b[2J model")])
    report = ask(simulator, time, {"name": "chat"})
    assert f"it answered HTTP {status} instead of 200" in message(report)
    assert "no such [2J model" in re.sub(" +", " ", message(report))
    assert len(at_services(simulator)) == 1


def test_a_status_that_is_expected_passes(simulator: Simulator, time: Time) -> None:
    simulator.seed(AWAKE)
    simulator.script([Fault("status", USE, status=503), Fault("status", USE, status=404)])
    expect = {"expect": {"status": [404, 503]}}
    assert ask(simulator, time, {"name": "chat", **expect}).result["status"] == 503
    assert ask(simulator, time, {"name": "chat", **expect}).result["status"] == 404


WRONG: Mapping[str, tuple[dict[str, Any], str]] = {
    "text": ({"contains": "welcome"}, r'answered without "welcome" \(expect.contains\)'),
    "version": (
        {"json": {"image": "registry.example.com/chat:2"}},
        r'image is "registry.example.com/chat:1" instead of "registry.example.com/chat:2" \(expect.json\)',
    ),
    "key": ({"json": {"model": "x"}}, "model is missing"),
    "kind": ({"json": {"name": {"first": "x"}}}, r'name is "chat" instead of {"first": "x"}'),
    "several": ({"contains": "welcome", "status": [201]}, "HTTP 200 instead of 201; it answered without"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_answer_fails_though_the_status_is_right(simulator: Simulator, time: Time, name: str) -> None:
    simulator.seed(AWAKE)
    expect, said = WRONG[name]
    report = ask(simulator, time, {"name": "chat", "expect": expect})
    assert re.search(said, message(report)), message(report)
    assert report.result["answer"]["json"]["name"] == "chat"
    assert len(at_services(simulator)) == 1


def test_an_answer_that_has_what_is_expected_passes(simulator: Simulator, time: Time) -> None:
    simulator.seed(AWAKE)
    body = {"messages": [{"role": "user", "content": None}]}
    expect = {"contains": "chat:1", "json": {"received": body, "name": "chat"}, "max_seconds": 50}
    report = ask(simulator, time, {"name": "chat", "method": "POST", "body": body, "expect": expect})
    assert not report.failed, report.result


def test_a_slow_answer_is_a_wrong_one(simulator: Simulator, time: Time) -> None:
    simulator.seed(AWAKE)
    simulator.script([Fault("pass", USE)])
    time.clock = ticking(time)
    report = ask(simulator, time, {"name": "chat", "expect": {"max_seconds": 0.5}})
    assert re.search(r"took \d+\.\d\d s, more than 0.5 s \(expect.max_seconds\)", message(report))


def ticking(time: Time) -> Any:
    """A clock that goes on by a second whenever somebody looks at it."""
    seconds = iter(range(1000))
    return type(time.clock)(now=lambda: float(next(seconds)), sleep=time.clock.sleep, random=lambda: 0.5)


def test_answers_in_a_row_are_counted_anew_after_one_that_says_not_now(simulator: Simulator, time: Time) -> None:
    simulator.seed(AWAKE)
    simulator.script([Fault("pass", USE), Fault("status", USE, status=503)])
    report = ask(simulator, time, {"name": "chat", "successes": 2})
    assert not report.failed, report.result
    assert statuses(simulator) == [200, 503, 200, 200]


def test_a_row_that_is_not_whole_in_time_fails(simulator: Simulator, time: Time) -> None:
    simulator.seed(AWAKE)
    report = ask(simulator, time, {"name": "chat", "successes": 100, "start_timeout": 10})
    assert "of 100 good answers in a row" in message(report)


@pytest.mark.parametrize("fault", [Fault("status", USE, status=503), Fault("reset", USE), Fault("close", USE)])
def test_a_post_is_sent_once_unless_it_may_be_repeated(simulator: Simulator, time: Time, fault: Fault) -> None:
    simulator.seed(AWAKE)
    simulator.script([fault])
    report = ask(simulator, time, {"name": "chat", "method": "POST", "body": {"n": 1}})
    assert "repeatable: true" in message(report)
    assert [entry.method for entry in at_services(simulator)] == ["POST"]
    simulator.script([fault])
    report = ask(simulator, time, {"name": "chat", "method": "POST", "body": {"n": 2}, "repeatable": True})
    assert not report.failed, report.result
    assert [entry.body for entry in at_services(simulator)] == [{"n": 1}, {"n": 2}, {"n": 2}]


def test_a_redirect_is_not_followed(simulator: Simulator, time: Time) -> None:
    simulator.seed(AWAKE)
    with listening() as elsewhere:
        simulator.script([Fault("redirect", USE, headers={"Location": elsewhere.url})])
        report = ask(simulator, time, {"name": "chat"})
        assert elsewhere.connections == 0
    assert "HTTP 307 instead of 200 (redirects are not followed)" in message(report)


def test_an_answer_that_drips_ends_in_time(simulator: Simulator, time: Time) -> None:
    simulator.seed(AWAKE)
    simulator.script([Fault("drip", USE, when="after_commit", at=80, seconds=0.2)])
    report = ask(simulator, time, {"name": "chat", "timeout": 1, "start_timeout": 0})
    assert "did not end within 1 s (timeout)" in message(report)


def test_an_answer_without_end_is_cut(simulator: Simulator, time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ask_module, "_KEPT_BYTES", 100_000)
    simulator.seed(AWAKE)
    simulator.script([Fault("flood", USE, size=30_000_000), Fault("flood", USE, size=30_000_000)])
    report = ask(simulator, time, {"name": "chat"})
    assert not report.failed, report.result
    assert report.result["answer"]["truncated"] is True
    assert report.result["answer"]["json"] is None
    assert len(report.result["answer"]["text"]) == 65536
    report = ask(simulator, time, {"name": "chat", "expect": {"json": {"id": "a"}}})
    assert "more than can be read as JSON" in message(report)


def test_what_is_compressed_is_not_unfolded(simulator: Simulator, time: Time) -> None:
    simulator.seed(AWAKE)
    simulator.script([Fault("bomb", USE, size=50_000_000)])
    report = ask(simulator, time, {"name": "chat"})
    assert len(report.result["answer"]["text"]) < 100_000
    assert report.result["answer"]["json"] is None


@pytest.mark.parametrize("levels", [70, 900, 100_000])
def test_json_that_is_far_too_deep_is_text(simulator: Simulator, time: Time, levels: int) -> None:
    simulator.seed(AWAKE)
    simulator.script([Fault("deep", USE, size=levels)])
    report = ask(simulator, time, {"name": "chat", "expect": {"json": {}}})
    assert "did not answer with JSON" in message(report)
    assert report.result["answer"]["json"] is None
    assert report.result["answer"]["text"].startswith('{"id": [[[')


def test_what_steers_a_terminal_is_no_part_of_an_answer(simulator: Simulator, time: Time) -> None:
    simulator.seed(AWAKE)
    text = "one\r\ntwo\tthree\x1b[31m\u202e\x00\x9b"
    simulator.script([Fault("status", USE, body={text: [text, float("nan")]}), Fault("status", USE, body=text)])
    clean = "one\ntwo\tthree [31m "
    assert ask(simulator, time, {"name": "chat"}).result["answer"]["json"] == {clean: [clean, None]}
    report = ask(simulator, time, {"name": "chat"})
    assert report.result["answer"] == {"text": clean, "json": None, "truncated": False}


def test_a_head_has_no_body_and_that_is_fine(simulator: Simulator, time: Time) -> None:
    simulator.seed(AWAKE)
    report = ask(simulator, time, {"name": "chat", "method": "HEAD"})
    assert not report.failed, report.result
    assert report.result["answer"]["text"] == ""


def test_headers_and_body_arrive_as_they_were_given(simulator: Simulator, time: Time) -> None:
    simulator.seed(AWAKE)
    headers = {"X-Team": "a", "X-Number": 7}
    secret = {"Authorization": "Bearer canary-41"}
    ask(simulator, time, {"name": "chat", "method": "POST", "headers": headers, "secret_headers": secret, "body": "ü"})
    ask(simulator, time, {"name": "chat", "method": "PUT", "body": {"a": [None, "ü"]}})
    ask(simulator, time, {"name": "chat", "method": "PUT", "body": [1], "headers": {"content-type": "text/x"}})
    plain, json_, own = at_services(simulator)
    assert plain.headers["x-team"] == "a"
    assert plain.headers["x-number"] == "7"
    assert plain.headers["authorization"] == "Bearer canary-41"
    assert "content-type" not in plain.headers
    assert json_.headers["content-type"] == "application/json"
    assert json_.body == {"a": [None, "ü"]}
    assert own.headers["content-type"] == "text/x"


def test_a_secret_that_the_service_repeats_is_hidden(simulator: Simulator, time: Time) -> None:
    simulator.seed(AWAKE)
    secret = {"secret_headers": {"X-Token": "canary-secret-5521"}}
    body = {"echo": "token canary-secret-5521", "canary-secret-5521": 1}
    simulator.script([Fault("status", USE, status=status, body=body) for status in (200, 500)])
    good = ask(simulator, time, {"name": "chat", **secret})
    bad = ask(simulator, time, {"name": "chat", **secret})
    wrong = ask(simulator, time, {"name": "chat", **secret, "expect": {"json": {"echo": "canary-secret-5521"}}})
    assert good.result["answer"]["json"] == {"echo": "token (hidden)", "(hidden)": 1}
    assert "canary-secret" not in repr((good, bad, wrong))


class TestKey:
    """The API key reaches no service, whatever happens."""

    def test_no_request_to_a_service_has_it(
        self, simulator: Simulator, time: Time, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
    ) -> None:
        netrc = tmp_path / "netrc"
        netrc.write_text(f"machine 127.0.0.1 login me password {simulator.api_key}\n")
        netrc.chmod(0o600)
        monkeypatch.setenv("NETRC", str(netrc))
        monkeypatch.setenv("PPIO_API_KEY", simulator.api_key)
        monkeypatch.setenv("HTTP_PROXY", f"http://{simulator.api_key}@127.0.0.1:9")
        simulator.seed(AWAKE)
        simulator.script([Fault("status", USE, status=503), Fault("reset", USE), Fault("redirect", USE)])
        for arguments in ({"name": "chat"}, {"url": f"{simulator.url}/serve/chat", "method": "POST", "body": {}}):
            ask(simulator, time, arguments)
        assert len(at_services(simulator)) == 4
        assert [entry for entry in at_services(simulator) if holds(entry, simulator.api_key)] == []
        assert [entry for entry in at_services(simulator) if "authorization" in entry.headers] == []

    @pytest.mark.parametrize(
        "arguments",
        [
            {"headers": {"Authorization": "Bearer simulator-key"}},
            {"secret_headers": {"X-Key": "simulator-key"}},
            {"headers": {"simulator-key": "x"}},
            {"path": "/?key=simulator-key"},
            {"method": "POST", "body": {"a": [{"b": "simulator-key"}]}},
            {"method": "POST", "body": "simulator-key"},
        ],
    )
    def test_a_task_that_would_send_it_is_refused(
        self, simulator: Simulator, time: Time, arguments: dict[str, Any]
    ) -> None:
        simulator.seed(AWAKE)
        for check in (True, False):
            report = ask(simulator, time, {"name": "chat", **arguments}, check=check)
            assert "has the API key in it" in message(report)
            assert "simulator-key" not in message(report)
        assert (simulator.journal, simulator.visits) == ((), ())

    def test_a_url_of_its_own_needs_none(self, simulator: Simulator, time: Time) -> None:
        simulator.seed(AWAKE)
        report = ask(simulator, time, {"url": f"{simulator.url}/serve/chat/", "path": "/x", "api_key": None})
        assert not report.failed, report.result
        assert report.result["url"] == f"{simulator.url}/serve/chat/x"
        assert simulator.journal == ()

    def test_secret_headers_travel_encrypted_only(self, simulator: Simulator, time: Time) -> None:
        report = ask(simulator, time, {"url": "http://service.example", "secret_headers": {"X-Token": "canary-1"}})
        assert "must be https" in message(report)

    @pytest.mark.parametrize("url", ["file:///etc/passwd", "https://me:pass@host.example", "chat", "https://h/?q=1"])
    def test_what_is_no_address_is_refused(self, simulator: Simulator, time: Time, url: str) -> None:
        for check in (False, True):
            report = ask(simulator, time, {"url": url}, check=check)
            assert message(report).startswith("url ")
            assert message(report).endswith("; give something like https://llama.example.com.")
            assert "pass@" not in repr(report.result)


def test_check_mode_sends_nothing_and_says_what_it_would(simulator: Simulator, time: Time) -> None:
    simulator.seed(SLEEPING)
    report = ask(simulator, time, {"name": "chat", "path": "/healthz"}, check=True)
    assert report.result == {
        "changed": False,
        "status": None,
        "seconds": None,
        "first_answer_after": None,
        "attempts": 0,
        "answer": None,
        "job": None,
        "url": None,
        "msg": "Nothing was sent in check mode. It would send GET /healthz to the endpoint with name chat.",
    }
    told = ask(simulator, time, {"url": "https://x.example", "method": "POST"}, check=True).result
    assert told["msg"].endswith("It would send POST / to url https://x.example.")
    assert told["url"] == "https://x.example"
    told = ask(simulator, time, {"id": "ep-1", "input": {}}, check=True).result
    assert told["msg"].endswith("It would submit a job to the endpoint with id ep-1.")
    assert (simulator.journal, simulator.visits) == ((), ())


def test_check_mode_misses_the_key_that_a_run_would_miss(simulator: Simulator, time: Time) -> None:
    told = {message(ask(simulator, time, {"name": "chat", "api_key": None}, check=check)) for check in (False, True)}
    assert told == {"There is no API key. Give api_key, or set PPIO_API_KEY or NOVITA_API_KEY."}


def test_what_is_not_there_is_an_error(simulator: Simulator, time: Time) -> None:
    simulator.seed(AWAKE)
    assert message(ask(simulator, time, {"name": "nobody"})) == "There is no endpoint with the name 'nobody'."
    assert message(ask(simulator, time, {"id": "nobody"})) == "There is no endpoint nobody."
    simulator.seed({**AWAKE, "app_name": "other"})
    assert "2 endpoints have the name 'chat'" in message(ask(simulator, time, {"name": "chat"}))
    assert simulator.visits == ()


def test_an_endpoint_without_a_url_is_an_error(simulator: Simulator, time: Time) -> None:
    identity = simulator.seed(AWAKE)
    simulator.script([Fault("overlay", "getEndpoint", when="after_commit", body={"url": ""})])
    assert "has no URL yet" in message(ask(simulator, time, {"id": identity}))


def test_an_error_of_the_api_is_told_with_its_facts(simulator: Simulator, time: Time) -> None:
    report = ask(simulator, time, {"name": "chat", "api_key": "wrong-key-123"})
    assert report.result.keys() == KEYS | {"msg", "error"}
    assert report.result["error"]["status"] == 403

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Is it a fact too that something cannot be found out, and why?"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from live.calls import Api
from live.facts import Fact, of_deletes, of_lists, of_new, of_updates

from simulator import Fault, Settings, Simulator

BODY = {
    "type": "sync",
    "name": "chat",
    "product_id": "serverless-rtx-4090-24",
    "image": "registry.example.com/chat:1",
    "worker_config": {"max_replicas": 1, "min_replicas": 0},
}
#: Answers that are not what the contract promises, and why nothing is found out by them.
USELESS = [
    (Fault("reset", times=99), "ended with ConnectionError"),
    (Fault("truncate", when="while_answering", times=99), "ended with ChunkedEncodingError"),
    (Fault("status", status=500, body="<html>", times=99), "was answered with 500"),
    (Fault("wrong_json", body="{", times=99), "was answered with 200 and no object"),
    (Fault("wrong_json", body=[1], times=99), "was answered with 200 and no object"),
    (Fault("deep", size=100_000, times=99), "was answered with 200 and no object"),
    (Fault("redirect", status=302, headers={"Location": "/"}, times=99), "was answered with 302"),
]
#: What a status alone answers.
BY_STATUS = {
    "Status of a list with limit=100",
    "Status for an endpoint that is not there",
    "Empty values in a PUT clear a field",
    "Answer to a second delete",
}


def facts_while_there(simulator: Simulator, identity: str) -> Iterator[Fact]:
    api = Api(simulator.url, simulator.api_key)
    yield from of_lists(api)
    yield from of_new(api, BODY, identity, simulator.clock.advance)
    yield from of_updates(api, BODY, identity)


@pytest.mark.parametrize(("fault", "why"), USELESS, ids=[why for _fault, why in USELESS])
def test_a_useless_answer_is_a_fact_that_says_why(simulator: Simulator, fault: Fault, why: str) -> None:
    identity = simulator.seed(BODY)
    simulator.script([fault])
    deletes = of_deletes(Api(simulator.url, simulator.api_key), identity, simulator.clock.advance)
    facts = {fact.question: fact.answer for fact in (*facts_while_there(simulator, identity), *deletes)}
    assert [answer for question, answer in facts.items() if question not in BY_STATUS and why not in answer] == []
    assert [answer for answer in facts.values() if "Error" in answer and "not found out: " not in answer] == []


ODD: list[tuple[str, object, str, str]] = [
    ("listEndpoints", {"data": None}, "page_size", "not found out: the page has no list `data`"),
    ("listEndpoints", {"data": {"a": 1}}, "visible_in_list_after", "not found out: the page has no list `data`"),
    ("getEndpoint", {"status": "ready"}, "Status of a new endpoint that keeps no worker", "ready"),
    ("getEndpoint", {"status": None}, "Status of a new endpoint that keeps no worker", "None"),
    ("getEndpoint", {"envs": None}, "mask", "not found out: the endpoint is shown without its variable"),
    ("getEndpoint", {"envs": ["MODE"]}, "mask", "not found out: the endpoint is shown without its variable"),
]


@pytest.mark.parametrize(("operation", "body", "asked", "answer"), ODD)
def test_a_member_of_another_type_is_no_error(
    simulator: Simulator, operation: str, body: object, asked: str, answer: str
) -> None:
    identity = simulator.seed(BODY)
    simulator.script([Fault("overlay", operation, when="after_commit", body=body, times=99)])  # type: ignore[arg-type]
    facts = list(facts_while_there(simulator, identity))
    assert {fact.answer for fact in facts if asked in (fact.question, fact.setting)} == {answer}


def test_pages_without_end_are_told(simulator: Simulator) -> None:
    simulator.settings = Settings(repeat_cursor=True)
    simulator.seed(BODY)
    deletes = of_deletes(Api(simulator.url, simulator.api_key), "gone", simulator.clock.advance)
    facts = {fact.setting: fact.answer for fact in deletes}
    assert facts["linger_in_list"] == "not found out: the list begins again at a page that was there before"


def test_an_endpoint_is_found_on_any_page(simulator: Simulator) -> None:
    simulator.settings = Settings(page_size=1)
    identity = simulator.seed(BODY)
    simulator.seed(BODY)
    facts = {fact.setting: fact.answer for fact in facts_while_there(simulator, identity)}
    assert float(facts["visible_in_list_after"]) < 60
    assert (facts["page_size"], facts["ignore_keyword"]) == ("1 and more pages", "no")


def test_no_wrong_key_is_in_a_fact() -> None:
    answers = [fact.answer for fact in of_lists(Api("http://127.0.0.1:9", "secret\nkey"))]
    assert not [answer for answer in answers if "secret" in answer or "not found out" not in answer]

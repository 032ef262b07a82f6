# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What does the job gateway answer? It takes jobs for endpoints of the type async, and wants the API key.

Source: what the official SDKs send and read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import unquote

from .api import refuse_wrong_key
from .endpoints import Endpoint
from .jobs import FINAL, Job
from .messages import Answer, RefusalError, Request
from .state import State

GATEWAY_PREFIX = "/gateway/v1/"


def answer(state: State, request: Request) -> Answer:
    """Do what a request to the gateway asks and answer it; every refusal is an answer too."""
    try:
        refuse_wrong_key(state, request)
        queue, *parts = map(unquote, request.path.removeprefix(GATEWAY_PREFIX).split("/"))
        action = ACTIONS.get((request.method, *parts[:1]))
        if action is None or len(parts) > 2:
            raise RefusalError(404, "NOT_FOUND", "no such call")
        return action(state, endpoint_of_queue(state, queue), request, parts[-1])
    except RefusalError as refusal:
        return refusal.answer()


def operation_name(request: Request) -> str:
    """The operation that a request to the gateway means, or "" if there is none."""
    _queue, *parts = request.path.removeprefix(GATEWAY_PREFIX).split("/")
    return OPERATIONS.get((request.method, *parts[:1]), "")


def endpoint_of_queue(state: State, queue: str) -> Endpoint:
    for endpoint in state.endpoints.existing():
        if f"{endpoint.id}-{endpoint.fields['app_name']}" == queue and endpoint.fields["type"] == "async":
            return endpoint
    raise RefusalError(404, "ENDPOINT_NOT_FOUND", "no async endpoint has this queue")


def submit(state: State, endpoint: Endpoint, request: Request, _part: str) -> Answer:
    body = request.json
    if not isinstance(body, dict) or "input" not in body:
        raise RefusalError(400, "VALIDATOR_PARAM", "input is needed")
    identity = f"job-{len(state.jobs) + 1}"
    state.jobs[identity] = Job(identity, endpoint.id, body["input"], state.clock.now())
    return Answer(200, {"id": identity, "status": "PENDING"}, committed=identity)


def status(state: State, endpoint: Endpoint, _request: Request, part: str) -> Answer:
    return Answer(200, named_job(state, endpoint, part).as_json(endpoint, state.clock.now(), state.settings))


def cancel(state: State, endpoint: Endpoint, _request: Request, part: str) -> Answer:
    job = named_job(state, endpoint, part)
    if job.word(state.clock.now(), state.settings) not in FINAL:
        state.jobs[part] = replace(job, is_cancelled=True)
    return Answer(200, {}, committed=part)


def named_job(state: State, endpoint: Endpoint, identity: str) -> Job:
    job = state.jobs.get(identity)
    if job is None or job.endpoint_id != endpoint.id:
        raise RefusalError(404, "JOB_NOT_FOUND", "no such job")
    return job


ACTIONS: dict[tuple[str, ...], Callable[[State, Endpoint, Request, str], Answer]] = {
    ("POST", "run"): submit,
    ("GET", "status"): status,
    ("POST", "cancel"): cancel,
}
OPERATIONS: dict[tuple[str, ...], str] = {
    ("POST", "run"): "submitJob",
    ("GET", "status"): "getJob",
    ("POST", "cancel"): "cancelJob",
}

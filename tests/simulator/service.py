# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What do the endpoints themselves answer: at their own URL and in their workers' logs? No key is needed."""

from __future__ import annotations

from urllib.parse import unquote

from .endpoints import Endpoint
from .lifecycle import serving, worker_status, workers_of
from .messages import Answer, Request
from .state import State

SERVICE_PREFIX = "/serve/"
LOG_PREFIX = "/logs/"


def answer(state: State, request: Request) -> Answer:
    """The answer of an endpoint's workload; 503 as long as it cannot serve."""
    if has_key(state, request):
        # Whatever a test is about: what runs there must never see the key.
        state.bugs.append(f"the API key reached an endpoint: {request.method} {request.path}")
    app_name, _separator, path = request.path.removeprefix(SERVICE_PREFIX).partition("/")
    endpoint = endpoint_of_app(state, unquote(app_name))
    if endpoint is None:
        return Answer(404, {"message": "no endpoint has this app name"})
    now = state.clock.now()
    # A request wakes a worker even if that worker will fail.
    endpoint = state.endpoints.note_traffic(endpoint, now)
    if not serving(endpoint, now, state.settings):
        return Answer(503, {"message": "the endpoint is not ready"})
    served = {"served_by": endpoint.id, "name": endpoint.fields["name"], "path": f"/{path}"}
    return Answer(200, {**served, **served_by(state, endpoint), "received": request.json})


def has_key(state: State, request: Request) -> bool:
    """Whether the API key is anywhere in a request."""
    texts = (request.path, *request.query.values(), *request.headers.values(), request.body.decode(errors="replace"))
    return any(state.api_key in text for text in texts)


def served_by(state: State, endpoint: Endpoint) -> dict[str, str]:
    """The worker whose turn it is, and the image that it runs."""
    ready = serving(endpoint, state.clock.now(), state.settings)
    worker = ready[len(state.visits.entries()) % len(ready)]
    return {"worker": worker.id, "image": worker.generation.image}


def endpoint_of_app(state: State, app_name: str) -> Endpoint | None:
    return next(
        (endpoint for endpoint in state.endpoints.existing() if endpoint.fields["app_name"] == app_name),
        None,
    )


def log_answer(state: State, request: Request) -> Answer:
    """The log of a worker: one line with its state."""
    worker_id, now = request.path.removeprefix(LOG_PREFIX), state.clock.now()
    for endpoint in state.endpoints.existing():
        for worker in workers_of(endpoint, now, state.settings):
            if worker.id == worker_id:
                status = worker_status(endpoint, worker, now, state.settings)
                return Answer(200, {"lines": [" ".join(filter(None, (status.status, status.error, status.message)))]})
    return Answer(404, {"message": "no such worker"})

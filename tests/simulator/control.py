# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How is a running simulator steered and watched over HTTP? Everything below /simulator/; no key is needed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from .contract import contract
from .endpoints import Endpoint
from .faults import FAULTS, FaultScript
from .messages import Answer, RefusalError, Request
from .service import SERVICE_PREFIX
from .settings import SETTINGS
from .state import State
from .stock import settings_for

PREFIX = "/simulator/"


def answer(state: State, request: Request) -> Answer:
    """Do what a control request asks. A wrong one is answered 400, an unknown one 404."""
    action = ACTIONS.get((request.method, request.path.removeprefix(PREFIX)))
    if action is None:
        return Answer(404, {"message": f"{request.method} {request.path} is no control call"})
    try:
        return Answer(200, action(state, request.body))
    except (ValueError, RefusalError) as error:
        return Answer(400, {"message": str(error)})


def show_settings(state: State, _body: bytes) -> Any:
    return asdict(state.settings)


def set_settings(state: State, body: bytes) -> Any:
    """All settings at once: those that the body does not name get their defaults."""
    state.settings = SETTINGS.validate_json(body)
    return asdict(state.settings)


def change_settings(state: State, body: bytes) -> Any:
    """The settings that the body names; the others stay."""
    change = json.loads(body)
    if not isinstance(change, dict):
        raise ValueError("the body must be an object")
    state.settings = SETTINGS.validate_json(json.dumps({**asdict(state.settings), **change}))
    return asdict(state.settings)


def show_journal(state: State, _body: bytes) -> Any:
    return {
        "entries": [entry.as_json() for entry in state.journal.entries()],
        "writes": len(state.journal.writes()),
    }


def show_visits(state: State, _body: bytes) -> Any:
    """What reached endpoints' own URLs, with all headers: there must be no key. The gateway's requests have one."""
    visits = [(entry.as_json(), dict(entry.headers)) for entry in state.visits.entries()]
    return {
        "entries": [
            {**shown, "headers": headers if shown["path"].startswith(SERVICE_PREFIX) else {}}
            for shown, headers in visits
        ]
    }


def clear_journal(state: State, _body: bytes) -> Any:
    state.journal.clear()
    state.visits.clear()
    return {}


def reset(state: State, _body: bytes) -> Any:
    state.reset()
    return {}


def advance_clock(state: State, body: bytes) -> Any:
    match json.loads(body):
        case {"advance": int() | float() as seconds}:
            state.clock.advance(seconds)
        case _:
            raise ValueError('the body must be {"advance": seconds}')
    return {"now": state.clock.now()}


def show_endpoints(state: State, _body: bytes) -> Any:
    return {"endpoints": [endpoint.json for endpoint in state.endpoints.existing()]}


def seed_endpoint(state: State, body: bytes) -> Any:
    return {"id": seeded(state, body).id}


def seeded(state: State, body: bytes) -> Endpoint:
    """Put an endpoint there as if it had been created. Raises `RefusalError` for a body that the contract refuses."""
    request = Request("POST", "/gpus/v2/endpoints", {}, {"content-type": "application/json"}, body)
    contract().check_request(contract().call(request))
    wanted = json.loads(body)
    return state.endpoints.create(wanted, state.clock.now(), settings_for(state, wanted))


def show_faults(state: State, _body: bytes) -> Any:
    return FAULTS.dump_python(state.faults.remaining(), mode="json")


def set_faults(state: State, body: bytes) -> Any:
    state.faults = FaultScript(FAULTS.validate_json(body))
    return {}


ACTIONS: dict[tuple[str, str], Callable[[State, bytes], Any]] = {
    ("GET", "settings"): show_settings,
    ("PUT", "settings"): set_settings,
    ("PATCH", "settings"): change_settings,
    ("GET", "journal"): show_journal,
    ("GET", "visits"): show_visits,
    ("DELETE", "journal"): clear_journal,
    ("POST", "reset"): reset,
    ("POST", "clock"): advance_clock,
    ("GET", "endpoints"): show_endpoints,
    ("POST", "endpoints"): seed_endpoint,
    ("GET", "faults"): show_faults,
    ("PUT", "faults"): set_faults,
}

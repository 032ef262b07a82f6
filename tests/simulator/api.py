# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What does the API answer to a call?"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from .catalog import PRODUCT_IDS, REGIONS, products
from .contract import Call, ContractError, contract
from .endpoints import Endpoint
from .messages import Answer, RefusalError, Request, error_body
from .paging import page
from .state import State
from .stock import settings_for, stocked
from .views import detail, distorted, list_item

MISSING_IMAGE = "registry.example.com/missing:"


def answer(state: State, request: Request) -> Answer:
    """Do what a request asks and answer it; every refusal is an answer too."""
    try:
        call = accepted_call(state, request)
        raw = OPERATIONS[call.operation.name](state, call)
        checked = checked_answer(state, call, raw)
    except RefusalError as refusal:
        checked = refusal_answer(state, request, refusal)
    body = distorted(checked.body, state.settings)
    return Answer(checked.status, body, checked.headers, checked.committed)


def accepted_call(state: State, request: Request) -> Call:
    """The call that a request means. Raises `RefusalError` if key, address or contract speak against it."""
    refuse_wrong_key(state, request)
    call = contract().call(request)
    if state.settings.create_only and call.operation.name != "createEndpoint":
        raise RefusalError(state.settings.create_only, "REQUEST", "this server offers only the create call")
    contract().check_request(call)
    return call


def refuse_wrong_key(state: State, request: Request) -> None:
    header = request.headers.get("authorization", "")
    if not header.startswith("Bearer "):
        raise RefusalError(401, "UNAUTHORIZED", "a bearer key is needed")
    if header != f"Bearer {state.api_key}":
        raise RefusalError(403, "INVALID_API_KEY", "the key is not known")


def checked_answer(state: State, call: Call, raw: Answer) -> Answer:
    """The answer, or a loud 500 if it breaks the contract, which is a bug of the simulator."""
    if not state.settings.validate_answers:
        return raw
    try:
        contract().check_answer(call.operation, raw)
    except ContractError as broken:
        state.bugs.append(str(broken))
        return Answer(500, error_body(500, "SIMULATOR_BROKE_CONTRACT", str(broken)))
    return raw


def refusal_answer(state: State, request: Request, refusal: RefusalError) -> Answer:
    plain = refusal.answer()
    if not state.settings.echo_body:
        return plain
    message = f"{refusal.message}; the request was {request.body.decode(errors='replace')}"
    return replace(plain, body={**plain.body, "message": message})


def create_endpoint(state: State, call: Call) -> Answer:
    body = json.loads(call.request.body)
    refuse_impossible(state, body)
    endpoint = state.endpoints.create(body, state.clock.now(), settings_for(state, body))
    return Answer(200, {"id": endpoint.id}, committed=endpoint.id)


def list_endpoints(state: State, call: Call) -> Answer:
    now, settings, query = state.clock.now(), state.settings, call.request.query
    found = [endpoint for endpoint in state.endpoints.seen_by_list(now, settings) if matches(endpoint, query, state)]
    if flaps(state, query):
        found = []
    one_page = page({-endpoint.number: endpoint for endpoint in found}, query, settings)
    items = [list_item(endpoint, now, settings, state.origin) for endpoint in one_page.items]
    return Answer(200, {"data": items, **one_page.cursor_fields(), "total": len(found)})


def matches(endpoint: Endpoint, query: Mapping[str, str], state: State) -> bool:
    return state.settings.ignore_keyword or query.get("keyword", "") in endpoint.fields["name"]


def flaps(state: State, query: Mapping[str, str]) -> bool:
    """Whether this listing is one of those that show nothing; where there is a later page, it is none of these."""
    if not state.settings.flapping_list or query.get("cursor"):
        return False
    state.listings += 1
    return state.listings % 2 == 0


def get_endpoint(state: State, call: Call) -> Answer:
    return Answer(200, detail(named_endpoint(state, call), state.clock.now(), state.settings, state.origin))


def update_endpoint(state: State, call: Call) -> Answer:
    endpoint = named_endpoint(state, call)
    if endpoint.deleted is not None:
        raise RefusalError(400, "OPERATION_LIMIT", "the endpoint is being deleted")
    body = json.loads(call.request.body)
    refuse_impossible(state, body)
    state.endpoints.update(endpoint, body, state.clock.now(), settings_for(state, body, endpoint))
    return Answer(200, {}, committed=endpoint.id)


def delete_endpoint(state: State, call: Call) -> Answer:
    endpoint = named_endpoint(state, call)
    if endpoint.deleted is not None:
        return Answer(200, {})
    state.endpoints.delete(endpoint, state.clock.now())
    return Answer(200, {}, committed=endpoint.id)


def named_endpoint(state: State, call: Call) -> Endpoint:
    return state.endpoints.seen_by_get(call.parameters["endpoint_id"], state.clock.now(), state.settings)


def refuse_impossible(state: State, body: Mapping[str, Any]) -> None:
    """Raise `RefusalError` for what only the running API can know: debts, products and images."""
    if state.settings.balance == "debt":
        raise RefusalError(400, "BALANCE_NOT_ENOUGH", "the account is in debt")
    if state.settings.check_products and body.get("product_id", PRODUCT_IDS[0]) not in PRODUCT_IDS:
        raise RefusalError(400, "SERVERLESS_PRODUCT_NOT_FOUND", "the product does not exist")
    if body.get("image", "").startswith(MISSING_IMAGE):
        raise RefusalError(400, "IMAGE_NOT_FOUND", "the image does not exist")


def list_products(state: State, call: Call) -> Answer:
    found = [stocked(product, state) for product in products(call.request.query)]
    one_page = page(dict(enumerate(found)), call.request.query, state.settings)
    is_whole = len(one_page.items) == len(found)
    # The published sample has no cursor fields.
    return Answer(200, {"data": list(one_page.items), **({} if is_whole else one_page.cursor_fields())})


def list_regions(state: State, call: Call) -> Answer:
    one_page = page(dict(enumerate(REGIONS)), call.request.query, state.settings)
    return Answer(200, {"data": list(one_page.items), **one_page.cursor_fields()})


def get_balance(state: State, call: Call) -> Answer:
    cash = {"ok": 800_000, "debt": -30_000}[state.settings.balance]
    credit = {"ok": 200_000, "debt": 0}[state.settings.balance]
    sums = {
        "availableBalance": cash + credit,
        "cashBalance": cash,
        "creditLimit": credit,
        "pendingCharges": 0,
        "outstandingInvoices": max(0, -cash),
    }
    return Answer(200, {name: str(value) for name, value in sums.items()})


OPERATIONS: dict[str, Callable[[State, Call], Answer]] = {
    "createEndpoint": create_endpoint,
    "listEndpoints": list_endpoints,
    "getEndpoint": get_endpoint,
    "updateEndpoint": update_endpoint,
    "deleteEndpoint": delete_endpoint,
    "listProducts": list_products,
    "listRegions": list_regions,
    "getBalance": get_balance,
}

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does a request, and does an answer, keep the contract in docs/openapi.yaml?

Requests are judged more strictly than the contract says: a property that it does not name is refused too, because a
client that sends one has made a mistake. Answers may carry unknown properties, as the live API's do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import yaml
from jsonschema_path import SchemaPath
from openapi_core import V30RequestValidator, V30ResponseValidator
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from openapi_core.validation.exceptions import ValidationError
from werkzeug.datastructures import Headers, ImmutableMultiDict

from .messages import Answer, RefusalError, Request

DOCUMENT = Path(__file__).parents[2] / "docs" / "openapi.yaml"
METHODS = frozenset({"get", "put", "post", "delete", "patch"})
# The key is not the contract's business; whoever asks it has looked at the key before.
BEARER = Headers({"Authorization": "Bearer checked"})
Pairs = tuple[tuple[str, str], ...]


class ContractError(AssertionError):
    """The simulator's own answer violates the contract: a bug of the simulator."""


@dataclass(frozen=True)
class Operation:
    """One operation of the contract, such as `createEndpoint`."""

    name: str
    method: str  # in lower case
    path: str  # the template, such as /gpus/v2/endpoints/{endpoint_id}
    takes_body: bool


@dataclass(frozen=True)
class Call:
    """A request whose operation is known. The path parameters are decoded."""

    operation: Operation
    parameters: Mapping[str, str]
    request: Request


@dataclass
class JudgedRequest:
    """A call in the shape that openapi-core reads."""

    host_url: str
    path_pattern: str
    method: str
    parameters: RequestParameters
    content_type: str
    body: bytes

    @property
    def path(self) -> str:
        return self.path_pattern


@dataclass
class JudgedAnswer:
    """An answer in the shape that openapi-core reads."""

    status_code: int
    data: bytes
    content_type: str
    headers: Headers


class Contract:
    """The contract, loaded."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._host = str(document["servers"][0]["url"])
        self._requests = V30RequestValidator(SchemaPath.from_dict(closed(document)))
        self._answers = V30ResponseValidator(SchemaPath.from_dict(dict(document)))
        self._routes = tuple((path_pattern(operation.path), operation) for operation in operations(document))
        self._operations = {operation.name: operation for _pattern, operation in self._routes}
        # What was right once is right again, and most requests and answers of a run repeat.
        self._matches = lru_cache(maxsize=4096)(self._find_matches)
        self._check_known_request = lru_cache(maxsize=4096)(self._check_request)
        self._check_known_answer = lru_cache(maxsize=4096)(self._check_answer)

    def call(self, request: Request) -> Call:
        """Find the operation that a request means. Raises `RefusalError`: 404 for an unknown path, 405 for a method."""
        if match := self._matches(request.path).get(request.method.lower()):
            return Call(*match, request)
        if self._matches(request.path):
            raise RefusalError(405, "METHOD_NOT_ALLOWED", f"{request.method} is not offered here")
        raise RefusalError(404, "REQUEST", "no such address")

    def operation_name(self, request: Request) -> str:
        """The operation that a request means, or "" if there is none."""
        match = self._matches(request.path).get(request.method.lower())
        return match[0].name if match else ""

    def _find_matches(self, path: str) -> Mapping[str, tuple[Operation, Mapping[str, str]]]:
        """The operations of a path by their methods, with its decoded parameters."""
        return {
            operation.method: (operation, {name: unquote(value) for name, value in match.groupdict().items()})
            for pattern, operation in self._routes
            if (match := pattern.fullmatch(path))
        }

    def check_request(self, call: Call) -> None:
        """Raise `RefusalError` with 400 VALIDATOR_PARAM if the call breaks the contract."""
        if call.request.body and not call.operation.takes_body:
            raise RefusalError(400, "VALIDATOR_PARAM", f"{call.operation.name} takes no body")
        self._check_known_request(
            call.operation.name,
            tuple(call.parameters.items()),
            # The contract lets an empty parameter stand for an absent one, which openapi-core does not know.
            tuple((name, value) for name, value in call.request.query.items() if value),
            call.request.headers.get("content-type", ""),
            call.request.body,
        )

    def check_answer(self, operation: Operation, answer: Answer) -> None:
        """Raise `ContractError` if an answer of the simulator breaks the contract."""
        for part in parts(answer.body):
            self._check_known_answer(operation.name, answer.status, json.dumps(part))

    def _check_request(
        self, operation_name: str, parameters: Pairs, query: Pairs, media_type: str, body: bytes
    ) -> None:
        try:
            self._requests.validate(self._judged(operation_name, parameters, query, media_type, body))
        except OpenAPIError as error:
            raise RefusalError(400, "VALIDATOR_PARAM", explanation(error)) from error

    def _check_answer(self, operation_name: str, status: int, text: str) -> None:
        judged = JudgedAnswer(status, text.encode(), "application/json", Headers())
        try:
            self._answers.validate(self._judged(operation_name), judged)
        except OpenAPIError as error:
            raise ContractError(f"{operation_name} {status}: {explanation(error)} in {text}") from error

    def _judged(
        self, operation_name: str, parameters: Pairs = (), query: Pairs = (), media_type: str = "", body: bytes = b""
    ) -> JudgedRequest:
        operation = self._operations[operation_name]
        return JudgedRequest(
            host_url=self._host,
            path_pattern=operation.path,
            method=operation.method,
            parameters=RequestParameters(path=dict(parameters), query=ImmutableMultiDict(query), header=BEARER),
            content_type=media_type,
            body=body,
        )


@cache
def contract() -> Contract:
    """The contract of docs/openapi.yaml, loaded once."""
    return Contract(document())


def document() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(DOCUMENT.read_text(encoding="utf-8"))
    return loaded


def operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    for path, item in document["paths"].items():
        for method in METHODS & item.keys():
            yield Operation(item[method]["operationId"], method, path, "requestBody" in item[method])


def closed(node: Any) -> Any:
    """A copy of the contract in which no object may have a property that its schema does not name."""
    if isinstance(node, list):
        return [closed(element) for element in node]
    if not isinstance(node, dict):
        return node
    copy = {name: closed(member) for name, member in node.items()}
    return {**copy, "additionalProperties": False} if isinstance(node.get("properties"), dict) else copy


def path_pattern(template: str) -> re.Pattern[str]:
    """The whole-path pattern of a template. A parameter is one segment, so an unencoded slash is another path."""
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(template)))


def parts(body: Any) -> Iterator[Any]:
    """The envelope of a page and each of its items in an envelope of its own: an unchanged item is judged once."""
    if isinstance(body, dict) and isinstance(body.get("data"), list):
        yield {**body, "data": []}
        yield from ({"data": [item]} for item in body["data"])
    else:
        yield body


def explanation(error: OpenAPIError) -> str:
    """What is wrong, with the path of each wrong property, such as `worker_config.gpu_num: 9 is greater than ...`."""
    found = error.details["schema_errors"] if isinstance(error, ValidationError) else []
    if not found:
        return f"{error} ({error.__cause__})" if error.__cause__ else str(error)
    prefix = f"{error}: " if "parameter" in str(error) else ""
    return prefix + "; ".join(
        f"{'.'.join(str(step) for step in one['path']) or 'body'}: {one['message']}" for one in found
    )

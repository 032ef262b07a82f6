# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does the collection create, read, keep, change and delete an endpoint? And what does the API do meanwhile?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.ppio.gpu.plugins.module_utils._options.argument_spec import CONNECTION
from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT
from ansible_collections.ppio.gpu.plugins.module_utils._schema.product import PRODUCT
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.execution import Execution
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.info import inform
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.manage import manage
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.task import Task

from . import facts
from .calls import Api

Options = Mapping[str, Any]


class LiveRunError(Exception):
    """The collection did not do what it promises."""


def live(url: str, key: str, name: str, product_id: str, image: str, sleep: facts.Sleep) -> Iterator[facts.Fact]:
    """The facts, while the collection does its work on one endpoint. Raises LiveRunError."""
    account, api = {"api_url": url, "api_key": key}, Api(url, key)
    body = {
        "type": "sync",
        "name": name,
        "product_id": product_id or _cheapest(account),
        "image": image,
        "worker_config": {"max_replicas": 1, "min_replicas": 0},
    }
    endpoint = _EndpointOfTheRun(account, body)
    endpoint.read()
    yield from facts.of_lists(api)
    with endpoint:
        identity = endpoint.create()
        yield from facts.of_new(api, body, identity, sleep)
        endpoint.read()
        endpoint.apply("keep", changed=False)
        endpoint.apply("change", changed=True, command="python3 -m http.server")
        endpoint.apply("keep the change", changed=False, command="python3 -m http.server")
        yield from facts.of_updates(api, body, identity)
    yield from facts.of_deletes(api, identity, sleep)


class _EndpointOfTheRun:
    """What the collection does with the endpoint. The end of its block deletes it, whatever happened."""

    def __init__(self, account: Options, body: Options) -> None:
        self._account = account
        self._body = body
        self._id = ""

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            # Without an id it is not known whether there is one.
            changed = True if self._id else None
            _managed("delete", {**self._account, "name": self._body["name"], "state": "absent"}, changed)
        except LiveRunError as failed:
            first = f"{error}\n" if isinstance(error, LiveRunError) else ""
            left = f"The endpoint {self._body['name']} may be left. Look for it in the console, and delete it."
            raise LiveRunError(f"{first}{failed}\n{left}") from error

    def create(self) -> str:
        self._id = self.apply("create", changed=True)["id"]
        return self._id

    def apply(self, step: str, *, changed: bool, **more: Any) -> Options:
        """Ask for the endpoint with more fields, which must change it or must not."""
        return _managed(step, {**self._account, **self._body, **more}, changed)

    def read(self) -> None:
        """Read it by its id; before there is one, look that nothing has its name."""
        by = {"id": self._id} if self._id else {"name": self._body["name"]}
        shown = _result("read", inform(ENDPOINT), {**self._account, **by})["endpoints"]
        got = [(one["id"], one["name"], one["image"]) for one in shown]
        expected = [(self._id, self._body["name"], self._body["image"])] if self._id else []
        if got != expected:
            raise LiveRunError(f"read: expected {expected}, and got {got}")


def _managed(step: str, options: Options, changed: bool | None) -> Options:
    """The result of the endpoint task, which must have changed something or not; None: both are fine."""
    result = _result(step, manage(ENDPOINT), options)
    if changed is not None and result["changed"] is not changed:
        raise LiveRunError(f"{step}: expected changed={changed}, and got {result['changed']}")
    return result


def _cheapest(account: Options) -> str:
    """The id of the cheapest serverless GPU."""
    products = _result("products", inform(PRODUCT), {**account, "sort_by": "price"})["products"]
    if not products:
        raise LiveRunError("products: there is none; name one with --product-id")
    return str(products[0]["id"])


def _result(step: str, task: Task, options: Options) -> Options:
    """The result of a task, which must not fail."""
    validated = ArgumentSpecValidator(CONNECTION | task.options).validate(dict(options))
    report = task.report(validated.validated_parameters, Execution())
    if report.failed:
        raise LiveRunError(f"{step}: {report.result['msg']}")
    return report.result

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Create an endpoint that keeps no worker, use it a little, delete it, and print what the API really did.

It needs PPIO_API_KEY, and PPIO_API_URL for another API than https://api.ppio.com. It costs nothing while nobody sends
requests to the endpoint, whose name begins with `ppio-gpu-live-`.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
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

_REAL = "https://api.ppio.com"


class LiveRunError(Exception):
    """The collection did not do what it promises."""


def live(url: str, key: str, product_id: str, image: str, sleep: Callable[[float], None]) -> Iterator[facts.Fact]:
    """The facts, while the collection creates, keeps, changes and removes one endpoint. Raises LiveRunError."""
    account = {"api_url": url, "api_key": key}
    api = facts.Api(url, key)
    body = {
        "type": "sync",
        "name": f"ppio-gpu-live-{uuid.uuid4().hex[:8]}",
        "product_id": product_id or _cheapest(account),
        "image": image,
        "worker_config": {"max_replicas": 1, "min_replicas": 0},
    }
    yield from facts.of_lists(api)
    try:
        made = _played("create", account | body, changed=True)
        yield from facts.of_new(api, body, made["id"], sleep)
        _played("keep", account | body, changed=False)
        wanted = body | {"command": "python3 -m http.server", "envs": [{"key": "MODE", "value": "live"}]}
        _played("change", account | wanted, changed=True)
        _played("keep the change", account | wanted, changed=False)
        yield from facts.of_updates(api, body, made["id"])
    finally:
        gone = _played("delete", account | {"name": body["name"], "state": "absent"}, changed=True)
    yield from facts.of_deletes(api, gone["id"], sleep)


def _played(step: str, options: Mapping[str, Any], *, changed: bool) -> Mapping[str, Any]:
    """The result of the endpoint task with these options, which must end as expected."""
    result = _result(manage(ENDPOINT), options)
    if result["changed"] is not changed or "msg" in result:
        raise LiveRunError(f"{step}: expected changed={changed}, and got {result.get('msg', result['changed'])}")
    return result


def _cheapest(account: Mapping[str, Any]) -> str:
    """The id of the cheapest serverless GPU."""
    result = _result(inform(PRODUCT), {**account, "sort_by": "price"})
    if not result.get("products"):
        raise LiveRunError(f"products: {result.get('msg', 'there is none; name one with --product-id')}")
    return str(result["products"][0]["id"])


def _result(task: Task, options: Mapping[str, Any]) -> Mapping[str, Any]:
    validated = ArgumentSpecValidator(CONNECTION | task.options).validate(dict(options))
    return task.report(validated.validated_parameters, Execution()).result


def main() -> int:
    """Print one line for each fact, and say whether the collection passed."""
    parser = argparse.ArgumentParser(prog="make live", description=__doc__)
    parser.add_argument("--product-id", default="", help="the product to use (default: the cheapest)")
    parser.add_argument("--image", default="docker.io/library/python:3.12-slim", help="default: %(default)s")
    options = parser.parse_args()
    url, key = os.environ.get("PPIO_API_URL") or _REAL, os.environ.get("PPIO_API_KEY", "")
    if not key:
        print("Set PPIO_API_KEY. The run creates one endpoint that keeps no worker, and deletes it.")
        return 2
    print(f"The run plays on {url}.\n", flush=True)
    try:
        for fact in live(url, key, options.product_id, options.image, time.sleep):
            print(f"{fact.question + ' ':.<58} {fact.answer}", flush=True)
    except LiveRunError as error:
        print(f"\nFailed: {error}")
        return 1
    print("\nThe collection created, kept, changed and deleted an endpoint. Please report the table above.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

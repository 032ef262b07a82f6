# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What answers so fast that the client is what is measured?

The endpoint calls of the GPU API in a process of its own: nothing is checked, and everything is kept in memory. How
the API behaves is the simulator's business; here only time counts.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import socket
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

import requests
from aiohttp import web

from benchmark.fleets import Endpoint

PATH = "/gpus/v2/endpoints"
CONTROL = "/stub"
PAGE_SIZE = 100

#: What an answer shows besides of an endpoint that serves.
_SERVING: Mapping[str, Any] = {
    "status": {"status": "running", "error": "", "message": ""},
    "url": "",
    "workers": [],
    "member_id": "member-1",
    "owner_id": "owner-1",
    "created_at": 1_750_000_000,
}


@dataclass(frozen=True)
class Stub:
    """A server that runs."""

    url: str

    def reset(self, endpoints: Sequence[Endpoint] = (), latency: float = 0) -> None:
        """Have these endpoints and no others, answer after `latency` seconds, and forget the calls."""
        body = {"endpoints": endpoints, "latency": latency}
        requests.put(self.url + CONTROL, json=body, timeout=60).raise_for_status()

    def calls(self) -> Counter[str]:
        """How many calls of each method there were."""
        return Counter(requests.get(self.url + CONTROL, timeout=60).json())


@contextmanager
def running_stub() -> Iterator[Stub]:
    """A stub on a free port of this machine."""
    # A fresh interpreter: a copy of this process might hold what its threads had locked.
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_serve, args=(sender,), daemon=True)
    process.start()
    try:
        yield Stub(f"http://127.0.0.1:{receiver.recv()}")
    finally:
        process.terminate()
        process.join()


@dataclass
class _State:
    endpoints: dict[str, Endpoint] = field(default_factory=dict)
    latency: float = 0.0
    calls: Counter[str] = field(default_factory=Counter)
    made: int = 0

    def add(self, body: Mapping[str, Any]) -> Endpoint:
        self.made += 1
        endpoint = {**_SERVING, **body, "id": f"ep-{self.made}", "app_name": f"ep-{self.made}"}
        self.endpoints[endpoint["id"]] = endpoint
        return endpoint

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await request.content.read()
        content = json.loads(body) if body else {}
        if request.path == CONTROL:
            return _answer(self._controlled(request.method, content))
        self.calls[request.method] += 1
        await asyncio.sleep(self.latency)
        return _answer(self._answered(request, content))

    def _controlled(self, method: str, content: Mapping[str, Any]) -> Any:
        if method == "GET":
            return self.calls
        self.endpoints.clear()
        self.calls.clear()
        self.made, self.latency = 0, content["latency"]
        for endpoint in content["endpoints"]:
            self.add(endpoint)
        return {}

    def _answered(self, request: web.BaseRequest, content: Mapping[str, Any]) -> Any:
        identity = request.path.removeprefix(PATH).strip("/")
        match request.method:
            case "GET" if not identity:
                return self._page(int(request.query.get("cursor") or 0), request.query.get("keyword"))
            case "POST":
                return {"id": self.add(content)["id"]}
            case "PUT":
                self.endpoints[identity].update(content)
            case "DELETE":
                del self.endpoints[identity]
        return self.endpoints.get(identity, {})

    def _page(self, start: int, keyword: str | None) -> Any:
        found = [one for one in self.endpoints.values() if keyword is None or one["name"] == keyword]
        end = start + PAGE_SIZE
        return {"data": found[start:end], "next_cursor": str(end) if end < len(found) else ""}


def _answer(content: Any) -> web.Response:
    return web.Response(body=json.dumps(content).encode(), content_type="application/json")


def _serve(sender: Connection) -> None:
    asyncio.run(_served(sender))


async def _served(sender: Connection) -> None:
    runner = web.ServerRunner(web.Server(_State().handle, access_log=None))
    await runner.setup()
    listening = socket.create_server(("127.0.0.1", 0), backlog=256)
    await web.SockSite(runner, listening).start()
    sender.send(listening.getsockname()[1])
    await asyncio.Event().wait()

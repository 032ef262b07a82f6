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
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

import requests
from aiohttp import web

from benchmark.fleets import Endpoint, shown

PATH = "/gpus/v2/endpoints"
CONTROL = "/stub"
PAGE_SIZE = 100
#: Seconds for what is no measurement: a hundred thousand endpoints take their time.
_TIMEOUT = 300

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
        body = {"endpoints": [shown(endpoint) for endpoint in endpoints], "latency": latency}
        requests.put(self.url + CONTROL, json=body, timeout=_TIMEOUT).raise_for_status()

    def calls(self) -> list[str]:
        """The calls that there were, in their order: list, GET, POST, PUT, DELETE."""
        calls: list[str] = requests.get(self.url + CONTROL, timeout=_TIMEOUT).json()
        return calls


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
    calls: list[str] = field(default_factory=list)
    #: Each endpoint in JSON, so that a list costs the server next to nothing.
    texts: dict[str, str] = field(default_factory=dict)
    made: int = 0

    def add(self, body: Mapping[str, Any]) -> Endpoint:
        self.made += 1
        identity = f"ep-{self.made}"
        # Without a name of its own, an application gets its endpoint's id.
        endpoint = {**_SERVING, **body, "id": identity, "app_name": body.get("app_name") or identity}
        self.keep(endpoint)
        return endpoint

    def keep(self, endpoint: Endpoint) -> None:
        self.endpoints[endpoint["id"]] = endpoint
        self.texts[endpoint["id"]] = json.dumps(endpoint)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await request.content.read()
        content = json.loads(body) if body else {}
        if request.path == CONTROL:
            return _json(json.dumps(self._controlled(request.method, content)))
        identity = request.path.removeprefix(PATH).strip("/")
        is_list = request.method == "GET" and not identity
        self.calls.append("list" if is_list else request.method)
        await asyncio.sleep(self.latency)
        if is_list:
            return _json(self._page(int(request.query.get("cursor") or 0), request.query.get("keyword")))
        if identity and identity not in self.endpoints:
            return web.Response(status=404)
        return _json(self._answered(request.method, identity, content))

    def _controlled(self, method: str, content: Mapping[str, Any]) -> Any:
        if method == "GET":
            return self.calls
        self.endpoints.clear()
        self.texts.clear()
        self.calls.clear()
        self.made, self.latency = 0, content["latency"]
        for endpoint in content["endpoints"]:
            self.add(endpoint)
        return {}

    def _answered(self, method: str, identity: str, content: Mapping[str, Any]) -> str:
        match method:
            case "POST":
                return json.dumps({"id": self.add(content)["id"]})
            case "PUT":
                self.keep({**self.endpoints[identity], **content})
            case "DELETE":
                del self.endpoints[identity], self.texts[identity]
                return "{}"
        return self.texts[identity]

    def _page(self, start: int, keyword: str | None) -> str:
        found = list(self.endpoints)
        if keyword is not None:
            found = [identity for identity, one in self.endpoints.items() if one["name"] == keyword]
        end = start + PAGE_SIZE
        following = json.dumps(str(end) if end < len(found) else "")
        listed = ",".join(self.texts[identity] for identity in found[start:end])
        return f'{{"data": [{listed}], "next_cursor": {following}}}'


def _json(text: str) -> web.Response:
    return web.Response(body=text.encode(), content_type="application/json")


def _serve(sender: Connection) -> None:
    asyncio.run(_served(sender))


async def _served(sender: Connection) -> None:
    runner = web.ServerRunner(web.Server(_State().handle, access_log=None))
    await runner.setup()
    listening = socket.create_server(("127.0.0.1", 0), backlog=256)
    await web.SockSite(runner, listening).start()
    sender.send(listening.getsockname()[1])
    await asyncio.Event().wait()

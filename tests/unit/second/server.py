# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The API of the second kind of resource: a small server on loopback that keeps databases."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Database = dict[str, Any]
WRITES = frozenset({"create", "modify", "destroy"})


@dataclass
class Databases:
    """What there is, which calls came, and the faults that are still to come: for each call a list of words.

    `lost` does the work and then closes the connection, `refused` answers 503, `echo` refuses and repeats the request,
    `forgotten` answers as if the work were done.
    """

    url: str = ""
    existing: dict[str, Database] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    faults: dict[str, list[str]] = field(default_factory=dict)
    created: int = 0

    @property
    def writes(self) -> tuple[str, ...]:
        return tuple(call for call in self.calls if call in WRITES)

    def seed(self, **values: Any) -> str:
        """Put one there."""
        self.created += 1
        identity = f"db-{self.created}"
        defaults = {"regionCode": "north", "masterPassword": "", "deletionProtection": False}
        self.existing[identity] = {**defaults, **values, "databaseId": identity, "createdAt": 1_750_000_000}
        return identity

    def answer(self, call: str, body: Mapping[str, Any]) -> tuple[int, Mapping[str, Any]]:
        identity = body.get("databaseId", "")
        if call == "list":
            size, number = int(body["pageSize"]), int(body["pageNumber"])
            shown = list(self.existing.values())
            return 200, {"databases": shown[(number - 1) * size : number * size], "totalCount": len(shown)}
        if call == "create":
            return 200, {"databaseId": self.seed(**body)}
        if identity not in self.existing:
            return 404, {"reason": "NOT_THERE", "message": f"no {identity}"}
        if call == "describe":
            return 200, {"database": self.existing[identity]}
        if call == "destroy":
            del self.existing[identity]
            return 200, {}
        self.existing[identity] |= body
        return 200, {}


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.databases = Databases(f"http://127.0.0.1:{self.server_port}")


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:  # the name is the library's
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        call = self.path.rpartition("/")[2]
        databases = self.server.databases
        databases.calls.append(call)
        scripted = databases.faults.get(call)
        fault = scripted.pop(0) if scripted else ""
        if fault == "refused":
            self._send(503, {"reason": "BUSY", "message": "later"})
        elif fault == "forgotten":
            self._send(200, {})
        elif fault == "echo":
            self._send(400, {"reason": "ODD", "message": json.dumps(body)})
        else:
            status, answer = databases.answer(call, body)
            if fault == "lost":
                self.close_connection = True
            else:
                self._send(status, answer)

    def _send(self, status: int, answer: Mapping[str, Any]) -> None:
        text = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@contextmanager
def serving() -> Iterator[Databases]:
    server = _Server()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server.databases
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

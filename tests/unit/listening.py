# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server on loopback that notes what it hears: plain, behind TLS, or as a proxy."""

from __future__ import annotations

import ssl
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Heard:
    """What a server heard: the heads of all requests, and how many connections came about."""

    url: str
    heads: list[str] = field(default_factory=list)
    connections: int = 0

    @property
    def text(self) -> str:
        return "\n".join(self.heads)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, status: int, headers: Mapping[str, str], context: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        scheme = "https" if context else "http"
        self.heard = Heard(f"{scheme}://localhost:{self.server_port}")
        self.status = status
        self.headers = headers
        if context:
            # The handshake is part of the first read, which has a thread of its own.
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def verify_request(self, _request: object, _client_address: object) -> bool:
        self.heard.connections += 1
        return True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a client that went away or does not trust, and tell what else went wrong."""
        if not isinstance(sys.exception(), (ConnectionError, ssl.SSLError)):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def _answer(self) -> None:
        self.server.heard.heads.append(f"{self.requestline}\n{self.headers}")
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        body = b'{"data": [], "id": "ep-1"}'
        self.send_response(self.server.status)
        for name, value in {**self.server.headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_DELETE = do_CONNECT = _answer  # noqa: N815  # the names are the library's

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@contextmanager
def listening(
    status: int = 200, headers: Mapping[str, str] | None = None, context: ssl.SSLContext | None = None
) -> Iterator[Heard]:
    """Answer everything with this status and these headers, and note it."""
    server = _Server(status, headers or {}, context)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server.heard
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What if the create exchange ends after any of its bytes?

A small proxy between the core and the simulator lets a create's request and its answer through up to a given byte, and
then ends both connections; all other calls pass as they are.
"""

from __future__ import annotations

import contextlib
import re
import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

__all__ = ["Cut", "Cutter", "Exchange"]

_CHUNK = 65536
_BODY_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class Cut:
    """How many bytes of a create's request or answer come through, and whether the client then hears RST or FIN."""

    side: Literal["request", "answer"]
    at: int
    is_reset: bool


@dataclass(frozen=True)
class Exchange:
    """How many bytes an uncut create takes."""

    request: int
    answer: int


class Cutter:
    """A proxy on loopback, for the length of a `with` block. Without a cut it measures the last create."""

    def __init__(self, target: str) -> None:
        """`target` is the URL of the simulator."""
        parts = urlsplit(target)
        self._target = (parts.hostname, parts.port)
        self.cut: Cut | None = None
        self.exchange = Exchange(0, 0)

    def __enter__(self) -> Cutter:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        # Closing alone does not wake the thread that waits for a connection.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def _serve(self) -> None:
        with contextlib.suppress(OSError):  # the listener was shut down
            while True:
                client, _address = self._listener.accept()
                threading.Thread(target=self._relay, args=(client,), daemon=True).start()

    def _relay(self, client: socket.socket) -> None:
        """Serve one connection. Either side may go away at any time, which ends it."""
        with client, socket.create_connection(self._target) as server, contextlib.suppress(OSError):
            cut = self.cut if client.recv(4, socket.MSG_PEEK) == b"POST" else None
            if cut and cut.side == "request":
                server.sendall(_received(client, cut.at))
                server.close()
                _end(client, cut)
                return
            while request := _message(client):
                server.sendall(request)
                answer = _message(server)
                client.sendall(answer[: cut.at] if cut else answer)
                if cut:
                    _end(client, cut)
                    return
                if request.startswith(b"POST"):
                    self.exchange = Exchange(len(request), len(answer))


def _received(connection: socket.socket, size: int) -> bytes:
    return b"".join(_pieces(connection, size))


def _pieces(connection: socket.socket, size: int) -> Iterator[bytes]:
    while size > 0 and (piece := connection.recv(min(size, _CHUNK))):
        size -= len(piece)
        yield piece


def _message(connection: socket.socket) -> bytes:
    """One whole request or answer, or nothing where the connection ended."""
    head = b""
    while b"\r\n\r\n" not in head:
        piece = connection.recv(_CHUNK)
        if not piece:
            return b""
        head += piece
    start, _separator, body = head.partition(b"\r\n\r\n")
    length = _BODY_LENGTH.search(start)
    return head + _received(connection, (int(length[1]) if length else 0) - len(body))


def _end(client: socket.socket, cut: Cut) -> None:
    """Close the connection. What of a request was not read makes the kernel send RST in any case."""
    if cut.is_reset:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is really said: the answer in bytes, or what a fault says in its place?"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from http.client import responses

from pydantic_core import PydanticSerializationError, to_json

from .faults import Fault
from .messages import Answer, error_body

CHUNK = 65536


@dataclass(frozen=True)
class Reply:
    """One HTTP answer whose body is bytes."""

    status: int
    headers: Mapping[str, str]  # those that win over the usual ones
    body: bytes = field(repr=False)

    def as_bytes(self) -> bytes:
        """The answer as it travels."""
        usual = {"Content-Type": "application/json", "Content-Length": str(len(self.body))}
        lines = [f"{name}: {value}" for name, value in {**usual, **self.headers}.items()]
        first = f"HTTP/1.1 {self.status} {responses.get(self.status, 'Unknown')}"
        return "\r\n".join([first, *lines, "", ""]).encode() + self.body


def reply_of(answer: Answer) -> Reply:
    return Reply(answer.status, answer.headers, encoded(answer.body))


def fault_reply(fault: Fault, answer: Answer | None) -> Reply:
    """What a request hears that meets a fault. Without a real answer the fault makes one up."""
    if fault.kind in ("status", "redirect", "wrong_json", "bomb", "flood", "deep") or answer is None:
        return made_up(fault)
    if fault.kind == "overlay":
        return Reply(answer.status, fault.headers, encoded({**answer.body, **fault.body}))
    real = reply_of(answer)
    length = {"Content-Length": str(len(real.body) + fault.size)} if fault.kind == "wrong_length" else {}
    return Reply(real.status, {**length, **fault.headers}, real.body)


def made_up(fault: Fault) -> Reply:
    """The reply of a fault that asks no one what is true."""
    status = 307 if fault.kind == "redirect" and fault.status == 200 else fault.status
    encoding = {"Content-Encoding": "gzip"} if fault.kind == "bomb" else {}
    return Reply(status, {**encoding, **fault.headers}, made_up_body(fault, status))


def made_up_body(fault: Fault, status: int) -> bytes:
    if fault.body is not None:
        return encoded(fault.body)
    match fault.kind:
        case "wrong_json":
            return b'{"id": '
        case "bomb":
            return bomb(fault.size)
        case "flood":
            return b'{"id": "' + b"a" * fault.size + b'"}'
        case "deep":
            return b'{"id": ' + b"[" * fault.size + b"]" * fault.size + b"}"
        case _:
            return encoded(error_body(status, "UNKNOWN", "a fault of the script"))


@cache
def bomb(size: int) -> bytes:
    """A small gzip stream that unfolds to a JSON object of a little more than `size` bytes."""
    compressor = zlib.compressobj(wbits=31)
    parts = [compressor.compress(b'{"id": "')]
    parts += [compressor.compress(b"a" * CHUNK) for _round in range(size // CHUNK + 1)]
    return b"".join([*parts, compressor.compress(b'"}'), compressor.flush()])


def encoded(body: object) -> bytes:
    """The bytes of a body: a string as it is, anything else as JSON."""
    if isinstance(body, str):
        return body.encode(errors="replace")
    try:
        # Several times as fast as `json`, which takes a large part of a campaign.
        return to_json(body, inf_nan_mode="constants")
    except PydanticSerializationError:
        # JSON can hold half a surrogate pair, UTF-8 cannot.
        return json.dumps(body, ensure_ascii=False).encode(errors="replace")

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How does a connection break while, or before, an answer travels on it?

Works on the real socket: what is written here is what a client's kernel sees.
"""

from __future__ import annotations

import asyncio
import re
import socket
import struct
from dataclasses import dataclass

from .faults import Fault
from .messages import Answer
from .replies import encoded, fault_reply

BREAKING_KINDS = frozenset({"reset", "close", "hang", "drip", "truncate", "wrong_length", "raw"})
# Real seconds that a fault lasts if it does not say.
HANG_SECONDS = 3600.0
DRIP_SECONDS = 0.05
# How often a waiting fault looks whether the client has gone.
LOOK_SECONDS = 0.02


@dataclass(frozen=True)
class Break:
    """The bytes that are sent at once and those that drip after them, one by one; then the end of the connection."""

    first: bytes
    dripping: bytes
    pause: float  # real seconds between two dripping bytes, and before the end
    is_reset: bool

    @property
    def status(self) -> int | None:
        """The status that a client can read, or None if the status line was cut."""
        line = re.match(rb"HTTP/1\.1 (\d{3}) .*\r\n", self.first + self.dripping)
        return int(line[1]) if line else None


def break_of(fault: Fault, answer: Answer | None) -> Break:
    """How a fault of a breaking kind ends the connection on which `answer` would have gone."""
    whole = whole_message(fault, answer)
    cut = cut_place(fault, whole)
    return Break(
        first=whole[:cut],
        dripping=whole[cut:] if fault.kind == "drip" else b"",
        pause=pause(fault),
        is_reset=fault.kind == "reset",
    )


async def break_connection(transport: asyncio.Transport, plan: Break) -> None:
    """Send what the plan says and end the connection; just end it if the client goes before."""
    transport.write(plan.first)
    for byte in plan.dripping:
        await pass_time(transport, plan.pause)
        transport.write(bytes([byte]))
    await pass_time(transport, plan.pause)
    if not plan.is_reset:
        transport.close()
        return
    # With a linger time of zero the kernel answers a close with RST instead of FIN.
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


async def pass_time(transport: asyncio.Transport, seconds: float) -> None:
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while (left := end - loop.time()) > 0 and not transport.is_closing():
        await asyncio.sleep(min(left, LOOK_SECONDS))


def whole_message(fault: Fault, answer: Answer | None) -> bytes:
    """All bytes that the fault would send if it cut nothing."""
    if fault.kind == "raw":
        return encoded(fault.body)
    is_silent = fault.kind in ("reset", "close", "hang") and fault.when != "while_answering"
    return b"" if is_silent else fault_reply(fault, answer).as_bytes()


def cut_place(fault: Fault, whole: bytes) -> int:
    """How many bytes are sent at once."""
    if fault.kind in ("raw", "wrong_length"):
        return len(whole)
    if fault.at is not None:
        return fault.at
    body = whole.find(b"\r\n\r\n") + 4
    return 0 if fault.kind == "drip" else (body + len(whole)) // 2


def pause(fault: Fault) -> float:
    if fault.kind == "hang":
        return fault.seconds or HANG_SECONDS
    return (fault.seconds or DRIP_SECONDS) if fault.kind == "drip" else 0

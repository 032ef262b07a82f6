# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How does a test talk to a server over a real socket, without waiting for real?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ansible_collections.ppio.gpu.plugins.module_utils._api.client import Client
from ansible_collections.ppio.gpu.plugins.module_utils._api.connection import connection_from
from ansible_collections.ppio.gpu.plugins.module_utils._api.transport import Transport
from ansible_collections.ppio.gpu.plugins.module_utils._clock import Clock
from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT
from simulator import Simulator

ENDPOINTS = "/gpus/v2/endpoints"
KEY = "simulator-key"
#: Thursday, 1 January 2026, 00:00:00 GMT.
TODAY = 1_767_225_600.0


class Time:
    """A clock that only pauses move. `chance` is what every draw of luck gives; `on_pause` happens after each pause."""

    def __init__(self, chance: float = 1.0, on_pause: Callable[[], object] = lambda: None) -> None:
        self.passed = 0.0
        self.pauses: list[float] = []
        self._on_pause = on_pause
        self.clock = Clock(
            now=lambda: self.passed,
            sleep=self._sleep,
            random=lambda: chance,
            today=lambda: TODAY + self.passed,
        )

    def _sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.pauses.append(seconds)
        self.passed += seconds
        self._on_pause()


def client(url: str, time: Time, *, key: str = KEY, answer_within: float = 5.0, **options: Any) -> Client:
    """A client for endpoints with these connection options. `answer_within` is api_timeout in real seconds."""
    defaults = {"validate_certs": True, "ca_path": None, "api_timeout": 5, "retry_timeout": 120}
    connection = connection_from({**defaults, "api_url": url, "api_key": key, **options})
    return Client(
        Transport(replace(connection, api_timeout=answer_within), time.clock),
        ENDPOINT,
        time.clock.after(connection.retry_timeout),
    )


def calls(simulator: Simulator) -> list[str]:
    """The methods of the requests that reached the simulator."""
    return [entry.method for entry in simulator.journal]

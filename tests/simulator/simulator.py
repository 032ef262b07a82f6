# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How does a test start a simulator, steer it, and see what happened?"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import Any

from .clock import Clock, ManualClock
from .control import seeded
from .faults import Fault, FaultScript
from .gateway import GATEWAY_PREFIX
from .journal import Entry
from .lifecycle import serving
from .server import Server
from .settings import Settings
from .state import State

API_KEY = "simulator-key"


class SimulatorError(AssertionError):
    """The simulator has a bug, so that nothing that a test saw of it counts."""


class SimulatedApi:
    """A GPU API in memory, to be steered and looked at. Calls are made by `calls`, in this process or by a server."""

    def __init__(self, settings: Settings | None = None, *, api_key: str = API_KEY, clock: Clock | None = None) -> None:
        first = settings or Settings()
        #: Called after each call that was made in this process, before the client hears of it.
        self.on_answer: Callable[[], object] = lambda: None
        self._state = State(api_key=api_key, clock=clock or ManualClock(), settings=first, first_settings=first)

    @property
    def state(self) -> State:
        """What calls change."""
        return self._state

    @property
    def url(self) -> str:
        """What a client takes for the provider's address, such as http://127.0.0.1:40123."""
        return self._state.origin

    @property
    def api_key(self) -> str:
        return self._state.api_key

    @property
    def clock(self) -> Clock:
        return self._state.clock

    @property
    def settings(self) -> Settings:
        return self._state.settings

    @settings.setter
    def settings(self, settings: Settings) -> None:
        with self._state.lock:
            self._state.settings = settings

    @property
    def journal(self) -> tuple[Entry, ...]:
        """Every request to the API since the start or the last reset."""
        with self._state.lock:
            return self._state.journal.entries()

    @property
    def writes(self) -> tuple[Entry, ...]:
        """The requests of the journal that ask for a change: POST, PUT and DELETE."""
        with self._state.lock:
            return self._state.journal.writes()

    @property
    def gateway_url(self) -> str:
        """The address of the job gateway."""
        return f"{self.url}{GATEWAY_PREFIX.rstrip('/')}"

    @property
    def visits(self) -> tuple[Entry, ...]:
        """Every request to an endpoint's own URL and to the job gateway, with its headers."""
        with self._state.lock:
            return self._state.visits.entries()

    @property
    def jobs(self) -> dict[str, str]:
        """The states of the jobs that the gateway took, by their IDs."""
        with self._state.lock:
            now, settings = self._state.clock.now(), self._state.settings
            return {identity: job.word(now, settings) for identity, job in self._state.jobs.items()}

    @property
    def endpoints(self) -> tuple[dict[str, Any], ...]:
        """What really exists, whatever get and list show: each field of the create request, the ID and the time."""
        with self._state.lock:
            return tuple(endpoint.json for endpoint in self._state.endpoints.existing())

    def serving(self, endpoint_id: str) -> list[str]:
        """The images of the workers of an endpoint that answer requests now, whatever its fields and answers say."""
        with self._state.lock:
            now, settings = self._state.clock.now(), self._state.settings
            return [
                worker.generation.image
                for endpoint in self._state.endpoints.existing()
                if endpoint.id == endpoint_id
                for worker in serving(endpoint, now, settings)
            ]

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The faults that no request has met yet."""
        with self._state.lock:
            return self._state.faults.remaining()

    def seed(self, body: Mapping[str, Any]) -> str:
        """Put an endpoint there without a request and return its ID. Takes the body of a create request."""
        with self._state.lock:
            return seeded(self._state, json.dumps(dict(body)).encode()).id

    def script(self, faults: Iterable[Fault]) -> None:
        """Let the requests from now on meet these faults, instead of those that are still to come."""
        with self._state.lock:
            self._state.faults = FaultScript(faults)

    def clear_journal(self) -> None:
        with self._state.lock:
            self._state.journal.clear()
            self._state.visits.clear()

    def reset(self) -> None:
        """Back to the first settings, without endpoints, journal and faults. The clock goes on."""
        with self._state.lock:
            self._state.reset()


class Simulator(SimulatedApi):
    """A GPU API on loopback, for the length of a `with` block.

    The block's end raises `SimulatorError` if the simulator itself broke the contract, or broke, in between.
    """

    def __init__(
        self, settings: Settings | None = None, *, api_key: str = API_KEY, clock: Clock | None = None, port: int = 0
    ) -> None:
        super().__init__(settings, api_key=api_key, clock=clock)
        self._server = Server(self._state, port)

    def __enter__(self) -> Simulator:
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.stop()
        if self._state.bugs and error is None:
            raise SimulatorError("\n".join(self._state.bugs))

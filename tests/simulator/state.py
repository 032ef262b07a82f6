# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What does the simulator remember?"""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import RLock
from types import TracebackType

from .clock import Clock
from .endpoints import Endpoints
from .faults import FaultScript
from .jobs import Job
from .journal import Journal
from .settings import Settings


class BugNet:
    """Notes every error that leaves its block, and lets it go on."""

    def __init__(self, bugs: list[str]) -> None:
        self._bugs = bugs

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if isinstance(error, Exception):
            self._bugs.append(repr(error))


@dataclass
class State:
    """Everything that a request or a test can change. Whoever reads or changes it holds the lock."""

    api_key: str
    clock: Clock
    settings: Settings
    first_settings: Settings
    origin: str = ""  # scheme, host and port of the server, known once it runs
    endpoints: Endpoints = field(default_factory=Endpoints)
    journal: Journal = field(default_factory=Journal)
    visits: Journal = field(default_factory=Journal)  # what reached endpoints' own URLs and the job gateway
    jobs: dict[str, Job] = field(default_factory=dict)
    faults: FaultScript = field(default_factory=FaultScript)
    listings: int = 0  # how many flapping listings were begun; every second one is empty
    bugs: list[str] = field(default_factory=list)  # the simulator's own; they end the run
    lock: RLock = field(default_factory=RLock, repr=False)

    def reset(self) -> None:
        """Forget everything; the settings are the first ones again. The clock goes on."""
        self.settings = self.first_settings
        self.endpoints = Endpoints()
        self.journal.clear()
        self.visits.clear()
        self.jobs = {}
        self.faults = FaultScript()
        self.listings = 0

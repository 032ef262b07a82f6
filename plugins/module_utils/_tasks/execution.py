# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a task is executed: one value for all that is the same for every module.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .._api.client import Client
from .._api.connection import Connection
from .._api.transport import Transport
from .._api.wire import HttpWire, Wiring
from .._clock import Clock
from .._progress import SILENT, ProgressReporter
from .._schema.resource import Resource

__all__ = ["Execution"]


@dataclass(frozen=True)
class Execution:
    """Ansible's modes, who hears of progress, and the clock and the wire, for which a test may bring its own."""

    check_mode: bool = False
    diff_mode: bool = False
    progress: ProgressReporter = SILENT
    clock: Clock = field(default_factory=Clock)
    wiring: Wiring = HttpWire

    def transport(self, connection: Connection) -> Transport:
        """Calls over this connection, with retries, of which the progress tells."""
        return Transport(connection, self.clock, wiring=self.wiring, progress=self.progress)

    def client(self, resource: Resource, connection: Connection) -> Client:
        """The client of one kind of resource, whose deadline begins now."""
        return Client(self.transport(connection), resource, connection.patience(self.clock))

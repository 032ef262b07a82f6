# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The views: how the API is looked at, for one resource by reads of its own, for many by one sweep over the list.

Both give the same snapshots, so that what holds for one holds for many. Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from .._api.client import Client, Item
from .._api.thread_pool import mapped
from .._clock import Deadline
from .._errors import PpioError, Unsupported
from .._planning.plan import Action
from .entry import Done, Entry
from .lock import advisory_lock
from .snapshot import Snapshot, is_deleting, listed

__all__ = ["ItemView", "ListView", "View"]


class View(Protocol):
    """How the API is looked at."""

    @property
    def client(self) -> Client: ...

    @property
    def is_detailed(self) -> bool:
        """Whether its first snapshot is as fresh as can be, and results show what is unchanged."""

    def locked(self, entries: Sequence[Entry]) -> contextmanager[Iterator[str]]: ...

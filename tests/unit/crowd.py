# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many requests does a server have in its hands at the same time?"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from simulator import Entry, Simulator

_GLANCE_SECONDS = 0.002


@contextmanager
def most_at_once(simulator: Simulator, counts: Callable[[Entry], bool]) -> Iterator[list[int]]:
    """The largest number of unanswered requests that count; it is the only one in the list when the block ends.

    The simulator has to take its time (`latency`), or there is little to see.
    """
    most = [0]
    over = threading.Event()

    def watch() -> None:
        while not over.is_set():
            most[0] = max(most[0], sum(1 for one in simulator.journal if one.status is None and counts(one)))
            time.sleep(_GLANCE_SECONDS)

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield most
    finally:
        over.set()
        watching.join()

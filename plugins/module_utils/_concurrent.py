# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How do many calls run at once, without ever being too many?

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from multiprocessing.pool import ThreadPool
from queue import SimpleQueue
from typing import TypeVar

from ._client import Client
from ._gate import Gate

__all__ = ["mapped"]

Item = TypeVar("Item")
Result = TypeVar("Result")


def mapped(
    work: Callable[[Client, Item], Result], items: Sequence[Item], client: Client, concurrency: int
) -> list[Result]:
    """`work` done for each item, at most `concurrency` at once, each with a client of its own; in the items' order."""
    if len(items) < 2:
        return [work(client, item) for item in items]
    workers = min(concurrency, len(items))
    clients: SimpleQueue[Client] = SimpleQueue()
    gate = Gate(workers, client.transport.pace)
    for _worker in range(workers):
        clients.put(client.renewed(gate))

    def run(item: Item) -> Result:
        own = clients.get()
        try:
            return work(own, item)
        finally:
            clients.put(own)

    with ThreadPool(workers) as pool:
        return pool.map(run, items, chunksize=1)

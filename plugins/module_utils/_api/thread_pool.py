# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many calls at once, never too many, and no outcome lost to a mistake in another one.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from types import TracebackType
from typing import Any, TypeVar

from .._errors import NotAttempted, PpioError, UnexpectedError
from .client import Client
from .refusal import is_systemic
from .throttle import AdaptiveLimiter

__all__ = ["mapped"]

Item = TypeVar("Item")
Result = TypeVar("Result")


def mapped(
    work: Callable[[Client, Item], Result], items: Sequence[Item], client: Client, concurrency: int
) -> list[Result | PpioError]:
    """`work` done for each item, at most `concurrency` at once, each with a client of its own; in the items' order.

    Where `work` raises, the error stands in the place of its result; a mistake of ours as UnexpectedError. Once the API
    refuses everything, nothing more is begun, and NotAttempted stands there.
    """
    if len(items) < 2:
        return [_alone(work, client, item) for item in items]
    workers = min(concurrency, len(items))
    clients: SimpleQueue[Client] = SimpleQueue()
    halted = threading.Event()
    limiter = AdaptiveLimiter(workers, client.transport.clock)
    for _worker in range(workers):
        clients.put(client.for_thread(limiter))

    def run(item: Item) -> Result:
        own = clients.get()
        try:
            if halted.is_set():
                raise NotAttempted("Not attempted, because the API refuses everything.")
            return work(own, item)
        except PpioError as error:
            if is_systemic(error):
                halted.set()
            raise
        finally:
            clients.put(own)

    if workers == 1:
        return [_result(_done(run, item)) for item in items]
    with _Pool(workers, limiter) as pool:
        return list(map(_result, [pool.submit(run, item) for item in items]))


def _alone(work: Callable[[Client, Item], Result], client: Client, item: Item) -> Result | PpioError:
    """Without a thread, and with a mistake as it is: there is nothing else that could be lost."""
    try:
        return work(client, item)
    except PpioError as error:
        return error


def _done(work: Callable[[Item], Result], item: Item) -> Future[Result]:
    """What came of one item, which is done here and now: what is done one by one needs no thread."""
    future: Future[Result] = Future()
    with _Noted(future):
        future.set_result(work(item))
    return future


class _Pool(ThreadPoolExecutor):
    """Threads that end by themselves. Where somebody stops the task, what they are sending is their last write."""

    def __init__(self, workers: int, limiter: AdaptiveLimiter) -> None:
        super().__init__(workers)
        self._limiter = limiter

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error:
            self._limiter.close()
        self.shutdown(wait=False, cancel_futures=True)


class _Noted:
    """Leaves an error to whoever asks the future for its result."""

    def __init__(self, future: Future[Any]) -> None:
        self._future = future

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        """An interruption is nobody's result, and goes on."""
        if isinstance(error, Exception):
            self._future.set_exception(error)
        return isinstance(error, Exception)


def _result(future: Future[Result]) -> Result | PpioError:
    error = future.exception()
    if error is None:
        return future.result()
    if isinstance(error, PpioError):
        return error
    if not isinstance(error, Exception):
        raise error
    # Without its text, which may have a secret in it.
    told = UnexpectedError(f"A mistake of this collection: unexpected {type(error).__name__}. Please report it.")
    told.traceback = "".join(traceback.format_tb(error.__traceback__))
    return told

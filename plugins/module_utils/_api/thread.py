# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A thread for work that may never end by itself, so that its result can be given up in time.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any, Generic, TypeVar

__all__ = ["Worker", "uninterrupted"]

Result = TypeVar("Result")


class Worker:
    """A thread of its own that does one piece of work after the other, and ends with this object or the process.

    One thread, and not a pool of them, which has two more to manage it: their changes cost as much as a request.
    """

    def __init__(self) -> None:
        self._jobs: SimpleQueue[_Job[Any] | None] = SimpleQueue()
        threading.Thread(target=_serve, args=(self._jobs,), daemon=True).start()
        weakref.finalize(self, self._jobs.put, None)

    def result(self, work: Callable[[], Result], seconds: float) -> Result:
        """What `work` returns, or raises. Raises TimeoutError when it takes too long; the worker is stuck then."""
        job = _Job(work)
        self._jobs.put(job)
        return job.result(seconds)


def uninterrupted(work: Callable[[], Result]) -> Result:
    """What `work` returns, or raises. It goes on to its end even where a signal stops whoever waits for it here.

    Only the main thread is ever interrupted.
    """
    if threading.current_thread() is not threading.main_thread():
        return work()
    return Worker().result(work, threading.TIMEOUT_MAX)


class _Job(Generic[Result]):
    """A piece of work, and what became of it in another thread."""

    def __init__(self, work: Callable[[], Result]) -> None:
        self._work = work
        self._results: list[Result] = []
        self._ended: SimpleQueue[BaseException | None] = SimpleQueue()

    def run(self) -> None:
        with self:
            self._results.append(self._work())

    def result(self, seconds: float) -> Result:
        try:
            error = self._ended.get(timeout=seconds)
        except Empty:
            raise TimeoutError from None
        if error:
            raise error
        return self._results[0]

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        """Whatever it is, it is raised where the result is wanted."""
        self._ended.put(error)
        return True


def _serve(jobs: SimpleQueue[_Job[Any] | None]) -> None:
    while job := jobs.get():
        job.run()
        # What was done must not keep its owner alive, who keeps this thread alive.
        del job

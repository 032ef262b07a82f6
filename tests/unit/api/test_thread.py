# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does a piece of work end in time, and its thread with it?"""

from __future__ import annotations

import gc
import signal
import threading
import time
from functools import partial

import pytest

from ansible_collections.ppio.gpu.plugins.module_utils._api.thread import Worker, uninterrupted

#: Real seconds in which a thread that may end does so.
SOON = 5.0


def test_what_the_work_returns_is_the_result() -> None:
    worker = Worker()
    assert [worker.result(partial(pow, 2, power), SOON) for power in (1, 2)] == [2, 4]


def test_it_is_done_in_another_thread_and_always_the_same() -> None:
    worker = Worker()
    first, second = (worker.result(threading.get_ident, SOON) for _errand in range(2))
    assert first == second != threading.get_ident()


def test_what_the_work_raises_is_raised_here() -> None:
    worker = Worker()

    def fail(error: BaseException) -> None:
        raise error

    for error in (ValueError("of the work"), KeyboardInterrupt("of the work")):
        with pytest.raises(type(error), match="of the work"):
            worker.result(partial(fail, error), SOON)
    assert worker.result(lambda: "and on it goes", SOON) == "and on it goes"


def test_only_what_the_main_thread_waits_for_gets_another_one() -> None:
    assert uninterrupted(threading.get_ident) != threading.get_ident()
    assert Worker().result(lambda: uninterrupted(threading.get_ident) == threading.get_ident(), SOON)


def test_what_is_interrupted_goes_on_to_its_end() -> None:
    may_end, has_ended = threading.Event(), threading.Event()

    def work() -> None:
        signal.raise_signal(signal.SIGUSR1)
        may_end.wait(SOON)
        has_ended.set()

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGUSR1, interrupt)
    try:
        with pytest.raises(KeyboardInterrupt):
            uninterrupted(work)
    finally:
        signal.signal(signal.SIGUSR1, before)
    may_end.set()
    assert has_ended.wait(SOON)


def test_nobody_waits_longer_than_told() -> None:
    stuck = threading.Event()
    started = time.monotonic()
    with pytest.raises(TimeoutError):
        Worker().result(lambda: stuck.wait(SOON), 0.05)
    assert time.monotonic() - started < SOON
    stuck.set()


def test_the_thread_ends_with_the_worker_whatever_its_last_work_held() -> None:
    class Owner:
        def __init__(self) -> None:
            self.worker = Worker()

        def work(self) -> threading.Thread:
            return self.worker.result(self.own, SOON)

        def own(self) -> threading.Thread:
            return threading.current_thread()

    owner = Owner()
    thread = owner.work()
    assert thread.is_alive()
    del owner
    gc.collect()
    thread.join(SOON)
    assert not thread.is_alive()

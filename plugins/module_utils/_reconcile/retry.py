# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Retrying an update: when the next try may begin, and what the earlier ones may have left.

An update sends the whole state. What it is to leave alone may move while it waits for its next try, so none is sent a
second time as it was: each is planned from a read of its own. Private to the ppio.gpu collection.
"""

from __future__ import annotations

from dataclasses import replace

from .._api.client import Client
from .._api.refusal import is_passing
from .._clock import backoff_delays, retry_after_seconds
from .._errors import AmbiguousResponse, PpioError
from .._planning.outcome import Outcome
from .._schema.lifecycle import Write
from .entry import Done

__all__ = ["Retries"]

_CONFLICT = 409
#: How often an update is planned anew because somebody else was faster.
_PLANS = 3


class Retries:
    """The tries of one update. `lost` is the last try that may have arrived without an answer, if there was one."""

    def __init__(self, client: Client) -> None:
        self.lost: Done | None = None
        self._client = client
        self._began = client.deadline.clock.now()
        self._delays = backoff_delays(client.deadline.clock)
        self._delay = 0.0
        self._plans = 1

    def begin(self) -> None:
        """Call this before each try. It draws the pause that follows if the try fails."""
        self._delay = next(self._delays)

    def continued(self, outcome: Outcome) -> Outcome:
        """The outcome of the next try, which goes on from what was there before the first one that may have arrived."""
        if self.lost is None:
            return outcome
        first = self.lost.outcome
        return replace(
            outcome, previous=first.previous, write=first.write if outcome.write is Write.KEPT else outcome.write
        )

    def rest(self, done: Done, error: PpioError) -> Done | None:
        """Pause after a try for `done` that failed with `error`, and return None: try again.

        If there is no next try, return `lost`, so that a later read shows whether it arrived. Raises `error` if nothing
        was lost.
        """
        if isinstance(error, AmbiguousResponse):
            self.lost = _doubted(done, error)
        try:
            self._pause(error)
        except PpioError:
            if self.lost is None:
                raise
            return _doubted(self.lost, error)
        return None

    def _pause(self, error: PpioError) -> None:
        if error.call and error.call.status == _CONFLICT:
            self._plans += 1
            if self._plans > _PLANS:
                raise error
            return
        if not is_passing(error):
            raise error
        asked = retry_after_seconds(error.call.retry_after, self._client.deadline.clock) if error.call else 0.0
        self._client.transport.rest(asked or self._delay, error, self._client.deadline, self._began)


def _doubted(done: Done, error: PpioError) -> Done:
    return replace(done, outcome=replace(done.outcome, doubt=error.telling(done.outcome.partial)))

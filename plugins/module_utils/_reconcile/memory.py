# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What tasks of one home directory remember of each other.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from .._api.client import Client
from .._errors import require
from .._planning.plan import Action
from .entry import Done, Failed, Stage
from .journal import Journal
from .lock import scope_of
from .notes import Notes
from .surge_notes import Surges
from .unapplied import Unapplied

__all__ = ["Memory"]


@dataclass(frozen=True)
class Memory:
    """The creates that no list may show yet, the values that were sent in vain, and the surges under way."""

    creates: Journal
    unapplied: Unapplied
    surges: Surges

    @classmethod
    def of(cls, client: Client, *, read_only: bool, held: ExitStack | None = None) -> Memory:
        """What is noted for this API and account. `read_only` changes no file; locks of this task are `held`."""
        account, clock, scope = client.transport.connection.account, client.transport.clock, scope_of(client)
        creates, unapplied, surges = (
            Notes(kind, scope, account, clock, read_only=read_only) for kind in ("creates", "unapplied", "surges")
        )
        names = client.resource.name_name
        return cls(Journal(creates), Unapplied(unapplied, account), Surges(surges, names, held or ExitStack()))

    @property
    def warnings(self) -> tuple[str, ...]:
        """What could not be noted for later tasks."""
        return self.creates.warnings + self.surges.warnings

    def tidy(self) -> None:
        """Remove what does not count any more, whoever noted it."""
        self.creates.tidy()
        self.unapplied.tidy()
        self.surges.tidy()

    def note(self, stages: Sequence[Stage]) -> None:
        """Note what is left of what was sent, and forget what is as wanted."""
        for stage in stages:
            if isinstance(stage, Failed) and stage.misfit:
                self.unapplied.note(stage.misfit.outcome, stage.misfit.differences)
            elif isinstance(stage, Done) and stage.outcome.id:
                self.unapplied.forget(stage.outcome.id)
                self.surges.settle(stage)
                if stage.outcome.renamed:
                    self.creates.complete_rename(stage.outcome.id, require(stage.outcome.after)["name"])

    def note_gone(self, stages: Sequence[Stage]) -> None:
        """Forget the creates of what was deleted, once it is seen to be gone: until then, it may exist."""
        for stage in stages:
            if isinstance(stage, Done) and stage.outcome.action is Action.DELETE:
                self.creates.forget(stage.outcome.identity)
                if stage.entry.desired.id is None:
                    self.creates.forget_unknown(stage.entry.name)

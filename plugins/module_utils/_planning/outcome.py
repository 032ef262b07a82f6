# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The outcome: what was done, or would be.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from .._errors import PartialResult, PpioError, require
from .._schema.lifecycle import Write
from .._schema.resource import Fields
from .conversation import Conversation
from .plan import Action, Plan
from .state import Current

__all__ = ["Outcome", "predicted"]


@dataclass(frozen=True)
class Outcome:
    """What was done, or in check mode what would be.

    `fields` and `observed` are the resource afterwards (None: it is not there), `before` and `after` what the plan
    compared. `id` is None for what does not exist yet. `certain` says that the API confirmed that this very run created
    it, `doubt` why nobody knows yet whether a write arrived. `previous` is the resource right before an update, and
    `write` what the plan means for what is running. `rollout` is what a wait has shown.
    """

    action: Action
    id: str | None
    fields: Fields | None
    observed: Fields | None
    before: Fields | None
    after: Fields | None
    warnings: tuple[str, ...] = ()
    certain: bool = False
    doubt: PpioError | None = None
    #: How its smoke test went, if there was one.
    smoke_test: Conversation | None = None
    previous: Current | None = None
    write: Write = Write.NONE
    rollout: Mapping[str, Any] | None = None

    @property
    def changed(self) -> bool:
        return self.action is not Action.NONE

    @property
    def renamed(self) -> bool:
        """Whether something that stays gets another name."""
        return bool(self.before and self.after) and (self.before or {})["name"] != (self.after or {})["name"]

    @property
    def identity(self) -> str:
        """The id of a resource that exists."""
        return require(self.id)

    @property
    def partial(self) -> PartialResult:
        """What an error after this point is to say."""
        return PartialResult(
            self.action.value,
            self.changed,
            self.id,
            self.fields,
            self.observed,
            self.warnings,
            smoke_test=self.smoke_test,
            rollout=self.rollout,
        )

    def warned(self, *warnings: str) -> Outcome:
        """The same with these warnings, each once."""
        return replace(self, warnings=tuple(dict.fromkeys(self.warnings + warnings))) if warnings else self


def predicted(current: Current | None, planned: Plan) -> Outcome:
    """The outcome of a plan that works out. What is created anew has no id yet."""
    kept = None if planned.action is Action.RECREATE else current
    return Outcome(
        planned.action,
        id=kept.id if kept else None,
        fields=planned.after,
        observed=kept.observed if kept and planned.after is not None else None,
        before=planned.before,
        after=planned.after,
        previous=kept,
        write=_write(planned),
    )


def _write(planned: Plan) -> Write:
    match planned.action:
        case Action.CREATE | Action.RECREATE:
            return Write.CREATED
        case Action.UPDATE:
            return Write.RESTARTED if planned.restarts else Write.KEPT
        case _:
            return Write.NONE

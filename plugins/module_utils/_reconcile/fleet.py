# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How are many resources made what is wanted, with one look at all of them?

One sweep over the list, one plan for each, bounded concurrent writes, and one more sweep as proof. Private to the
ppio.gpu collection.
"""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import count

from ._client import Client
from ._concurrent import mapped
from ._create import SAME_AGE, window
from ._desired import Current, Desired, current_from, hidden_values, removal
from ._errors import BrokenLimits, NotAttempted, NotUnique, PpioError, existing, printable
from ._lock import turn
from ._lookup import Found, Subject, chosen, find
from ._outcome import Outcome, predicted
from ._pace import first_seen
from ._plan import Action, combined, differences, plan
from ._proof import not_applied, not_gone, shown, still_shown, unrivalled
from ._reconcile import Reconciliation
from ._resource import Resource
from ._telling import SILENT, Teller
from ._wait import GONE, Verdict, Wait, Watch, intervals

__all__ = ["Fleet", "Line", "Prune"]

_SYSTEMIC_STATUSES = frozenset({401, 403})
_SYSTEMIC_REASONS = frozenset(
    {
        "UNAUTHORIZED",
        "FORBIDDEN",
        "INVALID_API_KEY",
        "MISSING_API_KEY",
        "BALANCE_NOT_ENOUGH",
        "EXPIRED_OR_BALANCE_NOT_ENOUGH",
    }
)
_NAMED_WAITING = 3


@dataclass(frozen=True)
class Prune:
    """Deletes what has the prefix and is not listed, if that is not more than so many percent of what has it."""

    name_prefix: str
    max_percent: int
    allow_empty: bool


@dataclass(frozen=True)
class Line:
    """One entry and what became of it: an outcome, or an error, or both where a write is not proven."""

    desired: Desired
    name: str
    found: Found | None = None
    outcome: Outcome | None = None
    error: PpioError | None = None
    #: Whether nobody listed it, so that it is to go.
    pruned: bool = False

    @property
    def identity(self) -> str:
        """The id of the resource, empty where there is none."""
        return (self.outcome.id if self.outcome else None) or self.desired.id or ""

    @property
    def needs_work(self) -> bool:
        """Whether something is to be done for it, or to be found out."""
        return not self.error and (self.outcome is None or self.outcome.changed)

    def failed(self, error: PpioError) -> Line:
        return replace(self, error=error.after(self.outcome.progress) if self.outcome else error)

    def unattempted(self, because: str) -> Line:
        """The line without what was foreseen for it."""
        error = NotAttempted(f"Not attempted, because {because}.")
        return replace(self, outcome=None, error=error.after(self.found.progress) if self.found else error)


@dataclass(frozen=True)
class _Sweep:
    """Everything that the list shows at one moment."""

    by_id: Mapping[str, Current]
    by_name: Mapping[str, Sequence[Current]]


@dataclass(frozen=True)
class Fleet:
    """Makes many resources what is wanted. `teller` hears how far it is."""

    resource: Resource
    client: Client
    concurrency: int
    include_details: bool = False
    prune: Prune | None = None
    wait_for: str = ""
    wait_timeout: float = 0
    teller: Teller = SILENT

    def run(self, wanted: Sequence[Desired], *, predict: bool) -> tuple[list[Line], tuple[str, ...]]:
        """A line for each entry, in their order, and one for each resource that is pruned; then warnings about all.

        Raises the errors that concern all of them, before anything is written.
        """
        if predict:
            return self._work(self._decided(self._sweep(), wanted), predict=True), ()
        transport = self.client.transport
        everything = f"{transport.connection.origin}{self.resource.path}"
        with turn(everything, transport.pace, transport.remaining) as trouble:
            lines = self._work(self._decided(self._sweep(), wanted), predict=False)
            lines = self._proven(lines)
        warning = f"Another task on this machine may write the same {self.resource.name}s at once: {trouble}."
        return self._waited(lines) if self.wait_for else lines, (warning,) if trouble else ()

    def _sweep(self) -> _Sweep:
        by_id = {item["id"]: current_from(self.resource, item) for item in self.client.listed()}
        by_name: defaultdict[str, list[Current]] = defaultdict(list)
        for current in by_id.values():
            by_name[current.fields["name"] or ""].append(current)
        return _Sweep(by_id, by_name)

    def _decided(self, sweep: _Sweep, wanted: Sequence[Desired]) -> list[Line]:
        """What each entry means among everything that there is, and which of them cannot be done."""
        self.teller.phase(f"{len(sweep.by_id)} {self.resource.name}s listed")
        lines = _unambiguous([self._located(sweep, desired) for desired in wanted])
        self.client.transport.hide(
            value
            for line in lines
            if line.found and line.found.current
            for value in hidden_values(self.resource, line.desired, line.found.current.fields)
        )
        if self.prune:
            lines += self._pruned(self.prune, sweep, lines)
        if self.include_details:
            lines = self._each(self._detailed, lines, _is_there, "read")
        lines = [self._planned(line) for line in lines]
        counts = Counter(line.outcome.action.value for line in lines if line.outcome and line.outcome.changed)
        self.teller.phase(", ".join(f"{number} to {action}" for action, number in counts.items()) or "as wanted")
        return lines

    def _subject(self, desired: Desired, client: Client | None = None) -> Subject:
        return Subject(self.resource, client or self.client, desired)

    def _located(self, sweep: _Sweep, desired: Desired) -> Line:
        line = Line(desired, desired.name or desired.id or "")
        if desired.id is not None:
            return self._located_by_id(line, sweep)
        if desired.present and not desired.unique_name:
            return replace(line, found=Found(None))
        try:
            return replace(line, found=chosen(self._subject(desired), sweep.by_name.get(line.name, ())))
        except NotUnique as error:
            return line.failed(error)

    def _located_by_id(self, line: Line, sweep: _Sweep) -> Line:
        subject = self._subject(line.desired)
        current = sweep.by_id.get(line.identity)
        if current is None:
            # What the list does not show may still be there; a get tells, right before it is needed.
            return line
        if subject.is_going(current):
            return replace(line, found=Found(None))
        name = line.desired.name
        if line.desired.present and line.desired.unique_name and name not in (None, current.fields["name"]):
            owners = [other.id for other in sweep.by_name.get(line.name, ()) if not subject.is_going(other)]
            if owners:
                return line.failed(NotUnique(f"The name {name!r} belongs to {', '.join(owners)} already."))
        return replace(line, found=Found(current))

    def _pruned(self, prune: Prune, sweep: _Sweep, lines: Sequence[Line]) -> list[Line]:
        """A line for each resource to delete because nobody listed it. Raises BrokenLimits where that looks wrong."""
        if not lines and not prune.allow_empty:
            raise BrokenLimits(
                "The list of endpoints is empty, so prune would delete everything. Set prune_empty=true if so."
            )
        names = {line.name for line in lines if line.desired.id is None}
        ids = {line.found.current.id for line in lines if line.found and line.found.current}
        scope = [
            current
            for name, items in sweep.by_name.items()
            if name.startswith(prune.name_prefix)
            for current in items
            if not self._subject(removal(current.id)).is_going(current)
        ]
        surplus = [item for item in scope if item.id not in ids and item.fields["name"] not in names]
        if len(surplus) * 100 > prune.max_percent * len(scope):
            raise BrokenLimits(
                f"prune would delete {len(surplus)} of {len(scope)} {self.resource.name}s whose names begin with "
                f"{prune.name_prefix!r}, which is more than {prune.max_percent} percent. "
                f"Check the list, or raise prune_max_percent."
            )
        return [
            Line(removal(item.id), item.fields["name"] or item.id, found=Found(item), pruned=True) for item in surplus
        ]

    def _detailed(self, client: Client, line: Line) -> Line:
        found = existing(line.found)
        item = existing(found.current)
        try:
            detail = self._subject(line.desired, client).read(item.id)
        except PpioError as error:
            return line.failed(error.after(found.progress))
        return replace(line, found=replace(found, current=combined(self.resource, item, detail) if detail else item))

    def _planned(self, line: Line) -> Line:
        """The line with what is going to happen, as far as the list tells."""
        if line.error or line.found is None:
            return line
        try:
            planned = plan(self.resource, line.found.current, line.desired)
        except PpioError as error:
            return line.failed(error.after(line.found.progress))
        return replace(line, outcome=predicted(line.found.current, planned))

    def _work(self, lines: list[Line], *, predict: bool) -> list[Line]:
        """The lines after everything was done, or predicted, that has to be.

        What is pruned goes last, and only if all else went well: it may be what could not be replaced.
        """
        one = partial(self._one, predict=predict)
        lines = self._each(one, lines, lambda line: line.needs_work and not line.pruned, "done")
        if any(line.error for line in lines):
            return [line.unattempted("others failed") if line.pruned and not line.error else line for line in lines]
        return self._each(one, lines, lambda line: line.needs_work and line.pruned, "pruned")

    def _each(
        self, work: Callable[[Client, Line], Line], lines: list[Line], picks: Callable[[Line], bool], done: str
    ) -> list[Line]:
        """The lines after `work` on those that are picked, several at once, until the API refuses everything."""
        picked = [line for line in lines if picks(line)]
        halt = threading.Event()
        counter = count(1)

        def attempted(client: Client, line: Line) -> Line:
            if halt.is_set():
                return line.unattempted("the API refuses everything")
            client.transport.start(client.transport.connection.retry_timeout)
            finished = work(client, line)
            if finished.error and _is_systemic(finished.error):
                halt.set()
            self.teller.step(f"{next(counter)} of {len(picked)} {done}")
            return finished

        finished = iter(mapped(attempted, picked, self.client, self.concurrency))
        return [next(finished) if picks(line) else line for line in lines]

    def _one(self, client: Client, line: Line, *, predict: bool) -> Line:
        subject = self._subject(line.desired, client)
        reconciliation = Reconciliation(subject, proves=False)
        blank = replace(line, outcome=None)
        try:
            found = line.found or find(subject)
            outcome = reconciliation.predict(found) if predict else reconciliation.execute(found)
        except PpioError as error:
            return blank.failed(error)
        return replace(blank, found=found, outcome=outcome)

    def _proven(self, lines: list[Line]) -> list[Line]:
        """The lines as one more look at everything shows them, repeated where reads lag behind writes."""
        self.client.transport.start(self.client.transport.connection.retry_timeout)
        pending = {
            number for number, line in enumerate(lines) if line.outcome and line.outcome.changed and not line.error
        }
        proven = list(lines)

        def look() -> bool | None:
            sweep = self._sweep()
            if any(_may_have_a_rival(lines[number], sweep) for number in pending):
                # Whatever comes later is younger by its `created_at`: only then do all runs elect the same.
                self.client.transport.pace.sleep(SAME_AGE)
                sweep = self._sweep()
            for number in sorted(pending):
                proven[number] = self._settled(lines[number], sweep)
            pending.difference_update({number for number in pending if _is_final(lines[number], proven[number])})
            return True if not pending else None

        if not pending:
            return proven
        self.teller.phase("looking whether everything arrived")
        try:
            first_seen(look, self.client.transport.pace, window(self.client))
        except PpioError as error:
            for number in pending:
                seen = proven[number].error
                proven[number] = (
                    replace(proven[number], error=seen.noted(error.message)) if seen else lines[number].failed(error)
                )
        return proven

    def _settled(self, line: Line, sweep: _Sweep) -> Line:
        """A written line as the sweep shows it, failed with a doubt as long as it is not as wanted."""
        outcome, subject = existing(line.outcome), self._subject(line.desired)
        current = sweep.by_id.get(outcome.identity)
        if outcome.action is Action.DELETE:
            return self._removed(line, current)
        wrong = differences(self.resource, current, line.desired) if current else ()
        known = line.found.known if line.found and outcome.action is not Action.UPDATE else None
        namesakes = sweep.by_name.get(line.name, ()) if known is not None else ()
        others = [other for other in namesakes if other.id not in (known or ()) and other.id != outcome.id]
        if current is None or wrong:
            error = outcome.doubt or not_applied(subject, outcome, wrong)
            new = ", ".join(other.id for other in others)
            return line.failed(error.noted(f"Also new under this name: {new}.") if new else error)
        outcome = shown(subject, outcome, current)
        try:
            agreed = unrivalled(subject, outcome, others)
        except PpioError as error:
            return replace(line, outcome=outcome).failed(error)
        if agreed.id == outcome.id:
            return replace(line, outcome=agreed)
        winner = sweep.by_id[agreed.identity]
        wrong = differences(self.resource, winner, line.desired)
        taken = replace(line, outcome=shown(subject, agreed, winner))
        return taken.failed(not_applied(subject, agreed, wrong)) if wrong else taken

    def _removed(self, line: Line, current: Current | None) -> Line:
        """A line that is to be gone. One list proves it, unless the answer to the delete was lost."""
        outcome, subject = existing(line.outcome), self._subject(line.desired)
        if current is not None and not subject.is_going(current):
            return line.failed(outcome.doubt or not_gone(subject, outcome.identity))
        try:
            if outcome.doubt and still_shown(subject, {outcome.identity}, going_is_enough=True):
                return line.failed(outcome.doubt)
        except PpioError as error:
            return line.failed(error)
        return replace(line, outcome=replace(outcome, doubt=None))

    def _waited(self, lines: list[Line]) -> list[Line]:
        """The lines once everything is ready or gone, with one look at the list for all of them in each interval."""
        pace = self.client.transport.pace
        self.client.transport.start(self.wait_timeout)
        started = pace.now()
        waited = list(lines)
        watches = {number: self._watch(line) for number, line in enumerate(lines) if line.outcome and not line.error}
        for interval in intervals(pace):
            sweep, trouble = self._glimpse()
            elapsed = pace.now() - started
            for number, watch in list(watches.items()):
                line = waited[number]
                if sweep:
                    watches[number] = watch.after(_awaited(line, sweep))
                waited[number] = self._looked(line, watches[number], elapsed, trouble)
                if waited[number].error or watches[number].verdict is Verdict.READY:
                    del watches[number]
            if not watches:
                return waited
            self._tell_waiting(waited, watches)
            pace.sleep(min(interval, max(0.0, self.wait_timeout - elapsed)))
        raise AssertionError("intervals never end")

    def _glimpse(self) -> tuple[_Sweep | None, PpioError | None]:
        """One look at the list, or why there is none."""
        try:
            return self._sweep(), None
        except PpioError as error:
            return None, error

    def _watch(self, line: Line) -> Watch:
        goal = self.wait_for if line.desired.present else GONE
        return Watch(Wait(self.resource, goal, self.wait_timeout, existing(line.outcome).progress))

    def _looked(self, line: Line, watch: Watch, elapsed: float, trouble: PpioError | None) -> Line:
        """A line after one more look, failed where that was the last one."""
        if watch.verdict is Verdict.READY and line.desired.present:
            outcome = shown(self._subject(line.desired), existing(line.outcome), existing(watch.seen))
            return replace(line, outcome=outcome.warned(*watch.warnings))
        if watch.verdict is Verdict.READY:
            return line
        if watch.verdict is Verdict.FAILED or trouble or elapsed >= self.wait_timeout:
            return line.failed(watch.failure(elapsed, trouble))
        return line

    def _tell_waiting(self, lines: Sequence[Line], watches: Mapping[int, Watch]) -> None:
        named = [
            f"{printable(lines[number].name)} ({watch.reason})"
            for number, watch in list(watches.items())[:_NAMED_WAITING]
        ]
        more = f" and {len(watches) - len(named)} more" if len(watches) > len(named) else ""
        self.teller.step(f"waiting for {', '.join(named)}{more}")


def _unambiguous(lines: Sequence[Line]) -> list[Line]:
    """The lines, failed where two of them mean the same resource."""
    names = Counter(name for line in lines if (name := _meant_name(line.desired)) is not None)
    claimed = {_meant_name(line.desired) for line in lines if line.desired.unique_name}
    ids = Counter(identity for line in lines if (identity := _meant_id(line)))

    def checked(line: Line) -> Line:
        name = _meant_name(line.desired)
        if (name is not None and name in claimed and names[name] > 1) or ids[_meant_id(line)] > 1:
            return line.failed(NotUnique(f"Several entries mean the endpoint {line.name!r}. Leave one of them."))
        return line

    return [checked(line) for line in lines]


def _meant_name(desired: Desired) -> str | None:
    """The name that an entry finds a resource by, or gives to one."""
    return desired.name if desired.present or desired.id is None else None


def _meant_id(line: Line) -> str:
    """The id of the resource that an entry is about, empty where there is none yet."""
    return line.found.current.id if line.found and line.found.current else line.desired.id or ""


def _may_have_a_rival(line: Line, sweep: _Sweep) -> bool:
    """Whether it was created by this run, to be one of the name by election."""
    outcome = existing(line.outcome)
    return line.desired.elect and outcome.certain and outcome.identity in sweep.by_id


def _is_final(before: Line, after: Line) -> bool:
    """Whether nothing is left to look for: all is well, or another resource was taken in the place of this run's."""
    return not after.error or existing(before.outcome).id != existing(after.outcome).id


def _is_there(line: Line) -> bool:
    return bool(not line.error and line.found and line.found.current)


def _awaited(line: Line, sweep: _Sweep) -> Current | None:
    """What the sweep shows of a line's resource; of one that is to be gone, also others that had its name before."""
    known = line.found.known if line.found and not line.desired.present else None
    return next((sweep.by_id[one] for one in (line.identity, *sorted(known or ())) if one in sweep.by_id), None)


def _is_systemic(error: PpioError) -> bool:
    """Whether every other request would be refused for the same reason."""
    call = error.call
    return call is not None and (call.status in _SYSTEMIC_STATUSES or call.reason in _SYSTEMIC_REASONS)

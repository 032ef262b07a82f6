# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fallback: what was created, and for which nothing is in stock, is made of the next item that would do, in place.

Each item is tried once. The update is one like any other: planned, written and proved. Private to the ppio.gpu
collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from .._clock import Deadline
from .._errors import InStock, PpioError, Rejected, printable, require
from .._planning.choice import Choice, NoneFits, Trial
from .._planning.rollout_states import moved, written
from .._planning.state import Current
from .._progress import ProgressReporter
from .account import Books
from .carry_out import changed, refreshed
from .choose import Shop
from .entry import Done, Entry, Failed, Held, Located, Stage
from .memory import Memory
from .snapshot import SETTLE_WINDOW
from .view import View

__all__ = ["Fallback"]


@dataclass(frozen=True)
class _Way:
    """One entry, and the item that it is to be made of; None where none is left."""

    held: Held
    choice: Choice | None


@dataclass(frozen=True)
class Fallback:
    """The moves of one task. `books` says what they may cost, if anybody asked for that."""

    view: View
    shop: Shop
    books: Books | None
    memory: Memory
    progress: ProgressReporter

    def __call__(self, stuck: Mapping[int, Held], deadline: Deadline) -> dict[int, Done | Held]:
        """How these entries, by their numbers, go on: done, to be waited for anew, or held for good.

        Until the deadline of the wait; one that is over leaves as much time as a change needs to show.
        """
        ends: dict[int, Done | Held] = {}
        fresh = refreshed(self.view)
        client = fresh.client.until(fresh.client.deadline.within(max(deadline.remaining, SETTLE_WINDOW)))
        view = replace(fresh, client=client)
        # The catalog may not have been read yet, and the time of the task for its own requests may be over.
        shop = replace(self.shop, client=client)
        while stuck:
            ways = {number: self._way(shop, number, held) for number, held in stuck.items()}
            ends |= {number: way.held for number, way in ways.items()}
            moves = {number: self._located(way) for number, way in ways.items() if way.choice}
            stages = changed(view, list(moves.values()), self.progress, self.memory)
            ends |= {
                number: self._ended(number, ways[number], stage) for number, stage in zip(moves, stages, strict=True)
            }
            # What was refused for want of stock is tried with the next item.
            stuck = {number: end for number in moves if isinstance(end := ends[number], Held) and end.lacks_stock}
        return ends

    def _way(self, shop: Shop, number: int, held: Held) -> _Way:
        """What an entry is to be made of next, as far as stock, other entries and the budget allow."""
        pricing, entry, choice = shop.pricing, held.entry, held.entry.choice
        several = entry.desired.alternatives.get(pricing.field, ())
        if choice is None or len(several) < 2:
            return _Way(replace(held, lacks_stock=False), None)
        tried = choice.tried
        if choice.id not in {one.id for one in tried}:
            tried += (Trial(choice.id, "no_stock", f"no {pricing.unit} got one"),)
        fields = require(held.done.outcome.after)
        while left := tuple(identity for identity in several if identity not in {one.id for one in tried}):
            desired = replace(entry.desired, alternatives={pricing.field: left})
            try:
                best = shop.best(fields, desired)
            except NoneFits as error:
                unfit = require(error.choice).candidates
                tried += tuple(Trial(one.id, "unfit", one.reason) for one in unfit)
                break
            except PpioError as error:
                told = held.error.noted(f"Nothing else of {pricing.several_option} was tried: {error.message}")
                return _Way(replace(_having_tried(held, tried), error=told, lacks_stock=False), None)
            objection = self.books.objection(number, best.id) if self.books else ""
            if not objection:
                shop.take(best.id, fields, entry.desired)
                # The next entry must count neither on the same money, nor on what this one may save.
                if self.books:
                    self.books.reserve(number, best.id)
                return _Way(_having_tried(held, tried), replace(best, candidates=choice.candidates, tried=tried))
            tried += (Trial(best.id, "over_budget", objection),)
        return _Way(_given_up(_having_tried(held, tried), pricing.several_option), None)

    def _located(self, way: _Way) -> Located:
        """The entry to be changed in place, if it is as this task has left it, and still without stock."""
        resource, field = self.view.client.resource, self.shop.pricing.field
        done, outcome = way.held.done, way.held.done.outcome
        whole = written(resource, require(outcome.after), done.entry.desired)
        desired, has_surge = moved(whole, field, require(way.choice).id), done.entry.surge is not None
        # Others may change it if the user says so; this task does all the same.
        desired = replace(desired, ignored={name: inside for name, inside in desired.ignored.items() if name != field})
        return Located(
            Entry(desired, done.entry.name, keeps_surge=has_surge),
            Current(outcome.identity, outcome.fields or {}, outcome.observed or {}),
            is_stale=True,
            listing_unavailable=done.listing_unavailable,
            expected=whole,
            is_without_stock=True,
        )

    def _ended(self, number: int, way: _Way, stage: Stage) -> Done | Held:
        """How an entry goes on after its update, or the lack of one."""
        if isinstance(stage, Done):
            return self._moved(number, way, stage)
        if not isinstance(stage, Failed):
            raise AssertionError("what was carried out has ended")
        error = stage.error
        if self.books and not (error.partial and error.partial.changed):
            self.books.move(number, require(way.held.entry.choice).id)
        if isinstance(error, InStock):
            return self._in_stock(_having_tried(way.held, _without(way.held)).done, error)
        choice, lifecycle = require(way.choice), require(self.view.client.resource.lifecycle)
        reason = error.call.reason if isinstance(error, Rejected) and error.call else ""
        if reason in lifecycle.shortages:
            return _having_tried(way.held, (*choice.tried, Trial(choice.id, "refused", error.message)))
        held = _having_tried(way.held, (*choice.tried, Trial(choice.id, "failed", error.message)))
        return replace(held, error=_failure(held, choice, error), lacks_stock=False)

    def _moved(self, number: int, way: _Way, stage: Done) -> Done:
        field, choice, done = self.shop.pricing.field, require(way.choice), way.held.done
        old, outcome, name = require(done.entry.choice).id, done.outcome, self.view.client.resource.name
        if self.books:
            self.books.move(number, choice.id)
        self.progress.phase(f"{printable(done.entry.name)}: {old} is out of stock, moved to {choice.id}")
        entry = replace(
            done.entry,
            desired=moved(done.entry.desired, field, choice.id),
            surge=done.entry.surge and done.entry.surge.moved(field, choice.id),
            choice=choice,
        )
        after = {**require(outcome.after), field: choice.id}
        outcome = replace(outcome, fields=stage.outcome.fields, observed=stage.outcome.observed, after=after)
        told = f"{old} turned out to be out of stock, so the {name} {outcome.id} was moved to {choice.id}, in place."
        return replace(done, entry=entry, outcome=outcome).warned(told, *stage.outcome.warnings)

    def _in_stock(self, done: Done, error: InStock) -> Done:
        """The entry as it is, which is never moved any more if it serves by now."""
        observed = error.partial.observed if error.partial else None
        replicas = require(self.view.client.resource.lifecycle).replicas(observed or {}) if observed else ()
        if not any(replica.serves for replica in replicas):
            return done
        return replace(done, entry=replace(done.entry, desired=replace(done.entry.desired, alternatives={})))


def _without(held: Held) -> tuple[Trial, ...]:
    """What was tried but for what it is made of now."""
    choice = require(held.entry.choice)
    return tuple(one for one in choice.tried if one.id != choice.id)


def _having_tried(held: Held, tried: tuple[Trial, ...]) -> Held:
    entry = held.entry
    choice = replace(require(entry.choice), tried=tried)
    return replace(held, done=replace(held.done, entry=replace(entry, choice=choice)))


def _given_up(held: Held, option: str) -> Held:
    """An entry for which nothing is left to try."""
    told = "; ".join(f"{one.id}: {one.reason}" for one in require(held.entry.choice).tried)
    return replace(held, error=held.error.noted(f"All of {option} were tried. {told}."), lacks_stock=False)


def _failure(held: Held, choice: Choice, error: PpioError) -> PpioError:
    """Why an entry is neither ready nor made of something else, and what is known of it."""
    told = error.telling(require(held.error.partial).seen(error.partial))
    told.message = f"{held.error.message} It could not be moved to {choice.id}: {error.message}"
    return told

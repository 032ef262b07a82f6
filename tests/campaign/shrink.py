# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is the shortest schedule that still goes wrong?

Hypothesis shrinks what it has drawn itself. Here a seed says everything, and the parts of a schedule are known: they
are left out one by one, as long as it stays wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, TypeVar

from simulator import Settings

from .schedules import MANNER, Controller, Schedule

__all__ = ["shrunk"]

Part = TypeVar("Part")


def shrunk(schedule: Schedule, is_wrong: Callable[[Schedule], bool]) -> Schedule:
    """The schedule without everything that is not needed for it to be wrong."""
    while shorter := next(filter(is_wrong, _shorter(schedule)), None):
        schedule = shorter
    return schedule


def _shorter(schedule: Schedule) -> Iterator[Schedule]:
    """The schedule with one thing less, the largest things first."""
    if len(schedule.controllers) > 1:
        yield from (replace(schedule, controllers=rest) for rest in _without_one(schedule.controllers))
    yield from (replace(schedule, faults=rest) for rest in _without_one(schedule.faults))
    if len(schedule.existing) > max(map(_needed, schedule.controllers)):
        yield from (replace(schedule, existing=rest) for rest in _without_one(schedule.existing))
    if schedule.order:
        yield from (replace(schedule, order=order) for order in ((), schedule.order[:-1]))
    yield from (replace(schedule, settings=settings) for settings in _plainer(schedule.settings))
    for place, fault in enumerate(schedule.faults):
        if fault.times > 1:
            yield replace(schedule, faults=_with(schedule.faults, place, replace(fault, times=1)))
    for place, controller in enumerate(schedule.controllers):
        for simpler in _simpler(controller):
            yield replace(schedule, controllers=_with(schedule.controllers, place, simpler))


def _needed(controller: Controller) -> int:
    """How many of the endpoints that exist a controller addresses by their places."""
    entries = controller.options.get("endpoints", ())
    return max([int(controller.by_id), *(int(entry["id"]) + 1 for entry in entries if "id" in entry)])


def _plainer(settings: Settings) -> Iterator[Settings]:
    usual = Settings(validate_answers=False)
    for field in fields(settings):
        if getattr(settings, field.name) != getattr(usual, field.name):
            yield replace(settings, **{field.name: getattr(usual, field.name)})


def _simpler(controller: Controller) -> Iterator[Controller]:
    if controller.dies is not None:
        yield replace(controller, dies=None)
    if controller.begins:
        yield replace(controller, begins=0.0)
    if controller.by_id:
        yield replace(controller, by_id=False)
    yield from (replace(controller, options=options) for options in _fewer(controller.options))


def _fewer(options: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for name in ("endpoints", "product_ids"):
        if len(several := options.get(name, ())) > 1:
            yield from ({**options, name: list(rest)} for rest in _without_one(several))
    for name in ("rollout", "batches", "prune"):
        if name in options:
            yield {other: value for other, value in options.items() if other != name}
    usual: dict[str, Any] = {**MANNER, "allow_recreate": False}
    yield from ({**options, name: value} for name, value in usual.items() if options.get(name, value) != value)


def _without_one(parts: Sequence[Part]) -> Iterator[tuple[Part, ...]]:
    return ((*parts[:place], *parts[place + 1 :]) for place in range(len(parts)))


def _with(parts: Sequence[Part], place: int, part: Part) -> tuple[Part, ...]:
    return (*parts[:place], part, *parts[place + 1 :])

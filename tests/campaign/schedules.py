# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is a schedule: what is there, what breaks, and who wants what meanwhile?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator import Fault, Settings

from .breaking import IMPATIENT, SLOW_KINDS

__all__ = ["MANNER", "NAME", "WANTED", "Controller", "Schedule"]

NAME = "prize"
WANTED: Mapping[str, Any] = {
    "type": "sync",
    "name": NAME,
    "product_id": "serverless-rtx-4090-24",
    "image": "registry.example.com/prize:1",
    "worker_config": {"max_replicas": 2, "min_replicas": 1},
    "command": "--serve",
    "envs": [{"key": "MODE", "value": "fast"}],
    "ports": [8080],
}
#: The options that say how to go about it, as they are if nobody sets them.
MANNER: Mapping[str, Any] = {
    "retry_timeout": 120,
    "on_duplicate": "fail",
    "on_ambiguous": "fail",
    "unique_name": True,
    "wait": False,
    "wait_for": "ready",
    "wait_timeout": 600,
}
#: Real seconds after which an exchange is given up where none of the faults is slow.
_PATIENT = 20.0


@dataclass(frozen=True)
class Controller:
    """One run of a module, on the machine of that number.

    With `endpoints` among its options it is a run of ppio.gpu.endpoint_fleet; an `id` that is a number there is the
    place of an existing endpoint. `by_id` addresses the first of those. It begins after some seconds; `dies` is after
    how many calls it is killed, as in `Work`.
    """

    machine: int
    options: Mapping[str, Any]
    by_id: bool = False
    begins: float = 0
    dies: float | None = None

    @property
    def told(self) -> str:
        """The controller for a person, without the options that are as usual."""
        usual = {**MANNER, **WANTED, "allow_recreate": False}
        options = {name: value for name, value in self.options.items() if usual.get(name) != value}
        missing = [name for name in WANTED if name not in self.options and "endpoints" not in self.options]
        parts = [f"on machine {self.machine}"]
        parts += ["by id"] if self.by_id else []
        parts += [f"after {self.begins:g} s"] if self.begins else []
        parts += [f"killed after {self.dies:g} calls"] if self.dies is not None else []
        parts += [f"without {', '.join(missing)}"] if missing else []
        return f"{', '.join(parts)}, {options or 'nothing unusual'}"


@dataclass(frozen=True)
class Schedule:
    """What exists at first, how the API behaves, what breaks, and who is at work."""

    seed: int
    settings: Settings
    existing: tuple[Mapping[str, Any], ...]
    faults: tuple[Fault, ...]
    controllers: tuple[Controller, ...]
    #: Who makes the first calls, by place; after them, and without it, whoever's time has come.
    order: tuple[int, ...] = ()

    @property
    def is_slow(self) -> bool:
        """Whether a call may take time."""
        return any(fault.kind in SLOW_KINDS for fault in self.faults)

    @property
    def machines(self) -> frozenset[int]:
        """The machines that it needs; plain runs after everything are on the first one."""
        return frozenset({0, *(controller.machine for controller in self.controllers)})

    @property
    def api_timeout(self) -> float:
        return IMPATIENT if self.is_slow else _PATIENT

    @property
    def told(self) -> str:
        """The schedule for a person."""
        lines = [f"settings: {_differing(self.settings)}", *(f"exists: {body}" for body in self.existing)]
        lines += [f"fault: {_differing(fault)}" for fault in self.faults]
        lines += [f"controller: {controller.told}" for controller in self.controllers]
        lines += [f"order of the first calls: {self.order}"] if self.order else []
        return "\n".join(lines)


def _differing(value: Any) -> str:
    """What of a dataclass is not as usual."""
    usual = type(value)(kind="pass") if isinstance(value, Fault) else type(value)()
    changed = {name: now for name, now in vars(value).items() if now != getattr(usual, name)}
    return ", ".join(f"{name}={now!r}" for name, now in changed.items())

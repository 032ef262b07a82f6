# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of a new endpoint whose product turns out to be out of stock, alone and in fleets?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from unit import fleets, passing
from unit.bodies import Body
from unit.fleets import entry
from unit.passing import Time

from simulator import Settings, Simulator

RTX, SG, A100, H100 = (
    "serverless-rtx-4090-24",
    "serverless-rtx-4090-24-sg",
    "serverless-a100-80",
    "serverless-h100-80",
)
#: The list of products says that there are GPUs of them, and no worker gets one.
EMPTY = Settings(stock={H100: 99, A100: 99}, sold_out=(H100, A100))


@dataclass(frozen=True)
class Ended:
    """How the first of the entries ended, and what the task cost."""

    failed: bool
    message: str
    warnings: Sequence[str]
    result: Mapping[str, Any]
    cost: Mapping[str, Any] | None

    @property
    def tried(self) -> list[tuple[str, str]]:
        return [(one["id"], one["outcome"]) for one in self.result["product"]["tried"]]


Door = Callable[..., Ended]


def body(*products: str, least: int = 1, **options: Any) -> Body:
    described = entry("chat-0", worker_config={"max_replicas": 3, "min_replicas": least}, **options)
    del described["product_id"]
    return {**described, "product_ids": list(products)}


def alone(simulator: Simulator, time: Time, first: Body, *, check: bool = False, **shared: Any) -> Ended:
    report = passing.run(simulator, time, {**first, **shared}, check=check)
    result = report.result
    return Ended(report.failed, result.get("msg", ""), report.warnings, result, result["cost"])


def in_fleet(count: int) -> Door:
    """In a fleet of so many, of which the others have a product that is in stock, and are as wanted."""

    def run(simulator: Simulator, time: Time, first: Body, *, check: bool = False, **shared: Any) -> Ended:
        others = [
            entry(f"chat-{number}", product_id=RTX, worker_config={"max_replicas": 3, "min_replicas": 1})
            for number in range(1, count)
        ]
        settings, simulator.settings = simulator.settings, Settings()
        known = fleets.existing(simulator)
        fleets.seeded(simulator, [one for one in others if one["name"] not in known])
        simulator.settings = settings
        report = fleets.run(simulator, time, [first, *others], check=check, wait=True, **shared)
        result = report.result
        if "endpoints" not in result:
            return Ended(report.failed, result["msg"], report.warnings, result, result["cost"])
        assert all("message" not in one for one in result["endpoints"][1:])
        own = result["endpoints"][0]
        assert report.failed is ("message" in own)
        return Ended(report.failed, own.get("message", ""), report.warnings, own, result["cost"])

    return run


DOORS: Mapping[str, Door] = {"alone": alone, "in a fleet of 1": in_fleet(1), "in a fleet of 3": in_fleet(3)}


def sent(simulator: Simulator) -> list[tuple[str, str | None]]:
    """Each write, and the product in it."""
    return [(one.method, (one.body or {}).get("product_id")) for one in simulator.writes]


def product(simulator: Simulator) -> str:
    return str(next(one["product_id"] for one in simulator.endpoints if one["name"] == "chat-0"))

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Do endpoints use up what the list of products shows, and what becomes of workers that get no GPU?"""

from __future__ import annotations

from typing import Any

import pytest
from unit.fleets import entry
from unit.passing import Time, run

from simulator import Settings, Simulator

RTX, H100 = "serverless-rtx-4090-24", "serverless-h100-80"


def stock(simulator: Simulator, time: Time, product_id: str) -> int | None:
    """GPUs that the list shows, as a task sees them."""
    probe = {**entry("probe", product_id=product_id), "check_stock": True}
    (candidate,) = run(simulator, time, probe, check=True).result["product"]["candidates"]
    available: int | None = candidate["available"]
    return available


def body(name: str, least: int, **config: Any) -> dict[str, Any]:
    return entry(name, product_id=RTX, worker_config={"max_replicas": 9, "min_replicas": least, **config})


def test_running_workers_use_up_gpus(simulator: Simulator, time: Time) -> None:
    assert stock(simulator, time, RTX) == 31
    simulator.seed(body("asleep", 0))
    assert stock(simulator, time, RTX) == 31
    simulator.seed(body("awake", 3, gpu_num=2))
    assert stock(simulator, time, RTX) == 25
    assert stock(simulator, time, H100) == 2


def test_the_settings_say_how_many_there_are(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(stock={RTX: 4})
    simulator.seed(body("awake", 3))
    assert stock(simulator, time, RTX) == 1


@pytest.mark.parametrize("settings", [Settings(stock={RTX: 1}), Settings(sold_out=(RTX,))])
def test_a_worker_without_a_gpu_says_so(simulator: Simulator, time: Time, settings: Settings) -> None:
    simulator.settings = settings
    report = run(simulator, time, {**body("chat", 2), "product_id": RTX})
    assert report.failed
    assert "INSUFFICIENT_RESOURCE" in report.result["msg"]
    assert report.result["endpoint"]["workers"][0]["status"]["error"] == "INSUFFICIENT_RESOURCE"


def test_an_update_to_a_product_with_gpus_starts_workers(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(sold_out=(RTX,))
    run(simulator, time, body("chat", 1))
    report = run(simulator, time, {**body("chat", 1), "product_id": H100})
    assert not report.failed

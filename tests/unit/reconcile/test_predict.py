# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does check mode tell that a product, its region and its size do not exist, and a real run ask for nothing more?"""

from __future__ import annotations

from typing import Any

import pytest
from unit.bodies import Body
from unit.fleets import absent, calls, entry, messages, seeded
from unit.fleets import run as run_fleet
from unit.passing import Time, run

from simulator import Fault, Settings, Simulator
from simulator.catalog import PRODUCTS

RTX, L40S, H100 = "serverless-rtx-4090-24", "serverless-l40s-48", "serverless-h100-80"


def body(name: str = "chat", product_id: str = RTX, **options: Any) -> Body:
    return {**entry(name, product_id=product_id), "wait": False, **options}


def workers(**config: Any) -> Body:
    return {"worker_config": {"max_replicas": 9, **config}}


IMPOSSIBLE = [
    ({"product_id": "nonsense"}, "the API lists no product nonsense of this kind"),
    ({"product_id": "instance-rtx-4090-24"}, "the API lists no product instance-rtx-4090-24 of this kind"),
    ({"region_id": "mars"}, "it is in the regions cn-east-1, cn-north-1, and region_id is mars"),
    ({"product_id": "nonsense", "region_id": "mars"}, "the API lists no product nonsense"),
    ({"product_id": L40S, "region_id": "mars"}, "region_id is mars"),
]


@pytest.mark.parametrize(("options", "reason"), IMPOSSIBLE)
def test_what_does_not_exist_fails_in_check_mode(simulator: Simulator, time: Time, options: Body, reason: str) -> None:
    report = run(simulator, time, body(**options), check=True)
    assert report.failed
    assert reason in report.result["msg"]
    assert "set check_stock=false to try nevertheless" in report.result["msg"]
    assert calls(simulator)["products"] == 1


def test_a_size_that_no_worker_has_fails_in_check_mode(simulator: Simulator, time: Time) -> None:
    offered = next(product for product in PRODUCTS if product["id"] == RTX)
    spec = offered["resource_spec"]
    small = {**offered, "resource_spec": {**spec, "gpu": {**spec["gpu"], "max": 2}}}
    simulator.script([Fault("overlay", "listProducts", when="after_commit", body={"data": [small]})])
    report = run(simulator, time, body(**workers(gpu_num=4)), check=True)
    assert report.failed
    assert "its workers have 1 to 2 GPUs, and gpu_num is 4" in report.result["msg"]


@pytest.mark.parametrize(
    ("options", "doubt"),
    [
        ({"product_id": L40S}, "the API says that it cannot be deployed now"),
        ({"product_id": H100, **workers(min_replicas=3)}, "2 GPUs in stock, 3 needed"),
    ],
)
def test_stock_that_may_come_is_a_warning_in_check_mode(
    simulator: Simulator, time: Time, options: Body, doubt: str
) -> None:
    report = run(simulator, time, body(**options), check=True)
    assert (report.failed, report.result["operation"]) == (False, "create")
    assert f"{options['product_id']} may not fit: {doubt}." in report.warnings
    real = run(simulator, time, body(**options))
    assert (real.failed, real.result["operation"]) == (False, "create")


def test_what_the_api_does_not_say_is_a_warning_in_check_mode(simulator: Simulator, time: Time) -> None:
    simulator.settings = Settings(validate_answers=False)
    offered = next(product for product in PRODUCTS if product["id"] == RTX)
    silent = {name: value for name, value in offered.items() if name != "region_ids"}
    simulator.script([Fault("overlay", "listProducts", when="after_commit", body={"data": [silent]})])
    report = run(simulator, time, body(region_id="cn-east-1"), check=True)
    assert not report.failed
    assert f"{RTX} may not fit: the API does not say in which regions it is." in report.warnings


def test_what_fits_is_silent(simulator: Simulator, time: Time) -> None:
    report = run(simulator, time, body(region_id="cn-east-1"), check=True)
    assert (report.failed, report.warnings, report.result["product"]) == (False, (), None)
    assert calls(simulator)["products"] == 1


@pytest.mark.parametrize(("options", "reason"), IMPOSSIBLE)
def test_a_real_run_does_not_look(simulator: Simulator, time: Time, options: Body, reason: str) -> None:
    del reason
    run(simulator, time, body(**options))
    assert calls(simulator)["products"] == 0


def test_check_mode_does_not_look_if_it_is_told_so(simulator: Simulator, time: Time) -> None:
    report = run(simulator, time, body(product_id="nonsense", check_stock=False), check=True)
    assert (report.failed, calls(simulator)["products"]) == (False, 0)


@pytest.mark.parametrize(
    "options", [{}, {"command": "--fast"}, {"image": "registry.example.com/chat:2"}, workers(min_replicas=1)]
)
def test_check_mode_does_not_look_at_what_stays(simulator: Simulator, time: Time, options: Body) -> None:
    simulator.seed(entry("chat", product_id="nonsense"))
    report = run(simulator, time, body(product_id="nonsense", **options), check=True)
    assert (report.failed, calls(simulator)["products"]) == (False, 0)


@pytest.mark.parametrize("options", [{"product_id": "other"}, {"region_id": "mars"}, workers(gpu_num=2)])
def test_check_mode_looks_at_an_update_that_matters(simulator: Simulator, time: Time, options: Body) -> None:
    simulator.seed(entry("chat", product_id="nonsense"))
    report = run(simulator, time, body(**{"product_id": "nonsense", **options}), check=True)
    assert (report.failed, calls(simulator)["products"]) == (True, 1)


def test_the_absence_of_something_needs_no_product(simulator: Simulator, time: Time) -> None:
    seeded(simulator, [entry("chat", product_id="nonsense")])
    assert not run_fleet(simulator, time, absent([entry("chat")]), check=True).failed
    assert calls(simulator)["products"] == 0


def test_a_fleet_looks_once_and_shares_what_is_in_stock(simulator: Simulator, time: Time) -> None:
    wanted = [entry(f"chat-{number}", product_id=H100, **workers(min_replicas=1)) for number in range(3)]
    report = run_fleet(simulator, time, [*wanted, entry("odd", product_id="nonsense")], check=True)
    assert set(messages(report)) == {"odd"}
    assert [one for one in report.warnings if "may not fit" in one] == [
        f"chat-2: {H100} may not fit: 0 GPUs in stock, 1 needed."
    ]
    assert calls(simulator)["products"] == 1


def test_without_a_list_of_products_check_mode_says_so(simulator: Simulator, time: Time) -> None:
    simulator.script([Fault("status", "listProducts", status=403, times=10)])
    wanted = [entry(f"chat-{number}") for number in range(3)]
    report = run_fleet(simulator, time, wanted, check=True)
    assert not report.failed
    assert sum("Nobody can tell whether the product exists" in one for one in report.warnings) == 3
    assert calls(simulator)["products"] == 1

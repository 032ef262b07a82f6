# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does what the EXAMPLES of the modules do with a result give what they promise?"""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any

import pytest
import yaml
from ansible import template
from ansible.parsing.dataloader import DataLoader
from unit.bodies import MINIMAL
from unit.running import run

from ansible_collections.ppio.gpu.plugins.modules import endpoint_info, product_info, region_info
from simulator import Fault, Simulator

Account = Mapping[str, Any]


def example(module: ModuleType, number: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """A task of the EXAMPLES that uses the module, and the one after it, which shows something of its result."""
    tasks = yaml.safe_load(module.EXAMPLES)
    return tasks[number], tasks[number + 1]


def shown(module: ModuleType, account: Account, number: int = 0) -> Any:
    """What the task after the numbered one says, once for each item if it loops."""
    asking, showing = example(module, number)
    options = asking[f"ppio.gpu.{module.DOCUMENTATION.split()[1]}"] or {}
    result = run(module, {**account, **options}).result
    variables = {asking["register"]: result}
    items = templated(showing["loop"], variables) if "loop" in showing else [None]
    said = [templated(showing["ansible.builtin.debug"]["msg"], {**variables, "item": item}) for item in items]
    return said if "loop" in showing else said[0]


def templated(text: str, variables: Mapping[str, Any]) -> Any:
    # ansible-core 2.19 and newer want to be told that a text may be a template.
    trusted = getattr(template, "trust_as_template", str)(text)
    return template.Templar(loader=DataLoader(), variables=dict(variables)).template(trusted)


def test_the_cheapest_product_with_enough_memory_is_one_task_and_one_expression(account: Account) -> None:
    # L40S and H100 of that region cost more, and the RTX 4090 of another one costs less.
    assert shown(product_info, account) == "serverless-rtx-4090-24"


def test_a_product_without_a_price_or_a_gpu_is_never_the_cheapest(simulator: Simulator, account: Account) -> None:
    region = {"region_ids": ["cn-east-1"]}
    gpu = {"resource_spec": {"gpu": {"memory_gb": 24}}}
    price = {"pricing": {"precision": 2, "postpaid": {"final_price": 100}}}
    cheap = {"pricing": {"precision": 2, "postpaid": {"final_price": 1}}}
    offered = [
        {"id": "free-of-words", **region},
        {"id": "without-price", **region, **gpu},
        {"id": "without-gpu", **region, **cheap},
        {"id": "right", **region, **gpu, **price},
    ]
    simulator.script([Fault("overlay", "listProducts", when="after_commit", body={"data": offered})])
    assert shown(product_info, account) == "right"


def test_the_regions_with_network_volumes_are_found(account: Account) -> None:
    assert shown(region_info, account) == ["cn-east-1", "cn-north-1"]


def test_what_runs_in_one_region_is_told_with_its_workers(simulator: Simulator, account: Account) -> None:
    (region,) = {asking["region_id"] for asking in [example(endpoint_info, 0)[0]["ppio.gpu.endpoint_info"]]}
    workers = {"worker_config": {"max_replicas": 3, "min_replicas": 2}}
    simulator.seed({**MINIMAL, **workers, "name": "here", "region_id": region})
    simulator.seed({**MINIMAL, **workers, "name": "there", "region_id": "region-9"})
    assert shown(endpoint_info, account) == ["here has 2 workers"]


@pytest.mark.parametrize("module", [endpoint_info, product_info, region_info])
def test_every_task_of_the_examples_runs(account: Account, module: ModuleType) -> None:
    name = f"ppio.gpu.{module.DOCUMENTATION.split()[1]}"
    asking = [task for task in yaml.safe_load(module.EXAMPLES) if name in task]
    assert asking
    for task in asking:
        assert not run(module, {**account, **(task[name] or {})}).failed

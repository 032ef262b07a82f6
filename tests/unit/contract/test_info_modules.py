# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Do the modules that only read take and return what their documentation and docs/openapi.yaml say?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest
import yaml
from unit.bodies import FULL
from unit.contract.facts import contradictions, facts_of_documentation, facts_of_table, prose
from unit.contract.kinds import kinds_of_documentation, kinds_of_schema, kinds_of_table
from unit.contract.returned import differing, documented_paths, paths
from unit.openapi import document, schema
from unit.running import ANSIBLES_OWN, Said, run

from ansible_collections.ppio.gpu.plugins.module_utils._options.limits import OWN_LIMITS
from ansible_collections.ppio.gpu.plugins.module_utils._schema.balance import BALANCE
from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT
from ansible_collections.ppio.gpu.plugins.module_utils._schema.product import PRODUCT
from ansible_collections.ppio.gpu.plugins.module_utils._schema.region import REGION
from ansible_collections.ppio.gpu.plugins.module_utils._schema.resource import Resource
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.info import inform, limits
from ansible_collections.ppio.gpu.plugins.modules import (
    balance_info,
    endpoint,
    endpoint_info,
    product_info,
    region_info,
)
from simulator import Fault, Simulator
from simulator.catalog import PRODUCTS

Account = Mapping[str, Any]

MODULES = {
    "balance_info": (balance_info, BALANCE),
    "endpoint_info": (endpoint_info, ENDPOINT),
    "product_info": (product_info, PRODUCT),
    "region_info": (region_info, REGION),
}
#: What is said of an option that takes every text.
NO_LIMIT = "No limit on its length."
#: The options that the API's list calls have, and what we call them.
PARAMETERS = {"region_ids": "region_id"}
#: What product_info works out from what the API says.
WORKED_OUT = {
    "gpu_name": "string",
    "gpu_memory_gb": "integer",
    "stock": "integer",
    "price": "number",
    "price_unit": "string",
    "pricing.postpaid.price": "number",
    "pricing.spot.price": "number",
    "pricing.prepaid[].price": "number",
    "pricing.storage_price": "number",
}
#: An instance has every kind of price.
OFFER = next(product for product in PRODUCTS if product["id"] == "instance-rtx-4090-24")


def options_of(module: ModuleType) -> Mapping[str, Any]:
    options: Mapping[str, Any] = yaml.safe_load(module.DOCUMENTATION).get("options", {})
    return options


def returned_by(module: ModuleType) -> Mapping[str, Any]:
    returned: Mapping[str, Any] = yaml.safe_load(module.RETURN)
    return returned


@pytest.mark.parametrize(("table", "name"), [(PRODUCT, "Product"), (REGION, "Region")], ids=["product", "region"])
def test_the_table_is_the_contract(table: Resource, name: str) -> None:
    assert contradictions(kinds_of_table(table.observed), kinds_of_schema(schema(name))) == []
    assert table.verbs.list.path in document()["paths"]


@pytest.mark.parametrize(("table", "name"), [(PRODUCT, "Product"), (REGION, "Region")], ids=["product", "region"])
def test_a_row_that_is_missing_or_of_another_kind_would_be_noticed(table: Resource, name: str) -> None:
    stated = kinds_of_schema(schema(name))
    for number, row in enumerate(table.observed):
        rest = [*table.observed[:number], *table.observed[number + 1 :]]
        assert contradictions(kinds_of_table(rest), stated)
        assert contradictions(kinds_of_table([*rest, replace(row, name="colour")]), stated)


def test_the_documented_endpoint_is_the_one_of_the_endpoint_module() -> None:
    one = returned_by(endpoint)["endpoint"]["contains"]
    other = returned_by(endpoint_info)["endpoints"]["contains"]
    assert kinds_of_documentation(one) == kinds_of_documentation(other)


def test_the_documented_product_is_the_apis_with_what_is_worked_out() -> None:
    documented = kinds_of_documentation(returned_by(product_info)["products"]["contains"])
    assert contradictions(documented, kinds_of_table(PRODUCT.observed) | WORKED_OUT) == []


def test_the_documented_region_is_the_apis() -> None:
    documented = kinds_of_documentation(returned_by(region_info)["regions"]["contains"])
    assert contradictions(documented, kinds_of_table(REGION.observed)) == []


def test_the_table_of_the_balance_is_the_contract() -> None:
    assert {row.api: row.kind.value for row in BALANCE.observed} == kinds_of_schema(schema("Balance"))
    assert BALANCE.verbs.list.path in document()["paths"]


def test_the_documented_balance_has_every_sum() -> None:
    documented = returned_by(balance_info)["balance"]["contains"]
    assert list(documented) == [row.name for row in BALANCE.observed]
    assert all(set(one["contains"]) == {"raw", "amount"} for one in documented.values())


@pytest.mark.parametrize("name", MODULES)
def test_the_documented_limits_are_those_that_are_checked(name: str) -> None:
    module, resource = MODULES[name]
    checked = {row.name: row for row in (*limits(resource), *OWN_LIMITS)}
    options = options_of(module)
    documented = facts_of_documentation({name: said for name, said in options.items() if said["type"] != "bool"})
    table = replace(resource, fields=tuple(checked[option] for option in documented))
    assert contradictions(facts_of_table(table), documented) == []
    unlimited = {option for option in documented if checked[option].maximum is None and not checked[option].choices}
    assert {option for option, said in options.items() if NO_LIMIT in prose(said)} == unlimited


@pytest.mark.parametrize("name", ["product_info", "region_info"])
def test_every_filter_of_the_api_can_be_given(name: str) -> None:
    _module, resource = MODULES[name]
    options = inform(resource).options
    parameters = document()["paths"][resource.verbs.list.path]["get"]["parameters"]
    filters = {one["name"]: one["schema"] for one in parameters if "name" in one and one["name"] != "limit"}
    for filter_name, rule in filters.items():
        option = options[PARAMETERS.get(filter_name, filter_name)]
        assert option.get("choices", []) == rule.get("enum", [])
        assert option["type"] == {"string": "str", "integer": "int"}[rule["type"]]


@pytest.fixture
def said(request: pytest.FixtureRequest, simulator: Simulator, account: Account) -> Said:
    """What a module says that succeeds, of a full account."""
    simulator.seed({**FULL, "worker_config": {"max_replicas": 3, "min_replicas": 2}})
    volumes = [{"type": "local", "size": 30, "mount_point": "/scratch"}]
    simulator.seed({**FULL, "name": "local", "app_name": "local", "volumes": volumes})
    simulator.script([Fault("overlay", "listProducts", when="after_commit", body={"data": [OFFER]})])
    details = {"include_details": True} if request.param == "endpoint_info" else {}
    return run(MODULES[request.param][0], {**account, **details})


@pytest.mark.parametrize(("said", "name"), [(name, name) for name in MODULES], indirect=["said"], ids=MODULES)
def test_the_keys_of_a_result_are_the_documented_ones(said: Said, name: str) -> None:
    documented = returned_by(MODULES[name][0])
    assert not said.failed
    assert said.result.keys() - ANSIBLES_OWN == {key for key, one in documented.items() if one["returned"] == "success"}
    for key in said.result.keys() & documented.keys():
        assert list(differing(said.result[key], documented[key], key)) == []


@pytest.mark.parametrize(("said", "name"), [(name, name) for name in MODULES], indirect=["said"], ids=MODULES)
def test_every_documented_value_is_returned_at_some_time(said: Said, name: str, account: Account) -> None:
    module = MODULES[name][0]
    failed = run(module, {**account, "api_key": "wrong-key-0123"})
    values = {path for result in (said.result, failed.result) for path in paths(result)}
    assert set(documented_paths(returned_by(module))) - values == set()


@pytest.mark.parametrize("name", MODULES)
def test_the_keys_of_a_failure_are_the_documented_ones(name: str, account: Account) -> None:
    module = MODULES[name][0]
    documented = returned_by(module)
    failed = run(module, {**account, "api_key": "wrong-key-0123"})
    assert failed.result.keys() - ANSIBLES_OWN == {
        key for key, one in documented.items() if one["returned"].startswith("failure")
    }
    assert list(differing(failed.result["error"], documented["error"], "error")) == []


@pytest.mark.parametrize("name", MODULES)
def test_a_refusal_of_options_returns_none_of_them(name: str, account: Account) -> None:
    refused = run(MODULES[name][0], {**account, "api_timeout": 0})
    assert refused.failed
    assert refused.result.keys() - ANSIBLES_OWN == set()

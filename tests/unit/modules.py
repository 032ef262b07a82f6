# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which task does each module run?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import ModuleType

import pytest

from ansible_collections.ppio.gpu.plugins.module_utils._options.violation import ArgumentSpec
from ansible_collections.ppio.gpu.plugins.module_utils._schema.balance import BALANCE
from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT
from ansible_collections.ppio.gpu.plugins.module_utils._schema.product import PRODUCT
from ansible_collections.ppio.gpu.plugins.module_utils._schema.region import REGION
from ansible_collections.ppio.gpu.plugins.module_utils._schema.resource import Resource
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.export import export
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.info import inform
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.invoke import invoke
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.manage import manage
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.manage_fleet import manage_fleet
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.task import Task
from ansible_collections.ppio.gpu.plugins.modules import (
    balance_info,
    endpoint,
    endpoint_export,
    endpoint_fleet,
    endpoint_info,
    endpoint_invoke,
    product_info,
    region_info,
)

Make = Callable[[Resource], Task]

#: What each module does, and with which resource.
TASKS: Mapping[ModuleType, tuple[Make, Resource]] = {
    balance_info: (inform, BALANCE),
    endpoint: (manage, ENDPOINT),
    endpoint_export: (export, ENDPOINT),
    endpoint_fleet: (manage_fleet, ENDPOINT),
    endpoint_info: (inform, ENDPOINT),
    endpoint_invoke: (invoke, ENDPOINT),
    product_info: (inform, PRODUCT),
    region_info: (inform, REGION),
}
every_module = pytest.mark.parametrize("module", TASKS, ids=lambda module: module.__name__.rpartition(".")[2])


def options_of(module: ModuleType) -> ArgumentSpec:
    """What a module takes, less the connection."""
    make, resource = TASKS[module]
    return make(resource).options

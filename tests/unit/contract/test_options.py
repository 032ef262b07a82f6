# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does every module take the options that its documentation says, and hide the secret ones?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any

import yaml
from unit.contract.agreement import argument
from unit.modules import TASKS, every_module, options_of

from ansible_collections.ppio.gpu.plugins.doc_fragments.connection import ModuleDocFragment
from ansible_collections.ppio.gpu.plugins.module_utils._options.argument_spec import CONNECTION
from ansible_collections.ppio.gpu.plugins.modules import endpoint, endpoint_fleet, endpoint_invoke

DOCUMENTED = {module: yaml.safe_load(module.DOCUMENTATION).get("options", {}) for module in TASKS}
#: What a task hides of its own options.
SECRETS = {
    endpoint: {"secret_envs.value", "smoke_test.secret_headers"},
    endpoint_fleet: {"endpoints.secret_envs.value", "endpoints.smoke_test.secret_headers"},
    endpoint_invoke: {"secret_headers"},
}


def judged(options: Mapping[str, Any], inner: str) -> Mapping[str, Any]:
    """What both the documentation and the argument spec say of options."""
    return {name: argument(option, inner) for name, option in options.items()}


def hidden(options: Mapping[str, Any]) -> Iterator[str]:
    """The paths of the options and sub-options that Ansible hides."""
    for name, option in options.items():
        if option.get("no_log"):
            yield name
        yield from (f"{name}.{path}" for path in hidden(option.get("options", {})))


@every_module
def test_the_documented_options_are_those_that_are_taken(module: ModuleType) -> None:
    assert judged(DOCUMENTED[module], "suboptions") == judged(options_of(module), "options")


def test_the_documented_connection_is_the_one_that_is_made() -> None:
    documented = yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"]
    assert judged(documented, "suboptions") == judged(CONNECTION, "options")


@every_module
def test_secrets_are_hidden_and_nothing_else(module: ModuleType) -> None:
    assert set(hidden(CONNECTION | options_of(module))) == {"api_key"} | SECRETS.get(module, set())

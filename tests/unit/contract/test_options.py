# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does every module take the options that its documentation says, and hide the secret ones?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any

import yaml
from unit.modules import TASKS, every_module, options_of

from ansible_collections.ppio.gpu.plugins.doc_fragments.connection import ModuleDocFragment
from ansible_collections.ppio.gpu.plugins.module_utils._options.argument_spec import CONNECTION
from ansible_collections.ppio.gpu.plugins.modules import endpoint, endpoint_fleet, endpoint_invoke

DOCUMENTED = {module: yaml.safe_load(module.DOCUMENTATION).get("options", {}) for module in TASKS}
WORDS = ("type", "elements", "choices", "default", "required")
#: What a task hides of its own options.
SECRETS = {
    endpoint: {"secret_envs.value", "smoke_test.secret_headers"},
    endpoint_fleet: {"endpoints.secret_envs.value", "endpoints.smoke_test.secret_headers"},
    endpoint_invoke: {"secret_headers"},
}


def walked(options: Mapping[str, Any], inner: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each option and sub-option, by its path."""
    for name, option in options.items():
        yield name, option
        for path, said in walked(option.get(inner) or {}, inner):
            yield f"{name}.{path}", said


def judged(options: Mapping[str, Any], inner: str) -> Mapping[str, Mapping[str, Any]]:
    """What both the documentation and the argument spec say of an option."""
    return {path: {word: said[word] for word in WORDS if word in said} for path, said in walked(options, inner)}


@every_module
def test_the_documented_options_are_those_that_are_taken(module: ModuleType) -> None:
    assert judged(DOCUMENTED[module], "suboptions") == judged(options_of(module), "options")


def test_the_documented_connection_is_the_one_that_is_made() -> None:
    documented = yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"]
    assert judged(documented, "suboptions") == judged(CONNECTION, "options")


@every_module
def test_secrets_are_hidden_and_nothing_else(module: ModuleType) -> None:
    hidden = {path for path, option in walked(CONNECTION | options_of(module), "options") if option.get("no_log")}
    assert hidden == {"api_key"} | SECRETS.get(module, set())

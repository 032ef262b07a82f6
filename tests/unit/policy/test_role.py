# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does the role pass on every option of the module, as it is documented?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from ansible_collections.ppio.gpu.plugins.doc_fragments.connection import ModuleDocFragment
from ansible_collections.ppio.gpu.plugins.modules.endpoint import DOCUMENTATION

ROLE = Path(__file__).parents[3] / "roles" / "serverless_endpoint"
PREFIX = "serverless_endpoint_"
# What the role hands back is not what it takes.
RENAMED = {"id": "existing_id"}
KIND = ("type", "elements", "choices")


def loaded(*parts: str) -> Any:
    return yaml.safe_load(ROLE.joinpath(*parts).read_text(encoding="utf-8"))


def spec() -> dict[str, dict[str, Any]]:
    """The role's options by their names without the prefix."""
    options = loaded("meta", "argument_specs.yml")["argument_specs"]["main"]["options"]
    return {name.removeprefix(PREFIX): option for name, option in options.items()}


def documented() -> dict[str, dict[str, Any]]:
    """The module's options by the names that the role has for them."""
    pages = (yaml.safe_load(DOCUMENTATION), yaml.safe_load(ModuleDocFragment.DOCUMENTATION))
    return {RENAMED.get(name, name): option for page in pages for name, option in page["options"].items()}


def test_every_option_of_the_module_is_a_variable_of_the_same_kind() -> None:
    kinds = {name: [option.get(part) for part in KIND] for name, option in documented().items()}
    assert {name: [spec()[name].get(part) for part in KIND] for name in kinds} == kinds


def test_the_role_has_no_other_variables() -> None:
    assert set(spec()) == set(documented())


def test_every_variable_is_passed_on() -> None:
    (declaring, *_others) = loaded("tasks", "main.yml")
    passed = {RENAMED.get(name, name): value for name, value in declaring["ppio.gpu.endpoint"].items()}
    assert {name: value.split()[1] for name, value in passed.items()} == {
        name: f"{PREFIX}{name}" for name in documented()
    }


def test_the_defaults_are_the_documented_ones() -> None:
    stated = {f"{PREFIX}{name}": option["default"] for name, option in spec().items() if "default" in option}
    assert loaded("defaults", "main.yml") == stated


def test_what_may_be_secret_is_marked() -> None:
    marked = {name for name, option in spec().items() if option.get("no_log")}
    assert marked == {"api_key", "secret_envs"}

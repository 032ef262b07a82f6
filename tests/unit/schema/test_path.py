# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What does a path name, and which paths may be ignored?"""

from __future__ import annotations

import pytest
from unit.second.database import DATABASE

from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT
from ansible_collections.ppio.gpu.plugins.module_utils._schema.path import ignore_rule, path_from

#: A path, the field that it names, what is inside of that, and whether it is of the list for secrets.
NAMED = {
    "policy": ("policy", "", False),
    "policy.type": ("policy", "type", False),
    "ports": ("ports", "", False),
    "envs": ("envs", "", False),
    "envs.MODE": ("envs", "MODE", False),
    "envs.A.B": ("envs", "A.B", False),
    "envs.*": ("envs", "*", False),
    "secret_envs": ("envs", "", True),
    "secret_envs.TOKEN": ("envs", "TOKEN", True),
    "volumes./data/v1.2": ("volumes", "/data/v1.2", False),
}
UNKNOWN = (
    "",
    ".",
    "polic",
    "policy.",
    "policy.kind",
    "policy.type.more",
    "ports.0",
    "ports[0]",
    "envs.",
    "envs[0]",
    "image.tag",
    "secret_volumes",
    "purge_envs",
    "status",
    "wait",
    "Image",
    " image",
)


@pytest.mark.parametrize("text", NAMED)
def test_a_path_names_a_field_or_what_is_inside_of_one(text: str) -> None:
    path = path_from(ENDPOINT, text)
    assert path is not None
    assert (path.field.name, path.inside, path.is_twin) == NAMED[text]
    assert ignore_rule(ENDPOINT, text) == ""


@pytest.mark.parametrize("text", UNKNOWN)
def test_another_path_names_nothing(text: str) -> None:
    assert path_from(ENDPOINT, text) is None
    assert ignore_rule(ENDPOINT, text).startswith(f": {text.strip() or repr(text)} is not a supported option (")


def test_what_names_nothing_is_told_a_path_that_does() -> None:
    assert ignore_rule(ENDPOINT, "polic").endswith("(did you mean policy?)")
    assert ignore_rule(ENDPOINT, "worker_config.max").endswith("(did you mean worker_config.max_replicas?)")
    assert ignore_rule(ENDPOINT, "ports.0").endswith("(give a path such as worker_config.max_replicas)")
    assert ignore_rule(ENDPOINT, "wait").endswith("(give a path such as worker_config.max_replicas)")


@pytest.mark.parametrize("text", ["name", "id", "type", "app_name"])
def test_what_identifies_or_never_changes_cannot_be_ignored(text: str) -> None:
    assert ignore_rule(ENDPOINT, text).startswith(f": {text} cannot be ignored, because it ")


def test_the_rules_follow_from_any_table() -> None:
    assert ignore_rule(DATABASE, "protected") == ignore_rule(DATABASE, "size_gb") == ""
    assert ignore_rule(DATABASE, "region") == ": region cannot be ignored, because it never changes"
    assert ignore_rule(DATABASE, "image") == ": image is not a supported option (give a path such as protected)"

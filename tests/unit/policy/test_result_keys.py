# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Can every key of a result be used in a template, and does none mean something else to Ansible?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.parsing.plugin_docs import read_docstring

MODULES = sorted((Path(__file__).parents[3] / "plugins" / "modules").glob("*.py"))
#: What `result.key` finds instead of the key: the methods of a dictionary.
METHODS = frozenset(name for name in dir(dict) if not name.startswith("_"))
#: What Ansible itself reads in a result.
REINTERPRETED = frozenset({"rc", "results", "stdout", "stderr", "skipped", "failed", "deprecations", "exception"})


def keys(returned: Mapping[str, Any]) -> Iterator[str]:
    """The names of all keys, at every depth."""
    for name, value in returned.items():
        yield name
        yield from keys(value.get("contains") or {})


def returned(path: Path) -> Mapping[str, Any]:
    documented = read_docstring(str(path))["returndocs"]
    values: Mapping[str, Any] = yaml.safe_load(documented) if isinstance(documented, str) else documented
    return values


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_no_key_is_hidden_by_a_method(path: Path) -> None:
    assert METHODS.isdisjoint(keys(returned(path)))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_no_key_means_something_else_to_ansible(path: Path) -> None:
    assert REINTERPRETED.isdisjoint(returned(path))


def test_the_keys_inside_are_looked_at() -> None:
    assert list(keys({"a": {"contains": {"values": {}}}})) == ["a", "values"]

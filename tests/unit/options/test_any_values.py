# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does a check of options end without an error, whatever the values are?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.bodies import MINIMAL
from unit.modules import TASKS, every_module, options_of

from ansible_collections.ppio.gpu.plugins.module_utils._options.argument_spec import CONNECTION, checked
from ansible_collections.ppio.gpu.plugins.module_utils._options.violation import is_true
from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT

#: What YAML and templates can make of a value, and what such a value may look like.
SCALARS: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=3),
    st.sampled_from(
        ("true", "yes", "1", "a=b", "[1", "{", "100%", "GET", "POST", "(hidden)", "\0", "\ud800", "x" * 300)
    ),
    st.binary(max_size=1),
)
#: YAML reads it of hexadecimal digits; Python writes no number of so many decimal ones.
HUGE = int("f" * 5_000, 16)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(SCALARS, inner, max_size=2)),
    max_leaves=4,
)
KINDS: Mapping[str, st.SearchStrategy[Any]] = {
    "bool": st.booleans(),
    "int": st.integers(-1, 100),
    "float": st.floats(),
    "list": st.lists(ANYTHING, max_size=2),
    "dict": st.dictionaries(st.text(max_size=2), ANYTHING, max_size=2),
}


def values(options: Mapping[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Params of which some are like what the options take, and some like nothing."""
    return st.fixed_dictionaries({}, optional={name: value(option) for name, option in options.items()})


def value(option: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    likely = KINDS.get(option["type"], st.text(max_size=3))
    if "choices" in option:
        likely = st.sampled_from(option["choices"])
    if "options" in option:
        likely = values(option["options"])
        likely = st.lists(likely, max_size=2) if option["type"] == "list" else likely
    return st.one_of(likely, ANYTHING)


@every_module
@given(data=st.data())
def test_a_check_says_what_is_wrong_and_raises_nothing(module: Any, data: st.DataObject) -> None:
    make, resource = TASKS[module]
    params = data.draw(values(CONNECTION | options_of(module)))
    assert all(map(str, make(resource).judged(params).violations))


@pytest.mark.parametrize(
    "options",
    [
        {"wait_timeout": HUGE},
        {"ports": [HUGE]},
        {"command": [HUGE]},
        {"worker_config": {"max_replicas": 1, "gpu_num": HUGE}},
    ],
)
def test_a_number_that_python_cannot_write_is_refused(options: Mapping[str, Any]) -> None:
    (violation,) = checked(ENDPOINT, {**MINIMAL, **options}).violations
    assert str(violation).endswith("not a number of too many digits")


@pytest.mark.parametrize(
    ("value", "truth"),
    [(True, True), ("true", True), ("Yes", True), (1, True), ("1", True), (False, False), ("no", False), (0, False)],
)
def test_what_means_true_to_ansible_is_true(value: Any, truth: bool) -> None:
    assert is_true(value) is truth


@pytest.mark.parametrize("value", [None, "", "perhaps", 2, [], [True], {}, {"a": True}])
def test_nothing_else_is_true(value: Any) -> None:
    assert not is_true(value)

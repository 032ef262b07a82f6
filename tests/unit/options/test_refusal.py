# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which key does a task have whose options are refused, and is it left out of the message?"""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.ppio.gpu.plugins.module_utils._options.argument_spec import api_key_of, checked, refusal
from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT

KEY = "canary-key-64b1"
#: Longer than what a message shows of a value.
LONG_KEY = "".join(chr(ord("A") + number % 26) for number in range(300))


@pytest.mark.parametrize(("key", "shown_after"), [(KEY, "'."), (LONG_KEY, "...")], ids=["short", "long"])
def test_the_key_is_hidden_where_it_stands_in_another_option(key: str, shown_after: str) -> None:
    wrong = checked(ENDPOINT, {"name": "chat", "ports": key}).violations
    assert key[:10] in refusal(wrong)
    assert refusal(wrong, key).partition(", not ")[2].startswith(f"'(hidden){shown_after}")


@pytest.mark.parametrize(
    ("option", "variables", "expected"),
    [
        (f" {KEY}\n", {"PPIO_API_KEY": "another"}, KEY),
        (64, {}, "64"),
        ("", {"PPIO_API_KEY": KEY}, ""),
        (None, {"PPIO_API_KEY": f"{KEY} ", "NOVITA_API_KEY": "another"}, KEY),
        (None, {"PPIO_API_KEY": " ", "NOVITA_API_KEY": KEY}, KEY),
        (None, {}, ""),
    ],
)
def test_the_key_is_the_option_or_else_the_first_variable_that_is_filled(
    monkeypatch: pytest.MonkeyPatch, option: Any, variables: dict[str, str], expected: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert api_key_of({"api_key": option}) == expected

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is hidden in a text, and what is left alone?"""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.ppio.gpu.plugins.module_utils._redaction import HIDDEN, Secrets

SECRET = 'pass"word\\0815'


@pytest.mark.parametrize(
    "text",
    [
        f"key {SECRET} here",
        SECRET,
        f"{SECRET}{SECRET}",
        json.dumps({"value": SECRET}),
        json.dumps(json.dumps({"value": SECRET})),
        json.dumps({"value": f"Bearer {SECRET}"}),
    ],
)
def test_a_secret_is_hidden_in_any_form_in_which_json_writes_it(text: str) -> None:
    shown = Secrets((SECRET,)).hide(text)
    assert HIDDEN in shown
    assert "0815" not in shown


@pytest.mark.parametrize("secret", ["schlüssel-47", "密钥-4711-密钥", "emoji-🔑-secret"])
def test_a_secret_that_is_not_ascii_is_hidden_as_it_is_and_escaped(secret: str) -> None:
    for text in (secret, json.dumps(secret), json.dumps(secret, ensure_ascii=False)):
        assert Secrets((secret,)).hide(f"a {text} b") in (f"a {HIDDEN} b", f'a "{HIDDEN}" b')


@pytest.mark.parametrize("secret", ["1", "true", "False", "null", "abc"])
def test_a_short_or_everyday_secret_is_hidden_only_between_quotes(secret: str) -> None:
    text = f"HTTP {secret}1 and {secret} of {secret}x"
    assert Secrets((secret,)).hide(text) == text
    assert Secrets((secret,)).hide(f"\"{secret}\" and '{secret}'") == f"\"{HIDDEN}\" and '{HIDDEN}'"


def test_a_secret_inside_of_another_one_leaves_nothing_of_it() -> None:
    assert Secrets(("longsecret", "longsecret-and-more")).hide("longsecret-and-more") == HIDDEN


@given(
    text=st.text(),
    secret=st.text(st.characters(codec="utf-8"), min_size=8).filter(lambda secret: secret not in HIDDEN),
)
def test_no_secret_of_eight_characters_survives(text: str, secret: str) -> None:
    assert secret not in Secrets((secret,)).hide(text + secret + text).replace(HIDDEN, "")


def test_what_is_added_later_is_hidden_too_and_the_longest_still_first() -> None:
    secrets = Secrets(["longsecret"])
    secrets.add(["longsecret-and-more", "", "other-secret"])
    assert secrets.hide("longsecret-and-more, longsecret, other-secret") == f"{HIDDEN}, {HIDDEN}, {HIDDEN}"

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may be said of an error, and what must not?"""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.ppio.gpu.plugins.module_utils._errors import (
    HIDDEN,
    Call,
    Lost,
    Progress,
    Rejected,
    printable,
    without_secrets,
)

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
    shown = without_secrets(text, (SECRET,))
    assert HIDDEN in shown
    assert "0815" not in shown


@pytest.mark.parametrize("secret", ["schlüssel-47", "密钥-4711-密钥", "emoji-🔑-secret"])
def test_a_secret_that_is_not_ascii_is_hidden_as_it_is_and_escaped(secret: str) -> None:
    for text in (secret, json.dumps(secret), json.dumps(secret, ensure_ascii=False)):
        assert without_secrets(f"a {text} b", (secret,)) in (f"a {HIDDEN} b", f'a "{HIDDEN}" b')


@pytest.mark.parametrize("secret", ["1", "true", "False", "null", "abc"])
def test_a_short_or_everyday_secret_is_hidden_only_between_quotes(secret: str) -> None:
    text = f"HTTP {secret}1 and {secret} of {secret}x"
    assert without_secrets(text, (secret,)) == text
    assert without_secrets(f"\"{secret}\" and '{secret}'", (secret,)) == f"\"{HIDDEN}\" and '{HIDDEN}'"


def test_a_secret_inside_of_another_one_leaves_nothing_of_it() -> None:
    assert without_secrets("longsecret-and-more", ("longsecret", "longsecret-and-more")) == HIDDEN


@given(
    text=st.text(),
    secret=st.text(st.characters(codec="utf-8"), min_size=8).filter(lambda secret: secret not in HIDDEN),
)
def test_no_secret_of_eight_characters_survives(text: str, secret: str) -> None:
    assert secret not in without_secrets(text + secret + text, (secret,)).replace(HIDDEN, "")


@given(text=st.text(st.characters()))
def test_a_text_of_a_server_is_one_short_line_that_steers_nothing(text: str) -> None:
    shown = printable(text)
    assert len(shown) <= 2003
    assert not [character for character in shown if character < " " or "\x7f" <= character <= "\x9f"]
    assert not set(shown) & set("\u2028\u2029\u200b\u200f\u202a\u202e\u2066\u2069\ufeff\ud800")
    shown.encode()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("no stock", "no stock"),
        ("没有库存", "没有库存"),
        ("a\r\nb\tc", "a b c"),
        ("\x1b[31mred\x1b[0m", "[31mred [0m"),
        (" \n ", ""),
        ("x" * 3000, "x" * 2000 + "..."),
    ],
)
def test_a_text_of_a_server_keeps_its_words(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_a_long_text_is_cut_only_after_its_secrets_are_hidden() -> None:
    assert "secret" not in printable("x" * 1995 + "secret-4711", ("secret-4711",))


def test_the_first_word_on_what_had_been_done_stands() -> None:
    error = Rejected("no", Call("POST", "/x", 400))
    first, second = Progress("create", changed=True, id="ep-1"), Progress("none", changed=False)
    told = error.after(first)
    assert told.after(second).progress == first
    assert error.progress is None
    assert (told.message, told.call, type(told)) == (error.message, error.call, Rejected)


def test_an_error_reads_as_its_message() -> None:
    assert str(Lost("the connection broke")) == "the connection broke"

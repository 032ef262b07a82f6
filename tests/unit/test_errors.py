# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may be said of an error, and what must not?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.ppio.gpu.plugins.module_utils._errors import (
    AmbiguousResponse,
    Call,
    PartialResult,
    Rejected,
    printable,
)
from ansible_collections.ppio.gpu.plugins.module_utils._redaction import Secrets


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
    assert "secret" not in printable("x" * 1995 + "secret-4711", Secrets(["secret-4711"]))


def test_the_first_word_on_what_had_been_done_stands() -> None:
    error = Rejected("no", Call("POST", "/x", 400))
    first, second = PartialResult("create", changed=True, id="ep-1"), PartialResult("none", changed=False)
    told = error.after(first)
    assert told.after(second).partial == first
    assert error.partial is None
    assert (told.message, told.call, type(told)) == (error.message, error.call, Rejected)


def test_an_error_reads_as_its_message() -> None:
    assert str(AmbiguousResponse("the connection broke")) == "the connection broke"

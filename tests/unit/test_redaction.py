# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is hidden in a text, and what is left alone?"""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

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


@pytest.mark.parametrize("text", ["pass", "my pass", "my%20pass", 'my \\"pass', "&quot;pass", "passwor"])
def test_a_text_may_end_with_the_beginning_of_a_longer_secret(text: str) -> None:
    shown = Secrets(("pass", "password")).hide(text)
    assert "pass" not in shown
    assert HIDDEN in shown


def test_what_is_added_later_is_hidden_too_and_the_longest_still_first() -> None:
    secrets = Secrets(["longsecret"])
    secrets.add(["longsecret-and-more", "", "other-secret"])
    assert secrets.hide("longsecret-and-more, longsecret, other-secret") == f"{HIDDEN}, {HIDDEN}, {HIDDEN}"


AWKWARD = 'päss "w+rd"/<&%41>\\\n:0815'


def _by_go(text: str) -> str:
    """As Go's encoder writes JSON, which HTML may hold."""
    return json.dumps(text).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


ENCODINGS: dict[str, Callable[[str], str]] = {
    "a URL": lambda text: quote(text, safe=""),
    "a path": quote,
    "small letters": lambda text: quote(text, safe="").lower(),
    "a form": quote_plus,
    "JSON": json.dumps,
    "JSON with escaped slashes": lambda text: json.dumps(text).replace("/", "\\/"),
    "JSON that HTML may hold": _by_go,
    "Python": repr,
    "HTML": html.escape,
}


@pytest.mark.parametrize("outer", [None, *ENCODINGS])
@pytest.mark.parametrize("inner", ENCODINGS)
def test_a_secret_is_hidden_in_any_encoding_and_in_one_inside_of_another(inner: str, outer: str | None) -> None:
    text = ENCODINGS[inner](f"before {AWKWARD} after")
    shown = Secrets((AWKWARD,)).hide(ENCODINGS[outer](text) if outer else text)
    assert HIDDEN in shown
    assert "0815" not in shown
    assert "before" in shown
    assert "after" in shown


@pytest.mark.parametrize("secret", ["secret-4711\n", "  secret-4711", "secret\n4711"])
def test_white_space_that_a_server_takes_away_does_not_matter(secret: str) -> None:
    shown = Secrets((secret,)).hide("a secret-4711, and secret 4711")
    assert HIDDEN in shown


def test_what_overlaps_is_hidden_as_a_whole() -> None:
    assert Secrets(("secret-abc", "abc-47110815")).hide("<secret-abc-47110815>") == f"<{HIDDEN}>"


def test_programs_read_what_only_may_be_secret() -> None:
    secrets = Secrets(["named-0815"])
    secrets.suspect(["8080", "named-0815"])
    text = "https://ep.example.com:8080/?named-0815"
    assert secrets.hide(text) == f"https://ep.example.com:{HIDDEN}/?{HIDDEN}"
    assert secrets.hide_named(text) == f"https://ep.example.com:8080/?{HIDDEN}"


def test_a_text_of_any_length_is_cut_and_a_secret_at_the_cut_leaves_nothing() -> None:
    shown = Secrets(["secret-4711"]).hide("x" * 99_996 + "secret-4711" + "x" * 10_000_000)
    assert len(shown) < 100_020
    assert "secret" not in shown


def test_a_text_is_cut_after_its_hundred_thousandth_character() -> None:
    assert Secrets().hide("x" * 100_000) == "x" * 100_000
    assert Secrets().hide("x" * 100_001) == "x" * 100_000 + "..."
    assert Secrets().hide_named("x" * 100_001) == "x" * 100_001


@pytest.mark.parametrize("place", [100_000, 100_001])
def test_nothing_is_told_of_what_comes_after_the_cut(place: int) -> None:
    text = "x" * place + "secret-4711" + "x"
    assert Secrets(["secret-4711"]).hide(text) == "x" * 100_000 + "..."


def test_a_secret_at_the_cut_is_seen_however_long_its_characters_are_written() -> None:
    secret = "\U0001f511" * 8
    written = "".join(f"%{ord(character):02X}" for character in quote(secret))
    assert Secrets([secret]).hide("x" * 99_999 + written + "x" * 1_000) == "x" * 99_999 + f"{HIDDEN}..."


@pytest.mark.parametrize("count", [1, 1_000])
@pytest.mark.parametrize("before", ["", "it says "])
@pytest.mark.parametrize("after", ["", ", it says"])
@pytest.mark.parametrize("secret", ["abcd", "secret-4711"])
def test_a_secret_is_found_at_any_place_among_any_number(secret: str, before: str, after: str, count: int) -> None:
    secrets = Secrets([secret, *(f"{number:06}-other" for number in range(count))])
    assert secrets.hide(f"{before}{secret}{after}") == f"{before}{HIDDEN}{after}"
    assert secrets.hide(f"{before}{secret[:-1]}{after}") == f"{before}{secret[:-1]}{after}"


@pytest.mark.parametrize("text", ["\"1'", "'1\"", "`1'", '"1', '1"', '"11"', '"1 "'])
def test_a_short_secret_stands_between_two_quotes_of_one_kind(text: str) -> None:
    assert Secrets(["1"]).hide(text) == text


def test_an_everyday_secret_may_be_the_longest_word_between_quotes() -> None:
    assert Secrets(["false"]).hide('"false" and "falsey"') == f'"{HIDDEN}" and "falsey"'


def test_only_the_secret_is_hidden_where_more_is_encoded() -> None:
    around = "".join(f"%{byte:02X}" for byte in "schön".encode())
    text = f"{around}{quote('geheim-ü-4711')}{around}".replace("-", "%2D")
    hidden = Secrets(["geheim-ü-4711"]).hide(text)
    assert hidden == f"{around}{HIDDEN}{around}"


def test_a_secret_at_the_beginning_of_a_text_may_be_encoded_further_on() -> None:
    assert Secrets([SECRET]).hide(json.dumps(SECRET)[1:-1]) == HIDDEN


def test_what_may_be_secret_can_be_named_later() -> None:
    secrets = Secrets()
    secrets.suspect(["maybe-0815"])
    assert secrets.hide_named("it says maybe-0815") == "it says maybe-0815"
    secrets.add(["maybe-0815"])
    assert secrets.hide_named("it says maybe-0815") == f"it says {HIDDEN}"


@pytest.mark.parametrize("alike", [False, True])
def test_what_only_begins_like_thousands_of_secrets_is_left(alike: bool) -> None:
    secrets = Secrets(f"{'sk-test' if alike else number}-{number:032}" for number in range(10_000))
    texts = [f'HTTP 400: sk-test-{number:031}%2F"\\n sk-test no such image as {number}' for number in range(1_000)]
    assert [secrets.hide(text) for text in texts] == texts


def test_a_secret_at_the_end_may_begin_as_a_longer_one() -> None:
    secrets = Secrets(["hf-012345", "hf-0123456789"])
    assert secrets.hide("it says hf-012345") == f"it says {HIDDEN}"
    assert secrets.hide("hf-0123456789 and hf-012345") == f"{HIDDEN} and {HIDDEN}"

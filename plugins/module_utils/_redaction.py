# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Redaction: hides secret values in texts, also where a server repeats them in an encoding.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

import html
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

__all__ = ["CONTROL", "HIDDEN", "HIDDEN_CHANGED", "PLACEHOLDERS", "Secrets"]

#: What stands in the place of a secret.
HIDDEN = "(hidden)"
#: The same in a diff, where the secret is not what it was before.
HIDDEN_CHANGED = "(hidden, changed)"
#: What is never a value: it can only come from our own output.
PLACEHOLDERS = frozenset({HIDDEN, HIDDEN_CHANGED})
#: What can steer a terminal or a log.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]+")

_SHORTEST = 4
_EVERYDAY_WORDS = frozenset({"true", "false", "none", "null"})
_LONGEST_WORD = max(map(len, _EVERYDAY_WORDS))
_QUOTES = frozenset("\"'`")
#: Characters of a text that are looked at. A longer one is cut: no message is that long.
_LONGEST_TEXT = 100_000
#: The most characters that one character takes once it is encoded twice: four bytes in percents, and those once more.
_LONGEST_ENCODING = 36
#: How often a text may be encoded, such as JSON in a text in JSON.
_ENCODINGS = 2


class Secrets:
    """Values to hide in texts, also where they stand as JSON, a URL, a form or HTML writes them.

    A short or everyday value, such as 1 or true, is hidden only between quotes: elsewhere it is no secret, and hiding
    it would garble every number. Time is linear in the text, however many secrets there are: a fleet has thousands.
    """

    def __init__(self, values: Iterable[str] = ()) -> None:
        #: The values that somebody called secret, and with them those that may be.
        self._named: set[str] = set()
        self._all: set[str] = set()
        #: By their first characters, how long the values are that begin so, the longest first.
        self._lengths: dict[str, tuple[int, ...]] = {}
        self._longest = 0
        self._changing = threading.Lock()
        self.add(values)

    def add(self, values: Iterable[str]) -> None:
        """Hide these from now on, too: somebody called them secret."""
        self._take(values, self._named, self._all)

    def suspect(self, values: Iterable[str]) -> None:
        """Hide these from now on, too, where people are told something: they may be secret."""
        self._take(values, self._all)

    def hide(self, text: str) -> str:
        """`text` with each secret hidden, cut to 100000 characters."""
        return self._without(self._all, text, _LONGEST_TEXT) + ("..." if len(text) > _LONGEST_TEXT else "")

    def hide_named(self, text: str) -> str:
        """`text`, such as a URL, that programs read: with only those hidden that somebody called secret."""
        return self._without(self._named, text, len(text))

    def _take(self, values: Iterable[str], *groups: set[str]) -> None:
        """Add to what other threads may be reading: they only ask whether something is in there."""
        with self._changing:
            for value in {spelling for given in values for spelling in _spellings(given)} - groups[0]:
                for group in groups:
                    group.add(value)
                self._longest = max(self._longest, len(value))
                if not _is_everyday(value):
                    start = value[:_SHORTEST]
                    self._lengths[start] = tuple(sorted({*self._lengths.get(start, ()), len(value)}, reverse=True))

    def _without(self, values: Set[str], text: str, shown: int) -> str:
        """The first `shown` characters of `text`, without the secrets."""
        # Beyond what is shown, as far as a secret that begins before may reach.
        original = text[: shown + self._longest * _LONGEST_ENCODING]
        if not values or self._is_clean(original):
            return text[:shown]
        spans = sorted(
            (reading.places[start], reading.places[end])
            for reading in _readings(original)
            for start, end in self._found(values, reading.text)
        )
        return _cut_out(text[:shown], spans)

    def _is_clean(self, text: str) -> bool:
        """Whether nothing in the text is encoded or quoted, and nothing begins as a secret does: so it is with most."""
        if _ENCODED_OR_QUOTED.search(text):
            return False
        if len(self._lengths) < len(text):
            return not any(map(text.__contains__, self._lengths))
        starts = {text[place : place + _SHORTEST] for place in range(len(text) - _SHORTEST + 1)}
        return self._lengths.keys().isdisjoint(starts)

    def _found(self, values: Set[str], text: str) -> Iterator[tuple[int, int]]:
        """Where secrets begin and end."""
        for place, character in enumerate(text):
            if character in _QUOTES:
                yield from _quoted(values, text, place)
            for length in self._lengths.get(text[place : place + _SHORTEST], ()):
                # At the end of the text, it may be a shorter one.
                found = text[place : place + length]
                if found in values:
                    yield place, place + len(found)
                    break


@dataclass(frozen=True)
class _Reading:
    """A text as it reads once it is decoded, and where in the original each character begins, and the last one ends."""

    text: str
    places: Sequence[int]


@dataclass(frozen=True)
class _Encoding:
    """How characters are written: a part of each escape, the escape of one character, and what it stands for."""

    mark: str
    escape: re.Pattern[str]
    decode: Callable[[str], str]


def _from_backslashes(escape: str) -> str:
    """As JSON and most languages escape. A character that needs no escape means itself."""
    if len(escape) == 2:
        return {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}.get(escape[1], escape[1])
    units = [int(code, 16) for code in re.findall(r"\\[ux]([0-9a-fA-F]+)", escape)]
    raw = b"".join(unit.to_bytes(2, "big") for unit in units)
    return raw.decode("utf-16-be", "surrogatepass")


def _from_percents(escape: str) -> str:
    return " " if escape == "+" else unquote_to_bytes(escape).decode(errors="surrogateescape")


_ENCODED_OR_QUOTED = re.compile(r"""[\\%+&"'`]""")
_HEX = "[0-9a-fA-F]"
#: The bytes of one character in UTF-8.
_PERCENTS = rf"%{_HEX}{{2}}(?:%[89abAB]{_HEX})*"
_ENCODED = (
    _Encoding(
        "\\",
        re.compile(
            rf"\\u[dD][89abAB]{_HEX}{{2}}\\u[dD][c-fC-F]{_HEX}{{2}}|\\u{_HEX}{{4}}|\\x{_HEX}{{2}}|\\.", re.DOTALL
        ),
        _from_backslashes,
    ),
    _Encoding("%", re.compile(_PERCENTS), _from_percents),
    _Encoding("+", re.compile(rf"{_PERCENTS}|\+"), _from_percents),
    _Encoding("&", re.compile(rf"&(?:#[0-9]{{1,7}}|#[xX]{_HEX}{{1,6}}|amp|lt|gt|quot|apos);"), html.unescape),
)


def _readings(text: str) -> list[_Reading]:
    """The text as it is, and as it reads in each encoding, and in each encoding inside of another one."""
    readings = latest = [_Reading(text, range(len(text) + 1))]
    for _depth in range(_ENCODINGS):
        known = {reading.text for reading in readings}
        latest = [
            _decoded(reading, encoding) for reading in latest for encoding in _ENCODED if encoding.mark in reading.text
        ]
        latest = [reading for reading in latest if reading.text not in known]
        readings = readings + latest
    return readings


def _decoded(reading: _Reading, encoding: _Encoding) -> _Reading:
    parts: list[str] = []
    places: list[int] = []
    end = 0
    for match in encoding.escape.finditer(reading.text):
        start, decoded = match.start(), encoding.decode(match[0])
        parts += [reading.text[end:start], decoded]
        places += [*reading.places[end:start], *[reading.places[start]] * len(decoded)]
        end = match.end()
    return _Reading("".join([*parts, reading.text[end:]]), [*places, *reading.places[end:]])


def _quoted(values: Set[str], text: str, place: int) -> Iterator[tuple[int, int]]:
    """Where a short or everyday secret stands between quotes, the first of which is at `place`."""
    for end in range(place + 2, place + 2 + _LONGEST_WORD):
        if text[end : end + 1] == text[place] and text[place + 1 : end] in values:
            yield place + 1, end


def _cut_out(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with each span hidden; spans that overlap are hidden as one."""
    parts: list[str] = []
    done = 0
    for start, end in spans:
        if start >= len(text):
            break
        if start >= done:
            parts += [text[done:start], HIDDEN]
        done = max(done, end)
    return "".join([*parts, text[done:]])


def _spellings(value: str) -> Iterable[str]:
    """A value, without white space around it, and as it stands in a message of one line."""
    return filter(None, (value, value.strip(), CONTROL.sub(" ", value).strip()))


def _is_everyday(value: str) -> bool:
    return len(value) < _SHORTEST or value.lower() in _EVERYDAY_WORDS

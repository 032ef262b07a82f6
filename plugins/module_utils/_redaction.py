# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Redaction: hides secret values in texts.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

import json
import re
import threading
from bisect import insort
from collections.abc import Iterable, Sequence

__all__ = ["HIDDEN", "HIDDEN_CHANGED", "PLACEHOLDERS", "Secrets"]

#: What stands in the place of a secret.
HIDDEN = "(hidden)"
#: The same in a diff, where the secret is not what it was before.
HIDDEN_CHANGED = "(hidden, changed)"
#: What is never a value: it can only come from our own output.
PLACEHOLDERS = frozenset({HIDDEN, HIDDEN_CHANGED})

_SHORTEST = 4
_EVERYDAY_WORDS = frozenset({"true", "false", "none", "null"})


class Secrets:
    """Values to hide in texts, also where they stand as JSON writes them.

    A short or everyday value, such as 1 or true, is hidden only between quotes: elsewhere it is no secret, and hiding
    it would garble every number.
    """

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._values: frozenset[str] = frozenset()
        #: What to look for, and the secret that it is a form of; the longest secrets first. Made once, because a fleet
        #: has thousands of secrets, and each answer several texts.
        self._forms: Sequence[tuple[str, str]] = ()
        self._changing = threading.Lock()
        self.add(values)

    def add(self, values: Iterable[str]) -> None:
        """Hide these from now on, too. Other threads may be reading, so what they read is never changed."""
        with self._changing:
            new = frozenset(value for value in values if value) - self._values
            if not new:
                return
            forms = list(self._forms)
            for pair in [(form, value) for value in new for form in _forms(value)]:
                insort(forms, pair, key=_shortness)
            self._values |= new
            self._forms = forms

    def hide(self, text: str) -> str:
        """`text` with each secret hidden."""
        for form, secret in self._forms if text else ():
            if form not in text:
                continue
            if len(secret) >= _SHORTEST and secret.lower() not in _EVERYDAY_WORDS:
                text = text.replace(form, HIDDEN)
            else:
                text = re.sub(rf"""(["'`]){re.escape(form)}\1""", rf"\1{HIDDEN}\1", text)
        return text


def _shortness(form: tuple[str, str]) -> int:
    return -len(form[1])


def _forms(secret: str) -> dict[str, None]:
    """The forms of a secret, the longest first: as it is, as JSON writes it, and as JSON writes JSON in a text."""
    escaped = [json.dumps(secret, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False)]
    twice = [json.dumps(form, ensure_ascii=False)[1:-1] for form in escaped]
    return dict.fromkeys((*twice, *escaped, secret))

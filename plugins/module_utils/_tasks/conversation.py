# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The result of a conversation with a service: what the user sees of it.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from .._errors import cleaned, printable
from .._planning.conversation import Conversation
from .._planning.expectation import Reply
from .._redaction import Secrets

__all__ = ["NOTHING_ASKED", "conversation_view"]

#: Characters of an answer that are returned.
_LONGEST_ANSWER = 65536

#: What is returned where nothing was sent.
NOTHING_ASKED: Mapping[str, Any] = {
    "status": None,
    "seconds": None,
    "first_answer_after": None,
    "attempts": 0,
    "answer": None,
    "job": None,
    "url": None,
}


def conversation_view(talk: Conversation, secrets: Secrets) -> dict[str, Any]:
    """The conversation as every module returns it: the same keys, without secrets and control characters."""
    reply, job = talk.reply, talk.job
    return {
        "status": reply.status if reply else None,
        "seconds": _seconds(reply.seconds) if reply else None,
        "first_answer_after": None if talk.first_answer_after is None else _seconds(talk.first_answer_after),
        "attempts": talk.attempts,
        "answer": _answer(reply, secrets) if reply else None,
        "job": {
            "id": job.id,
            "status": printable(job.status, secrets),
            "seconds": _seconds(job.seconds),
        }
        if job
        else None,
        "url": printable(talk.url, secrets),
    }


def _seconds(seconds: float) -> float:
    return round(float(seconds), 3)


def _answer(reply: Reply, secrets: Secrets) -> dict[str, Any]:
    text = cleaned(reply.text, secrets)
    is_cut = reply.is_cut or len(text) > _LONGEST_ANSWER
    fits = reply.is_json and not is_cut
    return {
        "text": text[:_LONGEST_ANSWER],
        "json": _cleaned_json(reply.document, secrets) if fits else None,
        "truncated": is_cut,
    }


def _cleaned_json(document: Any, secrets: Secrets) -> Any:
    match document:
        case str():
            return cleaned(document, secrets)
        case Mapping():
            return {cleaned(name, secrets): _cleaned_json(value, secrets) for name, value in document.items()}
        case list():
            return [_cleaned_json(value, secrets) for value in document]
        case float() if not math.isfinite(document):
            # JSON has no such number, though Python reads and writes one.
            return None
        case _:
            return document

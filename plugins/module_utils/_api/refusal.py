# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an answer says: its document, or a refusal in the API's own words, with the option to change.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._errors import AmbiguousResponse, ConnectFailed, InvalidResponse, PpioError, Rejected, printable
from .connection import Route
from .exchange import TOO_MANY, Answer, is_transient

__all__ = ["UNSUPPORTED", "accepted", "is_passing", "is_systemic", "refused", "rejection"]

#: What a server answers that does not have the call at all.
UNSUPPORTED = frozenset({404, 405, 501})

_SYSTEMIC_STATUSES = frozenset({401, 403})
#: With these, the key itself is wrong, and not what is done with it.
_KEY_REASONS = frozenset({"UNAUTHORIZED", "INVALID_API_KEY", "MISSING_API_KEY"})
_SYSTEMIC_REASONS = _KEY_REASONS | {"FORBIDDEN", "BALANCE_NOT_ENOUGH", "EXPIRED_OR_BALANCE_NOT_ENOUGH"}

_NO_MONEY = (
    "Add funds to the account (ppio.gpu.balance_info tells what it has); until then it may only view and delete."
)
_ADVICE = {
    "CONFLICT": "Another resource may have this name; check name, or address that one with id.",
    "VALIDATOR_PARAM": "Check the option that the message names.",
    "OPERATION_LIMIT": "The account's limit is reached; delete something or ask the provider to raise it.",
    "BALANCE_NOT_ENOUGH": _NO_MONEY,
    "EXPIRED_OR_BALANCE_NOT_ENOUGH": _NO_MONEY,
}


def is_systemic(error: PpioError) -> bool:
    """Whether every other request would be refused for the same reason."""
    call = error.call
    return call is not None and (call.status in _SYSTEMIC_STATUSES or call.reason in _SYSTEMIC_REASONS)


def is_passing(error: PpioError) -> bool:
    """Whether a request that ended so may do better later."""
    status = error.call.status if error.call else None
    if status is None:
        return isinstance(error, (ConnectFailed, AmbiguousResponse))
    return is_transient(status)


def accepted(purpose: str, answer: Answer, connection: Route, advice: Mapping[str, str]) -> Mapping[str, Any]:
    """The object of a good answer. Raises Rejected or InvalidResponse where there is none."""
    if not 200 <= answer.status < 300:
        raise rejection(purpose, answer, connection, advice)
    if not isinstance(answer.document, Mapping):
        raise InvalidResponse(
            f"Could not {purpose}: the API's answer is not a JSON object. Check api_url.", answer.call
        )
    return answer.document


def rejection(purpose: str, answer: Answer, connection: Route, advice: Mapping[str, str]) -> Rejected:
    """The error that says what was tried and how it was refused."""
    return Rejected(f"Could not {purpose}: {refused(answer, connection, advice)}", answer.call)


def refused(answer: Answer, connection: Route, advice: Mapping[str, str]) -> str:
    """What the API said, the facts of the call, and what to change; `advice` by the API's reason."""
    document = answer.document if isinstance(answer.document, Mapping) else {}
    words = [document.get(name) for name in ("reason", "message", "error")]
    said = ": ".join(printable(word, connection.secrets) for word in words if isinstance(word, str) and word)
    facts = f"HTTP {answer.status}, {answer.call.method} {answer.call.path}"
    if answer.call.request_id:
        facts += f", request {answer.call.request_id}"
    if answer.tried_for >= 1:
        facts += f", tried for {answer.tried_for:.0f} s"
    return f"{said or 'no reason given'} ({facts}). {_advised(answer, connection, advice)}".strip()


def _advised(answer: Answer, connection: Route, advice: Mapping[str, str]) -> str:
    if answer.status in (401, 403):
        is_refused = answer.status == 401 or answer.call.reason in _KEY_REASONS
        told = f"{connection.host} refused the key." if is_refused else f"The key may not do this at {connection.host}."
        return f"{told} Check api_key (or PPIO_API_KEY, NOVITA_API_KEY) and {connection.address_option}."
    if 300 <= answer.status < 400:
        return f"Redirects are not followed, so that the key stays with one host. Check {connection.address_option}."
    patience = "Raise retry_timeout (wait_timeout for a wait), or try later."
    if answer.call.retry_after and answer.status in (TOO_MANY, 503):
        told = answer.call.retry_after
        return f"The API asks to wait {f'{told} s' if told.isdecimal() else f'until {told}'}. {patience}"
    if answer.status == TOO_MANY or answer.status >= 500:
        return patience
    return advice.get(answer.call.reason) or _ADVICE.get(answer.call.reason, "")

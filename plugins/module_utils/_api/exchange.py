# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One exchange: a request, its answer, and what it means where there is none.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._errors import AmbiguousResponse, Call, ConnectFailed, InvalidOptions, PpioError, TlsFailed, printable
from .._redaction import Secrets
from .connection import REQUESTS_IMPORT_ERROR, Adapter, Connection

if not REQUESTS_IMPORT_ERROR:
    import requests
    import urllib3.exceptions

__all__ = ["LONGEST_CONNECT", "TOO_MANY", "Answer", "Request", "exchanged"]

#: Seconds after which a connection that does not come about is given up.
LONGEST_CONNECT = 10.0
#: The status of an answer to more requests than the API takes.
TOO_MANY = 429
#: Answers that say "not now", beside those of 500 and above: the same request may do better later.
_TRANSIENT = frozenset({408, 425, TOO_MANY})
#: Answers of 500 and above that stay: no such call, no such HTTP.
_PERMANENT = frozenset({501, 505})
#: Answers without a body, whatever length they state.
_EMPTY = frozenset({204, 304})
_CHUNK = 65536
_LARGEST_ANSWER = 64 * 1024 * 1024
#: What http.client says when a proxy refuses to connect to the API.
_NO_TUNNEL = "Tunnel connection failed"
_REQUEST_ID_HEADERS = ("X-Request-Id", "X-Trace-Id", "Trace-Id")


@dataclass(frozen=True)
class Request:
    """One call. `purpose` completes the sentence "Could not ..."; `query` values are not yet encoded."""

    purpose: str
    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None

    def failed(self, cause: str) -> str:
        return f"Could not {self.purpose}: {cause}"


@dataclass(frozen=True)
class Answer:
    """A whole answer. `document` is the decoded JSON, and means nothing where `readable` is False.

    `doubtful` says that an earlier try of the same request may have been carried out.
    """

    status: int
    document: Any
    readable: bool
    call: Call
    doubtful: bool = False

    @property
    def is_transient(self) -> bool:
        return self.status in _TRANSIENT or (self.status >= 500 and self.status not in _PERMANENT)


def exchanged(request: Request, connection: Connection, adapter: Adapter) -> Answer:
    """The answer to one request. Raises ConnectFailed, AmbiguousResponse, TlsFailed or InvalidOptions without one."""
    limit = connection.api_timeout
    try:
        # Not through a session of `requests`, which follows redirects and takes keys from ~/.netrc.
        with adapter.send(
            _prepared(request, connection),
            stream=True,
            timeout=(min(LONGEST_CONNECT, limit), limit),
            verify=connection.verified,
            proxies=connection.proxies,
        ) as response:
            return _answer(request, response, _content(response), connection.secrets)
    except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError, UnicodeError) as error:
        raise _failure(request, connection, error) from None


def _prepared(request: Request, connection: Connection) -> requests.PreparedRequest:
    headers = {
        "Accept": "application/json",
        # What is not compressed cannot explode.
        "Accept-Encoding": "identity",
        "Authorization": f"Bearer {connection.key}",
        "User-Agent": "ansible-ppio.gpu",
    }
    url = connection.origin + request.path
    return requests.Request(request.method, url, headers, params=request.query, json=request.body).prepare()


def _content(response: requests.Response) -> bytes:
    """The body as it travelled, bounded in size. Raises urllib3's errors where it ends too early."""
    content = bytearray()
    for chunk in response.raw.stream(_CHUNK, decode_content=False):
        content += chunk
        if len(content) > _LARGEST_ANSWER:
            raise urllib3.exceptions.ProtocolError("too large")
    promised = "" if response.status_code in _EMPTY else response.headers.get("Content-Length", "")
    if promised.isdecimal() and len(content) < int(promised):
        raise urllib3.exceptions.ProtocolError("cut short")
    return bytes(content)


def _answer(request: Request, response: requests.Response, content: bytes, secrets: Secrets) -> Answer:
    try:
        document, readable = json.loads(content), True
    except (ValueError, RecursionError):
        document, readable = None, False
    reason = document.get("reason") if isinstance(document, dict) else None
    request_id = next((response.headers[name] for name in _REQUEST_ID_HEADERS if name in response.headers), "")
    call = Call(
        request.method,
        request.path,
        response.status_code,
        printable(reason, secrets) if isinstance(reason, str) else "",
        printable(request_id, secrets),
        printable(response.headers.get("Retry-After", ""), secrets),
    )
    return Answer(response.status_code, document, readable, call)


def _failure(request: Request, connection: Connection, error: Exception) -> PpioError:
    """What an exception of the libraries means. Its own text may name a proxy and its password, so it is never told."""
    call = Call(request.method, request.path)
    causes = list(_chain(error))
    reason = next((cause.strerror for cause in causes if isinstance(cause, OSError) and cause.strerror), "")
    if isinstance(error, (requests.exceptions.InvalidURL, urllib3.exceptions.LocationValueError, UnicodeError)):
        proxy = ", or a proxy of the environment is none" if connection.proxies else ""
        return InvalidOptions(f"api_url cannot be used: {connection.host} is no host{proxy}.")
    if isinstance(error, requests.exceptions.SSLError) and (request.method == "GET" or _is_distrust(causes)):
        cause = f"the certificate or TLS of {connection.host} cannot be trusted. Check api_url and ca_path."
        return TlsFailed(request.failed(cause), call)
    if any(map(_is_before_sending, causes)):
        detail = reason or "no answer to the attempt to connect"
        return ConnectFailed(
            request.failed(f"no connection to {connection.host} ({detail}). Check api_url and the network."), call
        )
    timed_out = (requests.exceptions.Timeout, urllib3.exceptions.TimeoutError)
    if any(isinstance(cause, timed_out) for cause in causes):
        return AmbiguousResponse(
            request.failed(f"{connection.host} did not answer within {connection.api_timeout:g} s (api_timeout)."), call
        )
    return AmbiguousResponse(
        request.failed(f"the connection to {connection.host} broke{f' ({reason})' if reason else ''}."), call
    )


def _is_distrust(causes: Iterable[BaseException]) -> bool:
    """Whether TLS failed before anything was sent. It may also break in the middle of an exchange."""
    # An urllib3 before 2.0 compares names itself, and has an error of its own for that.
    return any(
        isinstance(cause, ssl.SSLCertVerificationError) or type(cause).__name__ == "CertificateError"
        for cause in causes
    )


def _is_before_sending(cause: BaseException) -> bool:
    """Whether no connection to the API came about.

    An urllib3 before 2.0 says ProxyError also where the connection through a proxy broke after the request was sent.
    """
    unsent = (
        requests.exceptions.ConnectTimeout,
        urllib3.exceptions.NewConnectionError,
        urllib3.exceptions.ConnectTimeoutError,
    )
    return isinstance(cause, unsent) or (isinstance(cause, OSError) and str(cause).startswith(_NO_TUNNEL))


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An exception, what it wraps, and what those were raised from."""
    waiting: list[Any] = [error]
    seen: set[int] = set()
    while waiting:
        cause = waiting.pop(0)
        if isinstance(cause, BaseException) and id(cause) not in seen:
            seen.add(id(cause))
            yield cause
            waiting += [*cause.args, getattr(cause, "reason", None), cause.__cause__, cause.__context__]

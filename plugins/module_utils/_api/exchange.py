# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One exchange: a request, its answer, and what it means where there is none.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._errors import AmbiguousResponse, Call, ConnectFailed, InvalidOptions, PpioError, TlsFailed, printable
from .connection import REQUESTS_IMPORT_ERROR, Adapter, Route

if not REQUESTS_IMPORT_ERROR:
    import requests
    import urllib3.exceptions

__all__ = ["LONGEST_CONNECT", "TOO_MANY", "Answer", "Request", "exchanged", "is_transient", "sent"]

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
#: Answers to a write after which nobody knows whether it happened, beside those below 200 and those of 500 and above.
_AMBIGUOUS = frozenset({408, 425, *range(300, 400)})
_CHUNK = 65536
_LARGEST_ANSWER = 64 * 1024 * 1024
#: What http.client says when a proxy refuses to connect to the API.
_NO_TUNNEL = "Tunnel connection failed"
_REQUEST_ID_HEADERS = ("X-Request-Id", "X-Trace-Id", "Trace-Id")


@dataclass(frozen=True)
class Request:
    """One call. `purpose` completes the sentence "Could not ..."; `query` values are not yet encoded.

    `content` is a body that is sent as it is. An answer with more than `kept_bytes` is cut there; without that, it is
    an error.
    """

    purpose: str
    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    content: bytes | None = field(default=None, repr=False)
    kept_bytes: int = 0

    def failed(self, cause: str) -> str:
        return f"Could not {self.purpose}: {cause}"


@dataclass(frozen=True)
class Answer:
    """A whole answer, or the beginning of one that is cut.

    `document` is the JSON in `content`, and means nothing where `readable` is False.

    `doubtful` says that an earlier try of the same request may have been carried out. `tried_for` are the seconds after
    which there was no further try.
    """

    status: int
    document: Any
    readable: bool
    call: Call
    doubtful: bool = False
    content: bytes = field(default=b"", repr=False)
    is_cut: bool = False
    tried_for: float = 0.0

    @property
    def is_transient(self) -> bool:
        return is_transient(self.status)

    @property
    def is_ambiguous(self) -> bool:
        """Whether nobody knows whether a write happened that got this answer."""
        return self.status in _AMBIGUOUS or not 200 <= self.status < 500


def is_transient(status: int) -> bool:
    """Whether the same request may do better later."""
    return status in _TRANSIENT or (status >= 500 and status not in _PERMANENT)


def exchanged(request: Request, route: Route, send: Callable[[Request, Route], requests.Response]) -> Answer:
    """The answer to one request that `send` sends, whose response is not yet read.

    Raises ConnectFailed, AmbiguousResponse, TlsFailed or InvalidOptions where there is none.
    """
    try:
        with send(request, route) as response:
            return _answer(request, response, _content(response, request), route)
    except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError, ValueError) as error:
        # A ValueError is of text that is no host name, or of numbers in an answer that make no sense.
        raise _failure(request, route, error) from None


def sent(adapter: Adapter, request: Request, route: Route) -> requests.Response:
    """The response to one request over HTTP."""
    limit = route.api_timeout
    # Not through a session of `requests`, which follows redirects and takes keys from ~/.netrc.
    return adapter.send(
        _prepared(request, route),
        stream=True,
        timeout=(min(LONGEST_CONNECT, limit), limit),
        verify=route.verified,
        proxies=route.proxies,
    )


def _prepared(request: Request, route: Route) -> requests.PreparedRequest:
    headers = {
        "Accept": "application/json",
        "User-Agent": "ansible-ppio.gpu",
        **request.headers,
        # What is not compressed cannot explode.
        "Accept-Encoding": "identity",
        **route.credentials,
    }
    return requests.Request(
        request.method,
        route.origin + request.path,
        headers,
        params=request.query,
        data=request.content,
        json=request.body,
    ).prepare()


def _content(response: requests.Response, request: Request) -> bytes:
    """The body as it travelled, bounded in size. Raises urllib3's errors where it ends too early."""
    content = bytearray()
    for chunk in response.raw.stream(_CHUNK, decode_content=False):
        content += chunk
        if request.kept_bytes and len(content) > request.kept_bytes:
            return bytes(content)
        if len(content) > _LARGEST_ANSWER:
            raise urllib3.exceptions.ProtocolError("too large")
    is_empty = response.status_code in _EMPTY or request.method == "HEAD"
    promised = "" if is_empty else response.headers.get("Content-Length", "")
    if promised.isdecimal() and len(content) < int(promised):
        raise urllib3.exceptions.ProtocolError("cut short")
    return bytes(content)


def _answer(request: Request, response: requests.Response, content: bytes, route: Route) -> Answer:
    is_cut = bool(request.kept_bytes) and len(content) > request.kept_bytes
    content = content[: request.kept_bytes] if is_cut else content
    try:
        document, readable = json.loads(content), True
    except (ValueError, RecursionError):
        document, readable = None, False
    reason = document.get("reason") if isinstance(document, dict) else None
    headers = response.headers
    request_id = next((headers[name] for name in _REQUEST_ID_HEADERS if name in headers), "")
    call = Call(
        request.method,
        route.path_of(request.path),
        response.status_code,
        printable(reason, route.secrets) if isinstance(reason, str) else "",
        printable(request_id, route.secrets),
        printable(headers.get("Retry-After", ""), route.secrets),
    )
    return Answer(response.status_code, document, readable, call, content=content, is_cut=is_cut)


def _failure(request: Request, route: Route, error: Exception) -> PpioError:
    """What an exception of the libraries means. Its own text may name a proxy and its password, so it is never told."""
    call = Call(request.method, route.path_of(request.path))
    causes = list(_chain(error))
    reason = next((cause.strerror for cause in causes if isinstance(cause, OSError) and cause.strerror), "")
    if isinstance(error, (requests.exceptions.InvalidURL, urllib3.exceptions.LocationValueError, UnicodeError)):
        proxy = ", or a proxy in the environment has none" if route.proxies else ""
        return InvalidOptions(f"{route.address_option} cannot be used: {route.host} is not a valid host name{proxy}.")
    if isinstance(error, requests.exceptions.InvalidSchema):
        cause = "the proxy in the environment (HTTPS_PROXY, ALL_PROXY) cannot be used. Change it"
        return InvalidOptions(request.failed(f"{cause}, or install the Python package PySocks for one of socks."))
    if isinstance(error, requests.exceptions.SSLError) and (request.method == "GET" or _is_distrust(causes)):
        cause = f"the certificate or TLS of {route.host} cannot be trusted. Check {route.address_option} and ca_path."
        return TlsFailed(request.failed(cause), call)
    if any(map(_is_before_sending, causes)):
        detail = reason or "no answer to the attempt to connect"
        return ConnectFailed(
            request.failed(f"no connection to {route.host} ({detail}). Check {route.address_option} and the network."),
            call,
        )
    timed_out = (requests.exceptions.Timeout, urllib3.exceptions.TimeoutError)
    if any(isinstance(cause, timed_out) for cause in causes):
        return AmbiguousResponse(
            request.failed(f"{route.host} did not answer within {route.api_timeout:g} s ({route.timeout_option})."),
            call,
        )
    return AmbiguousResponse(
        request.failed(f"the connection to {route.host} broke{f' ({reason})' if reason else ''}."), call
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

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How do bytes travel, what is retried, what does an answer mean?

Private to the ppio.gpu collection.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from ._connection import REQUESTS_IMPORT_ERROR, Adapter, Connection
from ._errors import BrokenLimits, Call, Lost, PpioError, Unsent, Untrusted, printable
from ._gate import Gate
from ._pace import Pace, pauses, told_pause
from ._secrets import Secrets
from ._timely import Worker

if not REQUESTS_IMPORT_ERROR:
    import requests
    import urllib3.exceptions

__all__ = ["Answer", "Request", "Transport"]

#: Answers that say "not now", beside those of 500 and above: the same request may do better later.
_PASSING = frozenset({408, 425, 429})
#: Answers of 500 and above that stay: no such call, no such HTTP.
_LASTING = frozenset({501, 505})
_TOO_MANY = 429
#: Answers without a body, whatever length they state.
_EMPTY = frozenset({204, 304})
_LONGEST_CONNECT = 10.0
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
    def is_passing(self) -> bool:
        return self.status in _PASSING or (self.status >= 500 and self.status not in _LASTING)


class Transport:
    """Sends requests to one origin within one budget of time, which starts when the transport is made."""

    def __init__(self, connection: Connection, pace: Pace, gate: Gate | None = None) -> None:
        """`gate` is shared by all transports that may send at the same time."""
        self.connection = connection
        self.pace = pace
        self._gate = gate or Gate(1, pace)
        self.start(connection.retry_timeout)
        self._begin()

    def start(self, budget: float) -> None:
        """Give retries `budget` seconds from now on, such as for the next of many pieces of work."""
        self._deadline = self.pace.now() + budget

    def hide(self, values: Iterable[str]) -> None:
        """Show these values in no error from now on: the API may repeat what it was sent."""
        self.connection.secrets.add(values)

    def renewed(self, gate: Gate | None = None) -> Transport:
        """Another one of the same kind with what is left of the budget, for another thread."""
        other = Transport(self.connection, self.pace, gate)
        other.start(self.remaining)
        return other

    @property
    def remaining(self) -> float:
        """Seconds of the retry budget that are left."""
        return max(0.0, self._deadline - self.pace.now())

    def send(self, request: Request) -> Answer:
        """Send a request that does no harm twice, until the answer is one that a repetition would not better.

        When the budget is spent, raises Unsent or Lost, or returns the last answer.
        """
        doubtful = False
        for pause in pauses(self.pace):
            try:
                answer = replace(self.exchange(request), doubtful=doubtful)
            except Unsent as error:
                self.rest(pause, Lost(error.message, error.call) if doubtful else error)
                continue
            except Lost as error:
                doubtful = True
                self.rest(pause, error)
                continue
            told = told_pause(answer.call.retry_after, self.pace) or pause
            if not answer.is_passing or told >= self.remaining:
                return answer
            doubtful = doubtful or answer.status != _TOO_MANY
            self.pace.sleep(told)
        raise AssertionError("pauses never end")

    def send_once(self, request: Request) -> Answer:
        """Send a request that must not arrive twice: repeated only while no connection comes about.

        On a fresh connection: one that the server closed a moment ago would make a harmless case look ambiguous.
        Raises Unsent when the budget is spent, and Lost when the request may have arrived.
        """
        for pause in pauses(self.pace):
            if self._adapter:
                self._adapter.close()
            try:
                return self.exchange(request)
            except Unsent as error:
                self.rest(pause, error)
        raise AssertionError("pauses never end")

    def rest(self, pause: float, error: PpioError) -> None:
        """Pause before another try, or raise `error` where the budget does not allow one."""
        if pause >= self.remaining:
            raise error
        self.pace.sleep(pause)

    def exchange(self, request: Request) -> Answer:
        """One request, one answer. Raises Unsent or Lost where there is none."""
        with self._gate.passage():
            answer = self._in_time(request)
        if answer.status == _TOO_MANY:
            told = told_pause(answer.call.retry_after, self.pace)
            # A pause that no budget allows is for nobody: whoever is next hears of it at once, too.
            self._gate.slow_down(told if told < self.remaining else 0.0)
        else:
            self._gate.speed_up()
        return answer

    def _in_time(self, request: Request) -> Answer:
        """The answer, or Lost when it does not end in time.

        In a thread of its own: a server that drips its answer byte by byte never lets a socket's timeout expire.
        """
        limit = self.connection.api_timeout
        try:
            return self._worker.result(partial(self._exchanged, request), limit + min(limit, _LONGEST_CONNECT))
        except TimeoutError:
            # What is stuck keeps the old connection and worker.
            self._begin()
            call = Call(request.method, request.path)
            raise Lost(request.failed(f"the answer did not end within {limit:g} s (api_timeout)."), call) from None

    def _begin(self) -> None:
        """Take new connections and a new thread, which ends with this transport."""
        self._adapter: Adapter | None = None
        self._worker = Worker()

    def _exchanged(self, request: Request) -> Answer:
        connection = self.connection
        limit = connection.api_timeout
        # Made where it is needed: certificates that cannot be used any more must not hide what was lost before.
        self._adapter = self._adapter or Adapter(connection)
        try:
            # Not through a session of `requests`, which follows redirects and takes keys from ~/.netrc.
            with self._adapter.send(
                _prepared(request, connection),
                stream=True,
                timeout=(min(_LONGEST_CONNECT, limit), limit),
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
        return BrokenLimits(f"api_url cannot be used: {connection.host} is no host{proxy}.")
    if isinstance(error, requests.exceptions.SSLError) and (request.method == "GET" or _is_distrust(causes)):
        cause = f"the certificate or TLS of {connection.host} cannot be trusted. Check api_url and ca_path."
        return Untrusted(request.failed(cause), call)
    if any(map(_is_before_sending, causes)):
        detail = reason or "no answer to the attempt to connect"
        return Unsent(
            request.failed(f"no connection to {connection.host} ({detail}). Check api_url and the network."), call
        )
    timed_out = (requests.exceptions.Timeout, urllib3.exceptions.TimeoutError)
    if any(isinstance(cause, timed_out) for cause in causes):
        return Lost(
            request.failed(f"{connection.host} did not answer within {connection.api_timeout:g} s (api_timeout)."), call
        )
    return Lost(request.failed(f"the connection to {connection.host} broke{f' ({reason})' if reason else ''}."), call)


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

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection: where the API is, what proves that it is the API, and the key.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
import ssl
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .._clock import Clock, Deadline
from .._errors import InvalidOptions, printable
from .._redaction import Secrets

try:
    import requests
    from requests.adapters import HTTPAdapter
    from requests.utils import DEFAULT_CA_BUNDLE_PATH
    from urllib3.util.ssl_ import create_urllib3_context
except ImportError:
    REQUESTS_IMPORT_ERROR: str | None = traceback.format_exc()
    HTTPAdapter = object  # type: ignore[misc, assignment]
else:
    REQUESTS_IMPORT_ERROR = None

__all__ = ["REQUESTS_IMPORT_ERROR", "Adapter", "Connection", "Route", "connection_from", "route_from"]


#: Releases of `requests` that silently trust what they come with instead of what they are told.
_DEAF_RELEASES = frozenset({"2.32.0", "2.32.1", "2.32.2"})


#: A name or an address, and a port.
_PLAIN_HOST = re.compile(r"(?:\w[\w-]*(?:\.\w[\w-]*)*\.?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?", re.ASCII)
#: What some read as an address, such as 127.1 or 0x7f000001, because it ends in a number.
_NUMERIC_HOST = re.compile(r"(?:^|\.)(?:[0-9]+|0[xX][0-9A-Fa-f]*)\.?$")

#: The beginning of the paths of the API, which every request adds to the address.
_OWN_PATH = re.compile(r"/(?:gpus|openapi)/v[0-9]+(?=/|$)")


@dataclass(frozen=True)
class Route:
    """How to reach one origin. It has no key, so that none can go there.

    `certificates` is a path, `proxies` what `requests` takes. `address_option` and `timeout_option` are the options
    that a message names when the address or the time is at fault.
    """

    origin: str
    certificates: str
    verified: bool
    proxies: Mapping[str, str] = field(repr=False)
    #: Seconds for one whole answer.
    api_timeout: float
    #: What no text of the server may show.
    secrets: Secrets = field(repr=False)
    address_option: str = field(default="api_url", kw_only=True)
    timeout_option: str = field(default="api_timeout", kw_only=True)
    #: Seconds after which nothing is tried again.
    retry_timeout: float = field(default=0.0, kw_only=True)

    @property
    def host(self) -> str:
        return urlsplit(self.origin).netloc

    def patience(self, clock: Clock) -> Deadline:
        """The deadline of what begins now."""
        return clock.after(self.retry_timeout, "retry_timeout")

    def path_of(self, path: str) -> str:
        """The whole path of a request, with that of the address."""
        return urlsplit(self.origin).path + path

    @property
    def encrypted(self) -> bool:
        return self.origin.startswith("https:")

    @property
    def credentials(self) -> Mapping[str, str]:
        """The headers that prove who asks."""
        return {}

    @property
    def account(self) -> str:
        """A digest that tells apart who asks, and that no key can be made from."""
        return ""

    def to(self, url: str, seconds: float, *, confidential: bool) -> Route:
        """A route from here to an address that no key may reach. Raises InvalidOptions like `route_from`."""
        chosen = None if self.certificates == DEFAULT_CA_BUNDLE_PATH else self.certificates
        return route_from(url, chosen, self.secrets, verified=self.verified, seconds=seconds, confidential=confidential)


@dataclass(frozen=True)
class Connection(Route):
    """A route to the API, with the key that opens it."""

    key: str = field(repr=False)

    @property
    def credentials(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.key}"}

    @property
    def account(self) -> str:
        return hashlib.sha256(self.key.encode()).hexdigest()


def connection_from(
    params: Mapping[str, Any], secrets: Secrets | None = None, address_option: str = "api_url"
) -> Connection:
    """The connection options as values. Raises InvalidOptions, without the key, where they cannot be used.

    `secrets` are those of the task, to which the key is added, and later what answers show. `address_option` names the
    param that has the address.
    """
    key = _key(params["api_key"])
    secrets = secrets or Secrets()
    secrets.add([key])
    origin = _origin(params[address_option], address_option)
    if own := _OWN_PATH.search(urlsplit(origin).path):
        raise InvalidOptions(
            f"{address_option} must end before {own[0]}, which every request adds; give {origin.partition(own[0])[0]}."
        )
    return Connection(
        **_settings(origin, params["ca_path"]),
        verified=params["validate_certs"],
        api_timeout=params["api_timeout"],
        secrets=secrets,
        address_option=address_option,
        key=key,
        retry_timeout=params["retry_timeout"],
    )


def route_from(
    url: str, ca_path: str | None, secrets: Secrets, *, verified: bool, seconds: float, confidential: bool
) -> Route:
    """A route to an address that the key must never reach, with `seconds` for an answer.

    Raises InvalidOptions where the address cannot be used, or would show to others what is `confidential`.
    """
    origin = _origin(url, "url", example="https://llama.example.com", needs_encryption=confidential)
    return Route(
        **_settings(origin, ca_path),
        verified=verified,
        api_timeout=seconds,
        secrets=secrets,
        address_option="url",
        timeout_option="timeout",
    )


def _settings(origin: str, ca_path: str | None) -> dict[str, Any]:
    """What the environment and an option say about the way to an origin."""
    settings: Mapping[str, Any] = {"verify": ca_path or None, "proxies": {}}
    # No proxy ever sees a request that is not encrypted.
    if origin.startswith("https:"):
        settings = requests.Session().merge_environment_settings(origin, {}, None, ca_path or None, None)
    certificates = settings["verify"]
    if isinstance(certificates, str) and requests.__version__ in _DEAF_RELEASES:
        raise InvalidOptions(f"requests {requests.__version__} ignores ca_path. Install another release of it.")
    return {
        "origin": origin,
        "certificates": certificates if isinstance(certificates, str) else DEFAULT_CA_BUNDLE_PATH,
        "proxies": settings["proxies"],
    }


class Adapter(HTTPAdapter):
    """Connections to one origin, one after the other, which all rely on the same certificates.

    `requests` reads these anew for each connection, which takes longer than many a request. Not for several threads:
    each new connection writes to what they share. Raises InvalidOptions where the certificates cannot be used.
    """

    def __init__(self, route: Route) -> None:
        self._trust = _trust(route) if route.encrypted else None
        super().__init__()

    def init_poolmanager(self, *sizes: Any, **options: Any) -> None:
        super().init_poolmanager(*sizes, **options, ssl_context=self._trust)

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        to_proxy = {"proxy_ssl_context": self._trust} if proxy.lower().startswith("https:") else {}
        return super().proxy_manager_for(proxy, **options, **to_proxy, ssl_context=self._trust)

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Nothing is left to say: the certificates are loaded."""


def _trust(route: Route) -> ssl.SSLContext:
    """Trust in the certificates of a file or a directory, or in anybody where nothing is to be verified."""
    try:
        if not route.verified:
            return create_urllib3_context(cert_reqs=ssl.CERT_NONE)
        context = create_urllib3_context()
    except OSError as error:
        raise InvalidOptions(f"TLS cannot be used: {error.strerror}. Check SSLKEYLOGFILE in the environment.") from None
    path = route.certificates
    try:
        context.load_verify_locations(**{"capath" if Path(path).is_dir() else "cafile": path})
    except (OSError, ValueError) as error:
        # Without this, every answer would seem to be lost.
        reason = getattr(error, "strerror", None) or "it has no certificates"
        raise InvalidOptions(
            f"The certificates in {printable(path)} cannot be used: {reason}. "
            f"Check ca_path (REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE)."
        ) from None
    return context


def _key(text: str | None) -> str:
    key = (text or "").strip()
    if not key:
        raise InvalidOptions("There is no API key. Give api_key, or set PPIO_API_KEY or NOVITA_API_KEY.")
    if not (key.isascii() and key.isprintable()):
        raise InvalidOptions("api_key has characters that no key has (line breaks, control characters, or not ASCII).")
    return key


def _origin(url: str, option: str, *, example: str = "https://api.ppio.com", needs_encryption: bool = True) -> str:
    """The part of every URL below which all requests stay: https, or plain http on this very machine."""
    advice = f"give something like {example}"
    try:
        parts = urlsplit(url.strip())
        host, _port = parts.hostname, parts.port
    except ValueError:
        raise InvalidOptions(f"{option} is not a URL; {advice}.") from None
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise InvalidOptions(f"{option} must begin with https:// and a host; {advice}.")
    if parts.username is not None or parts.query or parts.fragment or not host or not url.isprintable():
        raise InvalidOptions(f"{option} must have a host and no user, password, query or fragment; {advice}.")
    if not _is_plain(parts.netloc, host):
        raise InvalidOptions(
            f"{option} has a host that programs read in different ways. Write a name with ASCII letters, digits, dots "
            f"and hyphens (one in other letters as xn--...), or an address such as 127.0.0.1 or [::1]; {advice}."
        )
    if needs_encryption and parts.scheme != "https" and not _is_loopback(host):
        raise InvalidOptions(
            f"{option} must be https (plain http would show secrets to everybody on the way); {advice}."
        )
    # As it is understood, such as with a scheme in small letters, and not as it is written.
    return parts.geturl().rstrip("/")


def _is_plain(netloc: str, host: str) -> bool:
    """Whether everybody reads the same host and port out of it: what connects does not read it as this file does."""
    if not _PLAIN_HOST.fullmatch(netloc):
        return False
    if not (netloc.startswith("[") or _NUMERIC_HOST.search(host)):
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

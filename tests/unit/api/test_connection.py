# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where does the key go, and what could lead it elsewhere?"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import trustme
from unit.bodies import MINIMAL
from unit.listening import Heard, listening
from unit.talking import KEY, Time, client
from urllib3.util import parse_url

from ansible_collections.ppio.gpu.plugins.module_utils._api.client import Client
from ansible_collections.ppio.gpu.plugins.module_utils._api.connection import connection_from
from ansible_collections.ppio.gpu.plugins.module_utils._errors import (
    AmbiguousResponse,
    ConnectFailed,
    InvalidOptions,
    PpioError,
    TlsFailed,
)
from ansible_collections.ppio.gpu.plugins.module_utils._schema.balance import BALANCE
from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT
from ansible_collections.ppio.gpu.plugins.module_utils._schema.product import PRODUCT
from ansible_collections.ppio.gpu.plugins.module_utils._schema.region import REGION
from simulator import Fault, Simulator

#: A key that no other text in these tests has.
CANARY = "canary-4f1d8e2b"
ACTIONS: dict[str, Callable[[Client], object]] = {
    "GET": lambda api: api.read("ep-1"),
    "list": lambda api: list(api.listed()),
    "POST": lambda api: api.create(MINIMAL),
    "PUT": lambda api: api.update("ep-1", {"name": "x"}),
    "DELETE": lambda api: api.delete("ep-1"),
}


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_path(authority: trustme.CA, tmp_path: Path) -> str:
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(path)
    return str(path)


def context(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(made)
    return made


@pytest.fixture
def secure(authority: trustme.CA) -> Iterator[Heard]:
    """A server whose certificate only the authority of these tests vouches for."""
    with listening(context=context(authority, "localhost")) as heard:
        yield heard


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 305, 307, 308])
@pytest.mark.parametrize("other", [True, False])
def test_no_redirect_is_followed(action: str, status: int, other: bool) -> None:
    with listening() as elsewhere:
        location = f"{elsewhere.url}/gpus/v2/endpoints" if other else "/elsewhere"
        with listening(status, {"Location": location}) as heard, pytest.raises(PpioError) as refused:
            ACTIONS[action](client(heard.url, Time(), key=CANARY))
    assert elsewhere.connections == 0
    assert len(heard.heads) == 1
    assert "Redirects are not followed" in refused.value.message


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("name", [".netrc", "_netrc", "elsewhere"])
def test_a_netrc_file_does_not_replace_the_key(
    secure: Heard, ca_path: str, action: str, name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / name).write_text("machine localhost login a password hunter2\ndefault login a password hunter2\n")
    (tmp_path / name).chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / name)) if name == "elsewhere" else monkeypatch.delenv("NETRC", False)
    clear_proxies(monkeypatch)
    api = client(secure.url, Time(), key=CANARY, ca_path=ca_path)
    ACTIONS[action](api)
    assert f"Authorization: Bearer {CANARY}" in secure.text
    assert "Basic" not in secure.text


def clear_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize("variable", ["https_proxy", "HTTPS_PROXY", "all_proxy"])
@pytest.mark.parametrize("status", [407, 403, 502])
def test_a_proxy_never_sees_the_key_and_its_password_is_never_told(
    monkeypatch: pytest.MonkeyPatch, variable: str, status: int
) -> None:
    clear_proxies(monkeypatch)
    with listening(status) as proxy:
        monkeypatch.setenv(variable, proxy.url.replace("http://", "http://proxy-user:proxy-hunter2@"))
        with pytest.raises(ConnectFailed) as failed:
            client("https://api.example.com", Time(), key=CANARY, retry_timeout=0).create(MINIMAL)
    assert proxy.heads[0].startswith("CONNECT api.example.com:443")
    assert CANARY not in proxy.text
    assert "hunter2" not in failed.value.message + repr(failed.value)


def test_a_proxy_that_is_not_there_leaves_a_create_unsent(monkeypatch: pytest.MonkeyPatch) -> None:
    clear_proxies(monkeypatch)
    with listening() as gone:
        url = gone.url
    monkeypatch.setenv("https_proxy", url.replace("http://", "http://proxy-user:proxy-hunter2@"))
    with pytest.raises(ConnectFailed) as failed:
        client("https://api.example.com", Time(), retry_timeout=0).create(MINIMAL)
    assert "hunter2" not in failed.value.message


@pytest.mark.parametrize("variable", ["http_proxy", "HTTP_PROXY", "all_proxy"])
def test_no_proxy_ever_sees_a_request_that_is_not_encrypted(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    clear_proxies(monkeypatch)
    with listening() as proxy:
        monkeypatch.setenv(variable, proxy.url)
        client(simulator.url, Time()).create(MINIMAL)
    assert proxy.connections == 0
    assert len(simulator.journal) == 1


@pytest.mark.parametrize("field", ["url", "next_cursor", "log"])
def test_addresses_in_answers_are_never_called(simulator: Simulator, field: str) -> None:
    with listening() as elsewhere:
        items = [{"id": "ep-1", "name": "x", "url": elsewhere.url, "workers": [{"id": "w", "log": elsewhere.url}]}]
        cursor = elsewhere.url if field == "next_cursor" else ""
        body = {"data": items, "next_cursor": cursor, "has_more": bool(cursor)}
        last = {"data": [], "next_cursor": ""}
        simulator.script([Fault("wrong_json", operation="listEndpoints", status=200, body=one) for one in (body, last)])
        list(client(simulator.url, Time()).listed())
    assert elsewhere.connections == 0


@pytest.mark.parametrize("action", ACTIONS)
def test_a_certificate_that_nobody_vouches_for_is_final(
    secure: Heard, action: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clear_proxies(monkeypatch)
    clock = Time()
    with pytest.raises(TlsFailed) as refused:
        ACTIONS[action](client(secure.url, clock, key=CANARY))
    assert (secure.connections, secure.heads, clock.pauses) == (1, [], [])
    assert "ca_path" in refused.value.message
    assert CANARY not in refused.value.message


def test_a_certificate_of_another_host_is_final(
    authority: trustme.CA, ca_path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clear_proxies(monkeypatch)
    clock = Time()
    with listening(context=context(authority, "api.example.com")) as heard, pytest.raises(TlsFailed):
        client(heard.url, clock, ca_path=ca_path).create(MINIMAL)
    assert (heard.connections, heard.heads, clock.pauses) == (1, [], [])


@pytest.mark.parametrize("action", ACTIONS)
def test_a_scheme_in_capitals_is_no_less_strict(
    secure: Heard, ca_path: str, action: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clear_proxies(monkeypatch)
    url = secure.url.replace("https:", "HTTPS:")
    with pytest.raises(TlsFailed):
        ACTIONS[action](client(url, Time()))
    assert secure.heads == []
    ACTIONS[action](client(url, Time(), ca_path=ca_path))
    assert len(secure.heads) == 1


def test_an_address_is_as_good_as_a_name(authority: trustme.CA, ca_path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    clear_proxies(monkeypatch)
    with listening(context=context(authority, "127.0.0.1")) as heard:
        url = heard.url.replace("localhost", "127.0.0.1")
        assert client(url, Time(), ca_path=ca_path).create(MINIMAL) == "ep-1"


@pytest.mark.parametrize("trusted", [True, False])
def test_a_proxy_behind_tls_is_held_to_the_same_certificates(
    authority: trustme.CA, tmp_path: Path, ca_path: str, trusted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    clear_proxies(monkeypatch)
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(other)
    with listening(407, context=context(authority, "localhost")) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url)
        with pytest.raises(PpioError):
            client("https://api.example.com", Time(), ca_path=ca_path if trusted else str(other)).read("ep-1")
    assert proxy.text.startswith("CONNECT api.example.com:443") == trusted


@pytest.mark.parametrize("proxy", ["http://u:p%E2%82%AC@127.0.0.1:1", "http://127.0.0.1:99999", "http://.x:1"])
def test_a_proxy_that_is_none_is_one_message(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    clear_proxies(monkeypatch)
    monkeypatch.setenv("https_proxy", proxy)
    with pytest.raises(InvalidOptions, match="proxy") as refused:
        client("https://api.example.com", Time()).create(MINIMAL)
    assert "\u20ac" not in refused.value.message


def test_tls_that_cannot_begin_is_one_message(
    secure: Heard, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", "/nowhere/keys")
    with pytest.raises(InvalidOptions, match="SSLKEYLOGFILE"):
        client(secure.url, Time()).create(MINIMAL)
    client(simulator.url, Time()).create(MINIMAL)


def test_a_server_that_speaks_no_tls_gets_no_request(monkeypatch: pytest.MonkeyPatch) -> None:
    clear_proxies(monkeypatch)
    with listening() as plain, pytest.raises((TlsFailed, AmbiguousResponse, ConnectFailed)):
        client(plain.url.replace("http:", "https:"), Time(), key=CANARY, retry_timeout=0).read("ep-1")
    assert CANARY not in plain.text


@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
@pytest.mark.parametrize("options", [{"validate_certs": False}, {"validate_certs": False, "ca_path": "/none"}, {}])
def test_an_authority_of_ones_own_or_none_at_all_is_accepted(
    secure: Heard, ca_path: str, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    clear_proxies(monkeypatch)
    assert client(secure.url, Time(), **({"ca_path": ca_path} | options)).create(MINIMAL) == "ep-1"


def test_variables_for_other_programs_do_not_weaken_ca_path(
    authority: trustme.CA, secure: Heard, tmp_path: Path, ca_path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clear_proxies(monkeypatch)
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(other)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(name, ca_path)
    with pytest.raises(TlsFailed):
        client(secure.url, Time(), ca_path=str(other)).create(MINIMAL)
    assert secure.heads == []


@pytest.mark.parametrize("content", [None, "", "no certificate", "\0"])
def test_a_ca_path_that_cannot_be_used_is_named(
    secure: Heard, tmp_path: Path, content: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    clear_proxies(monkeypatch)
    path = tmp_path / ("ca\0.pem" if content == "\0" else "ca.pem")
    if content not in (None, "\0"):
        path.write_text(content or "")
    with pytest.raises(InvalidOptions, match="ca_path"):
        client(secure.url, Time(), ca_path=str(path)).create(MINIMAL)
    assert secure.connections == 0


@pytest.mark.parametrize("key", ["", " ", "a\nb", "a\r\nX: y", "a\tb", "schlüssel", "\u2028", "\x7f", "a\x00b", None])
def test_a_key_that_is_none_is_refused_without_being_told(key: str | None) -> None:
    options = {"api_url": "https://api.example.com", "validate_certs": True, "ca_path": None}
    with pytest.raises(InvalidOptions) as refused:
        connection_from({**options, "api_timeout": 1, "retry_timeout": 1, "api_key": key})
    assert "api_key" in refused.value.message
    assert not key or not key.strip() or key not in refused.value.message


def test_white_space_around_the_key_does_not_travel(simulator: Simulator) -> None:
    client(simulator.url, Time(), key=f"\t {KEY}\r\n").create(MINIMAL)
    assert simulator.journal[0].headers["authorization"] == f"Bearer {KEY}"


def test_nothing_that_can_be_printed_shows_the_key(simulator: Simulator) -> None:
    api = client(simulator.url, Time(), key=CANARY)
    with pytest.raises(PpioError) as refused:
        api.create(MINIMAL)
    shown = [repr(api.transport.connection), str(refused.value), repr(refused.value), repr(refused.value.call)]
    assert not any(CANARY in text for text in shown)


URLS = {
    "https://api.example.com": True,
    "https://api.example.com:8443/base/": True,
    "http://localhost:8080": True,
    "http://127.0.0.1:1": True,
    "http://127.9.9.9": True,
    "http://[::1]:8080": True,
    "http://api.example.com": False,
    "http://localhost.example.com": False,
    "http://127.0.0.1.example.com": False,
    "http://0.0.0.0": False,
    "http://192.168.0.1": False,
    "http://2130706433": False,
    "http://[::]": False,
    "http://user@localhost": False,
    "HTTP://api.example.com": False,
    "file:///etc/passwd": False,
    "//api.example.com": False,
    "https://api.example.com\t.evil.com": False,
}


@pytest.mark.parametrize("url", URLS)
def test_the_key_goes_over_tls_or_stays_on_the_machine(url: str) -> None:
    options = {"validate_certs": True, "ca_path": None, "api_timeout": 1, "retry_timeout": 1, "api_key": "k"}
    if URLS[url]:
        assert connection_from({**options, "api_url": url}).origin == url.rstrip("/")
        return
    with pytest.raises(InvalidOptions, match="api_url"):
        connection_from({**options, "api_url": url})


TABLES = {table.name: table for table in (ENDPOINT, PRODUCT, REGION, BALANCE)}


@pytest.mark.parametrize("kind", TABLES)
@pytest.mark.parametrize("below", ["", "/proxy"])
@pytest.mark.parametrize("cut", [slice(3), slice(None)], ids=["prefix", "whole path"])
def test_an_address_does_not_end_with_a_path_of_the_api(kind: str, below: str, cut: slice) -> None:
    path = "/".join(TABLES[kind].verbs.list.path.split("/")[cut])
    prefix = "/".join(path.split("/")[:3])
    with pytest.raises(InvalidOptions) as refused:
        client(f"http://localhost{below}{path}/", Time())
    assert refused.value.message == (
        f"api_url must end before {prefix}, which every request adds; give http://localhost{below}."
    )


@pytest.mark.parametrize("action", ACTIONS)
def test_a_message_shows_the_path_that_was_asked(action: str) -> None:
    with listening(403) as heard, pytest.raises(PpioError) as refused:
        ACTIONS[action](client(f"{heard.url}/gpus/proxy", Time()))
    (head,) = heard.heads
    method, target, _protocol = head.splitlines()[0].split(" ")
    path = target.partition("?")[0]
    assert f"(HTTP 403, {method} {path})" in refused.value.message
    assert refused.value.call
    assert refused.value.call.path == path
    assert path.startswith("/gpus/proxy/gpus/v2/")


@pytest.mark.parametrize("release", ["2.32.0", "2.32.1", "2.32.2"])
def test_a_release_of_requests_that_ignores_certificates_is_refused(
    authority: trustme.CA, ca_path: str, monkeypatch: pytest.MonkeyPatch, release: str
) -> None:
    del authority
    monkeypatch.setattr(requests, "__version__", release)
    with pytest.raises(InvalidOptions, match=f"requests {release} ignores ca_path"):
        client("https://localhost:1", Time(), ca_path=ca_path)


@pytest.mark.parametrize(
    "host",
    [
        r"evil\.ppio.com",
        r"api.ppio.com\@evil.example",
        "api.ppio.com%2eevil.example",
        "api.ppio.com\u3002evil.example",
        "api.ppio.com\uff0fevil.example",
        "\uff41pi.ppio.com",
        "b\u00fccher.example",
        "api .ppio.com",
        "api\t.ppio.com",
        "api..ppio.com",
        ".ppio.com",
        "-",
        "127.1",
        "0x7f000001",
        "2130706433",
        "1.2.3.4.5",
        "127.0.0.010",
        "[::1%25eth0]",
        "[127.0.0.1]",
        "[::1",
        "api.ppio.com:",
        "api.ppio.com:8\u0663",
        "api.ppio.com:99999",
        "api.ppio.com:-1",
        "a,b.ppio.com",
        "a'b.ppio.com",
        "a*b.ppio.com",
    ],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_host_that_two_programs_read_differently_is_refused(scheme: str, host: str) -> None:
    options = {"api_key": CANARY, "validate_certs": True, "ca_path": None, "api_timeout": 5, "retry_timeout": 0}
    with pytest.raises(InvalidOptions, match="api_url"):
        connection_from({**options, "api_url": f"{scheme}://{host}"})


@pytest.mark.parametrize(
    "host",
    ["api.ppio.com", "API.PPIO.com:443", "a-b.c_d.example", "localhost", "127.0.0.1:8080", "[::1]:8080", "a.example."],
)
def test_a_plain_host_is_read_by_what_connects_as_by_us(host: str) -> None:
    options = {"api_key": CANARY, "validate_certs": True, "ca_path": None, "api_timeout": 5, "retry_timeout": 0}
    made = connection_from({**options, "api_url": f"https://{host}/below"})
    parsed = parse_url(made.origin)
    assert f"{parsed.host}{f':{parsed.port}' if parsed.port else ''}" == host.lower()
    assert made.host == host

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does a proxy that needs a package which is not there end a task at once, with a message that says so?"""

from __future__ import annotations

import pytest
from unit.api.test_connection import ACTIONS, clear_proxies
from unit.talking import Time, client

from ansible_collections.ppio.gpu.plugins.module_utils._errors import InvalidOptions


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "ALL_PROXY"])
def test_a_socks_proxy_without_pysocks_is_named_at_once(
    monkeypatch: pytest.MonkeyPatch, variable: str, action: str
) -> None:
    clear_proxies(monkeypatch)
    monkeypatch.setenv(variable, "socks5h://user:proxy-hunter2@127.0.0.1:1080")
    clock = Time()
    with pytest.raises(
        InvalidOptions, match=r"the proxy in the environment \(HTTPS_PROXY, ALL_PROXY\) cannot be used\..*PySocks"
    ) as refused:
        ACTIONS[action](client("https://api.example.com", clock))
    assert clock.pauses == []
    assert "proxy-hunter2" not in refused.value.message

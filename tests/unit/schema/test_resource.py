# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all kinds of resources have in common."""

from __future__ import annotations

import pytest

from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT

NAMED = {
    ("chat",): "endpoint 'chat'",
    ("聊天",): "endpoint '聊天'",
    ("one", "two"): "2 endpoints (one, two)",
    ("a", "b", "c", "d", "e"): "5 endpoints (a, b, c, and 2 more)",
    ("chat\x1b[31m\nred",): "endpoint 'chat [31m red'",
    ("one", "two\r\x07"): "2 endpoints (one, two)",
}


@pytest.mark.parametrize("names", NAMED)
def test_those_of_a_name_are_told_in_one_line(names: tuple[str, ...]) -> None:
    assert ENDPOINT.named(names) == NAMED[names]

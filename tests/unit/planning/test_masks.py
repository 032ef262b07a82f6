# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What looks like a mask that an API shows in the place of a secret?"""

from __future__ import annotations

import pytest

from ansible_collections.ppio.gpu.plugins.module_utils._planning.masks import is_mask


@pytest.mark.parametrize(
    "text",
    [
        "***",
        "******",
        "sk-****f3a1",
        "••••••",
        "xxxxxx",
        "XXXX",
        "<masked>",
        "(hidden)",
        "(hidden, changed)",
        "[REDACTED]",
        "REDACTED",
        "__MASKED__",
        "<sensitive value>",
        "[[filtered]]",
        "(secret)",
    ],
)
def test_a_mask_is_known(text: str) -> None:
    assert is_mask(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "*",
        "**/*.py",
        "*/5 * * * *",
        "hidden",
        "a secret",
        "x",
        "xxl",
        "sk-live-0815",
        "$(secret)",
        "${SECRET}",
        None,
    ],
)
def test_what_may_be_a_value_is_not_taken_for_one(text: str | None) -> None:
    assert not is_mask(text)

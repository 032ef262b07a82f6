# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What looks like a mask that an API shows in the place of a secret, and what follows from it?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from unit.second.database import DATABASE

from ansible_collections.ppio.gpu.plugins.module_utils._planning.masks import contradictions, is_mask, masked
from ansible_collections.ppio.gpu.plugins.module_utils._planning.state import Current, Desired
from ansible_collections.ppio.gpu.plugins.module_utils._schema.resource import Field, Kind

_SETTING = Field("setting", Kind.OBJECT, fields=(Field("name", Kind.TEXT), Field("content", Kind.TEXT)))

#: A secret text, an open one, and a list with secret entries, in which the key is not the first name of the alphabet.
RESOURCE = replace(
    DATABASE,
    fields=(
        Field("password", Kind.TEXT, secret=True),
        Field("region", Kind.TEXT),
        Field("settings", Kind.LIST, item=_SETTING, key="name", secret_entries=True),
    ),
)
MASK = "******"


def settings(*pairs: tuple[str, str]) -> dict[str, Any]:
    """A list of settings as a field."""
    return {"settings": [{"name": name, "content": content} for name, content in pairs]}


def overwritten(body: Mapping[str, Any], given: Mapping[str, Any]) -> list[str]:
    """What a body would overwrite with a mask where the user gave this."""
    return masked(RESOURCE, body, Desired(True, "db-1", given, {}))


def contradicted(shown: Mapping[str, Any], given: Mapping[str, Any]) -> list[str]:
    """The fields in which what is shown is not what the user gave."""
    fields = {"password": None, "region": None, "settings": [], **shown}
    current = Current("db-1", fields, {})
    return [difference.path for difference in contradictions(RESOURCE, current, Desired(True, "db-1", given, {}))]


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


@pytest.mark.parametrize(
    ("body", "given", "told"),
    [
        ({"password": MASK}, {}, ["password"]),
        ({"password": MASK}, {"password": "correct-horse"}, ["password"]),
        ({"password": MASK}, {"password": MASK}, []),
        ({"password": "correct-horse"}, {}, []),
        ({"region": MASK}, {}, []),
        (settings(("TOKEN", MASK)), {}, ["the value of TOKEN in secret_settings"]),
        (settings(("TOKEN", MASK)), settings(("TOKEN", MASK)), []),
        (settings(("TOKEN", "hunter2"), (MASK, "fast")), {}, []),
    ],
)
def test_a_mask_is_never_sent_in_the_place_of_a_secret_unless_the_user_gave_it(
    body: Mapping[str, Any], given: Mapping[str, Any], told: list[str]
) -> None:
    assert overwritten(body, given) == told


@pytest.mark.parametrize(
    ("shown", "given"),
    [
        ({"password": MASK}, {"password": "correct-horse"}),
        (settings(("TOKEN", MASK), ("MODE", "fast")), settings(("TOKEN", "hunter2"), ("MODE", "fast"))),
        # Several of one key.
        (settings(("TOKEN", MASK), ("TOKEN", "second")), settings(("TOKEN", "first"), ("TOKEN", "second"))),
    ],
)
def test_a_mask_contradicts_nothing(shown: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    assert contradicted(shown, given) == []


@pytest.mark.parametrize(
    ("shown", "given", "paths"),
    [
        ({"password": "another-horse"}, {"password": "correct-horse"}, ["password"]),
        ({"region": MASK}, {"region": "south"}, ["region"]),
        (settings(("MODE", "slow")), settings(("MODE", "fast")), ["settings"]),
        (settings(("TOKEN", MASK)), settings(("MODE", "fast")), ["settings"]),
    ],
)
def test_what_is_shown_without_a_mask_is_compared(
    shown: Mapping[str, Any], given: Mapping[str, Any], paths: list[str]
) -> None:
    assert contradicted(shown, given) == paths

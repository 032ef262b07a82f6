# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which values may be secret, and where are they hidden?"""

from __future__ import annotations

from typing import Any

import pytest
from unit.bodies import FULL
from unit.second.database import DATABASE
from unit.values import current

from ansible_collections.ppio.gpu.plugins.module_utils._planning.scrub import (
    hidden_values,
    scrubbed,
    scrubbed_texts,
    withheld,
)
from ansible_collections.ppio.gpu.plugins.module_utils._planning.state import current_from
from ansible_collections.ppio.gpu.plugins.module_utils._redaction import Secrets
from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT

NAMED, SUSPECTED = "called-secret-by-a-user", "the-value-of-a-variable"


@pytest.fixture
def secrets() -> Secrets:
    known = Secrets([NAMED])
    known.suspect([SUSPECTED])
    return known


def test_values_of_variables_may_be_secret_unless_the_user_gave_them_in_the_open() -> None:
    envs = [{"key": "A", "value": "1"}, {"key": "B", "value": "2"}, {"value": "3"}, {"key": "C", "value": ""}]
    fields = current({**FULL, "envs": envs}).fields
    assert hidden_values(ENDPOINT, fields, {}) == ["1", "2", "3"]
    assert hidden_values(ENDPOINT, fields, {"envs": frozenset({"A", ""})}) == ["2"]


def test_a_secret_scalar_is_secret_where_it_is_shown() -> None:
    shown = {"databaseId": "db-1", "name": "main"}
    assert hidden_values(DATABASE, current_from(DATABASE, shown).fields, {}) == []
    assert hidden_values(DATABASE, current_from(DATABASE, {**shown, "masterPassword": "x"}).fields, {}) == ["x"]


def test_what_programs_read_loses_only_what_somebody_called_secret(secrets: Secrets) -> None:
    both = f"{NAMED} {SUSPECTED}"
    status = {"status": both, "error": None, "message": both}
    observed = current(
        {"url": both, "created_at": 5, "workers": [{"id": both, "log": both, "status": status}]}
    ).observed
    told = scrubbed(ENDPOINT, observed, secrets)
    assert told["url"] == f"(hidden) {SUSPECTED}"
    (worker,) = told["workers"]
    assert worker["id"] == f"(hidden) {SUSPECTED}"
    assert (worker["log"], worker["status"]["message"]) == ("(hidden) (hidden)", "(hidden) (hidden)")
    assert (worker["status"]["error"], told["created_at"]) == (None, 5)
    assert scrubbed(ENDPOINT, {}, secrets) == {row.name: None for row in ENDPOINT.observed}


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (SUSPECTED, "(hidden)"),
        ({"a": [NAMED, 1]}, {"a": ["(hidden)", 1]}),
        ((SUSPECTED, None), ["(hidden)", None]),
        (True, True),
    ],
)
def test_no_text_has_a_secret_at_any_depth(secrets: Secrets, value: Any, told: Any) -> None:
    assert scrubbed_texts(value, secrets) == told


def test_what_the_task_itself_says_is_not_withheld(secrets: Secrets) -> None:
    own, other = f"own {NAMED}", f"other {NAMED}"
    value = {"a": own, "b": [other, SUSPECTED, 1], "c": (other,)}
    told = {"a": own, "b": ["other (hidden)", SUSPECTED, 1], "c": ("other (hidden)",)}
    assert withheld(value, secrets, lambda: {own}) == told


@pytest.mark.parametrize("secret", ["called-secret", "!called-secret", "~called-secret"])
def test_a_secret_is_withheld_whatever_it_begins_with(secret: str) -> None:
    assert withheld({"url": secret, "id": "ep-1"}, Secrets([secret]), frozenset) == {"url": "(hidden)", "id": "ep-1"}

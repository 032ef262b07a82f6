# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What will a plan have done, and what does a task tell of what it did?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from unit.bodies import FULL, MINIMAL
from unit.values import current, desired

from ansible_collections.ppio.gpu.plugins.module_utils._errors import PartialResult
from ansible_collections.ppio.gpu.plugins.module_utils._planning.outcome import Outcome, predicted
from ansible_collections.ppio.gpu.plugins.module_utils._planning.plan import plan
from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT
from ansible_collections.ppio.gpu.plugins.module_utils._schema.lifecycle import Write


def outcome(existing: Mapping[str, Any] | None, asked: Mapping[str, Any]) -> Outcome:
    there = None if existing is None else current(existing)
    return predicted(there, plan(ENDPOINT, there, desired(asked)))


#: What is there, what is asked for, and of that: whether it changes, the id, whether it is observed, and the write.
PREDICTED: Mapping[str, tuple[Mapping[str, Any] | None, Mapping[str, Any], bool, str | None, bool, Write]] = {
    "a create": (None, MINIMAL, True, None, False, Write.CREATED),
    "nothing": (FULL, FULL, False, "ep-1", True, Write.NONE),
    "a restart": (FULL, {"name": "chat", "command": ""}, True, "ep-1", True, Write.RESTARTED),
    "another number": (FULL, {"name": "chat", "worker_config": {"max_replicas": 9}}, True, "ep-1", True, Write.KEPT),
    "a recreate": (FULL, {**FULL, "type": "async", "allow_recreate": True}, True, None, False, Write.CREATED),
    "a removal": (FULL, {"name": "chat", "state": "absent"}, True, "ep-1", False, Write.NONE),
    "nothing to remove": (None, {"name": "chat", "state": "absent"}, False, None, False, Write.NONE),
}


@pytest.mark.parametrize("what", PREDICTED)
def test_predicted_is(what: str) -> None:
    existing, asked, changed, identity, is_observed, write = PREDICTED[what]
    told = outcome(existing, asked)
    assert (told.changed, told.id, told.observed is not None, told.write) == (changed, identity, is_observed, write)
    assert told.previous == (current(existing) if existing is not None and identity else None)
    assert (told.certain, told.warnings, told.doubt) == (False, (), None)
    assert told.fields == told.after


@pytest.mark.parametrize(
    ("existing", "asked", "is_renamed"),
    [
        (FULL, {"id": "ep-1", "name": "other"}, True),
        (FULL, {"id": "ep-1", "name": "aaa"}, True),
        (FULL, {"id": "ep-1", "command": ""}, False),
        (None, MINIMAL, False),
        (FULL, {"name": "chat", "state": "absent"}, False),
    ],
)
def test_only_what_stays_can_get_another_name(
    existing: Mapping[str, Any] | None, asked: Mapping[str, Any], is_renamed: bool
) -> None:
    assert outcome(existing, asked).renamed is is_renamed


def test_an_error_after_it_says_what_was_done() -> None:
    told = outcome(FULL, {"name": "chat", "command": ""}).warned("first").warned("second", "third")
    assert told.identity == "ep-1"
    assert told.warnings == ("first", "second", "third")
    assert told.partial == PartialResult("update", True, "ep-1", told.fields, told.observed, told.warnings)

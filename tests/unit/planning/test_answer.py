# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which values of an answer can be read, and where does the rest stand?"""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.ppio.gpu.plugins.module_utils._errors import InvalidResponse
from ansible_collections.ppio.gpu.plugins.module_utils._planning.answer import reader
from ansible_collections.ppio.gpu.plugins.module_utils._schema.resource import Field, Kind

ROWS = (
    Field("name", Kind.TEXT),
    Field("size", Kind.INTEGER),
    Field("shared", Kind.BOOLEAN),
    Field("limits", Kind.OBJECT, fields=(Field("most", Kind.INTEGER),)),
    Field("disks", Kind.LIST, item=Field("disk", Kind.OBJECT, fields=(Field("path", Kind.TEXT),))),
    Field("ports", Kind.LIST, item=Field("port", Kind.INTEGER)),
)


@pytest.fixture(autouse=True)
def makes_its_own_reader() -> None:
    """A test that gets the reader of an earlier one would not come by what makes it."""
    reader.cache_clear()


@pytest.mark.parametrize(
    ("answer", "name", "value"),
    [
        ({"size": 3}, "size", 3),
        ({"size": "3"}, "size", 3),
        ({"size": ""}, "size", None),
        ({"ports": [80, None, "", 443]}, "ports", [80, 443]),
        ({"size": 3.0}, "size", 3),
        ({"name": 3}, "name", "3"),
        ({"shared": False}, "shared", False),
        ({"limits": None}, "limits", {"most": None}),
        ({"disks": None}, "disks", []),
        ({"disks": [None, {"path": "/a"}]}, "disks", [{"path": "/a"}]),
        ({"ports": ["80", 81]}, "ports", [80, 81]),
    ],
)
def test_a_value_is_read_as_the_table_has_it(answer: dict[str, Any], name: str, value: Any) -> None:
    read = reader(ROWS)(answer, "")[name]
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(
    ("answer", "place"),
    [
        ({"size": True}, "size should be a value of type integer, and is a bool"),
        ({"size": 3.5}, "size should be a value of type integer, and is a float"),
        ({"shared": 1}, "shared should be a value of type boolean, and is a int"),
        ({"name": True}, "name should be a value of type string, and is a bool"),
        ({"limits": []}, "limits should be an object"),
        ({"limits": {"most": "many"}}, "limits.most should be"),
        ({"disks": {}}, "disks should be a list"),
        ({"disks": ["/a"]}, "disks[0] should be an object"),
        ({"disks": [{"path": "/a"}, {"path": []}]}, "disks[1].path should be"),
        ({"ports": [80, "http"]}, "ports[1] should be"),
    ],
)
def test_a_value_that_cannot_be_read_is_named_with_its_place(answer: dict[str, Any], place: str) -> None:
    with pytest.raises(InvalidResponse) as caught:
        reader(ROWS)(answer, "")
    assert f"cannot be read: {place}" in str(caught.value)


def test_the_reader_of_a_table_is_made_once() -> None:
    assert reader(ROWS) is reader((*ROWS,))

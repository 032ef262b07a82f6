# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of an export: what they are to say, and what has to be able to be done with them.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from .._schema.resource import Resource

__all__ = ["Content", "File", "Files", "Staged"]


@dataclass(frozen=True)
class Content:
    """What a file is to say. `plain` are the keys whose values are no secrets, by list.

    With `variables`, the file is for a task that knows them, and what it takes from the server is never a template.
    """

    resource: Resource
    entries: Sequence[Mapping[str, Any]] = field(repr=False)
    plain: Mapping[str, frozenset[str]]
    variables: tuple[str, ...] = ()
    has_references: bool = False


@dataclass(frozen=True)
class File:
    """A file as it is to be, and which of it changes. `before` is what it says now, without anything secret."""

    path: str
    text: str = field(repr=False)
    before: str = field(repr=False)
    changed: bool
    content: Content = field(repr=False)


class Files(Protocol):
    """The files of the controller. What cannot be read or written raises Unwritable."""

    def is_directory(self, dest: str) -> bool:
        """Whether `dest` is a directory, or is to become one."""

    def path(self, *parts: str) -> str:
        """The absolute path of a file."""

    def planned(self, path: str, content: Content, mode: int, *, force: bool) -> File:
        """What becomes of a file. Raises Unwritable for one of somebody else's, unless with `force`."""

    def others(self, directory: str, paths: Sequence[str]) -> list[str]:
        """The files beside these that a fleet would read."""

    def staged(self, files: Sequence[File], mode: int, *, check_mode: bool) -> AbstractContextManager[Staged]:
        """The files aside, which the end of the context removes again."""


class Staged(Protocol):
    """Files that are not in their place yet."""

    def entries(self) -> list[Mapping[str, Any]]:
        """What the files say, as the loader of a fleet reads them."""

    def commit(self) -> None:
        """Move the files into their places."""

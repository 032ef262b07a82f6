# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Directories of descriptions: which files are read, and what is there besides.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ._sources import SUFFIXES

__all__ = ["Sources", "sources_in"]


@dataclass(frozen=True)
class Sources:
    """The files to read, in order, and each thing that is not read, with the reason."""

    files: tuple[Path, ...]
    overlooked: tuple[str, ...] = ()


def sources_in(path: Path) -> Sources:
    """A file, or the files in a directory and below. Links to directories are not followed: they may have no end."""
    if not path.is_dir():
        return Sources((path,))
    files: list[Path] = []
    overlooked: list[str] = []
    for entry, trouble in _walked(path):
        if trouble:
            overlooked.append(f"{entry} ({trouble})")
        else:
            files.append(entry)
    return Sources(tuple(sorted(files)), tuple(sorted(overlooked)))


def _walked(directory: Path) -> Iterator[tuple[Path, str]]:
    """Everything in a directory and below but the directories that were read, each with why it is not to be read."""
    try:
        entries = list(os.scandir(directory))
    except OSError as error:
        yield directory, f"cannot be read: {error.strerror}"
        return
    for entry in entries:
        path = Path(entry.path)
        if entry.is_dir(follow_symlinks=False):
            yield from _walked(path)
        else:
            yield path, _trouble(path)


def _trouble(path: Path) -> str:
    """Why something in a directory is not read, or an empty text."""
    try:
        if path.is_file():
            return "" if path.suffix.lower() in SUFFIXES else "does not end in .yml, .yaml or .json"
        if path.is_symlink():
            return "a link to a directory" if path.is_dir() else "a link that leads nowhere"
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return "not a regular file"

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that describe many: how a fleet reads them, and an export reads them back.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.parsing.dataloader import DataLoader

from ._loading import loaded

__all__ = ["SUFFIXES", "entries_of", "is_source"]

SUFFIXES = frozenset({".yml", ".yaml", ".json"})


def is_source(file: Path) -> bool:
    """Whether a file of a directory describes something; what is overlooked here would be pruned."""
    return file.is_file() and file.suffix.lower() in SUFFIXES


def entries_of(loader: DataLoader, file: Path, key: str) -> list[Any]:
    """What one file describes, decrypted if need be: a list, or the list that a mapping has at `key`."""
    content = loaded(loader, file)
    entries = content.get(key) if isinstance(content, dict) else content
    if not isinstance(entries, list):
        raise AnsibleActionFail(f"src: {file} must have a list, or a mapping with the key {key} and a list.")
    return entries

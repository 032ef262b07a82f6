# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Manage many serverless GPU endpoints on the controller, and read their descriptions from its files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail

from ..module_utils._schema.endpoint import ENDPOINT
from ..module_utils._tasks.manage import manage_fleet
from ..plugin_utils._action import ControllerAction, plain

_SUFFIXES = frozenset({".yml", ".yaml", ".json"})


class ActionModule(ControllerAction):
    work = manage_fleet(ENDPOINT)

    def _given(self, args: dict[str, Any]) -> dict[str, Any]:
        """The arguments with the content of `src` in its place; a module on the target could not read it."""
        if not isinstance(args.get("src"), str) or args.get("endpoints") is not None:
            return args
        path = Path(self._find_needle("files", args["src"]))
        files = sorted(filter(_is_described, path.rglob("*"))) if path.is_dir() else [path]
        if not files:
            raise AnsibleActionFail(f"src: {path} has no file that ends in .yml, .yaml or .json.")
        endpoints = [entry for file in files for entry in self._entries(file)]
        return {name: value for name, value in args.items() if name != "src"} | {"endpoints": endpoints}

    def _entries(self, file: Path) -> list[Any]:
        """The endpoints that one file describes, decrypted if need be."""
        content = self._loader.load_from_file(str(file), cache="none", unsafe=True)
        entries = content.get("endpoints") if isinstance(content, dict) else content
        if not isinstance(entries, list):
            raise AnsibleActionFail(f"src: {file} must have a list, or a mapping with the key endpoints and a list.")
        return list(plain(entries))


def _is_described(file: Path) -> bool:
    """Whether a file of the directory describes endpoints; what is overlooked here would be pruned."""
    return file.is_file() and file.suffix.lower() in _SUFFIXES

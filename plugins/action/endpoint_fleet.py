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
from ..plugin_utils._action import ControllerAction
from ..plugin_utils._sources import entries_of, is_source


class ActionModule(ControllerAction):
    work = manage_fleet(ENDPOINT)

    def _given(self, args: dict[str, Any]) -> dict[str, Any]:
        """The arguments with the content of `src` in its place; a module on the target could not read it."""
        if not isinstance(args.get("src"), str) or args.get("endpoints") is not None:
            return args
        path = Path(self._find_needle("files", args["src"]))
        files = sorted(filter(is_source, path.rglob("*"))) if path.is_dir() else [path]
        if not files:
            raise AnsibleActionFail(f"src: {path} has no file that ends in .yml, .yaml or .json.")
        endpoints = [entry for file in files for entry in entries_of(self._loader, file, "endpoints")]
        return {name: value for name, value in args.items() if name != "src"} | {"endpoints": endpoints}

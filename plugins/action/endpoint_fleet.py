# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Manage many serverless GPU endpoints on the controller, and read their descriptions from its files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.module_utils.parsing.convert_bool import boolean

from ..module_utils._schema.endpoint import ENDPOINT
from ..module_utils._tasks.manage import manage_fleet
from ..plugin_utils._action import ControllerAction
from ..plugin_utils._directory import sources_in
from ..plugin_utils._sources import entries_of

_NAMED_OVERLOOKED = 5


class ActionModule(ControllerAction):
    work = manage_fleet(ENDPOINT)
    _files: tuple[Path, ...] = ()

    def run(self, tmp: None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """The module's result, with the files that were read here."""
        result = super().run(tmp, task_vars)
        return result | {"src_files": list(map(str, self._files))} if "src_files" in result else result

    def _given(self, args: dict[str, Any]) -> dict[str, Any]:
        """The arguments with the content of `src` in its place; a module on the target could not read it."""
        source = args.get("src")
        # An empty one would mean the directory of the playbook. It is refused with everything else that is wrong.
        if not source or not isinstance(source, str) or args.get("endpoints") is not None:
            return args
        path = Path(self._find_needle("files", source))
        sources = sources_in(path)
        if sources.overlooked and boolean(args.get("prune"), strict=False):
            raise AnsibleActionFail(_overlooked(path, sources.overlooked))
        if not sources.files:
            raise AnsibleActionFail(f"src: {path} has no file that ends in .yml, .yaml or .json.")
        self._files = sources.files
        endpoints = [entry for file in sources.files for entry in entries_of(self._loader, file, "endpoints")]
        return {name: value for name, value in args.items() if name != "src"} | {"endpoints": endpoints}


def _overlooked(path: Path, overlooked: Sequence[str]) -> str:
    """Why pruning is refused: what was not read may describe endpoints, and those would be deleted."""
    more = f", and {len(overlooked) - _NAMED_OVERLOOKED} more" if len(overlooked) > _NAMED_OVERLOOKED else ""
    return (
        f"src: {path} has things that are not read, and prune would delete the endpoints that they describe: "
        f"{'; '.join(overlooked[:_NAMED_OVERLOOKED])}{more}. Nothing was sent. Move them elsewhere, or give files an "
        f"ending that is read."
    )

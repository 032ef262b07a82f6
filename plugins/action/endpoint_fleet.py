# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Manage many serverless GPU endpoints on the controller, and read their descriptions from its files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.module_utils.parsing.convert_bool import boolean

from ..module_utils._errors import first_of
from ..module_utils._schema.endpoint import ENDPOINT
from ..module_utils._tasks.manage_fleet import manage_fleet
from ..plugin_utils._action import ControllerAction
from ..plugin_utils._directory import sources_in
from ..plugin_utils._sources import entries_of

_NAMED_OVERLOOKED = 5
_PLACE = re.compile(r"\bendpoints\[(\d{1,9})\]")


class ActionModule(ControllerAction):
    work = manage_fleet(ENDPOINT)
    _files: tuple[Path, ...] = ()
    #: Where each entry stands: the file, and its place in there.
    _places: Sequence[tuple[Path, int]] = ()

    def run(self, tmp: None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """The module's result, with the files that were read here, and in its texts the places in these files."""
        result = super().run(tmp, task_vars)
        if not self._files:
            return result
        for told in (result, *(result.get("endpoints") or ())):
            for key in ("msg", "message"):
                if isinstance(told.get(key), str):
                    told[key] = self._placed(told[key])
        if "warnings" in result:
            result["warnings"] = [self._placed(warning) for warning in result["warnings"]]
        if "src_files" in result:
            result["src_files"] = list(map(str, self._files))
        return result

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
        described = {file: entries_of(self._loader, file, "endpoints") for file in sources.files}
        self._places = [(file, number) for file, entries in described.items() for number in range(len(entries))]
        endpoints = [entry for entries in described.values() for entry in entries]
        return {name: value for name, value in args.items() if name != "src"} | {"endpoints": endpoints}

    def _placed(self, text: str) -> str:
        """A text that names entries by their number among all, with their places in the files."""

        def placed(match: re.Match[str]) -> str:
            number = int(match[1])
            if number >= len(self._places):
                return match[0]
            file, place = self._places[number]
            return f"{file}: endpoints[{place}]"

        return _PLACE.sub(placed, text)


def _overlooked(path: Path, overlooked: Sequence[str]) -> str:
    """Why pruning is refused: what was not read may describe endpoints, and those would be deleted."""
    return (
        f"src: {path} has things that are not read, and prune would delete the endpoints that they describe: "
        f"{first_of(overlooked, _NAMED_OVERLOOKED, '; ')}. Nothing was sent. Move them elsewhere, or give files an "
        f"ending that is read."
    )

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the serverless GPU endpoints that exist into files on the controller."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.module_utils.basic import missing_required_lib

from ..module_utils._api.connection import REQUESTS_IMPORT_ERROR
from ..module_utils._schema.endpoint import ENDPOINT
from ..module_utils._tasks.export import export
from ..plugin_utils._action import ControllerAction
from ..plugin_utils._files import ControllerFiles


class ActionModule(ControllerAction):
    work = export(ENDPOINT)

    def run(self, tmp: None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        self.work = export(ENDPOINT, ControllerFiles(self._loader))
        return super().run(tmp, task_vars)

    def _runs_on_controller(self) -> bool:
        """Always: whichever host the task is for, the files are on the controller."""
        if REQUESTS_IMPORT_ERROR:
            raise AnsibleActionFail(missing_required_lib("requests"))
        if self._task.async_val:
            raise AnsibleActionFail("async is not supported, because the task works on the controller.")
        return True

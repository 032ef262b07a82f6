# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What does a task cost that only makes calls? An action plugin of the benchmark's own."""

from __future__ import annotations

from typing import Any

import requests
from ansible.plugins.action import ActionBase

_TIMEOUT = 30


class ActionModule(ActionBase):  # type: ignore[misc]  # ansible-core does not say that it is typed
    """Gets each of the `urls`, and makes nothing of the answers."""

    def run(self, tmp: None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        with requests.Session() as session:
            for url in self._task.args["urls"]:
                session.get(url, timeout=_TIMEOUT).raise_for_status()
        return {"changed": False}

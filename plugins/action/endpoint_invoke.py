# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ask a serverless GPU endpoint a question on the controller."""

from __future__ import annotations

from ..module_utils._schema.endpoint import ENDPOINT
from ..module_utils._tasks.invoke import invoke
from ..plugin_utils._action import ControllerAction


class ActionModule(ControllerAction):
    work = invoke(ENDPOINT)

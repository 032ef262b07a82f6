# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the account's balance on the controller."""

from __future__ import annotations

from ..module_utils._schema.balance import BALANCE
from ..module_utils._tasks.info import inform
from ..plugin_utils._action import ControllerAction


class ActionModule(ControllerAction):
    work = inform(BALANCE)

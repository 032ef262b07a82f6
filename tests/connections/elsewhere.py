# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host that is not the controller, as far as Ansible knows: modules are sent there, and run there."""

from __future__ import annotations

from ansible.plugins.connection.local import Connection as LocalConnection

DOCUMENTATION = r"""
name: elsewhere
short_description: This machine under another name
description:
  - Runs commands on this machine, and does not say that it is the controller.
author:
  - The ppio.gpu authors (@ppio-gpu)
extends_documentation_fragment:
  - connection_pipelining
options: {}
"""


class Connection(LocalConnection):  # type: ignore[misc]  # ansible-core does not say that it is typed
    transport = "elsewhere"

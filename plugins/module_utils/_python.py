# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Python that a module needs. This file can be read by every Python 3, so that an old one gets a sentence.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

import json
import sys

__all__ = ["OLDEST", "require_python"]

OLDEST = (3, 10)


def require_python() -> None:
    """End the module with a message where its Python is too old, before anything is imported that needs a newer one."""
    if sys.version_info >= OLDEST:
        return
    found, needed = (".".join(map(str, version[:2])) for version in (sys.version_info, OLDEST))
    message = f"Needs Python {needed} or newer on the host that runs the module, and found Python {found} there."
    advice = "Set ansible_python_interpreter, or run the task on the controller with delegate_to: localhost."
    sys.stdout.write(json.dumps({"failed": True, "changed": False, "msg": f"{message} {advice}"}))
    raise SystemExit(1)

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The home directory: where tasks of one machine keep what is for each other.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["directory_of"]


def directory_of(kind: str) -> str:
    """The directory of one kind of files, which need not exist. Raises RuntimeError where there is no home.

    A text: each task asks for several, and a Path takes ten times as long to put together.
    """
    home = os.environ.get("HOME", "")
    home = home if home.startswith("/") else str(Path.home())
    return f"{home}/.ansible/ppio_gpu_{kind}"

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Put pip into the virtual environment of the Python that runs this, without a download from an unusual host.

ansible-test makes virtual environments without pip and then fetches a script that installs it from a host of its own,
which a closed network seldom lets through. Before that it looks for the script at
`~/.ansible/test/cache/get_pip_<version>.py` (https://github.com/ansible/ansible/issues/77304); this file is copied
there. It takes pip from the interpreter's own `ensurepip` and then the wanted version from the configured index.
"""

from __future__ import annotations

import subprocess
import sys

# The real script's own switches; pip does not know them.
FOREIGN_OPTIONS = frozenset({"--no-setuptools", "--no-wheel"})


def main() -> None:
    """Install what the arguments ask for; a failing step ends with its error and a non-zero status."""
    # In a process of its own: ensurepip switches off pip's configuration (index, proxy, certificates) where it runs.
    subprocess.run([sys.executable, "-m", "ensurepip"], check=True, stdout=subprocess.DEVNULL)
    wanted = [argument for argument in sys.argv[1:] if argument not in FOREIGN_OPTIONS]
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", *wanted], check=True)


if __name__ == "__main__":
    main()

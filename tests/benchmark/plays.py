# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long does a whole `ansible-playbook` command take, and how much memory?"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmark.fleets import KEY

CONNECTIONS = Path(__file__).parents[1] / "connections"
ACTIONS = Path(__file__).parent / "action"
#: Where the collection notes what it creates, below `.ansible` in the home directory.
NOTES = "ppio_gpu_creates"

Task = Mapping[str, Any]


@dataclass(frozen=True)
class Cost:
    """What a command took: seconds, those in which one of its processes ran, and the most memory of one, in MB."""

    seconds: float
    cpu: float = 0
    megabytes: float = 0

    def over(self, other: Cost) -> Cost:
        """What it took more than another one."""
        return Cost(self.seconds - other.seconds, self.cpu - other.cpu, self.megabytes)

    def plus(self, other: Cost, times: int) -> Cost:
        """What it takes with so many of another one besides."""
        return Cost(self.seconds + other.seconds * times, self.cpu + other.cpu * times, self.megabytes)

    def each(self, count: int) -> Cost:
        """The part of each, where it was spent on so many."""
        return Cost(self.seconds / count, self.cpu / count, self.megabytes)


@dataclass(frozen=True)
class Stage:
    """A directory for playbooks about the API at `url`."""

    directory: Path
    url: str

    def cost(self, tasks: Sequence[Task], *, connection: str = "local", notes: bool = True) -> Cost:
        """What it costs to play these tasks on a host with this connection. A failing playbook raises RuntimeError.

        Without `notes`, the home directory takes no note of what is created.
        """
        host = {"ansible_connection": connection, "ansible_python_interpreter": sys.executable}
        self.write("inventory.json", {"all": {"hosts": {"host": host}}})
        self.write("play.json", [{"hosts": "all", "gather_facts": False, "tasks": list(tasks)}])
        ansible_playbook = Path(sys.executable).with_name("ansible-playbook")
        return self.run([ansible_playbook, "-i", "inventory.json", "play.json"], self._home(notes=notes))

    def run(self, command: Sequence[str | Path], home: Path | None = None) -> Cost:
        """What a command costs that runs here, with a new home directory or that one. RuntimeError when it fails."""
        output = self.directory / "output"
        started = time.perf_counter()
        with output.open("w", encoding="utf-8") as written:
            process = subprocess.Popen(
                command,
                cwd=self.directory,
                env=os.environ | self._environment(home or self._home()),
                stdout=written,
                stderr=subprocess.STDOUT,
            )
            # Of this very process and those that it waited for, unlike what `resource` says of all children so far.
            _pid, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RuntimeError(output.read_text(encoding="utf-8"))
        return Cost(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)

    def write(self, name: str, content: Any) -> None:
        self.write_text(name, [json.dumps(content)])

    def write_text(self, name: str, pieces: Iterable[str]) -> None:
        with (self.directory / name).open("w", encoding="utf-8") as file:
            file.writelines(pieces)

    def _home(self, *, notes: bool = True) -> Path:
        """A new home directory: what was noted of endpoints that a stub has forgotten would have to be looked for."""
        home = Path(tempfile.mkdtemp(dir=self.directory))
        if not notes:
            # A file is in the place of their directory.
            (home / ".ansible").mkdir()
            (home / ".ansible" / NOTES).touch()
        return home

    def _environment(self, home: Path) -> dict[str, str]:
        settings = self.directory / "ansible.cfg"
        settings.touch()
        return {
            "HOME": str(home),
            "ANSIBLE_CONFIG": str(settings),
            "ANSIBLE_CONNECTION_PLUGINS": str(CONNECTIONS),
            "ANSIBLE_ACTION_PLUGINS": str(ACTIONS),
            "PPIO_API_URL": self.url,
            "PPIO_API_KEY": KEY,
        }


def typical(costs: Sequence[Cost]) -> Cost:
    """The medians, each of its own: the runs differ in what else the machine did."""
    return Cost(
        median(cost.seconds for cost in costs),
        median(cost.cpu for cost in costs),
        median(cost.megabytes for cost in costs),
    )

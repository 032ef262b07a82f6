# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What does `ansible-playbook` make of tasks, on the controller and on a host that is elsewhere?"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from ansible_collections.ppio.gpu.plugins.modules import endpoint

#: What Ansible takes as "here": there the action plugins do the work themselves. Elsewhere the modules do.
HERE: Mapping[str, Any] = {"ansible_connection": "local"}
ELSEWHERE: Mapping[str, Any] = {"ansible_connection": "elsewhere"}

_COLLECTIONS = Path(endpoint.__file__).parents[5]
_CONNECTIONS = Path(__file__).parents[1] / "connections"
_BIN = Path(sys.executable).parent
#: Real seconds after which a playbook hangs for good.
_LONGEST_PLAY = 300
_TITLE = re.compile(r"^TASK \[(?P<name>.*)\] \*+$", re.MULTILINE)
_RESULT = re.compile(r"^(?P<word>\w+): \[(?P<host>\w+)\].* => (?=\{)", re.MULTILINE)

Task = Mapping[str, Any]
Result = Mapping[str, Any]


@dataclass(frozen=True)
class Played:
    """What a playbook printed, and in it the whole result of each task: by the task's name, and then by host."""

    output: str
    code: int
    results: Mapping[str, Mapping[str, Result]] = field(repr=False)


@dataclass(frozen=True)
class Stage:
    """A directory for a playbook, and the variables of its hosts, by name."""

    directory: Path
    hosts: Mapping[str, Mapping[str, Any]]

    def play(
        self,
        tasks: Mapping[str, Task],
        *options: str,
        verbosity: int = 3,
        process: Mapping[str, str] | None = None,
        **play: Any,
    ) -> Played:
        """Play the tasks, which have names, to their end.

        `process` is what the environment of the command has besides, `play` are keywords of the play.
        """
        hosts = {name: {"ansible_python_interpreter": sys.executable, **own} for name, own in self.hosts.items()}
        named = [{"name": name, "ignore_errors": True, **task} for name, task in tasks.items()]
        self.write("inventory.json", {"all": {"hosts": hosts}})
        self.write("play.json", [{"hosts": "all", "gather_facts": False, **play, "tasks": named}])
        # Without settings of its own it would read those of the user.
        (self.directory / "ansible.cfg").touch()
        done = self.command(
            "ansible-playbook",
            "-i",
            "inventory.json",
            "play.json",
            f"-{'v' * verbosity}",
            *options,
            **process or {},
        )
        return Played(done.stdout + done.stderr, done.returncode, _results(done.stdout))

    def write(self, name: str, content: Any) -> None:
        """Write a file of JSON, which is YAML as well."""
        (self.directory / name).write_text(json.dumps(content), encoding="utf-8")

    def started(self, name: str, *arguments: str, output: IO[str]) -> subprocess.Popen[str]:
        """One of Ansible's commands, at work here."""
        return subprocess.Popen(
            [_BIN / name, *arguments],
            cwd=self.directory,
            env={**_environment(), "ANSIBLE_CONFIG": str(self.directory / "ansible.cfg")},
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def command(self, name: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run one of Ansible's commands here."""
        return subprocess.run(
            [_BIN / name, *arguments],
            cwd=self.directory,
            env={**_environment(), "ANSIBLE_CONFIG": str(self.directory / "ansible.cfg"), **environment},
            capture_output=True,
            text=True,
            timeout=_LONGEST_PLAY,
            check=False,
        )


def _environment() -> Mapping[str, str]:
    """The environment of this process without what may be set for the account or for Ansible."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "PPIO_", "NOVITA_"))}
    return kept | {
        "ANSIBLE_COLLECTIONS_PATH": str(_COLLECTIONS),
        "ANSIBLE_CONNECTION_PLUGINS": str(_CONNECTIONS),
        "ANSIBLE_NOCOLOR": "true",
        "ANSIBLE_CALLBACK_RESULT_FORMAT": "json",
        # Off by default from ansible-core 2.21 on, and always on before.
        "ANSIBLE_INJECT_INVOCATION": "true",
        # Messages of Ansible's own list what is allowed in the order of a set.
        "PYTHONHASHSEED": "0",
    }


def _results(output: str) -> Mapping[str, Mapping[str, Result]]:
    """The results that are printed whole, from -vvv on."""
    found: defaultdict[str, dict[str, Result]] = defaultdict(dict)
    parts: Sequence[str] = _TITLE.split(output)[1:]
    for name, text in zip(parts[::2], parts[1::2], strict=True):
        for match in _RESULT.finditer(text):
            result, _end = json.JSONDecoder().raw_decode(text, match.end())
            found[name][match["host"]] = {"failed": match["word"] == "fatal", **result}
    return found

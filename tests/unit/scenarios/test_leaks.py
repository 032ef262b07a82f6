# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does a secret come to light anywhere? Real `ansible-playbook` runs, searched for values that occur nowhere else.

Searched are everything that is printed, the log, every file that is left in the home and temporary directories, and the
command lines of all processes meanwhile.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from simulator import Simulator

PLAYBOOK = Path(__file__).with_name("leaks.yml")
API_KEY = "canary-api-key-Zq6"
PROXY_PASSWORD = "canary-proxy-password-Zr4"
#: The variables that carry the other values that nobody may see.
CANARIES: Mapping[str, str] = {
    "canary_old": 'canary-old-"quoted"-Zq7',
    "canary_new": "canary-new-ümlaut-Zq8",
    "canary_wrong_key": "canary-wrong-key-Zq9",
    "canary_url_password": "canary-url-password-Zr1",
    "canary_misplaced": "canary-misplaced-Zr2",
}
#: The part of each that no quoting and no encoding changes.
TRACES = ("Zq6", "Zq7", "Zq8", "Zq9", "Zr1", "Zr2", "Zr4")
#: A closed port: nothing gets past such a proxy.
PROXY = f"http://proxy-user:{PROXY_PASSWORD}@127.0.0.1:1"


@dataclass(frozen=True)
class Manner:
    """How a user runs the playbook."""

    arguments: tuple[str, ...]
    callback: str = "ansible.builtin.default"
    result_format: str = "yaml"
    #: Through the module in a process of its own, instead of on the controller.
    through_module: bool = False


MANNERS = {
    "-v": Manner(("-v",)),
    "-vv as JSON, in check mode": Manner(("-vv", "--check"), result_format="json"),
    "-vvv minimal, in check mode with diff": Manner(("-vvv", "--check", "--diff"), "ansible.builtin.minimal"),
    "-vvvv on one line, with diff": Manner(("-vvvv", "--diff"), "ansible.builtin.oneline"),
    "-vvvvv with diff": Manner(("-vvvvv", "--diff")),
    # Once, because Ansible needs a second or two for each task.
    "-vvvvv minimal with diff, through the module": Manner(
        ("-vvvvv", "--diff"), "ansible.builtin.minimal", through_module=True
    ),
}


@pytest.fixture
def guarded() -> Iterator[Simulator]:
    """An API that wants the canary as its key, and that repeats every request that it refuses."""
    with Simulator(api_key=API_KEY) as simulator:
        yield simulator


@pytest.fixture
def home() -> Iterator[Path]:
    """A home with a short path: ansible-core 2.21 has a socket below TMPDIR, whose path may have 107 bytes."""
    with TemporaryDirectory() as directory:
        (Path(directory) / "tmp").mkdir()
        yield Path(directory)


@pytest.mark.parametrize("manner", MANNERS.values(), ids=MANNERS)
def test_no_secret_comes_to_light(manner: Manner, guarded: Simulator, home: Path, tmp_path: Path) -> None:
    variables = tmp_path / "variables.json"
    connection = {"api_url": guarded.url, "api_key": API_KEY, "ansible_python_interpreter": sys.executable}
    variables.write_text(json.dumps({**CANARIES, **connection, **_becoming(manner, tmp_path)}), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "ansible",
        "playbook",
        "-i",
        "localhost,",
        "-c",
        "local",
        str(PLAYBOOK),
        "-e",
        f"@{variables}",
        *manner.arguments,
    ]
    status, printed, lines = _watched(command, _environment(home, manner))
    assert status == 0, printed
    found = [f"printed: {line}" for line in printed.splitlines() if _betrays(line)]
    found += [
        f"file: {path}" for path in home.rglob("*") if path.is_file() and _betrays(path.read_text(errors="replace"))
    ]
    found += [f"command line: {line}" for line in lines if _betrays(line)]
    assert not found, "\n".join(found)
    assert (home / "ansible.log").exists()


def test_the_search_would_find_a_secret() -> None:
    escaped = json.dumps(list(CANARIES.values()))
    assert all(map(_betrays, (API_KEY, PROXY, *CANARIES.values())))
    assert sum(trace in escaped for trace in TRACES) == len(CANARIES)


def _becoming(manner: Manner, directory: Path) -> dict[str, object]:
    """Variables with which Ansible believes that it becomes another user, so that it starts the module by itself."""
    script = directory / "become"
    script.write_text('#!/bin/sh\nwhile [ "$1" != /bin/sh ]; do shift; done\nexec "$@"\n', encoding="utf-8")
    script.chmod(0o700)
    return {"ansible_become": manner.through_module, "ansible_become_exe": str(script), "ansible_become_flags": ""}


def _betrays(text: str) -> bool:
    return any(trace in text for trace in TRACES)


def _environment(home: Path, manner: Manner) -> dict[str, str]:
    spec = importlib.util.find_spec("ansible_collections.ppio.gpu")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    collections = Path(spec.submodule_search_locations[0]).parents[2]
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
    return {
        "LC_ALL": "C.UTF-8",
        **kept,
        "HOME": str(home),
        "TMPDIR": str(home / "tmp"),
        "https_proxy": PROXY,
        "ANSIBLE_COLLECTIONS_PATH": str(collections),
        "ANSIBLE_LOG_PATH": str(home / "ansible.log"),
        "ANSIBLE_STDOUT_CALLBACK": manner.callback,
        "ANSIBLE_CALLBACK_RESULT_FORMAT": manner.result_format,
    }


def _watched(command: list[str], environment: Mapping[str, str]) -> tuple[int, str, set[str]]:
    """How a command ends, what it prints, and the command lines of all processes while it runs."""
    lines: set[str] = set()
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8"
    ) as process:
        while True:
            lines |= _command_lines()
            try:
                printed = process.communicate(timeout=0.05)[0]
                return process.returncode, printed, lines
            except subprocess.TimeoutExpired:
                continue


def _command_lines() -> set[str]:
    lines = set()
    # A pattern that names the file looks at it, and fails where its process has ended meanwhile.
    for process in Path("/proc").glob("[0-9]*"):
        try:
            lines.add((process / "cmdline").read_text(errors="replace").replace("\0", " "))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return lines

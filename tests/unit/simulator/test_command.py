# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does the command start with one line, serve on loopback alone, and stop when told?"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path

import pytest
import requests

import simulator
from simulator import Settings

PACKAGE = Path(simulator.__file__).parent


@contextmanager
def command(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE.parent)}
    with subprocess.Popen(
        [sys.executable, "-m", "simulator", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        if process.poll() is None:
            process.kill()


def announced_url(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    line = process.stdout.readline()
    assert line.startswith("GPU API simulator ready at http://127.0.0.1:")
    return line.split()[-1]


def test_one_line_says_where_it_serves_and_the_file_says_it_too(tmp_path: Path) -> None:
    url_file = tmp_path / "url"
    with command("--url-file", str(url_file), "--api-key", "other", "--settings", '{"page_size": 7}') as process:
        url = announced_url(process)
        assert url_file.read_text(encoding="utf-8") == url
        assert requests.get(f"{url}/simulator/settings", timeout=60).json()["page_size"] == 7
        for key, status in (("other", 200), ("simulator-key", 403)):
            headers = {"Authorization": f"Bearer {key}"}
            assert requests.get(f"{url}/gpus/v2/regions", headers=headers, timeout=60).status_code == status
        process.terminate()
    assert list(tmp_path.iterdir()) == [url_file]


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_cleanly_even_while_a_request_hangs(stop: signal.Signals) -> None:
    with command() as process:
        url = announced_url(process)
        requests.put(f"{url}/simulator/faults", json=[{"kind": "hang"}], timeout=60)
        with pytest.raises(requests.Timeout):
            requests.get(f"{url}/gpus/v2/regions", timeout=0.2)
        process.send_signal(stop)
        assert process.communicate(timeout=5) == ("", "")
    assert process.returncode == 0


def test_a_port_that_is_taken_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, command("--port", str(taken.getsockname()[1])) as process:
        output, errors = process.communicate(timeout=60)
    assert (output, process.returncode) == ("", 1)
    assert "Address already in use" in errors


def test_a_wrong_setting_is_an_error_of_usage_that_names_it() -> None:
    with command("--settings", '{"update": "mix", "lif": "x"}') as process:
        _output, errors = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "--settings: update: Input should be 'merge' or 'replace'; lif: Unexpected" in errors


def test_the_readme_explains_every_setting() -> None:
    table = (PACKAGE / "README.md").read_text(encoding="utf-8")
    assert [field.name for field in fields(Settings) if f"| `{field.name}` |" not in table] == []

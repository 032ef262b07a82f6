# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What does `make live` print, and does it delete its endpoint after Ctrl-C too?"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import live

from simulator import Settings, Simulator

PATHS = [str(Path(live.__file__).parents[1]), *sys.path]


def started(simulator: Simulator) -> subprocess.Popen[str]:
    account = {"PPIO_API_URL": simulator.url, "PPIO_API_KEY": simulator.api_key, "PYTHONPATH": os.pathsep.join(PATHS)}
    # What a shell runs in the background ignores Ctrl-C, and so does all that it starts.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(
        [sys.executable, "-m", "live"], env=os.environ | account, stdout=subprocess.PIPE, text=True
    )
    signal.signal(signal.SIGINT, before)
    return process


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline()


def test_the_name_is_printed_first_and_then_a_table(simulator: Simulator) -> None:
    with started(simulator) as process:
        name = first_line(process).split()[-1].rstrip(".")
        table = process.communicate(timeout=300)[0]
    assert re.fullmatch(r"ppio-gpu-live-[0-9a-f]{8}", name)
    assert simulator.writes[0].body["name"] == name
    assert re.search(r"^What a PUT does with a field that it does not name \[update\] \.+ merge$", table, re.MULTILINE)
    assert re.search(r"^Answer to a second delete \.+ 400 SERVERLESS_ENDPOINT_NOT_FOUND$", table, re.MULTILINE)
    assert process.returncode == 0


def test_a_failure_is_one_line(simulator: Simulator) -> None:
    simulator.settings = Settings(balance="debt")
    with started(simulator) as process:
        printed = process.communicate(timeout=300)[0]
    assert re.search(r"\nFailed: create: .*BALANCE_NOT_ENOUGH.*\n$", printed)
    assert process.returncode == 1


def test_ctrl_c_deletes_the_endpoint(simulator: Simulator) -> None:
    simulator.settings = Settings(latency=0.2)
    with started(simulator) as process:
        name = first_line(process).split()[-1].rstrip(".")
        assert process.stdout
        for line in process.stdout:
            if "new endpoint" in line:
                break
        created = len(simulator.endpoints)
        process.send_signal(signal.SIGINT)
        printed = process.communicate(timeout=300)[0]
    assert (created, len(simulator.endpoints)) == (1, 0)
    assert printed.endswith(f"\nStopped. If there is an endpoint {name} in the console, delete it.\n")
    assert process.returncode == 130

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command: `python -m simulator`. Prints one line with the URL and serves until SIGINT or SIGTERM."""

from __future__ import annotations

import argparse
import signal
from pathlib import Path

from pydantic import ValidationError

from .clock import SystemClock
from .settings import SETTINGS, Settings
from .simulator import API_KEY, Simulator

STOP = {signal.SIGINT, signal.SIGTERM}


def settings_of(text: str) -> Settings:
    try:
        return SETTINGS.validate_json(text)
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
        raise argparse.ArgumentTypeError("; ".join(wrong)) from error


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="simulator", description="A GPU API on loopback, in memory.")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0, the default, takes a free one")
    parser.add_argument("--api-key", default=API_KEY, help="the only key that is accepted (default: %(default)s)")
    parser.add_argument("--url-file", type=Path, help="file that gets the URL when the server is ready")
    parser.add_argument("--settings", type=settings_of, default=Settings(), help='as JSON: {"life": "slow"}')
    return parser.parse_args()


def write_at_once(path: Path, text: str) -> None:
    """Write a file so that no reader ever sees half of it."""
    draft = path.with_name(f"{path.name}.draft")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def main() -> None:
    options = arguments()
    # Blocked before the server's thread starts, so that the signals wait for the call below.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP)
    with Simulator(options.settings, api_key=options.api_key, clock=SystemClock(), port=options.port) as simulator:
        if options.url_file:
            write_at_once(options.url_file, simulator.url)
        print(f"GPU API simulator ready at {simulator.url}", flush=True)
        signal.sigwait(STOP)


if __name__ == "__main__":
    main()

# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which benchmark does a developer start? `python -m benchmark --output docs/benchmark.md`; `make bench` does."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmark.document import document
from benchmark.measures import Bench
from benchmark.plays import Stage
from benchmark.stub import running_stub


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmark", description="Measure the collection. Leave the machine alone.")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each measurement, whose median counts")
    parser.add_argument("--output", type=Path, required=True, help="the page to write")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory, running_stub() as stub:
        bench = Bench(Stage(Path(directory), stub.url), stub, options.repeats)
        empty = bench.empty()
        page = document(options.repeats, empty, bench.singles(empty), bench.wholes(empty), bench.growth())
    options.output.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()

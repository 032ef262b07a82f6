# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which benchmark does a developer start? `python -m benchmark --output docs/benchmark.md`; `make bench` does."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmark.document import document
from benchmark.measures import measured
from benchmark.plays import Stage
from benchmark.plots import plots
from benchmark.runner import Runner
from benchmark.stub import running_stub


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmark", description="Measure the collection. Leave the machine alone.")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each measurement, whose median counts")
    parser.add_argument("--output", type=Path, required=True, help="the page to write, with images beside it")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory, running_stub() as stub:
        found = measured(Runner(Stage(Path(directory), stub.url), stub, options.repeats))
    options.output.write_text(document(found), encoding="utf-8")
    images = options.output.parent / "images"
    images.mkdir(exist_ok=True)
    for name, drawn in plots(found).items():
        (images / name).write_text(drawn, encoding="utf-8")


if __name__ == "__main__":
    main()

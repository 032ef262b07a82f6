# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which plots are drawn of a run?"""

from __future__ import annotations

from benchmark.measures import Measured
from benchmark.plot import Plot, bars, lines


def plots(measured: Measured) -> dict[str, str]:
    """The plots as SVG, by the names of their files."""
    slow = [one for one in measured.wholes if one.latency]
    one = Plot(
        "One endpoint: how long a task, or an item of its loop, takes",
        "ms",
        "milliseconds, logarithmic scale",
        {
            "ansible.builtin.uri": {_short(one.what): one.uri.seconds * 1000 for one in measured.singles},
            "module, on a managed host": {
                _short(one.what): one.by_place["module"].seconds * 1000 for one in measured.singles
            },
            "action plugin, on the controller": {
                _short(one.what): one.by_place["action"].seconds * 1000 for one in measured.singles
            },
        },
    )
    fleet = Plot(
        "A fleet of 1,000 endpoints, at a latency of 50 ms: how long the whole command takes",
        "s",
        "seconds, logarithmic scale",
        {
            "loop over ansible.builtin.uri": {one.what: one.uri_loop.seconds for one in slow},
            "endpoint_fleet": {one.what: one.fleet.seconds for one in slow},
            "Python script without checks and retries": {one.what: one.script.seconds for one in slow},
        },
    )
    growth = Plot(
        "An unchanged fleet: how long the whole command takes (both scales are logarithmic)",
        "s",
        "endpoints in the fleet",
        {
            "endpoint_fleet, endpoints with all options, from a YAML file": {
                str(one.size): one.cost.seconds for one in measured.full_growth
            },
            "Python script, the same endpoints and the same file": {
                str(one.size): one.script.seconds for one in measured.full_growth if one.script
            },
            "endpoint_fleet, endpoints with the usual options, from a JSON file": {
                str(one.size): one.cost.seconds for one in measured.small_growth
            },
        },
    )
    return {"benchmark-one.svg": bars(one), "benchmark-fleet.svg": bars(fleet), "benchmark-growth.svg": lines(growth)}


def _short(what: str) -> str:
    return what.replace("`", "").replace(" that is as wanted", "").replace(" of one ID", "")

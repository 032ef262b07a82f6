# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does the page say what was measured, and which targets are met?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest

from benchmark.document import Target, document, targets
from benchmark.measures import Calls, Creation, Further, Growth, Measured, Single, Whole
from benchmark.plays import Cost
from benchmark.plot import COLOURS, TEXT, Plot, bars, lines
from benchmark.plots import plots


def cost(seconds: float, megabytes: float = 60) -> Cost:
    return Cost(seconds, seconds, megabytes)


#: A run in which everything is as it should be.
GOOD = Measured(
    repeats=3,
    empty=cost(1),
    none=cost(1.15),
    refused=cost(0.4),
    singles=[
        Single("one", {"module": cost(0.5), "action": cost(0.04)}, cost(0.5), manages=True),
        Single("info", {"module": cost(0.6), "action": cost(0.08)}, cost(0.5), manages=False),
    ],
    further=[Further("a task", cost(0.020), cost(0.017), cost(0.019))],
    wholes=[
        Whole("all new", 0.05, cost(3), cost(900), cost(2)),
        Whole("unchanged", 0.0, cost(1.5), cost(500), cost(0.4)),
    ],
    small_growth=[Growth(100, 1, cost(1.1)), Growth(10_000, 100, cost(3, 150))],
    full_growth=[
        Growth(1000, 10, cost(1.2), cost(0.9), cost(0.1)),
        Growth(10_000, 100, cost(3.5, 200), cost(1), cost(1)),
        Growth(100_000, 1000, cost(35, 1600)),
    ],
    creation=Creation(cost(3.1), cost(3), cost(2)),
    calls=[Calls("an update by id", ("GET", "PUT", "GET"), ("GET", "PUT", "GET"))],
)
#: What is worse in a run, and the one target that it then misses.
WORSE: dict[str, dict[str, Any]] = {
    "over an action plugin that does nothing": {"further": [Further("a task", cost(0.0215), cost(0.017), cost(0.019))]},
    "as a module": {"singles": [Single("one", {"module": cost(0.51), "action": cost(0.04)}, cost(0.5), manages=True)]},
    "action plugin, next": {
        "singles": [Single("one", {"module": cost(0.5), "action": cost(0.06)}, cost(0.5), manages=True)]
    },
    "at 50 ms, 16": {"wholes": [Whole("all new", 0.05, cost(3.7), cost(900), cost(2)), GOOD.wholes[1]]},
    "memory of a process": {"small_growth": [Growth(100, 1, cost(1.1)), Growth(10_000, 100, cost(3, 201))]},
    "1,000 full and unchanged, on top": {
        "full_growth": [Growth(1000, 10, cost(1.251), cost(0.9)), *GOOD.full_growth[1:]],
        "wholes": [GOOD.wholes[0], Whole("unchanged", 0.0, cost(1.5), cost(501), cost(0.4))],
    },
    "times faster": {"wholes": [GOOD.wholes[0], Whole("unchanged", 0.0, cost(1.5), cost(470), cost(0.4))]},
    "10,000 full and unchanged, next": {
        "full_growth": [
            GOOD.full_growth[0],
            Growth(10_000, 100, cost(3.5, 200), cost(0.8), cost(1)),
            GOOD.full_growth[2],
        ]
    },
    "each of 100,000": {"full_growth": [*GOOD.full_growth[:2], Growth(100_000, 1000, cost(39, 1600))]},
    "memory for 100,000": {"full_growth": [*GOOD.full_growth[:2], Growth(100_000, 1000, cost(35, 1601))]},
    "calls for 100,000": {"full_growth": [*GOOD.full_growth[:2], Growth(100_000, 1001, cost(35, 1600))]},
    "64 at once": {"creation": Creation(cost(3.3), cost(3), cost(2))},
    "calls of an update": {"calls": [Calls("an update", ("GET", "PUT", "GET"), ("list", "PUT", "GET"))]},
}


def test_a_good_run_meets_every_target() -> None:
    assert [target.what for target in targets(GOOD) if not target.is_met] == []


@pytest.mark.parametrize(("what", "changes"), WORSE.items(), ids=WORSE)
def test_what_is_worse_misses_its_target(what: str, changes: dict[str, Any]) -> None:
    missed = [target.what for target in targets(replace(GOOD, **changes)) if not target.is_met]
    assert len(missed) == 1
    assert what in missed[0]


def test_a_target_is_met_only_by_the_clock_and_the_cpu() -> None:
    assert Target("", 1, 1, 1).is_met
    assert not Target("", 2, 1, 1).is_met
    assert not Target("", 1, 2, 1).is_met
    assert not Target("", 500, 399, 400, at_least=True).is_met


def test_the_page_has_a_row_for_each_target_and_each_measurement() -> None:
    page = document(GOOD)
    assert page.count("| met |") == len(targets(GOOD))
    assert "| `endpoint`, a task after the first, over an action plugin that does nothing | 3.00 ms | 3.00 ms |" in page
    assert "| one | 500 ms | 500 ms | 1.000 | 40 ms | 0.080 |" in page
    assert "| all new | 50 ms | 3.00 s (3.00 s CPU) | 900 s | 300 | 2.00 s (2.00 s CPU) | 1.00 |" in page
    assert "| 100,000 | full, in YAML | 1000 | 35.00 s (35.00 s CPU) | 1600 MB |  |" in page
    text = " ".join(page.split())
    assert "takes 0.10 for 1,000 and 1.00 for 10,000." in text
    assert "takes 2.0 ms (a task) more than one that does nothing" in text
    assert "A fleet without endpoints takes 0.15 of an empty playbook more" in text
    assert "at wrong options, before its first call, takes 0.40 s (0.40 s CPU)" in text
    assert (
        "takes 1.05 times (1.05 times by CPU) as long as the script, and 1.00 times (1.00 times by CPU) where" in text
    )


def test_each_plot_of_the_page_is_drawn_and_shows_the_numbers_of_the_run() -> None:
    drawn, page = plots(GOOD), document(GOOD)
    assert all(f"(images/{name})" in page for name in drawn)
    assert page.count("![") == len(drawn)
    for text in drawn.values():
        ElementTree.fromstring(text)
    assert ">900 s<" in drawn["benchmark-fleet.svg"]
    assert ">40 ms<" in drawn["benchmark-one.svg"]
    assert drawn["benchmark-growth.svg"].count("<circle") == 3 + 2 + 2


def test_a_bar_is_longer_by_the_same_for_each_ten_times() -> None:
    root = ElementTree.fromstring(bars(Plot("t", "s", "seconds", {"a": {"x": 1, "y": 10, "z": 100}})))
    widths = [float(box.get("width", "")) for box in root.findall("{*}rect")][1:]
    assert widths[2] - widths[1] == pytest.approx(widths[1] - widths[0], abs=1.1)


@pytest.mark.parametrize("drawn", [bars, lines])
def test_a_logarithmic_axis_has_a_line_and_a_number_for_each_power_of_ten(drawn: Callable[[Plot], str]) -> None:
    root = ElementTree.fromstring(drawn(Plot("t", "s", "of what", {"a": {"100": 2, "1000": 30, "10000": 400}})))
    texts = [text.text for text in root.findall("{*}text")]
    assert {"1 s", "10 s", "100 s", "1,000 s", "of what"} <= set(texts)
    assert len(root.findall("{*}path")) >= 4


def test_the_longest_label_has_room() -> None:
    label = "endpoint_info (1 call), an item of a loop"
    root = ElementTree.fromstring(bars(Plot("t", "s", "seconds", {"a": {label: 1}})))
    (end,) = (float(text.get("x", "")) for text in root.findall("{*}text") if text.text == label)
    assert end > 7.8 * len(label)


def test_what_grows_with_the_fleet_is_a_straight_line() -> None:
    root = ElementTree.fromstring(lines(Plot("t", "s", "endpoints", {"a": {"100": 1, "1000": 10, "10000": 100}})))
    points = [(float(dot.get("cx", "")), float(dot.get("cy", ""))) for dot in root.findall("{*}circle")]
    assert points[1][0] - points[0][0] == pytest.approx(points[2][0] - points[1][0], abs=0.2)
    assert points[1][1] - points[0][1] == pytest.approx(points[2][1] - points[1][1], abs=0.2)
    assert points[2][1] < points[0][1]


@pytest.mark.parametrize("page", ["#ffffff", "#0d1117"], ids=["light", "dark"])
@pytest.mark.parametrize("colour", [TEXT, *COLOURS])
def test_a_plot_is_readable_on_light_and_dark_pages(colour: str, page: str) -> None:
    light, dark = sorted((_luminance(colour), _luminance(page)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= (4 if colour == TEXT else 3)


def _luminance(colour: str) -> float:
    """As the guidelines for accessible pages say (WCAG 2)."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

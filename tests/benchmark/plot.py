# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How is a plot drawn? As an SVG that is readable on a light page and on a dark one.

No font of another server, no script, and the same text for the same numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

#: These are seen on white and on black.
TEXT = "#787f89"
COLOURS = ("#2f81f7", "#d2691e", "#2e9e5b")
_WIDTH, _LEFT, _RIGHT, _ROW, _BAR, _GROUP = 760, 250, 90, 18, 13, 14
_TOP, _PLOT, _BOTTOM = 54, 260, 34


@dataclass(frozen=True)
class Plot:
    """A title, the unit of the values, and for each series its name and values by label; both axes are logarithmic."""

    title: str
    unit: str
    series: Mapping[str, Mapping[str, float]]


def bars(plot: Plot) -> str:
    """Horizontal bars, in groups by label; the length is the logarithm of the value."""
    labels = list(dict.fromkeys(label for values in plot.series.values() for label in values))
    first, decades = _decades([value for values in plot.series.values() for value in values.values()])
    parts: list[str] = []
    y = float(_TOP)
    for label in labels:
        shown = [(number, values[label]) for number, values in enumerate(plot.series.values()) if label in values]
        parts.append(_text(_LEFT - 10, y + len(shown) * _ROW / 2 + 4, label, "end"))
        for number, value in shown:
            width = max(1.0, (log10(value) - first) / decades * (_WIDTH - _LEFT - _RIGHT))
            parts.append(_box(_LEFT, y, width, COLOURS[number]))
            parts.append(_text(_LEFT + width + 6, y + 11, f"{_number(value)} {plot.unit}", "start"))
            y += _ROW
        y += _GROUP
    return _svg(plot, parts, y)


def lines(plot: Plot) -> str:
    """Lines over labels that are numbers, both in decades."""
    xs = sorted({float(label) for values in plot.series.values() for label in values})
    first_x, decades_x = _decades(xs)
    first, decades = _decades([value for values in plot.series.values() for value in values.values()])
    width = _WIDTH - _LEFT - _RIGHT

    def point(x: float, value: float) -> tuple[float, float]:
        return (
            _LEFT + (log10(x) - first_x) / decades_x * width,
            _TOP + _PLOT - (log10(value) - first) / decades * _PLOT,
        )

    parts = []
    for number in range(decades + 1):
        y = _TOP + _PLOT - number / decades * _PLOT
        parts.append(f'<path d="M{_LEFT} {y:.1f}H{_LEFT + width}" stroke="{TEXT}" opacity="0.3"/>')
        parts.append(_text(_LEFT - 10, y + 4, f"{_number(10.0 ** (first + number))} {plot.unit}", "end"))
    parts += [_text(point(x, 10.0**first)[0], _TOP + _PLOT + 20, f"{x:,.0f}", "middle") for x in xs]
    for number, values in enumerate(plot.series.values()):
        points = [point(float(label), value) for label, value in values.items()]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{COLOURS[number]}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{COLOURS[number]}"/>' for x, y in points]
    return _svg(plot, parts, _TOP + _PLOT + _BOTTOM)


def _svg(plot: Plot, parts: Sequence[str], height: float) -> str:
    legend: list[str] = []
    x = _LEFT
    for number, name in enumerate(plot.series):
        legend.append(_box(x, 30, _BAR, COLOURS[number]))
        legend.append(_text(x + 19, 41, name, "start"))
        x += 40 + 7 * len(name)
    box = f'viewBox="0 0 {_WIDTH} {ceil(height)}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {box} role="img" font-family="sans-serif" font-size="13">',
            f"<title>{escape(plot.title)}</title>",
            f'<text x="10" y="18" fill="{TEXT}" font-weight="bold">{escape(plot.title)}</text>',
            *legend,
            *parts,
            "</svg>\n",
        ]
    )


def _box(x: float, y: float, width: float, colour: str) -> str:
    return f'<rect x="{x}" y="{y:.1f}" width="{width:.1f}" height="{_BAR}" fill="{colour}"/>'


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{TEXT}">{escape(text)}</text>'


def _decades(values: Sequence[float]) -> tuple[int, int]:
    """The power of ten at which an axis for these values begins, and how many follow it."""
    first = floor(log10(min(values)))
    return first, max(1, ceil(log10(max(values))) - first)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"

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
_WIDTH, _RIGHT, _ROW, _BAR, _GROUP = 760, 90, 18, 13, 14
_PLOT = 260
#: What a character takes at most on average, in DejaVu Sans, which is wider than most fonts.
_CHARACTER = 8


@dataclass(frozen=True)
class Plot:
    """A title, the unit of the values, what the horizontal axis shows, and the series.

    A series has a name, and values by label. Every axis of numbers is logarithmic, with a line for each power of
    ten.
    """

    title: str
    unit: str
    axis: str
    series: Mapping[str, Mapping[str, float]]

    @property
    def values(self) -> list[float]:
        return [value for values in self.series.values() for value in values.values()]

    @property
    def labels(self) -> list[str]:
        """In the order in which they first appear."""
        return list(dict.fromkeys(label for values in self.series.values() for label in values))


def bars(plot: Plot) -> str:
    """Horizontal bars, in groups by label; the length is the logarithm of the value."""
    first, decades = _decades(plot.values)
    left, top = _margin(plot.labels), _below_legend(plot)
    scale = (_WIDTH - left - _RIGHT) / decades
    parts: list[str] = []
    y = float(top)
    for label in plot.labels:
        shown = [(number, values[label]) for number, values in enumerate(plot.series.values()) if label in values]
        parts.append(_text(left - 10, y + len(shown) * _ROW / 2 + 4, label, "end"))
        for number, value in shown:
            width = max(1.0, (log10(value) - first) * scale)
            parts.append(_box(left, y, width, COLOURS[number]))
            parts.append(_text(left + width + 6, y + 11, _with_unit(value, plot), "start"))
            y += _ROW
        y += _GROUP
    grid: list[str] = []
    for number in range(decades + 1):
        x = left + number * scale
        grid.append(_line(f"M{x:.1f} {top - 6}V{y:.1f}"))
        grid.append(_text(x, y + 16, _with_unit(10.0 ** (first + number), plot), "middle"))
    return _svg(plot, left, [*grid, *parts], y + 16)


def lines(plot: Plot) -> str:
    """Lines over labels that are numbers."""
    xs = sorted(map(float, plot.labels))
    first_x, decades_x = _decades(xs)
    first, decades = _decades(plot.values)
    marks = [_with_unit(10.0 ** (first + number), plot) for number in range(decades + 1)]
    left, top = _margin(marks), _below_legend(plot)
    width = _WIDTH - left - _RIGHT

    def point(x: float, value: float) -> tuple[float, float]:
        return (
            left + (log10(x) - first_x) / decades_x * width,
            top + _PLOT - (log10(value) - first) / decades * _PLOT,
        )

    parts = []
    for number, mark in enumerate(marks):
        y = top + _PLOT - number / decades * _PLOT
        parts += [_line(f"M{left} {y:.1f}H{left + width}"), _text(left - 10, y + 4, mark, "end")]
    for x in xs:
        at = point(x, 10.0**first)[0]
        parts += [_line(f"M{at:.1f} {top}V{top + _PLOT}"), _text(at, top + _PLOT + 20, f"{x:,.0f}", "middle")]
    for number, values in enumerate(plot.series.values()):
        points = [point(float(label), value) for label, value in values.items()]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{COLOURS[number]}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{COLOURS[number]}"/>' for x, y in points]
    return _svg(plot, left, parts, top + _PLOT + 20)


def _svg(plot: Plot, left: int, parts: Sequence[str], height: float) -> str:
    """The picture: the title, a line of the legend for each series, the plot, and at `height` what its axis shows."""
    legend: list[str] = []
    for number, name in enumerate(plot.series):
        legend.append(_box(left, 30 + number * _ROW, _BAR, COLOURS[number]))
        legend.append(_text(left + 19, 41 + number * _ROW, name, "start"))
    box = f'viewBox="0 0 {_WIDTH} {ceil(height) + 34}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {box} role="img" font-family="sans-serif" font-size="13">',
            f"<title>{escape(plot.title)}</title>",
            f'<text x="10" y="18" fill="{TEXT}" font-weight="bold">{escape(plot.title)}</text>',
            *legend,
            *parts,
            _text((left + _WIDTH - _RIGHT) / 2, height + 22, plot.axis, "middle"),
            "</svg>\n",
        ]
    )


def _margin(labels: Sequence[str]) -> int:
    """How much room the longest of the labels at the left needs."""
    return 20 + _CHARACTER * max(map(len, labels))


def _below_legend(plot: Plot) -> int:
    return 50 + _ROW * len(plot.series)


def _line(path: str) -> str:
    return f'<path d="{path}" stroke="{TEXT}" opacity="0.3"/>'


def _with_unit(value: float, plot: Plot) -> str:
    return f"{_number(value)} {plot.unit}"


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

"""Charts drawn as plain SVG, for pages that must open and print anywhere: lines with bands, and whiskers.

They need no script and no font of ours. Strategies have the colours, dashes and markers of `charts`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from visualisation.charts import Estimate, look
from visualisation.shapes import INK, PAPER, QUIET, number
from visualisation.text import FONT_FAMILY, markup, width

WIDE, HIGH = 280.0, 190.0  # of a chart, in units that are px on a wide screen
TOP, BOTTOM, LEAST_LEFT, RIGHT = 20.0, 36.0, 26.0, 14.0
TICK_SIZE = 11.0
BAND_OPACITY = 0.15
GRID = "#E6EAEE"
DASHES = {"solid": "", "dashed": "7 4", "dotted": "1.5 4"}
ROW_WIDE, ROW_HIGH = 190.0, 26.0
Numbers = Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Line:
    """One strategy's course.

    Attributes
    ----------
    xs, mean
        The points; those without a mean are left out.
    low, high
        Edges of the band around it, empty without one.
    ending
        What stands behind its last point.
    """

    strategy: str
    xs: Sequence[float]
    mean: Numbers
    low: Numbers = ()
    high: Numbers = ()
    ending: str = ""


@dataclass(frozen=True)
class Scale:
    """Where a value stands.

    Attributes
    ----------
    low, high
        Values at the two ends.
    start, end
        Their places.
    """

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the place of a value."""
        span = self.high - self.low or 1.0
        return self.start + (value - self.low) / span * (self.end - self.start)


def ticks(low: float, high: float, wanted: int = 4) -> list[float]:
    """Return round values that hold `low` and `high` between their ends."""
    span = high - low or abs(high) or 1.0
    rough = span / wanted
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1.0, 2.0, 2.5, 5.0, 10.0) if factor * power >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(index * step, 12) for index in range(first, max(last, first + 1) + 1)]


def line_chart(
    lines: Sequence[Line],
    *,
    label: str,
    across: Sequence[tuple[float, str]],
    across_name: str,
    text: Callable[[float], str],
    top: float | None = None,
    marked: bool = False,
    events: Iterable[tuple[float, str]] = (),
) -> str:
    """Return lines with their bands as SVG.

    Parameters
    ----------
    label
        What a screen reader says.
    across
        Places of the labels on the horizontal axis, and their texts; the first and last are its ends.
    text
        Writes a value on the vertical axis.
    top
        Highest value that makes sense, such as 1 for a share.
    marked
        Whether each point is marked.
    events
        Places of vertical lines, and what stands above them.
    """
    values = [value for line in lines for row in (line.mean, line.low, line.high) for value in row]
    known = [value for value in values if value is not None]
    up = ticks(min([0.0, *known]), max([0.0, *known]))
    if top is not None:
        up = [tick for tick in up if tick <= top + 1e-9] or [0.0, top]
        up = up if up[-1] >= max([0.0, *known]) - 1e-9 else [*up, top]
    left = max(LEAST_LEFT, max(width(text(tick), TICK_SIZE) for tick in up) + 8.0)
    right = max([RIGHT, *(width(line.ending, TICK_SIZE, "semibold") + 10.0 for line in lines)])
    x = Scale(across[0][0], across[-1][0], left, WIDE - right)
    y = Scale(up[0], up[-1], HIGH - BOTTOM, TOP)
    drawn = [_grid(up, y, left, WIDE - right, text), _foot(across, x, across_name)]
    drawn += [_event(x(place), what) for place, what in events]
    drawn += [_band(line, x, y) for line in lines if line.low]
    # The first strategy is the one in question: it lies on top.
    drawn += [_course(line, x, y, marked=marked) for line in reversed(lines)]
    drawn.append(_endings(lines, x, y))
    return _svg(WIDE, HIGH, label, "".join(drawn))


def whisker(
    strategy: str, found: Estimate, worst: float | None, lowest: float, highest: float, label: str
) -> str:
    """Return one row of an interval plot: a dot, its interval, and a ring at the worst cases' mean."""
    x = Scale(lowest, highest, 8.0, ROW_WIDE - 8.0)
    colour, middle = look(strategy)[0], ROW_HIGH / 2
    drawn = [f'<path d="M8 {number(middle)}H{number(ROW_WIDE - 8)}" stroke="{GRID}" fill="none"/>']
    if lowest < 0.0 < highest:
        drawn.append(f'<path d="M{number(x(0))} 3V{number(ROW_HIGH - 3)}" stroke="{QUIET}" fill="none"/>')
    if worst is not None and found.mean is not None:
        drawn.append(
            f'<path d="M{number(x(worst))} {number(middle)}H{number(x(found.mean))}" stroke="{colour}" '
            'stroke-width="1" stroke-dasharray="2 3" fill="none"/>'
            f'<circle cx="{number(x(worst))}" cy="{number(middle)}" r="3.5" fill="{PAPER}" '
            f'stroke="{colour}" stroke-width="1.5"/>'
        )
    if found.ci_low is not None and found.ci_high is not None:
        ends = [x(found.ci_low), x(found.ci_high)]
        caps = "".join(f"M{number(end)} {number(middle - 6)}v12" for end in ends)
        drawn.append(
            f'<path d="M{number(ends[0])} {number(middle)}H{number(ends[1])}{caps}" stroke="{colour}" '
            'stroke-width="2" fill="none"/>'
        )
    if found.mean is not None:
        drawn.append(f'<circle cx="{number(x(found.mean))}" cy="{number(middle)}" r="4" fill="{colour}"/>')
    return _svg(ROW_WIDE, ROW_HIGH, label, "".join(drawn))


def key(strategy: str, *, marked: bool = False) -> str:
    """Return the sample of a strategy's line for a legend."""
    line = f'<path d="M1 7H33" {_stroke(strategy)}/>'
    mark = _marker(strategy, 17.0, 7.0) if marked else ""
    return (
        f'<svg class="key" width="34" height="14" viewBox="0 0 34 14" aria-hidden="true">{line}{mark}</svg>'
    )


def _svg(wide: float, high: float, label: str, inside: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {number(wide)} {number(high)}" role="img" '
        f'aria-label="{markup(label)}" font-family="{FONT_FAMILY}" font-size="{TICK_SIZE}" fill="{QUIET}">'
        f"{inside}</svg>"
    )


def _grid(up: Sequence[float], y: Scale, left: float, right: float, text: Callable[[float], str]) -> str:
    drawn = []
    for tick in up:
        colour = QUIET if tick == 0.0 else GRID
        drawn.append(
            f'<path d="M{number(left)} {number(y(tick))}H{number(right)}" stroke="{colour}" fill="none"/>'
            f'<text x="{number(left - 5)}" y="{number(y(tick) + 4)}" text-anchor="end">'
            f"{markup(text(tick))}</text>"
        )
    return "".join(drawn)


def _foot(across: Sequence[tuple[float, str]], x: Scale, name: str) -> str:
    base = HIGH - BOTTOM
    drawn = []
    for place, text in across:
        half = width(text, TICK_SIZE) / 2
        middle = min(max(x(place), half), WIDE - half)
        drawn.append(
            f'<path d="M{number(x(place))} {number(base)}v4" stroke="{QUIET}" fill="none"/>'
            f'<text x="{number(middle)}" y="{number(base + 15)}" text-anchor="middle">{markup(text)}</text>'
        )
    middle = (x.start + x.end) / 2
    drawn.append(
        f'<text x="{number(middle)}" y="{number(HIGH - 5)}" text-anchor="middle">{markup(name)}</text>'
    )
    return "".join(drawn)


def _event(at: float, what: str) -> str:
    return (
        f'<path d="M{number(at)} {number(TOP)}V{number(HIGH - BOTTOM)}" stroke="{INK}" '
        f'stroke-dasharray="3 3" fill="none"/><text x="{number(at)}" y="{number(TOP - 7)}" '
        f'text-anchor="middle" font-weight="600" fill="{INK}">{markup(what)}</text>'
    )


def _band(line: Line, x: Scale, y: Scale) -> str:
    edges = [
        (at, low, high)
        for at, low, high in zip(line.xs, line.low, line.high, strict=True)
        if low is not None and high is not None
    ]
    if len(edges) < 2:
        return ""
    upper = [f"{number(x(at))} {number(y(high))}" for at, _, high in edges]
    lower = [f"{number(x(at))} {number(y(low))}" for at, low, _ in reversed(edges)]
    return (
        f'<path d="M{"L".join(upper + lower)}Z" fill="{look(line.strategy)[0]}" '
        f'fill-opacity="{BAND_OPACITY}"/>'
    )


def _course(line: Line, x: Scale, y: Scale, *, marked: bool) -> str:
    points = [(x(at), y(value)) for at, value in zip(line.xs, line.mean, strict=True) if value is not None]
    if not points:
        return ""
    path = "L".join(f"{number(px)} {number(py)}" for px, py in points)
    marks = "".join(_marker(line.strategy, px, py) for px, py in points) if marked else ""
    return f'<path d="M{path}" {_stroke(line.strategy)}/>{marks}'


def _stroke(strategy: str) -> str:
    colour, dash, _ = look(strategy)
    dashes = f' stroke-dasharray="{DASHES[dash]}"' if DASHES[dash] else ""
    return f'stroke="{colour}" stroke-width="2.4" fill="none" stroke-linecap="round"{dashes}'


def _marker(strategy: str, x: float, y: float) -> str:
    colour, _, marker = look(strategy)
    fill = PAPER if marker.startswith("empty") else colour
    common = f'fill="{fill}" stroke="{colour}" stroke-width="1.5"'
    corners = {
        "rect": ((-4, -4), (4, -4), (4, 4), (-4, 4)),
        "roundRect": ((-4.5, -3), (4.5, -3), (4.5, 3), (-4.5, 3)),
        "triangle": ((0, -5), (4.5, 3.5), (-4.5, 3.5)),
        "emptyTriangle": ((0, -5), (4.5, 3.5), (-4.5, 3.5)),
        "arrow": ((0, -5), (4, 4), (0, 1.5), (-4, 4)),
        "diamond": ((0, -5.5), (5, 0), (0, 5.5), (-5, 0)),
        "pin": ((-4.5, -3.5), (4.5, -3.5), (0, 5)),
    }.get(marker)
    if corners is None:
        return f'<circle cx="{number(x)}" cy="{number(y)}" r="4" {common}/>'
    points = " ".join(f"{number(x + dx)},{number(y + dy)}" for dx, dy in corners)
    return f'<polygon points="{points}" {common}/>'


def _endings(lines: Sequence[Line], x: Scale, y: Scale) -> str:
    """Return what stands behind the lines, moved apart where two would overlap."""
    wanted = sorted(
        (y(line.mean[-1]), line.ending, look(line.strategy)[0])
        for line in lines
        if line.ending and line.mean and line.mean[-1] is not None
    )
    apart = TICK_SIZE + 1.5
    places: list[float] = []
    for place, *_ in wanted:
        places.append(place if not places else max(place, places[-1] + apart))
    limit = HIGH - BOTTOM
    for index in reversed(range(len(places))):
        places[index] = min(places[index], limit)
        limit = places[index] - apart
    return "".join(
        f'<text x="{number(x.end + 6)}" y="{number(place + 4)}" font-weight="600" fill="{colour}">'
        f"{markup(ending)}</text>"
        for place, (_, ending, colour) in zip(places, wanted, strict=True)
    )

"""Charts of a simulation as ECharts options: plain data that a page hands to the library.

Every text of an option is drawn as text, never read as markup: tooltips are drawn too instead of being
HTML, and no option holds a function. Strategies differ in line and marker, not in colour alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from visualisation.shapes import INK, PAPER, QUIET, RULE
from visualisation.text import FONT_FAMILY

Option = dict[str, Any]

# Colour (4.5 : 1 on white), line and marker of a strategy.
LOOKS: Mapping[str, tuple[str, str, str]] = {
    "do_nothing": ("#5F6772", "dotted", "emptyCircle"),
    "single_threaded": ("#9B2C2C", "dashed", "rect"),
    "buyer_and_boss": ("#B84E00", "dashed", "triangle"),
    "function_matching": ("#0072B2", "solid", "circle"),
    "diamond": ("#1B6446", "solid", "diamond"),
    "plan": ("#7A3E9D", "solid", "roundRect"),
    "distributor_first": ("#7F5400", "solid", "pin"),
    "conflict_averse": ("#33475B", "dashed", "arrow"),
}
OTHER_COLOURS = ("#00696B", "#A3195B", "#4B4FB5", "#556B00")
NARROW = 520  # px under which the names stand below the chart instead of beside the lines
LINE_HEIGHT = 15  # px of a label
MARK_ROWS = 5  # events are told in so many rows, in turn
PLOT_HEIGHT = 200  # px of a plot, roughly: what ends at the same height is told one below the other
AXIS_LABEL: Option = {"color": QUIET, "fontSize": 12}
AXIS: Option = {"axisLine": {"lineStyle": {"color": QUIET}}, "axisLabel": AXIS_LABEL}
BAND_OPACITY = 0.16


class Estimate(Protocol):
    """A mean with its 95 % interval."""

    @property
    def mean(self) -> float | None:
        """The mean; None where it is undefined."""

    @property
    def ci_low(self) -> float | None:
        """Lower end of the interval."""

    @property
    def ci_high(self) -> float | None:
        """Upper end of the interval."""


def strategy_name(name: str) -> str:
    """Return a strategy's name as words."""
    return name.replace("_", " ")


def look(name: str) -> tuple[str, str, str]:
    """Return colour, line and marker of a strategy, always the same for the same name."""
    if name in LOOKS:
        return LOOKS[name]
    return OTHER_COLOURS[sum(name.encode()) % len(OTHER_COLOURS)], "solid", "emptyTriangle"


def over_time(
    strategies: Sequence[Mapping[str, Any]],
    series: str,
    *,
    title: str,
    share: bool,
    banded: Iterable[str],
    events: Iterable[tuple[int, str]] = (),
) -> Option:
    """Return the course of one series, month by month, under every strategy.

    Parameters
    ----------
    strategies
        As in the document of a simulation: each with `name` and `series`.
    series
        Which of their series.
    title
        What the vertical axis is.
    share
        Whether the values are shares, shown in percent.
    banded
        Names of the strategies around whose mean the band from the 5th to the 95th percentile is drawn.
    events
        Month and name of what happens.
    """
    scale, digits = (100.0, 1) if share else (1.0, 0)
    wanted = set(banded)
    drawn: list[Option] = []
    for strategy in strategies:
        name, values = strategy["name"], strategy["series"][series]
        mean, low, high = (
            [None if value is None else round(scale * value, digits) for value in values[key]]
            for key in ("mean", "p5", "p95")
        )
        if name in wanted:
            drawn += _band(name, list(enumerate(low)), list(enumerate(high)))
        drawn.append(_line(name, [[month, value] for month, value in enumerate(mean)], marked=False))
    marks = [
        {"xAxis": month, "name": what, "label": {"offset": [0, LINE_HEIGHT * (number % MARK_ROWS)]}}
        for number, (month, what) in enumerate(events)
    ]
    if marks and drawn:
        drawn[-1]["markLine"] = _mark_lines(marks)
    longest = max((len(strategy["series"][series]["mean"]) for strategy in strategies), default=1) - 1
    horizontal = {"type": "value", "min": 0, "max": longest, "interval": 12, "name": "month"}
    return _chart(drawn, horizontal, title, share=share)


def over_hours(
    levels: Sequence[tuple[float, str]],
    points: Mapping[str, Sequence[Estimate]],
    *,
    title: str,
    share: bool,
) -> Option:
    """Return how each strategy does as the hours grow.

    Parameters
    ----------
    levels
        The hours a month and how they are called, smallest first.
    points
        By strategy, one estimate for each level.
    """
    scale, digits = (100.0, 1) if share else (1.0, 0)

    def values(estimates: Sequence[Estimate], key: str) -> list[float | None]:
        found = [getattr(one, key) for one in estimates]
        return [None if value is None else round(scale * value, digits) for value in found]

    drawn: list[Option] = []
    for name, estimates in points.items():
        low, high = values(estimates, "ci_low"), values(estimates, "ci_high")
        drawn += _band(name, list(enumerate(low)), list(enumerate(high)))
        mean = [[index, value] for index, value in enumerate(values(estimates, "mean"))]
        drawn.append(_line(name, mean, marked=True))
    horizontal = {
        "type": "category",
        "data": [words for _, words in levels],
        "name": "hours a month",
        "boundaryGap": False,
    }
    return _chart(drawn, horizontal, title, share=share)


def _line(name: str, points: list[list[Any]], *, marked: bool) -> Option:
    colour, dash, marker = look(name)
    return {
        "type": "line",
        "name": strategy_name(name),
        "data": points,
        "showSymbol": marked,
        "symbol": marker,
        "symbolSize": 9,
        "color": colour,
        "lineStyle": {"width": 2.5, "type": dash, "color": colour},
        "itemStyle": {"color": colour},
        "endLabel": {"show": True, "formatter": "{a}", "color": colour, "fontSize": 12, "distance": 9},
        "emphasis": {"focus": "series"},
        "z": 3,
    }


def _band(name: str, low: list[tuple[int, Any]], high: list[tuple[int, Any]]) -> list[Option]:
    """Return a band as two stacked lines: nothing up to its lower edge, colour from there to the upper."""
    colour = look(name)[0]
    common = {
        "type": "line",
        "name": strategy_name(name),
        "stack": f"band {name}",
        "stackStrategy": "all",
        "showSymbol": False,
        "silent": True,
        "tooltip": {"show": False},
        "color": colour,
        "lineStyle": {"opacity": 0},
        "emphasis": {"disabled": True},
        "z": 1,
    }
    thick = [
        [at, None if upper is None or lower is None else round(upper - lower, 3)]
        for (at, lower), (_, upper) in zip(low, high, strict=True)
    ]
    return [
        {**common, "data": [list(point) for point in low]},
        {**common, "data": thick, "areaStyle": {"color": colour, "opacity": BAND_OPACITY}},
    ]


def _spread_names(lines: list[Option]) -> None:
    """Move the names at the ends of the lines apart where lines end close together."""
    ends = [(line["data"][-1][1], line) for line in lines if line["data"] and line["data"][-1][1] is not None]
    if not ends:
        return
    values = [value for line in lines for _, value in line["data"] if value is not None]
    span = (max(*values, 0.0) - min(*values, 0.0)) or 1.0
    heights = [(PLOT_HEIGHT * value / span, line) for value, line in ends]
    lowest = None
    for height, line in sorted(heights, key=lambda end: (end[0], end[1]["name"])):
        shown = height if lowest is None else max(height, lowest + LINE_HEIGHT)
        line["endLabel"]["offset"] = [0, round(height - shown)]
        lowest = shown


def _mark_lines(marks: list[Option]) -> Option:
    return {
        "silent": True,
        "symbol": "none",
        "data": marks,
        "lineStyle": {"color": INK, "type": "solid", "width": 1},
        "label": {
            "formatter": "{b}",
            "color": INK,
            "fontSize": 12,
            "position": "insideEnd",
            "rotate": 0,
            "align": "left",
            "padding": [0, 0, 0, 6],
            "width": 220,
            "overflow": "truncate",
        },
    }


def _chart(drawn: list[Option], horizontal: Option, title: str, *, share: bool) -> Option:
    vertical: Option = {
        "type": "value",
        "name": title,
        "nameLocation": "end",
        "nameTextStyle": {"align": "left", "color": QUIET, "fontSize": 12},
        "splitLine": {"lineStyle": {"color": "#E6EAEE"}},
        **AXIS,
    }
    if share:
        vertical["axisLabel"] = {**AXIS_LABEL, "formatter": "{value} %"}
    _spread_names([line for line in drawn if "endLabel" in line])
    names = list(dict.fromkeys(line["name"] for line in drawn))
    return {
        "baseOption": {
            "textStyle": {"fontFamily": FONT_FAMILY, "color": INK},
            "animationDuration": 300,
            "aria": {"enabled": True},
            "grid": {"left": 8, "right": 140, "top": 40, "bottom": 36, "containLabel": True},
            "legend": {
                "show": False,
                "data": [{"name": name, "icon": "roundRect"} for name in names],
                "itemWidth": 18,
                "itemHeight": 4,
                "textStyle": {"color": INK, "fontSize": 13},
            },
            "tooltip": {
                "trigger": "axis",
                "renderMode": "richText",
                "confine": True,
                "backgroundColor": PAPER,
                "borderColor": RULE,
                "textStyle": {"color": INK, "fontSize": 13},
                "order": "valueDesc",
            },
            "xAxis": {
                "nameLocation": "middle",
                "nameGap": 28,
                "nameTextStyle": {"color": QUIET, "fontSize": 12},
                "splitLine": {"show": False},
                **AXIS,
                **horizontal,
            },
            "yAxis": vertical,
            "series": drawn,
        },
        "media": [
            {
                "query": {"maxWidth": NARROW},
                "option": {
                    "grid": {"right": 16, "bottom": 128},
                    "legend": {"show": True, "bottom": 0, "left": 0, "itemGap": 12},
                    "series": [{"endLabel": {"show": False}} for _ in drawn],
                },
            },
            {
                "option": {
                    "grid": {"right": 140, "bottom": 36},
                    "legend": {"show": False},
                    "series": [{"endLabel": {"show": "endLabel" in line}} for line in drawn],
                }
            },
        ],
    }

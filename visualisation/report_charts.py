"""The charts of a report: how a run goes on, and how it would with other hours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from markupsafe import Markup

from simulation.comparison import Estimate
from simulation.hours import TODAY, HoursCurve
from simulation.outcomes import RANKED_BY
from simulation.results import Simulation
from visualisation.figures import count, figure
from visualisation.plots import Line, line_chart
from visualisation.report_figures import Amounts, tick

YEAR = 12

# Name, and whether it is a share; channel measures are there only where the account has distributors.
SERIES = {
    "access": ("Access", True),
    "survival": ("Account still ours", True),
    "revenue": ("Revenue a year", False),
    "margin": ("Profit a year", False),
    "share_of_mind": ("Share of mind", True),
    "conflict": ("Conflict with distributors", True),
    "transparency": ("Transparency of distributors", True),
}
HOURS_CHARTS = {
    RANKED_BY: ("Profit in all", False),
    "revenue_total": ("Revenue in all", False),
    "account_lost": ("Account lost by the end", True),
}


def fans(
    run: Simulation, document: dict[str, Any], chosen: Sequence[str], amounts: Amounts
) -> Iterable[tuple[str, str, Markup]]:
    """Yield title, unit and chart of each series that the run has."""
    shown = {one["name"]: one["series"] for one in document["strategies"]}
    months = range(run.months + 1)
    step = YEAR if run.months > 2 * YEAR else max(1, run.months // 4)
    across = [(float(month), str(month)) for month in months if month % step == 0]
    if across[-1][0] != run.months:
        across = [entry for entry in across if run.months - entry[0] >= step / 2]
        across.append((float(run.months), str(run.months)))
    events = _marks(document["events"])
    for series, (title, share) in SERIES.items():
        if series not in shown[chosen[0]] or (series == "margin" and run.ranked_by != RANKED_BY):
            continue
        scale = 100.0 if share else 1.0 / amounts.scale
        lines = []
        for name in chosen:
            band = shown[name][series]
            mean, low, high = (
                [None if value is None else value * scale for value in band[part]]
                for part in ("mean", "p5", "p95")
            )
            ending = "" if mean[-1] is None else figure(mean[-1], 0)
            lines.append(Line(name, months, mean, low, high, ending))
        unit = "%" if share else amounts.unit
        chart = line_chart(
            lines,
            label=f"{title} over {count(run.months, 'month', 'months')}",
            across=across,
            across_name="month",
            text=tick,
            top=100.0 if share else None,
            events=events,
        )
        yield title, unit, Markup(chart)


def _marks(events: Sequence[dict[str, Any]]) -> list[tuple[float, str]]:
    """Return where events stand in a chart, those of one month together."""
    numbers: dict[float, list[str]] = {}
    for index, event in enumerate(events, 1):
        numbers.setdefault(float(event["month"]), []).append(str(index))
    return [(month, ",".join(found)) for month, found in numbers.items()]


def hours_charts(curve: HoursCurve, names: Sequence[str], amounts: Amounts) -> list[tuple[str, str, Markup]]:
    """Return title, unit and chart of each measure over hours."""
    levels = curve.levels
    today = {point.hours for point in curve.points if point.factor == TODAY}
    across = [
        (float(place), f"{hours:.0f}" + (" (now)" if hours in today else ""))
        for place, hours in enumerate(levels)
    ]
    if len(across) < 2:
        return []
    found = []
    for measure, (title, share) in HOURS_CHARTS.items():
        if measure == RANKED_BY != curve.measure:
            continue
        scale = 100.0 if share else 1.0 / amounts.scale
        lines = []
        for name in names:
            by_hours = {point.hours: point for point in curve.points if point.strategy == name}
            points: list[Estimate] = [getattr(by_hours[hours], measure) for hours in levels]
            mean, low, high = (
                [None if value is None else value * scale for value in values]
                for values in (
                    [one.mean for one in points],
                    [one.ci_low for one in points],
                    [one.ci_high for one in points],
                )
            )
            lines.append(Line(name, range(len(levels)), mean, low, high))
        chart = line_chart(
            lines,
            label=f"{title} over hours a month",
            across=across,
            across_name="hours a month of all of ours",
            text=tick,
            top=100.0 if share else None,
            marked=True,
        )
        found.append((title, "%" if share else amounts.unit, Markup(chart)))
    return found

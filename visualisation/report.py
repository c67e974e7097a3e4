"""One page for a manager: the question, the answer, how sure it is, and what it hangs on.

The page is one file: style and charts stand in it, and it asks nothing of any host, so that it can be sent,
kept and printed. Its numbers are those of the run's document.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from importlib.metadata import version
from itertools import groupby, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from simulation.answer import CALIBRATION, Answer, HoursCurve
from simulation.causes import Causes
from simulation.comparison import Comparison, Estimate
from simulation.outcomes import RANKED_BY
from simulation.parameters import Parameter, families
from simulation.results import Simulation
from visualisation.charts import strategy_name
from visualisation.figures import UNKNOWN, count, day, figure, money, percent
from visualisation.plots import Line, key, line_chart, whisker
from visualisation.questions import happenings, question
from visualisation.text import NOT_XML

if TYPE_CHECKING:
    from jinja2 import Environment

    from simulation.estimation.model import Estimated
    from simulation.sensitivity import Assumption, Sensitivity

NOTHING = "do_nothing"
LOST = "account_lost"
YEAR = 12
STRONGEST_SHOWN, ASSUMPTIONS_SHOWN = 6, 10
THOUSANDS_FROM = 1e5  # amounts are shown in thousands where the largest is above

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
CHANNEL_MEASURES = {
    "share_of_mind_end": ("Share of mind at the end", True),
    "conflict_peak": ("Conflict at its peak", True),
    "transparency_end": ("Transparency at the end", True),
    "forecast_error_mean": ("Mean forecast error", True),
    "distributor_profit_total": ("Distributors’ profit in all", False),
}
HOURS_CHARTS = {
    RANKED_BY: ("Profit in all", False),
    "revenue_total": ("Revenue in all", False),
    LOST: ("Account lost by the end", True),
}


def report_html(
    run: Simulation,
    answer: Answer,
    *,
    causes: Causes | None = None,
    sensitivity: Sensitivity | None = None,
    curve: HoursCurve | None = None,
    estimated: Sequence[Estimated] = (),
    notes: Sequence[str] = (),
) -> str:
    """Return the report of a run as one HTML page that needs nothing else.

    Parameters
    ----------
    causes
        Why the ranking is another than in quiet years; left out of the page without it.
    sensitivity
        Which assumptions decide; without it the page says which command tells.
    curve
        Over hours; the answer's own by default.
    estimated
        Parameters whose values come from the user's own data.
    notes
        What else to know before trusting the numbers, beside the run's own warnings.
    """
    document = run.document()
    amounts = _Amounts(run)
    order = run.ranking()
    chosen = tuple(dict.fromkeys([*order[:2], *(name for name in order if name == NOTHING)]))
    curve = curve or answer.curve
    values = {
        "account": run.account.name,
        "question": question(run, document["events"]),
        "happenings": happenings(run, document["events"]),
        "answer": _answer(run, answer, order),
        "amounts": amounts.said,
        "chosen": [(strategy_name(name), Markup(key(name)), _place(name, order)) for name in chosen],
        "fans": list(_fans(run, document, chosen, amounts)),
        "ranking": list(_ranking(run, document, order, amounts)),
        "profit_unit": amounts.unit,
        "overlap": _overlap(run, order),
        "channel": _channel(run, order, amounts),
        "hours": _hours(curve, run.names, amounts) if curve is not None else [],
        "keys": [(strategy_name(name), Markup(key(name, marked=True))) for name in order],
        "hours_said": _hours_said(curve) if curve is not None else "",
        "causes": _spaced(causes.sentences) if causes is not None else [],
        "assumptions": [_assumption(one, sensitivity) for one in _shown(sensitivity)]
        if sensitivity is not None
        else [],
        "assumptions_said": _spaced(sensitivity.sentences) if sensitivity is not None else [],
        "command": f"diamond sensitivity {run.account.id}",
        "changed": _changed(run, estimated),
        "calibration": CALIBRATION,
        "warnings": _spaced([*notes, *run.warnings]),
        "facts": _facts(run),
    }
    return _environment().get_template("report.html").render(values)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    def finalize(value: Any) -> Any:
        """Leave out characters that no page may hold."""
        return NOT_XML.sub("", value) if type(value) is str else value

    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=finalize,
    )


class _Amounts:
    """Amounts of a run: all in the same unit, so that columns compare at a glance."""

    def __init__(self, run: Simulation) -> None:
        indexed = run.units[RANKED_BY] == "index"
        largest = max(abs(run.measures["revenue_total"]).max(), abs(run.measures[RANKED_BY]).max(), 0.0)
        thousands = not indexed and largest >= THOUSANDS_FROM
        self.scale, self.digits = (1000.0 if thousands else 1.0), (1 if indexed else 0)
        self.unit = "index" if indexed else "thousand" if thousands else "currency"
        self.said = (
            "Amounts are an index: 100 is the revenue of a year at the start, because no supply row tells it."
            if indexed
            else f"Amounts are in {'thousands of ' if thousands else ''}the currency of your data."
        )

    def __call__(self, value: float) -> str:
        return _signed(figure(value / self.scale + 0.0, self.digits))


def _signed(text: str) -> str:
    """Return a number with a minus sign instead of a hyphen."""
    return text.replace("-", "−")


def _tick(value: float) -> str:
    return _signed(f"{value:,.10g}".replace(",", "\u202f"))


def _spaced(sentences: Iterable[str]) -> list[str]:
    """Return sentences whose numbers are set as everywhere on the page: thousands apart, no break within."""
    spaced = [re.sub(r"(?<=\d),(?=\d{3})", "\u202f", sentence) for sentence in sentences]
    return [re.sub(r"(?<=\d) ?(?=%)|(?<=\d) (?=…)|(?<=…) (?=[-+\d])", "\u00a0", one) for one in spaced]


def _points(value: float) -> str:
    return percent(value, 1)


def _range(found: Estimate | Comparison, text: Callable[[float], str]) -> str:
    """Return an interval; empty where there is none or where it is a point."""
    if found.ci_low is None or found.ci_high is None or found.ci_low == found.ci_high:
        return ""
    return f"{text(found.ci_low)}\u00a0…\u00a0{text(found.ci_high)}"


def _place(name: str, order: Sequence[str]) -> str:
    return {0: "earns most", 1: "next"}.get(order.index(name), "for comparison")


def _answer(run: Simulation, answer: Answer, order: Sequence[str]) -> list[str]:
    """Return the answer in two sentences: who earns most and how sure, and what happens to the account."""
    best, profit = order[0], run.estimate(RANKED_BY, order[0])
    unit = " index points" if run.units[RANKED_BY] == "index" else ""
    amount = UNKNOWN if profit.mean is None else f"{money(profit.mean)}{unit}"
    interval = _range(profit, money)
    said = f"“{strategy_name(best)}” earns most with the hours you have: a profit of {amount} over "
    said += count(run.months, "month", "months") + (f" (95\u00a0% interval {interval})" if interval else "")
    if len(order) > 1:
        over = run.compare(best, order[1], RANKED_BY)
        ahead = UNKNOWN if over.difference is None else money(over.difference)
        said += f", {ahead} more than “{strategy_name(order[1])}”, and more in {percent(over.p_a_better)} of "
        said += f"the same {figure(run.replicates, 0)} futures; that order is {_settled(run, order)}"
    return [f"{said}.", _kept(run, answer, best)]


def _settled(run: Simulation, order: Sequence[str]) -> str:
    return "not settled" if (order[0], order[1]) in run.unsettled() else "settled"


def _kept(run: Simulation, answer: Answer, best: str) -> str:
    """Say how often the account is lost then, and under which strategy least often."""
    said = f"The account is then lost in {percent(run.estimate(LOST, best).mean, 1)} of the futures"
    if NOTHING in run.names and best != NOTHING:
        said += f", against {percent(run.estimate(LOST, NOTHING).mean, 1)} if nothing is done"
    safest = answer.verdict.best
    if safest != best:
        lost = percent(run.estimate(LOST, safest).mean, 1)
        said += f"; “{strategy_name(safest)}” keeps it most often ({lost} lost)"
    return f"{said}."


def _fans(
    run: Simulation, document: dict[str, Any], chosen: Sequence[str], amounts: _Amounts
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
        if series not in shown[chosen[0]]:
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
            label=f"{title} over {run.months} months",
            across=across,
            across_name="month",
            text=_tick,
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


def _ranking(
    run: Simulation, document: dict[str, Any], order: Sequence[str], amounts: _Amounts
) -> Iterable[dict[str, Any]]:
    """Yield one row for each strategy, the best first."""
    results = {one["name"]: one["results"] for one in document["strategies"]}
    profits = {name: run.estimate(RANKED_BY, name) for name in order}
    worst = {name: results[name][RANKED_BY]["worst_5_percent"] for name in order}
    known = [value for name in order for value in (profits[name].ci_high, profits[name].mean, worst[name])]
    shown = [value for value in known if value is not None]
    low, high = min([0.0, *shown]), max([0.0, *shown])
    unsettled = set(run.unsettled())
    for name, after in (*pairwise(order), (order[-1], None)):
        profit, lost = profits[name], run.estimate(LOST, name)
        revenue = run.estimate("revenue_total", name)
        yield {
            "name": strategy_name(name),
            "key": Markup(key(name)),
            "plot": Markup(whisker(name, profit, worst[name], low, high, f"Profit of {strategy_name(name)}")),
            "profit": _cell(profit, amounts),
            "over": _over(run, name, after, amounts, settled=(name, after) not in unsettled),
            "worst": UNKNOWN if worst[name] is None else amounts(worst[name]),
            "revenue": _cell(revenue, amounts),
            "lost": _cell(lost, _points),
            "hours": _cell(run.estimate("hours_spent", name), lambda value: figure(value, 0)),
        }


def _cell(found: Estimate, text: Callable[[float], str]) -> tuple[str, str]:
    return UNKNOWN if found.mean is None else text(found.mean), _range(found, text)


def _over(
    run: Simulation, name: str, after: str | None, amounts: _Amounts, *, settled: bool
) -> tuple[str, str, str]:
    """Return by how much a strategy is ahead of the next, its interval, and how sure the order is."""
    if after is None:
        return UNKNOWN, "", ""
    over = run.compare(name, after, RANKED_BY)
    ahead = UNKNOWN if over.difference is None else amounts(over.difference)
    if over.difference == 0.0 and over.ci_low == over.ci_high:
        return ahead, "", "the same in every future"
    sure = "settled" if settled else "not settled"
    return ahead, _range(over, amounts), f"better in {percent(over.p_a_better)}, {sure}"


def _overlap(run: Simulation, order: Sequence[str]) -> list[str]:
    """Say which neighbours' intervals overlap, and what the comparison future by future makes of it."""
    unsettled = set(run.unsettled())
    clear, open_ = [], []
    for name, after in pairwise(order):
        one, other = run.estimate(RANKED_BY, name), run.estimate(RANKED_BY, after)
        if one.ci_low is None or other.ci_high is None or one.ci_low > other.ci_high:
            continue
        pair = f"“{strategy_name(name)}” and “{strategy_name(after)}”"
        if (name, after) in unsettled:
            open_.append(pair)
        elif run.compare(name, after, RANKED_BY).difference != 0.0:
            clear.append(pair)
    said = []
    if open_:
        futures = figure(run.replicates, 0)
        said.append(f"Intervals overlap, and {futures} futures settle no order, for {'; '.join(open_)}.")
    if clear:
        said.append(
            "Intervals overlap, yet compared in the same futures, one by one, the order is settled, for "
            f"{'; '.join(clear)}."
        )
    return said


def _channel(run: Simulation, order: Sequence[str], amounts: _Amounts) -> dict[str, Any] | None:
    """Return the table of the distributors; None where the run has none."""
    shown = {name: entry for name, entry in CHANNEL_MEASURES.items() if name in run.measures}
    if not shown:
        return None
    rows = []
    for name in order:
        cells = [
            (title, *_cell(run.estimate(measure, name), _points if share else amounts))
            for measure, (title, share) in shown.items()
        ]
        rows.append({"name": strategy_name(name), "key": Markup(key(name)), "cells": cells})
    return {"columns": [title for title, _ in shown.values()], "rows": rows}


def _hours(curve: HoursCurve, names: Sequence[str], amounts: _Amounts) -> list[tuple[str, str, Markup]]:
    """Return title, unit and chart of each measure over hours."""
    levels = curve.levels
    today = {point.hours for point in curve.points if point.factor == 1.0}
    across = [
        (float(place), f"{hours:.0f}" + (" (now)" if hours in today else ""))
        for place, hours in enumerate(levels)
    ]
    if len(across) < 2:
        return []
    found = []
    for measure, (title, share) in HOURS_CHARTS.items():
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
            text=_tick,
            top=100.0 if share else None,
            marked=True,
        )
        found.append((title, "%" if share else amounts.unit, Markup(chart)))
    return found


def _hours_said(curve: HoursCurve) -> str:
    """Say which strategy earns most at each level of hours, levels with the same one together."""
    best: dict[float, str] = {}
    for hours in curve.levels:
        points = [one for one in curve.points if one.hours == hours]
        best[hours] = max(points, key=lambda one: one.margin_total.mean or 0.0).strategy
    said = [
        f"“{strategy_name(name)}” with {' and '.join(f'{hours:.0f}' for hours in group)}"
        for name, group in groupby(best, key=lambda hours: best[hours])
    ]
    return f"By hours a month, what earns most is {', '.join(said)}."


def _shown(found: Sensitivity) -> list[Assumption]:
    """Return the strongest assumptions, and those that make another strategy the best."""
    rows = found.parameters
    return [row for place, row in enumerate(rows) if place < STRONGEST_SHOWN or row.flips_at is not None][
        :ASSUMPTIONS_SHOWN
    ]


def _assumption(one: Assumption, found: Sensitivity) -> dict[str, str]:
    flips = "no change within its range"
    if one.flips_at is not None and one.flips_to is not None:
        side = "above" if one.flips_at > one.default else "below"
        between = ""
        if one.flips_ci is not None:
            between = f" [{one.flips_ci[0]:.3g}\u00a0…\u00a0{one.flips_ci[1]:.3g}]"
        flips = f"“{strategy_name(one.flips_to)}” is best {side} {one.flips_at:.3g}{between}"
    unit = _unit(one.unit)
    strength = found.parameters[0].mu_star
    return {
        "name": one.name,
        "description": one.description,
        "default": f"{one.default:.4g} {unit}".strip(),
        "span": f"{one.low:.4g}\u00a0…\u00a0{one.high:.4g}",
        "moves": money(one.mu_star),
        "bar": f"{100.0 * one.mu_star / strength:.0f}" if strength else "0",
        "flips": flips,
    }


def _unit(unit: str) -> str:
    """Return a unit of the parameter table in words."""
    return {"1": "", "1/year": "a year", "1/month": "a month", "1/h": "an hour"}.get(unit, unit)


def _changed(run: Simulation, estimated: Sequence[Estimated]) -> list[dict[str, str]]:
    """Return the parameters that are not at their defaults, and why; a family at one value is one row."""
    own = {row.parameter: row for row in estimated}
    used, found = run.assembly.parameters, []
    for family, rows in families().items():
        changed = [(row, _source(row, run, own)) for row in rows if used[row.name] != row.default]
        alike = len(changed) == len(rows) > 1 and len({(used[row.name], why) for row, why in changed}) == 1
        for row, why in changed[:1] if alike else changed:
            found.append(
                {
                    "name": family if alike else row.name,
                    "value": f"{used[row.name]:.4g}",
                    "default": f"{row.default:.4g}",
                    "unit": _unit(row.unit),
                    "source": why,
                }
            )
    return found


def _source(row: Parameter, run: Simulation, own: Mapping[str, Estimated]) -> str:
    """Say where a value comes from that is not the default."""
    if row.name in own and own[row.name].value == run.assembly.parameters[row.name]:
        return f"estimated from your data: {own[row.name].method}"
    if row.name in run.scenario.parameters or row.family in run.scenario.parameters:
        return "set by the scenario"
    return "of your policy"


def _facts(run: Simulation) -> list[tuple[str, str]]:
    return [
        ("As of", day(run.account.as_of)),
        ("Scenario", run.scenario.name),
        ("Horizon", count(run.months, "month", "months")),
        ("Futures of each strategy", figure(run.replicates, 0)),
        ("Seed", str(run.seed)),
        ("Diamond", version("diamond-kam")),
    ]

"""The tables of a report: the ranking, what the events change, and what becomes of the distributors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from markupsafe import Markup

from simulation.answer import Answer
from simulation.costs import Cost
from simulation.outcomes import RANKED_BY
from simulation.results import Simulation
from simulation.verdict import better_in
from simulation.wording import of_futures, signed
from visualisation.charts import strategy_name
from visualisation.figures import UNKNOWN, figure, money
from visualisation.plots import key, whisker
from visualisation.report_figures import Amounts, cell, interval, points, share

LOST = "account_lost"
CHANNEL_MEASURES = {
    "share_of_mind_end": ("Share of mind at the end", True),
    "conflict_peak": ("Conflict at its peak", True),
    "transparency_end": ("Transparency at the end", True),
    "forecast_error_mean": ("Mean forecast error", True),
    "distributor_profit_total": ("Distributors’ profit in all", False),
}

Cell = tuple[str, str, str]


def ranking(run: Simulation, document: dict[str, Any], answer: Answer, amounts: Amounts) -> dict[str, Any]:
    """Return the table of the strategies, the best first; in their own order where nothing is ranked."""
    ranked = answer.verdict.best is not None
    measure = run.ranked_by
    order = run.ranking() if ranked else run.names
    text: Callable[[float], str] = amounts if measure == RANKED_BY else share
    title = f"Profit in all ({amounts.unit})" if measure == RANKED_BY else "Account lost"
    results = {one["name"]: one["results"] for one in document["strategies"]}
    worst = {name: results[name][measure]["worst_5_percent"] for name in order}
    means = {name: run.estimate(measure, name) for name in order}
    known = [value for name in order for value in (means[name].ci_high, means[name].mean, worst[name])]
    ends = [value for value in known if value is not None]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    unsettled = set(run.unsettled())
    rows = []
    for name, after in (*pairwise(order), (order[-1], None)):
        cells: list[Cell] = []
        if ranked:
            over = _over(run, name, after, text, settled=(name, after) not in unsettled)
            cells.append(("Ahead of the next", *over))
        cells.append(("Worst 5 %", UNKNOWN if worst[name] is None else text(worst[name]), ""))
        cells.append(
            (f"Revenue in all ({amounts.unit})", *cell(run.estimate("revenue_total", name), amounts))
        )
        if measure == RANKED_BY:
            cells.append(("Account lost", *cell(run.estimate(LOST, name), share)))
        cells.append(
            ("Hours spent", *cell(run.estimate("hours_spent", name), lambda hours: figure(hours, 0)))
        )
        label = f"{title.split(' (', 1)[0]} of {strategy_name(name)}"
        rows.append(
            {
                "name": strategy_name(name),
                "key": Markup(key(name)),
                "first": (title, *cell(means[name], text)),
                "plot": Markup(whisker(name, means[name], worst[name], low, high, label)),
                "cells": cells,
            }
        )
    return {"ranked": ranked, "by_profit": measure == RANKED_BY, "columns": _columns(rows), "rows": rows}


def _columns(rows: Sequence[dict[str, Any]]) -> list[str]:
    return [title for title, *_ in rows[0]["cells"]]


def _over(
    run: Simulation, name: str, after: str | None, text: Callable[[float], str], *, settled: bool
) -> tuple[str, str]:
    """Return by how much a strategy is ahead of the next, and its interval with how sure the order is."""
    if after is None:
        return UNKNOWN, ""
    if run.ranked_by == RANKED_BY:
        over = run.compare(name, after, RANKED_BY)
    else:
        over, text = run.compare(after, name, LOST), points
    ahead = UNKNOWN if over.difference is None else text(over.difference)
    if over.difference == 0.0 and over.ci_low == over.ci_high:
        return ahead, "the same in every future"
    sure = "settled" if settled else "not settled"
    between = interval(over, text)
    return ahead, f"{between}\n{of_futures(better_in(run, name, after))}, {sure}".strip()


def overlap(run: Simulation, order: Sequence[str]) -> list[str]:
    """Say which neighbours' intervals overlap, and what the comparison future by future makes of it."""
    measure, unsettled = run.ranked_by, set(run.unsettled())
    clear, open_ = [], []
    for name, after in pairwise(order):
        one, other = run.estimate(measure, name), run.estimate(measure, after)
        ends = (one.ci_low, one.ci_high, other.ci_low, other.ci_high)
        if None in ends or ends[0] > ends[3] or ends[2] > ends[1]:  # type: ignore[operator]
            continue
        pair = f"“{strategy_name(name)}” and “{strategy_name(after)}”"
        if (name, after) in unsettled:
            open_.append(pair)
        elif run.compare(name, after, measure).difference != 0.0:
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


def cost_table(
    run: Simulation, answer: Answer, order: Sequence[str], amounts: Amounts
) -> dict[str, Any] | None:
    """Return what the events change under each strategy; None where nothing happens."""
    if not answer.costs:
        return None
    costs = {cost.strategy: cost for cost in answer.costs}
    rows = [
        {
            "name": strategy_name(name),
            "key": Markup(key(name)),
            "cells": _cost_cells(costs[name], amounts, by_profit=run.ranked_by == RANKED_BY),
        }
        for name in order
    ]
    return {"columns": _columns(rows), "rows": rows}


def _cost_cells(cost: Cost, amounts: Amounts, *, by_profit: bool) -> list[Cell]:
    # Small beside the totals, so that thousands would hide them.
    text: Callable[[float], str] = money if by_profit else amounts
    unit = "" if by_profit else f" ({amounts.unit})"
    cells = [(f"Revenue{unit}", *cell(cost.revenue, signed(text)))]
    if by_profit:
        cells.append(("Profit", *cell(cost.margin, signed(text))))
    cells.append(("Chance of loss (points)", *cell(cost.loss, signed(points))))
    cells.append(("Lost within a year of it", *cell(cost.lost_within_year, share)))
    if cost.share_of_mind is not None:
        cells.append(("Share of mind at the end (points)", *cell(cost.share_of_mind, signed(points))))
    months = cell(cost.recovery_months, lambda value: figure(value, 1))
    return [*cells, ("Months until access is back", *months)]


def channel(run: Simulation, order: Sequence[str], amounts: Amounts) -> dict[str, Any] | None:
    """Return the table of the distributors; None where the run has none."""
    shown = {name: entry for name, entry in CHANNEL_MEASURES.items() if name in run.measures}
    if not shown:
        return None
    rows = []
    for name in order:
        cells = [
            (title, *cell(run.estimate(measure, name), share if is_share else amounts))
            for measure, (title, is_share) in shown.items()
        ]
        rows.append({"name": strategy_name(name), "key": Markup(key(name)), "cells": cells})
    return {"columns": [title for title, _ in shown.values()], "rows": rows}

"""What lies ahead, for people: what a simulation answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from api.cli.output import amount, number, share, table, text, words
from api.foresight import WhatIf
from api.workspace import Result
from graph.wording import count

if TYPE_CHECKING:
    from simulation.comparison import Estimate
    from simulation.costs import Cost
    from simulation.hours import HoursCurve
    from simulation.results import Simulation
    from simulation.verdict import Verdict


def simulation(console: Console, result: Result[WhatIf]) -> None:
    """Show what a run answers: sentences, the strategies with intervals, and the curve over hours."""
    run, answer = result.body.simulation, result.body.answer
    futures = count(run.replicates, "future", "futures")
    console.print(
        f"[bold]{text(run.account.name)}[/]: {text(run.scenario.name)}; {futures} of "
        f"{count(run.months, 'month', 'months')} for each strategy, the same for all (seed {run.seed})"
    )
    for sentence in answer.sentences:
        console.print(f"• {text(sentence)}")
    if answer.costs:
        console.print()
        console.print(cost_table(run, answer.costs))
    console.print()
    console.print(strategy_table(run, answer.verdict))
    if "share_of_mind_end" in run.measures:
        console.print()
        console.print(channel_table(run))
    if answer.curve is not None:
        console.print()
        console.print(curve_table(answer.curve, run.names))


def strategy_table(run: Simulation, verdict: Verdict) -> Table:
    """Return the strategies with their intervals; who is best and who loses the account least are marked."""
    unit = run.units["revenue_total"]
    shown: dict[str, Callable[[str], str]] = {
        "Account lost": lambda name: _marked(_cell(run, "account_lost", name, share), name == verdict.safest),
        f"Revenue ({unit})": lambda name: _cell(run, "revenue_total", name, amount),
        f"Profit ({unit})": lambda name: _marked(
            _cell(run, "margin_total", name, amount), name == verdict.best
        ),
        "Access at the end": lambda name: _cell(run, "access_end", name, number),
        "Hours spent": lambda name: number(run.estimate("hours_spent", name).mean, 0),
    }
    if verdict.measure != "margin_total":
        del shown[f"Profit ({unit})"]
    title = f"Over {count(run.months, 'month', 'months')}"
    made = table("Strategy", *shown, title=title, right=tuple(shown))
    for name in run.names:
        made.add_row(words(name), *(show(name) for show in shown.values()))
    return made


def _cell(run: Simulation, measure: str, name: str, show: Callable[[float | None], str]) -> str:
    return interval(run.estimate(measure, name), show)


def _marked(cell: str, best: bool) -> str:
    return f"[bold]{cell} ←[/]" if best else cell


def channel_table(run: Simulation) -> Table:
    """Return what becomes of the distributors under each strategy."""
    money = run.units["distributor_profit_total"]
    shown = {
        "Share of mind at the end": ("share_of_mind_end", share),
        "Worst conflict": ("conflict_peak", number),
        "Transparency at the end": ("transparency_end", share),
        f"Distributors earn ({money})": ("distributor_profit_total", amount),
    }
    made = table("Distributors", *shown, right=tuple(shown))
    for name in run.names:
        made.add_row(
            words(name), *(interval(run.estimate(measure, name), show) for measure, show in shown.values())
        )
    return made


def cost_table(run: Simulation, costs: Sequence[Cost]) -> Table:
    """Return what the events change under each strategy, against the same futures without them."""
    from simulation.costs import subject

    what, _, plural = subject(run)
    shown: dict[str, Callable[[Cost], str]] = {
        "Revenue": lambda cost: interval(cost.revenue, amount),
        **({"Profit": lambda cost: interval(cost.margin, amount)} if run.ranked_by == "margin_total" else {}),
        "Loss, points": lambda cost: interval(cost.loss, _change),
        "Lost in a year": lambda cost: interval(cost.lost_within_year, share),
    }
    # No more columns fit beside each other.
    if "share_of_mind_end" in run.measures:
        shown["Share of mind, points"] = lambda cost: interval(cost.share_of_mind, _change)
    else:
        shown["Months to recover"] = lambda cost: interval(
            cost.recovery_months, lambda value: number(value, 1)
        )
    title = f"What {what} {'change' if plural else 'changes'}"
    made = table("Strategy", *shown, title=title, right=tuple(shown))
    for cost in costs:
        made.add_row(words(cost.strategy), *(show(cost) for show in shown.values()))
    return made


def _change(value: float | None) -> str:
    """Return a change of a share, in percentage points."""
    return "–" if value is None else f"{100.0 * value:+.1f}"


def curve_table(curve: HoursCurve, names: Sequence[str]) -> Table:
    """Return what ranks the strategies, by strategy and by hours a month, the best marked."""
    from simulation.hours import figure

    columns = [f"{figure(hours)} h a month" for hours in curve.levels]
    title, show = ("Profit", amount) if curve.measure == "margin_total" else ("Account lost", share)
    title = f"{title} by hours, ± half its 95 % interval; {curve.futures()}"
    made = table("Strategy", *columns, title=title, right=tuple(columns))
    best = {hours: curve.best(hours).strategy for hours in curve.levels}
    points = {(point.strategy, point.hours): getattr(point, curve.measure) for point in curve.points}
    for name in names:
        cells = [_marked(_half(points[name, hours], show), best[hours] == name) for hours in curve.levels]
        made.add_row(words(name), *cells)
    return made


def _half(found: Estimate, show: Callable[[float | None], str]) -> str:
    """Return an estimate with half its 95 % interval."""
    if found.mean is None or found.ci_low is None or found.ci_high is None:
        return show(found.mean)
    return f"{show(found.mean)} [dim]±{show((found.ci_high - found.ci_low) / 2.0)}[/]"


def interval(found: Estimate | None, show: Callable[[float | None], str]) -> str:
    """Return an estimate with its 95 % interval."""
    if found is None:
        return show(None)
    if found.mean is None or found.ci_low is None or found.ci_high is None:
        return show(found.mean)
    return f"{show(found.mean)} [dim]\\[{show(found.ci_low)}…{show(found.ci_high)}][/]"

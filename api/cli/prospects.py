"""What lies ahead, for people: the plan, and what a simulation answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from api.cli.output import amount, number, share, table, text, words
from api.foresight import WhatIf
from api.workspace import Result
from graph.wording import count

if TYPE_CHECKING:
    from api.plans import Actions, FullPlan
    from graph.plan import Action, Ban, Together
    from simulation.comparison import Estimate
    from simulation.costs import Cost
    from simulation.hours import HoursCurve
    from simulation.results import Simulation
    from simulation.verdict import Verdict


def plan(console: Console, result: Result[FullPlan], first: int = 10) -> None:
    """Show the plan: who meets whom how often, and its first actions; or why there is none."""
    found = result.body
    if found.status == "infeasible":
        console.print("[bold]No plan can do this.[/] Each of these alone would make it possible:")
        for one in found.relax:
            console.print(f"  {words(one.limit)}: at least {number(one.least)}")
        if not found.relax:
            console.print("  none; the wish is out of reach whatever one limit allows.")
        return
    gap = "–" if found.gap is None else f"{found.gap:.2%}"
    console.print(
        f"[bold]{count(len(found.actions), 'action')}[/], {number(found.hours, 1)} hours, "
        f"cost {number(found.cost, 0)}: weighted gap {number(found.gap_before)} → {number(found.gap_after)} "
        f"({words(found.status)}, proved to {gap}; error of the segments {number(found.segment_error, 4)})"
    )
    if not found.actions:
        return
    console.print()
    console.print(pair_table(found.actions, most=2 * first))
    console.print()
    console.print(action_table(found.actions[:first]))
    if len(found.actions) > first:
        console.print(
            f"[dim]… and {len(found.actions) - first} more: --out plan.csv or plan.ics has them all.[/]"
        )


def full_plan(console: Console, result: Result[FullPlan]) -> None:
    """Show a plan with its measures before and after, its opponents, and what was asked beside it."""
    plan(console, result)
    found = result.body
    if found.status == "infeasible":
        return
    made = table(
        "Measures", "Coverage", "Connectivity", "Diamond index", "Shape", right=("Coverage", "Connectivity")
    )
    for one in found.standing:
        name = one.when if one.when == "today" else f"in {found.months} months, {one.when}"
        made.add_row(name, number(one.coverage), str(one.connectivity), number(one.diamond_index), one.shape)
    console.print()
    console.print(made)
    for approach in found.approaches:
        console.print(f"• [bold]{text(approach.opponent_name)}[/] is against: {text(approach.reason)}")
    for other in found.instead:
        before, after = other.objective
        console.print(
            f"\nWithout {text(_banned(other.without))}: objective {number(before, 3)} → {number(after, 3)}, "
            f"weighted gap {number(other.gap_after[0])} → {number(other.gap_after[1])}"
        )
        for change in other.changes[:10]:
            console.print(
                f"  {change.change:+d} × {words(change.kind)} of {text(change.person_name)} with "
                f"{text(change.stakeholder_name)}"
            )
    if found.more:
        made = table("One more", "Amount", "Objective", "between", right=("Amount", "Objective"))
        for more in found.more:
            between = f"{number(more.at_least, 4)} and {number(more.at_most, 4)}"
            made.add_row(text(more.limit), number(more.amount, 0), f"{more.objective:+.4f}", between)
        console.print()
        console.print(made)
    if found.simulated is not None:
        console.print()
        console.print(effect_table(found))


def _banned(ban: Ban) -> str:
    parts = (ban.person, ban.stakeholder, ban.kind, None if ban.month is None else f"month {ban.month}")
    return ", ".join(part for part in parts if part)


def effect_table(found: FullPlan) -> Table:
    """Return what the simulation makes of a plan and of the other strategies at equal hours."""
    simulated = found.simulated
    assert simulated is not None
    shown = {"coverage_end": number, "access_end": number, "margin_total": amount, "hours_spent": number}
    columns = ("Coverage", "Access", "Profit", "Hours spent")
    made = table(f"Simulated, {simulated.months} months", *columns, right=columns)
    by_name: dict[str, dict[str, str]] = {}
    for one in simulated.effects:
        if one.measure in shown and one.mean is not None:
            show = shown[one.measure]
            interval = f" [dim]\\[{show(one.ci_low)}…{show(one.ci_high)}][/]"
            by_name.setdefault(one.strategy, {})[one.measure] = show(one.mean) + interval
    for name, cells in by_name.items():
        made.add_row(words(name), *(cells.get(measure, "–") for measure in shown))
    return made


def together(console: Console, result: Result[Together]) -> None:
    """Show the plans of several accounts: one line each, and the sums."""
    found = result.body
    made = table("Account", "Actions", "Hours", "Cost", "Gap", right=("Actions", "Hours", "Cost"))
    for one in found.plans:
        gap = f"{number(one.gap_before)} → {number(one.gap_after)}"
        made.add_row(text(one.account), str(len(one.actions)), number(one.hours, 1), number(one.cost, 0), gap)
    proved = "–" if found.gap is None else f"{found.gap:.2%}"
    console.print(
        f"[bold]{sum(len(one.actions) for one in found.plans)} actions[/], {number(found.hours, 1)} hours, "
        f"cost {number(found.cost, 0)}: weighted gap {number(found.gap_before)} → {number(found.gap_after)} "
        f"({words(found.status)}, proved to {proved})"
    )
    for relaxed in found.relax:
        console.print(f"  {words(relaxed.limit)}: at least {number(relaxed.least)}")
    console.print(made)


def undertaken(console: Console, result: Result[Actions]) -> None:
    """Show what is planned with an account and what became of it."""
    if not result.body.actions:
        console.print("No plan is saved for this account: `diamond plan ACCOUNT --save`.")
        return
    made = table("Due", "Id", "Status", "Who", "Whom", "What", "Late", right=("Late",))
    for one in result.body.actions:
        whom = ", ".join((one.stakeholder_name, *one.also_names))
        late = f"[red]{one.late} days[/]" if one.late is not None else ""
        status = words(one.status) + (", pinned" if one.pinned else "")
        short = one.id.removeprefix("action:")[:8]
        made.add_row(
            text(one.due_on), text(short), status, text(one.person_name), text(whom), words(one.kind), late
        )
    console.print(made)


def pair_table(actions: Sequence[Action], most: int) -> Table:
    """Return who meets whom, how often and what it gains, the largest gain first."""
    pairs: dict[tuple[str, tuple[str, ...]], list[Action]] = {}
    for action in actions:
        pairs.setdefault((action.person, action.stakeholders), []).append(action)
    ranked = sorted(
        pairs.items(), key=lambda item: (-sum(action.expected_gain for action in item[1]), item[0])
    )
    made = table("Who", "Whom", "How often", "Hours", "Cost", "Gain", "Why", right=("Hours", "Cost", "Gain"))
    for _, together in ranked[:most]:
        kinds = Counter(action.kind for action in together)
        made.add_row(
            text(together[0].person_name),
            text(names_of(together[0])),
            ", ".join(f"{count} × {words(kind)}" for kind, count in kinds.most_common()),
            number(sum(action.hours for action in together), 1),
            number(sum(action.cost for action in together), 0),
            number(sum(action.expected_gain for action in together)),
            text(together[0].reason),
        )
    if len(ranked) > most:
        made.add_row(f"[dim]… and {len(ranked) - most} more pairs[/]")
    return made


def names_of(action: Action) -> str:
    """Return the names of all of theirs who are there."""
    return ", ".join((action.stakeholder_name, *(guest.stakeholder_name for guest in action.also)))


def action_table(actions: Sequence[Action]) -> Table:
    """Return planned actions as a table."""
    made = table("Due", "Who", "Whom", "What", "Hours", "Cost", right=("Hours", "Cost"))
    for one in actions:
        made.add_row(
            text(one.due_on),
            text(one.person_name),
            text(names_of(one)),
            words(one.kind),
            number(one.hours, 1),
            number(one.cost, 0),
        )
    return made


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

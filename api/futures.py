"""What the panel "what if they leave" shows: on paper, and in simulated futures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from api import words
from fixtures.scenario_library import ShippedScenario, shipped_scenarios
from graph.account import Account
from graph.measures import Measures, Shape, measure
from graph.removal import Without, remove
from simulation.answer import CALIBRATION, Answer, Cost, HoursCurve
from simulation.comparison import Comparison, Estimate
from simulation.results import Simulation
from simulation.scenario import Scenario
from simulation.strategies import NAMES, names_for
from visualisation.charts import Option, look, over_hours, over_time, strategy_name
from visualisation.figures import UNKNOWN
from visualisation.questions import happening, label

OVER_TIME = {
    "access": ("access", True),
    "survival": ("account still ours", True),
    "coverage": ("coverage", True),
    "revenue": ("revenue a year", False),
    "margin": ("profit a year", False),
}
WITH_DISTRIBUTORS = {
    "share_of_mind": ("share of mind", True),
    "conflict": ("conflict", True),
    "transparency": ("transparency", True),
}
OVER_HOURS = {
    "account_lost": ("account lost", True),
    "margin_total": ("profit in all", False),
    "revenue_total": ("revenue in all", False),
    "access_end": ("access at the end", True),
}
SHAPES: dict[Shape, str] = {
    "none": "one without any thread",
    "diabolo": "a Diabolo",
    "in transition": "one in transition",
    "diamond": "a Diamond",
}
BASELINE = "do_nothing"
TODAY = 1.0


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart with a choice of what it shows.

    Attributes
    ----------
    options
        By choice: the options, and the unit that its values carry.
    words
        By choice: its name.
    """

    title: str
    caption: str
    options: dict[str, dict[str, Any]]
    words: dict[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One strategy in the table; a cell is column, value and interval."""

    name: str
    best: bool
    colour: str
    line: str
    cells: tuple[tuple[str, str, str], ...]


Change = tuple[str, str, str]
Names = tuple[str, list[str]]


def on_paper(account: Account, found: Without) -> tuple[str, list[Change], list[Names]]:
    """Return what falls apart in a sentence, as changes (measure, before, after), and as lists of names."""
    before, after = measure(account), measure(remove(account, found.removed))
    names = {person.id: person.name for person in account.people.values()}
    lost = sum(tie.strength is not None for tie in found.ties_lost)
    changes = [
        ("Shape", words.shape(before.shape), words.shape(after.shape)),
        ("Diamond index", words.figure(before.diamond_index), words.figure(after.diamond_index)),
        ("Influence covered", words.percent(before.coverage), words.percent(after.coverage)),
        ("Connectivity", str(before.connectivity), str(after.connectivity)),
    ]
    lists = [
        ("Ties lost with", sorted(_others(found, names))),
        ("No longer covered", [names[person] for person in found.stakeholders_uncovered]),
        ("Functions no longer covered", list(found.functions_uncovered)),
    ]
    return _paper_sentence(before, after, found, lost), changes, lists


def _others(found: Without, names: dict[str, str]) -> set[str]:
    gone = set(found.removed)
    return {names[end] for tie in found.ties_lost for end in (tie.a, tie.b) if end not in gone}


def _paper_sentence(before: Measures, after: Measures, found: Without, lost: int) -> str:
    ties = words.count(lost, "tie goes", "ties go")
    start, end = found.coverage
    if not lost:
        return "No tie goes with them; what is covered stays covered."
    if found.connectivity[1] == 0 and found.connectivity[0] > 0:
        return f"{ties.capitalize()}, and nothing joins the two sides any more."
    covered = f"covered influence falls from {words.percent(start)} to {words.percent(end)}"
    if words.percent(start) == words.percent(end):
        covered = f"covered influence stays at {words.percent(end)}"
    uncovered = len(found.stakeholders_uncovered)
    rest = (
        f", {words.count(uncovered, 'more person is', 'more people are')} left uncovered" if uncovered else ""
    )
    kept = before.shape == after.shape
    turns = f"stays {_as(after.shape)}" if kept else f"turns from {_as(before.shape)} into {_as(after.shape)}"
    return f"{ties.capitalize()}: {covered}{rest}. The account {turns}."


def _as(shape: Shape) -> str:
    return SHAPES[shape]


def scenarios_for(account: Account) -> list[ShippedScenario]:
    """Return the shipped scenarios that an account can be asked about in the browser."""
    indirect = names_for(account) != NAMES
    return [one for one in shipped_scenarios() if (indirect or not one.needs_distributors) and one.happens]


def happenings(scenario: Scenario, account: Account, partners: Sequence[Account]) -> list[tuple[int, str]]:
    """Return what happens in a scenario: month and sentence."""
    names: dict[str, str] = {}
    for each in (*partners, account):
        names |= {one.id: one.name for one in each.people.values()}
        names |= {one.id: one.name for one in (*each.channel.distributors, *each.channel.end_customers)}
        names[each.id] = each.name
    told = [
        (event.month, happening(event, names.get(event.subject, event.subject))) for event in scenario.events
    ]
    return [(month, f"{what[:1].upper()}{what[1:]}.") for month, what in told]


def sentences(run: Simulation, answered: Answer) -> list[str]:
    """Return which strategy holds up best, how sure that is, what it costs, and what more hours would do."""
    verdict = answered.verdict
    best = strategy_name(verdict.best)
    lost = run.estimate("account_lost", verdict.best)
    said = [
        f"With the hours you have, “{best}” holds up best: the account is lost in "
        f"{words.percent(lost.mean, 1)} of the futures{_between(lost)}."
    ]
    if verdict.over is not None and verdict.next is not None:
        said.append(_against(run, verdict.over, strategy_name(verdict.next), settled=verdict.settled))
    said += [_costs(cost) for cost in answered.costs if cost.strategy == verdict.best]
    if answered.curve is not None:
        said.append(_by_hours(answered.curve))
    if verdict.earns_most != verdict.best:
        said.append(_earns_most(run, verdict.earns_most))
    if answered.leavers and not answered.starts_multi_threaded:
        months = min(leaver.month for leaver in answered.leavers) - 1
        said.append(
            f"The account starts on {'a single' if answered.connectivity else 'no'} thread, so every "
            f"strategy has only {words.count(months, 'month', 'months')} to build more."
        )
    return said


def _earns_most(run: Simulation, name: str) -> str:
    told = f"Most profit within the {run.months} months comes from “{strategy_name(name)}”"
    if name == BASELINE:
        told += ": it saves the hours, and what is left of the account at the end is not counted"
    return f"{told}."


def _costs(cost: Cost) -> str:
    revenue = _negative(cost.revenue)
    if revenue.mean is None or revenue.mean <= 0.0:
        return "The leaving itself costs no revenue then."
    back = words.figure(cost.recovery_months.mean, 1)
    return (
        f"The leaving itself costs {_amount(revenue.mean)} of revenue then ({_range(revenue, _amount)}), and "
        f"access is back after {back} months."
    )


def _against(run: Simulation, over: Comparison, other: str, *, settled: bool) -> str:
    points = None if over.difference is None else abs(100.0 * over.difference)
    sure = (
        "that order is settled"
        if settled
        else f"{run.replicates:,} futures do not settle which of the two is better".replace(",", "\u202f")
    )
    return (
        f"Next comes “{other}”, {words.figure(points, 1)} points worse, and worse in "
        f"{words.percent(over.p_a_better)} of the same futures: {sure}."
    )


def _by_hours(curve: HoursCurve) -> str:
    levels = curve.levels
    few, many = curve.best(levels[0]), curve.best(levels[-1])
    lost = [f"({words.percent(one.account_lost.mean)} lost)" for one in (few, many)]
    best, other = strategy_name(few.strategy), strategy_name(many.strategy)
    start = f"With {few.hours:.0f} hours a month “{best}” holds up best {lost[0]}, with {many.hours:.0f}"
    return f"{start} {'it does too' if best == other else f'“{other}”'} {lost[1]}."


def _between(found: Estimate) -> str:
    if found.ci_low is None or found.ci_high is None:
        return ""
    return f" ({_range(found, lambda value: f'{100.0 * value:.1f}')}\u00a0%)"


def _range(found: Estimate, text: Any) -> str:
    if found.ci_low is None or found.ci_high is None:
        return ""
    return f"{text(found.ci_low)}\u00a0…\u00a0{text(found.ci_high)}"


def charts(run: Simulation, answered: Answer) -> list[Chart]:
    """Return the course over time, and over hours where it was run."""
    document = run.document()
    unit = run.units["revenue_total"]
    indirect = "share_of_mind_end" in run.measures
    courses = OVER_TIME | WITH_DISTRIBUTORS if indirect else OVER_TIME
    events = [(event.month, label(event, run.name_of(event.subject))) for event in run.scenario.events]
    banded = dict.fromkeys([answered.verdict.best, BASELINE])
    time = Chart(
        "Over time",
        "Lines are means; a band holds nine in ten futures, for the best strategy and for doing nothing.",
        {
            key: _option(
                over_time(
                    document["strategies"],
                    key,
                    title=_title(name, share, unit),
                    share=share,
                    banded=banded,
                    events=events,
                ),
                share,
            )
            for key, (name, share) in courses.items()
        },
        {key: name for key, (name, _) in courses.items()},
    )
    found = [time]
    curve = answered.curve
    if curve is not None:
        levels = [(hours, _level(curve, hours)) for hours in curve.levels]
        points = {name: [point for point in curve.points if point.strategy == name] for name in run.names}
        found.append(
            Chart(
                "Over hours",
                "The same question with fewer and with more of our hours; bands are 95 % intervals.",
                {
                    key: _option(
                        over_hours(
                            levels,
                            {
                                name: [getattr(point, key) for point in sorted(some, key=lambda p: p.hours)]
                                for name, some in points.items()
                            },
                            title=_title(name, share, unit),
                            share=share,
                        ),
                        share,
                    )
                    for key, (name, share) in OVER_HOURS.items()
                },
                {key: name for key, (name, _) in OVER_HOURS.items()},
            )
        )
    return found


def _option(option: Option, share: bool) -> dict[str, Any]:
    return {"option": option, "unit": " %" if share else ""}


def _title(name: str, share: bool, unit: str) -> str:
    return name if share or unit == "currency" else f"{name} ({unit})"


def _level(curve: HoursCurve, hours: float) -> str:
    factor = next(point.factor for point in curve.points if point.hours == hours)
    return f"{hours:.0f}" + (" (now)" if factor == TODAY else "")


def table(run: Simulation, answered: Answer) -> tuple[Row, ...]:
    """Return the strategies with their intervals, the best first."""
    costs = {cost.strategy: cost for cost in answered.costs}
    rows = []
    best = answered.verdict.best
    others = [name for name in run.ranking("account_lost") if name != best]
    for name in (best, *others):
        colour, line, _ = look(name)
        lost, profit = run.estimate("account_lost", name), run.estimate("margin_total", name)
        cells = [_cell("Account lost by the end", lost, _percent)]
        if name in costs:
            cost = costs[name]
            cells += [
                _cell("Lost within a year of it", cost.lost_within_year, _percent),
                _cell("Revenue that the leaving costs", _negative(cost.revenue), _amount),
                _cell("Months until access is back", cost.recovery_months, _months),
            ]
        if "share_of_mind_end" in run.measures:
            cells += [
                _cell("Share of mind at the end", run.estimate("share_of_mind_end", name), _percent),
                _cell("Worst conflict", run.estimate("conflict_peak", name), _percent),
            ]
        cells += [
            _cell("Profit in all", profit, _amount),
            _cell("Hours spent", run.estimate("hours_spent", name), _amount),
        ]
        rows.append(Row(strategy_name(name), name == best, colour, line, tuple(cells)))
    return tuple(rows)


def _cell(column: str, found: Estimate, text: Any) -> tuple[str, str, str]:
    value = UNKNOWN if found.mean is None else text(found.mean)
    interval = _range(found, text)
    return column, value, "" if found.ci_low == found.ci_high else interval


def _negative(found: Estimate) -> Estimate:
    """Return a loss as a positive cost."""
    mean, low, high = (
        None if value is None else -value for value in (found.mean, found.ci_high, found.ci_low)
    )
    return Estimate(mean, low, high)


def _percent(value: float) -> str:
    return words.percent(value, 1)


def _amount(value: float) -> str:
    return words.figure(value + 0.0, 0)


def _months(value: float) -> str:
    return words.figure(value, 1)


def view(run: Simulation, answered: Answer) -> dict[str, Any]:
    """Return all that the template of the futures shows."""
    rows = table(run, answered)
    return {
        "replicates": run.replicates,
        "months": run.months,
        "seed": run.seed,
        "said": sentences(run, answered),
        "told": run.warnings,
        "charts": charts(run, answered),
        "columns": [column for column, *_ in rows[0].cells] if rows else [],
        "rows": rows,
        "planned": "plan" in run.names,
        "calibration": CALIBRATION,
    }

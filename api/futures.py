"""What the panel "what if they leave" shows: on paper, and in simulated futures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from api import words
from fixtures.scenario_library import ShippedScenario, shipped_scenarios
from graph.account import Account
from graph.measures import Measures, Shape, measure
from graph.removal import Without, remove
from simulation.answer import CALIBRATION, Answer, after_verdict
from simulation.comparison import Estimate
from simulation.hours import HoursCurve
from simulation.results import Simulation
from simulation.scenario import Scenario
from simulation.strategies import NAMES, names_for
from simulation.verdict import Verdict
from simulation.wording import points, signed
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
    "margin_total": ("profit in all", False),
    "account_lost": ("account lost", True),
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


Change = tuple[str, str, str]
Cell = tuple[str, str, str]


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
    """One strategy in the table.

    Attributes
    ----------
    chips
        What it is best in.
    cells
        Column, value and interval.
    """

    name: str
    best: bool
    chips: tuple[str, ...]
    colour: str
    line: str
    cells: tuple[Cell, ...]


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


def _range(found: Estimate, text: Any) -> str:
    if found.ci_low is None or found.ci_high is None:
        return ""
    return f"{text(found.ci_low)}\u00a0…\u00a0{text(found.ci_high)}"


def charts(run: Simulation, answered: Answer) -> list[Chart]:
    """Return the course over time, and over hours where it was run."""
    document = run.document()
    unit = run.units["revenue_total"]
    indirect = "share_of_mind_end" in run.measures
    by_profit = run.ranked_by == "margin_total"
    courses = {key: entry for key, entry in OVER_TIME.items() if by_profit or key != "margin"}
    courses |= WITH_DISTRIBUTORS if indirect else {}
    events = [(event.month, label(event, run.name_of(event.subject))) for event in run.scenario.events]
    told = (answered.verdict.best, answered.verdict.safest, BASELINE)
    banded = dict.fromkeys(name for name in told if name is not None)
    time = Chart(
        "Over time",
        "Lines are means; a band holds nine in ten futures, for the best strategy, for the one that loses "
        "the account least and for doing nothing.",
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
        shown = {key: entry for key, entry in OVER_HOURS.items() if by_profit or key != "margin_total"}
        points_of = {name: [point for point in curve.points if point.strategy == name] for name in run.names}
        found.append(
            Chart(
                "Over hours",
                f"The same question with fewer and with more of our hours, from {curve.futures()}; bands are "
                "95 % intervals.",
                {
                    key: _option(
                        over_hours(
                            levels,
                            {
                                name: [getattr(point, key) for point in sorted(some, key=lambda p: p.hours)]
                                for name, some in points_of.items()
                            },
                            title=_title(name, share, unit),
                            share=share,
                        ),
                        share,
                    )
                    for key, (name, share) in shown.items()
                },
                {key: name for key, (name, _) in shown.items()},
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
    """Return the strategies with their intervals, the best first; in their own order where none is."""
    by_profit = run.ranked_by == "margin_total"

    def cells(name: str) -> Iterator[Cell]:
        if by_profit:
            yield _cell("Profit in all", run.estimate("margin_total", name), _amount)
        yield _cell("Account lost by the end", run.estimate("account_lost", name), _percent)
        yield _cell("Revenue in all", run.estimate("revenue_total", name), _amount)
        if "share_of_mind_end" in run.measures:
            yield _cell("Share of mind at the end", run.estimate("share_of_mind_end", name), _percent)
            yield _cell("Worst conflict", run.estimate("conflict_peak", name), _percent)
        yield _cell("Hours spent", run.estimate("hours_spent", name), _amount)

    return _rows(run, answered.verdict, cells)


def changes(run: Simulation, answered: Answer) -> tuple[Row, ...]:
    """Return what the events change under each strategy, in the same order; empty where nothing happens."""
    costs = {cost.strategy: cost for cost in answered.costs}
    by_profit = run.ranked_by == "margin_total"

    def cells(name: str) -> Iterator[Cell]:
        cost = costs[name]
        yield _cell("Revenue", cost.revenue, _change)
        if by_profit:
            yield _cell("Profit", cost.margin, _change)
        yield _cell("Chance of loss, in points", cost.loss, _points)
        yield _cell("Lost within a year of it", cost.lost_within_year, _percent)
        if cost.share_of_mind is not None:
            yield _cell("Share of mind at the end, in points", cost.share_of_mind, _points)
        yield _cell("Months until access is back", cost.recovery_months, _months)

    return _rows(run, answered.verdict, cells) if costs else ()


def _rows(run: Simulation, verdict: Verdict, cells: Callable[[str], Iterable[Cell]]) -> tuple[Row, ...]:
    order = run.ranking() if verdict.best is not None else run.names
    return tuple(
        Row(
            strategy_name(name),
            name == verdict.best,
            _chips(name, verdict),
            *look(name)[:2],
            tuple(cells(name)),
        )
        for name in order
    )


def _chips(name: str, verdict: Verdict) -> tuple[str, ...]:
    """Return what marks a strategy in the table."""
    by_profit = verdict.measure == "margin_total"
    return (
        *(("earns most",) if by_profit and name == verdict.best else ()),
        *(("loses least",) if name == verdict.safest else ()),
    )


def _cell(column: str, found: Estimate, text: Any) -> Cell:
    value = UNKNOWN if found.mean is None else text(found.mean)
    interval = _range(found, text)
    return column, value, "" if found.ci_low == found.ci_high else interval


def _percent(value: float) -> str:
    return words.percent(value, 1)


def _amount(value: float) -> str:
    return words.figure(value + 0.0, 0)


def _change(value: float) -> str:
    return signed(_amount)(value)


def _points(value: float) -> str:
    return signed(points)(value)


def _months(value: float) -> str:
    return words.figure(value, 1)


def view(run: Simulation, answered: Answer) -> dict[str, Any]:
    """Return all that the template of the futures shows."""
    rows = table(run, answered)
    return {
        "replicates": run.replicates,
        "months": run.months,
        "seed": run.seed,
        "said": answered.verdict.sentences,
        "besides": list(after_verdict(answered, run)),
        "ranked": answered.verdict.best is not None,
        "told": run.warnings,
        "charts": charts(run, answered),
        "rows": rows,
        "changes": changes(run, answered),
        "planned": "plan" in run.names,
        "calibration": CALIBRATION,
    }

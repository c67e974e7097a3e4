"""The answer to "what if they leave": what it costs, which strategy holds up, how sure, with how many hours.

What leaving costs is a paired difference: the same scenario is run once more without it, and every replicate
is compared with itself. "Holds up best" is the smallest chance of losing the account, since that is what
leaving threatens; who earns most is said beside it where it is somebody else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from graph.account import Account, Side
from graph.measures import Shape, measure
from simulation.comparison import Comparison, Estimate, estimate, is_settled
from simulation.results import Simulation
from simulation.run import Progress, simulate
from simulation.scenario import Scenario
from simulation.strategies import Strategy

HOLDS_UP = "account_lost"
EARNS = "margin_total"
SINGLE = "single_threaded"
IDLE = "do_nothing"
FACTORS = (0.25, 0.5, 1.0, 2.0, 4.0)
CURVE_MEASURES = (HOLDS_UP, EARNS, "revenue_total", "access_end")
YEAR = 12
MULTI_THREADED = 2  # people who must leave, at the least, before no thread is left

CALIBRATION = (
    "How much a leaving decision maker shakes an account is calibrated, not measured: losing the only buyer "
    "we know, one of four who decide, gives about 25 % loss within 12 months; the vendor figure of 51 % has "
    "no control group."
)


@dataclass(frozen=True, slots=True)
class Leaver:
    """Who leaves, and when."""

    person: str
    name: str
    side: Side
    month: int


@dataclass(frozen=True, slots=True)
class Cost:
    """What the leaving costs under one strategy, against the same futures in which nobody is made to leave.

    Attributes
    ----------
    access
        Difference in the month of the first leaving, in [-1, 1].
    revenue, margin
        Difference over the horizon, in the unit of the run.
    loss
        Difference in the chance that the account is lost by the horizon.
    lost_within_year
        Chance that an account that is there when they leave is lost in the next twelve months (or by the
        horizon, if that is nearer).
    recovery_months
        Months until access is back at 90 % of the month before.
    """

    strategy: str
    access: Estimate
    revenue: Estimate
    margin: Estimate
    loss: Estimate
    lost_within_year: Estimate
    recovery_months: Estimate


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One strategy at one level of hours.

    Attributes
    ----------
    hours
        The pool, hours a month.
    """

    strategy: str
    factor: float
    hours: float
    account_lost: Estimate
    margin_total: Estimate
    revenue_total: Estimate
    access_end: Estimate


@dataclass(frozen=True)
class HoursCurve:
    """How the strategies do as the pool of hours grows."""

    points: tuple[CurvePoint, ...]

    @property
    def levels(self) -> tuple[float, ...]:
        """The pools, hours a month, smallest first."""
        return tuple(sorted({point.hours for point in self.points}))

    def best(self, hours: float) -> CurvePoint:
        """Return the strategy that holds up best with a pool."""
        return min(
            (point for point in self.points if point.hours == hours),
            key=lambda point: 1.0 if point.account_lost.mean is None else point.account_lost.mean,
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """Which strategy holds up best, and how sure that is.

    Attributes
    ----------
    next, over
        Who comes next, and the best against it in the chance of losing the account; None where all do alike.
    alike
        Others that hold up exactly as well as the best, which earns most of them.
    settled
        Whether a re-run with another seed would give the same best.
    earns_most
        The strategy with the largest profit.
    """

    best: str
    next: str | None
    over: Comparison | None
    settled: bool
    earns_most: str
    alike: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """The answer, as values and as sentences.

    Attributes
    ----------
    connectivity, shape
        Of the account as it is today.
    """

    account: str
    as_of: date
    months: int
    leavers: tuple[Leaver, ...]
    starts_multi_threaded: bool
    connectivity: int
    shape: Shape
    costs: tuple[Cost, ...]
    verdict: Verdict
    curve: HoursCurve | None
    sentences: tuple[str, ...]


def hours_curve(
    account: Account,
    scenario: Scenario,
    strategies: Sequence[Strategy],
    *,
    partners: Sequence[Account] = (),
    factors: Sequence[float] = FACTORS,
    replicates: int = 1000,
    months: int | None = None,
    seed: int = 1,
    threads: int | None = None,
    today: Simulation | None = None,
    progress: Progress | None = None,
) -> HoursCurve:
    """Run the strategies with multiples of today's hours.

    Parameters
    ----------
    factors
        Multiples of everybody's hours.
    today
        A run of the same with today's hours, which then need not be run again.

    Raises
    ------
    InputError
        As `simulate`.
    """
    points: list[CurvePoint] = []
    for done, factor in enumerate(factors):
        if progress is not None:
            progress("hours", done, len(factors))
        run = (
            today
            if today is not None and factor == 1.0
            else simulate(
                account,
                scenario,
                strategies,
                partners=partners,
                replicates=replicates,
                months=months,
                seed=seed,
                threads=threads,
                hours_factor=factor,
            )
        )
        pool = float(run.assembly.pool[0])
        points.extend(
            CurvePoint(name, factor, pool, *(run.estimate(measure, name) for measure in CURVE_MEASURES))
            for name in run.names
        )
    if progress is not None:
        progress("hours", len(factors), len(factors))
    return HoursCurve(tuple(points))


def answer(
    simulation: Simulation,
    curve: HoursCurve | None = None,
    *,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Answer:
    """Return the answer that a run gives; the same scenario is run once more without the leaving.

    Parameters
    ----------
    curve
        Of the same account, scenario and strategies, if the answer should say how it depends on hours.
    """
    account = simulation.account
    measured = measure(account)
    leavers = tuple(
        Leaver(
            event.subject,
            simulation.name_of(event.subject),
            "ours" if event.subject in account.our_index else "theirs",
            event.month,
        )
        for event in simulation.scenario.leaving
    )
    costs: tuple[Cost, ...] = ()
    if leavers:
        quiet = simulate(
            account,
            simulation.scenario.without_leaving(),
            simulation.strategies,
            partners=simulation.assembly.world.partners,
            replicates=simulation.replicates,
            months=simulation.months,
            seed=simulation.seed,
            threads=threads,
            progress=progress,
        )
        costs = tuple(_cost(simulation, quiet, name, leavers[0].month) for name in simulation.names)
    verdict = _verdict(simulation)
    multi = measured.connectivity >= MULTI_THREADED
    given = Answer(
        account=account.id,
        as_of=account.as_of,
        months=simulation.months,
        leavers=leavers,
        starts_multi_threaded=multi,
        connectivity=measured.connectivity,
        shape=measured.shape,
        costs=costs,
        verdict=verdict,
        curve=curve,
        sentences=(),
    )
    return _with_sentences(given, simulation)


def _cost(run: Simulation, quiet: Simulation, name: str, month: int) -> Cost:
    s = run.names.index(name)

    def lost(measure_name: str) -> Estimate:
        return estimate(run.measures[measure_name][s] - quiet.measures[measure_name][s])

    access = run.series("access")[s, :, month] - quiet.series("access")[s, :, month]
    survival = run.series("survival")[s]
    ends = min(month + YEAR - 1, run.months)
    return Cost(
        strategy=name,
        access=estimate(access),
        revenue=lost("revenue_total"),
        margin=lost("margin_total"),
        loss=lost("account_lost"),
        lost_within_year=_loss_between(survival[:, month - 1], survival[:, ends]),
        recovery_months=run.estimate("recovery_months", name),
    )


def _loss_between(before: NDArray[np.float64], after: NDArray[np.float64]) -> Estimate:
    """Return the chance of loss of those still there: a ratio of means, its interval linearised."""
    share = float(before.mean())
    if share <= 0.0:
        return Estimate(None, None, None)
    chance = float((before - after).mean()) / share
    found = estimate((before - after - chance * before) / share)
    if found.ci_low is None or found.ci_high is None:
        return Estimate(chance, None, None)
    return Estimate(chance, chance + found.ci_low, chance + found.ci_high)


def _verdict(run: Simulation) -> Verdict:
    values = dict(zip(run.names, run.measures[HOLDS_UP], strict=True))
    first = run.ranking(HOLDS_UP)[0]
    alike = [name for name in run.ranking(EARNS) if np.array_equal(values[name], values[first])]
    best = alike[0]
    after = next((name for name in run.ranking(HOLDS_UP) if name not in alike), None)
    over, settled = None, False
    if after is not None:
        over = run.compare(best, after, HOLDS_UP)
        settled = is_settled(values[best], values[after], 1)
    return Verdict(best, after, over, settled, run.ranking(EARNS)[0], tuple(sorted(alike[1:])))


def _with_sentences(given: Answer, run: Simulation) -> Answer:
    said = []
    for leaver in given.leavers:
        whose = "one of ours, " if leaver.side == "ours" else ""
        said.append(f"{leaver.name}, {whose}leaves in month {leaver.month}.".replace(", leaves", " leaves"))
    said.append(_start(given))
    said.extend(_costs(given, run))
    said.append(_holds_up(given, run))
    if given.curve is not None:
        said.append(_hours(given.curve))
    said.append(CALIBRATION)
    return replace(given, sentences=tuple(said))


def _start(given: Answer) -> str:
    if given.starts_multi_threaded:
        return (
            f"The account starts multi-threaded ({given.shape}): at least {given.connectivity} people would "
            "have to leave before no thread is left."
        )
    threads = "on a single thread" if given.connectivity == 1 else "without any thread"
    first = min((leaver.month for leaver in given.leavers), default=None)
    built = (
        "" if first is None else f"; whatever a strategy builds first has {first - 1} months until they leave"
    )
    return f"The account starts {threads} ({given.shape}){built}."


def _costs(given: Answer, run: Simulation) -> list[str]:
    """Say what leaving costs on a single thread and under the best strategy; `costs` has all of them."""
    unit = run.units["revenue_total"]
    told = (SINGLE, given.verdict.best)
    return [
        f"With {_words(cost.strategy)} it costs {_signed(cost.access)} of access at once and "
        f"{_signed(cost.revenue, 0)} {unit} of revenue over {given.months} months; the account is lost "
        f"within a year in {_percent(cost.lost_within_year)} of the futures, the chance of loss is "
        f"{_points(cost.loss)} higher by the end, and access is back after "
        f"{_plain(cost.recovery_months, 1)} months."
        for cost in given.costs
        if cost.strategy in told
    ]


def _holds_up(given: Answer, run: Simulation) -> str:
    verdict = given.verdict
    lost = _percent(run.estimate(HOLDS_UP, verdict.best))
    if len(run.names) > 1 and verdict.next is None:
        return f"No strategy makes a difference: the account is lost in {lost} of the futures under each."
    text = f"{_words(verdict.best)} holds up best: the account is lost in {lost} of the futures"
    if verdict.alike:
        others = " and ".join(_words(name) for name in verdict.alike)
        text += f", as with {others}, which earn{'s' if len(verdict.alike) == 1 else ''} less"
    if verdict.over is not None and verdict.next is not None:
        text += (
            f"; against {_words(verdict.next)} that is {_points(_difference(verdict.over))}, better in "
            f"{verdict.over.p_a_better:.0%} of the futures, and "
            + ("settled" if verdict.settled else f"not settled with {run.replicates:,} replicates")
        )
    if verdict.earns_most != verdict.best:
        text += f"; {_words(verdict.earns_most)} earns most within the {run.months} months"
        if verdict.earns_most == IDLE:
            text += ", because it saves the hours and what is left of the account at the end is not counted"
    return text[0].upper() + text[1:] + "."


def _words(strategy: str) -> str:
    return strategy.replace("_", " ")


def _hours(curve: HoursCurve) -> str:
    said = []
    for hours in curve.levels:
        best = curve.best(hours)
        said.append(
            f"{_words(best.strategy)} with {hours:.3g} h a month ({_percent(best.account_lost)} lost)"
        )
    return "By hours, what holds up best is " + ", ".join(said) + "."


def _difference(comparison: Comparison) -> Estimate:
    return Estimate(comparison.difference, comparison.ci_low, comparison.ci_high)


def _signed(found: Estimate, digits: int = 2) -> str:
    return _shown(found, lambda value: f"{value:+,.{digits}f}")


def _plain(found: Estimate, digits: int) -> str:
    return _shown(found, lambda value: f"{value:.{digits}f}")


def _percent(found: Estimate) -> str:
    return _shown(found, lambda value: f"{value:.1%}")


def _points(found: Estimate) -> str:
    return _shown(found, lambda value: f"{100.0 * value:+.1f}") + " points"


def _shown(found: Estimate, text: Callable[[float], str]) -> str:
    if found.mean is None:
        return "undefined"
    if found.ci_low is None or found.ci_high is None:
        return text(found.mean)
    return f"{text(found.mean)} [{text(found.ci_low)} … {text(found.ci_high)}]"

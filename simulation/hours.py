"""How the strategies do with fewer of our hours, and with more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from graph.account import Account
from graph.progress import Progress
from simulation.comparison import Estimate
from simulation.outcomes import BETTER, RANKED_BY
from simulation.results import Simulation
from simulation.run import simulate
from simulation.scenario import Scenario
from simulation.strategies import Strategy
from simulation.wording import listed, named

FACTORS = (0.25, 0.5, 1.0, 2.0, 4.0)
TODAY = 1.0
MEASURES = ("account_lost", "margin_total", "revenue_total", "access_end")


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One strategy at one level of hours.

    Attributes
    ----------
    hours
        The pool, hours a month.
    replicates
        Futures behind the values.
    """

    strategy: str
    factor: float
    hours: float
    replicates: int
    account_lost: Estimate
    margin_total: Estimate
    revenue_total: Estimate
    access_end: Estimate


@dataclass(frozen=True)
class HoursCurve:
    """How the strategies do as the pool of hours grows.

    Attributes
    ----------
    measure
        What ranks them: that of the verdict.
    """

    points: tuple[CurvePoint, ...]
    measure: str = RANKED_BY

    @property
    def levels(self) -> tuple[float, ...]:
        """The pools, hours a month, smallest first."""
        return tuple(sorted({point.hours for point in self.points}))

    def best(self, hours: float) -> CurvePoint:
        """Return the strategy that is best with a pool."""
        sign = -1.0 if BETTER[self.measure] == "higher" else 1.0
        return min(
            (point for point in self.points if point.hours == hours),
            key=lambda point: sign * (getattr(point, self.measure).mean or 0.0),
        )

    def sentence(self) -> str:
        """Return which strategy is best at each level of hours, levels with the same one together."""
        best = {hours: self.best(hours).strategy for hours in self.levels}
        does = "earns most" if self.measure == RANKED_BY else "loses the account least"
        if len(set(best.values())) == 1:
            name = next(iter(best.values()))
            few, many = figure(self.levels[0]), figure(self.levels[-1])
            return f"By hours, {named(name)} {does} throughout, from {few} to {many} hours a month."
        said = [
            f"{named(name)} with {listed([figure(hours) for hours in group])}"
            for name, group in groupby(best, key=lambda hours: best[hours])
        ]
        return f"By hours a month, what {does} is {', '.join(said)}."

    def futures(self) -> str:
        """Return how many futures stand behind the points."""
        numbers = {point.replicates for point in self.points if point.factor != TODAY}
        today = {point.replicates for point in self.points if point.factor == TODAY}
        few = listed([f"{number:,}" for number in sorted(numbers or today)])
        return f"{few} futures" + (
            f", {max(today):,} with today’s hours" if numbers and today - numbers else ""
        )


def figure(hours: float) -> str:
    """Return hours a month in whole ones, few of them with a decimal."""
    return f"{hours:,.0f}" if hours >= 10.0 else f"{hours:.3g}"


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
    measure = RANKED_BY
    for done, factor in enumerate(factors):
        if progress is not None:
            progress("hours", done, len(factors))
        run = (
            today
            if today is not None and factor == TODAY
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
        measure = run.ranked_by
        pool = float(run.assembly.pool[0])
        points.extend(
            CurvePoint(name, factor, pool, run.replicates, *(run.estimate(one, name) for one in MEASURES))
            for name in run.names
        )
    if progress is not None:
        progress("hours", len(factors), len(factors))
    return HoursCurve(tuple(points), measure)

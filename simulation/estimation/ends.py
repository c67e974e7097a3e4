"""Whether the ranking of strategies holds at both ends of what the user's data allow.

A run takes one value of each parameter. So the estimated ones are set, family by family, to the low and the
high end of their intervals, the others staying where they are, and the strategies ranked again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from graph.account import Account
from graph.progress import Progress
from simulation.estimation.model import Estimates
from simulation.results import Simulation
from simulation.run import simulate
from simulation.scenario import Scenario
from simulation.strategies import Strategy

HOURS = "hours"


@dataclass(frozen=True, slots=True)
class EndRun:
    """A run with one family at one end of its interval.

    Attributes
    ----------
    leader, usual
        The best strategy there, and at the estimates.
    flips
        Whether they differ, by a difference whose 95 % interval excludes 0.
    """

    family: str
    end: Literal["low", "high"]
    ranking: tuple[str, ...]
    leader: str
    usual: str
    flips: bool


def rankings_at_ends(
    account: Account,
    scenario: Scenario,
    strategies: Sequence[Strategy],
    estimates: Estimates,
    *,
    partners: Sequence[Account] = (),
    replicates: int,
    months: int,
    seed: int,
    threads: int | None = None,
    progress: Progress | None = None,
) -> tuple[EndRun, ...]:
    """Rank the strategies with each estimated family at the ends of its interval.

    Parameters
    ----------
    account, scenario
        As given by the user, without the estimates: what the scenario sets is not varied.
    partners
        As of `simulate`.
    replicates
        Few do, since every run has the same draws.
    months, seed, threads
        As in the run itself.
    """
    free = estimates.unset(scenario.parameters)
    centre = {row.parameter: row.value for row in free}
    families = list(dict.fromkeys(row.family for row in free))
    if any(one.used for one in estimates.hours):
        families.append(HOURS)
    if not families or len(strategies) < 2:
        return ()

    def ranked(values: Mapping[str, float], hours: str) -> Simulation:
        setting = replace(scenario, months=None, parameters={**values, **scenario.parameters})
        return simulate(
            estimates.with_hours(account, hours),
            setting,
            strategies,
            partners=partners,
            replicates=replicates,
            months=months,
            seed=seed,
            threads=threads,
        )

    usual = ranked(centre, "value").ranking()
    found = []
    ends: tuple[Literal["low", "high"], ...] = ("low", "high")
    for done, family in enumerate(families):
        for end in ends:
            if progress is not None:
                progress("ranking at the ends", 2 * done + (end == "high"), 2 * len(families))
            moved = {row.parameter: getattr(row, end) for row in free if row.family == family}
            simulation = ranked({**centre, **moved}, end if family == HOURS else "value")
            found.append(_compared(family, end, simulation, usual))
    if progress is not None:
        progress("ranking at the ends", 2 * len(families), 2 * len(families))
    return tuple(found)


def _compared(
    family: str, end: Literal["low", "high"], simulation: Simulation, usual: Sequence[str]
) -> EndRun:
    ranking = simulation.ranking()
    flips = False
    if ranking[0] != usual[0]:
        found = simulation.compare(ranking[0], usual[0], simulation.ranked_by)
        flips = found.ci_low is not None and found.ci_high is not None and found.ci_low * found.ci_high > 0.0
    return EndRun(family, end, ranking, ranking[0], usual[0], flips)


def told(ends: Sequence[EndRun]) -> tuple[str, ...]:
    """Return in sentences where another strategy leads at an end, or that none does."""
    if not ends:
        return ()
    usual = ends[0].usual.replace("_", " ")
    sentences = []
    for one in ends:
        if one.leader != one.usual:
            what = "the hours of the log" if one.family == HOURS else one.family
            leader = one.leader.replace("_", " ")
            outcome = f"{leader} leads instead of {usual}" if one.flips else f"{leader} and {usual} are level"
            sentences.append(f"With {what} at the {one.end} end of what your own data allow {outcome}.")
    return tuple(sentences) or (f"Over all that your own data allow of these values, {usual} stays first.",)

"""Whether the ranking of strategies holds at both ends of what the user's data allow.

A run takes one value of each parameter. So the estimated ones are set, family by family, to the low and the
high end of their intervals, the others staying where they are, and the strategies ranked again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from graph.account import Account
from simulation.estimation.model import Estimates
from simulation.outcomes import RANKED_BY
from simulation.results import Simulation
from simulation.scenario import Scenario
from simulation.strategies import Strategy

HOURS = "hours"
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class EndRun:
    """A run with one family at one end of its interval.

    Attributes
    ----------
    leader
        The best strategy there.
    flips
        Whether another one leads than at the estimates, by a difference whose 95 % interval excludes 0.
    """

    family: str
    end: Literal["low", "high"]
    ranking: tuple[str, ...]
    leader: str
    flips: bool
    sentence: str


def rankings_at_ends(
    account: Account,
    scenario: Scenario,
    strategies: Sequence[Strategy],
    estimates: Estimates,
    *,
    run: Callable[[Account, Scenario, Sequence[Strategy]], Simulation],
    progress: Progress | None = None,
) -> tuple[EndRun, ...]:
    """Rank the strategies with each estimated family at the ends of its interval.

    Parameters
    ----------
    account, scenario
        As given by the user, without the estimates: what the scenario sets is not varied.
    run
        Simulates; few replicates do, since every run has the same draws.
    """
    free = estimates.unset(scenario.parameters)
    centre = {row.parameter: row.value for row in free}
    families = list(dict.fromkeys(row.family for row in free))
    if any(one.used for one in estimates.hours):
        families.append(HOURS)
    if not families or len(strategies) < 2:
        return ()

    def ranked(values: Mapping[str, float], hours: str) -> Simulation:
        setting = replace(scenario, parameters={**values, **scenario.parameters})
        return run(estimates.with_hours(account, hours), setting, strategies)

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
    leader = ranking[0]
    flips = False
    if leader != usual[0]:
        found = simulation.compare(leader, usual[0], RANKED_BY)
        flips = found.ci_low is not None and found.ci_high is not None and found.ci_low * found.ci_high > 0.0
    what = "the hours of the log" if family == HOURS else family
    at = f"With {what} at the {end} end of what your data allow"
    name, other = leader.replace("_", " "), usual[0].replace("_", " ")
    if flips:
        sentence = f"{at} {name} leads instead of {other}: the choice depends on it."
    elif leader != usual[0]:
        sentence = f"{at} {name} and {other} are level."
    else:
        sentence = f"{at} {name} still leads."
    return EndRun(family, end, ranking, leader, flips, sentence)

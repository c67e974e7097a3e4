"""What the events of a scenario cost: the run against the same futures in which they do not happen.

Every replicate is compared with itself, so that the chance of all else is taken out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.progress import Progress
from simulation.comparison import Estimate, estimate
from simulation.outcomes import RANKED_BY
from simulation.results import Simulation
from simulation.run import simulate
from simulation.scenario import Leaves, Scenario
from simulation.wording import between, happened, money, named, points, shown, signed

YEAR = 12


@dataclass(frozen=True, slots=True)
class Cost:
    """What events change under one strategy, against the same futures without them.

    Attributes
    ----------
    access
        Difference in the month of the first event, in [-1, 1].
    revenue, margin
        Difference over the horizon, in the unit of the run.
    loss
        Difference in the chance that the account is lost by the horizon.
    lost_within_year
        Chance that an account that is there at the first event is lost in the next twelve months (or by the
        horizon, if that is nearer).
    recovery_months
        Months until access is back at 90 % of the month before.
    share_of_mind
        Difference at the horizon; None where there are no distributors.
    """

    strategy: str
    access: Estimate
    revenue: Estimate
    margin: Estimate
    loss: Estimate
    lost_within_year: Estimate
    recovery_months: Estimate
    share_of_mind: Estimate | None


def costs_of(
    run: Simulation,
    scenario: Scenario,
    month: int,
    *,
    threads: int | None = None,
    progress: Progress | None = None,
) -> tuple[Cost, ...]:
    """Return what the events of a run cost that another scenario leaves out, for every strategy.

    Parameters
    ----------
    scenario
        The run's, without these events.
    month
        Of the first of them.
    """
    quiet = simulate(
        run.account,
        scenario,
        run.strategies,
        partners=run.assembly.world.partners,
        replicates=run.replicates,
        months=run.months,
        seed=run.seed,
        threads=threads,
        progress=progress,
    )
    return tuple(_cost(run, quiet, name, month) for name in run.names)


def _cost(run: Simulation, quiet: Simulation, name: str, month: int) -> Cost:
    s = run.names.index(name)

    def changed(measure: str) -> Estimate:
        return estimate(run.measures[measure][s] - quiet.measures[measure][s])

    access = run.series("access")[s, :, month] - quiet.series("access")[s, :, month]
    survival = run.series("survival")[s]
    ends = min(month + YEAR - 1, run.months)
    return Cost(
        strategy=name,
        access=estimate(access),
        revenue=changed("revenue_total"),
        margin=changed("margin_total"),
        loss=changed("account_lost"),
        lost_within_year=_loss_between(survival[:, month - 1], survival[:, ends]),
        recovery_months=run.estimate("recovery_months", name),
        share_of_mind=changed("share_of_mind_end") if "share_of_mind_end" in run.measures else None,
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


def subject(run: Simulation) -> tuple[str, str, bool]:
    """Return what costs something, as a subject and as a pronoun, and whether it is in the plural."""
    events = run.scenario.events
    if all(isinstance(event, Leaves) for event in events):
        return "the leaving", "it", False
    kinds = happened(event.event for event in events)
    return (
        (f"the event ({kinds})", "it", False) if len(events) == 1 else (f"the events ({kinds})", "them", True)
    )


def cost_sentences(run: Simulation, cost: Cost, leaving: Cost | None) -> Iterator[str]:
    """Yield what the events change under a strategy.

    Parameters
    ----------
    leaving
        What the leaving alone costs, where other events happen too.
    """
    what, them, plural = subject(run)
    parts = (cost.revenue, cost.margin, cost.loss, cost.access)
    if all(one.mean == 0.0 and one.ci_low == one.ci_high for one in parts):
        change = "change" if plural else "changes"
        yield f"{what[0].upper()}{what[1:]} {change} nothing under {named(cost.strategy)}."
        return
    back = ""
    if cost.access.mean and cost.recovery_months.mean is not None:
        waited = cost.recovery_months.mean
        back = (
            f"; access changes by {signed('{:.2f}'.format)(cost.access.mean)} at once and takes "
            f"{waited:.1f}{between(cost.recovery_months, '{:.1f}'.format)} months to be back at nine tenths"
        )
    yield (
        f"What {what} {'change' if plural else 'changes'} under {named(cost.strategy)}, against the same "
        f"futures without {them}: {_changes(run, cost)}{back}."
    )
    if leaving is not None:
        yield f"Of that, the leaving alone: {_changes(run, leaving)}."


def _changes(run: Simulation, cost: Cost) -> str:
    parts = [f"revenue {shown(cost.revenue, signed(money))}"]
    if run.ranked_by == RANKED_BY:
        parts.append(f"profit {shown(cost.margin, signed(money))}")
    else:
        parts[0] += " index points"
    parts.append(f"chance of losing the account {shown(cost.loss, signed(points))} points")
    if cost.share_of_mind is not None:
        parts.append(f"share of mind at the end {shown(cost.share_of_mind, signed(points))} points")
    return ", ".join(parts)

"""What trials show, whatever is behind them: what moves the lead, what its spread is of, where it turns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.comparison import Estimate, estimate
from simulation.factors import Factor
from simulation.flips import Flip, ScanPoint, leads, scan, winners
from simulation.screening import (
    WIDEST,
    Share,
    change_shares,
    elementary_effects,
    screen,
    trajectories,
    variance_points,
    variance_shares,
)
from simulation.trials import Effort, Trials

Values = NDArray[np.float64]

STRONGEST = 10
NAMED = 3  # parameters that a warning names
FEW_TRAJECTORIES = 8  # with fewer, a bootstrap over them makes too narrow an interval
SCREENING = "screening every assumption"
SHARING = "weighing the strongest together"
SCANNING = "looking where the best strategy changes"


@dataclass(frozen=True, slots=True)
class Assumption:
    """What one uncertain parameter does to the lead of the best strategy.

    Attributes
    ----------
    name
        A row of the parameter table, or a family whose levels move together.
    default
        Its value in the scenario.
    low, high
        Its plausible range.
    mu_star, mu_star_ci, sigma
        Mean absolute change of the lead over the whole range, its 95 % interval, and its spread.
    winner_changes
        Share of the steps of the screening, in each of which this alone moves, that change the winner.
    first_order, total
        Share of the lead's variance that it makes alone, and in which it takes part; None unless it is one
        of the ten strongest. Not cut at 0 and 1: `Share.tells` says whether the samples are enough.
    flips_at, flips_ci, flips_from, flips_to
        The value nearest to the default at which another strategy becomes best, its 95 % interval, the best
        on the default's side and beyond; None where nothing changes within the range, or nobody looked.
    scan
        What is best over the range, the others at their defaults; empty where it was not looked at.
    """

    name: str
    description: str
    unit: str
    default: float
    low: float
    high: float
    mu_star: float
    mu_star_ci: tuple[float, float]
    sigma: float
    winner_changes: float
    first_order: Share | None = None
    total: Share | None = None
    flips_at: float | None = None
    flips_ci: tuple[float, float] | None = None
    flips_from: str | None = None
    flips_to: str | None = None
    scan: tuple[ScanPoint, ...] = ()


@dataclass(frozen=True)
class Analysis:
    """What trials show, whatever is behind them.

    Attributes
    ----------
    leader, runner_up, lead
        The best strategy in the scenario, the next, and how far ahead it is.
    parameters
        The strongest first.
    best
        How often each strategy is best over the plausible values of everything together.
    """

    leader: str
    runner_up: str | None
    lead: Estimate
    parameters: tuple[Assumption, ...]
    best: Mapping[str, float]
    warnings: tuple[str, ...] = ()


def analyse(
    trials: Trials,
    factors: Sequence[Factor],
    names: Sequence[str],
    base: Values,
    effort: Effort,
    seed: int,
) -> Analysis:
    """Screen all factors, weigh the strongest, scan them and those that change the winner most often.

    Parameters
    ----------
    names
        Of the strategies.
    base
        (strategies, replicates) in the scenario itself, larger being better.
    """
    order = np.argsort(-base.mean(axis=1), kind="stable")
    leader = int(order[0])
    if len(names) < 2 or not factors:
        why = "All strategies do the same here" if factors else "The scenario sets every uncertain parameter"
        return Analysis(
            names[leader],
            None,
            Estimate(None, None, None),
            (),
            {names[leader]: 1.0},
            (f"{why}; no assumption can change which is best.",),
        )
    points = trajectories(len(factors), effort.trajectories, seed)
    settings = [_settings(factors, point) for point in points.reshape(-1, len(factors))]
    means = trials.means(SCREENING, settings, effort.replicates)
    won = winners(means, leader)
    ahead = leads(means, leader).reshape(points.shape[:2])
    effects = screen(elementary_effects(points, ahead), seed)
    changes = change_shares(points, won.reshape(points.shape[:2]))
    ranked = sorted(range(len(factors)), key=lambda i: (-effects.mu_star[i], factors[i].name))
    found = [
        Assumption(
            factors[i].name,
            factors[i].description,
            factors[i].unit,
            factors[i].default,
            factors[i].low,
            factors[i].high,
            float(effects.mu_star[i]),
            (float(effects.low[i]), float(effects.high[i])),
            float(effects.sigma[i]),
            float(changes[i]),
        )
        for i in ranked
    ]
    strongest = [factors[i] for i in ranked[:STRONGEST] if effects.mu_star[i] > 0.0]
    shares, warnings = _shares(trials, strongest, leader, effort, seed)
    if effort.trajectories < FEW_TRAJECTORIES:
        warnings += (
            f"{effort.trajectories} trajectories are too few for the intervals of mu_star, which come out "
            f"too narrow; ask for {FEW_TRAJECTORIES} at the least.",
        )
    for place, (first_order, total) in enumerate(shares):
        found[place] = replace(found[place], first_order=first_order, total=total)
    turning = sorted(ranked, key=lambda i: -changes[i])[:STRONGEST]
    scanned = [
        place
        for place, i in enumerate(ranked)
        if effects.mu_star[i] > 0.0 and (place < STRONGEST or (i in turning and changes[i] > 0.0))
    ]
    scans = scan(
        [factors[ranked[place]] for place in scanned],
        lambda asked: trials.each(SCANNING, asked, effort.scan_replicates),
        base,
        names,
        leader,
    )
    for place, (line, flip) in zip(scanned, scans, strict=True):
        found[place] = replace(found[place], scan=line, **_flip_fields(flip))
    runner_up = int(order[1])
    return Analysis(
        names[leader],
        names[runner_up],
        estimate(base[leader] - base[runner_up]),
        tuple(found),
        {name: float((won == i).mean()) for i, name in enumerate(names)},
        warnings,
    )


def _settings(factors: Sequence[Factor], point: Values) -> dict[str, float]:
    """Return what a scenario sets at a point of the cube."""
    return {
        row: value
        for factor, share in zip(factors, point, strict=True)
        for row, value in factor.settings(factor.at(float(share))).items()
    }


def _shares(
    trials: Trials, strongest: Sequence[Factor], leader: int, effort: Effort, seed: int
) -> tuple[tuple[tuple[Share, Share], ...], tuple[str, ...]]:
    """Return the shares of variance of the strongest, none with a warning where the lead does not vary."""
    if not strongest:
        return (), ("No uncertain parameter changes the lead of the best strategy.",)
    points = variance_points(len(strongest), effort.samples, seed)
    means = trials.means(SHARING, [_settings(strongest, point) for point in points], effort.replicates)
    shares = variance_shares(len(strongest), leads(means, leader), seed)
    if shares is None:
        return (), ("The lead does not vary over the strongest alone; shares of variance are undefined.",)
    rough = [one.name for one, (_, total) in zip(strongest, shares, strict=True) if not total.tells]
    if not rough:
        return shares, ()
    more = f" and {len(rough) - NAMED} more" if len(rough) > NAMED else ""
    return shares, (
        f"{effort.samples} samples are too few to tell the shares of variance of {', '.join(rough[:NAMED])}"
        f"{more}: the estimates leave 0 to 100%, or have no 95% interval within {WIDEST:.0%}; ask for more.",
    )


def _flip_fields(flip: Flip | None) -> dict[str, Any]:
    if flip is None:
        return {}
    return {
        "flips_at": flip.at,
        "flips_ci": flip.ci,
        "flips_from": flip.before,
        "flips_to": flip.after,
    }

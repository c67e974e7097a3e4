"""Which assumptions decide which strategy is best, and where another one becomes best.

Three looks at the same model, all with the same draws, so that a difference is one of the parameters:

1. Morris's elementary effects of everything uncertain: what moves the lead of the best strategy, how often a
   step changes the winner, how often each strategy wins.
2. Sobol's shares of variance of the ten strongest: how much of the lead's spread each makes, alone and
   together with others.
3. A scan over the range of each of the ten, and of each of the ten that change the winner most often, the
   others as they are: the value at which the winner changes.

The lead is what the strategy that is best in the scenario gains over the best of the others; below 0 it is
no longer best. References stand in `screening`.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from difflib import get_close_matches
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.account import Account
from graph.errors import Candidate, InputError, UnknownName
from simulation.comparison import Estimate, estimate
from simulation.factors import Factor, factors_of
from simulation.flips import Flip, ScanPoint, leads, scan, winners
from simulation.outcomes import BETTER, RANKED_BY
from simulation.run import Progress, simulate
from simulation.scenario import Scenario
from simulation.screening import (
    Share,
    change_shares,
    elementary_effects,
    screen,
    trajectories,
    variance_points,
    variance_shares,
)
from simulation.strategies import Strategy
from simulation.trials import Effort, Simulated, Trials, distinct, effort_for, told_by_data

Values = NDArray[np.float64]

STRONGEST = 10
MOST = 2**14
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
        of the ten strongest.
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


@dataclass(frozen=True)
class Sensitivity:
    """The answer for an account; `document()` has every field but the time it took.

    Attributes
    ----------
    unit
        Of the measure, and so of the lead and of `mu_star`.
    trajectories, replicates, samples, scan_replicates
        As in `Effort`.
    runs
        Settings of the parameters that were simulated.
    known
        Parameters that the account's data tell: they are not varied.
    leader, runner_up, lead, parameters, best
        As in `Analysis`.
    seconds
        Wall time.
    """

    account: str
    as_of: date
    warnings: tuple[str, ...]
    scenario: str
    measure: str
    unit: str
    months: int
    seed: int
    trajectories: int
    replicates: int
    samples: int
    scan_replicates: int
    runs: int
    known: tuple[str, ...]
    leader: str
    runner_up: str | None
    lead: Estimate
    parameters: tuple[Assumption, ...]
    best: Mapping[str, float]
    sentences: tuple[str, ...]
    seconds: float

    def document(self) -> dict[str, Any]:
        """Return the answer as plain values."""
        found = asdict(self)
        del found["seconds"]
        return {**found, "as_of": self.as_of.isoformat()}


def sensitivity(
    account: Account,
    scenario: Scenario,
    strategies: Sequence[Strategy],
    *,
    measure: str = RANKED_BY,
    partners: Sequence[Account] = (),
    trajectories: int | None = None,
    replicates: int | None = None,
    samples: int | None = None,
    months: int | None = None,
    seed: int = 1,
    threads: int | None = None,
    ranges: Mapping[str, tuple[float, float]] | None = None,
    progress: Progress | None = None,
) -> Sensitivity:
    """Say which uncertain parameters decide which strategy is best, and where another becomes best.

    What the scenario sets is taken as known. The actions of a plan stay as they are.

    Parameters
    ----------
    measure
        What strategies are compared in.
    partners
        As `simulate` takes them.
    trajectories, replicates, samples
        As in `Effort`; by the size of the account where they are left out.
    months
        Horizon; beats the scenario's own.
    threads
        At least 1; all of the machine's by default. No result depends on it.
    ranges
        Intervals by row or family that replace plausible ranges, such as estimates from the user's own data.
    progress
        Called with what is going on, how much of it is done, and out of how much.

    Raises
    ------
    InputError
        An unknown measure or one that is undefined here, a number out of its range, or as `simulate`.
    """
    from simulation.sensitivity_words import sentences

    started = time.monotonic()
    check_measure(measure)
    if len(strategies) < 2:
        raise InputError("Sensitivity is about which strategy is best; name two strategies at the least.")
    asked = {"trajectories": trajectories, "replicates": replicates, "samples": samples}
    given = {name: _checked(name, value) for name, value in asked.items() if value is not None}
    factors = factors_of(account, scenario, ranges, partners)
    run = partial(simulate, account, scenario, strategies, partners=partners, months=months, seed=seed)
    first = run(replicates=2, threads=1, progress=progress)
    if measure not in first.measures:
        raise InputError(
            f"{measure} is undefined for {account.name} in this scenario; "
            f"defined are {', '.join(first.measures)}."
        )
    effort = replace(
        effort_for((account, *partners), len(strategies), first.months, len(factors), STRONGEST), **given
    )
    if replicates is not None:
        effort = replace(effort, scan_replicates=replicates)
    base = run(replicates=effort.scan_replicates, threads=threads, progress=progress)
    kept, alike = distinct(base)
    workers = threads or os.cpu_count() or 1
    chosen = [strategies[i] for i in kept]
    trials = Simulated(account, scenario, chosen, measure, base.months, seed, workers, partners, progress)
    names = [strategy.name for strategy in chosen]
    values = trials.values(base)[list(kept)]
    known = told_by_data(trials, factors)
    unknown = [factor for factor in factors if factor.name not in known]
    found = analyse(trials, unknown, names, values, effort, seed)
    answer = Sensitivity(
        account=account.id,
        as_of=account.as_of,
        warnings=(*base.warnings, *alike, *found.warnings),
        scenario=scenario.name,
        measure=measure,
        unit=base.units[measure],
        months=base.months,
        seed=seed,
        trajectories=effort.trajectories,
        replicates=effort.replicates,
        samples=effort.samples,
        scan_replicates=effort.scan_replicates,
        runs=trials.runs + 1,
        known=known,
        leader=found.leader,
        runner_up=found.runner_up,
        lead=found.lead,
        parameters=found.parameters,
        best=found.best,
        sentences=(),
        seconds=time.monotonic() - started,
    )
    return replace(answer, sentences=sentences(answer))


def check_measure(measure: str) -> None:
    """Refuse what is no measure.

    Raises
    ------
    UnknownName
        With the measures there are.
    """
    if measure not in BETTER:
        near = get_close_matches(measure, BETTER, n=3, cutoff=0.4)
        raise UnknownName(
            f"There is no measure {measure!r}; measures are {', '.join(BETTER)}.",
            candidates=[Candidate(other, other) for other in near],
        )


def _checked(name: str, value: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 2 <= value <= MOST:
        raise InputError(f"{name} is {value!r}; it needs a whole number from 2 to {MOST:,}.")
    if name == "samples" and value & (value - 1):
        raise InputError(f"samples is {value}; it needs a power of two, such as 128 or 256.")
    return value


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
    return shares, ()


def _flip_fields(flip: Flip | None) -> dict[str, Any]:
    if flip is None:
        return {}
    return {
        "flips_at": flip.at,
        "flips_ci": flip.ci,
        "flips_from": flip.before,
        "flips_to": flip.after,
    }

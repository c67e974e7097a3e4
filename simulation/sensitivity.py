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

from graph.account import Account
from graph.errors import Candidate, InputError, UnknownName
from graph.progress import Progress
from simulation.analysis import STRONGEST, Assumption, analyse
from simulation.comparison import Estimate
from simulation.factors import factors_of
from simulation.outcomes import BETTER, RANKED_BY
from simulation.run import simulate
from simulation.scenario import Scenario
from simulation.strategies import Strategy
from simulation.trials import Simulated, distinct, effort_for, told_by_data

MOST = 2**14


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

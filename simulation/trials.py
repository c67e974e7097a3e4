"""Running the same strategies through the same futures under many settings of the parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from graph.account import Account
from graph.progress import Progress
from simulation.factors import Factor, has_channel
from simulation.outcomes import BETTER
from simulation.results import Simulation
from simulation.run import simulate
from simulation.scenario import Scenario
from simulation.strategies import Strategy

Values = NDArray[np.float64]
Settings = Mapping[str, float]


class Trials(Protocol):
    """Strategies under settings of the parameters: what a sensitivity analysis looks at."""

    def means(self, stage: str, settings: Sequence[Settings], replicates: int) -> Values:
        """Return the mean of each strategy, shape (settings, strategies), larger being better."""

    def each(self, stage: str, settings: Sequence[Settings], replicates: int) -> Values:
        """Return every replicate, shape (settings, strategies, replicates), larger being better."""


@dataclass
class Simulated:
    """Trials by simulation, several settings at a time.

    Attributes
    ----------
    threads
        Settings that run at once; no result depends on it.
    runs
        Settings that were simulated so far.
    """

    account: Account
    scenario: Scenario
    strategies: Sequence[Strategy]
    measure: str
    months: int
    seed: int
    threads: int
    partners: Sequence[Account] = ()
    progress: Progress | None = None
    runs: int = 0

    def means(self, stage: str, settings: Sequence[Settings], replicates: int) -> Values:
        """Return the mean of each strategy, shape (settings, strategies), larger being better."""
        found = np.empty((len(settings), len(self.strategies)))

        def keep(place: int, values: Values) -> None:
            found[place] = values.mean(axis=1)

        self._each(stage, settings, replicates, keep)
        return found

    def each(self, stage: str, settings: Sequence[Settings], replicates: int) -> Values:
        """Return every replicate, shape (settings, strategies, replicates), larger being better."""
        found = np.empty((len(settings), len(self.strategies), replicates))

        def keep(place: int, values: Values) -> None:
            found[place] = values

        self._each(stage, settings, replicates, keep)
        return found

    def values(self, run: Simulation) -> Values:
        """Return a run's measure, shape (strategies, replicates), larger being better."""
        found = run.measures[self.measure]
        return found if BETTER[self.measure] == "higher" else -found

    def run(self, settings: Settings, replicates: int) -> Simulation:
        """Return the run of one setting, in this thread."""
        return simulate(
            self.account,
            replace(self.scenario, parameters={**self.scenario.parameters, **settings}),
            self.strategies,
            partners=self.partners,
            replicates=replicates,
            months=self.months,
            seed=self.seed,
            threads=1,
        )

    def _each(
        self, stage: str, settings: Sequence[Settings], replicates: int, keep: Callable[[int, Values], None]
    ) -> None:
        def work(place: int) -> None:
            keep(place, self.values(self.run(settings[place], replicates)))

        pool = ThreadPoolExecutor(self.threads)
        try:
            futures = [pool.submit(work, place) for place in range(len(settings))]
            for done, future in enumerate(as_completed(futures), start=1):
                future.result()
                self.runs += 1
                if self.progress is not None:
                    self.progress(stage, done, len(settings))
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is run.

    Attributes
    ----------
    trajectories
        Of the screening.
    replicates
        Futures of each strategy at each point of the screening and of the shares of variance.
    samples
        Base points of the shares, a power of two.
    scan_replicates
        Futures of each strategy at each value of a scan, where the place of a change counts.
    """

    trajectories: int
    replicates: int
    samples: int
    scan_replicates: int


# The first that should stay within the time is taken: judged by the size of the account, never by the clock,
# so that the same question gives the same numbers on every machine.
EFFORTS = (
    Effort(16, 100, 256, 400),
    Effort(16, 60, 256, 240),
    Effort(16, 40, 256, 200),
    Effort(16, 40, 128, 160),
    Effort(16, 20, 64, 80),
    Effort(12, 10, 32, 40),
    Effort(8, 4, 16, 16),
)
WANTED_SECONDS = 150.0  # on two cores
RUN_SECONDS = 0.006  # of one setting, whatever the account
SEAT_SECONDS = 100e-9  # of one of theirs with their ties, for each month, replicate and strategy
SALE_SECONDS = 40e-9  # of an end customer and a distributor, the same
SCANS = 200  # settings of ten scans, about


def effort_for(
    organisations: Sequence[Account], strategies: int, months: int, factors: int, strongest: int
) -> Effort:
    """Return how much to run, by the size of what is simulated.

    Parameters
    ----------
    organisations
        The account and its partners.
    strategies, months
        How many are run, and over how long.
    factors, strongest
        How many parameters are screened, and how many are looked at more closely.
    """
    seats = sum(len(one.theirs) for one in organisations)
    sales = sum(
        len(one.channel.end_customers) * max(1, len(one.channel.distributors))
        for one in organisations
        if has_channel(one)
    )
    future = months * strategies * (SEAT_SECONDS * seats + SALE_SECONDS * sales)

    def seconds(effort: Effort) -> float:
        broad = effort.trajectories * (factors + 1) + effort.samples * (strongest + 2)
        return (
            RUN_SECONDS * (broad + SCANS)
            + future * (broad * effort.replicates + SCANS * effort.scan_replicates)
        ) / 2.0

    return next((effort for effort in EFFORTS if seconds(effort) <= WANTED_SECONDS), EFFORTS[-1])


def distinct(run: Simulation) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Return the strategies that differ in what happens, and a sentence on each that is left out."""
    kept: list[int] = []
    said = []
    series = run.arrays.series
    for i, name in enumerate(run.names):
        twin = next((k for k in kept if np.array_equal(series[..., k, :, :], series[..., i, :, :])), None)
        if twin is None:
            kept.append(i)
        else:
            said.append(f"{name} does the same as {run.names[twin]} here and is left out of the comparison.")
    return tuple(kept), tuple(said)


def told_by_data(trials: Simulated, factors: Sequence[Factor]) -> tuple[str, ...]:
    """Return the factors whose place the account's data take: setting them as they are changes the run.

    What a scenario sets beats what the store knows, so that varying them would be of another account, one
    of which less is known.
    """
    as_it_is = trials.run({}, 1).arrays.series
    return tuple(
        factor.name
        for factor in factors
        if not np.array_equal(trials.run(factor.as_it_is(), 1).arrays.series, as_it_is)
    )

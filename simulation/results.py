"""A run and what it says: estimates, comparisons, rankings; the document and the files go out from here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from graph.account import Account
from simulation.assembly import Assembly
from simulation.comparison import Comparison, Estimate, compare, estimate, estimate_share, is_settled
from simulation.document import document_of, warnings_of
from simulation.files import dataset_of, write_run
from simulation.outcomes import (
    BETTER,
    CHANNEL_MEASURES,
    RANKED_BY,
    SHARES,
    Arrays,
    Values,
    drawn_measure,
    measure_run,
    units_of,
)
from simulation.scenario import Scenario
from simulation.strategies import Strategy

if TYPE_CHECKING:
    import xarray


@dataclass
class Simulation:
    """A run: its setting, its arrays, and what they say.

    Attributes
    ----------
    months
        Horizon T.
    notes
        Warnings that came up while it ran.
    """

    account: Account
    scenario: Scenario
    strategies: tuple[Strategy, ...]
    assembly: Assembly
    arrays: Arrays
    seed: int
    months: int
    engine: str
    notes: list[str] = field(default_factory=list)

    def warn(self, sentence: str) -> None:
        """Add a warning to the run's own."""
        self.notes.append(sentence)

    def extended(self, more: Arrays) -> Simulation:
        """Return the run with the next replicates added."""
        joined = Arrays(
            np.concatenate([self.arrays.series, more.series], axis=3),
            np.concatenate([self.arrays.drawn, more.drawn], axis=3),
            np.concatenate([self.arrays.missed, more.missed], axis=1),
        )
        return replace(self, arrays=joined)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the strategies, in the order of the arrays."""
        return tuple(strategy.name for strategy in self.strategies)

    @property
    def replicates(self) -> int:
        """Replicates of each strategy."""
        return int(self.arrays.drawn.shape[3])

    def series(self, name: str) -> Values:
        """Return one series, shape (strategies, replicates, T + 1)."""
        found: Values = self.arrays.series[0, self.assembly.series.index(name)]
        return found

    @cached_property
    def first_event(self) -> int | None:
        """Month of the scenario's first event."""
        return min((event.month for event in self.scenario.events), default=None)

    @cached_property
    def measures(self) -> Mapping[str, Values]:
        """Every defined measure by name, shape (strategies, replicates)."""
        found = measure_run(self.arrays, self.first_event)
        if not self.assembly.seating.seats:
            del found["coverage_end"]
        return found

    def downside(self, measure: str) -> Values:
        """Return the measure with the drawn loss, where that differs, shape (strategies, replicates)."""
        drawn = drawn_measure(self.arrays, measure)
        return self.measures[measure] if drawn is None else drawn

    @property
    def told(self) -> tuple[str, ...]:
        """The measures that the account can have, defined or not: those of the channel only with one."""
        return tuple(name for name in BETTER if name in self.measures or name not in CHANNEL_MEASURES)

    def name_of(self, subject: str) -> str:
        """Return the name of a person, organisation or distributor of the run."""
        world = self.assembly.world
        for organisation in world.organisations:
            if subject in organisation.people:
                return organisation.people[subject].name
            if subject == organisation.id:
                return organisation.name
            partners = (*organisation.channel.distributors, *organisation.channel.end_customers)
            named = next((one.name for one in partners if one.id == subject), None)
            if named is not None:
                return named
        return subject

    def estimate(self, measure: str, strategy: str) -> Estimate:
        """Return a measure of a strategy with its interval; of Nones where it is undefined."""
        if measure not in self.measures:
            return Estimate(None, None, None)
        values = self.measures[measure][self.names.index(strategy)]
        return estimate_share(values) if measure in SHARES else estimate(values)

    def compare(self, a: str, b: str, measure: str) -> Comparison:
        """Return the paired comparison of two strategies in a measure."""
        values = self.measures[measure]
        one, other = values[self.names.index(a)], values[self.names.index(b)]
        return compare(a, b, measure, one, other, BETTER[measure])

    @property
    def ranked_by(self) -> str:
        """What strategies are ranked by: profit, or the loss of the account where the revenue is an index."""
        return RANKED_BY if self.account.revenue is not None else "account_lost"

    def ranking(self, measure: str | None = None) -> tuple[str, ...]:
        """Return the strategies, best first; equal ones in their own order."""
        measure = measure or self.ranked_by
        means = dict(zip(self.names, self.measures[measure].mean(axis=1), strict=True))
        sign = -1.0 if BETTER[measure] == "higher" else 1.0
        return tuple(sorted(self.names, key=lambda name: sign * means[name]))

    def unsettled(self, measure: str | None = None) -> tuple[tuple[str, str], ...]:
        """Return neighbours in the ranking whose order a re-run with another seed might turn round."""
        measure = measure or self.ranked_by
        order = self.ranking(measure)
        values = dict(zip(self.names, self.measures[measure], strict=True))
        return tuple(
            (a, b)
            for a, b in pairwise(order)
            if not np.array_equal(values[a], values[b])
            and not is_settled(values[a], values[b], len(order) - 1)
        )

    def is_precise(self, precision: float) -> bool:
        """Tell whether every difference of `margin_total` is known to this share of its mean."""
        for a, b in combinations(self.names, 2):
            found = self.compare(a, b, RANKED_BY)
            if found.difference is None or found.ci_low is None:
                return False
            half = found.difference - found.ci_low
            if half > 0.0 and half > precision * abs(found.difference):
                return False
        return True

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader should know before trusting the numbers."""
        return (*self.notes, *warnings_of(self))

    @property
    def units(self) -> dict[str, str]:
        """Unit of every measure and series."""
        return units_of(indexed=self.account.revenue is None)

    def document(self) -> dict[str, Any]:
        """Return the `simulate` document of the contract, plain values only, undefined ones None."""
        return document_of(self)

    @cached_property
    def dataset(self) -> xarray.Dataset:
        """All arrays with labels: dims (strategy, replicate, month), units, parameters, seed, version."""
        return dataset_of(self)

    def write(self, path: Path) -> None:
        """Write the arrays as NetCDF (`.nc`), Parquet or CSV; the file appears whole or not at all.

        Raises
        ------
        InputError
            Another ending, or a place that cannot be written.
        """
        write_run(self, path)

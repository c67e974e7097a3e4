"""What a run gives: labelled arrays, measures over them, the document of the contract, and files.

Series are valued at the end of each month, index 0 being the start. Revenue and margin (profit) are
currency a year, or, where no supply row tells the revenue, an index that is 100 a year at the start;
totals add up a twelfth a month. Revenue, margin, hours and the loss of the account are expectations over the
loss draw, which is valid because people and ties do not depend on it; the drawn loss is used for the worst
5 % and stands beside them in the dataset.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib.metadata import version
from itertools import combinations, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph.account import Account
from graph.errors import InputError
from simulation.assembly import Assembly
from simulation.comparison import (
    Better,
    Comparison,
    Estimate,
    compare,
    estimate,
    estimate_share,
    is_settled,
    worst_mean,
)
from simulation.scenario import Scenario
from simulation.state import (
    ACCESS,
    COVERAGE,
    DRAWN,
    HOURS,
    HOURS_DRAWN,
    LOST_MONTH,
    MARGIN,
    MARGIN_DRAWN,
    REVENUE,
    REVENUE_DRAWN,
    SERIES,
    SUPPORT,
    SURVIVAL,
    THREADS,
)
from simulation.strategies import Strategy

if TYPE_CHECKING:
    import xarray

Values = NDArray[np.float64]

RANKED_BY = "margin_total"
RECOVERED = 0.9  # of the access of the month before the first event
SHOWN = tuple(name for name in SERIES if name != "hours")
FORMATS = (".nc", ".parquet", ".csv")

BETTER: Mapping[str, Better] = {
    "revenue_total": "higher",
    "margin_total": "higher",
    "coverage_end": "higher",
    "access_end": "higher",
    "support_end": "higher",
    "account_lost": "lower",
    "all_contacts_gone": "lower",
    "months_without_contact": "lower",
    "recovery_months": "lower",
    "hours_spent": "lower",
}


class Arrays(NamedTuple):
    """The raw output: `SERIES` (…, strategy, replicate, month), `DRAWN` and missed events."""

    series: Values
    drawn: Values
    missed: NDArray[np.int8]


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
            np.concatenate([self.arrays.series, more.series], axis=2),
            np.concatenate([self.arrays.drawn, more.drawn], axis=2),
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
        return int(self.arrays.drawn.shape[2])

    def series(self, name: str) -> Values:
        """Return one series, shape (strategies, replicates, T + 1)."""
        found: Values = self.arrays.series[SERIES.index(name)]
        return found

    @cached_property
    def first_event(self) -> int | None:
        """Month of the scenario's first event."""
        return min((event.month for event in self.scenario.events), default=None)

    @cached_property
    def measures(self) -> Mapping[str, Values]:
        """Every defined measure by name, shape (strategies, replicates)."""
        series = self.arrays.series
        silent = series[THREADS][..., 1:] == 0.0
        found = {
            "revenue_total": series[REVENUE][..., 1:].sum(axis=-1) / 12.0,
            "margin_total": series[MARGIN][..., 1:].sum(axis=-1) / 12.0,
            "coverage_end": series[COVERAGE][..., -1],
            "access_end": series[ACCESS][..., -1],
            "support_end": series[SUPPORT][..., -1],
            "account_lost": 1.0 - series[SURVIVAL][..., -1],
            "all_contacts_gone": silent.any(axis=-1).astype(np.float64),
            "months_without_contact": silent.sum(axis=-1).astype(np.float64),
            "hours_spent": series[HOURS][..., 1:].sum(axis=-1),
        }
        if self.first_event is not None:
            found["recovery_months"] = months_to_recover(series[ACCESS], self.first_event)
        if not self.assembly.seating.seats:
            del found["coverage_end"]
        return {name: found[name] for name in BETTER if name in found}

    def downside(self, measure: str) -> Values:
        """Return the measure with the drawn loss, where that differs, shape (strategies, replicates)."""
        drawn = self.arrays.drawn
        if measure == "account_lost":
            lost: Values = (drawn[LOST_MONTH] > 0.0).astype(np.float64)
            return lost
        column = {
            "revenue_total": REVENUE_DRAWN,
            "margin_total": MARGIN_DRAWN,
            "hours_spent": HOURS_DRAWN,
        }.get(measure)
        found: Values = self.measures[measure] if column is None else drawn[column]
        return found

    def estimate(self, measure: str, strategy: str) -> Estimate:
        """Return a measure of a strategy with its interval; of Nones where it is undefined."""
        if measure not in self.measures:
            return Estimate(None, None, None)
        values = self.measures[measure][self.names.index(strategy)]
        return estimate_share(values) if measure == "all_contacts_gone" else estimate(values)

    def compare(self, a: str, b: str, measure: str) -> Comparison:
        """Return the paired comparison of two strategies in a measure."""
        values = self.measures[measure]
        one, other = values[self.names.index(a)], values[self.names.index(b)]
        return compare(a, b, measure, one, other, BETTER[measure])

    def ranking(self, measure: str = RANKED_BY) -> tuple[str, ...]:
        """Return the strategies, best first; equal ones in their own order."""
        means = dict(zip(self.names, self.measures[measure].mean(axis=1), strict=True))
        sign = -1.0 if BETTER[measure] == "higher" else 1.0
        return tuple(sorted(self.names, key=lambda name: sign * means[name]))

    def unsettled(self, measure: str = RANKED_BY) -> tuple[tuple[str, str], ...]:
        """Return neighbours in the ranking whose order a re-run with another seed might turn round."""
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
        return (*self.notes, *_warnings(self))

    def document(self) -> dict[str, Any]:
        """Return the `simulate` document of the contract, plain values only, undefined ones None."""
        units = self.units
        strategies = []
        for s, name in enumerate(self.names):
            idle = self.assembly.pool[1:] - self.assembly.asked[s, 1:]
            results: dict[str, dict[str, float | None]] = {}
            for measure in BETTER:
                found = self.estimate(measure, name)
                results[measure] = {
                    "mean": found.mean,
                    "ci_low": found.ci_low,
                    "ci_high": found.ci_high,
                    "worst_5_percent": worst_mean(self.downside(measure)[s], BETTER[measure])
                    if measure in self.measures
                    else None,
                }
            strategies.append(
                {
                    "name": name,
                    "hours_spent": results["hours_spent"]["mean"],
                    "hours_idle": float(idle.sum()),
                    "results": results,
                    "series": {series: self._band(series, s) for series in SHOWN},
                }
            )
        comparisons = [
            self.compare(a, b, measure) for a, b in combinations(self.names, 2) for measure in self.measures
        ]
        return {
            "account": self.account.id,
            "as_of": self.account.as_of.isoformat(),
            "scenario": self.scenario.name,
            "seed": self.seed,
            "replicates": self.replicates,
            "months": self.months,
            "engine": self.engine,
            "hours_available": float(self.assembly.pool[1:].sum()),
            "events": [self._event(event) for event in self.scenario.events],
            "units": units,
            "better": dict(BETTER),
            "strategies": strategies,
            "comparisons": [
                {name: getattr(comparison, name) for name in Comparison.__slots__}
                for comparison in comparisons
            ],
            "warnings": list(self.warnings),
        }

    @property
    def units(self) -> dict[str, str]:
        """Unit of every measure and series."""
        money = "index" if self.account.revenue is None else "currency"
        per_year = "index" if self.account.revenue is None else "currency/year"
        return {
            "revenue_total": money,
            "margin_total": money,
            "coverage_end": "1",
            "access_end": "1",
            "support_end": "1",
            "account_lost": "probability",
            "all_contacts_gone": "probability",
            "months_without_contact": "months",
            "recovery_months": "months",
            "hours_spent": "hours",
            "access": "1",
            "support": "1",
            "coverage": "1",
            "threads": "threads",
            "survival": "probability",
            "revenue": per_year,
            "margin": per_year,
        }

    def _band(self, name: str, strategy: int) -> dict[str, list[float] | list[None]]:
        if name == "coverage" and not self.assembly.seating.seats:
            undefined = [None] * (self.months + 1)
            return {"mean": undefined, "p5": undefined, "p95": undefined}
        values = self.series(name)[strategy]
        low, high = np.quantile(values, (0.05, 0.95), axis=0)
        return {"mean": values.mean(axis=0).tolist(), "p5": low.tolist(), "p95": high.tolist()}

    def _event(self, event: Any) -> dict[str, Any]:
        person = self.account.people.get(event.subject)
        return {
            "month": event.month,
            "event": event.event,
            "subject": event.subject,
            "subject_name": person.name if person else self.account.name,
        }

    @cached_property
    def dataset(self) -> xarray.Dataset:
        """All arrays with labels: dims (strategy, replicate, month), units, parameters, seed, version."""
        import xarray

        units = {**self.units, "hours": "h/month", "lost_month": "month", "hours_drawn": "hours"}
        units |= {"revenue_drawn": units["revenue_total"], "margin_drawn": units["margin_total"]}
        full = ("strategy", "replicate", "month")
        variables = {
            name: (full, self.arrays.series[v], {"units": units[name]}) for v, name in enumerate(SERIES)
        }
        drawn = {
            name: (full[:2], self.arrays.drawn[v], {"units": units[name]}) for v, name in enumerate(DRAWN)
        }
        return xarray.Dataset(
            {**variables, **drawn},
            coords={
                "strategy": list(self.names),
                "replicate": np.arange(self.replicates),
                "month": np.arange(self.months + 1),
            },
            attrs={
                "account": self.account.id,
                "as_of": self.account.as_of.isoformat(),
                "scenario": self.scenario.name,
                "events": json.dumps([self._event(event) for event in self.scenario.events]),
                "seed": self.seed,
                "version": version("diamond-kam"),
                "parameters": json.dumps(dict(self.assembly.parameters)),
                "units": json.dumps(self.units),
            },
        )

    def write(self, path: Path) -> None:
        """Write the arrays as NetCDF (`.nc`), Parquet or CSV; the file appears whole or not at all.

        Raises
        ------
        InputError
            Another ending, or a place that cannot be written.
        """
        if path.suffix.lower() not in FORMATS:
            raise InputError(
                f"{path.name} cannot be written; the ending needs to be one of {', '.join(FORMATS)}."
            )
        unfinished = path.with_name(f".{path.name}.unfinished")
        try:
            if path.suffix.lower() == ".nc":
                self.dataset.to_netcdf(unfinished, engine="scipy")
            else:
                self._write_table(unfinished, path.suffix.lower())
            unfinished.replace(path)
        except OSError as error:
            raise InputError(f"{path} cannot be written: {error.strerror or error}.") from None
        finally:
            unfinished.unlink(missing_ok=True)

    def _write_table(self, path: Path, suffix: str) -> None:
        """Write one row per strategy, replicate and month."""
        import pyarrow
        import pyarrow.csv
        import pyarrow.parquet

        strategies, replicates, months = len(self.names), self.replicates, self.months + 1
        strategy = np.repeat(np.arange(strategies, dtype=np.int32), replicates * months)
        columns: dict[str, Any] = {
            "strategy": pyarrow.DictionaryArray.from_arrays(strategy, list(self.names)),
            "replicate": np.tile(np.repeat(np.arange(replicates), months), strategies),
            "month": np.tile(np.arange(months), strategies * replicates),
            **{name: self.arrays.series[v].ravel() for v, name in enumerate(SERIES)},
            "lost_month": np.repeat(self.arrays.drawn[LOST_MONTH].ravel(), months),
        }
        table = pyarrow.table(columns).replace_schema_metadata(
            {key: str(value) for key, value in self.dataset.attrs.items()}
        )
        if suffix == ".parquet":
            pyarrow.parquet.write_table(table, path)
        else:
            plain = table.set_column(0, "strategy", table.column("strategy").cast(pyarrow.string()))
            pyarrow.csv.write_csv(plain, path)


def months_to_recover(access: Values, event: int) -> Values:
    """Return the months in which access stays below 90 % of the month before an event.

    All months from the event to the horizon where it does not come back.
    """
    wanted = RECOVERED * access[..., event - 1]
    back = access[..., event:] >= wanted[..., None]
    waited = np.argmax(back, axis=-1)
    months: Values = np.where(back.any(axis=-1), waited, back.shape[-1]).astype(np.float64)
    return months


def _warnings(run: Simulation) -> list[str]:
    account, found = run.account, []
    if not run.assembly.seating.seats:
        found.append(f"No stakeholder of {account.name} is known; coverage is undefined.")
    if not account.ours:
        found.append(f"Nobody of ours is known at {account.name}; no strategy can meet anybody.")
    elif not account.ties:
        found.append(f"{account.name} starts without any tie.")
    if run.assembly.seating.left_out:
        found.append(
            f"{run.assembly.seating.left_out} ties beyond max_threads start as measured, "
            "but no strategy works on them."
        )
    if account.channel.distributors or "distributor" in account.kinds:
        found.append(
            "Distributors and end customers are not part of this simulation; only people and ties are."
        )
    given = run.scenario.parameters
    if (
        "distributor" in account.kinds
        and "turnover_distributor" not in given
        and any(name.startswith("turnover_theirs") for name in given)
    ):
        found.append(
            f"{account.name} is a distributor: its people follow turnover_distributor, not turnover_theirs."
        )
    if account.revenue is None:
        found.append("No supply row tells the revenue; it is an index, 100 a year at the start.")
    if "recovery_months" not in run.measures:
        found.append("The scenario has no event, so recovery_months is undefined.")
    if run.replicates < 2:
        found.append("One replicate gives no interval; ask for more.")
    found.extend(_missed(run))
    found.extend(
        f"The order of {a} and {b} in {RANKED_BY} is not settled with {run.replicates:,} replicates."
        for a, b in run.unsettled()
    )
    return found


def _missed(run: Simulation) -> list[str]:
    """Say which events found nobody: people leave by chance too, whatever the strategy."""
    if not run.replicates or not run.strategies:
        return []
    shares = run.arrays.missed.mean(axis=(0, 1))
    people = [event for event in run.scenario.events if event.event in PEOPLE_EVENTS]
    return [
        f"In {share:.0%} of the replicates the seat of {run.account.people[event.subject].name} is vacant "
        f"in month {event.month}, so that nobody leaves."
        for event, share in zip(people, shares, strict=True)
        if event.event == "leaves" and share > 0.0
    ]


PEOPLE_EVENTS = ("leaves", "new_key_account_manager", "reorganises")

"""A portfolio after its run: measures by account, sums by region and in all, and the document of both.

Sums are taken replicate by replicate, so that a region's strategies are compared on the same futures. Only
what adds up is summed: money, hours, and the accounts that are lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.account import Account
from simulation.assembly import Assembly
from simulation.comparison import (
    Better,
    Comparison,
    Estimate,
    compare,
    estimate,
    estimate_share,
    worst_mean,
)
from simulation.outcomes import BETTER, CHANNEL_MEASURES, RANKED_BY, SHARES, Values, units_of
from simulation.portfolio_words import warnings_of
from simulation.scenario import Leaves, Scenario
from simulation.slices import TOTALS, Slice, has_measure
from simulation.state import HOURS_DRAWN, LOST_MONTH, MARGIN_DRAWN, REVENUE_DRAWN

NO_REGION = "no region"
LOST = "accounts_lost"
SUMMED: Mapping[str, Better] = {
    "revenue_total": "higher",
    "margin_total": "higher",
    LOST: "lower",
    "hours_spent": "lower",
}
DRAWN_OF = {
    "revenue_total": REVENUE_DRAWN,
    "margin_total": MARGIN_DRAWN,
    "hours_spent": HOURS_DRAWN,
    "account_lost": LOST_MONTH,
}


@dataclass
class Part:
    """Accounts that are run together.

    Attributes
    ----------
    accounts
        Sorted by id, their hours divided.
    positions
        Theirs in the portfolio.
    missed
        In how many runs the scenario's events found their seats vacant, by month and person.
    """

    accounts: tuple[Account, ...]
    positions: tuple[int, ...]
    leaving: tuple[tuple[int, tuple[int, str]], ...] = ()
    missed: dict[tuple[int, str], int] = field(default_factory=dict)


@dataclass(frozen=True)
class Group:
    """Accounts whose measures are summed: a region, a single one, or all."""

    name: str
    positions: tuple[int, ...]


@dataclass
class Portfolio:
    """Accounts after a run, and what they come to together.

    Attributes
    ----------
    accounts
        Sorted by id, as they were given.
    names
        Of the strategies.
    parts
        The accounts that were run together.
    told
        Names of the measures, the second axis of `measured`.
    series
        Names of the series, the second axis of `sums`.
    measured
        (accounts, measures, strategies, replicates); NaN where an account does not have a measure.
    drawn
        (accounts, len(DRAWN), strategies, replicates).
    totals
        (len(TOTALS), strategies, replicates, T + 1).
    sums
        (accounts, series, strategies, T + 1), over all replicates.
    indirect
        (accounts,) whether the series of the channel are the account's.
    hours_available
        Hours of all of ours in all months.
    idle
        (strategies,) those that nobody makes use of.
    assumed
        Names of the accounts whose revenue is assumed.
    valued
        Names of the end customers whose purchases count at their distributor's price.
    absent
        Distributors that sell here and are no account of the portfolio.
    left_out
        Ties beyond `max_threads`.
    notes
        Warnings that came up while it ran.
    """

    accounts: tuple[Account, ...]
    scenario: Scenario
    names: tuple[str, ...]
    parameters: Mapping[str, float]
    parts: tuple[Part, ...]
    told: tuple[str, ...]
    series: tuple[str, ...]
    seed: int
    months: int
    measured: Values
    drawn: Values
    totals: Values
    sums: Values
    idle: Values
    indirect: NDArray[np.bool_]
    hours_available: float = 0.0
    assumed: list[str] = field(default_factory=list)
    valued: list[str] = field(default_factory=list)
    absent: set[str] = field(default_factory=set)
    left_out: int = 0
    notes: list[str] = field(default_factory=list)

    def know(self, part: Part, assembly: Assembly) -> None:
        """Take over what the arrays of a part say about its hours and its data."""
        self.hours_available += float(assembly.pool[1:].sum())
        self.idle += (assembly.pool[1:] - assembly.asked[:, 1:]).sum(axis=1)
        self.left_out += sum(seating.left_out for seating in assembly.world.seatings)
        part.leaving = tuple(
            (x, (one.month, one.event.subject))
            for x, one in enumerate(assembly.happenings)
            if isinstance(one.event, Leaves)
        )
        case, present = assembly.case, {account.id for account in part.accounts}
        self.absent.update(one for one in assembly.business.distributors if one not in present)
        for a, position in enumerate(part.positions):
            self.indirect[position] = has_measure(case, a, CHANNEL_MEASURES[0])

    def add(self, part: int, first: int, found: Slice) -> None:
        """Put a slice in its place; slices of a part come one after the other, parts in their order."""
        here, rows = self.parts[part], slice(first, first + found.measured.shape[3])
        positions = list(here.positions)
        self.measured[positions, :, :, rows] = found.measured
        self.drawn[positions, :, :, rows] = found.drawn
        self.totals[:, :, rows] += found.totals
        for unit in found.sums:
            self.sums[positions, : unit.shape[1]] += unit
        for x, who in here.leaving:
            here.missed[who] = here.missed.get(who, 0) + int(found.missed[x])

    @property
    def replicates(self) -> int:
        """Replicates of each strategy."""
        return int(self.measured.shape[3])

    @cached_property
    def first_event(self) -> int | None:
        """Month of the scenario's first event."""
        return min((event.month for event in self.scenario.events), default=None)

    @cached_property
    def measures(self) -> Mapping[str, Mapping[str, Values]]:
        """By account, every defined measure by name, shape (strategies, replicates)."""
        defined = ~np.isnan(self.measured[:, :, 0, 0])
        return {
            account.id: {name: self.measured[a, m] for m, name in enumerate(self.told) if defined[a, m]}
            for a, account in enumerate(self.accounts)
        }

    @cached_property
    def regions(self) -> tuple[Group, ...]:
        """Accounts by region, where none is known by country, those without either last."""
        found: dict[str, list[int]] = {}
        for a, account in enumerate(self.accounts):
            found.setdefault(region_of(account), []).append(a)
        names = sorted(found, key=lambda name: (name == NO_REGION, name))
        return tuple(Group(name, tuple(found[name])) for name in names)

    @cached_property
    def singles(self) -> tuple[Group, ...]:
        """Each account by itself."""
        return tuple(Group(account.name, (a,)) for a, account in enumerate(self.accounts))

    @cached_property
    def total(self) -> Group:
        """All accounts."""
        return Group("all", tuple(range(len(self.accounts))))

    def sum_of(self, group: Group, measure: str) -> Values:
        """Return what a measure comes to in a group, shape (strategies, replicates).

        Parameters
        ----------
        measure
            One of `SUMMED`.
        """
        m = self.told.index("account_lost" if measure == LOST else measure)
        found = np.zeros(self.measured.shape[2:])
        for a in group.positions:
            found += self.measured[a, m]
        return found

    def drawn_sum(self, group: Group, measure: str) -> Values:
        """Return the same with the drawn losses, for the worst cases."""
        found = np.zeros(self.measured.shape[2:])
        for a in group.positions:
            found += self._drawn(a, "account_lost" if measure == LOST else measure)
        return found

    def _drawn(self, account: int, measure: str) -> Values:
        """Return a measure of an account with the drawn loss, where that differs."""
        if measure not in DRAWN_OF:
            found: Values = self.measured[account, self.told.index(measure)]
            return found
        drawn: Values = self.drawn[account, DRAWN_OF[measure]]
        return (drawn > 0.0).astype(np.float64) if measure == "account_lost" else drawn

    def estimate(self, group: Group, measure: str, strategy: str) -> Estimate:
        """Return what a measure comes to under a strategy, with its interval."""
        return estimate(self.sum_of(group, measure)[self.names.index(strategy)])

    def compare(self, group: Group, a: str, b: str, measure: str) -> Comparison:
        """Return the paired comparison of two strategies in a group."""
        values = self.sum_of(group, measure)
        one, other = values[self.names.index(a)], values[self.names.index(b)]
        return compare(a, b, measure, one, other, SUMMED[measure])

    def lead(self, group: Group) -> Comparison | None:
        """Return by how much the best strategy earns more than the next one that is not the same there."""
        values = dict(zip(self.names, self.sum_of(group, RANKED_BY), strict=True))
        best, *others = self.ranking(group)
        other = next((name for name in others if not np.array_equal(values[name], values[best])), None)
        return None if other is None else self.compare(group, best, other, RANKED_BY)

    def ranking(self, group: Group) -> tuple[str, ...]:
        """Return the strategies by the profit of a group, best first."""
        means = dict(zip(self.names, self.sum_of(group, RANKED_BY).mean(axis=1), strict=True))
        return tuple(sorted(self.names, key=lambda name: -means[name]))

    @cached_property
    def warnings(self) -> tuple[str, ...]:
        """What a reader should know before trusting the numbers."""
        return (*self.notes, *warnings_of(self))

    @property
    def units(self) -> dict[str, str]:
        """Unit of every measure and series."""
        return {**units_of(indexed=False), LOST: "accounts", "hours": "h/month"}

    def document(self) -> dict[str, Any]:
        """Return the document of a portfolio, plain values only, undefined ones None."""
        people = {one.id: one.name for account in self.accounts for one in account.people.values()}
        people |= {account.id: account.name for account in self.accounts}
        return {
            "as_of": max(account.as_of for account in self.accounts).isoformat(),
            "scenario": self.scenario.name,
            "seed": self.seed,
            "replicates": self.replicates,
            "months": self.months,
            "hours_available": self.hours_available,
            "events": [
                {
                    "month": event.month,
                    "event": event.event,
                    "subject": event.subject,
                    "subject_name": people.get(event.subject, event.subject),
                }
                for event in self.scenario.events
            ],
            "units": self.units,
            "better": {**{name: BETTER[name] for name in self.told}, LOST: SUMMED[LOST]},
            "components": sorted((len(part.accounts) for part in self.parts), reverse=True),
            "accounts": [self._account(a) for a in range(len(self.accounts))],
            "regions": [
                {
                    "region": group.name,
                    "accounts": [self.accounts[a].id for a in group.positions],
                    **self._group(group),
                }
                for group in self.regions
            ],
            "total": self._total(),
            "warnings": list(self.warnings),
        }

    def _account(self, a: int) -> dict[str, Any]:
        account, measures = self.accounts[a], self.measures[self.accounts[a].id]
        strategies = []
        for s, name in enumerate(self.names):
            results: dict[str, Any] = {}
            for measure in self.told:
                if measure in measures:
                    values = measures[measure][s]
                    found = estimate_share(values) if measure in SHARES else estimate(values)
                    results[measure] = _entry(found, self._drawn(a, measure)[s], BETTER[measure])
                else:
                    results[measure] = dict.fromkeys(("mean", "ci_low", "ci_high", "worst_5_percent"))
            strategies.append({"name": name, "results": results})
        return {
            "id": account.id,
            "name": account.name,
            "region": account.region,
            "country": account.country,
            "strategies": strategies,
        }

    def _group(self, group: Group) -> dict[str, Any]:
        strategies: list[dict[str, Any]] = [{"name": name, "results": {}} for name in self.names]
        comparisons = []
        for measure, better in SUMMED.items():
            values, drawn = self.sum_of(group, measure), self.drawn_sum(group, measure)
            for s, strategy in enumerate(strategies):
                strategy["results"][measure] = _entry(estimate(values[s]), drawn[s], better)
            comparisons += [
                compare(self.names[a], self.names[b], measure, values[a], values[b], better)
                for a, b in combinations(range(len(self.names)), 2)
            ]
        return {
            "strategies": strategies,
            "comparisons": [
                {name: getattr(one, name) for name in Comparison.__slots__} for one in comparisons
            ],
        }

    def _total(self) -> dict[str, Any]:
        found = self._group(self.total)
        low, high = np.quantile(self.totals, (0.05, 0.95), axis=2)
        mean = self.totals.mean(axis=2)
        for s, strategy in enumerate(found["strategies"]):
            strategy["hours_idle"] = float(self.idle[s])
            strategy["series"] = {
                name: {"mean": mean[v, s].tolist(), "p5": low[v, s].tolist(), "p95": high[v, s].tolist()}
                for v, name in enumerate(TOTALS)
            }
        return found

    def write(self, path: Path) -> None:
        """Write what is kept as NetCDF (`.nc`), Parquet or CSV; the file appears whole or not at all.

        Raises
        ------
        InputError
            Another ending, or a place that cannot be written.
        """
        from simulation.portfolio_files import write_portfolio

        write_portfolio(self, path)


def region_of(account: Account) -> str:
    """Return the region under which an account is summed."""
    return account.region or account.country or NO_REGION


def _entry(found: Estimate, downside: Values, better: Better) -> dict[str, float | None]:
    return {
        "mean": found.mean,
        "ci_low": found.ci_low,
        "ci_high": found.ci_high,
        "worst_5_percent": worst_mean(downside, better),
    }

"""Running strategies through the same futures for many accounts at once.

accounts -> parts that hang together (`coupling`) -> slices of replicates (`slices`), on threads or on the
workers of a Dask cluster (`cluster`) -> sums in a fixed order -> `Portfolio` (`rollup`). What is kept is one
number per measure, account, strategy and replicate, never the months of all of them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from graph.account import Account
from graph.errors import InputError
from graph.progress import Progress
from simulation.assembly import Assembly, assemble
from simulation.coupling import Component, components
from simulation.outcomes import BETTER, CHANNEL_MEASURES
from simulation.parameters import resolve_parameters
from simulation.reading import whole
from simulation.rollup import Part, Portfolio
from simulation.run import free_memory, in_bytes, warm_up
from simulation.scenario import DEFAULT_MONTHS, LONGEST, Event, HoursCut, Scenario
from simulation.slices import TOTALS, Job, on_threads, slice_size, work_of
from simulation.state import ALL_SERIES, DRAWN, SERIES
from simulation.strategies import CHANNEL_NAMES, SHIPPED, Strategy, names_for, strategies_for

if TYPE_CHECKING:
    from distributed import Client

PLAN = "plan"


def simulate_portfolio(
    accounts: Sequence[Account],
    scenario: Scenario,
    names: Sequence[str] | None = None,
    *,
    plans: Mapping[str, Strategy] | None = None,
    replicates: int = 1000,
    months: int | None = None,
    seed: int = 1,
    threads: int | None = None,
    client: Client | None = None,
    progress: Progress | None = None,
) -> Portfolio:
    """Run the same strategies for all accounts through a scenario, with the same draws.

    Parameters
    ----------
    accounts
        Those who share people or distributors are run together, every other one alone; the results of a
        part do not depend on the other parts.
    scenario
        Its events may name anybody of any account.
    names
        Of shipped strategies; by default all that make sense here, without `plan`.
    plans
        By account, what `plan` does there (`plan_strategy`); one is proposed where it is left out.
    replicates
        Of each strategy.
    months
        Horizon; beats the scenario's own, 60 where neither says.
    seed
        At least 0.
    threads
        At least 1; all of the machine's by default. No result depends on it.
    client
        Of a Dask cluster that runs the slices instead; no result depends on its workers or on their loss.
    progress
        Called with what is going on, how much of it is done, and out of how much.

    Raises
    ------
    InputError
        No account, one twice, a name or number out of its range, or more memory than there is.
    ClusterError
        The cluster was lost.
    """
    return simulate_sweep(
        accounts,
        [scenario],
        names,
        plans=plans,
        replicates=replicates,
        months=months,
        seed=seed,
        threads=threads,
        client=client,
        progress=progress,
    )[0]


def simulate_sweep(
    accounts: Sequence[Account],
    scenarios: Sequence[Scenario],
    names: Sequence[str] | None = None,
    *,
    plans: Mapping[str, Strategy] | None = None,
    replicates: int = 1000,
    months: int | None = None,
    seed: int = 1,
    threads: int | None = None,
    client: Client | None = None,
    progress: Progress | None = None,
) -> tuple[Portfolio, ...]:
    """Run a portfolio through several scenarios, all slices in one queue; see `simulate_portfolio`."""
    ordered = sorted(accounts, key=lambda account: account.id)
    _check_accounts(ordered)
    workers = threads if threads is not None else os.cpu_count() or 1
    whole(workers, 1, 1024, "threads", None)
    whole(replicates, 1, 2**40, "replicates", None)
    whole(seed, 0, 2**63 - 1, "seed", None)
    if months is not None:
        whole(months, 1, LONGEST, "months", None)
    strategies = _strategies(ordered, names)
    runs = []
    for scenario in scenarios:
        horizon = months if months is not None else scenario.months or DEFAULT_MONTHS
        scenario.check_months(horizon)
        runs.append(_Run(ordered, scenario, strategies, plans or {}, replicates, horizon, seed))
    check_memory(len(ordered), len(strategies), replicates, runs)
    if any(strategy.name == PLAN for strategy in strategies):
        plans = _all_plans(ordered, plans or {}, progress)
        runs = [replace(run, plans=plans) for run in runs]
    portfolios = [run.start(overruled=months) for run in runs]
    if names is None:
        for portfolio in portfolios:
            portfolio.notes.append(
                "The strategy plan is left out; name it to have each account's own, saved or proposed."
            )
    warm_up(progress)  # two threads or workers must not compile at once
    done, total = 0, len(runs) * len(ordered) * replicates
    jobs = (job for r, run in enumerate(runs) for job in run.jobs(r, portfolios[r]))
    if client is None:
        answers = on_threads(jobs, workers)
    else:
        from simulation.cluster import on_cluster

        answers = on_cluster(client, jobs)
    with closing(answers):
        for job, found in answers:
            portfolios[job.run].add(job.part, job.start, found)
            done += job.size * job.work.case.accounts
            if progress is not None:
                progress("simulating the portfolio", done, total)
    return tuple(portfolios)


@dataclass(frozen=True)
class _Run:
    """One scenario of a sweep."""

    accounts: Sequence[Account]
    scenario: Scenario
    strategies: tuple[Strategy, ...]
    plans: Mapping[str, Strategy]
    replicates: int
    months: int
    seed: int

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures that some account can have."""
        indirect = any(name in CHANNEL_NAMES for name in names_for(*self.accounts))
        return tuple(
            name
            for name in BETTER
            if (indirect or name not in CHANNEL_MEASURES)
            and (self.scenario.events or name != "recovery_months")
        )

    def start(self, overruled: int | None) -> Portfolio:
        """Return the portfolio with room for what is to come."""
        values = resolve_parameters(self.scenario.parameters, self.accounts[0].policy)
        assumed = values["revenue_assumed"]
        priced = [
            account if account.revenue is not None else replace(account, revenue=assumed)
            for account in self.accounts
        ]
        pairs = {pair for plan in self.plans.values() for pair in plan.pairs}
        parts = components(priced, self.scenario, values, pairs)
        position = {account.id: a for a, account in enumerate(self.accounts)}
        count, strategies, months = len(self.accounts), len(self.strategies), self.months + 1
        told = self.measures
        known = ALL_SERIES if set(told) & set(CHANNEL_MEASURES) else SERIES
        notes = []
        if overruled is not None and self.scenario.months not in (None, overruled):
            notes.append(
                f"The run takes {overruled} months; the scenario's own {self.scenario.months} are overruled."
            )
        return Portfolio(
            accounts=tuple(self.accounts),
            scenario=self.scenario,
            names=tuple(strategy.name for strategy in self.strategies),
            parameters=values,
            parts=tuple(Part(part, tuple(position[account.id] for account in part)) for part in parts),
            told=told,
            series=known,
            seed=self.seed,
            months=self.months,
            measured=np.empty((count, len(told), strategies, self.replicates)),
            drawn=np.empty((count, len(DRAWN), strategies, self.replicates)),
            totals=np.zeros((len(TOTALS), strategies, self.replicates, months)),
            sums=np.zeros((count, len(known), strategies, months)),
            idle=np.zeros(strategies),
            indirect=np.zeros(count, dtype=bool),
            notes=notes,
        )

    def jobs(self, run: int, portfolio: Portfolio) -> Iterator[Job]:
        """Yield the slices, part by part; a part is assembled when its turn comes."""
        first = portfolio.first_event
        for p, part in enumerate(portfolio.parts):
            scenario = _concerning(part.accounts, self.scenario)
            chosen = [
                _together(part.accounts, self.plans) if strategy.name == PLAN else strategy
                for strategy in self.strategies
            ]
            assembly = assemble(part.accounts, scenario, chosen, self.months)
            portfolio.know(part, assembly)
            self._price(portfolio, part, assembly)
            work = work_of(assembly, self.months, self.seed, portfolio.told, first)
            size = slice_size(work.case, self.months)
            for start in range(0, self.replicates, size):
                yield Job(run, p, work, start, min(size, self.replicates - start), size >= self.replicates)

    def _price(self, portfolio: Portfolio, part: Part, assembly: Assembly) -> None:
        """Value what an end customer of unknown revenue buys at its distributor's price, if that is known.

        Any other account without a supply row counts with the revenue that is assumed.
        """
        channel, ids = assembly.case.channel, assembly.business.customers
        known = [self.accounts[position].revenue is not None for position in part.positions]
        for a, position in enumerate(part.positions):
            account = self.accounts[position]
            earns = bool(channel.unit.size) and channel.unit[a] > 0.0
            if known[a] or not (earns or assembly.case.volume[a] > 0.0):
                continue
            home = channel.account_of[channel.home[ids.index(account.id)]] if account.id in ids else -1
            if earns and home >= 0 and known[home]:
                channel.unit[a] = channel.unit[home]
                portfolio.valued.append(account.name)
            else:
                portfolio.assumed.append(account.name)


def _check_accounts(accounts: Sequence[Account]) -> None:
    if not accounts:
        raise InputError("No account is given; a portfolio needs one at the least.")
    for one, other in pairwise(accounts):
        if one.id == other.id:
            raise InputError(f"The account {one.id} is given twice; a portfolio needs each account once.")


def _strategies(accounts: Sequence[Account], names: Sequence[str] | None) -> tuple[Strategy, ...]:
    """Return the strategies by name; `plan` stands for what each account's plan does."""
    known = names_for(*accounts)
    asked = [name for name in known if name != PLAN] if names is None else list(names)
    indirect = next((one for one in accounts if CHANNEL_NAMES[0] in names_for(one)), accounts[0])
    return strategies_for(indirect, (), asked)


def _all_plans(
    accounts: Sequence[Account], plans: Mapping[str, Strategy], progress: Progress | None
) -> dict[str, Strategy]:
    """Return what `plan` does at each account, proposed where nobody says."""
    found = {}
    for done, account in enumerate(accounts):
        if progress is not None:
            progress("proposing plans", done, len(accounts))
        found[account.id] = plans.get(account.id) or strategies_for(account, None, [PLAN])[0]
    return found


def _together(part: Component, plans: Mapping[str, Strategy]) -> Strategy:
    """Return the plans of several accounts as one strategy."""
    one = [plans[account.id] for account in part]
    return replace(
        SHIPPED["diamond"],
        name=PLAN,
        actions=tuple(action for plan in one for action in plan.actions),
        horizon=max(plan.horizon for plan in one),
        pairs=tuple(sorted({pair for plan in one for pair in plan.pairs})),
    )


def _concerning(part: Component, scenario: Scenario) -> Scenario:
    """Return the scenario without cuts of hours that fall on people who are not there."""
    ours = {person.id for account in part for person in account.ours}
    events: list[Event] = []
    for event in scenario.events:
        if isinstance(event, HoursCut) and event.people:
            people = tuple(who for who in event.people if who in ours)
            if people:
                events.append(replace(event, people=people))
        else:
            events.append(event)
    return replace(scenario, events=tuple(events))


def check_memory(accounts: int, strategies: int, replicates: int, runs: Sequence[_Run]) -> None:
    """Refuse a run whose results would not fit into half of the memory that is free.

    Raises
    ------
    InputError
        With the memory that it would take.
    """
    # Counted twice, for while a file is written.
    one = (
        16
        * strategies
        * sum(accounts * (len(run.measures) + len(DRAWN)) + len(TOTALS) * (run.months + 1) for run in runs)
    )
    free = free_memory()
    if one * replicates > free:
        raise InputError(
            f"replicates is {replicates:,}; with {accounts:,} accounts and {strategies} strategies the "
            f"results take {in_bytes(one * replicates)}, and {in_bytes(free)} can be used here; at most "
            f"{max(1, free // one):,} replicates fit."
        )

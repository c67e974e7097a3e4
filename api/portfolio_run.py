"""What if, asked of many accounts at once: coupled by our people's hours and by distributors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from api.caveats import policy_notes
from api.estimates import OwnData, portfolio_data
from api.foresight import REPLICATES, ScenarioSource, read_scenario, scenario_data
from api.workspace import Result, Workspace
from graph.account import Account
from graph.errors import Candidate, InputError, UnknownName
from graph.policy import fold
from graph.progress import Progress
from graph.store.accounts import resolve_account

if TYPE_CHECKING:
    from simulation.rollup import Portfolio


@dataclass(frozen=True)
class PortfolioRun:
    """A portfolio after its run; the document is its own with `estimated` beside it."""

    portfolio: Portfolio
    own: OwnData = field(default_factory=OwnData)
    notes: Sequence[str] = ()

    @property
    def warnings(self) -> tuple[str, ...]:
        """Whom the scenario means, what comes from the user's own data, and the warnings of the run."""
        return (*self.notes, *self.own.warnings, *self.portfolio.warnings)

    def document(self) -> dict[str, Any]:
        """Return the document of the contract."""
        return {**self.portfolio.document(), "estimated": self.own.taken, "warnings": self.warnings}


def simulate_portfolio(
    work: Workspace,
    names: Sequence[str] = (),
    *,
    region: str | None = None,
    scenario: ScenarioSource | None = None,
    strategies: Sequence[str] | None = None,
    replicates: int = REPLICATES,
    months: int | None = None,
    seed: int = 1,
    threads: int | None = None,
    workers: int | None = None,
    cluster: str | None = None,
    estimated: bool = True,
    observed_from: date | None = None,
    as_of: date | None = None,
    progress: Progress | None = None,
) -> Result[PortfolioRun]:
    """Run the same strategies for many accounts, coupled by our people and by distributors.

    Parameters
    ----------
    names
        Accounts; all by default.
    region
        Those of a region or country alone.
    scenario
        A file, the name of a shipped scenario, or what such a file holds; it may name anybody of any of
        these accounts.
    strategies
        Names; by default all that make sense, without `plan`, which takes each account's saved or
        proposed plan.
    workers, cluster
        Processes of this machine, or the address of a Dask scheduler, that do the work.
    estimated
        Put what the user's own history tells about turnover and decay in place of defaults.
    """
    import simulation as model
    from graph.plan import upcoming
    from graph.store.plans import read_plan
    from simulation.cluster import cluster_of
    from simulation.portfolio import PLAN
    from simulation.portfolio import simulate_portfolio as run_portfolio
    from simulation.scenario_file import has_selectors

    accounts = _chosen(work, names, region, as_of)
    setting = read_scenario(scenario, accounts[0], accounts).for_all([account.id for account in accounts])
    notes = []
    if scenario is not None and len(accounts) > 1 and has_selectors(scenario_data(scenario)[0]):
        notes.append(
            f"The scenario says by selectors (@…) who is meant; in a portfolio that is one account's, "
            f"{accounts[0].name}."
        )
    own = OwnData()
    if estimated:
        found = portfolio_data(work, accounts, observed_from)
        own = OwnData(found.taken(setting.parameters), found.cautions)
        setting = replace(setting, parameters=found.under(setting.parameters))
    plans = {}
    if strategies is not None and PLAN in strategies:
        saved = {account.id: read_plan(work.store, account.id) for account in accounts}
        for account in accounts:
            plan = saved[account.id]
            if plan is not None:
                ahead = upcoming(account, plan)
                plans[account.id] = model.plan_strategy(account, ahead.actions, horizon=ahead.months)
    with cluster_of(workers, cluster, progress) as client:
        run = run_portfolio(
            accounts,
            setting,
            strategies,
            plans=plans,
            replicates=replicates,
            months=months,
            seed=seed,
            threads=threads,
            client=client,
            progress=progress,
        )
    return Result(as_of or work.today, policy_notes(work.policy), PortfolioRun(run, own, notes))


def _chosen(
    work: Workspace, names: Sequence[str], region: str | None, as_of: date | None
) -> tuple[Account, ...]:
    """Return the accounts of a portfolio by id or name and by region."""
    accounts = work.portfolio(as_of)
    if not accounts:
        raise InputError("The store has no account; import some first.")
    if names:
        wanted = {resolve_account(work.store, name) for name in names}
        accounts = tuple(account for account in accounts if account.id in wanted)
    if region is None:
        return accounts
    places = sorted({place for one in accounts for place in (one.region, one.country) if place})
    found = tuple(
        one for one in accounts if fold(region) in (fold(one.region or ""), fold(one.country or ""))
    )
    if not found:
        near = get_close_matches(region, places, n=3, cutoff=0.4)
        raise UnknownName(
            f"None of these accounts is in a region or country {region!r}; "
            f"they are in {', '.join(places) or 'none that is known'}.",
            candidates=[Candidate(one, one) for one in near],
        )
    return found

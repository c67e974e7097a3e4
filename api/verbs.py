"""The verbs: one function each, shared by command line, HTTP and pages.

Each takes a `Workspace` (an open store and the policy) and returns one result object, whose fields are
the keys of the document. Rendering is the callers' business.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.caveats import caveats, portfolio_caveats
from api.estimates import END_REPLICATES, OwnData, own_data, portfolio_data
from api.workspace import Body, Result, Workspace
from graph import check as checks
from graph.account import Account
from graph.errors import Candidate, InputError, UnknownName
from graph.gaps import Gap
from graph.gateway import QueryResult, run_cookbook, run_query
from graph.measures import Measures, measure
from graph.policy import fold
from graph.profile import AccountProfile, AccountSummary, Stakeholder, profile, stakeholders, summarise
from graph.removal import Relation, Without, without
from graph.store.accounts import resolve_account, resolve_person

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.imports import ImportReport
    from graph.plan import Plan, PlanLimits
    from simulation import Answer, Simulation, Strategy
    from simulation.rollup import Portfolio
    from simulation.sensitivity import Sensitivity

    Progress = Callable[[str, int, int], None]

REPLICATES = 1000
CURVE_REPLICATES = 250


@dataclass(frozen=True, slots=True)
class Accounts:
    """The portfolio."""

    accounts: tuple[AccountSummary, ...]


@dataclass(frozen=True, slots=True)
class Ropi:
    """One account's stakeholder table."""

    account: str
    ropi: tuple[Stakeholder, ...]


@dataclass(frozen=True, slots=True)
class Gaps:
    """One account's gaps, worst first."""

    account: str
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """What is inconsistent in the data."""

    findings: tuple[checks.Finding, ...]


def _result(measures: Measures, body: Body) -> Result[Body]:
    return Result(measures.account.as_of, caveats(measures), body)


def accounts(work: Workspace, as_of: date | None = None) -> Result[Accounts]:
    """Return the portfolio: every account's shape, connectivity, single points, gaps and staleness."""
    found = [measure(account) for account in work.portfolio(as_of)]
    lines = tuple(summarise(measures, work.gaps(measures)) for measures in found)
    return Result(as_of or work.today, portfolio_caveats(found), Accounts(lines))


def account(work: Workspace, name: str, as_of: date | None = None) -> Result[AccountProfile]:
    """Return one account's profile."""
    measures = measure(work.account(name, as_of))
    return _result(measures, profile(measures, work.gaps(measures)))


def ropi(work: Workspace, name: str, as_of: date | None = None) -> Result[Ropi]:
    """Return one account's stakeholder table."""
    measures = measure(work.account(name, as_of))
    return _result(measures, Ropi(measures.account.id, stakeholders(measures)))


def gaps(work: Workspace, name: str, as_of: date | None = None) -> Result[Gaps]:
    """Return one account's gaps, worst first."""
    measures = measure(work.account(name, as_of))
    return _result(measures, Gaps(measures.account.id, work.gaps(measures)))


def without_people(
    work: Workspace,
    name: str,
    persons: Sequence[str],
    relation: Relation = "engages",
    as_of: date | None = None,
) -> Result[Without]:
    """Return what falls apart, on paper, if these people leave."""
    account = work.account(name, as_of)
    gone = [resolve_person(account, person) for person in persons]
    return _result(measure(account), without(account, gone, relation))


def draw(
    work: Workspace,
    name: str,
    *,
    state: str = "now",
    gone: Sequence[str] = (),
    as_of: date | None = None,
) -> str:
    """Draw one account's map as SVG: as it is, or as its saved plan or the targets would make it."""
    from graph.plan import strengths_after
    from graph.store.plans import read_plan
    from visualisation.svg import draw_map

    account = work.account(name, as_of)
    measures = measure(account)
    people = [resolve_person(account, person) for person in gone]
    # The target has a say in the order of people, so both states need it for nobody to jump between them.
    saved = read_plan(work.store, account.id)
    return draw_map(
        account,
        measures,
        work.gaps(measures),
        state=state,
        without=people,
        target=strengths_after(account, saved) if saved else None,
    )


def network(work: Workspace, name: str, as_of: date | None = None) -> str:
    """Return one account as a standalone page with a movable network."""
    from visualisation.network import network_html

    measures = measure(work.account(name, as_of))
    return network_html(measures.account, measures, work.gaps(measures))


def query(
    work: Workspace, cypher: str, params: Mapping[str, Any], *, limit: int, timeout: float
) -> Result[QueryResult]:
    """Run a user's Cypher through the gateway: reads only."""
    work.refresh()
    rows = run_query(work.store, cypher, params, limit=limit, timeout=timeout)
    return Result(work.today, (), rows)


def cookbook(
    work: Workspace,
    name: str,
    params: Mapping[str, Any] | Sequence[str] = (),
    *,
    limit: int,
    timeout: float,
) -> Result[QueryResult]:
    """Run one question of the cookbook; parameters as values or as `k=v`."""
    work.refresh()
    rows = run_cookbook(
        work.store, name, params, policy=work.policy, today=work.today, limit=limit, timeout=timeout
    )
    return Result(work.today, (), rows)


def check(work: Workspace) -> Result[Checked]:
    """Return what is inconsistent in the data."""
    return Result(work.today, (), Checked(checks.check(work.store, work.today)))


def import_(
    work: Workspace,
    paths: Sequence[Path],
    *,
    mapping: Path | None = None,
    dates: str | None = None,
    dialect: str = "auto",
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Result[ImportReport]:
    """Bring files in, or say what would happen."""
    from graph.imports import import_files

    report = import_files(
        work.store,
        paths,
        mapping=mapping,
        dates=dates,
        dialect=dialect,
        dry_run=dry_run,
        today=work.today,
        policy=work.policy,
        progress=progress,
    )
    return Result(work.today, (), report)


def plan(
    work: Workspace,
    name: str,
    limits: PlanLimits | None = None,
    *,
    save: bool = False,
    as_of: date | None = None,
) -> Result[Plan]:
    """Propose a lobbying plan; `save` keeps it in the graph."""
    from graph.plan import PlanLimits, propose
    from graph.store.plans import save_plan

    account = work.account(name, as_of)
    proposed = propose(account, limits or PlanLimits())
    if save and proposed.status != "infeasible":
        save_plan(work.store, account.id, proposed)
    return _result(measure(account), proposed)


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written."""

    file: Path


def written(work: Workspace, name: str, file: Path, as_of: date | None = None) -> Result[Written]:
    """Say which file was written of an account, and what to know before showing it around."""
    return _result(measure(work.account(name, as_of)), Written(file))


def told(body: Body, *warnings: str) -> Result[Body]:
    """Return what does not come from the graph, as of today."""
    return Result(date.today(), warnings, body)


@dataclass(frozen=True, slots=True)
class CookbookEntry:
    """One question of the cookbook; `cypher` only where it was asked for."""

    name: str
    question: str
    params: Mapping[str, str]
    cypher: str | None = None


@dataclass(frozen=True, slots=True)
class CookbookList:
    """The cookbook, or one entry of it."""

    cookbook: tuple[CookbookEntry, ...]


def cookbook_entries(name: str | None = None, *, full: bool = False) -> Result[CookbookList]:
    """List the cookbook, or one of its questions; `full` with the Cypher."""
    from graph.cookbook import entries, entry

    chosen = entries().values() if name is None else [entry(name)]
    return told(
        CookbookList(
            tuple(
                CookbookEntry(
                    one.name,
                    one.question,
                    {parameter.name: parameter.default or "must be given" for parameter in one.parameters},
                    one.cypher if full else None,
                )
                for one in chosen
            )
        )
    )


@dataclass(frozen=True)
class WhatIf:
    """A run and the answer it gives; the document is the run's with `answer` and `estimated` beside it."""

    simulation: Simulation
    answer: Answer
    own: OwnData = field(default_factory=OwnData)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What comes from the user's own data, and the warnings of the run."""
        return (*self.own.warnings, *self.simulation.warnings)

    def document(self) -> dict[str, Any]:
        """Return the document of the contract."""
        beside = {
            "answer": self.answer,
            "estimated": self.own.taken,
            "ends": self.own.ends,
            "warnings": self.warnings,
        }
        return {**self.simulation.document(), **beside}


def simulate(
    work: Workspace,
    name: str,
    *,
    leaves: Sequence[str] = (),
    leaving_months: Sequence[int] = (),
    scenario: Path | None = None,
    strategies: str | None = None,
    proposed: Plan | None = None,
    replicates: int = REPLICATES,
    months: int | None = None,
    seed: int = 1,
    precision: float | None = None,
    engine: str = "kernel",
    threads: int | None = None,
    curve: bool = True,
    estimated: bool = True,
    observed_from: date | None = None,
    as_of: date | None = None,
    progress: Progress | None = None,
) -> Result[WhatIf]:
    """Run strategies with the same hours through the same futures, and say what they show.

    Parameters
    ----------
    leaves, leaving_months
        Who leaves, and when: once for all, or once for each. Added to the scenario's own events.
    scenario
        A file, or the name of a shipped scenario.
    strategies
        Names separated by commas, or a file; by default all eight, or the six that need no distributor.
    proposed
        The plan to follow where none is saved; one is proposed where neither is there.
    curve
        Also run multiples of today's hours; where nobody leaves and no event happens it is worth as much.
    estimated
        Put what the user's own history tells in place of defaults; what the scenario sets beats it.
    observed_from
        Day from which on every leaving was noted, where somebody knows it.
    """
    import simulation as model
    from fixtures.scenario_library import scenario_file

    account = work.account(name, as_of)
    partners = work.partners(account)
    setting = (
        model.load_scenario(scenario_file(scenario), account, partners) if scenario else model.Scenario()
    )
    if leaves:
        setting = model.leaving_scenario(account, leaves, leaving_months, partners=partners, onto=setting)
    stated, given = account, setting
    found = own_data(work, account, observed_from) if estimated else None
    if found is not None:
        account = found.with_hours(account)
        setting = replace(setting, parameters=found.under(setting.parameters))
    chosen = _strategies(work, account, strategies, proposed)
    run = model.simulate(
        account,
        setting,
        chosen,
        partners=partners,
        replicates=replicates,
        months=months,
        seed=seed,
        threads=threads,
        precision=precision,
        engine=engine,
        progress=progress,
    )
    hours = None
    if curve:
        hours = model.hours_curve(
            account,
            setting,
            chosen,
            partners=partners,
            replicates=min(replicates, CURVE_REPLICATES),
            months=run.months,
            seed=seed,
            threads=threads,
            today=run,
            progress=progress,
        )
    answered = model.answer(run, hours, threads=threads, progress=progress)
    own = OwnData()
    if found is not None:
        from simulation.estimation import rankings_at_ends

        ends = rankings_at_ends(
            stated,
            given,
            chosen,
            found,
            partners=partners,
            replicates=min(replicates, END_REPLICATES),
            months=run.months,
            seed=seed,
            threads=threads,
            progress=progress,
        )
        own = OwnData(found.taken(given.parameters), found.cautions, ends)
    return _result(measure(account), WhatIf(run, answered, own))


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
    scenario: Path | None = None,
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
        A file, or the name of a shipped scenario; it may name anybody of any of these accounts.
    strategies
        Names; by default all that make sense, without `plan`, which takes each account's saved or
        proposed plan.
    workers, cluster
        Processes of this machine, or the address of a Dask scheduler, that do the work.
    estimated
        Put what the user's own history tells about turnover and decay in place of defaults.
    """
    import simulation as model
    from fixtures.scenario_library import scenario_file
    from graph.plan import upcoming
    from graph.store.plans import read_plan
    from simulation.cluster import cluster_of
    from simulation.portfolio import PLAN
    from simulation.portfolio import simulate_portfolio as run_portfolio
    from simulation.scenario_file import has_selectors

    accounts = _chosen(work, names, region, as_of)
    setting = (
        model.load_scenario(scenario_file(scenario), accounts[0], accounts) if scenario else model.Scenario()
    ).for_all([account.id for account in accounts])
    notes = []
    if scenario and len(accounts) > 1 and has_selectors(scenario_file(scenario)):
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
    return Result(as_of or work.today, (), PortfolioRun(run, own, notes))


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


def sensitivity(
    work: Workspace,
    name: str,
    *,
    scenario: Path | None = None,
    outcome: str = "margin_total",
    strategies: str | None = None,
    trajectories: int | None = None,
    replicates: int | None = None,
    samples: int | None = None,
    months: int | None = None,
    seed: int = 1,
    threads: int | None = None,
    estimated: bool = True,
    observed_from: date | None = None,
    as_of: date | None = None,
    progress: Progress | None = None,
) -> Result[Sensitivity]:
    """Say which assumptions decide which strategy is best, and where another one becomes best.

    Parameters
    ----------
    outcome
        The measure that strategies are compared in.
    scenario, strategies, observed_from
        As `simulate` takes them.
    trajectories, replicates, samples
        How much is run; by the size of the account where they are left out.
    estimated
        Vary what the user's own history tells over its interval instead of the default range.
    """
    import simulation as model
    from fixtures.scenario_library import scenario_file
    from simulation.sensitivity import check_measure
    from simulation.sensitivity import sensitivity as analyse

    check_measure(outcome)
    account = stated = work.account(name, as_of)
    partners = work.partners(account)
    setting = (
        model.load_scenario(scenario_file(scenario), account, partners) if scenario else model.Scenario()
    )
    own, ranges = OwnData(), dict[str, tuple[float, float]]()
    if estimated:
        found = own_data(work, account, observed_from)
        account = found.with_hours(account)
        own = OwnData(found.taken(setting.parameters), found.cautions)
        ranges = {row.parameter: (row.low, row.high) for row in found.unset(setting.parameters)}
        setting = replace(setting, parameters=found.under(setting.parameters))
    answer = analyse(
        account,
        setting,
        _strategies(work, account, strategies, None),
        measure=outcome,
        partners=partners,
        trajectories=trajectories,
        replicates=replicates,
        samples=samples,
        months=months,
        seed=seed,
        threads=threads,
        ranges=ranges,
        progress=progress,
    )
    return _result(measure(stated), replace(answer, warnings=(*own.warnings, *answer.warnings)))


def report(
    result: Result[WhatIf],
    *,
    decides: bool = False,
    threads: int | None = None,
    progress: Progress | None = None,
) -> str:
    """Return a what-if as a page that a manager can read, send and print; the causes are looked for here.

    Parameters
    ----------
    decides
        Also find which assumptions decide the ranking; it takes minutes.
    """
    from simulation.causes import find_causes
    from simulation.sensitivity import sensitivity as find_assumptions
    from visualisation.report import report_html

    found, run = result.body, result.body.simulation
    causes = find_causes(run, threads=threads, progress=progress) if run.scenario.events else None
    assumptions = None
    if decides:
        known = run.assembly.parameters
        assumptions = find_assumptions(
            run.account,
            run.scenario,
            run.strategies,
            partners=run.assembly.world.partners,
            months=run.months,
            seed=run.seed,
            threads=threads,
            ranges={row.parameter: (row.low, row.high) for row in found.own.taken if row.parameter in known},
            progress=progress,
        )
    return report_html(
        run,
        found.answer,
        causes=causes,
        sensitivity=assumptions,
        estimated=found.own.taken,
        notes=(*result.warnings, *found.own.warnings),
    )


def _strategies(
    work: Workspace, account: Account, text: str | None, proposed: Plan | None
) -> tuple[Strategy, ...]:
    """Return strategies by name or from a file; `plan` is the saved plan, else what is proposed."""
    import simulation as model
    from graph.plan import upcoming
    from graph.store.plans import read_plan

    if text is not None and (Path(text).suffix.lower() in (".yaml", ".yml", ".json") or Path(text).is_file()):
        return model.load_strategies(Path(text), account)
    names = None if text is None else [name.strip() for name in text.split(",") if name.strip()]
    saved = read_plan(work.store, account.id) if names is None or "plan" in names else None
    followed = saved or proposed
    if followed is None:
        return model.strategies_for(account, None, names)
    ahead = upcoming(account, followed)
    return model.strategies_for(account, ahead.actions, names, horizon=ahead.months)


@dataclass(frozen=True)
class Demo:
    """What the demo answers, and how long each step took in seconds."""

    accounts: tuple[AccountSummary, ...]
    what_if: WhatIf
    plan: Plan
    seconds: Mapping[str, float]

"""The verbs of what is there: measures, map, plan, questions, imports; shared by all ways in.

Each takes a `Workspace` (an open store and the policy) and returns one result object, whose fields are
the keys of the document. Rendering is the callers' business. `api.foresight` and `api.portfolio_run` have
the verbs that simulate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.caveats import policy_notes, portfolio_caveats, with_caveats
from api.workspace import Body, Result, Workspace
from graph import check as checks
from graph.gap_similar import peer_of
from graph.gateway import QueryResult, run_cookbook, run_query
from graph.measures import measure
from graph.profile import AccountProfile, AccountSummary, Stakeholder, profile, stakeholders, summarise
from graph.progress import Progress
from graph.removal import Relation, Without, without
from graph.store.accounts import resolve_person
from graph.store.imports import ImportRecord
from graph.store.movers import read_movers

if TYPE_CHECKING:
    from api.plans import FullPlan
    from graph.imports import ImportReport
    from graph.imports.undoing import Undone
    from graph.plan import PlanLimits


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
class Checked:
    """What is inconsistent in the data."""

    findings: tuple[checks.Finding, ...]


def accounts(work: Workspace, as_of: date | None = None) -> Result[Accounts]:
    """Return the portfolio: every account's shape, connectivity, single points, gaps and staleness."""
    portfolio = work.portfolio(as_of)
    peers = [peer_of(account) for account in portfolio]
    found = [measure(account) for account in portfolio]
    lines = tuple(summarise(measures, work.gaps(measures, peers)) for measures in found)
    return Result(as_of or work.today, portfolio_caveats(found), Accounts(lines))


def account(work: Workspace, name: str, as_of: date | None = None) -> Result[AccountProfile]:
    """Return one account's profile."""
    measures = measure(work.account(name, as_of))
    movers = read_movers(work.store, measures.account)
    return with_caveats(measures, profile(measures, work.gaps(measures), movers))


def ropi(work: Workspace, name: str, as_of: date | None = None) -> Result[Ropi]:
    """Return one account's stakeholder table."""
    measures = measure(work.account(name, as_of))
    return with_caveats(measures, Ropi(measures.account.id, stakeholders(measures)))


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
    return with_caveats(measure(account), without(account, gone, relation))


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
        work.gaps(measures, ()),
        state=state,
        without=people,
        target=strengths_after(account, saved) if saved else None,
    )


def network(work: Workspace, name: str, as_of: date | None = None) -> str:
    """Return one account as a standalone page with a movable network."""
    from visualisation.network import network_html

    measures = measure(work.account(name, as_of))
    return network_html(measures.account, measures, work.gaps(measures, ()))


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
    return Result(work.today, policy_notes(work.policy), rows)


def check(work: Workspace) -> Result[Checked]:
    """Return what is inconsistent in the data."""
    return Result(
        work.today, policy_notes(work.policy), Checked(checks.check(work.store, work.today, work.policy))
    )


def import_(
    work: Workspace,
    paths: Sequence[Path],
    *,
    mapping: Path | None = None,
    dates: str | None = None,
    dialect: str = "auto",
    ours: str | None = None,
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
        ours=ours,
        dry_run=dry_run,
        today=work.today,
        policy=work.policy,
        progress=progress,
    )
    return Result(work.today, policy_notes(work.policy), report)


@dataclass(frozen=True, slots=True)
class Imports:
    """The imports, the newest first."""

    imports: tuple[ImportRecord, ...]


def imports(work: Workspace) -> Result[Imports]:
    """Return what came in when, from which files, and whether it was undone."""
    from graph.store.imports import read_imports

    return Result(work.today, (), Imports(read_imports(work.store)))


def undo_import(work: Workspace, id_: str, *, progress: Progress | None = None) -> Result[Undone]:
    """Take back what an import wrote."""
    from graph.imports.undoing import undo_import as undo

    undone = undo(work.store, id_, today=work.today, policy=work.policy, progress=progress)
    found = (
        f"Import {', '.join(undone.later)} came later and found things as they were, some of which may be "
        "gone or changed back now: import its files again if they should be there.",
    )
    return Result(work.today, found if undone.later else (), undone)


def plan(
    work: Workspace,
    name: str,
    limits: PlanLimits | None = None,
    *,
    save: bool = False,
    as_of: date | None = None,
) -> Result[FullPlan]:
    """Propose a lobbying plan; `save` keeps it in the graph. `api.plans` has more of it."""
    from api import plans

    return plans.plan(work, name, limits, save=save, as_of=as_of)


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written."""

    file: Path


def written(work: Workspace, name: str, file: Path, as_of: date | None = None) -> Result[Written]:
    """Say which file was written of an account, and what to know before showing it around."""
    return with_caveats(measure(work.account(name, as_of)), Written(file))


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

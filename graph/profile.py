"""What a user reads of an account: its line in the portfolio, its stakeholder table, its profile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import networkx as nx

from graph.account import Account, Partner
from graph.gaps import Gap
from graph.measures import Measures, RowCoverage, Shape, SinglePoint, function_matching
from graph.people.movers import Mover, Movers

WORST_GAPS = 5
NOBODY_MOVED = Movers()


@dataclass(frozen=True, slots=True)
class PeopleCount:
    """People in post on both sides; unknown holders are not counted."""

    ours: int
    theirs: int


@dataclass(frozen=True, slots=True)
class AccountSummary:
    """One account's line in the portfolio; `gaps` and `stale` are numbers of gaps and of people."""

    id: str
    name: str
    kind: tuple[str, ...]
    shape: Shape
    diamond_index: float | None
    coverage: float | None
    connectivity: int
    connectivity_decision: int | None
    single_points_of_failure: tuple[SinglePoint, ...]
    gaps: int
    stale: int
    assumed_share: float | None
    people: PeopleCount


@dataclass(frozen=True, slots=True)
class Stakeholder:
    """One line of the ROPI table; what nobody has said is None and named in `assumed`."""

    person: str
    name: str
    function: str | None
    level: int | None
    role: str | None
    influence: float | None
    orientation: str | None
    proximity: float | None
    coverage: float
    threads: int
    verified_on: date | None
    stale: bool
    confidence: float | None
    assumed: tuple[str, ...]
    title: str | None
    placeholder: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """Two people of facing functions who have a thread."""

    ours: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Dependence:
    """How much of the relation runs through one of ours.

    Attributes
    ----------
    threads
        Threads they hold.
    effective_size, constraint
        Burt's measures of their network of threads and of lines inside a side; None without any tie
        (Burt 1992, *Structural Holes*).
    """

    person: str
    name: str
    threads: int
    loss: float
    effective_size: float | None
    constraint: float | None


@dataclass(frozen=True, slots=True)
class AccountProfile:
    """Everything about one account on a page.

    Attributes
    ----------
    cut
        A smallest set of people without whom no thread is left.
    matching
        A largest set of threads between facing functions in which nobody appears twice.
    dependence
        Our people with threads, the largest loss first.
    hours
        Hours a month that ours have for the account, together.
    alumni
        Theirs who left and are now elsewhere.
    newcomers
        Theirs who came from an organisation that we know.
    """

    summary: AccountSummary
    suppliers: tuple[Partner, ...]
    revenue: float | None
    margin: float | None
    hours: float
    newest_contact: date | None
    balance: float | None
    largest_loss: float | None
    rows: tuple[RowCoverage, ...]
    cut: tuple[Partner, ...]
    matching: tuple[Pair, ...]
    dependence: tuple[Dependence, ...]
    distributors: tuple[Partner, ...]
    end_customers: tuple[Partner, ...]
    worst_gaps: tuple[Gap, ...]
    alumni: tuple[Mover, ...]
    newcomers: tuple[Mover, ...]


def summarise(measures: Measures, gaps: Sequence[Gap]) -> AccountSummary:
    """Return an account's line in the portfolio."""
    account = measures.account
    return AccountSummary(
        id=account.id,
        name=account.name,
        kind=account.kinds,
        shape=measures.shape,
        diamond_index=measures.diamond_index,
        coverage=measures.coverage,
        connectivity=measures.connectivity,
        connectivity_decision=measures.connectivity_decision,
        single_points_of_failure=measures.single_points,
        gaps=len(gaps),
        stale=len(measures.stale),
        assumed_share=measures.assumed_share,
        people=PeopleCount(
            sum(not person.placeholder for person in account.ours),
            sum(not person.placeholder for person in account.theirs),
        ),
    )


def stakeholders(measures: Measures) -> tuple[Stakeholder, ...]:
    """Return the ROPI table, the most influential first."""
    account = measures.account
    stale = set(measures.stale)
    order = sorted(
        range(len(account.theirs)), key=lambda index: (-account.influence[index], account.theirs[index].id)
    )
    return tuple(
        Stakeholder(
            person=person.id,
            name=person.name,
            function=person.function,
            level=person.level,
            role=person.role,
            influence=person.influence,
            orientation=person.orientation,
            proximity=person.proximity,
            coverage=measures.covered(person.id),
            threads=measures.threads_of[person.id],
            verified_on=person.verified_on,
            stale=person.id in stale,
            confidence=person.confidence,
            assumed=() if person.placeholder else account.assumed(person),
            title=person.title,
            placeholder=person.placeholder,
        )
        for person in (account.theirs[index] for index in order)
    )


def profile(measures: Measures, gaps: Sequence[Gap], movers: Movers = NOBODY_MOVED) -> AccountProfile:
    """Return everything about one account on a page."""
    account = measures.account
    return AccountProfile(
        summary=summarise(measures, gaps),
        suppliers=account.suppliers,
        revenue=account.revenue,
        margin=account.margin,
        hours=float(account.hours.sum()),
        newest_contact=account.newest_contact,
        balance=measures.balance,
        largest_loss=measures.largest_loss,
        rows=measures.rows,
        cut=tuple(Partner(person, account.people[person].name) for person in measures.cut),
        matching=tuple(Pair(one, other) for one, other in function_matching(account, measures.threads)),
        dependence=_dependence(account, measures),
        distributors=account.channel.distributors,
        end_customers=account.channel.end_customers,
        worst_gaps=tuple(gaps[:WORST_GAPS]),
        alumni=movers.alumni,
        newcomers=movers.newcomers,
    )


def _dependence(account: Account, measures: Measures) -> tuple[Dependence, ...]:
    network: nx.Graph[str] = nx.Graph()
    network.add_edges_from((tie.ours, tie.stakeholder) for tie in measures.threads)
    network.add_edges_from((line.person, line.manager) for line in account.reports_to)
    network.add_edges_from((line.source, line.target) for line in account.influences)
    holders = [person for person in account.ours if measures.threads_of[person.id]]
    size = nx.effective_size(network, [person.id for person in holders])
    constraint = nx.constraint(network, [person.id for person in holders])
    found = [
        Dependence(
            person=person.id,
            name=person.name,
            threads=measures.threads_of[person.id],
            loss=measures.loss_of[person.id],
            effective_size=size[person.id],
            constraint=constraint[person.id],
        )
        for person in holders
    ]
    return tuple(sorted(found, key=lambda one: (-one.loss, one.person)))

"""The measures of an account: coverage, connectivity, diamond index, shape, single points of failure.

All of them are taken from one frozen `Account`, so they are as of its day, and depend neither on the
order of the input nor on anybody's name. What nobody knows is None, not zero.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from graph.account import Account, Person, Side, Tie
from graph.policy import UNKNOWN_ROW

Shape = Literal["none", "diabolo", "in transition", "diamond"]
SOURCE, SINK = ("source",), ("sink",)  # tuples, so that no person's id can be one of them


@dataclass(frozen=True, slots=True)
class RowCoverage:
    """One function row: its weight in the diamond index, and how well its people are covered.

    Attributes
    ----------
    weight
        The larger of the policy's expected weight and the row's influence sum.
    coverage
        Influence-weighted mean in [0, 1]; None where nobody is known.
    ours, theirs
        People in post, placeholders not counted.
    threads
        Threads to people of the row.
    """

    row: str
    weight: float
    coverage: float | None
    ours: int
    theirs: int
    threads: int


@dataclass(frozen=True, slots=True)
class SinglePoint:
    """A person with whom too much would go: `loss` is the share of total coverage."""

    person: str
    name: str
    side: Side
    loss: float


@dataclass(frozen=True)
class Measures:
    """What one account measures.

    Attributes
    ----------
    coverage_of
        Coverage of each stakeholder, shape (theirs,); 0 for opponents and unknown holders.
    coverage
        Influence-weighted mean of `coverage_of`; None where no stakeholder is known.
    connectivity, connectivity_decision
        How many people must leave, at the least, so that no thread joins the two sides; the second
        among decision makers and evaluators only, None where none is known.
    balance
        Share of the weighted function rows that are covered (B).
    largest_loss
        Largest relative loss of total coverage with one person (m); None where the total is 0.
    diamond_index
        sqrt(balance * (1 - largest_loss)); None where no stakeholder is known.
    loss_of
        By person of either side: relative loss of total coverage without them.
    cut
        A smallest set of people without whom no thread is left.
    threads_of
        By person of either side: number of threads.
    stale
        Stakeholders whose newest assessment is past its expiry.
    assumed_share
        Share of the influence, role and orientation values that the policy had to assume.
    """

    account: Account
    coverage_of: NDArray[np.float64]
    rows: tuple[RowCoverage, ...]
    threads: tuple[Tie, ...]
    coverage: float | None
    connectivity: int
    connectivity_decision: int | None
    balance: float | None
    largest_loss: float | None
    diamond_index: float | None
    shape: Shape
    loss_of: dict[str, float]
    single_points: tuple[SinglePoint, ...]
    cut: tuple[str, ...]
    stale: tuple[str, ...]
    assumed_share: float | None

    @cached_property
    def threads_of(self) -> dict[str, int]:
        """Number of threads by person of either side; people without one are 0."""
        count: Counter[str] = Counter(dict.fromkeys(self.account.people, 0))
        for tie in self.threads:
            count[tie.ours] += 1
            count[tie.stakeholder] += 1
        return dict(count)

    def covered(self, person: str) -> float:
        """Return the coverage of one stakeholder."""
        return float(self.coverage_of[self.account.their_index[person]])


def coverage_of_strengths(strength: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return 1 - prod(1 - s) over our people: strengths (ours, theirs) to coverage (theirs,)."""
    covered: NDArray[np.float64] = 1.0 - np.prod(1.0 - strength, axis=0)
    return covered


def measure(account: Account) -> Measures:
    """Take all measures of an account as of its day."""
    counted = ~(account.against | account.placeholder)
    covered = coverage_of_strengths(account.strength) * counted
    known = bool((~account.placeholder).any())
    threads = threads_of(account)
    rows = _rows(account, covered, threads)
    loss = _losses(account, covered, counted)
    largest = max(loss.values()) if loss and _total(account, covered) > 0.0 else None
    balance = _balance(account, covered) if known else None
    index = None
    if balance is not None:
        index = float(np.sqrt(balance * max(0.0, 1.0 - largest))) if largest is not None else 0.0
    weight = float(account.influence.sum())
    coverage = _total(account, covered) / weight if known and weight > 0.0 else (0.0 if known else None)
    cut = _cut(threads)
    decision = _connectivity_decision(account, threads)
    return Measures(
        account=account,
        coverage_of=covered,
        rows=rows,
        threads=threads,
        coverage=coverage,
        connectivity=len(cut),
        connectivity_decision=decision,
        balance=balance,
        largest_loss=largest,
        diamond_index=index,
        shape=_shape(account, threads, index, coverage, len(cut), decision),
        loss_of=loss,
        single_points=_single_points(account, loss, threads),
        cut=cut,
        stale=tuple(person.id for person in account.theirs if is_stale(account, person)),
        assumed_share=_assumed_share(account),
    )


def threads_of(account: Account) -> tuple[Tie, ...]:
    """Return the ties that are threads: strong enough, the stakeholder in post and not against."""
    limit = account.policy.limits["thread_min"]
    out = account.against | account.placeholder
    return tuple(
        tie for tie in account.ties if tie.strength >= limit and not out[account.their_index[tie.stakeholder]]
    )


def is_stale(account: Account, person: Person) -> bool:
    """Tell whether a stakeholder's newest assessment is past its expiry; never assessed is not stale."""
    if person.expires_on is not None:
        return person.expires_on < account.as_of
    if person.verified_on is None:
        return False
    return (account.as_of - person.verified_on).days > account.policy.limits["stale_after"]


def function_matching(account: Account, threads: tuple[Tie, ...]) -> tuple[tuple[str, str], ...]:
    """Return a largest set of threads between facing functions in which nobody appears twice.

    Its size against the number of function rows tells how symmetric the network is (Hopcroft and Karp
    1973, doi 10.1137/0202019).
    """
    graph: nx.Graph[tuple[str, str]] = nx.Graph()
    for tie in threads:
        one, other = account.people[tie.ours], account.people[tie.stakeholder]
        if account.policy.same_function(one.function, other.function):
            graph.add_edge(("ours", tie.ours), ("theirs", tie.stakeholder))
    ours = sorted(node for node in graph if node[0] == "ours")
    matching = nx.bipartite.hopcroft_karp_matching(graph, ours)
    return tuple((node[1], matching[node][1]) for node in ours if node in matching)


def _total(account: Account, covered: NDArray[np.float64]) -> float:
    return float(account.influence @ covered)


def _rows(
    account: Account, covered: NDArray[np.float64], threads: tuple[Tie, ...]
) -> tuple[RowCoverage, ...]:
    """Measure the expected rows in the policy's order, then others by name, people without function last."""
    seats: dict[str, list[int]] = {row: [] for row in account.policy.row_weights}
    for index, person in enumerate(account.theirs):
        seats.setdefault(account.row(person), []).append(index)
    ours = Counter(account.row(person) for person in account.ours)
    threaded = Counter(account.row(account.people[tie.stakeholder]) for tie in threads)
    expected = list(account.policy.row_weights)
    others = sorted(row for row in {*seats, *ours} if row not in account.policy.row_weights)
    others.sort(key=lambda row: row == UNKNOWN_ROW)
    rows = []
    for row in expected + others:
        members = seats.get(row, [])
        influence = account.influence[members]
        total = float(influence.sum())
        known = sum(not account.theirs[index].placeholder for index in members)
        coverage = float(influence @ covered[members]) / total if total > 0.0 else 0.0
        rows.append(
            RowCoverage(
                row=row,
                weight=max(total, account.policy.row_weights.get(row, 0.0)),
                coverage=coverage if known else None,
                ours=ours[row],
                theirs=known,
                threads=threaded[row],
            )
        )
    return tuple(rows)


def _balance(account: Account, covered: NDArray[np.float64]) -> float:
    """Return the share of the weighted function rows that is covered.

    Rows weigh by their influence, and a row counts in full from a threshold on. Taken alone, that would
    let a covered row weigh more for every uncovered person entered in it, and the index rise. So the
    people whom nobody covers count, row by row, where they lower the share: the least ratio over these
    choices (Dinkelbach 1967, doi 10.1287/mnsc.13.7.492).
    """
    full = account.policy.limits["row_covered"]
    weights = account.policy.row_weights
    seats: dict[str, list[int]] = {row: [] for row in weights}
    for index, person in enumerate(account.theirs):
        seats.setdefault(account.row(person), []).append(index)

    def part(row: str, members: list[int]) -> tuple[float, float]:
        influence = float(account.influence[members].sum())
        weight = max(influence, weights.get(row, 0.0))
        coverage = (
            float(account.influence[members] @ covered[members]) / influence if influence > 0.0 else 0.0
        )
        return weight * min(1.0, coverage / full), weight

    choices = [
        (part(row, members), part(row, [index for index in members if covered[index] > 0.0]))
        for row, members in seats.items()
    ]
    chosen = [everybody for everybody, _ in choices]
    share = _ratio(chosen)
    while True:
        chosen = [min(options, key=lambda part: part[0] - share * part[1]) for options in choices]
        lower = _ratio(chosen)
        if lower >= share:
            return share
        share = lower


def _ratio(parts: list[tuple[float, float]]) -> float:
    weight = sum(weight for _, weight in parts)
    return sum(covered for covered, _ in parts) / weight if weight > 0.0 else 0.0


def _losses(account: Account, covered: NDArray[np.float64], counted: NDArray[np.bool_]) -> dict[str, float]:
    """Return, by person, the relative loss of total coverage when they go and all seats are kept."""
    total = _total(account, covered)
    if total <= 0.0:
        return dict.fromkeys(account.people, 0.0)
    loss = {
        person.id: float(account.influence[index] * covered[index]) / total
        for index, person in enumerate(account.theirs)
    }
    for index, person in enumerate(account.ours):
        others = coverage_of_strengths(np.delete(account.strength, index, axis=0)) * counted
        loss[person.id] = max(0.0, 1.0 - _total(account, others) / total)
    return loss


def _network(threads: tuple[Tie, ...]) -> nx.Graph[tuple[str, ...]]:
    """Return the threads between the two sides, a source over ours and a sink over theirs."""
    graph: nx.Graph[tuple[str, ...]] = nx.Graph()
    graph.add_nodes_from((SOURCE, SINK))
    for tie in threads:
        graph.add_edge(SOURCE, ("ours", tie.ours))
        graph.add_edge(("ours", tie.ours), ("theirs", tie.stakeholder))
        graph.add_edge(("theirs", tie.stakeholder), SINK)
    return graph


def _cut(threads: tuple[Tie, ...]) -> tuple[str, ...]:
    """Return a smallest set of people whose going leaves no thread (Menger 1927), sorted by id."""
    if not threads:
        return ()
    return tuple(sorted(node[1] for node in nx.minimum_node_cut(_network(threads), SOURCE, SINK)))


def _connectivity_decision(account: Account, threads: tuple[Tie, ...]) -> int | None:
    deciding = {
        person.id
        for person in account.theirs
        if person.role in ("decision_maker", "evaluator") and not person.placeholder
    }
    if not deciding:
        return None
    return len(_cut(tuple(tie for tie in threads if tie.stakeholder in deciding)))


def _single_points(
    account: Account, loss: dict[str, float], threads: tuple[Tie, ...]
) -> tuple[SinglePoint, ...]:
    """Return who takes too much of the coverage, or every thread, with them; the largest loss first."""
    limit = account.policy.limits["single_point"]
    points = [
        SinglePoint(
            person.id, person.name, "ours" if person.id in account.our_index else "theirs", loss[person.id]
        )
        for person in (*account.ours, *account.theirs)
        if loss[person.id] >= limit
        or (threads and all(person.id in (tie.ours, tie.stakeholder) for tie in threads))
    ]
    return tuple(sorted(points, key=lambda point: (-point.loss, point.side, point.person)))


def _shape(
    account: Account,
    threads: tuple[Tie, ...],
    index: float | None,
    coverage: float | None,
    connectivity: int,
    decision: int | None,
) -> Shape:
    limits = account.policy.limits
    if connectivity == 0 or index is None or coverage is None:
        return "none"
    if connectivity == 1 or index < limits["diabolo_below"]:
        return "diabolo"
    reached = [account.people[tie.stakeholder] for tie in threads]
    rows = {account.row(person) for person in reached} - {UNKNOWN_ROW}
    levels = {person.level for person in reached} - {None}
    diamond = (
        index >= limits["diamond_from"]
        and coverage >= limits["diamond_coverage"]
        and connectivity >= limits["diamond_connectivity"]
        and (decision is None or decision >= limits["diamond_decision"])
        and len(rows) >= limits["diamond_rows"]
        and len(levels) >= limits["diamond_levels"]
    )
    return "diamond" if diamond else "in transition"


def _assumed_share(account: Account) -> float | None:
    people = [person for person in account.theirs if not person.placeholder]
    if not people:
        return None
    return sum(len(account.assumed(person)) for person in people) / (3 * len(people))

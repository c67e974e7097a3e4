"""What falls apart, on paper, if people leave: no simulation, just the graph without them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import networkx as nx

from graph.account import Account
from graph.measures import Measures, measure

Relation = Literal["all", "engages", "reports_to", "influences"]
BROKERS = 5


@dataclass(frozen=True, slots=True)
class TieLost:
    """One line with a removed end, as it was imported; `strength` is None for a reporting line."""

    a: str
    b: str
    strength: float | None


@dataclass(frozen=True, slots=True)
class Broker:
    """A person and their normalised betweenness (Freeman 1977, doi 10.2307/3033543)."""

    person: str
    betweenness: float


@dataclass(frozen=True, slots=True)
class Without:
    """An account before and after some people left; pairs are (before, after).

    Attributes
    ----------
    components
        The connected parts of the relation's network after the removal, largest first.
    functions_uncovered, stakeholders_uncovered
        Rows and people that were covered before and are not any more.
    cut_persons, top_brokers
        Before the removal: who alone holds parts together, and through whom most shortest paths run.
    names
        Of everybody of the account before the removal, by id.
    """

    removed: tuple[str, ...]
    relation: Relation
    components: tuple[tuple[str, ...], ...]
    ties_lost: tuple[TieLost, ...]
    coverage: tuple[float | None, float | None]
    diamond_index: tuple[float | None, float | None]
    connectivity: tuple[int, int]
    functions_uncovered: tuple[str, ...]
    stakeholders_uncovered: tuple[str, ...]
    cut_persons: tuple[str, ...]
    top_brokers: tuple[Broker, ...]
    names: dict[str, str]


def remove(account: Account, persons: Iterable[str]) -> Account:
    """Return the account after these people left: ours are gone, theirs leave an uncovered seat behind."""
    gone = set(persons)
    return replace(
        account,
        ours=tuple(person for person in account.ours if person.id not in gone),
        ties=tuple(tie for tie in account.ties if tie.ours not in gone and tie.stakeholder not in gone),
        reports_to=tuple(
            line for line in account.reports_to if line.person not in gone and line.manager not in gone
        ),
        influences=tuple(
            line for line in account.influences if line.source not in gone and line.target not in gone
        ),
    )


def without(account: Account, persons: Sequence[str], relation: Relation = "engages") -> Without:
    """Compare the account with itself after `persons` (ids of either side) left."""
    left = remove(account, persons)
    before, after = measure(account), measure(left)
    gone = set(persons)
    network = _network(account, before, relation)
    remaining = network.subgraph(person for person in network if person not in gone)
    betweenness = nx.betweenness_centrality(network, normalized=True)
    return Without(
        removed=tuple(sorted(gone)),
        relation=relation,
        components=tuple(
            sorted(
                (tuple(sorted(part)) for part in nx.connected_components(remaining)),
                key=lambda part: (-len(part), part),
            )
        ),
        ties_lost=tuple(
            TieLost(one, other, strength)
            for one, other, strength in _lines(account, relation)
            if one in gone or other in gone
        ),
        coverage=(before.coverage, after.coverage),
        diamond_index=(before.diamond_index, after.diamond_index),
        connectivity=(before.connectivity, after.connectivity),
        functions_uncovered=_functions_uncovered(before, after),
        stakeholders_uncovered=_stakeholders_uncovered(before, after, gone),
        cut_persons=tuple(sorted(nx.articulation_points(network))),
        top_brokers=tuple(
            Broker(person, value)
            for person, value in sorted(betweenness.items(), key=lambda item: (-item[1], item[0]))[:BROKERS]
        ),
        names={id_: account.people[id_].name for id_ in sorted(account.people)},
    )


def _lines(account: Account, relation: Relation) -> list[tuple[str, str, float | None]]:
    """Return every imported line of the relation, in the direction of the file."""
    lines: list[tuple[str, str, float | None]] = []
    if relation in ("all", "engages"):
        lines += [(tie.ours, tie.stakeholder, tie.strength) for tie in account.ties]
    if relation in ("all", "reports_to"):
        lines += [(line.person, line.manager, None) for line in account.reports_to]
    if relation in ("all", "influences"):
        lines += [(line.source, line.target, line.weight) for line in account.influences]
    if relation in ("reports_to", "influences"):
        lines = [line for line in lines if line[0] in account.their_index and line[1] in account.their_index]
    return lines


def _network(account: Account, measures: Measures, relation: Relation) -> nx.Graph[str]:
    """Return the relation's network, undirected and unweighted; `engages` holds threads only."""
    network: nx.Graph[str] = nx.Graph()
    network.add_nodes_from(person.id for person in account.theirs)
    if relation in ("all", "engages"):
        network.add_nodes_from(person.id for person in account.ours)
    if relation == "engages":
        network.add_edges_from((tie.ours, tie.stakeholder) for tie in measures.threads)
    else:
        network.add_edges_from((one, other) for one, other, _ in _lines(account, relation))
    return network


def _functions_uncovered(before: Measures, after: Measures) -> tuple[str, ...]:
    limit = before.account.policy.limits["row_uncovered"]
    now = {row.row: row.coverage or 0.0 for row in after.rows}
    return tuple(
        row.row
        for row in before.rows
        if row.coverage is not None and row.coverage >= limit > now.get(row.row, 0.0)
    )


def _stakeholders_uncovered(before: Measures, after: Measures, gone: set[str]) -> tuple[str, ...]:
    limit = before.account.policy.limits["row_uncovered"]
    return tuple(
        person.id
        for person in before.account.theirs
        if person.id not in gone and before.covered(person.id) >= limit > after.covered(person.id)
    )

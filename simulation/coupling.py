"""Which accounts of a portfolio belong into one run, and how hours are divided between them.

Accounts are coupled by exactly two things: one of ours who can be met at several of them, and business
through the same distributor or with the same end customer. Everybody in a part of the portfolio that hangs
together is simulated in one run, every other account alone, so that no result depends on accounts that have
nothing to do with it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from graph.account import Account, Person
from simulation.scenario import Scenario
from simulation.seating import seat_people

Component = tuple[Account, ...]
Pair = tuple[str, str]


def components(
    accounts: Sequence[Account],
    scenario: Scenario,
    parameters: Mapping[str, float],
    pairs: Iterable[Pair] = (),
) -> tuple[Component, ...]:
    """Return the parts of a portfolio that hang together, their hours divided.

    Parameters
    ----------
    accounts
        Each once.
    parameters
        All rows of the parameter table.
    pairs
        (one of ours, stakeholder) that a plan has meet.

    Returns
    -------
    tuple
        Each part sorted by id, the parts by their first account.
    """
    named = {account.id: account for account in accounts}
    met = sorted(set(pairs))
    parts: list[list[str]] = [[one] for one in sorted(named)]
    while True:
        divided = {
            account.id: account
            for part in parts
            for account in divide_hours(tuple(named[one] for one in part))
        }
        # Divided hours can change who is the nearest peer of a seat, and so couple a little more.
        joined = _parts(divided, parts, scenario, parameters, met)
        if len(joined) == len(parts):
            return tuple(tuple(divided[one] for one in part) for part in joined)
        parts = joined


def _parts(
    accounts: Mapping[str, Account],
    parts: Iterable[Sequence[str]],
    scenario: Scenario,
    parameters: Mapping[str, float],
    pairs: Sequence[Pair],
) -> list[list[str]]:
    """Return the ids of each part: connected components of accounts, people and organisations."""
    import networkx

    graph: networkx.Graph[tuple[str, str]] = networkx.Graph()
    distributing = {one for one, account in accounts.items() if "distributor" in account.kinds}
    for part in parts:
        networkx.add_path(graph, [("organisation", one) for one in part])
    for account in accounts.values():
        here = ("organisation", account.id)
        graph.add_node(here)
        for person in _at_work(account, scenario, parameters, pairs):
            graph.add_edge(here, ("person", person))
        for other in _in_business(account, accounts, distributing):
            graph.add_edge(here, ("organisation", other))
    found = [
        sorted(name for kind, name in part if kind == "organisation" and name in accounts)
        for part in networkx.connected_components(graph)
    ]
    return sorted(part for part in found if part)


def _at_work(
    account: Account, scenario: Scenario, parameters: Mapping[str, float], pairs: Sequence[Pair]
) -> set[str]:
    """Return who of ours can be met at an account: a tie, a place for one, or a share of the team.

    An account lists everybody of its suppliers; most of them have nothing to do with it.
    """
    here = [pair for pair in pairs if pair[0] in account.our_index and pair[1] in account.their_index]
    seating = seat_people(account, scenario, parameters, here)
    found = {
        account.ours[slot.owner].id
        for slots in seating.slots
        for slot in slots
        if slot.open or slot.strength > 0.0
    }
    found.update(
        person
        for person, share in account.share_of_time.items()
        if share > 0.0 and person in account.our_index
    )
    return found


def _in_business(account: Account, accounts: Mapping[str, Account], distributing: set[str]) -> Iterator[str]:
    """Yield sellers and end customers of the sales that a run of the portfolio takes from an account."""
    served = {sale.end_customer for sale in account.channel.sales if sale.seller in distributing}
    for sale in account.channel.sales:
        if sale.direct:
            if sale.end_customer in accounts or sale.end_customer in served:
                yield sale.end_customer
        elif sale.seller in distributing or sale.end_customer in accounts:
            yield sale.seller
            yield sale.end_customer


def divide_hours(part: Component) -> Component:
    """Return accounts of one run in which nobody of ours has more hours than there are.

    Accounts read one by one count whoever is listed at several of them each time. Hours of such a person
    count where they have ties or a share of the team, if that is anywhere; what still adds up to more than
    the capacity is shortened in proportion.
    """
    if len(part) < 2:
        return part
    listed: dict[str, list[tuple[int, Person, float]]] = defaultdict(list)
    for a, account in enumerate(part):
        for person, hours in zip(account.ours, account.hours, strict=True):
            listed[person.id].append((a, person, float(hours)))
    tied = [{tie.ours for tie in account.ties} | set(account.share_of_time) for account in part]
    given: list[dict[str, float]] = [{} for _ in part]
    for name, places in listed.items():
        capacity = places[0][1].time_capacity
        total = sum(hours for _, _, hours in places)
        least = part[0].policy.limits["hours_default"] if capacity is None else capacity
        if len(places) < 2 or total <= least:
            continue
        at_home = [(a, hours) for a, _, hours in places if name in tied[a]]
        counted = at_home or [(a, hours) for a, _, hours in places]
        total = sum(hours for _, hours in counted)
        # Where no capacity is known, each account that someone serves has the hours of the policy.
        most = total if capacity is None and at_home else least
        factor = most / total if total > most else 1.0
        kept = {a: hours * factor for a, hours in counted}
        for a, _, hours in places:
            if kept.get(a, 0.0) != hours:
                given[a][name] = kept.get(a, 0.0)
    return tuple(_with_hours(account, hours) for account, hours in zip(part, given, strict=True))


def _with_hours(account: Account, hours: Mapping[str, float]) -> Account:
    """Return the account where these people bring so many hours a month."""
    if not hours:
        return account
    ours = tuple(
        replace(person, time_capacity=hours[person.id]) if person.id in hours else person
        for person in account.ours
    )
    return replace(
        account,
        ours=ours,
        share_of_time={**account.share_of_time, **{one: float(some > 0.0) for one, some in hours.items()}},
    )

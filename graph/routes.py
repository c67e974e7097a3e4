"""How an opponent can be reached: through whom we know, along the influence lines of the account."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from graph.account import Account, Tie
from graph.measures import Measures


@dataclass(frozen=True, slots=True)
class Route:
    """How an opponent can be reached: our thread to somebody, and positive influence lines from there.

    Attributes
    ----------
    thread
        To the first person of `chain`.
    chain
        Ids from the first person to the opponent, both included.
    """

    thread: Tie
    chain: tuple[str, ...]


def routes_to(account: Account, measures: Measures, opponent: str) -> tuple[Route, ...]:
    """Return the ways to reach an opponent, one for each person who could, shortest and strongest first.

    A way starts at somebody who is not against and to whom we have a thread, and follows positive
    influence lines, at most as many as the policy's `route_steps`.
    """
    return routes_over(account, measures.threads, opponent)


def routes_over(account: Account, threads: Iterable[Tie], goal: str) -> tuple[Route, ...]:
    """Return the ways over threads and positive influence lines to anybody of theirs, as `routes_to` does."""
    influencers: dict[str, list[str]] = {}
    for line in account.influences:
        if line.sign > 0 and line.source in account.their_index:
            influencers.setdefault(line.target, []).append(line.source)
    chains: dict[str, tuple[str, ...]] = {goal: (goal,)}
    edge = [goal]
    for _ in range(int(account.policy.limits["route_steps"])):
        found: dict[str, tuple[str, ...]] = {}
        for person in edge:
            for source in influencers.get(person, ()):
                if source not in chains:
                    chain = (source, *chains[person])
                    found[source] = min(chain, found.get(source, chain))
        chains |= found
        edge = sorted(found)
    strongest: dict[str, Tie] = {}
    for tie in sorted(threads, key=lambda tie: (-tie.strength, tie.ours)):
        strongest.setdefault(tie.stakeholder, tie)
    routes = [
        Route(strongest[person], chain)
        for person, chain in chains.items()
        if person in strongest and person != goal
    ]
    return tuple(sorted(routes, key=lambda route: (len(route.chain), -route.thread.strength, route.chain)))

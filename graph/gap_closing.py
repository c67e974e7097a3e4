"""Who of ours could close a gap, and how: one proposal for each, by function, level and ties.

A rule of thumb for reading, not a plan: it knows no hours and no budget. `diamond plan` does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graph.account import Account, Person, Tie
from graph.evidence import influence_of, words
from graph.gaps import Gap
from graph.measures import Measures
from graph.routes import routes_over, routes_to

# What speaks for one of ours: the same function most, then a tie that is there, then a level that fits.
FUNCTION, TIE, LEVEL = 2.0, 1.5, 1.0
TIE_FROM = 0.05  # strength below which a tie is none for this


@dataclass(frozen=True, slots=True)
class Closer:
    """Who of ours could close a gap.

    Attributes
    ----------
    how
        What to do, in one sentence.
    """

    person: str
    name: str
    how: str


def closer_of(account: Account, measures: Measures, gap: Gap) -> Closer | None:
    """Return who could close a gap, and how; None where nobody of ours could be named."""
    ours = [one for one in account.ours if not one.placeholder]
    if not ours:
        return None
    person = account.people.get(gap.subject)
    if gap.kind == "function_uncovered":
        row = [one for one in account.theirs if account.row(one) == gap.subject]
        open_ = [one for one in row if not (one.placeholder or account.against[account.their_index[one.id]])]
        return _meeting(account, measures, ours, max(open_, key=lambda one: influence_of(account, one)))
    if gap.kind == "opponent" and person is not None:
        route = routes_to(account, measures, person.id)[0]
        one, friend = account.people[route.thread.ours], account.people[route.chain[0]]
        return Closer(one.id, one.name, f"{one.name} asks {friend.name} to speak with {person.name}.")
    if gap.kind == "opponent_without_route" and person is not None:
        return _making_a_way(account, measures, ours, gap, person)
    if gap.kind == "below_desired":
        one, fact = account.people[str(gap.evidence[0]["ours"])], gap.evidence[0]
        how = f"meets {gap.subject_name} more often"
        if gap.actual < TIE_FROM:
            again = f"takes up the contact with {gap.subject_name} again"
            how = again if fact["last_on"] else f"gets to know {gap.subject_name}"
        return Closer(one.id, one.name, f"{one.name} {how}.")
    if gap.kind == "stale_score" and person is not None:
        one = _nearest(account, measures, ours, person)
        return Closer(one.id, one.name, f"{one.name} looks at the score of {person.name} again.")
    if person is not None and not person.placeholder:
        if gap.kind == "single_thread":
            holder = str(gap.evidence[0]["ours"])
            ours = [one for one in ours if one.id != holder]
        elif gap.kind == "level":
            lowest = (person.level or 0) + account.policy.limits["level_reach"]
            ours = [one for one in ours if one.level is not None and one.level <= lowest]
        return _meeting(account, measures, ours, person) if ours else None
    return _asking(account, measures, ours, gap)


def _meeting(account: Account, measures: Measures, ours: Sequence[Person], whom: Person) -> Closer:
    """Return who meets somebody of theirs, and what speaks for it."""
    ties = {tie.ours: tie.strength for tie in account.ties if tie.stakeholder == whom.id}

    def fits(one: Person) -> tuple[float, bool, float, int]:
        score = FUNCTION * account.policy.same_function(one.function, whom.function)
        score += LEVEL * (
            one.level is not None and whom.level is not None and abs(one.level - whom.level) <= 1
        )
        score += TIE * (ties.get(one.id, 0.0) >= TIE_FROM)
        return score, one.id in account.team, ties.get(one.id, 0.0), measures.threads_of.get(one.id, 0)

    best = max(ours, key=fits)
    why = []
    if account.policy.same_function(best.function, whom.function):
        why.append("their functions belong together")
    if best.level is not None and best.level == whom.level:
        why.append("both on the same level")
    if ties.get(best.id, 0.0) >= TIE_FROM:
        why.append("a tie is there")
    else:
        introducer = _introducer(account, measures, whom)
        if introducer is not None:
            why.append(f"{introducer.name} could introduce them")
    reasons = f" ({'; '.join(why)})" if why else ""
    return Closer(best.id, best.name, f"{best.name} meets {whom.name}{reasons}.")


def _making_a_way(
    account: Account, measures: Measures, ours: Sequence[Person], gap: Gap, opponent: Person
) -> Closer:
    """Return who meets somebody with influence on an opponent, else who asks whether there is one.

    Meeting the opponent would open no way: what an opponent is told counts for nothing.
    """
    open_ = [
        Tie("", one.id, influence_of(account, one))
        for one in account.theirs
        if not (one.placeholder or account.against[account.their_index[one.id]])
    ]
    ways = routes_over(account, open_, opponent.id)
    if not ways:
        return _asking(account, measures, ours, gap)
    friend = account.people[ways[0].chain[0]]
    met = _meeting(account, measures, ours, friend)
    return Closer(met.person, met.name, f"{met.how} {friend.name} has influence on {opponent.name}.")


def _introducer(account: Account, measures: Measures, whom: Person) -> Person | None:
    """Return who of theirs, known to us by a thread, stands in a line with somebody."""
    near = {line.manager for line in account.reports_to if line.person == whom.id}
    near |= {line.person for line in account.reports_to if line.manager == whom.id}
    near |= {line.source for line in account.influences if line.target == whom.id and line.sign > 0}
    threads = [tie for tie in measures.threads if tie.stakeholder in near and tie.stakeholder != whom.id]
    best = max(threads, key=lambda tie: (tie.strength, tie.stakeholder), default=None)
    return None if best is None else account.people[best.stakeholder]


def _nearest(account: Account, measures: Measures, ours: Sequence[Person], whom: Person) -> Person:
    """Return who of ours knows somebody best, else who holds most threads."""
    ties = [tie for tie in account.ties if tie.stakeholder == whom.id and tie.strength >= TIE_FROM]
    best = max(ties, key=lambda tie: (tie.strength, tie.ours), default=None)
    return _lead(account, measures, ours) if best is None else account.people[best.ours]


def _lead(account: Account, measures: Measures, ours: Sequence[Person]) -> Person:
    """Return who holds most threads; among equals somebody of the account team."""
    return max(ours, key=lambda one: (measures.threads_of.get(one.id, 0), one.id in account.team))


def _asking(account: Account, measures: Measures, ours: Sequence[Person], gap: Gap) -> Closer:
    """Return who asks the contact whom we know best about what is not known."""
    best: Tie | None = max(measures.threads, key=lambda tie: (tie.strength, tie.ours), default=None)
    one = _lead(account, measures, ours) if best is None else account.people[best.ours]
    contact = "" if best is None else account.people[best.stakeholder].name
    if gap.kind == "channel_overlap":
        sellers = " and ".join(_sellers(account, gap))
        return Closer(one.id, one.name, f"{one.name} agrees with {sellers} on who serves {gap.subject_name}.")
    several = one.id in account.team and len(account.team) > 1
    who = f"{one.name}, or another of the account team," if several else one.name
    asks = f"{one.name} asks {contact}" if contact else f"{who} finds out"
    name, seat = gap.subject_name, account.people.get(gap.subject)
    what = {
        "unknown_seat": f"who is in {name}" if seat is None else _holder(account, seat),
        "opponent_without_route": f"who has influence on {name}",
        "distributor_function": f"who in {words(name)} sells our product on",
        "hidden_end_customer": f"who decides at {name}"
        + (" and proposes a visit together" if contact else ""),
        "unusual_function": f"who is in {words(name)}",
        "no_opponent_known": "who has reservations",
    }[gap.kind]
    return Closer(one.id, one.name, f"{asks} {what}.")


def _sellers(account: Account, gap: Gap) -> list[str]:
    """Return the names of the distributors that serve an end customer."""
    names = {one.id: one.name for one in account.channel.distributors}
    sales = [sale for sale in account.channel.sales if sale.end_customer == gap.subject and not sale.direct]
    return list(dict.fromkeys(names.get(sale.seller, sale.seller) for sale in sales))


def _holder(account: Account, seat: Person) -> str:
    return f"who is {seat.title}" if seat.title else f"who holds the seat in {account.row(seat)}"

"""The facts behind a gap: each a sentence, with the ids, dates and numbers that it tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from graph.account import Account, Person, Sale, Tie
from graph.measures import Measures, RowCoverage
from graph.routes import Route
from graph.wording import count, listed, spelt

Evidence = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What a rule found: a gap but for its query, whose parameters beside account and day are `about`."""

    kind: str
    subject: str
    subject_name: str
    severity: float
    actual: float
    target: float
    evidence: Sequence[Evidence]
    about: Mapping[str, object] = field(default_factory=dict)


def influence_of(account: Account, person: Person) -> float:
    """Return the influence of one of theirs."""
    return float(account.influence[account.their_index[person.id]])


def of_row(account: Account, measures: Measures, row: RowCoverage, known: Sequence[Person]) -> list[Evidence]:
    """Return what is known of a function row, then of each of its people, the most influential first."""
    return [
        {
            "text": f"{row.row}: {count(len(known), 'person', 'people')} known,"
            f" coverage {row.coverage:.2f}, {count(row.threads, 'thread')}.",
            "row": row.row,
            "people": len(known),
            "coverage": row.coverage,
            "threads": row.threads,
        },
        *of_people(account, measures, known),
    ]


def of_people(account: Account, measures: Measures, known: Sequence[Person]) -> list[Evidence]:
    """Return how influential and how well covered people are, the most influential first."""
    facts: list[Evidence] = []
    for person in sorted(known, key=lambda person: (-influence_of(account, person), person.id)):
        influence, covered = influence_of(account, person), measures.covered(person.id)
        against = ", against" if account.against[account.their_index[person.id]] else ""
        facts.append(
            {
                "text": f"{person.name}: influence {influence:.2f}, coverage {covered:.2f}{against}.",
                "person": person.id,
                "influence": influence,
                "coverage": covered,
            }
        )
    return facts


def of_function(
    account: Account,
    measures: Measures,
    function: str,
    known: Sequence[Person],
    coverage: float,
    share: float,
) -> list[Evidence]:
    """Return what is known of a function that sells our product on, then of each of its people."""
    return [
        {
            "text": f"{words(function)} of {account.name} sells our product on:"
            f" {count(len(known), 'person', 'people')} known, {share:.0%} of the influence there,"
            f" coverage {coverage:.2f}.",
            "function": function,
            "people": len(known),
            "share": share,
            "coverage": coverage,
        },
        *of_people(account, measures, known),
    ]


def of_nobody(account: Account, function: str) -> Evidence:
    """Return that nobody is known in a function that sells our product on."""
    return {
        "text": f"Nobody of {account.name} is known in {words(function)}, which sells our product on.",
        "function": function,
        "people": 0,
    }


def of_sales(account: Account, sales: Sequence[Sale]) -> Evidence:
    """Return who sells an end customer how much of what."""
    names = {one.id: one.name for one in (*account.channel.distributors, *account.suppliers)}
    ours = {one.brand for one in account.channel.carried if one.ours}
    lines = []
    for seller in dict.fromkeys(sale.seller for sale in sales):
        bought = [sale for sale in sales if sale.seller == seller]
        amounts = listed(_amount(sale, ours) for sale in bought)
        direct = ", direct" if bought[0].direct else ""
        lines.append(f"{names.get(seller, seller)} sells {amounts}{direct}")
    volumes = [sale.volume for sale in sales if sale.volume is not None]
    return {
        "text": f"{'; '.join(lines)}.",
        "sellers": list(dict.fromkeys(sale.seller for sale in sales)),
        "volume": sum(volumes) if volumes else None,
    }


def of_share(share: float, assumed: bool) -> Evidence:
    """Return which share of a channel's volume is at stake."""
    text = f"{share:.0%} of the volume sold in this channel"
    if assumed:
        text = f"No volume is reported: counted as the average end customer, {text}"
    return {"text": f"{text}.", "share": share, "assumed": assumed}


def of_levels(account: Account, person: Person, threads: Sequence[Tie]) -> list[Evidence]:
    """Return on which levels those of ours stand who meet a person."""
    return [
        {
            "text": f"{our.name} on level {our.level} meets {person.name} on level {person.level}:"
            f" strength {tie.strength:.2f}{_since(tie.last_on)}.",
            "ours": tie.ours,
            "stakeholder": person.id,
            "our_level": our.level,
            "level": person.level,
            "strength": tie.strength,
            "last_on": tie.last_on,
        }
        for tie in threads
        for our in (account.people[tie.ours],)
    ]


def of_opposition(account: Account, person: Person) -> Evidence:
    """Return that somebody is against us."""
    said = f", said on {person.verified_on}" if person.verified_on else ""
    return {
        "text": f"{person.name} is against (influence {influence_of(account, person):.2f}{said}).",
        "orientation": person.orientation,
        "influence": influence_of(account, person),
        "verified_on": person.verified_on,
    }


def of_route(account: Account, route: Route) -> Evidence:
    """Return by whom an opponent can be reached."""
    ids = (route.thread.ours, *route.chain)
    return {
        "text": f"Route: {' → '.join(account.people[one].name for one in ids)}"
        f" (thread of strength {route.thread.strength:.2f}).",
        "route": list(ids),
        "strength": route.thread.strength,
        "last_on": route.thread.last_on,
    }


def of_ties(account: Account, ties: Sequence[Tie]) -> list[Evidence]:
    """Return ties, the strongest first, or that there is none."""
    people = account.people
    if not ties:
        return [{"text": "No tie of ours."}]
    return [
        {
            "text": f"{people[tie.ours].name} and {people[tie.stakeholder].name}:"
            f" strength {tie.strength:.2f}{' (assumed)' if tie.assumed else ''}{_since(tie.last_on)}.",
            "ours": tie.ours,
            "stakeholder": tie.stakeholder,
            "strength": tie.strength,
            "last_on": tie.last_on,
        }
        for tie in sorted(ties, key=lambda tie: (-tie.strength, tie.ours))
    ]


def words(name: str | None) -> str | None:
    """Return a name of the tables as words."""
    return spelt(name) if name else None


def of_wild(sale: Sale, times: float) -> Evidence:
    """Return by how much a volume is beyond what the customer in the middle buys."""
    what = f" of {sale.brand}" if sale.brand else ""
    return {
        "text": f"A volume{what} of {sale.volume:,.0f} is {times:,.0f} times that of the customer in the "
        "middle: check whether it is a slip.",
        "times": round(times),
    }


def _amount(sale: Sale, ours: set[str]) -> str:
    mark = " (ours)" if sale.brand in ours else ""
    what = f"of {sale.brand}{mark}" if sale.brand else "of an unnamed brand"
    return f"{sale.volume:,.0f} a year {what}" if sale.volume is not None else f"an unknown volume {what}"


def _since(last_on: date | None) -> str:
    return f", last contact on {last_on}" if last_on else ", no contact dated"

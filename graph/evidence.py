"""The facts behind a gap: each a sentence, with the ids, dates and numbers that it tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from graph.account import Account, Person, Tie
from graph.measures import Measures, RowCoverage
from graph.routes import Route
from graph.wording import count

Evidence = Mapping[str, object]


def influence_of(account: Account, person: Person) -> float:
    """Return the influence of one of theirs."""
    return float(account.influence[account.their_index[person.id]])


def of_row(account: Account, measures: Measures, row: RowCoverage, known: Sequence[Person]) -> list[Evidence]:
    """Return what is known of a function row, then of each of its people, the most influential first."""
    facts: list[Evidence] = [
        {
            "text": f"{row.row}: {count(len(known), 'person', 'people')} known,"
            f" coverage {row.coverage:.2f}, {count(row.threads, 'thread')}.",
            "row": row.row,
            "people": len(known),
            "coverage": row.coverage,
            "threads": row.threads,
        }
    ]
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
    return name.replace("_", " ") if name else None


def _since(last_on: date | None) -> str:
    return f", last contact on {last_on}" if last_on else ", no contact dated"

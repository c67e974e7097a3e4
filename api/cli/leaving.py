"""What falls apart if people leave, as the terminal shows it: by names, with ids where two share one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from rich.console import Console

from api.cli.output import number, share, text, words
from api.workspace import Result
from graph.wording import count

if TYPE_CHECKING:
    from graph.removal import Without

# The network in which somebody's leaving is looked at.
NETWORKS = {
    "engages": "threads",
    "reports_to": "reporting lines",
    "influences": "influence lines",
    "all": "ties, reporting lines and influence lines",
}


def without(console: Console, result: Result[Without]) -> None:
    """Show what falls apart."""
    found = result.body
    twice = Counter(found.names.values())

    def who(person: str) -> str:
        name = found.names.get(person, person)
        return f"{name} ({person})" if twice[name] > 1 else name

    def people(persons: Iterable[str], nobody: str) -> str:
        return text(", ".join(who(one) for one in persons)) or nobody

    def change(name: str, pair: tuple[float | None, float | None], as_text: Any) -> str:
        return f"{name} {as_text(pair[0])} → {as_text(pair[1])}"

    console.print(f"Without {people(found.removed, '')} (looking at {NETWORKS[found.relation]})")
    console.print(
        "; ".join(
            (
                change("influence covered", found.coverage, share),
                change("diamond index", found.diamond_index, number),
                change("connectivity", found.connectivity, lambda value: number(value, 0)),
            )
        )
    )
    console.print(f"{count(len(found.ties_lost), 'line')} lost, each with its strength")
    for line in found.ties_lost:
        console.print(f"  {text(who(line.a))} → {text(who(line.b))}  {number(line.strength)}")
    rows = ", ".join(words(one) for one in found.functions_uncovered)
    console.print(f"functions no longer covered: {rows or 'none'}")
    console.print(f"stakeholders no longer covered: {people(found.stakeholders_uncovered, 'none')}")
    parts = [part for part in found.components if len(part) > 1]
    alone = len(found.components) - len(parts)
    console.print(
        f"what is left falls into {count(len(found.components), 'part')}, {alone:,} of them single people"
    )
    for part in parts:
        console.print(f"  {len(part):,} together: {people(part, '')}")
    console.print(f"alone held parts together before: {people(found.cut_persons, 'nobody')}")
    brokers = ", ".join(
        f"{who(one.person)} ({share(one.betweenness)})" for one in found.top_brokers if one.betweenness > 0.0
    )
    console.print(f"most shortest paths between two people ran through: {text(brokers) or 'nobody'}")

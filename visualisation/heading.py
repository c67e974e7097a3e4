"""What the map says in words: its title, the measures as a sentence, and notes on what is missing."""

from __future__ import annotations

from collections.abc import Iterable

from graph.account import Account
from graph.measures import Measures
from graph.wording import count as count
from visualisation.text import clean


def account_title(account: Account) -> str:
    """Return who serves whom."""
    suppliers = ", ".join(clean(supplier.name) for supplier in account.suppliers)
    name = clean(account.name) or clean(account.id)
    return f"{suppliers} ↔ {name}" if suppliers else name


def facts_in_words(measures: Measures, *, gaps: int, uncovered: int) -> str:
    """Return the measures as one line; `uncovered` is how many of the gaps are of coverage."""
    if measures.diamond_index is None or measures.coverage is None:
        return "nobody on their side is known, so nothing can be measured"
    leavers = {0: "no thread joins the two sides", 1: "one leaver cuts every thread"}.get(
        measures.connectivity, f"it takes {measures.connectivity} leavers to cut every thread"
    )
    return " · ".join(
        [
            f"diamond index {measures.diamond_index:.2f}",
            f"{measures.coverage:.0%} of influence covered",
            f"connectivity {measures.connectivity}: {leavers}",
            f"{count(gaps, 'gap')} ({uncovered} in coverage)",
            f"{count(len(measures.single_points), 'single point')} of failure",
        ]
    )


def change_in_words(before: Measures, after: Measures) -> str:
    """Return how the measures differ between two states."""

    def share(value: float | None, form: str) -> str:
        return "unknown" if value is None else format(value, form)

    return (
        f"{before.shape} → {after.shape}, "
        f"diamond index {share(before.diamond_index, '.2f')} → {share(after.diamond_index, '.2f')}, "
        f"covered {share(before.coverage, '.0%')} → {share(after.coverage, '.0%')}, "
        f"connectivity {before.connectivity} → {after.connectivity}"
    )


def missing_in_words(account: Account) -> list[str]:
    """Return a sentence for everything without which the picture says little."""
    notes = []
    if not account.ours:
        notes.append("Nobody of ours is known for this account")
    if not account.theirs:
        notes.append("Nobody of theirs is known")
    if account.ours and account.theirs and not account.ties:
        notes.append("No tie between the two sides is known")
    if account.people and all(person.function is None for person in account.people.values()):
        notes.append("Nobody's function is known: all stand in the row Unknown")
    return notes


def names_of(account: Account, persons: Iterable[str]) -> str:
    """Return the names of people, in the order of their ids."""
    return ", ".join(clean(account.people[person].name) or clean(person) for person in sorted(persons))

"""Small accounts written by hand, for tests that say exactly what is joined to what."""

from __future__ import annotations

from datetime import date
from typing import Any

from graph.account import Account, Person, Tie

DAY = date(2026, 1, 31)


def person(id: str, **values: Any) -> Person:
    return Person(**{"id": id, "name": id.upper(), "organisation": "acme", **values})


def account(
    ours: list[Person | str], theirs: list[Person | str], ties: dict[tuple[str, str], float], **values: Any
) -> Account:
    def people(side: list[Person | str], organisation: str) -> tuple[Person, ...]:
        return tuple(
            one if isinstance(one, Person) else person(one, organisation=organisation) for one in side
        )

    return Account(
        **{
            "id": "acme",
            "name": "Acme",
            "as_of": DAY,
            "ours": people(ours, "us"),
            "theirs": people(theirs, "acme"),
            "ties": tuple(Tie(a, b, strength) for (a, b), strength in ties.items()),
            **values,
        }
    )


def acme(**values: Any) -> Account:
    """Return an account to simulate: two of ours, three of theirs who matter, and two ties."""
    ours = (
        Person("kam", "Kai", "us", function="commercial", level=3, time_capacity=20.0),
        Person("cto", "Cat", "us", function="technical", level=2, time_capacity=10.0),
    )
    theirs = (
        Person("buyer", "Bea", "acme", function="purchasing", level=3, role="decision_maker"),
        Person("eng", "Ed", "acme", function="technical", level=3, role="evaluator"),
        Person("fin", "Fay", "acme", function="finance", level=2),
    )
    return Account(
        **{
            "id": "acme",
            "name": "Acme",
            "as_of": DAY,
            "ours": ours,
            "theirs": theirs,
            "ties": (Tie("kam", "buyer", 0.6), Tie("cto", "eng", 0.8)),
            "revenue": 500_000.0,
            "margin": 0.3,
            **values,
        }
    )


def diabolo(**values: Any) -> Account:
    """Return the same account on a single thread."""
    return acme(**{"ties": (Tie("kam", "buyer", 0.6),), **values})

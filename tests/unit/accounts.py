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

"""Opinions about people: dated, with who says so and why; the newest of a day counts."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any

from graph.errors import Fault, InputError
from graph.policy import ORIENTATIONS, ROLES, fold

# Ids of opinions stated in a row about a person, and of those that somebody gave as such. Of one day the
# highest id counts: what was said about the opinion itself.
FROM_ROW, FROM_FILE = "0-", "1-"
BOUNDS = {"influence": 1.0, "proximity": 5.0}
ATTRIBUTES = ("role", "orientation", "influence", "proximity")


def opinion_id(person: str, attribute: str, on: date, by: str, *, from_row: bool = False) -> str:
    """Return the id of an opinion: one a day and attribute of each who says so."""
    text = "\x1f".join((person, attribute, on.isoformat(), by))
    return (FROM_ROW if from_row else FROM_FILE) + hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def checked_opinions(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return opinions in the words of the graph, by attribute.

    Raises
    ------
    InputError
        None is given, or one is no value of its attribute.
    """
    given = {name: value for name, value in values.items() if value is not None}
    if not given:
        raise InputError(f"Say at least one of {', '.join(ATTRIBUTES)}.")
    faults = []
    found: dict[str, Any] = {}
    for name, value in given.items():
        if name in BOUNDS:
            found[name] = value
            if not 0.0 <= value <= BOUNDS[name]:
                faults.append(
                    Fault(column=name, value=str(value), message=f"is not from 0 to {BOUNDS[name]:g}")
                )
            continue
        words = {fold(word): word for word in (ROLES if name == "role" else ORIENTATIONS)}
        found[name] = words.get(fold(str(value)))
        if found[name] is None:
            message = f"is none of {', '.join(words.values())}"
            faults.append(Fault(column=name, value=str(value), message=message))
    if faults:
        first = faults[0]
        raise InputError(f"The {first.column} {first.value!r} {first.message}.", errors=faults)
    return found

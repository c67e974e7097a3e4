"""Numbers with their nouns, names of the tables and lists, as sentences have them."""

from __future__ import annotations

from collections.abc import Iterable

SPELT = {"e_mail": "e-mail", "r_and_d": "R&D", "it": "IT"}


def spelt(name: str) -> str:
    """Return a name of the tables as words: `decision_maker` as decision maker."""
    return SPELT.get(name, name.replace("_", " "))


def listed(parts: Iterable[str]) -> str:
    """Return parts as one list, the last after an and."""
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last


def count(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun, which takes an s where there is not one, unless its plural is given."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def from_to(low: str, high: str, what: str = "a whole number") -> str:
    """Return what a value needs to be within a range, which may be a single value."""
    return low if low == high else f"{what} from {low} to {high}"

"""Numbers with their nouns, as sentences have them."""

from __future__ import annotations


def count(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun, which takes an s where there is not one, unless its plural is given."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def from_to(low: str, high: str, what: str = "a whole number") -> str:
    """Return what a value needs to be within a range, which may be a single value."""
    return low if low == high else f"{what} from {low} to {high}"

"""Numbers in words and figures, as pages and reports show them.

A space within a number does not break a line: thin between thousands, full before a unit.
"""

from __future__ import annotations

from datetime import date

from simulation.wording import UNKNOWN as UNKNOWN
from simulation.wording import money as money

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def figure(value: float | None, digits: int = 2) -> str:
    """Return a number with a fixed number of decimals."""
    return UNKNOWN if value is None else f"{value:,.{digits}f}".replace(",", "\u202f")


def percent(value: float | None, digits: int = 0) -> str:
    """Return a share as a percentage."""
    return UNKNOWN if value is None else f"{100.0 * value:.{digits}f}\u00a0%"


def day(value: date) -> str:
    """Return a day with its month as a word: 31 Jan 2026."""
    return f"{value.day}\u00a0{MONTHS[value.month - 1]}\u00a0{value.year}"


def count(number: int, one: str, many: str) -> str:
    """Return a number with its noun."""
    return f"{figure(number, 0)} {one if number == 1 else many}"

"""The days that commands and requests may name."""

from __future__ import annotations

from datetime import date

# Nothing that is told of anybody happened before, and what is due later is no plan but a slip of the pen. Up
# to the ends of the calendar, where a day more or less is none, nothing can be worked out.
FIRST, LAST = date(1900, 1, 1), date(2199, 12, 31)


def read_day(text: str) -> date:
    """Read a day such as 2026-01-31.

    Raises
    ------
    ValueError
        The text is none, or the day is before `FIRST` or after `LAST`.
    """
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise ValueError("is no day; write it as 2026-01-31") from None
    if not FIRST <= found <= LAST:
        raise ValueError(f"lies outside the years {FIRST.year} to {LAST.year}")
    return found

"""Dates as people write them: which order of day, month and year a file uses, and nothing guessed.

The order of a file is the one that alone reads every date of it. If several do, the user says which.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Literal, get_args

from graph.errors import Fault

DateOrder = Literal["ymd", "dmy", "mdy"]
ORDERS: tuple[DateOrder, ...] = get_args(DateOrder)
EXAMPLES: Mapping[DateOrder, str] = {"ymd": "2026-01-31", "dmy": "31.01.2026", "mdy": "01/31/2026"}

# A two-digit year below this is of this century, as POSIX has it.
PIVOT = 69
EARLIEST = 1900

_PARTED = re.compile(r"([0-9]{1,4})([-./]|[-./]? )([0-9]{1,2})\2([0-9]{1,4})\.?")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_TIME = re.compile(
    r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?\s*([AaPp])?\.?(?:[Mm]\.?)?\s*"
    r"(Z|z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2})?"
)
_MOMENT = re.compile(r"(?P<day>.*?[0-9])(?:[Tt]|,?\s+)(?P<time>[0-9]{1,2}:.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class DateCell:
    """A date as it stands in a file."""

    file: str
    row: int
    column: str
    text: str


def split_moment(text: str) -> tuple[str, str | None]:
    """Return the day and the time of a text, the time None where there is none."""
    match = _MOMENT.fullmatch(text)
    return (match["day"], match["time"]) if match else (text, None)


@lru_cache(maxsize=65536)
def readings(text: str) -> Mapping[DateOrder, date]:
    """Return every order that reads a day, with what it reads."""
    compact = _COMPACT.fullmatch(text)
    if compact:
        day = _day(*compact.groups())
        return {"ymd": day} if day else {}
    parted = _PARTED.fullmatch(text)
    if not parted:
        return {}
    one, _, two, three = parted.groups()
    parts: dict[DateOrder, tuple[str, str, str]] = {
        "ymd": (one, two, three),
        "dmy": (three, two, one),
        "mdy": (three, one, two),
    }
    found = {order: _day(*words) for order, words in parts.items()}
    return {order: day for order, day in found.items() if day is not None}


def _day(year: str, month: str, day: str) -> date | None:
    if len(year) not in (2, 4) or len(month) > 2 or len(day) > 2:
        return None
    number = int(year)
    if len(year) == 2:
        number += 2000 if number < PIVOT else 1900
    try:
        return date(number, int(month), int(day)) if number >= EARLIEST else None
    except ValueError:
        return None


def read_time(text: str) -> tuple[time, timezone | None]:
    """Return the time of day, and the zone where the text names one.

    Raises
    ------
    ValueError
        The text is no time of day.
    """
    match = _TIME.fullmatch(text.strip())
    if not match:
        raise ValueError("is no time of day such as 14:30")
    hour, minute, second, fraction, half, zone = match.groups()
    hours = int(hour)
    if half:
        if not 1 <= hours <= 12:
            raise ValueError("is no time of day such as 2:30 PM")
        hours = hours % 12 + (12 if half in "Pp" else 0)
    try:
        clock = time(hours, int(minute), int(second or 0), int((fraction or "0").ljust(6, "0")[:6]))
    except ValueError:
        raise ValueError("is no time of day such as 14:30") from None
    return clock, _zone(zone)


def _zone(text: str | None) -> timezone | None:
    if text is None:
        return None
    if text[0] not in "+-":
        return UTC
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    if offset >= timedelta(days=1):
        raise ValueError("names a time zone that there is not")
    return timezone(-offset if text[0] == "-" else offset)


def read_moment(text: str, order: DateOrder) -> tuple[date, datetime | None]:
    """Return the day, and the moment where the text says so.

    Raises
    ------
    ValueError
        The text is no date of this order, or its time is none.
    """
    words, clock = split_moment(text)
    day = readings(words).get(order)
    if day is None:
        raise ValueError(f"is no date such as {EXAMPLES[order]}")
    if clock is None:
        return day, None
    at, zone = read_time(clock)
    return day, datetime.combine(day, at, tzinfo=zone)


def settle_order(
    cells: Iterable[DateCell], told: DateOrder | None
) -> tuple[DateOrder | None, tuple[Fault, ...]]:
    """Return the order that alone reads every date of a file, or what stands in the way.

    Parameters
    ----------
    cells
        One cell for each different text.
    told
        What the user said; it decides only between orders that all read the file.
    """
    cells = sorted(cells, key=lambda cell: (cell.row, cell.column))
    faults = [
        Fault(cell.file, cell.row, cell.column, cell.text, _no_date(cell.text))
        for cell in cells
        if not readings(cell.text)
    ]
    dates = [cell for cell in cells if readings(cell.text)]
    counts = {order: sum(order in readings(cell.text) for cell in dates) for order in ORDERS}
    orders = [order for order in ORDERS if counts[order] == len(dates)]
    if not orders:
        best = max(ORDERS, key=lambda order: (order == told, counts[order]))
        faults += [
            Fault(
                cell.file,
                cell.row,
                cell.column,
                cell.text,
                f"is no date such as {EXAMPLES[best]}, the order that other dates of the file need",
            )
            for cell in dates
            if best not in readings(cell.text)
        ]
        return None, tuple(faults)
    if faults:
        return None, tuple(faults)
    if not dates:
        return "ymd", ()
    if len(orders) == 1:
        return orders[0], ()
    if told in orders:
        return told, ()
    cell = dates[0]
    choices = " or ".join(f"{order} ({readings(cell.text)[order].isoformat()})" for order in orders)
    message = f"could be {choices}; say which with --dates"
    return None, (Fault(cell.file, cell.row, cell.column, cell.text, message),)


def _no_date(text: str) -> str:
    if re.fullmatch(r"[0-9]{5}(\.[0-9]+)?", text):
        return "is no date; it looks like Excel's number of a day, so save the column as dates"
    return "is no date such as " + ", ".join(EXAMPLES.values())

"""Which day: the working days of a plan's months, and everybody's actions spread over them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from math import floor

from graph.plan.forms import Meeting, Placed


def due_on(as_of: date, month: int) -> date:
    """Return the day of a month's actions: a working day near the middle of the month after `as_of`.

    Months count from `as_of`; each of them falls in another calendar month.
    """
    middle = as_of + timedelta(days=15)
    year, index = divmod(middle.month - 1 + month - 1, 12)
    first = date(middle.year + year, index + 1, 1)
    last = (date(first.year + first.month // 12, first.month % 12 + 1, 1) - timedelta(days=1)).day
    day = first.replace(day=min(middle.day, last))
    if day.weekday() < 5:
        return day
    monday = day + timedelta(days=7 - day.weekday())
    return monday if monday.month == day.month else day - timedelta(days=day.weekday() - 4)


def working_days(as_of: date, month: int) -> tuple[date, ...]:
    """Return the working days of a plan's month that lie in the calendar month of `due_on`, at least that.

    So the hours of a plan's month are those of a calendar month, too.
    """
    middle = due_on(as_of, month)
    days = (middle.replace(day=1) + timedelta(days=count) for count in range(31))
    return tuple(
        day
        for day in days
        if day.month == middle.month and day.weekday() < 5 and day > as_of and month_of(as_of, day) == month
    )


def days_of(as_of: date, placed: Sequence[Placed]) -> list[date]:
    """Return a day for each placed action: everybody's month evenly filled, equal actions kept apart."""
    streams: dict[tuple[Meeting, int], list[int]] = defaultdict(list)
    for index, (meeting, month) in enumerate(placed):
        streams[meeting, month].append(index)
    calendars: dict[tuple[int, int], list[tuple[float, Meeting, int]]] = defaultdict(list)
    for (meeting, month), indices in streams.items():
        for ordinal, index in enumerate(indices):
            calendars[meeting[0], month].append(((ordinal + 0.5) / len(indices), meeting, index))
    due: list[date] = [as_of] * len(placed)
    for (_, month), entries in calendars.items():
        days = working_days(as_of, month)
        for rank, (_, _, index) in enumerate(sorted(entries)):
            due[index] = days[floor((rank + 0.5) * len(days) / len(entries))]
    return due


def month_of(as_of: date, due: date) -> int:
    """Return the plan month that a day falls in: the number of months begun since `as_of`, at least 1."""
    months = (due.year - as_of.year) * 12 + due.month - as_of.month
    return max(1, months + (due.day > as_of.day))

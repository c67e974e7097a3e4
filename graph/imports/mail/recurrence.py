"""Series of a calendar: the dates of a rule up to today, in bounded work whatever the rule says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import MAXYEAR, UTC, date, datetime, time
from typing import Any

from graph.imports.mail.headers import FIRST_YEAR

# A tie that strong fades to a thirtieth in this time without contact: what is older tells nothing any more.
YEARS = 10
# Daily for as long and the year begun; a rule that gives more, or skips that many before, is no meeting.
DATES = 4_100
STEPS = 100_000
FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
RULE_PARTS = frozenset(
    {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYYEARDAY"}
    | {"BYWEEKNO", "BYSETPOS", "BYHOUR", "BYMINUTE", "BYSECOND"}
)
# The calendar repeats itself every 400 years. Rules end at the year 9999, so a rule that never gives a date
# is found out twenty times faster when it is followed this much later.
LATER = 19 * 400

When = datetime | date


def moments(rule: Any, added: Sequence[When], start: datetime, today: date) -> tuple[list[datetime], bool]:
    """Return the dates of a series up to today, and whether its rule gives too many.

    Parameters
    ----------
    rule
        An RRULE, or None.
    added
        Dates beside it.
    start
        The first date, which sets the clock that the series keeps to.
    """
    earliest = date(max(today.year - YEARS, FIRST_YEAR), 1, 1)
    zone = start.tzinfo
    found: list[datetime] = []
    dates = {instant(start): start} if start.date() <= today else {}
    if rule is not None:
        for step, at in enumerate(_followed(rule, start)):
            if step >= STEPS or len(found) >= DATES:
                return [], True
            if at.date() > today:
                break
            if at.date() >= earliest:
                found.append(at.replace(tzinfo=zone))
    dates |= {instant(one): one for one in found}
    for one in added:
        at = one if isinstance(one, datetime) else datetime.combine(one, start.timetz())
        if at.date() <= today and at.year >= FIRST_YEAR:
            dates[instant(at)] = at
    return sorted((at for at in dates.values() if at.date() >= earliest), key=utc), False


def followable(rule: Any) -> bool:
    """Tell whether a rule is one of a meeting: daily at the most, and of parts that are known."""
    if not isinstance(rule, dict):
        return False
    known = {str(name).upper() for name in rule} <= RULE_PARTS
    return known and set(map(str, rule.get("FREQ", ()))) <= FREQUENCIES


def _followed(rule: Any, start: datetime) -> Iterator[datetime]:
    """Yield the dates of a rule by the clock on the wall, so that summer time moves no meeting."""
    from dateutil.rrule import rrulestr  # type: ignore[import-untyped]

    wall = start.replace(tzinfo=None)
    until = _until(rule, start)
    words = {name: value for name, value in rule.items() if name.upper() != "UNTIL"}
    text = bytes(type(rule)(words).to_ical()).decode("ascii", "replace")
    try:
        later = rrulestr(text, dtstart=wall.replace(year=wall.year + LATER))
        for at in later:
            moment = at.replace(year=at.year - LATER)
            if until is not None and moment > until:
                return
            yield moment
    except (ValueError, TypeError, OverflowError):
        return  # the first date stands by itself


def _until(rule: Any, start: datetime) -> datetime | None:
    """Return the last moment of a rule by the clock of its start."""
    last = next(iter(rule.get("UNTIL", ())), None)
    if isinstance(last, datetime):
        if last.tzinfo is not None and start.tzinfo is not None:
            last = last.astimezone(start.tzinfo) if last.year < MAXYEAR else last
        return last.replace(tzinfo=None)
    return datetime.combine(last, time.max) if isinstance(last, date) else None


def utc(at: datetime) -> datetime:
    """Return a moment in UTC; one without a zone is taken as it stands, for want of better."""
    try:
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (OverflowError, ValueError):
        return at.replace(tzinfo=UTC)


def instant(at: When) -> str:
    """Return what two writings of one moment have in common."""
    if not isinstance(at, datetime):
        return at.isoformat()
    return at.isoformat() if at.tzinfo is None else utc(at).isoformat()

"""Calendars (iCalendar, RFC 5545), entry by entry: meetings that took place, each date of a series once.

What happens every week is written once, with a rule; the rule is followed from the first date up to today,
and of the last ten years only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, BinaryIO

from graph.imports.cells import NAME_LIMIT, shown
from graph.imports.mail.headers import FIRST_YEAR, fixed, storable
from graph.imports.mail.occasions import (
    ALL_DAY,
    ALONE,
    AUTOMATIC,
    CANCELLED,
    PRIVATE,
    Item,
    Occasion,
    Odd,
    Party,
    Silent,
)
from graph.imports.mail.options import comparable_address
from graph.imports.mail.recurrence import YEARS, When, followable, instant, moments, utc
from graph.policy import Policy, fold

LINE = 1 << 16
ENTRY_LIMIT = 1 << 20
WANTED = re.compile(
    rb"(?:UID|DTSTART|DTEND|DURATION|RRULE|RDATE|EXDATE|RECURRENCE-ID|STATUS|CLASS|ATTENDEE|ORGANIZER|SUMMARY"
    rb"|SEQUENCE|DTSTAMP|CATEGORIES)[;:]",
    re.IGNORECASE,
)
# What an entry cannot do without where it is there.
TELLING = ("DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID")
BUSY = frozenset(
    {"busy", "besetzt", "gebucht", "beschaftigt", "beschäftigt", "occupé", "ocupado", "privat", "private"}
)
# Who is invited but no person, and who was not there.
THINGS = frozenset({"ROOM", "RESOURCE", "GROUP"})
AWAY = frozenset({"DECLINED", "DELEGATED"})


@dataclass(slots=True)
class _Entry:
    """One VEVENT: what of it is wanted."""

    row: int
    uid: str
    start: When
    minutes: float | None
    recurrence: When | None
    rule: Any
    added: tuple[When, ...]
    skipped: frozenset[str]
    left: str | None
    sender: Party
    others: tuple[Party, ...]
    kind: str
    subject: str
    version: tuple[int, str]


def is_calendar(start: bytes) -> bool:
    """Tell from the first bytes whether a file is a calendar."""
    return start.removeprefix(b"\xef\xbb\xbf").lstrip()[:15].upper() == b"BEGIN:VCALENDAR"


def read_calendar(path: Path, *, today: date, policy: Policy) -> Iterator[Item]:
    """Yield what each entry tells, a series as its dates up to today."""
    zones: dict[str, tzinfo] = {}
    entries: dict[tuple[str, str], _Entry] = {}
    row = 0
    with path.open("rb") as raw:
        for kind, method, block in _blocks(raw):
            if kind == "VTIMEZONE":
                _learn_zone(block, zones)
                continue
            row += 1
            read = _entry(row, method, block, zones, policy)
            if not isinstance(read, _Entry):
                yield read
                continue
            key = (read.uid, instant(read.recurrence) if read.recurrence is not None else "")
            known = entries.setdefault(key, read)
            if known is not read:
                old, entries[key] = sorted((known, read), key=lambda one: (one.version, one.row))
                yield Silent(old.row, "replaced by a later version")
    overridden: dict[str, set[str]] = {}
    for uid, recurrence in entries:
        if recurrence:
            overridden.setdefault(uid, set()).add(recurrence)
    for (uid, recurrence), entry in entries.items():
        if recurrence or not (entry.rule or entry.added):
            yield _single(entry, today, recurrence)
        else:
            yield from _series(entry, today, overridden.get(uid, set()))


def _blocks(raw: BinaryIO) -> Iterator[tuple[str, str, bytes]]:
    """Yield time zones whole and entries with the wanted lines only, each with the calendar's method."""
    method, kind, inner = "", "", ""
    lines: list[bytes] = []
    size, wanted, whole = 0, False, True
    while line := raw.readline(LINE):
        starts, whole = whole, line.endswith(b"\n")
        head = line.strip().upper() if starts and len(line) < 200 else b""
        if not kind:
            if head in (b"BEGIN:VEVENT", b"BEGIN:VTIMEZONE"):
                kind, lines, size, inner, wanted = head[6:].decode(), [head + b"\r\n"], 0, "", True
            elif head.startswith(b"METHOD:"):
                method = head[7:].decode("ascii", "replace")
        elif head == b"END:" + kind.encode() and not inner:
            yield kind, method, b"".join([*lines, head + b"\r\n"])
            kind = ""
        elif kind == "VEVENT" and head.startswith(b"BEGIN:") and not inner:
            inner = head[6:].decode("ascii", "replace")  # an alarm
        elif inner:
            if head == b"END:" + inner.encode("ascii", "replace"):
                inner = ""
        else:
            folded = line[:1] in b" \t"
            if starts and not folded:
                wanted = kind == "VTIMEZONE" or WANTED.match(line) is not None
            if wanted and (size := size + len(line)) <= ENTRY_LIMIT:
                lines.append(line)
    if kind == "VEVENT":
        yield kind, method, b"".join([*lines, b"END:VEVENT\r\n"])


def _learn_zone(block: bytes, zones: dict[str, tzinfo]) -> None:
    from icalendar import Timezone

    try:
        zone = Timezone.from_ical(block)
        if isinstance(zone, Timezone):
            zones.setdefault(str(zone["TZID"]), zone.to_tz())
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError):
        return  # times of this zone are then as they stand


def _entry(
    row: int, method: str, block: bytes, zones: Mapping[str, tzinfo], policy: Policy
) -> _Entry | Odd | Silent:
    from icalendar import Event

    if method == "REPLY":
        return Silent(row, AUTOMATIC)
    try:
        event = Event.from_ical(_text(block))
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, OSError) as error:
        # A zone is looked up as a file of that name, which may be too long for one.
        return Odd(row, "BEGIN", shown(str(error).splitlines()[0] if str(error) else "VEVENT"))
    for name in TELLING:
        if any(_broken(one) for one in _listed(event.get(name))):
            return Odd(row, name, shown(str(_one(event.get(name)))))
    start = _when(event.get("DTSTART"), zones)
    if start is None:
        return Odd(row, "DTSTART", "")
    if start.year < FIRST_YEAR:
        return Odd(row, "DTSTART", start.isoformat())
    rule = _one(event.get("RRULE"))
    if rule is not None and not followable(rule):
        return Odd(row, "RRULE", shown(_raw(rule)))
    parties, sender = _invited(event)
    subject = " ".join(storable(_raw(event.get("SUMMARY"))).split())
    version = (_whole(event.get("SEQUENCE")), _stamp(event.get("DTSTAMP"), zones))
    left = _left(event, method, start, subject)
    if left not in (None, CANCELLED):
        return Silent(row, str(left))
    if not parties:
        return Silent(row, ALONE)
    uid = _raw(event.get("UID")).strip()
    recurrence = _when(event.get("RECURRENCE-ID"), zones)
    return _Entry(
        row,
        uid or "\x1f".join((instant(start), sender.address, *(one.address for one in parties), subject)),
        start,
        _minutes(event, start, zones, policy),
        recurrence,
        rule,
        tuple(_dates(event.get("RDATE"), zones)),
        frozenset(instant(one) for one in _dates(event.get("EXDATE"), zones)),
        left,
        sender,
        parties,
        _kind(event, policy),
        subject,
        version,
    )


def _text(block: bytes) -> bytes:
    """Return a block in UTF-8, with unfolded bytes of an older code page read as Latin-1."""
    try:
        block.decode("utf-8")
    except UnicodeDecodeError:
        # Folding may cut a character in two; whole lines tell.
        joined = re.sub(rb"\r?\n[ \t]", b"", block)
        try:
            joined.decode("utf-8")
        except UnicodeDecodeError:
            return joined.decode("latin-1").encode("utf-8")
        return joined
    return block


def _left(event: Any, method: str, start: When, subject: str) -> str | None:
    """Return why an entry is no touchpoint, None where it may be one."""
    if _raw(event.get("CLASS")).strip().upper() in ("PRIVATE", "CONFIDENTIAL"):
        return PRIVATE
    if fold(subject) in BUSY:
        return PRIVATE
    if not isinstance(start, datetime):
        return ALL_DAY
    if method == "CANCEL" or _raw(event.get("STATUS")).strip().upper() == "CANCELLED":
        return CANCELLED
    return None


def _invited(event: Any) -> tuple[tuple[Party, ...], Party]:
    """Return who was there beside the organiser, and the organiser; who declined was not."""
    found: dict[str, Party] = {}
    away: set[str] = set()
    for one in _listed(event.get("ATTENDEE")):
        party = _party(one)
        if party is None:
            continue
        said = {name.upper(): str(value).upper() for name, value in getattr(one, "params", {}).items()}
        if said.get("CUTYPE") in THINGS or said.get("ROLE") == "NON-PARTICIPANT":
            continue
        if said.get("PARTSTAT") in AWAY:
            away.add(party.address)
        else:
            found.setdefault(party.address, party)
    for address in away:
        found.pop(address, None)
    sender = _party(_one(event.get("ORGANIZER")))
    if sender is None or sender.address in away:
        sender = next(iter(found.values()), Party(""))
    found.pop(sender.address, None)
    return tuple(found.values()), sender


def _party(value: Any) -> Party | None:
    if value is None or _broken(value):
        return None
    params = {name.upper(): str(said) for name, said in getattr(value, "params", {}).items()}
    text = re.sub(r"^mailto:", "", _raw(value).strip(), flags=re.IGNORECASE)
    address = comparable_address(text) or comparable_address(params.get("EMAIL"))
    if address is None or not address.isprintable():
        return None
    name = " ".join(storable(params.get("CN", "")).split()).strip("'\" ")
    return Party(address, "" if "@" in name else name[:NAME_LIMIT], address)


def _kind(event: Any, policy: Policy) -> str:
    """Return the kind that a category names, else a meeting."""
    kinds = {fold(kind): kind for kind in policy.kinds if kind != "e_mail"}
    for group in _listed(event.get("CATEGORIES")):
        for one in () if _broken(group) else getattr(group, "cats", ()):
            if fold(str(one)) in kinds:
                return kinds[fold(str(one))]
    return "meeting"


def _minutes(event: Any, start: When, zones: Mapping[str, tzinfo], policy: Policy) -> float | None:
    """Return how long it took, where the entry says so and it is more than a moment."""
    said = _one(event.get("DURATION"))
    length = None if _broken(said) else getattr(said, "dt", None)
    end = _when(event.get("DTEND"), zones)
    if isinstance(end, datetime) and isinstance(start, datetime):
        length = utc(end) - utc(start)
    if not isinstance(length, timedelta) or length <= timedelta(0):
        return None
    return min(length.total_seconds() / 60.0, policy.limits["calendar_hours_most"] * 60.0)


def _when(value: Any, zones: Mapping[str, tzinfo]) -> When | None:
    """Return a date or a moment; one of a zone that only the calendar knows gets it here."""
    one = _one(value)
    at = None if _broken(one) else getattr(one, "dt", None)
    if isinstance(at, datetime) and at.tzinfo is None:
        zone = zones.get(str(getattr(one, "params", {}).get("TZID", "")))
        return at.replace(tzinfo=zone) if zone is not None else at
    return at if isinstance(at, date) else None


def _dates(value: Any, zones: Mapping[str, tzinfo]) -> Iterator[When]:
    for group in _listed(value):
        for one in getattr(group, "dts", ()):
            at = one.dt[0] if isinstance(getattr(one, "dt", None), tuple) else getattr(one, "dt", None)
            if isinstance(at, datetime) and at.tzinfo is None:
                zone = zones.get(str(getattr(group, "params", {}).get("TZID", "")))
                yield at.replace(tzinfo=zone) if zone is not None else at
            elif isinstance(at, date):
                yield at


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _broken(value: Any) -> bool:
    from icalendar import vBroken

    return isinstance(value, vBroken)


def _one(value: Any) -> Any:
    return next(iter(_listed(value)), None)


def _raw(value: Any) -> str:
    value = _one(value)
    if value is None:
        return ""
    if hasattr(value, "to_ical") and not isinstance(value, str):
        return bytes(value.to_ical()).decode("utf-8", "replace")
    return str(value)


def _whole(value: Any) -> int:
    value = _one(value)
    return int(value) if isinstance(value, int) else 0


def _stamp(value: Any, zones: Mapping[str, tzinfo]) -> str:
    at = _when(value, zones)
    return "" if at is None else instant(at)


def _single(entry: _Entry, today: date, recurrence: str) -> Item:
    key = entry.uid if not recurrence else f"{entry.uid}\x1f{recurrence}"
    if entry.start > today if not isinstance(entry.start, datetime) else entry.start.date() > today:
        return Odd(entry.row, "DTSTART", entry.start.isoformat(), "future", key)
    return _occasion(entry, entry.start, key)


def _series(entry: _Entry, today: date, elsewhere: set[str]) -> Iterator[Item]:
    """Yield the dates of a series up to today but those left out or told by an entry of their own."""
    assert isinstance(entry.start, datetime)
    dates, much = moments(entry.rule, entry.added, entry.start, today)
    if much:
        yield Odd(entry.row, "RRULE", shown(_raw(entry.rule)))
        return
    if not dates:
        yield (
            Odd(entry.row, "DTSTART", entry.start.isoformat(), "future", entry.uid)
            if entry.start.date() > today
            else Silent(entry.row, f"of more than {YEARS} years ago, or without a date left")
        )
        return
    some = False
    for at in dates:
        when = instant(at)
        # An exception may be written as a day where the series has moments.
        if when not in entry.skipped and at.date().isoformat() not in entry.skipped:
            some = True
            if when not in elsewhere:
                yield _occasion(entry, at, f"{entry.uid}\x1f{when}")
    if not some:
        yield Silent(entry.row, CANCELLED)


def _occasion(entry: _Entry, at: When, key: str) -> Occasion:
    moment = fixed(at) if isinstance(at, datetime) else None
    return Occasion(
        entry.row,
        key,
        entry.kind,
        moment.date() if moment is not None else at,
        moment,
        entry.sender,
        entry.others,
        minutes=entry.minutes,
        subject=entry.subject,
        left=entry.left,
        version=entry.version,
    )

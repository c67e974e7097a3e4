"""Calendars: meetings that took place, each date of a series once, nobody's private life."""

from __future__ import annotations

import itertools
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import vRecur

from graph.imports import Reading
from graph.imports.mail.recurrence import followable, moments
from tests.unit.importing import TODAY, read
from tests.unit.mails import OURS, PEOPLE, calendar, event

ANNA = "mailto:anna.berg@nordwerk.example"
BERT = "mailto:bert.voss@kaltenbach.example"
BERLIN = ZoneInfo("Europe/Berlin")


def entries(
    folder: Path, *events: str, mapping: str = OURS, method: str = "", today: date = TODAY
) -> Reading:
    files = {"people.csv": PEOPLE, "meetings.ics": calendar(*events, method=method)}
    return read(folder, files, mapping=mapping, today=today)


def days(reading: Reading) -> list[str]:
    return sorted(record.properties["on"].isoformat() for record in reading.records.touchpoints.values())


def counts(reading: Reading) -> tuple[int, int, int, int]:
    (one,) = (one for one in reading.files if one.file == "meetings.ics")
    assert one.rows == one.imported + one.questions + one.findings
    return one.rows, one.imported, one.questions, one.findings


def test_an_entry_is_a_meeting_of_those_who_did_not_decline(tmp_path: Path) -> None:
    attendees = [
        "ATTENDEE;CN=Anna Berg;PARTSTAT=ACCEPTED;ROLE=REQ-PARTICIPANT:MAILTO:Anna.Berg@nordwerk.example",
        "ATTENDEE;PARTSTAT=DECLINED:mailto:t.ruiz@nordwerk.example",
        "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:bert.voss@kaltenbach.example",
        "ATTENDEE;CUTYPE=ROOM;CN=Room 5:mailto:room5@nordwerk.example",
    ]
    alarm = ("BEGIN:VALARM", "ATTENDEE:mailto:x@y.example", "END:VALARM")
    reading = entries(tmp_path, event("SUMMARY:Prices", *alarm, attendees=attendees))
    ((id_, record),) = reading.records.touchpoints.items()
    assert id_.startswith("calendar:")
    assert record.attendees == ("o1", "o2", "t1")
    assert record.properties["at"] == datetime(2026, 1, 12, 9, tzinfo=BERLIN)
    expected = {"kind": "meeting", "on": date(2026, 1, 12), "minutes": 60.0, "initiator": "o1", "theirs": 1}
    assert {name: record.properties[name] for name in expected} == expected
    assert "subject" not in record.properties
    (listed,) = (one for one in reading.files if one.dialect == "calendar")
    assert listed.why == "It begins as a calendar does (BEGIN:VCALENDAR)."
    assert counts(reading) == (1, 1, 0, 0)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (event("STATUS:CANCELLED", uid="x"), "cancelled"),
        (event("CLASS:PRIVATE", uid="x"), "private"),
        (event("CLASS:CONFIDENTIAL", uid="x"), "private"),
        (event("SUMMARY:Busy", uid="x"), "private"),
        (event("SUMMARY:Beschäftigt", uid="x"), "private"),
        (event(uid="x", start="DTSTART;VALUE=DATE:20260112", end=""), "for whole days"),
        (event(uid="x", attendees=()), "without anybody else"),
        (event(uid="x", attendees=[f"ATTENDEE;PARTSTAT=DECLINED:{ANNA}"]), "without anybody else"),
        (event(uid="x", attendees=[f"ATTENDEE:{BERT}"]), "among our own people"),
        (event(uid="x", attendees=[f"ATTENDEE:{ANNA}.{n}" for n in range(51)]), "to too many"),
    ],
)
def test_what_is_no_meeting_across_the_table_is_left_out(tmp_path: Path, text: str, why: str) -> None:
    reading = entries(tmp_path, event(), text)
    assert days(reading) == ["2026-01-12"]
    assert any("no touchpoints" in one and why in one for one in reading.warnings)
    assert counts(reading) == (2, 2, 0, 0)


def test_a_cancelled_calendar_holds_nothing(tmp_path: Path) -> None:
    assert not days(entries(tmp_path, event(), method="CANCEL"))


def test_the_later_version_of_an_entry_counts(tmp_path: Path) -> None:
    moved = event("SEQUENCE:1", start="DTSTART:20260113T080000Z", end="DTEND:20260113T090000Z")
    assert days(entries(tmp_path, moved, event("SEQUENCE:0"))) == ["2026-01-13"]
    files = {
        "people.csv": PEOPLE,
        "a.ics": calendar(event()),
        "b.ics": calendar(event("SEQUENCE:2", "STATUS:CANCELLED")),
    }
    assert not days(read(tmp_path / "two", files, mapping=OURS))


def test_a_series_is_followed_up_to_today(tmp_path: Path) -> None:
    zone = "TZID=Europe/Berlin"
    series = event(
        "RRULE:FREQ=WEEKLY;BYDAY=MO",
        f"EXDATE;{zone}:20260119T090000",
        start=f"DTSTART;{zone}:20260105T090000",
        end="DURATION:PT30M",
    )
    moved = event(f"RECURRENCE-ID;{zone}:20260112T090000", start=f"DTSTART;{zone}:20260114T150000", end="")
    reading = entries(tmp_path, series, moved)
    assert days(reading) == ["2026-01-05", "2026-01-14", "2026-01-26"]
    assert counts(reading) == (2, 2, 0, 0)
    again = entries(tmp_path / "later", series, moved, today=date(2026, 2, 3))
    assert set(reading.records.touchpoints) < set(again.records.touchpoints)


def test_a_series_keeps_to_the_clock_when_summer_time_begins(tmp_path: Path) -> None:
    start = "DTSTART;TZID=W. Europe Standard Time:20250324T090000"
    reading = entries(tmp_path, event("RRULE:FREQ=WEEKLY;COUNT=2", start=start, end=""))
    found = [record.properties["at"] for record in reading.records.touchpoints.values()]
    assert {(at.hour, at.utcoffset().total_seconds()) for at in found} == {(9, 3600.0), (9, 7200.0)}


def test_a_zone_of_the_calendar_itself_is_understood(tmp_path: Path) -> None:
    clock = "DTSTART:19700101T000000\r\nTZOFFSETFROM:+0530\r\nTZOFFSETTO:+0530"
    lines = ["BEGIN:VTIMEZONE", "TZID:Plant clock", "BEGIN:STANDARD", clock, "END:STANDARD", "END:VTIMEZONE"]
    zone = "\r\n".join(lines)
    reading = entries(tmp_path, zone, event(start="DTSTART;TZID=Plant clock:20260112T090000", end=""))
    (record,) = reading.records.touchpoints.values()
    assert record.properties["at"].isoformat() == "2026-01-12T09:00:00+05:30"


@pytest.mark.parametrize(
    ("text", "column", "kind"),
    [
        (event(start="DTSTART:2026011xT090000"), "DTSTART", "malformed"),
        (event(start=""), "DTSTART", "malformed"),
        (event(end="DTEND:2026-01-12 at ten"), "DTEND", "malformed"),
        (event(end="DURATION:an hour"), "DURATION", "malformed"),
        (event("RRULE:FREQ=SECONDLY"), "RRULE", "malformed"),
        (
            event("RRULE:FREQ=DAILY;BYMINUTE=0,15,30,45", start="DTSTART:19800101T000000Z"),
            "RRULE",
            "malformed",
        ),
        (event("RRULE:FREQ=SOMETIMES"), "RRULE", "malformed"),
        (event(start="DTSTART:20270112T090000Z"), "DTSTART", "future"),
        (event("RRULE:FREQ=DAILY", start="DTSTART:20270112T090000Z"), "DTSTART", "future"),
    ],
)
def test_what_cannot_be_used_is_a_finding(tmp_path: Path, text: str, column: str, kind: str) -> None:
    reading = entries(tmp_path, text)
    assert [(one.file, one.row, one.column, one.kind) for one in reading.findings] == [
        ("meetings.ics", 1, column, kind)
    ]
    assert counts(reading) == (1, 0, 0, 1)


def test_kind_and_length_are_those_of_the_entry(tmp_path: Path) -> None:
    text = event("CATEGORIES:Important,Plant Tour", end="DTEND;TZID=Europe/Berlin:20260115T090000")
    (record,) = entries(tmp_path, text).records.touchpoints.values()
    assert (record.properties["kind"], record.properties["minutes"]) == ("plant_tour", 480.0)


def test_unknown_guests_are_asked_about(tmp_path: Path) -> None:
    guests = [
        "ATTENDEE;CN=Eva Lund:mailto:eva.lund@nordwerk.example",
        "ATTENDEE;CN=Anna Berg:mailto:anna.berg@nordwerk.example",
    ]
    reading = entries(tmp_path, event(attendees=guests))
    (question,) = reading.questions
    assert (question.column, question.value) == ("ATTENDEE", "eva.lund@nordwerk.example")
    (record,) = reading.records.touchpoints.values()
    assert record.attendees == ("o1", "t1")
    assert record.properties["theirs"] == 2


def test_old_code_pages_and_folded_lines(tmp_path: Path) -> None:
    text = calendar(event("SUMMARY:Prüfung", "DESCRIPTION:" + "x" * 500_000)).encode("latin-1")
    files = {"people.csv": PEOPLE, "meetings.ics": text.replace(b"anna.berg", b"anna.b\r\n erg")}
    reading = read(tmp_path, files, mapping=OURS + "mail: {subject: true}\n")
    (record,) = reading.records.touchpoints.values()
    assert record.properties["subject"] == "Prüfung"


PARTS = ("BYDAY=MO,TH", "BYMONTHDAY=1,-1", "BYMONTH=2,7", "BYSETPOS=1", "WKST=SU", "BYYEARDAY=60")
RULES = st.builds(
    lambda freq, interval, ends, parts: ";".join([f"FREQ={freq}", f"INTERVAL={interval}", *ends, *parts]),
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
    st.integers(1, 5),
    st.sampled_from([(), ("COUNT=7",), ("UNTIL=20250601T000000Z",)]),
    st.lists(
        st.sampled_from(
            ["BYDAY=MO,TH", "BYMONTHDAY=1,-1", "BYMONTH=2,7", "BYSETPOS=1", "WKST=SU", "BYYEARDAY=60"]
        ),
        unique=True,
        max_size=3,
    ),
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(rule=RULES, start=st.datetimes(datetime(2021, 1, 1), datetime(2026, 1, 1)))
def test_rules_give_the_dates_that_they_give_in_their_own_years(rule: str, start: datetime) -> None:
    start = start.replace(microsecond=0)
    read_rule = vRecur.from_ical(rule)
    assert followable(read_rule)
    found, much = moments(read_rule, (), start, TODAY)
    until = "UNTIL=20250601T000000Z"
    direct = rrulestr(rule.replace(until, until.removesuffix("Z")), dtstart=start)
    expected = {start, *itertools.takewhile(lambda at: at.date() <= TODAY, direct)}
    assert not much
    assert found == sorted(expected)

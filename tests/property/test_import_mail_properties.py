"""Mail and calendars as nobody should write them: no traceback, rows that add up, no order that matters."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.errors import InputError
from graph.imports import Reading
from tests.unit.importing import read
from tests.unit.mails import ANNA, BERT, OLGA, OURS, PEOPLE, RUIZ, calendar, event, message

PROFILE = settings(
    max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)

CREATE = OURS + "mail: {people: create, subject: true}\n"
PARTIES = st.sampled_from(
    [
        OLGA,
        BERT,
        ANNA,
        RUIZ,
        "eva@nordwerk.example",
        "x@stranger.example",
        "a@gmail.com",
    ]
)
LINE = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\r\n"), max_size=40)
BROKEN = st.one_of(
    LINE,
    st.sampled_from(
        [
            "=?utf-8?q?=FF=?=",
            "=?x?b?!!?=",
            '"a" <',
            "<<a@b.c>>",
            "a@b.c;" * 40,
            "Team: a@b.c, d@e.f;",
            "(" * 300,
            "mailto:a@b.c",
            "@",
            "a@@b.c",
            "a@b",
            "\\",
            '"' * 99,
            "31 Feb 2026 25:00",
            "Mon, 1 Jan 0001 00:00:00 +2400",
            "Thu, 1 Jan 9999 23:59:59 -2359",
            "Mon, 12 Jan 2026 09:30:00 +9999",
        ]
    ),
)
MAILS = st.builds(
    lambda sender, to, on, id_, subject, header: message(
        sender, ", ".join(to), on=on, id_=id_, subject=subject, headers=[header]
    ),
    PARTIES | BROKEN,
    st.lists(PARTIES | BROKEN, max_size=4),
    st.sampled_from(
        [
            "Mon, 12 Jan 2026 09:30:00 +0100",
            "12 Jan 2026 09:30 GMT",
            "Mon, 9 Feb 2026 08:00:00 -0500",
        ]
    )
    | BROKEN,
    st.sampled_from([None, "<1@x>", "<2@x>", "odd"]) | BROKEN,
    st.sampled_from(["Offer", "Re: Offer", "AW: WG: Offer", ""]) | BROKEN,
    st.sampled_from(["Cc: " + BERT, "References: <1@x> <2@x>", "Precedence: list", "X: y\n\tfolded"])
    | BROKEN,
)
PROPERTY = st.sampled_from(
    [
        "RRULE:FREQ=WEEKLY",
        "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "RRULE:FREQ=MONTHLY;BYDAY=-1FR",
        "RRULE:",
        "RRULE:FREQ=WEEKLY;INTERVAL=0",
        "RRULE:FREQ=WEEKLY;UNTIL=2",
        "RRULE:FREQ=DAILY;COUNT=99999999",
        "RRULE:FREQ=MONTHLY;BYMONTHDAY=99",
        "EXDATE:20260112T080000Z",
        "EXDATE;VALUE=DATE:20260112",
        "EXDATE:x",
        "RDATE:20260120T090000Z",
        "RDATE;VALUE=PERIOD:20260120T090000Z/PT1H",
        "RECURRENCE-ID:20260119T090000",
        "STATUS:CANCELLED",
        "CLASS:PRIVATE",
        "SEQUENCE:x",
        "DURATION:-P1D",
        "DURATION:P9999999D",
        "DTSTART:20260112",
        "CATEGORIES:,,",
        "ATTENDEE:",
        "ORGANIZER:mailto:",
        'ATTENDEE;CN="x:mailto:a@b.c',
        "BEGIN:VALARM",
        "SUMMARY",
        "DTEND:00010101T000000Z",
        "DTEND:99991231T235959Z",
    ]
)
EVENTS = st.builds(
    lambda lines, uid, start, guests: event(*lines, uid=uid, start=start, attendees=guests),
    st.lists(PROPERTY | LINE, max_size=4),
    st.sampled_from(["a", "b", ""]) | LINE,
    st.sampled_from(
        [
            "DTSTART:20260112T090000",
            "DTSTART;TZID=Europe/Berlin:20210112T090000",
            "DTSTART;TZID=Nowhere:20260101T000000",
            "DTSTART:19000101T000000Z",
            "DTSTART:99991231T235959Z",
            "DTSTART;VALUE=DATE:20260112",
            "DTSTART:x",
            "",
        ]
    ),
    st.lists(
        st.sampled_from(
            [
                "ATTENDEE:mailto:anna.berg@nordwerk.example",
                "ATTENDEE:mailto:eva@nordwerk.example",
            ]
        )
        | LINE.map(lambda text: "ATTENDEE:" + text),
        max_size=3,
    ),
)


STARTS = (b"", message().encode(), calendar(event()).encode())


def bring(files: dict[str, str | bytes], mapping: str = OURS) -> Reading | None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            reading = read(Path(folder), {"people.csv": PEOPLE, **files}, mapping=mapping)
        except InputError as error:
            assert error.detail
            return None
    asked = {(one.file, one.row) for one in reading.questions}
    found = {(one.file, one.row) for one in reading.findings}
    for one in reading.files:
        assert one.rows == one.imported + one.questions + one.findings
        assert one.findings == sum(file == one.file for file, _ in found)
        assert one.questions == sum(file == one.file for file, _ in asked - found)
    for record in reading.records.touchpoints.values():
        assert len(record.attendees) > 1
        assert record.properties["theirs"] >= 1
    return reading


@PROFILE
@given(mails=st.lists(MAILS, min_size=1, max_size=5), mapping=st.sampled_from([OURS, CREATE]))
def test_any_mailbox_is_read_and_its_rows_add_up(mails: list[str], mapping: str) -> None:
    reading = bring({"log.mbox": "".join(mails).encode("utf-8", "surrogatepass")}, mapping)
    assert reading is not None
    (one,) = (one for one in reading.files if one.file == "log.mbox")
    assert one.rows == len(mails)


@PROFILE
@given(events=st.lists(EVENTS, min_size=1, max_size=4))
def test_any_calendar_is_read_and_its_rows_add_up(events: list[str]) -> None:
    reading = bring({"meetings.ics": calendar(*events).encode("utf-8", "surrogatepass")})
    assert reading is not None


@PROFILE
@given(
    raw=st.binary(max_size=300), start=st.sampled_from([b"", message().encode(), calendar(event()).encode()])
)
def test_no_bytes_end_in_a_traceback(raw: bytes, start: bytes) -> None:
    for name in ("log.mbox", "one.eml", "meetings.ics"):
        for content in (start + raw, raw + start, start.replace(b"anna", raw)):
            bring({name: content})


@settings(PROFILE, max_examples=30)
@given(mails=st.lists(MAILS, min_size=2, max_size=6), data=st.data())
def test_the_order_of_messages_and_files_does_not_matter(mails: list[str], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(mails))
    cut = data.draw(st.integers(0, len(mails)))
    one = bring({"log.mbox": "".join(mails)}, CREATE)
    parts = {"z.mbox": "".join(shuffled[:cut]), "a.mbox": "".join(shuffled[cut:])}
    other = bring({name: text for name, text in parts.items() if text}, CREATE)
    assert one is not None and other is not None
    assert one.records.touchpoints == other.records.touchpoints
    assert one.records.people == other.records.people
    assert one.records.lines == other.records.lines


@pytest.mark.parametrize("columns", ["sender,recipients,date", "date,recipients,sender,subject,cc"])
@settings(PROFILE, max_examples=20)
@given(cells=st.lists(st.lists(PARTIES | BROKEN, min_size=5, max_size=5), min_size=1, max_size=3))
def test_any_table_is_read_or_refused(columns: str, cells: list[list[str]]) -> None:
    import csv
    import io

    text = io.StringIO()
    writer = csv.writer(text)
    names = columns.split(",")
    writer.writerow(names)
    writer.writerow([{"date": "2026-01-12"}.get(name, "anna.berg@nordwerk.example") for name in names])
    writer.writerows(row[: len(names)] for row in cells)
    bring({"sent.csv": text.getvalue().encode("utf-8", "surrogatepass")})

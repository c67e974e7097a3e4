"""Mail and calendars of an invented supplier and its customer, as programs write them."""

from __future__ import annotations

from collections.abc import Iterable

PEOPLE = (
    "id,name,organisation,email,function\n"
    "o1,Olga Reimann,Kaltenbach Coatings,Olga.Reimann@kaltenbach.example,commercial\n"
    "o2,Bert Voss,Kaltenbach Coatings,bert.voss@kaltenbach.example,technical\n"
    "t1,Anna Berg,Nordwerk AG,anna.berg@nordwerk.example,purchasing\n"
    "t2,Tomás Ruiz,Nordwerk AG,t.ruiz@nordwerk.example,technical\n"
    "t3,Jens Holm,Fjordlak AS,jens.holm@fjordlak.example,purchasing\n"
)
OURS = "ours: kaltenbach.example\n"
OLGA = "Olga Reimann <olga.reimann@kaltenbach.example>"
BERT = "bert.voss@kaltenbach.example"
ANNA = '"Berg, Anna (Purchasing)" <Anna.Berg@nordwerk.example>'
RUIZ = "=?utf-8?q?Tom=C3=A1s_Ruiz?= <t.ruiz+crm@nordwerk.example>"


def message(
    sender: str = OLGA,
    to: str = ANNA,
    *,
    on: str = "Mon, 12 Jan 2026 09:30:00 +0100",
    id_: str | None = "<1@mail.example>",
    subject: str = "Offer for the new line",
    headers: Iterable[str] = (),
) -> str:
    """Return a message as a mailbox holds it."""
    lines = [
        "From olga Mon Jan 12 09:30:00 2026",
        "Received: from mx.example by mail.example",
        "\tfor <somebody@mail.example>; Mon, 12 Jan 2026 09:30:01 +0100",
        f"From: {sender}",
        f"To: {to}",
        f"Subject: {subject}",
        f"Date: {on}",
        *([f"Message-ID: {id_}"] if id_ else []),
        *headers,
        "",
        "Dear all,",
        "",
        ">From here on nobody reads, from Monday to Friday.",
        "",
        "",
    ]
    return "\n".join(line for line in lines if not line.endswith(": \0"))


def calendar(*events: str, method: str = "") -> str:
    """Return a calendar of events."""
    head = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//invented//EN",
        *([f"METHOD:{method}"] if method else []),
    ]
    return "\r\n".join([*head, *events, "END:VCALENDAR", ""])


def event(
    *lines: str,
    uid: str = "e1",
    start: str = "DTSTART;TZID=Europe/Berlin:20260112T090000",
    end: str = "DTEND;TZID=Europe/Berlin:20260112T100000",
    organizer: str = "ORGANIZER;CN=Olga Reimann:mailto:olga.reimann@kaltenbach.example",
    attendees: Iterable[str] = ("ATTENDEE;CN=Anna Berg;PARTSTAT=ACCEPTED:MAILTO:anna.berg@nordwerk.example",),
) -> str:
    """Return an entry of a calendar."""
    body = [
        "BEGIN:VEVENT",
        f"UID:{uid}",
        "DTSTAMP:20260101T000000Z",
        start,
        end,
        organizer,
        *attendees,
        *lines,
    ]
    return "\r\n".join([line for line in body if line] + ["END:VEVENT"])

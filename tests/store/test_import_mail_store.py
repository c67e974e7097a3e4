"""Mail and calendars into a real Neo4j: twice the same, one message of two mailboxes, shared effort."""

from __future__ import annotations

from datetime import date
from math import exp
from pathlib import Path

import pytest

from graph.imports import import_files
from graph.policy import load_policy
from graph.store import Store
from graph.store.strengths import refresh_strengths
from tests.store.test_import_store import everything, one
from tests.unit.importing import TODAY, write_files
from tests.unit.mails import ANNA, BERT, OLGA, OURS, PEOPLE, RUIZ, calendar, event, message

STRENGTH = "MATCH (:Person {id: $a})-[t:ENGAGES]->(:Person {id: $b}) RETURN t.strength AS strength"


def test_a_log_and_a_calendar_twice_change_nothing(store: Store, tmp_path: Path) -> None:
    mails = [
        message(OLGA, ANNA, id_="<1@x>"),
        message(ANNA, OLGA, id_="<2@x>", subject="Re: Offer", headers=["References: <1@x>"]),
        message(BERT, f"{RUIZ}, Eva Lund <eva.lund@nordwerk.example>", id_="<3@x>"),
    ]
    series = event("RRULE:FREQ=WEEKLY;COUNT=3")
    files = {"people.csv": PEOPLE, "log.mbox": "".join(mails), "meetings.ics": calendar(series)}
    write_files(tmp_path / "first", files)
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(OURS + "mail: {people: create}\n", encoding="utf-8")
    first = import_files(store, [tmp_path / "first"], mapping=mapping, today=TODAY)
    assert first.created["Touchpoint"] == 6
    assert one(store, "MATCH (p:Person {id: 'eva.lund@nordwerk.example'}) RETURN p.name") == "Eva Lund"
    assert one(store, "MATCH (t:Touchpoint) WHERE t.initiator = 'o1' RETURN count(t)") == 5
    full = everything(store)
    again = import_files(store, [tmp_path / "first"], mapping=mapping, today=TODAY)
    assert (again.created, again.updated) == ({}, {})
    # A colleague's mailbox holds the same messages, and people are known by now.
    write_files(tmp_path / "second", {"bert.mbox": "".join(reversed(mails))})
    other = import_files(store, [tmp_path / "second"], today=TODAY)
    assert (other.created, other.updated) == ({}, {})
    assert everything(store) == full


def test_a_mail_to_many_is_shared_by_all_of_them(store: Store, tmp_path: Path) -> None:
    guests = ", ".join([ANNA, *(f"guest{n}@nordwerk.example" for n in range(8))])
    on = "Sat, 31 Jan 2026 08:00:00 +0100"
    files = {
        "people.csv": PEOPLE,
        "log.mbox": message(OLGA, guests, on=on) + message(BERT, RUIZ, on=on, id_="<2@x>"),
    }
    write_files(tmp_path / "files", files)
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(OURS, encoding="utf-8")
    import_files(store, [tmp_path / "files"], mapping=mapping, today=TODAY)
    policy = load_policy()
    refresh_strengths(store, TODAY, policy)
    kind, gain = policy.kinds["e_mail"], policy.limits["contact_gain"]
    effort = kind.quality * kind.hours
    assert one(store, STRENGTH, a="o2", b="t2") == pytest.approx(1 - exp(-gain * effort))
    assert one(store, STRENGTH, a="o1", b="t1") == pytest.approx(1 - exp(-gain * effort / 3))


def test_a_meeting_to_come_is_a_finding_until_it_took_place(store: Store, tmp_path: Path) -> None:
    files = {"people.csv": PEOPLE, "meetings.ics": calendar(event(start="DTSTART:20260210T090000Z", end=""))}
    write_files(tmp_path / "files", files)
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(OURS, encoding="utf-8")
    import_files(store, [tmp_path / "files"], mapping=mapping, today=TODAY)
    assert one(store, "MATCH (f:ImportFinding {kind: 'future'}) RETURN count(f)") == 1
    (tmp_path / "files" / "meetings.ics").rename(tmp_path / "files" / "renamed.ics")
    import_files(store, [tmp_path / "files"], mapping=mapping, today=date(2026, 2, 11))
    assert one(store, "MATCH (f:ImportFinding) RETURN count(f)") == 0
    assert one(store, "MATCH (t:Touchpoint) RETURN count(t)") == 1

"""Mail logs: which messages are contacts across the table, between whom, and what becomes of the rest."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from graph.errors import InputError
from graph.imports import Reading
from graph.imports.records import Known, KnownOrganisation, KnownPerson
from tests.unit.importing import read
from tests.unit.mails import ANNA, BERT, OLGA, OURS, PEOPLE, RUIZ, message


def log(folder: Path, *messages: str, mapping: str = OURS, **more: Any) -> Reading:
    files = {"people.csv": PEOPLE, "log.mbox": "".join(messages)}
    return read(folder, {**files, **more.pop("files", {})}, mapping=mapping, **more)


def met(reading: Reading) -> list[tuple[str, ...]]:
    return sorted(record.attendees for record in reading.records.touchpoints.values())


def counts(reading: Reading, file: str = "log.mbox") -> tuple[int, int, int, int]:
    (one,) = (one for one in reading.files if one.file == file)
    assert one.rows == one.imported + one.questions + one.findings
    return one.rows, one.imported, one.questions, one.findings


def left(reading: Reading) -> str:
    return " ".join(one for one in reading.warnings if "no touchpoints" in one)


def test_a_message_is_a_touchpoint_of_sender_and_recipients(tmp_path: Path) -> None:
    reading = log(tmp_path, message(OLGA, f"{ANNA}, {RUIZ}", headers=["Cc: " + BERT]))
    (record,) = reading.records.touchpoints.values()
    assert record.attendees == ("o1", "o2", "t1", "t2")
    assert record.properties["kind"] == "e_mail"
    assert record.properties["on"] == date(2026, 1, 12)
    assert record.properties["at"].isoformat() == "2026-01-12T09:30:00+01:00"
    assert record.properties["initiator"] == "o1"
    assert record.properties["theirs"] == 2
    assert "subject" not in record.properties
    assert set(reading.records.lines["ENGAGES"]) == {
        ("o1", "t1", ""),
        ("o1", "t2", ""),
        ("o2", "t1", ""),
        ("o2", "t2", ""),
    }
    assert counts(reading) == (1, 1, 0, 0)
    assert not reading.questions
    (listed,) = (one for one in reading.files if one.file == "log.mbox")
    assert listed.dialect == "mail"
    assert listed.why == "It begins as a mailbox does (mbox)."


def test_the_same_message_has_the_same_id_in_any_mailbox(tmp_path: Path) -> None:
    two = {"other.mbox": message(id_="<1@mail.example>") + message(id_="<2@mail.example>")}
    reading = log(tmp_path, message(id_="<1@mail.example>"), files=two)
    assert len(reading.records.touchpoints) == 2
    assert "1 copies of others" in left(reading)
    alone = log(tmp_path / "alone", message(id_="<1@mail.example>"))
    assert set(alone.records.touchpoints) < set(reading.records.touchpoints)


def test_messages_without_an_id_are_told_apart_by_what_they_are(tmp_path: Path) -> None:
    one, other = message(id_=None), message(id_=None, on="Mon, 12 Jan 2026 09:31:00 +0100")
    assert len(log(tmp_path, one, one, other).records.touchpoints) == 2


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (message(OLGA, BERT), "among our own people"),
        (message(ANNA, RUIZ), "without anybody of ours"),
        (message(OLGA, OLGA), "to oneself or to nobody"),
        (message(OLGA, "undisclosed-recipients:;"), "to oneself or to nobody"),
        (message(OLGA, "olga.reimann+notes@kaltenbach.example"), "to oneself or to nobody"),
        (message(OLGA, "x@stranger.example"), "with nobody of a known organisation"),
        (message("x@stranger.example", f"{BERT}, {ANNA}"), "with nobody of a known organisation"),
        (message(OLGA, "info@nordwerk.example"), "with shared mailboxes only"),
        (message(ANNA, OLGA, headers=["List-Unsubscribe: <https://x.example>"]), "newsletters"),
        (message(ANNA, OLGA, headers=["Precedence: bulk"]), "newsletters"),
        (message("no-reply@nordwerk.example", OLGA), "newsletters"),
        (message(ANNA, OLGA, headers=["Auto-Submitted: auto-replied"]), "automatic replies"),
        (message(ANNA, OLGA, subject="Automatische Antwort: Offer"), "automatic replies"),
        (message(ANNA, OLGA, subject="=?utf-8?q?R=C3=A9ponse_automatique_=3A?="), "automatic replies"),
        (message("<>", OLGA, headers=["Return-Path: <>"]), "automatic replies"),
        (message(ANNA, OLGA, headers=["Content-Type: multipart/report"]), "automatic replies"),
        (message(OLGA, ANNA, headers=["X-Gmail-Labels: Drafts"]), "drafts"),
        (message(OLGA, ", ".join([ANNA, *(f"p{n}@nordwerk.example" for n in range(20))])), "to too many"),
    ],
)
def test_what_is_no_contact_across_the_table_is_left_out_and_counted(
    tmp_path: Path, text: str, why: str
) -> None:
    reading = log(tmp_path, message(id_="<real@mail.example>"), text.replace("<1@", "<left@"))
    assert met(reading) == [("o1", "t1")]
    assert why in left(reading)
    assert counts(reading) == (2, 2, 0, 0)
    assert not reading.questions


def test_a_mail_to_many_of_theirs_counts_them_known_or_not(tmp_path: Path) -> None:
    text = message(OLGA, ", ".join([ANNA, *(f"x{n}@nordwerk.example" for n in range(8))]))
    (record,) = log(tmp_path, text).records.touchpoints.values()
    assert record.attendees == ("o1", "t1")
    assert record.properties["theirs"] == 9


def test_unknown_addresses_of_a_known_domain_are_asked_about_once(tmp_path: Path) -> None:
    text = [message(OLGA, '"Lund, Eva" <eva.lund@nordwerk.example>', id_=f"<{n}@x>") for n in range(3)]
    reading = log(tmp_path, *text)
    assert not reading.records.touchpoints
    (question,) = reading.questions
    assert (question.file, question.row, question.column) == ("log.mbox", 1, "To")
    assert question.value == "eva.lund@nordwerk.example"
    assert "Eva Lund <eva.lund@nordwerk.example>" in question.question
    assert "3 times" in question.question
    assert counts(reading) == (3, 0, 3, 0)
    assert any("3 messages wait for an answer" in one for one in reading.warnings)


def test_people_are_created_where_the_mapping_says_so(tmp_path: Path) -> None:
    mapping = OURS + "mail: {people: create}\n"
    texts = [
        message(OLGA, "eva.lund@nordwerk.example", id_="<0@x>"),
        message(OLGA, '"Lund, Eva" <eva.lund@nordwerk.example>', id_="<1@x>"),
        message("New Colleague <n.c@kaltenbach.example>", ANNA, id_="<2@x>"),
        message(OLGA, "somebody@gmail.com", id_="<3@x>"),
    ]
    reading = log(tmp_path, *texts, mapping=mapping)
    eva = reading.records.people["eva.lund@nordwerk.example"]
    assert (eva.properties["name"], eva.organisation) == ("Eva Lund", "Nordwerk AG")
    assert reading.records.people["n.c@kaltenbach.example"].organisation == "Kaltenbach Coatings"
    assert len(reading.records.touchpoints) == 3
    assert "gmail.com" not in " ".join(reading.records.organisations)
    assert any("1 of Kaltenbach Coatings, 1 of Nordwerk AG" in one for one in reading.warnings)


def test_a_free_provider_is_nobodys_domain(tmp_path: Path) -> None:
    people = PEOPLE.replace("jens.holm@fjordlak.example", "jens.holm@gmail.com")
    texts = [message(OLGA, "jens.holm@gmail.com", id_="<0@x>"), message(OLGA, "other@gmail.com", id_="<1@x>")]
    reading = log(tmp_path, *texts, files={"people.csv": people})
    assert met(reading) == [("o1", "t3")]
    assert not reading.questions


def test_of_one_of_ours_without_an_address_it_is_asked_whether_this_is_theirs(tmp_path: Path) -> None:
    people = PEOPLE.replace("Olga.Reimann@kaltenbach.example", "")
    assert people != PEOPLE
    reading = log(
        tmp_path, message(OLGA, "a.berg@nordwerk.example", id_="<0@x>"), files={"people.csv": people}
    )
    asked = [one.question for one in reading.questions if "(o1)" in one.question]
    assert len(asked) == 1
    assert "the address of Olga Reimann (o1), of whom none is known?" in asked[0]


def test_the_same_name_under_another_address_is_proposed_for_merging(tmp_path: Path) -> None:
    texts = [
        message(OLGA, "Anna Berg <aberg@nordwerk.example>", id_="<0@x>"),
        message("Anna Berg <anna.b@gmail.com>", OLGA, id_="<1@x>"),
    ]
    reading = log(tmp_path, *texts)
    found = {(one.a, one.b) for one in reading.records.duplicates}
    assert found == {("t1", "aberg@nordwerk.example"), ("t1", "anna.b@gmail.com")}
    assert all("further address of Anna Berg (t1)" in one.question for one in reading.questions)
    mapping = OURS + "mail: {addresses: {aberg@nordwerk.example: t1, anna.b@gmail.com: Anna Berg}}\n"
    reading = log(tmp_path / "said", *texts, mapping=mapping)
    assert met(reading) == [("o1", "t1"), ("o1", "t1")]
    assert not reading.questions and not reading.records.duplicates


def test_domains_of_one_organisation_are_aliases_where_the_mapping_says_so(tmp_path: Path) -> None:
    text = message(OLGA, "anna.berg@nordwerk-group.example")
    assert not log(tmp_path, text).records.touchpoints
    mapping = OURS + "mail: {domains: {nordwerk-group.example: Nordwerk AG}}\n"
    assert met(log(tmp_path / "said", text, mapping=mapping)) == [("o1", "t1")]


def test_known_people_of_the_store_are_found(tmp_path: Path) -> None:
    known = Known(
        organisations={
            "us": KnownOrganisation("Us", frozenset({"Supplier"})),
            "a": KnownOrganisation("A", frozenset()),
        },
        people={"p": KnownPerson("P Q", "P.Q@us.example", "us"), "c": KnownPerson("C D", "c@a.example", "a")},
    )
    reading = read(tmp_path, {"log.mbox": message("p.q@us.example", "C@A.example")}, known=known)
    assert met(reading) == [("c", "p")]


def test_both_addresses_of_a_merged_person_are_theirs(tmp_path: Path) -> None:
    known = Known(
        {"us": KnownOrganisation("Us", frozenset({"Supplier"})), "a": KnownOrganisation("A", frozenset())},
        {
            "p": KnownPerson("P Q", "p.q@us.example", "us"),
            "c": KnownPerson("C D", "c@a.example", "a"),
            "b": KnownPerson("C D", "cd@a.example", "a"),
        },
        merged={"b": "c"},
    )
    texts = [
        message("p.q@us.example", "cd@a.example"),
        message("cd@a.example", "p.q@us.example", id_="<2@x>"),
    ]
    reading = read(tmp_path, {"log.mbox": "".join(texts)}, known=known)
    assert met(reading) == [("c", "p"), ("c", "p")]
    assert {one.properties["initiator"] for one in reading.records.touchpoints.values()} == {"c", "p"}


def test_people_of_the_generic_form_may_be_named_by_their_address(tmp_path: Path) -> None:
    rows = "on,kind,attendees\n2026-01-12,visit,OLGA.REIMANN@kaltenbach.example;anna.berg@nordwerk.example\n"
    reading = read(tmp_path, {"people.csv": PEOPLE, "touchpoints.csv": rows}, mapping=OURS)
    assert met(reading) == [("o1", "t1")]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_who_wrote_first_is_kept(tmp_path: Path, order: tuple[int, ...]) -> None:
    texts = [
        message(ANNA, OLGA, id_="<a@x>", on="Mon, 12 Jan 2026 09:00:00 +0100", subject="Question"),
        message(OLGA, ANNA, id_="<b@x>", on="Mon, 12 Jan 2026 10:00:00 +0100", subject="AW: Question",
                headers=["In-Reply-To: <a@x>", "References: <a@x>"]),
        message(ANNA, OLGA, id_="<c@x>", on="Mon, 12 Jan 2026 11:00:00 +0100", subject="RE: AW: Question",
                headers=["References: <a@x>\n <b@x>"]),
    ]  # fmt: skip
    reading = log(tmp_path, *(texts[place] for place in order))
    assert {one.properties["initiator"] for one in reading.records.touchpoints.values()} == {"t1"}


def test_who_wrote_first_is_told_by_subjects_where_headers_are_lost(tmp_path: Path) -> None:
    texts = [
        message(ANNA, OLGA, id_="<a@x>", subject="Question"),
        message(OLGA, ANNA, id_="<b@x>", on="Tue, 13 Jan 2026 10:00:00 +0100", subject="Re: question"),
        message(OLGA, ANNA, id_="<c@x>", on="Tue, 13 Jan 2026 10:00:00 +0100", subject="Re: something else"),
    ]
    reading = log(tmp_path, *texts)
    said = sorted(str(one.properties.get("initiator")) for one in reading.records.touchpoints.values())
    assert said == ["None", "t1", "t1"]


def test_what_cannot_be_read_is_a_finding(tmp_path: Path) -> None:
    texts = [
        message(on="whenever"),
        message("nobody at all", ANNA, id_="<2@x>"),
        message(on="Thu, 01 Jan 1970 00:00:00 +0000", id_="<3@x>"),
        message(on="Mon, 09 Feb 2026 09:00:00 +0100", id_="<4@x>"),
    ]
    reading = log(tmp_path, *texts)
    assert [(one.row, one.column, one.kind) for one in reading.findings] == [
        (1, "Date", "malformed"),
        (2, "From", "malformed"),
        (3, "Date", "malformed"),
        (4, "Date", "future"),
    ]
    assert counts(reading) == (4, 0, 0, 4)


def test_subjects_are_kept_only_if_asked(tmp_path: Path) -> None:
    text = message(subject="=?iso-8859-1?q?Angebot_f=FCr?=\n\tLack")
    reading = log(tmp_path, text, mapping=OURS + "mail: {subject: true}\n")
    (record,) = reading.records.touchpoints.values()
    assert record.properties["subject"] == "Angebot für Lack"


def test_a_single_message_is_read(tmp_path: Path) -> None:
    text = message().partition("\n")[2]
    reading = read(tmp_path, {"people.csv": PEOPLE, "one.eml": text}, mapping=OURS)
    assert met(reading) == [("o1", "t1")]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_separators_stand_alone(tmp_path: Path, newline: str) -> None:
    body = "From Monday on we meet at 10:30\n\nFrom x Mon Jan 12 09:30:00 2026 is no line of its own here\n\n"
    text = (message(id_="<1@x>") + body + message(id_="<2@x>")).replace("\n", newline)
    reading = log(tmp_path, text)
    assert counts(reading)[0] == 2
    assert len(reading.records.touchpoints) == 2


def test_lines_and_lists_of_any_length(tmp_path: Path) -> None:
    long = "x" * 3_000_000 + "\nFrom inside Mon Jan 12 09:30:00 2026\n"
    many = ", ".join(f"p{n}@nordwerk.example" for n in range(100_000))
    reading = log(
        tmp_path, message(id_="<1@x>") + long, "\n" + message(OLGA, many, id_="<2@x>"), message(id_="<3@x>")
    )
    assert counts(reading) == (3, 3, 0, 0)
    assert len(reading.records.touchpoints) == 2


@pytest.mark.parametrize(
    ("heading", "rows"),
    [
        ("sender,recipients,date", ["{olga},{anna},2026-01-12"]),
        ("Absender;Empfänger;Datum;Betreff", ["{olga};{anna};13.01.2026 09:30;Angebot"]),
        ("From\tTo\tDate", ["{olga}\t{anna}\tMon, 12 Jan 2026 09:30:00 +0100"]),
        (
            "Received,SenderAddress,RecipientAddress,Subject,MessageId",
            ["2026-01-12T09:30Z,{olga},{anna},Offer,<1@x>", "2026-01-12T09:30Z,{olga},{ruiz},Offer,<1@x>"],
        ),
    ],
)  # fmt: skip
def test_tables_of_mail_are_recognised(tmp_path: Path, heading: str, rows: list[str]) -> None:
    who = {
        "olga": "olga.reimann@kaltenbach.example",
        "anna": "anna.berg@nordwerk.example",
        "ruiz": "t.ruiz@nordwerk.example",
    }
    text = "\n".join([heading, *(row.format(**who) for row in rows)]) + "\n"
    reading = log(
        tmp_path,
        message(id_="<other@x>"),
        files={"sent.csv": text},
    )
    (listed,) = (one for one in reading.files if one.file == "sent.csv")
    assert listed.dialect == "mail"
    assert listed.why is not None and "those of a mail log" in listed.why
    assert len(reading.records.touchpoints) == 2
    assert counts(reading, "sent.csv") == (len(rows), len(rows), 0, 0)
    assert max(map(len, met(reading))) == 1 + len(rows)


def test_a_table_of_mail_needs_dates_of_one_order(tmp_path: Path) -> None:
    text = "sender,recipients,date\nolga.reimann@kaltenbach.example,anna.berg@nordwerk.example,01/02/2026\n"
    with pytest.raises(InputError) as refused:
        log(tmp_path, message(), files={"sent.csv": text})
    (fault,) = refused.value.errors
    assert (fault.file, fault.row, fault.column, fault.value) == ("sent.csv", 2, "date", "01/02/2026")
    reading = log(tmp_path, message(), files={"sent.csv": text}, dates="mdy")
    assert date(2026, 1, 2) in {one.properties["on"] for one in reading.records.touchpoints.values()}


def test_rows_of_one_day_without_a_time_are_messages_each(tmp_path: Path) -> None:
    row = "olga.reimann@kaltenbach.example,anna.berg@nordwerk.example,2026-01-13\n"
    reading = log(tmp_path, message(), files={"sent.csv": "sender,recipients,date\n" + row * 3})
    assert len(reading.records.touchpoints) == 4


def test_a_row_whose_recipients_have_no_address_is_found(tmp_path: Path) -> None:
    rows = [("anna.berg@nordwerk.example", 12), ("Anna Berg", 13), ("", 14), ("undisclosed-recipients:;", 15)]
    text = "".join(f"olga.reimann@kaltenbach.example,{to},2026-01-{day}\n" for to, day in rows)
    reading = log(tmp_path, message(), files={"sent.csv": "sender,recipients,date\n" + text})
    (found,) = reading.findings
    assert (found.file, found.row, found.column, found.value) == ("sent.csv", 3, "recipients", "Anna Berg")
    assert counts(reading, "sent.csv") == (4, 3, 0, 1)
    said = "sent.csv: of 4 messages these are no touchpoints: 2 to oneself or to nobody."
    assert said in reading.warnings


def test_a_table_without_addresses_is_no_mail_log(tmp_path: Path) -> None:
    text = "from,to,date\nHamburg,Oslo,2026-01-13\n"
    reading = log(tmp_path, message(), files={"trips.csv": text})
    assert next(one.dialect for one in reading.files if one.file == "trips.csv") is None


def test_ours_may_be_a_domain_of_nobody_yet(tmp_path: Path) -> None:
    reading = log(tmp_path, message(), mapping="ours: '@newfirm.example'\n")
    assert "@newfirm.example" in reading.records.organisations
    assert not reading.records.touchpoints


def test_a_domain_of_two_organisations_is_not_who_we_are(tmp_path: Path) -> None:
    people = PEOPLE.replace("jens.holm@fjordlak.example", "jens.holm@kaltenbach.example")
    with pytest.raises(InputError, match="name one of them"):
        log(tmp_path, message(), files={"people.csv": people})


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("mail: {people: invent}", "ask or create"),
        ("mail: {domains: {nodomain: X}}", "no domain"),
        ("mail: {addresses: {a@b.example: Nobody}}", "whom nobody knows"),
        ("mail: {subjects: true}", "there is domains"),
    ],
)
def test_a_mapping_that_says_something_else_is_refused(tmp_path: Path, said: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        log(tmp_path, message(), mapping=OURS + said + "\n")

"""Files that were made to break a reader: each is read, or refused in a sentence, in bounded time."""

from __future__ import annotations

import io
import json
import os
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from graph.errors import InputError
from graph.imports.mail.headers import parties, storable
from tests.property.test_import_corruption import SOUND, as_workbook
from tests.unit.importing import BASE, read

ROW = "id,name,organisation\n1,Ann,Acme\n"


@contextmanager
def within(seconds: float) -> Iterator[None]:
    started = time.process_time()
    yield
    assert time.process_time() - started < seconds


@pytest.mark.parametrize("digits", [400, 4000, 6000])
@pytest.mark.parametrize("column", ["influence", "time_capacity"])
def test_an_integer_of_json_may_have_any_number_of_digits(tmp_path: Path, column: str, digits: int) -> None:
    row = json.dumps({"id": "1", "name": "Ann", "organisation": "Acme"} | {column: "HUGE"})
    with pytest.raises(InputError) as caught:
        read(tmp_path, {"people.json": "[" + row.replace('"HUGE"', "1" * digits) + "]"})
    (fault,) = caught.value.errors
    assert fault.file == "people.json" and len(caught.value.detail) < 1000
    if digits < 4300:
        assert (fault.row, fault.column) == (1, column)


LAUGHS = "".join(
    f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ("ours: &a [*a]", "holds it"),
        ("malformed: {people.csv: &a {join: *a}}", "holds it"),
        (f"a: &a [x, x]\n{LAUGHS}ours: *i", "stand for more than"),
        ('encoding: "a\\0b"', "NUL"),
        ('ours: "\\ud800"', "half a character"),
        ("ours: [1, 2]", "one word"),
        ("encoding: {a: b}", "one word"),
        ("files: {people.csv: {form: people, constants: {function: {a: b}}}}", "what a cell can hold"),
        ("files: {people.csv: {form: people, values: {role: {a: {b: c}}}}}", "what a cell can hold"),
        ("ours: 2026-02-31", "out of range"),
        ("[" * 5000, "nested too deeply"),
        ("--- a\n--- b", "single document"),
    ],
)
def test_a_mapping_without_end_or_sense_is_refused(tmp_path: Path, mapping: str, words: str) -> None:
    with within(5), pytest.raises(InputError, match=words) as caught:
        read(tmp_path, {"people.csv": ROW.encode() + b"2,\xe4,Acme\n"}, mapping=mapping)
    assert caught.value.detail.startswith("The mapping mapping.yaml: ")
    assert len(caught.value.detail) < 500


def test_a_document_that_is_nested_without_end_is_told_so(tmp_path: Path) -> None:
    with within(5), pytest.raises(InputError, match=r"cannot be read as JSON \(it is nested too deeply\)"):
        read(tmp_path, {"people.json": b"[" * 100_000})


def broken(change: Callable[[str, bytes], bytes | None]) -> bytes:
    """Return a sound workbook with its parts changed."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(as_workbook(SOUND))) as old, zipfile.ZipFile(held, "w") as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return held.getvalue()


def sheet(old: bytes, new: bytes) -> bytes:
    return broken(lambda name, content: content.replace(old, new) if "sheet1" in name else content)


@pytest.mark.parametrize("number", [b"5000000", b"999999999999999"])
def test_a_row_may_claim_any_number_and_costs_no_more(tmp_path: Path, number: bytes) -> None:
    formula = b'<row r="' + number + b'"><c r="A9"><f>1+1</f></c></row>'
    for changed in (
        sheet(b'<row r="2"', b'<row r="' + number + b'"'),
        sheet(b"</sheetData>", formula + b"</sheetData>"),
    ):
        with within(10), pytest.raises(InputError, match="beyond the 1,048,576 rows") as caught:
            read(tmp_path, {"people.xlsx": changed})
        assert caught.value.errors[0].row == 1_048_577


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/worksheets/sheet3.xml", "xl/styles.xml", "[Content_Types].xml"]
)
def test_a_damaged_part_of_a_workbook_is_told(tmp_path: Path, part: str) -> None:
    raw = bytearray(broken(lambda name, content: content))
    with zipfile.ZipFile(io.BytesIO(bytes(raw))) as archive:
        one = archive.getinfo(part)
        # Behind the local header, whose name and extra field may have any length; the check sum tells.
        raw[one.header_offset + 30 + len(part) + one.compress_size - 1] ^= 0xFF
    with pytest.raises(InputError, match="cannot be read as an Excel workbook"):
        read(tmp_path, {"people.xlsx": bytes(raw)})


def mailbox(header: bytes) -> bytes:
    lines = [
        b"From x@us.eu Mon Jan  5 10:00:00 2026",
        header,
        b"Date: Mon, 5 Jan 2026 10:00:00 +0000",
        b"",
        b"Hello",
        b"",
    ]
    return b"\n".join(lines)


@pytest.mark.parametrize(
    "sender",
    [
        b"(" * 200_000 + b"x",
        b"a:" * 100_000,
        b"a" + b" " * 250_000 + b"b",
        b"a" + b"\n " * 100_000 + b"b",
        b'"\\' * 100_000,
        b"<@" * 100_000,
        b"=?a?q?" * 40_000,
        b"; " * 100_000,
    ],
    ids=["comments", "groups", "spaces", "folds", "quotes", "routes", "words", "semicolons"],
)
@pytest.mark.parametrize("field", [b"From", b"To", b"Subject"])
def test_a_header_of_any_shape_costs_little(tmp_path: Path, field: bytes, sender: bytes) -> None:
    with within(5):
        reading = read(tmp_path, {**BASE, "log.mbox": mailbox(field + b": " + sender)})
    (count,) = [one for one in reading.files if one.file == "log.mbox"]
    assert (count.rows, count.dialect) == (1, "mail")
    assert count.findings == 1
    assert all(len(one.value or "") < 300 for one in reading.findings)


@pytest.mark.parametrize(
    "word", ["=?utf-7?q?A+2AA-nn?=", "=?unicode_escape?q?A=5Cud800nn?=", "A\0nn", "A\ud800nn"]
)
def test_a_name_holds_nothing_that_cannot_be_stored(word: str) -> None:
    (party,) = parties(f"{word} Berg <a.berg@nordwerk.example>")
    assert party.name in ("Ann Berg", "A\ufffdnn Berg")
    assert storable(party.name) == party.name


def test_text_that_can_be_stored_stays_as_it_is() -> None:
    for text in ("Ann", "Jürgen", "李雷", "👩\u200d💼", "أحمد", "a\ufffdb"):
        assert storable(text) == text


def test_a_zone_may_have_a_name_too_long_for_a_file(tmp_path: Path) -> None:
    event = (
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;TZID=" + "a" * 5000 + ":20260105T100000\r\n"
        "ORGANIZER:mailto:o@us.eu\r\nATTENDEE:mailto:t@acme.eu\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    reading = read(tmp_path, {**BASE, "a.ics": event})
    assert [(one.file, one.row) for one in reading.findings] == [("a.ics", 1)]


def test_a_row_of_many_lines_ends_somewhere(tmp_path: Path) -> None:
    rows = 'id,name,organisation\n1,"Ann\nof the north",Acme\n2,"' + '","\n' * 2_000_000
    with within(5), pytest.raises(InputError, match="row 3 is a row of more than 4,194,304 characters"):
        read(tmp_path, {"people.csv": rows})


def test_a_file_whose_name_is_no_text_is_refused(tmp_path: Path) -> None:
    called = os.fsdecode(b"people\xff.csv")
    with pytest.raises(InputError, match=r"people\\udcff\.csv is not written in UTF-8") as caught:
        read(tmp_path, {called: ROW})
    assert caught.value.detail.encode()

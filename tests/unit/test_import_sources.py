from __future__ import annotations

import json
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from graph.errors import InputError
from graph.imports import Reading
from tests.unit.importing import BASE, read

PEOPLE = ["id", "name", "organisation", "level"]


def people(reading: Reading) -> dict[str, str]:
    return {id_: one.properties["name"] for id_, one in reading.records.people.items()}


def refused(folder: Path, files: dict[str, str | bytes], **more: str) -> InputError:
    with pytest.raises(InputError) as caught:
        read(folder, files, **more)  # type: ignore[arg-type]
    assert caught.value.detail.rstrip().endswith(".")
    return caught.value


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators_are_found(tmp_path: Path, separator: str) -> None:
    text = "id,name,organisation\n1,Ann,Acme\n".replace(",", separator)
    assert people(read(tmp_path, {"people.csv": text})) == {"1": "Ann"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_files_need_no_question(tmp_path: Path, encoding: str) -> None:
    names = {"1": "أحمد", "2": "Zoë 👩‍💼", "3": "שרה", "4": "李雷"}
    text = "id,name,organisation\n" + "".join(f"{id_},{name},Acme\n" for id_, name in names.items())
    reading = read(tmp_path, {"people.csv": text.encode(encoding)})
    assert people(reading) == names
    assert not reading.questions
    assert reading.files[0].encoding in ("utf-8", "utf-16")


def test_an_encoding_that_was_guessed_is_a_question(tmp_path: Path) -> None:
    text = "id;name;organisation\n1;Jürgen Müller;Köhler & Söhne\n2;Björn Größe;Köhler & Söhne\n"
    reading = read(tmp_path, {"people.csv": text.encode("cp1252")})
    assert people(reading) == {"1": "Jürgen Müller", "2": "Björn Größe"}
    (question,) = reading.questions
    assert question.row is None and question.value == reading.files[0].encoding
    (count,) = reading.files
    assert (count.rows, count.imported, count.questions) == (2, 2, 0)
    told = read(tmp_path, {"people.csv": text.encode("cp1252")}, mapping="encoding: cp1252\n")
    assert not told.questions and people(told) == people(reading)


def test_spreadsheets_hint_at_their_separator(tmp_path: Path) -> None:
    reading = read(tmp_path, {"people.csv": "sep=;\nid;name;organisation\n1;Ann, the first;Acme\n"})
    assert people(reading) == {"1": "Ann, the first"}
    assert reading.files[0].rows == 1


def test_rows_are_numbered_as_a_spreadsheet_numbers_them(tmp_path: Path) -> None:
    text = 'id,name,organisation,level\n1,"two\nlines",Acme,1\n\n,,,\n2,Bob,Acme,nine\n'
    reading = read(tmp_path, {"people.csv": text})
    assert [(one.row, one.column, one.value) for one in reading.questions] == [(5, "level", "nine")]
    assert reading.files[0].rows == 2


@pytest.mark.parametrize(
    ("content", "row", "words"),
    [
        (b"", 1, "needs the column"),
        (b"\n\n", 1, "needs the column"),
        (b"id,name\n1,Ann\n", 1, "needs the column organisation"),
        (b"id,id,name,organisation\n1,2,Ann,Acme\n", 1, "twice"),
        (b"id,name,organisation\n1,Ann,Acme\nid,name,organisation\n", 3, "repeats the header"),
        (b"id,name,organisation\n1,A\x00nn,Acme\n", 2, "NUL"),
        (b"id,name,organisation\n1,Ann,Acme,more\n", 2, "4 cells"),
        (b'id,name,organisation\n1,"Ann,Acme\n', 2, "quote"),
        (b"id,name,organisation\n,Ann,Acme\n", 2, "id must be filled"),
        (b"id,name,organisation\n1,Ann,\n", 2, "organisation must be filled"),
        (b"id,name,organisation\n1," + b"x" * 200_000 + b",Acme\n", 2, "field"),
        (b"id,name,organisation\n1," + b"x" * 600 + b",Acme\n", 2, "longer than 500"),
        (b"id,name,organisation\n1," + b"x" * 5_000_000, 2, "more than"),
        (b"\xff\xfei\x00d", 1, "not written in utf-16"),
    ],
)
def test_broken_text_files_are_refused_with_their_place(
    tmp_path: Path, content: bytes, row: int, words: str
) -> None:
    error = refused(tmp_path, {"people.csv": content})
    assert any(words in fault.message for fault in error.errors), error.errors
    for fault in error.errors:
        assert fault.file == "people.csv"
        assert fault.row == row


def test_a_header_alone_is_an_empty_file(tmp_path: Path) -> None:
    reading = read(tmp_path, BASE | {"ties.csv": "ours,stakeholder\n"})
    assert {one.file: one.rows for one in reading.files} == {
        "organisations.csv": 2,
        "people.csv": 3,
        "ties.csv": 0,
    }


def test_ids_keep_inner_spaces_and_lose_outer_ones(tmp_path: Path) -> None:
    text = "id,name,organisation\n  a 1 ,Ann,Acme\n A 1,Other Ann,Acme\n"
    assert people(read(tmp_path, {"people.csv": text})) == {"a 1": "Ann", "A 1": "Other Ann"}


def test_file_names_and_headings_are_compared_without_regard_to_case(tmp_path: Path) -> None:
    files = BASE | {"Reports-To.CSV": "Manager, PERSON \nt1,t2\n"}
    assert read(tmp_path, files).records.lines["REPORTS_TO"] == {("t2", "t1", ""): {}}


def workbook(folder: Path, name: str, sheets: dict[str, list[list[object]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    folder.mkdir(exist_ok=True)
    book.save(folder / name)
    return folder / name


def test_sheets_of_a_workbook_are_forms(tmp_path: Path) -> None:
    workbook(
        tmp_path,
        "portfolio.xlsx",
        {
            "Organisations": [["id", "name", "kind"], [1, "Us", "supplier"], [2.0, "Acme", "key_account"]],
            "people": [
                [*PEOPLE, "started_on"],
                [7, "Ann", 1, 3, date(2024, 5, 1)],
                [8, "Bob", 2, "3", 45292],
            ],
            "touchpoints": [
                ["on", "kind", "attendees", "minutes"],
                [datetime(2025, 12, 1, 9, 30), "call", "7;8", 7.5],
                ["2025-12-02", "call", "7;8", None],
                [None, None, None, None],
            ],
            "notes": [["whatever"]],
        },
    )
    reading = read(tmp_path, {})
    records = reading.records
    assert people(reading) == {"7": "Ann", "8": "Bob"}
    assert records.people["7"].since == date(2024, 5, 1) and records.people["8"].since == date(2024, 1, 1)
    assert [(one.properties["on"], one.properties.get("at")) for one in records.touchpoints.values()] in (
        [(date(2025, 12, 1), datetime(2025, 12, 1, 9, 30)), (date(2025, 12, 2), None)],
        [(date(2025, 12, 2), None), (date(2025, 12, 1), datetime(2025, 12, 1, 9, 30))],
    )
    assert {(one.file, one.dialect, one.rows) for one in reading.files} == {
        ("portfolio.xlsx:Organisations", "generic", 2),
        ("portfolio.xlsx:people", "generic", 2),
        ("portfolio.xlsx:touchpoints", "generic", 2),
        ("portfolio.xlsx:notes", None, 0),
    }
    assert any("notes" in warning for warning in reading.warnings)


def test_a_workbook_of_one_sheet_is_named_by_its_file(tmp_path: Path) -> None:
    workbook(tmp_path, "people.xlsx", {"Sheet1": [PEOPLE, ["1", "Ann", "Acme", "x"]]})
    reading = read(tmp_path, {})
    assert people(reading) == {"1": "Ann"}
    assert [(one.file, one.row, one.column) for one in reading.questions] == [("people.xlsx", 2, "level")]


def test_a_workbook_of_one_sheet_may_be_named_by_the_sheet(tmp_path: Path) -> None:
    workbook(tmp_path, "export.xlsx", {"People": [PEOPLE, ["1", "Ann", "Acme", 3]]})
    assert people(read(tmp_path, {})) == {"1": "Ann"}


def test_workbooks_that_are_none_are_refused(tmp_path: Path) -> None:
    error = refused(tmp_path / "a", {"people.xlsx": b"id,name\n"})
    assert "no Excel workbook" in error.detail
    workbook(tmp_path / "b", "people.xlsx", {"p": [PEOPLE, ["1", "Ann", "#N/A", None]]})
    error = refused(tmp_path / "b", {})
    assert [(fault.row, fault.value) for fault in error.errors] == [(2, "#N/A")]


def test_a_workbook_that_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path, "people.xlsx", {"p": [PEOPLE, ["1", "Ann", "Acme", 1]]})
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings2.xml", b"\0" * (64 << 20))
    assert path.stat().st_size < 200_000
    assert "would unpack" in refused(tmp_path, {}).detail


def test_json_of_lists_and_a_bare_list(tmp_path: Path) -> None:
    document = {
        "version": 1,
        "people": [{"id": 1, "name": "Ann", "organisation": "Acme"}, {"name": "Bob", "organisation": "Acme"}],
        "companies": [{"id": 1}],
    }
    error = refused(tmp_path, {"all.json": json.dumps(document)})
    assert [(fault.file, fault.row, fault.column) for fault in error.errors] == [("all.json:people", 2, "id")]
    document["people"][1]["id"] = "two"  # type: ignore[index]
    reading = read(tmp_path, {"all.json": json.dumps(document)})
    assert people(reading) == {"1": "Ann", "two": "Bob"}
    assert {one.file: one.dialect for one in reading.files} == {
        "all.json:version": None,
        "all.json:people": "generic",
        "all.json:companies": None,
    }
    bare = read(tmp_path / "b", {"people.json": json.dumps(document["people"])})
    assert people(bare) == people(reading)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "JSON"),
        ("3", "neither"),
        ("[1]", "no object"),
        ('[{"id": 1, "id": 2, "name": "A", "organisation": "B"}]', "twice"),
        ('[{"id": {"a": 1}, "name": "A", "organisation": "B"}]', "single value"),
        ('[{"id": "\\ud800", "name": "A", "organisation": "B"}]', "half a character"),
        ('[{"id": 1, "name": "A", "organisation": "B", "influence": NaN}]', "finite"),
        ("[" * 100_000, "JSON"),
    ],
)
def test_wrong_json_is_refused(tmp_path: Path, text: str, words: str) -> None:
    error = refused(tmp_path, {"people.json": text})
    assert words in error.detail


def test_attendees_of_json_may_be_a_list(tmp_path: Path) -> None:
    touchpoints = [{"on": "2026-01-05", "kind": "call", "attendees": ["t1", "o1"]}]
    reading = read(tmp_path, BASE | {"touchpoints.json": json.dumps(touchpoints)})
    assert [one.attendees for one in reading.records.touchpoints.values()] == [("o1", "t1")]


def test_files_that_are_not_ours_are_listed_and_warned_about(tmp_path: Path) -> None:
    files = BASE | {
        "readme.md": "hello",
        "deals.csv": "id,amount\n1,2\n",
        ".hidden": "x",
        "~$people.xlsx": "x",
    }
    reading = read(tmp_path, files)
    unused = [one for one in reading.files if one.dialect is None]
    assert [(one.file, one.encoding, one.rows) for one in unused] == [
        ("deals.csv", None, 0),
        ("readme.md", None, 0),
    ]
    assert len(reading.warnings) == 2
    assert "None of" in refused(tmp_path / "b", {"deals.csv": "id,amount\n1,2\n"}).detail
    assert "no file to import" in refused(tmp_path / "c", {}).detail


def test_equal_names_in_two_folders_are_told_apart(tmp_path: Path) -> None:
    from graph.imports import read_files
    from graph.imports.records import Known
    from graph.policy import load_policy
    from tests.unit.importing import TODAY, write_files

    one = write_files(tmp_path / "one", {"people.csv": "id,name,organisation\n1,Ann,Acme\n"})
    two = write_files(tmp_path / "two", {"people.csv": "id,name,organisation\n2,Bob,Acme\n"})
    reading = read_files([one, two, one / "people.csv"], known=Known(), policy=load_policy(), today=TODAY)
    assert {one.file for one in reading.files} == {"one/people.csv", "two/people.csv"}
    assert people(reading) == {"1": "Ann", "2": "Bob"}
    with pytest.raises(InputError, match="no file or folder"):
        read_files([tmp_path / "gone"], known=Known(), policy=load_policy(), today=TODAY)


def test_a_workbook_of_an_older_kind_is_refused_with_a_way_out(tmp_path: Path) -> None:
    assert "save it as CSV or .xlsx" in refused(tmp_path, {"people.xls": b"\xd0\xcf\x11\xe0"}).detail


@pytest.mark.parametrize(
    ("names", "encoding"),
    [
        (("Inès Lefèvre", "Åsa Björk", "Jürgen Groß", "François Noël"), "cp1252"),
        (("Ann Groß",), "cp1252"),
        (("Ann Müller", "Bob Smith"), "cp1252"),
        (("Łukasz Żak", "Małgorzata Wiśniewska", "Paweł Błaszczyk", "Żaneta Gałązka"), "cp1250"),
    ],
)
def test_names_of_an_export_from_a_desktop_are_read_as_they_were_written(
    tmp_path: Path, names: tuple[str, ...], encoding: str
) -> None:
    rows = "".join(f"{number},{name},Acme\n" for number, name in enumerate(names))
    reading = read(tmp_path, {"people.csv": ("id,name,organisation\n" + rows).encode(encoding)})
    assert {str(one.properties["name"]) for one in reading.records.people.values()} == set(names)
    assert [one.row for one in reading.questions] == [None]


def test_cyrillic_is_not_taken_for_accented_letters(tmp_path: Path) -> None:
    names = ["Иванов Пётр", "Смирнова Анна", "Кузнецов Олег", "Лебедев Сергей", "Орлова Мария"]
    rows = "".join(f"{number},{name},Acme\n" for number, name in enumerate(names))
    reading = read(tmp_path, {"people.csv": ("id,name,organisation\n" + rows).encode("cp1251")})
    assert reading.files[0].encoding != "cp1252"


def test_a_row_without_an_owner_gives_no_tie(tmp_path: Path) -> None:
    rows = "id,name,company,owner\n1,Ann,Acme,Otto\n2,Ben,Acme,\n"
    mapping = """
    ours: Us
    files:
      export.csv:
        - {form: people, columns: {organisation: company}}
        - {form: ties, columns: {ours: owner, stakeholder: id}}
    """
    reading = read(tmp_path, {"export.csv": rows}, mapping=mapping)
    assert len(reading.records.lines["ENGAGES"]) == 1
    assert {"1", "2"} <= set(reading.records.people)
    assert "export.csv: 1 row without owner gives nothing to ties." in reading.warnings


def test_the_column_on_can_be_mapped(tmp_path: Path) -> None:
    people = "id,name,organisation\n1,Otto,Us\n2,Ann,Acme\n"
    log = "Datum,Art,Wer\n2026-01-05,call,1;2\n"
    mapping = """
    ours: Us
    files:
      log.csv: [{form: touchpoints, columns: {on: Datum, kind: Art, attendees: Wer}}]
    """
    reading = read(tmp_path, {"people.csv": people, "log.csv": log}, mapping=mapping)
    assert len(reading.records.touchpoints) == 1


@pytest.mark.parametrize("encoding", ["cp850", "cp437", "mac_roman", "cp1252", "iso8859-15"])
@pytest.mark.parametrize(
    "names", [("Jürgen Müller", "Björn Groß"), ("Hélène Lefèvre", "François Noël"), ("Ann Berg", "René")]
)
def test_old_exports_are_read_in_their_own_code_page_and_show_their_words(
    tmp_path: Path, names: tuple[str, ...], encoding: str
) -> None:
    rows = "".join(f"{id_},{name},Acme\n" for id_, name in enumerate(names))
    reading = read(tmp_path, {"people.csv": ("id,name,organisation\n" + rows).encode(encoding)})
    assert tuple(people(reading).values()) == names
    (question,) = reading.questions
    words = [word for name in names for word in name.split() if not word.isascii()]
    assert f"in which it says {', '.join(words[:3])}; is that right?" in question.question

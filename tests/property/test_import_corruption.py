"""Any one wrong cell of any form, in CSV, Excel or JSON, is named with its file, row, column and value."""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.errors import InputError
from graph.imports.cells import shown
from graph.imports.forms import FORMS, Column
from tests.property.test_import_properties import Table, written
from tests.unit.importing import read

SETTINGS = settings(
    max_examples=200, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)

# A sound set with every form and every column of it; dates in an order that no wrong one changes.
SOUND: dict[str, Table] = {
    "organisations": (
        ["id", "name", "kind", "parent", "country", "region", "industry", "category_volume"],
        [
            ["us", "Us Ltd", "supplier", "", "NL", "North", "Coating", "5"],
            ["acme", "Acme", "key_account", "hold", "DE", "West", "Cars", "120.5"],
            ["hold", "Acme Holding", "key_account", "", "DE", "West", "Cars", "9"],
            ["dist", "Vertriebs AG", "distributor", "", "AT", "South", "Trade", "7"],
            ["end", "Ende GmbH", "end_customer", "", "AT", "South", "Cars", "3"],
        ],
    ),
    "people": (
        [
            "id", "name", "organisation", "function", "title", "level", "email", "phone", "started_on",
            "left_on", "role", "influence", "orientation", "proximity", "verified_on", "confidence",
            "time_capacity", "placeholder",
        ],
        [
            ["o1", "Olga Ost", "us", "commercial", "Sales", "3", "o@us.eu", "+31 20 555 0101",
             "2020-01-13",
             "2030-01-31", "", "0.5", "ally", "3", "2025-11-30", "0.9", "40", "no"],
            ["o2", "Otto Ohm", "us", "technical", "CTO", "1", "otto@us.eu", "+31 20 555 0101",
             "2020-01-13",
             "2030-01-31", "", "0.5", "ally", "3", "2025-11-30", "0.9", "40", "no"],
            ["t1", "Tom 李雷", "acme", "purchasing", "Buyer", "4", "t@acme.eu", "+31 20 555 0101",
             "2021-01-13",
             "2030-01-31", "decision_maker", "0.9", "neutral", "2", "2025-11-30", "0.8", "10", "no"],
            ["t2", "Tia أحمد", "acme", "finance", "CFO", "1", "tia@acme.eu", "+31 20 555 0101",
             "2021-01-13",
             "2030-01-31", "evaluator", "0.7", "against", "1", "2025-11-30", "0.8", "10", "yes"],
        ],
    ),
    "reports_to": (["person", "manager"], [["t1", "t2"], ["o1", "o2"]]),
    "influences": (["from", "to", "weight", "sign"], [["t2", "t1", "0.5", "1"], ["o2", "o1", "2", "-1"]]),
    "ties": (
        ["ours", "stakeholder", "strength", "proximity", "last_on", "desired"],
        [["o1", "t1", "0.8", "4", "2025-12-31", "5"], ["o2", "t2", "0.1", "1", "2025-12-13", "3"]],
    ),
    "supplies": (
        ["supplier", "account", "revenue", "margin", "stage", "since"],
        [["us", "acme", "1000", "0.2", "mid", "2019-05-31"]],
    ),
    "distributes_through": (
        ["supplier", "distributor", "since", "territory", "transparency", "exclusive"],
        [["us", "dist", "2019-05-31", "AT", "0.4", "yes"]],
    ),
    "carries": (
        ["distributor", "brand", "owner", "share_of_mind", "margin", "launched_on", "price", "since"],
        [["dist", "Kera", "us", "0.4", "0.2", "2019-05-31", "12", "2019-05-31"]],
    ),
    "sales": (["seller", "end_customer", "brand", "volume"], [["dist", "end", "Kera", "30"]]),
    "team": (["account", "person", "core", "share_of_time"], [["acme", "o1", "yes", "0.2"]]),
    "assessments": (
        ["person", "attribute", "value", "on", "by", "evidence", "confidence", "expires_on"],
        [
            ["t1", "influence", "0.8", "2025-12-31", "o1", "she said so", "0.5", "2026-06-30"],
            ["t2", "proximity", "2", "2025-12-31", "o1", "", "0.5", "2026-06-30"],
            ["t2", "role", "user", "2025-12-31", "o1", "", "0.5", "2026-06-30"],
        ],
    ),
    "touchpoints": (
        ["on", "kind", "attendees", "id", "initiator", "minutes", "subject"],
        [
            ["2025-12-31 09:30", "call", "o1;t1", "m1", "o1", "30", "Price"],
            ["2025-12-13", "visit", "o1;o2;t2", "m2", "t2", "90", "価格"],
        ],
    ),
}  # fmt: skip

DAYS = ["31.02.2026", "2026-02-30", "soon", "2026-13-01", "0"]
WRONG: dict[str, list[str]] = {
    "number": ["lots", "nan", "1e999", "--1", "12 apples"],
    "boolean": ["perhaps", "2"],
    "date": DAYS,
    "moment": [*DAYS, "2025-12-31 25:00"],
    "person": ["ghost", "o1;t1", "👻"],
    "organisation": ["nowhere", "acme 2"],
    "kinds": ["planet"],
    "word": ["wizardry", "séance", "=1+1"],
    "people": ["ghost"],
}
UNREADABLE = ["a\0b", "x" * 100_001]


def wrong_values(column: Column, beside: str) -> list[str]:
    """Return what can never stand in a column; `beside` is what stands there."""
    if column.name == "attribute":
        return ["charm"]
    if column.name == "value":
        return ["lots"] if beside.replace(".", "").isdigit() else ["donor"]
    blank = [""] if column.required else []
    return WRONG.get(column.holds, []) + blank + UNREADABLE


def as_workbook(tables: dict[str, Table]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, (header, rows) in tables.items():
        sheet = book.create_sheet(name)
        for row in [header, *rows]:
            sheet.append(row)
        for cells in sheet.iter_rows():
            for cell in cells:
                cell.data_type = "s" if cell.value is not None else cell.data_type
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def as_json(tables: dict[str, Table]) -> str:
    return json.dumps(
        {
            name: [dict(zip(header, row, strict=True)) for row in rows]
            for name, (header, rows) in tables.items()
        }
    )


def test_the_set_is_sound_and_has_every_column(tmp_path: Path) -> None:
    for name, form in FORMS.items():
        assert set(SOUND[name][0]) == set(form.columns), f"a column of {name} is missing here"
    files = written({f"{name}.csv": table for name, table in SOUND.items()})
    for folder, content in (("csv", files), ("json", {"all.json": as_json(SOUND)})):
        reading = read(tmp_path / folder, content)
        assert not reading.questions and not reading.findings
        assert sum(one.imported for one in reading.files) == sum(len(rows) for _, rows in SOUND.values())
    reading = read(tmp_path / "xlsx", {"all.xlsx": as_workbook(SOUND)})
    assert not reading.questions and not reading.findings


@SETTINGS
@given(data=st.data())
def test_one_wrong_cell_is_named_exactly(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(SOUND)), "form")
    header, sound = SOUND[name]
    column = FORMS[name].columns[data.draw(st.sampled_from(header), "column")]
    number = data.draw(st.integers(0, len(sound) - 1), "row")
    index = header.index(column.name)
    bad = data.draw(st.sampled_from(wrong_values(column, sound[number][index])), "value")
    rows = [list(row) for row in sound]
    rows[number][index] = bad
    tables = SOUND | {name: (header, rows)}
    # Excel's own library writes no NUL and cuts long cells.
    kind = data.draw(
        st.sampled_from(["csv", "json"] if bad in UNREADABLE else ["csv", "json", "xlsx"]), "kind"
    )
    with tempfile.TemporaryDirectory() as folder:
        file, row, content = {
            "csv": lambda: (
                f"{name}.csv",
                number + 2,
                written({f"{one}.csv": tables[one] for one in tables}),
            ),
            "json": lambda: (f"all.json:{name}", number + 1, {"all.json": as_json(tables)}),
            "xlsx": lambda: (f"all.xlsx:{name}", number + 2, {"all.xlsx": as_workbook(tables)}),
        }[kind]()
        place = (file, row, column.name, shown(bad))
        try:
            reading = read(Path(folder), content)
        except InputError as error:
            assert [(one.file, one.row, one.column, one.value) for one in error.errors] == [place]
            return
        said = [*reading.questions, *reading.findings]
        # A person or company that is not there may leave other rows without what they refer to.
        assert place in [(one.file, one.row, one.column, one.value) for one in said]
        if not column.required:
            assert {(one.file, one.row) for one in said} == {(file, row)}


NASTY = {
    "empty": b"",
    "one byte": b"\xff",
    "nothing but a BOM": b"\xef\xbb\xbf",
    "nothing but NUL": b"\0" * 1000,
    "doubled headers": b"id,name,name,organisation\n1,A,B,Acme\n",
    "mixed encodings": "id,name,organisation\n1,Jürgen,Acme\n".encode() + "2,Björn,Acme\n".encode("cp1252"),
    "UTF-16 in halves": "id,name,organisation\n1,A,Acme\n".encode("utf-16")[:-1],
    "line of 100 MB": b"id,name,organisation\n1," + b"x" * 100_000_000 + b",Acme\n",
    "columns without end": b"," * 3_000_000,
    "quotes without end": b'"' * 99_999,
    "31.02.": b"id,name,organisation,verified_on\n1,A,Acme,31.02.2026\n",
    "a day of Excel's": b"id,name,organisation,verified_on\n1,A,Acme,45292\n",
    "lines of old Macs": b"id,name,organisation\r1,A,Acme\r2,B,Acme\r",
    "line ends of all kinds": b"id,name,organisation\r\n1,A,Acme\n2,B,Acme\r",
    "right to left": "id,name,organisation\n1,\u202eأحمد\u202c,Acme\n2,👩‍👩‍👧,Acme\n".encode(),
    "ids that look alike": "id,name,organisation\na 1,A,Acme\na\u00a01,B,Acme\n".encode(),
    "a deep JSON": b"[" * 100_000,
    "a JSON of numbers": b'{"people": [1e999, NaN]}',
}


@pytest.mark.parametrize("suffix", ["csv", "json", "xlsx"])
@pytest.mark.parametrize("name", sorted(NASTY))
def test_nasty_files_are_read_or_refused_with_their_place(tmp_path: Path, name: str, suffix: str) -> None:
    try:
        reading = read(tmp_path, {f"people.{suffix}": NASTY[name]})
    except InputError as error:
        assert "people." in error.detail
        assert all(fault.file and fault.file.startswith("people.") for fault in error.errors)
        assert len(error.detail) < 1000
    else:
        for one in reading.files:
            assert one.rows == one.imported + one.questions + one.findings + one.left_out


def test_a_formula_counts_by_its_result_and_one_without_is_refused(tmp_path: Path) -> None:
    rows = [["id", "name", "organisation", "influence"], ["1", "Ann", "Acme", "=1/2"]]
    book = openpyxl.Workbook()
    book.active.title = "people"
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "raw.xlsx")
    raw = (tmp_path / "raw.xlsx").read_bytes()
    with pytest.raises(InputError, match="=1/2") as caught:
        read(tmp_path / "a", {"people.xlsx": raw})
    (fault,) = caught.value.errors
    assert (fault.file, fault.row, fault.column, fault.value) == ("people.xlsx", 2, "D", "=1/2")
    worked_out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(worked_out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content.replace(b"<f>1/2</f><v />", b"<f>1/2</f><v>0.5</v>"))
    reading = read(tmp_path / "b", {"people.xlsx": worked_out.getvalue()})
    assert [one.properties["value"] for one in reading.records.assessments] == [0.5]


@pytest.mark.parametrize("member", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"])
def test_a_workbook_that_would_fill_the_memory_is_refused(tmp_path: Path, member: str) -> None:
    held = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(as_workbook(SOUND))) as old,
        zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, old.read(name) if name != member else b" " * (300 << 20))
        if member not in old.namelist():
            new.writestr(member, b" " * (300 << 20))
    with pytest.raises(InputError, match="would unpack to"):
        read(tmp_path, {"people.xlsx": held.getvalue()})


def test_entities_of_a_sheet_do_not_multiply(tmp_path: Path) -> None:
    laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">' + b"".join(
        b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
    )
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(as_workbook(SOUND))) as old, zipfile.ZipFile(held, "w") as new:
        for name in old.namelist():
            sheet = name == "xl/worksheets/sheet1.xml"
            new.writestr(name, laughs + b"]><worksheet>&j;</worksheet>" if sheet else old.read(name))
    with pytest.raises(InputError, match="cannot be read as an Excel workbook"):
        read(tmp_path, {"people.xlsx": held.getvalue()})

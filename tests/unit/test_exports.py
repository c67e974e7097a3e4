"""Tables for spreadsheets: text stays text, whatever it starts with, and reads back as it was."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.exports import CELL_LIMIT, csv_table, workbook

STARTS = [
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "  =",
    "\u00a0+",
    "\ufeff=",
    "\uff1d",
    "\u2212",
    "\u3000=",
    "\u200b@",
]
STARTS += ["\u202e=", "\u2060+"]
# Excel's files cannot hold these, and what is written of them must not begin a formula either.
LOST = ["\0=", "\x0b+", "\ud800@"]


def cells(raw: bytes) -> list[list[openpyxl.cell.Cell]]:
    book = openpyxl.load_workbook(io.BytesIO(raw))
    return [list(row) for row in book.worksheets[0].iter_rows()]


@pytest.mark.parametrize("start", STARTS)
def test_no_text_becomes_a_formula(start: str) -> None:
    text = f'{start}HYPERLINK("http://x";"y")'
    raw = workbook({"=sheet": ([text], [[text, 1]])})
    for row in cells(raw):
        assert (row[0].data_type, row[0].quotePrefix) == ("s", True)
        assert row[0].value == text.replace("\r", "\n"), "XML knows one line end"
    rows = list(csv.reader(io.StringIO(csv_table([text], [[text, -1]]), newline="")))
    assert rows == [[f"'{text}"], [f"'{text}", "-1"]]


@pytest.mark.parametrize("start", LOST)
def test_what_cannot_be_written_hides_no_formula(start: str) -> None:
    text = f"{start}SUM(A1)"
    (cell,) = cells(workbook({"a": (["h"], [[text]])}))[1]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text[1:], "s", True)
    raw = csv_table(["h"], [[text]]).encode("utf-8-sig").decode("utf-8-sig")
    (_, row) = csv.reader(io.StringIO(raw, newline=""))
    assert row[0].startswith("'") and row[0].endswith(text[1:]) and "\0" not in row[0]


def test_numbers_dates_and_blanks_stay_what_they_are() -> None:
    day, moment = date(2026, 1, 31), datetime(2026, 1, 31, 9, 30)
    zoned = moment.replace(tzinfo=UTC)
    raw = workbook({"a": (["x"], [[-5, 0.25, True, day, moment, None, zoned, "x" * 40_000, "a\0b"]])})
    row = [cell.value for cell in cells(raw)[1]]
    assert row[:6] == [-5, 0.25, True, datetime(2026, 1, 31), moment, None]
    assert row[6:] == ["2026-01-31 09:30:00+00:00", "x" * CELL_LIMIT, "ab"]


def test_columns_are_as_wide_as_what_they_hold_and_long_texts_are_wrapped() -> None:
    raw = workbook({"a": (["n", "name", "said"], [[1, "x" * 30, "word " * 40], [2, "y", "short"]])})
    (sheet,) = openpyxl.load_workbook(io.BytesIO(raw)).worksheets
    assert [sheet.column_dimensions[one].width for one in "ABC"] == [8, 32, 60]
    assert [bool(cell.alignment.wrap_text) for cell in sheet["C"]] == [False, True, False]


def test_sheets_have_names_that_excel_takes() -> None:
    raw = workbook({"gaps: a/b [all] * of a long name": (["x"], []), "plan": (["x"], [])})
    first, second = openpyxl.load_workbook(io.BytesIO(raw)).sheetnames
    assert second == "plan" and len(first) <= 31 and not set(first) & set("[]:*?/\\")


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1), min_size=1, max_size=4))
def test_any_text_reads_back(texts: list[str]) -> None:
    found = [cell.value for cell in cells(workbook({"s": (["h"] * len(texts), [texts])}))[1]]
    assert found == [text.replace("\ufffe", "").replace("\uffff", "") or None for text in texts]
    (_, row) = csv.reader(io.StringIO(csv_table(["h"], [texts]), newline=""))
    assert [cell.removeprefix("'") for cell in row] == [text.removeprefix("'") for text in texts]

"""Tables for spreadsheets, CSV and Excel, in which no text is ever taken for a formula.

Names and subjects come from other people's files. A spreadsheet runs a cell that starts with `=`, and Excel
also one that starts with `+`, `-`, `@`, a tab or a return (CWE-1236). In CSV, which knows no types, such a
text gets a leading apostrophe; in a workbook it is stored as a text and marked as one, unchanged. Numbers,
dates and yes or no stay what they are.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

Row = Sequence[object]

# The full-width twins are taken for the plain ones where the keyboard has both; with the real minus sign a
# text is a number to some.
FORMULA_STARTS = ("=", "+", "-", "\N{MINUS SIGN}", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Excel's own limits; what is longer is cut, what XML cannot hold left out.
CELL_LIMIT = 32_767
WIDTHS = (8, 60)  # of a column, in characters: what is longer is wrapped
SHEET_NAME_LIMIT = 31
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# What readers of CSV stop at, and half a character, which cannot be written.
_NOT_IN_CSV = re.compile(r"[\x00\ud800-\udfff]")
# Blanks and what is not seen: programs may leave it out before they look whether a formula begins.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x20\x7f-\xa0\xad\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f"
    r"\u3000\ud800-\udfff\ufeff\ufffd-\uffff]*"
)
_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\]")


def printable(text: str) -> str:
    """Return a text without what neither XML nor calendars can hold: control characters, half ones."""
    return _NOT_IN_XML.sub("", text)


def safe_cell(value: object) -> str:
    """Return a cell of a CSV file; a text that a spreadsheet would run gets a leading apostrophe."""
    text = "" if value is None else _NOT_IN_CSV.sub("\N{REPLACEMENT CHARACTER}", str(value))
    return f"'{text}" if isinstance(value, str) and starts_formula(text) else text


def starts_formula(text: str) -> bool:
    """Tell whether a spreadsheet may take a text for a formula; what is not seen before it does not help."""
    return _UNSEEN.sub("", text, count=1).startswith(FORMULA_STARTS)


def csv_table(columns: Sequence[str], rows: Iterable[Row]) -> str:
    """Return a table as CSV, with the line ends that RFC 4180 asks for."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([safe_cell(column) for column in columns])
    writer.writerows([safe_cell(value) for value in row] for row in rows)
    return text.getvalue()


def workbook(sheets: Mapping[str, tuple[Sequence[str], Iterable[Row]]]) -> bytes:
    """Return tables as an Excel workbook, one sheet each.

    The header is bold and kept in sight, columns are as wide as what they hold, long texts are wrapped.

    Parameters
    ----------
    sheets
        Name of the sheet to its columns and rows. Cells hold text, numbers, dates, yes or no, or nothing.
    """
    import openpyxl
    from openpyxl.utils import get_column_letter

    book = openpyxl.Workbook(write_only=True)
    for name, (columns, rows) in sheets.items():
        sheet = book.create_sheet(_NOT_IN_SHEET_NAMES.sub(" ", name)[:SHEET_NAME_LIMIT])
        sheet.freeze_panes = "A2"
        rows = list(rows)
        for number, cells in enumerate(zip_longest(columns, *rows, fillvalue=""), start=1):
            longest = max(len(str(value)) for value in cells)
            sheet.column_dimensions[get_column_letter(number)].width = min(
                max(longest + 2, WIDTHS[0]), WIDTHS[1]
            )
        sheet.append([_excel_cell(sheet, column, bold=True) for column in columns])
        for row in rows:
            sheet.append([_excel_cell(sheet, value) for value in row])
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def _excel_cell(sheet: WriteOnlyWorksheet, value: object, *, bold: bool = False) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font

    if isinstance(value, datetime) and value.tzinfo is not None:
        value = value.isoformat(sep=" ")  # Excel knows no time zones
    plain: Any = value
    if value is None or isinstance(value, (bool, int, float, date, datetime)):
        cell = WriteOnlyCell(sheet, plain)
    else:
        text = printable(str(value))[:CELL_LIMIT]
        cell = WriteOnlyCell(sheet, text)
        cell.data_type = "s"  # openpyxl would make a formula of what starts with an equals sign
        if starts_formula(text):
            cell.quotePrefix = True  # so that Excel keeps it a text when somebody edits it
    cell.alignment = Alignment(vertical="top", wrap_text=len(str(value)) + 2 > WIDTHS[1])
    if bold:
        cell.font = Font(bold=True)
    return cell

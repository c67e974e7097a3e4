"""Excel workbooks and JSON documents, read whole and guarded: neither may fill the memory."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from graph.errors import Fault, InputError
from graph.imports.cells import shown

# What reports call it, what may name its form, header, numbered rows.
Part = tuple[str, tuple[str, ...], tuple[str, ...], list[tuple[int, Sequence[object]]]]

# Real workbooks unpack to some ten times their size; these bounds leave room for odd ones.
UNPACKED_LIMIT = 256 << 20
RATIO_LIMIT = 200
SMALL_MEMBER = 8 << 20
MEMBERS_LIMIT = 5_000
COLUMNS_LIMIT = 1_000
# Excel's own; a row may claim any number, and those before it are then taken for blank ones.
ROWS_LIMIT = 1 << 20
JSON_LIMIT = 64 << 20
FORMULA = b"<f"
ERRORS = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"})


def read_workbook(file: str, path: Path) -> list[Part]:
    """Return the sheets of a workbook; one that has a single sheet may be named by sheet or file.

    Raises
    ------
    InputError
        No workbook, or one that unpacks to more than it should.
    """
    _guard(file, path)
    try:
        # openpyxl leaves a file of its own open where reading stops half-way.
        with path.open("rb") as raw, path.open("rb") as again:
            return _read_sheets(file, path, raw, again)
    except InputError:
        raise
    except Exception as error:  # openpyxl lets whatever a broken part raises through
        raise _refused(file, f"cannot be read as an Excel workbook ({type(error).__name__})") from None


def _read_sheets(file: str, path: Path, raw: BinaryIO, again: BinaryIO) -> list[Part]:
    import openpyxl
    from openpyxl.utils.datetime import WINDOWS_EPOCH

    book = openpyxl.load_workbook(raw, read_only=True, data_only=True)
    if book.epoch != WINDOWS_EPOCH:
        raise _refused(file, "counts days from 1904; save it with Excel's usual date system")
    formulas = openpyxl.load_workbook(again, read_only=True) if _has_formulas(path) else None
    parts: list[Part] = []
    single = len(book.worksheets) == 1
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # the file's own claim may be wrong
        label = file if single else f"{file}:{sheet.title}"
        names = (sheet.title, path.stem) if single else (sheet.title,)
        if formulas is not None:
            _check_formulas(label, sheet, formulas[sheet.title])
        rows = list(_sheet_rows(label, sheet))
        header = tuple(str(cell).strip() if cell is not None else "" for cell in rows[0][1]) if rows else ()
        if rows or single:
            parts.append((label, names, header, rows[1:]))
    return parts


def _has_formulas(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        sheets = [one for one in archive.namelist() if one.startswith("xl/worksheets/")]
        return any(FORMULA in archive.read(one) for one in sheets)


def _check_formulas(file: str, values: Any, formulas: Any) -> None:
    """Refuse a formula that no program has worked out: its cell would pass for an empty one."""
    formulas.reset_dimensions()
    worked_out = values.iter_rows(values_only=True)
    both = islice(zip(worked_out, formulas.iter_rows(), strict=False), ROWS_LIMIT)
    for number, (row, cells) in enumerate(both, start=1):
        for value, cell in zip(row, cells, strict=False):
            if value is None and cell.data_type == "f":
                where = f"{file}, row {number}, column {cell.column_letter}"
                message = "is a formula without its result; open the file in a spreadsheet and save it"
                text = shown(cell.value)
                raise InputError(
                    f"{where}: {text} {message}.",
                    errors=[Fault(file, number, cell.column_letter, text, message)],
                )


def _guard(file: str, path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError):  # the latter where it claims an unknown version of ZIP
        raise _refused(file, "is no Excel workbook (.xlsx)") from None
    unpacked = sum(member.file_size for member in members)
    swollen = any(
        member.file_size > SMALL_MEMBER and member.file_size > RATIO_LIMIT * max(1, member.compress_size)
        for member in members
    )
    if unpacked > UNPACKED_LIMIT or swollen or len(members) > MEMBERS_LIMIT:
        raise _refused(
            file,
            f"would unpack to {unpacked >> 20:,} MB, more than a workbook of its size holds; save it as CSV",
        )


def _sheet_rows(file: str, sheet: Any) -> Iterator[tuple[int, Sequence[object]]]:
    width = 0
    for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
        if number > ROWS_LIMIT:
            raise _refused(file, f"lies beyond the {ROWS_LIMIT:,} rows that a sheet of Excel has", number)
        values = list(cells)
        while values and values[-1] is None:
            values.pop()
        if not values:
            continue
        if len(values) > COLUMNS_LIMIT:
            raise _refused(file, f"has more than {COLUMNS_LIMIT:,} columns", number)
        width = width or len(values)
        for index, value in enumerate(values):
            if isinstance(value, str) and value in ERRORS:
                raise InputError(
                    f"{file}, row {number}, column {index + 1} holds Excel's error {value}.",
                    errors=[Fault(file, number, str(index + 1), value, "is an error of Excel's")],
                )
        if any(value is not None for value in values[width:]):
            raise _refused(file, f"has {len(values)} cells, the header {width}", number)
        yield number, values


def from_excel_day(number: float) -> datetime:
    """Return the moment that Excel counts as this number of days.

    Raises
    ------
    ValueError
        Outside the years 1900 to 9999.
    """
    if not 61 <= number < 2_958_466:
        raise ValueError("is no date; Excel counts days from 1900")
    return datetime.combine(date(1899, 12, 30), datetime.min.time()) + timedelta(days=number)


def read_json(file: str, path: Path) -> list[Part]:
    """Return the lists of a JSON document, their rows numbered from 1; the file names a bare list.

    Raises
    ------
    InputError
        No JSON, or neither a list of objects nor an object of such lists.
    """
    if path.stat().st_size > JSON_LIMIT:
        raise _refused(file, f"has more than {JSON_LIMIT >> 20} MB; save it as CSV")
    raw = path.read_bytes()
    try:
        document = json.loads(raw.decode(json.detect_encoding(raw)), object_pairs_hook=_once)
    except RecursionError:
        raise _refused(file, "cannot be read as JSON (it is nested too deeply)") from None
    except ValueError as error:
        raise _refused(file, f"cannot be read as JSON ({error})") from None
    if isinstance(document, list):
        return [_json_part(file, path.stem, document)]
    if isinstance(document, dict):
        return [_json_part(f"{file}:{key}", str(key), value) for key, value in document.items()]
    raise _refused(file, "is neither a list of objects nor an object of such lists")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"an object names {twice!r} twice")
    return found


def _json_part(label: str, name: str, value: object) -> Part:
    objects = value if isinstance(value, list) else []
    if label.endswith(f":{name}") and not any(isinstance(one, dict) for one in objects):
        objects = []  # beside the lists a document may say other things
    header = tuple(dict.fromkeys(key for one in objects if isinstance(one, dict) for key in one))
    rows: list[tuple[int, Sequence[object]]] = []
    for number, one in enumerate(objects, start=1):
        if not isinstance(one, dict):
            raise _refused(label, "is no object", number)
        rows.append((number, [one.get(key) for key in header]))
    return label, (name,), header, rows


def _refused(file: str, message: str, row: int | None = None) -> InputError:
    where = f"{file}, row {row}" if row is not None else file
    return InputError(f"{where} {message}.", errors=[Fault(file, row, None, None, message)])

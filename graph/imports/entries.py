"""The rows of a form by key: dates in one order, every cell checked.

An entry keeps the places it was read from. Rows of one key are one thing said several times: what they add up
to is kept, and a contradiction is refused.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from graph.imports.bindings import Binding, Cells, Source
from graph.imports.cells import (
    NAME_LIMIT,
    TEXT_LIMIT,
    Key,
    Stated,
    as_text,
    check_text,
    read_boolean,
    read_number,
    shown,
)
from graph.imports.dates import DateCell, DateOrder, read_moment, settle_order, split_moment
from graph.imports.forms import FORMS, Column, Form
from graph.imports.records import subject_of
from graph.imports.report import Ledger, Place
from graph.imports.workbooks import from_excel_day
from graph.wording import count

LISTS = frozenset({"people", "kinds"})
REFERENCES = frozenset({"person", "people", "organisation"})
LONG = frozenset({"attendees", "evidence", "subject", "title"})
DATES = frozenset({"date", "moment"})


@dataclass(slots=True)
class Entry:
    """What the rows of one key say, by form column; a column that nobody filled is not there.

    Attributes
    ----------
    parts
        Numbers that add up, by column, until all rows are read.
    """

    values: dict[str, Any]
    places: list[Place]
    mapped: bool
    parts: dict[str, list[float]] = field(default_factory=dict)

    def get(self, column: str) -> Any:
        """Return the value of a column, None if nobody filled it."""
        return self.values.get(column)


def settle_dates(bindings: Sequence[Binding], told: DateOrder | None, ledger: Ledger) -> dict[str, DateOrder]:
    """Return the date order of each file, by path; a file without one is a fault."""
    cells: dict[str, dict[str, DateCell]] = {}
    for binding in bindings:
        dated = [source for source in binding.sources if source.column.holds in DATES]
        texts = cells.setdefault(str(binding.table.path), {})
        if not dated:
            continue
        for number, row in binding.rows():
            for source in dated:
                value = source.read(row)
                if value is None or value == "" or not isinstance(value, str):
                    continue
                text = split_moment(value.strip())[0]
                if text and text not in texts:
                    heading = source.heading_of(row)
                    texts[text] = DateCell(binding.table.file, number, heading, text)
    orders: dict[str, DateOrder] = {}
    for path, found in cells.items():
        order, faults = settle_order(found.values(), told)
        for fault in faults:
            message = f"{shown(fault.value)!r} {fault.message}"
            ledger.fault(fault.file or "", fault.row, fault.column, fault.value, message)
        if order is not None:
            orders[path] = order
    return orders


def read_entries(
    bindings: Sequence[Binding], orders: Mapping[str, DateOrder], ledger: Ledger
) -> dict[str, dict[tuple[Any, ...], Entry]]:
    """Return the rows of every form by key, each cell checked; touchpoints without id by their place."""
    entries: dict[str, dict[tuple[Any, ...], Entry]] = {name: {} for name in FORMS}
    forms_of = Counter(binding.source for binding in bindings)
    _note_malformed(bindings, ledger)
    open_rows: dict[tuple[str, int], _Open] = {}
    used: set[tuple[str, int]] = set()
    # A row about somebody who belongs nowhere gives nothing else either.
    homeless: set[tuple[str, int]] = set()
    for binding in sorted(bindings, key=lambda one: one.form.name != "people"):
        beside = forms_of[binding.source] > 1 and (
            binding.form.name not in ("people", "organisations") or binding.dialect != "generic"
        )
        taken, silent = 0, Counter[str]()
        order = orders.get(str(binding.table.path))
        headings = _Headings(binding)
        form, of_form = binding.form, entries[binding.form.name]
        excel = binding.table.path.suffix.casefold() in (".xlsx", ".xlsm")
        for number, cells in binding.rows():
            taken += 1
            row = (binding.table.file, number)
            ledger.row(*row)
            if _repeats(binding.table.header, cells):
                ledger.fault(*row, None, None, "the row repeats the header")
                continue
            place = Place(*row, headings.of(cells), binding.source)
            if row in homeless:
                continue
            empty = _empty(binding, cells, beside)
            if empty is not None:
                silent[place.heading(empty)] += beside
                if form.name == "people":
                    homeless.add(row)
                open_rows.setdefault(row, _Open(place, empty, subject_of(form.name, *row)))
                continue
            used.add(row)
            values = _values(binding, cells, order, excel, place, ledger)
            if values is None:
                continue
            key = tuple(values.get(column) for column in form.key)
            if form.name == "touchpoints" and key == (None,):
                key = (binding.table.file, number)
            parts = {
                column: [values.pop(column) * factor]
                for column, factor in binding.added.items()
                if column in values
            }
            _add(of_form, key, Entry(values, [place], binding.mapped, parts), form, ledger)
        if form.name not in ("people", "organisations"):
            _note_silent(binding, silent, ledger)
        _note_left_out(binding, taken, ledger)
    for entry in (one for of_form in entries.values() for one in of_form.values()):
        entry.values |= {column: math.fsum(numbers) for column, numbers in entry.parts.items()}
    _count_left_out(bindings, ledger)
    for row, one in open_rows.items():
        if row not in used:
            ledger.find([one.place], one.column, "", "nobody", one.subject)
    return entries


class _Headings:
    """The headings of a binding's columns, which may differ from row to row."""

    def __init__(self, binding: Binding) -> None:
        self._usual = {source.column.name: source.heading for source in binding.sources}
        self._several = [source for source in binding.sources if len(source.origins) > 1]
        self._found: dict[tuple[str, ...], dict[str, str]] = {}

    def of(self, cells: Cells) -> dict[str, str]:
        """Return the heading of each column of the form in a row; rows alike share them."""
        if not self._several:
            return self._usual
        own = tuple(source.heading_of(cells) for source in self._several)
        if own not in self._found:
            names = (source.column.name for source in self._several)
            self._found[own] = self._usual | dict(zip(names, own, strict=True))
        return self._found[own]


def _repeats(header: Sequence[str], cells: Cells) -> bool:
    """Tell whether a row says what the header says; most differ from it in their first cell."""
    if not cells or not header or as_text(cells[0]) != header[0]:
        return False
    return tuple(map(as_text, cells)) == header


@dataclass(frozen=True, slots=True)
class _Open:
    """A row that names nobody where a form needs somebody."""

    place: Place
    column: str
    subject: str


def _empty(binding: Binding, cells: Cells, beside: bool) -> str | None:
    """Return a column that a row leaves open although the form needs it, where that is no fault.

    A line about a person may well name no owner, say: then it gives no tie. And in somebody's own file a
    reference may be open: a deal without an account, a contact without a company.
    """
    if not (beside or binding.mapped):
        return None
    for one in binding.sources:
        column = one.column
        if column.required and (beside or column.holds in REFERENCES) and as_text(one.read(cells)) == "":
            return column.name
    return None


def _note_malformed(bindings: Sequence[Binding], ledger: Ledger) -> None:
    """Note the rows with more cells than the header: findings where the mapping says so, else faults."""
    tables = {binding.source: binding.table for binding in bindings}
    kept_out = {binding.source for binding in bindings if binding.malformed_found}
    for source, table in tables.items():
        for number, cells in table.malformed():
            text = (table.separator or "").join(as_text(cell) for cell in cells)
            if source in kept_out:
                subject = subject_of("row", table.file, number)
                ledger.keep_out(Place(table.file, number, {}, source), text, subject)
            else:
                message = f"has {len(cells)} cells, the header {table.width}"
                ledger.malformed(table.file, number, text, message)


def _note_silent(binding: Binding, silent: Mapping[str, int], ledger: Ledger) -> None:
    """Say how many rows of a file that fills other forms, too, leave open what this one needs."""
    ledger.warnings += [
        f"{binding.table.file}: {count(number, 'row')} without {heading} "
        f"{'gives' if number == 1 else 'give'} nothing to {binding.form.name}."
        for heading, number in sorted(silent.items())
        if number
    ]


def _note_left_out(binding: Binding, taken: int, ledger: Ledger) -> None:
    if not binding.where and not binding.left:
        return
    left_out = sum(1 for _ in binding.table.rows()) - taken
    if left_out:
        who = binding.left or "the mapping's where"
        ledger.warnings.append(
            f"{binding.table.file}: {who} leaves {count(left_out, 'row')} out of {binding.form.name}."
        )


def _count_left_out(bindings: Sequence[Binding], ledger: Ledger) -> None:
    """Count the rows that no form took, of tables of which forms take some."""
    partly = {one.source: one.table for one in bindings if one.where or one.take}
    whole = {one.source for one in bindings if not (one.where or one.take)}
    for source, table in partly.items():
        if source not in whole:
            ledger.leave_out_others(table.file, (number for number, _ in table.rows()))


def _values(
    binding: Binding, cells: Cells, order: DateOrder | None, excel: bool, place: Place, ledger: Ledger
) -> dict[str, Any] | None:
    values: dict[str, Any] = {}
    sound = True
    for source in binding.sources:
        column, raw = source.column, source.read(cells)
        try:
            value = _value(column, raw, order, excel)
        except ValueError as error:
            if binding.malformed_found:
                subject = subject_of("row", place.file, place.row, binding.form.name)
                ledger.find([place], column.name, shown(raw), "malformed", subject)
            else:
                heading, text = _culprit(source, cells, shown(raw), order, excel)
                ledger.fault(place.file, place.row, heading, text, f"{text!r} {error}")
            sound = False
            continue
        if value is not None:
            values[column.name] = value
        elif column.required:
            ledger.fault(place.file, place.row, source.heading, shown(raw), f"{column.name} must be filled")
            sound = False
    return values if sound else None


def _culprit(
    source: Source, cells: Cells, text: str, order: DateOrder | None, excel: bool
) -> tuple[str, str]:
    """Return the heading and the text of the cell that makes what a column says wrong."""
    for heading, read in source.origins:
        own = read(cells)
        try:
            _value(source.column, own, order, excel)
        except ValueError:
            return heading, shown(own)
    return source.heading_of(cells), text


def _value(column: Column, raw: object, order: DateOrder | None, excel: bool) -> Any:
    if raw is None or raw == "":
        return None
    if isinstance(raw, dict) or (isinstance(raw, list) and column.holds not in LISTS):
        raise ValueError("is no single value")
    if column.holds in DATES and order is None:
        return date.min  # its dates are refused already; the other cells shall be named with them
    if column.holds in DATES and not isinstance(raw, str):
        assert order is not None
        return _excel_date(column, raw, order, excel)
    text = raw if isinstance(raw, (Stated, Key)) else as_text(raw)
    if not text:
        return None
    check_text(text, TEXT_LIMIT if column.name in LONG else NAME_LIMIT)
    match column.holds:
        case "number":
            assert column.rule is not None
            number = read_number(raw if isinstance(raw, (int, float)) else text, column.rule)
            if column.rule.values and f"{number:g}" not in column.rule.values:
                raise ValueError(f"must be one of {', '.join(column.rule.values)}")
            return int(number) if column.rule.type == "integer" else number
        case "boolean":
            return read_boolean(text)
        case "date" | "moment":
            assert order is not None
            moment = read_moment(text, order)
            return moment if column.holds == "moment" else moment[0]
        case "people" | "kinds":
            keys: list[str] = [one for one in raw if isinstance(one, Key)] if isinstance(raw, list) else []
            parts = dict.fromkeys(keys or [part.strip() for part in text.split(";")])
            return tuple(part for part in parts if part) or None
        case _:
            return text


def _excel_date(column: Column, raw: object, order: DateOrder, excel: bool) -> Any:
    if excel and isinstance(raw, (int, float)) and not isinstance(raw, bool):
        raw = from_excel_day(raw)
    if isinstance(raw, datetime):
        midnight = raw.time() == datetime.min.time()
        moment: tuple[date, datetime | None] = (raw.date(), None if midnight else raw)
    elif isinstance(raw, date):
        moment = (raw, None)
    else:
        moment = read_moment(as_text(raw), order)
    return moment if column.holds == "moment" else moment[0]


def _add(
    entries: dict[tuple[Any, ...], Entry],
    key: tuple[Any, ...],
    entry: Entry,
    form: Form,
    ledger: Ledger,
) -> None:
    known = entries.setdefault(key, entry)
    if known is entry:
        return
    place = entry.places[0]
    for column, numbers in entry.parts.items():
        known.parts.setdefault(column, []).extend(numbers)
    for column, value in entry.values.items():
        said = known.values.setdefault(column, value)
        if said != value:
            first = known.places[0]
            what = " and ".join(str(one) for one in key if one is not None)
            message = f"{form.name} {what} has {said!r} in {first.file}, row {first.row}"
            ledger.fault(place.file, place.row, place.heading(column), shown(value), message)
    known.places.append(place)
    known.mapped = known.mapped or entry.mapped

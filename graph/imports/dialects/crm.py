"""What the exports of all CRM products share: objects known by their headings, ids, owners, departments.

The headings stand in `headings.csv`, each with the language of the export (`api` for the names of a data
interface) and how it is known: `observed` in a real export, `documented` by the vendor, or `assumed`.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache, partial
from pathlib import Path

from graph.imports.bindings import Binding, Cells
from graph.imports.cells import NO, YES, Key, Stated, as_text, shown
from graph.imports.dialects.dialect import Context, Headings, Made, Offer, fill
from graph.imports.sources import Row, Table
from graph.imports.titles import TitleReader
from graph.policy import fold

NO_OURS = "not knowing who we are (--ours NAME, or ours: in a mapping file)"

# A cell of a row by the name of its field; empty text where the export has no such column.
Field = Callable[[str], str]


@lru_cache(maxsize=1)
def _table() -> Mapping[tuple[str, str], Mapping[str, tuple[str, ...]]]:
    found: dict[tuple[str, str], dict[str, tuple[str, ...]]] = {}
    with (Path(__file__).parent / "headings.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            fields = found.setdefault((row["dialect"], row["object"]), {})
            fields[row["field"]] = (*fields.get(row["field"], ()), row["heading"])
    return found


class Export:
    """A table of an export as one object: which of its columns are which fields."""

    def __init__(self, dialect: str, kind: str, table: Table) -> None:
        headings = Headings(table)
        self.dialect, self.kind, self.table = dialect, kind, table
        self.fields: dict[str, tuple[str, ...]] = {}
        for field, names in _table().get((dialect, kind), {}).items():
            own = tuple(dict.fromkeys(one for name in names if (one := headings.find(name)) is not None))
            if own:
                self.fields[field] = own

    def has(self, *fields: str) -> bool:
        """Tell whether the table has one of the fields."""
        return any(field in self.fields for field in fields)

    def heading(self, *fields: str) -> str:
        """Return the heading that reports name for the first of the fields that the table has."""
        return next((self.fields[field][0] for field in fields if field in self.fields), fields[0])

    def headings(self, *fields: str) -> str:
        """Return the headings of the fields that the table has, to be read by people."""
        return ", ".join(self.fields[field][0] for field in fields if field in self.fields)

    def all_headings(self, *fields: str) -> tuple[str, ...]:
        """Return every heading of the fields that the table has."""
        return tuple(one for field in fields for one in self.fields.get(field, ()))

    def made(self, make: Callable[[Field], object], *fields: str) -> Made | None:
        """Return a cell made of fields; None where the table has none of them."""
        if not self.has(*fields):
            return None

        def from_row(cell: Callable[[str], str]) -> object:
            return make(lambda field: self._first(cell, field))

        return Made(self.heading(*fields), from_row, headings=self.all_headings(*fields))

    def date(self, *fields: str, otherwise: date | None = None) -> Made | None:
        """Return the first date of fields that is filled; None where the table has none of them."""
        if not self.has(*fields):
            return None
        headings = self.all_headings(*fields)

        def first(cell: Callable[[str], object]) -> object:
            return next((value for one in headings if as_text(value := cell(one))), otherwise)

        return Made(self.heading(*fields), first, raw=True, headings=headings)

    def column(self, field: str) -> Made | None:
        """Return the cell of a field as it stands there."""
        return self.made(lambda value: value(field), field)

    def rows(self) -> Iterator[Field]:
        """Return the rows as functions from field to text, to look through them beforehand."""
        headings = Headings(self.table)
        for _, cells in self.table.rows():
            yield self._reader(headings, cells)

    def taking(self, wanted: Callable[[Field], bool]) -> Callable[[Cells], bool]:
        """Return what tells from the cells of a row whether it is wanted."""
        headings = Headings(self.table)
        return lambda cells: wanted(self._reader(headings, cells))

    def each(self, field: str) -> Export:
        """Return the export with a row for each of the values that a cell of the field holds."""
        headings = Headings(self.table)
        at = [headings.index(one) for one in self.fields.get(field, ())]

        def rows(table: Table) -> Iterator[Row]:
            for number, cells in table.filled():
                place = next((one for one in at if one < len(cells) and as_text(cells[one])), None)
                values = [] if place is None else as_text(cells[place]).split(";")
                for value in values or [""]:
                    changed = list(cells)
                    if place is not None:
                        changed[place] = value.strip()
                    yield number, changed

        several = copy(self)
        several.table = replace(self.table, _rows=partial(rows, self.table))
        return several

    def fill(
        self,
        form: str,
        columns: Mapping[str, Made | None],
        *,
        take: Callable[[Field], bool] | None = None,
        left: str = "",
    ) -> Binding:
        """Return how the table fills a form, from the rows to take."""
        binding = fill(self.table, form, dict(columns), self.dialect)
        return binding if take is None else replace(binding, take=self.taking(take), left=left)

    def _reader(self, headings: Headings, cells: Cells) -> Field:
        def cell(heading: str) -> str:
            index = headings.index(heading)
            return as_text(cells[index] if index < len(cells) else None)

        return lambda field: self._first(cell, field)

    def _first(self, cell: Callable[[str], str], field: str) -> str:
        return next((text for one in self.fields.get(field, ()) if (text := cell(one))), "")


@dataclass(frozen=True)
class ObjectKind:
    """One kind of object of a product's export.

    Attributes
    ----------
    needs
        Groups of fields; of each group the table must have one.
    marks
        Fields of which one at least tells the product from others; not asked for where the user named it.
    never
        Headings that an export of this kind has not.
    """

    name: str
    plural: str
    needs: tuple[tuple[str, ...], ...]
    marks: tuple[str, ...] = ()
    never: tuple[str, ...] = ()


def export_of(dialect: str, kinds: Sequence[ObjectKind], table: Table, *, forced: bool) -> Export | None:
    """Return a table as the first kind of object that its headings fit."""
    folded = {fold(heading) for heading in table.header}
    for kind in kinds:
        export = Export(dialect, kind.name, table)
        if (
            all(export.has(*group) for group in kind.needs)
            and (forced or not kind.marks or export.has(*kind.marks))
            and not any(fold(one) in folded for one in kind.never)
        ):
            return export
    return None


class CrmDialect:
    """A CRM product: its objects by their headings, and the reasons in sentences."""

    name: str
    product: str
    kinds: tuple[ObjectKind, ...]

    def recognise(self, offer: Offer, *, forced: bool) -> str | None:
        """Return why a table is of this product."""
        if offer.table is None:
            return None
        export = export_of(self.name, self.kinds, offer.table, forced=forced)
        if export is None:
            return None
        kind = next(one for one in self.kinds if one.name == export.kind)
        fields = [*(field for group in kind.needs for field in group), *kind.marks]
        said = export.headings(*dict.fromkeys(fields))
        return f"The headings {said} are those of {kind.plural} exported from {self.product}."

    def missing(self, offer: Offer) -> str:
        """Return which headings an offer lacks."""
        if offer.table is None:
            return "is no table"
        wants = []
        for kind in self.kinds:
            export = Export(self.name, kind.name, offer.table)
            lacks = [
                _table()[self.name, kind.name][group[0]][0] for group in kind.needs if not export.has(*group)
            ]
            wants.append(f"{', '.join(lacks) or 'nothing'} for {kind.plural}")
        return f"lacks {'; '.join(wants)}"

    def exports(self, offers: Sequence[Offer], context: Context) -> dict[str, list[Export]]:
        """Return the offered tables by kind of object; doubled headings that contradict are faults."""
        found: dict[str, list[Export]] = {kind.name: [] for kind in self.kinds}
        for offer in offers:
            assert offer.table is not None
            export = export_of(self.name, self.kinds, offer.table, forced=True)
            assert export is not None
            check_doubled(export, context)
            found[export.kind].append(export)
        return found


def full_name(value: Field) -> str:
    """Return somebody's name, put together from its parts if need be."""
    parts = " ".join(part for part in (value("first_name"), value("last_name")) if part)
    return parts or value("full_name")


def first_of(text: str) -> str:
    """Return the first of several values, which an export separates by `;`."""
    return next((part.strip() for part in text.split(";") if part.strip()), "")


def key(dialect: str, id_: str, said: str | None = None, heading: str | None = None) -> Key:
    """Return the id under which an object of a product stands in the graph; empty stays empty.

    Parameters
    ----------
    said, heading
        What the cell says, where that is not the id, and under which heading.
    """
    return Key(f"{dialect}:{id_}" if id_ else "", id_ if said is None else said, heading)


def yes(text: str) -> bool:
    """Tell whether a flag of an export is set."""
    return fold(text) in YES


def check_doubled(export: Export, context: Context) -> None:
    """Refuse a heading that stands there twice and says two things, if anything is read from it."""
    table = export.table
    for heading in dict.fromkeys(one for names in export.fields.values() for one in names):
        places = [index for index, one in enumerate(table.header) if fold(one) == fold(heading)]
        for number, cells in table.rows() if len(places) > 1 else ():
            texts = [as_text(cells[index]) if index < len(cells) else "" for index in places]
            if len(set(texts)) > 1:
                said = " and ".join(repr(shown(text)) for text in dict.fromkeys(texts))
                message = (
                    f"{len(places)} columns are called so, and row {number} says {said}; rename all but one"
                )
                context.ledger.fault(table.file, 1, heading, None, message)
                break


def check_flags(export: Export, field: str, context: Context) -> None:
    """Refuse what is neither yes nor no in a column that decides whether a row counts."""
    headings = Headings(export.table)
    for heading in export.fields.get(field, ()):
        index = headings.index(heading)
        for number, cells in export.table.rows():
            text = as_text(cells[index]) if index < len(cells) else ""
            if text and fold(text) not in YES | NO:
                message = f"{shown(text)!r} is neither yes nor no"
                context.ledger.fault(export.table.file, number, heading, text, message)


class Departments:
    """Departments of a CRM as functions of the table.

    A department that the table of titles can read is that function. Another stays as it is written, which
    is asked about, unless the title of the person tells the function.
    """

    def __init__(self, context: Context) -> None:
        self._titles = TitleReader(context.policy)
        self._kinds = {fold(kind): kind for kind in context.policy.functions}

    def function(self, value: Field) -> str:
        """Return the function of somebody whose row has a department."""
        name = value("department")
        if not name:
            return ""
        known = self._kinds.get(fold(name)) or self._titles.read(name).function
        if known is not None:
            return Stated(known)
        return "" if self._titles.read(value("title")).function else name


def owned(
    export: Export, form: str, columns: Mapping[str, Made | None], context: Context
) -> tuple[Binding, ...]:
    """Return the lines that owners give, who are ours; where nobody knows who we are, they wait for that."""
    if not all(columns.values()):
        return ()
    if context.ours is None:
        return (export.fill(form, columns, take=lambda value: False, left=NO_OURS),)
    return (export.fill(form, columns),)


def kinds_by(words: Mapping[str, str]) -> Callable[[str], str]:
    """Return what reads the type of an account as the kinds of the form; other types say nothing."""
    folded = {fold(word): kinds for word, kinds in words.items()}
    return lambda text: folded.get(fold(text), "")

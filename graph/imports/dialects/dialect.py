"""What a dialect is: how the export of a product is recognised, and how its tables fill the generic form.

Every file that the mapping does not name is offered to the dialects, first as a whole (a mailbox and a
calendar are known by how they start), then each of its tables (a product is known by its headings). What a
dialect recognised it binds in one go, since one file of an export refers to another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from graph.errors import InputError
from graph.imports.bindings import Binding, Cells, Source, source_of
from graph.imports.cells import as_text
from graph.imports.dates import DateOrder
from graph.imports.forms import FORMS
from graph.imports.mail.occasions import Log
from graph.imports.records import Known
from graph.imports.report import Ledger
from graph.imports.sources import Table
from graph.policy import Policy, fold

# How a cell of the form is made from a row, given a function from heading to what stands under it.
Maker = Callable[[Callable[[str], Any]], object]


@dataclass(frozen=True)
class Offer:
    """A file that no mapping names, or a table of it.

    Attributes
    ----------
    file
        What reports call the file.
    start
        The first bytes of the file.
    table
        None where the file is offered as a whole.
    """

    file: str
    path: Path
    start: bytes
    table: Table | None = None


@dataclass(frozen=True)
class Context:
    """What a dialect may need beside the files.

    Attributes
    ----------
    ours
        Who we are, by id or name, where the mapping file says so.
    encoding
        Of text files that are not UTF-8, where the mapping file says so.
    ledger
        For warnings; a dialect that leaves something out says so there.
    dates
        The order of day, month and year, where the user says it.
    logs
        Where a dialect puts files that fill no form: they are read when the people are known.
    """

    policy: Policy
    today: date
    known: Known
    ours: str | None
    encoding: str | None
    ledger: Ledger
    dates: DateOrder | None = None
    logs: list[Log] = field(default_factory=list)


class Dialect(Protocol):
    """How files of one product or kind are read."""

    @property
    def name(self) -> str:
        """Return the word that `--dialect` knows it by."""

    def recognise(self, offer: Offer, *, forced: bool) -> str | None:
        """Return a sentence that says why the offer is of this dialect; None where it is not.

        Parameters
        ----------
        forced
            The user named the dialect: what is needed to read the offer is enough, even where another
            dialect has the same headings.
        """

    def missing(self, offer: Offer) -> str:
        """Return what an offer that was not recognised would need, to end "X is no export of Y: …"."""

    def bind(self, offers: Sequence[Offer], context: Context) -> Sequence[Binding]:
        """Return the forms that the recognised offers fill."""


@dataclass(frozen=True)
class Made:
    """A cell that is made from several of a row, or from a part of one.

    Attributes
    ----------
    heading
        What reports name, where none of the headings tells.
    make
        Makes it, from cells as text; with `raw` from cells as they are, which Excel's dates need.
    headings
        Of the cells that it is made of.
    """

    heading: str
    make: Maker
    raw: bool = False
    headings: tuple[str, ...] = ()


class Headings:
    """The headings of a table, found without regard to case, spaces, hyphens and underscores."""

    def __init__(self, table: Table) -> None:
        self._index: dict[str, int] = {}
        self._places: dict[str, int] = {}
        for index, heading in enumerate(table.header):
            self._places[heading] = self._index.setdefault(fold(heading), index)
        self._header = table.header

    def find(self, *names: str) -> str | None:
        """Return the table's own heading for the first of the names that it has."""
        index = next((self._index[fold(name)] for name in names if fold(name) in self._index), None)
        return None if index is None else self._header[index]

    def index(self, heading: str) -> int:
        """Return the place of a heading as the table writes it."""
        return self._places[heading]


def fill(table: Table, form: str, columns: dict[str, str | Made | None], dialect: str) -> Binding:
    """Return how a table fills a form.

    Parameters
    ----------
    columns
        Column of the form to the table's heading or to what is made of the row; None leaves it out.
    """
    headings = Headings(table)

    def plain(heading: str) -> Callable[[Cells], object]:
        index = headings.index(heading)
        return lambda cells: cells[index] if index < len(cells) else None

    def made(said: Made) -> Callable[[Cells], object]:
        def read(cells: Cells) -> object:
            def cell(heading: str) -> Any:
                index = headings.index(heading)
                value = cells[index] if index < len(cells) else None
                return value if said.raw else as_text(value)

            return said.make(cell)

        return read

    def text(heading: str) -> Callable[[Cells], str]:
        read = plain(heading)
        return lambda cells: as_text(read(cells))

    sources = tuple(
        Source(FORMS[form].columns[column], said, plain(said))
        if isinstance(said, str)
        else Source(
            FORMS[form].columns[column],
            said.heading,
            made(said),
            tuple((heading, text(heading)) for heading in said.headings),
        )
        for column, said in columns.items()
        if said is not None
    )
    return Binding(FORMS[form], table, sources, mapped=True, source=source_of(table), dialect=dialect)


def fill_ready(table: Table, form: str, dialect: str) -> Binding:
    """Return how a table whose headings are columns of the form already fills it."""
    return fill(table, form, {heading: heading for heading in table.header}, dialect)


def refuse_unrecognised(dialect: Dialect, offers: Sequence[Offer]) -> InputError:
    """Return the refusal of files of which none is what the user said they are."""
    said = "; ".join(f"{offer.file} {dialect.missing(offer)}" for offer in offers)
    return InputError(f"--dialect {dialect.name}: no file is an export of {dialect.name}: {said}.")

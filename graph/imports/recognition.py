"""Files to the forms that they fill: by the mapping, by the name of a form, or by a dialect.

A mapping file beats recognition for the files that it names; a table that is called as a form and has its
columns is of the generic form; the rest is offered to the dialects.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path

from graph.errors import Fault, InputError
from graph.imports.bindings import Binding, bind, form_of, mended, numbered
from graph.imports.cells import as_text, shown
from graph.imports.dialects import DIALECTS, GENERIC, NAMES, Context, Dialect, Offer, refuse_unrecognised
from graph.imports.forms import FORMS, form_named
from graph.imports.mapping import ImportMapping
from graph.imports.report import Question
from graph.imports.sources import SUFFIXES, Table, list_files, open_tables
from graph.policy import fold

# Enough for the first headers of a mail or the first properties of a calendar.
START = 1 << 16
SHOWN = 5
TELLING = 3


@dataclass(frozen=True, slots=True)
class Listed:
    """A file, or a table of one, with what was found out about it."""

    file: str
    dialect: str | None = None
    encoding: str | None = None
    separator: str | None = None
    why: str | None = None


@dataclass(frozen=True)
class Recognised:
    """The forms that files fill, and every file with its dialect and the reason."""

    bindings: tuple[Binding, ...]
    listed: tuple[Listed, ...]


def recognise(
    paths: Sequence[Path], mapping: Path | None, plan: ImportMapping, dialect: str, context: Context
) -> Recognised:
    """Return the forms that files fill.

    Raises
    ------
    InputError
        No file can be used, or none is of the dialect that the user named.
    """
    search = _Search(plan, dialect, _wanted(dialect), context)
    own = mapping.resolve() if mapping is not None else None
    for file, path in list_files(paths):
        if path != own:
            search.file(file, path)
    bindings = search.bindings()
    if not bindings and not context.logs and search.wanted and dialect != "auto":
        raise refuse_unrecognised(search.wanted[0], search.refused)
    listed = tuple(sorted(search.listed, key=lambda one: one.file))
    _warn(bindings, listed, plan, context, dialect)
    return Recognised(bindings, listed)


class _Search:
    """Goes through the files and keeps what it finds out about each."""

    def __init__(
        self, plan: ImportMapping, dialect: str, wanted: tuple[Dialect, ...], context: Context
    ) -> None:
        self.wanted = wanted
        self.listed: list[Listed] = []
        self.refused: list[Offer] = []
        self._plan, self._dialect, self._context = plan, dialect, context
        self._told: list[Binding] = []
        self._offers: dict[str, list[Offer]] = defaultdict(list)

    def file(self, file: str, path: Path) -> None:
        """Find out what a file is, as a whole or table by table."""
        if self._plan.ignores(file):
            self._ignore(file, _tables(file, path, self._plan))
            return
        whole = Offer(file, path, _start(path))
        if not self._plan.names(file) and self._taken(whole, Listed(file)):
            return
        if path.suffix.casefold() not in SUFFIXES:
            _refuse_unreadable(file, self._plan)
            self._leave(whole)
            return
        for table in open_tables(file, path, self._plan.encoding):
            self._table(
                numbered(mended(table, self._plan), self._plan), Offer(table.file, path, whole.start, table)
            )

    def _table(self, table: Table, offer: Offer) -> None:
        if self._plan.ignores(table.file):
            self._ignore(table.file, [table])
            return
        generic = self._dialect in ("auto", GENERIC)
        said = Listed(table.file, GENERIC, table.encoding, table.separator)
        if self._plan.forms_of(table.file):
            self._bind(table, said, f"{self._plan.file} says what its columns mean.")
        elif generic and _has_form(table, all):
            self._bind(table, said, "It is called as a form and has its columns.")
        elif self._taken(offer, said):
            self._ask(table)
        elif generic and (_has_form(table, any) or (form_of(table) is not None and not table.header)):
            self._bind(table, said, "It is called as a form.")
        else:
            self._leave(offer)

    def _bind(self, table: Table, said: Listed, why: str) -> None:
        self._told += bind(table, self._plan, self._context.ledger)
        self.listed.append(replace(said, why=why))
        self._ask(table)

    def _taken(self, offer: Offer, said: Listed) -> bool:
        """Offer something to the dialects; tell whether one took it."""
        for one in self.wanted:
            why = one.recognise(offer, forced=self._dialect != "auto")
            if why is not None:
                self._offers[one.name].append(offer)
                self.listed.append(replace(said, dialect=one.name, why=why))
                return True
        return False

    def _ignore(self, file: str, tables: Sequence[Table]) -> None:
        self.listed.append(Listed(file, why=f"{self._plan.file} says that it is not used."))
        self._context.ledger.leave_out(file, sum(map(_rows_of, tables)))

    def _leave(self, offer: Offer) -> None:
        self.listed.append(Listed(offer.file))
        self.refused.append(offer)
        if offer.table is not None:
            self._context.ledger.leave_out(offer.file, _rows_of(offer.table))

    def _ask(self, table: Table) -> None:
        if table.unsure:
            words = ", ".join(_telling_words(table))
            self._context.ledger.questions.append(
                Question(
                    table.file,
                    None,
                    None,
                    table.encoding,
                    f"{table.file} is not UTF-8 and was read as {table.encoding}"
                    + (f", in which it says {words}" if words else "")
                    + "; is that right? encoding: in a mapping file says it",
                )
            )

    def bindings(self) -> tuple[Binding, ...]:
        """Return all forms that are filled; each dialect binds what it took in one go."""
        by_dialect = (
            one.bind(self._offers[one.name], self._context) for one in self.wanted if self._offers[one.name]
        )
        return (*self._told, *(binding for bound in by_dialect for binding in bound))


def _telling_words(table: Table) -> list[str]:
    """Return the first words of a table that another encoding would spell differently."""
    rows = chain([table.header], (cells for _, cells in table.filled()))
    words = (word for cells in rows for cell in cells for word in as_text(cell).split())
    return list(islice(dict.fromkeys(shown(word) for word in words if not word.isascii()), TELLING))


def _has_form(table: Table, quantity: Callable[[Iterable[bool]], bool]) -> bool:
    """Tell whether a table is called as a form and has all, or any, of the columns that the form needs."""
    form = form_of(table)
    headings = {fold(heading) for heading in table.header}
    return form is not None and quantity(
        fold(name) in headings for name, one in form.columns.items() if one.required
    )


def _wanted(dialect: str) -> tuple[Dialect, ...]:
    if dialect not in NAMES:
        raise InputError(f"--dialect must be one of {', '.join(NAMES)}, found {dialect!r}.")
    found = tuple(one for one in DIALECTS if dialect in ("auto", one.name))
    if not found and dialect not in ("auto", GENERIC):
        raise InputError(
            f"Exports of {dialect} cannot be read by themselves yet: use the generic form, or a mapping "
            "file (--mapping) that says which columns of the export it needs."
        )
    return found


def _start(path: Path) -> bytes:
    try:
        with path.open("rb") as raw:
            return raw.read(START)
    except OSError as error:
        message = f"cannot be read ({error.strerror or error})"
        raise InputError(
            f"{path.name} {message}.", errors=[Fault(path.name, None, None, None, message)]
        ) from None


def _tables(file: str, path: Path, plan: ImportMapping) -> list[Table]:
    """Return the tables of a file that is not used; what cannot be read has none."""
    if path.suffix.casefold() not in SUFFIXES:
        return []
    try:
        return open_tables(file, path, plan.encoding)
    except InputError:
        return []


def _rows_of(table: Table) -> int:
    """Return how many rows a table has that is not used; 0 where they cannot be read."""
    try:
        return sum(1 for _ in table.filled())
    except InputError:
        return 0


def _refuse_unreadable(file: str, plan: ImportMapping) -> None:
    if form_named(Path(file).stem) or plan.forms_of(file):
        message = "is of a kind that cannot be read; save it as CSV or .xlsx"
        raise InputError(f"{file} {message}.", errors=[Fault(file, None, None, None, message)])


def _warn(
    bindings: Sequence[Binding],
    listed: Sequence[Listed],
    plan: ImportMapping,
    context: Context,
    dialect: str,
) -> None:
    unused = [one.file for one in listed if one.dialect is None]
    if not bindings and not context.logs:
        context.ledger.refuse()
        raise InputError(
            f"None of {', '.join(unused)} is a file of the generic form ({', '.join(FORMS)}) or an export "
            "that is recognised, and no mapping file names one.",
            errors=[Fault(file, None, None, None, "is not recognised") for file in unused],
        )
    what = "an export that is recognised" if dialect == "auto" else f"of the dialect {dialect}"
    # Of a file that the mapping leaves out there is nothing to warn of.
    context.ledger.warnings += [
        f"{one.file} is not used: it is no file of the generic form, nor {what}."
        for one in listed
        if one.dialect is None and one.why is None
    ]
    # A folder of messages may hold thousands, all recognised alike.
    alike: dict[tuple[str | None, str | None], list[str]] = defaultdict(list)
    for one in listed:
        if one.dialect not in (None, GENERIC):
            alike[one.dialect, one.why].append(one.file)
    context.ledger.warnings += [
        f"{_several(files)} read as {read_as}: {why}" for (read_as, why), files in alike.items()
    ]
    present = {one.file.casefold() for one in listed}
    context.ledger.warnings += [
        f"{plan.file} names {file}, which is not among the files."
        for file, forms in plan.files.items()
        if forms and file.casefold() not in present
    ]


def _several(files: Sequence[str]) -> str:
    if len(files) == 1:
        return f"{files[0]} is"
    more = f" and {len(files) - SHOWN:,} more" if len(files) > SHOWN else ""
    return f"{', '.join(files[:SHOWN])}{more} are"

"""Which columns of a table fill which columns of a form: by the mapping, else by the name of the table."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from graph.errors import Fault, InputError
from graph.imports.cells import Key, Stated, as_text
from graph.imports.forms import Column, Form, form_named
from graph.imports.mapping import FINDING, JOIN, TEMPLATE, FormMapping, ImportMapping
from graph.imports.report import Ledger
from graph.imports.sources import Table
from graph.policy import fold

Cells = Sequence[object]
# The value of a mapping's where: that stands for every filled cell.
ANYTHING = "*"
# The heading under which a template finds the number of its row.
ROW_NUMBER = "#"


@dataclass(frozen=True)
class Source:
    """One column of a form as a table fills it.

    Attributes
    ----------
    origins
        Where it is made of several cells of a row: their headings, and what reads them as text.
    """

    column: Column
    heading: str
    read: Callable[[Cells], object]
    origins: tuple[tuple[str, Callable[[Cells], str]], ...] = ()

    def heading_of(self, cells: Cells) -> str:
        """Return the heading under which stands what a row says in this column."""
        raw = self.read(cells)
        text = raw.said if isinstance(raw, Key) else as_text(raw)
        if not text:
            return self.heading
        filled = []
        for heading, read in self.origins:
            own = read(cells)
            if own and (own == text or text in own.split(";")):
                return heading
            if own:
                filled.append(heading)
        return filled[0] if len(filled) == 1 else self.heading


@dataclass(frozen=True)
class Binding:
    """A form and the table that fills it.

    Attributes
    ----------
    where
        Places of cells and the values (folded) of the rows to take.
    take
        Tells whether to take a row, where that is for a dialect to say; `left` says what leaves it out.
    malformed_found
        Rows with too many cells or an unreadable one are findings; they refuse the import otherwise.
    added
        Columns whose numbers add up over the rows of one key, each times a factor.
    """

    form: Form
    table: Table
    sources: tuple[Source, ...]
    where: tuple[tuple[int, frozenset[str]], ...] = ()
    mapped: bool = False
    source: str = ""
    dialect: str = "generic"
    take: Callable[[Cells], bool] | None = None
    left: str = ""
    malformed_found: bool = False
    added: Mapping[str, float] = field(default_factory=dict)

    def rows(self) -> Iterator[tuple[int, Cells]]:
        """Return the rows that the form takes."""
        for number, cells in self.table.rows():
            if all(
                _wanted(as_text(cells[index] if index < len(cells) else None), wanted)
                for index, wanted in self.where
            ) and (self.take is None or self.take(cells)):
                yield number, cells


def _wanted(text: str, wanted: frozenset[str]) -> bool:
    return fold(text) in wanted or (ANYTHING in wanted and text != "")


def source_of(table: Table) -> str:
    """Return what tells this very table from all others, wherever it is called the same."""
    text = f"{table.path}:{table.file}".encode("utf-8", "replace")
    return hashlib.blake2b(text, digest_size=8).hexdigest()


def mended(table: Table, mapping: ImportMapping) -> Table:
    """Return a table with what the mapping says of cells whose separators nobody quoted."""
    said = mapping.malformed_of(table.file)
    if said is None or not said.startswith(JOIN):
        return table
    return replace(table, joined=_index(table, said.removeprefix(JOIN)))


def numbered(table: Table, mapping: ImportMapping) -> Table:
    """Return a table with the numbers of its rows as a column, where the mapping asks for them."""
    texts = (text for one in mapping.forms_of(table.file) for texts in one.columns.values() for text in texts)
    if not any(ROW_NUMBER in TEMPLATE.findall(text) for text in texts):
        return table
    return replace(table, header=(*table.header, ROW_NUMBER), numbered=True)


def form_of(table: Table) -> Form | None:
    """Return the form that a table is named after."""
    return next(filter(None, map(form_named, table.names)), None)


def bind(table: Table, mapping: ImportMapping, ledger: Ledger) -> list[Binding]:
    """Return the forms that a table fills: those of the mapping, else the one it is named after."""
    source = source_of(table)
    mapped = mapping.forms_of(table.file)
    found = mapping.malformed_of(table.file) == FINDING
    if mapped:
        return [
            Binding(
                one.form,
                table,
                _mapped_sources(table, one, ledger),
                tuple((_index(table, heading), wanted) for heading, wanted in one.where.items()),
                True,
                source,
                malformed_found=found,
                added=one.added,
            )
            for one in mapped
        ]
    form = form_of(table)
    if form is None:
        return []
    sources, unused = [], []
    for index, heading in enumerate(table.header):
        column = next((one for one in form.columns.values() if fold(one.name) == fold(heading)), None)
        if column is not None:
            sources.append(Source(column, heading, _cell(index)))
        elif heading:
            unused.append(heading)
    if unused:
        ledger.warnings.append(f"{table.file} has columns that are not used: {', '.join(unused)}.")
    _check_columns(table, form, sources, ledger)
    return [Binding(form, table, tuple(sources), source=source, malformed_found=found)]


def _check_columns(table: Table, form: Form, sources: Sequence[Source], ledger: Ledger) -> None:
    names = [source.column.name for source in sources]
    for name in sorted({name for name in names if names.count(name) > 1}):
        ledger.fault(table.file, 1, name, None, "the column stands there twice")
    for column in form.columns.values():
        if column.required and column.name not in names:
            ledger.fault(table.file, 1, column.name, None, f"{form.name} needs the column {column.name}")


def _mapped_sources(table: Table, one: FormMapping, ledger: Ledger) -> tuple[Source, ...]:
    sources = []
    for name, texts in one.columns.items():
        read = _first([_read(table, text) for text in texts])
        heading = ", ".join(TEMPLATE.findall(texts[0])) or texts[0]
        sources.append(Source(one.form.columns[name], heading, _translated(read, one.values.get(name))))
    sources += [
        Source(one.form.columns[name], name, _constant(Stated(value)))
        for name, value in one.constants.items()
    ]
    names = {source.column.name for source in sources}
    # A column that is called as the form calls it needs no line in the mapping.
    headings_of = [fold(heading) for heading in table.header]
    for name, column in one.form.columns.items():
        if name not in names and headings_of.count(fold(name)) == 1:
            index = headings_of.index(fold(name))
            sources.append(
                Source(column, table.header[index], _translated(_cell(index), one.values.get(name)))
            )
            names.add(name)
    # An export often has names only; a name then is the id.
    by_name = next((source for source in sources if source.column.name == "name"), None)
    if "id" in one.form.columns and one.form.columns["id"].required and "id" not in names and by_name:
        sources.append(Source(one.form.columns["id"], by_name.heading, by_name.read))
    _check_columns(table, one.form, sources, ledger)
    return tuple(sources)


def _read(table: Table, text: str) -> Callable[[Cells], object]:
    headings = TEMPLATE.findall(text)
    if headings:
        return _template(text, {heading: _index(table, heading) for heading in headings})
    return _cell(_index(table, text))


def _first(readers: Sequence[Callable[[Cells], object]]) -> Callable[[Cells], object]:
    """Return what reads the first of several columns that is filled."""
    if len(readers) == 1:
        return readers[0]
    return lambda cells: next((value for read in readers if as_text(value := read(cells))), None)


def _index(table: Table, heading: str) -> int:
    found = [index for index, one in enumerate(table.header) if fold(one) == fold(heading)]
    if len(found) == 1:
        return found[0]
    message = (
        f"has {len(found)} columns {heading}" if found else f"has no column {heading}, as the mapping says"
    )
    raise InputError(
        f"{table.file} {message}; it has {', '.join(table.header) or 'none'}.",
        errors=[Fault(table.file, 1, heading, None, message)],
    )


def _constant(value: str) -> Callable[[Cells], object]:
    return lambda cells: value


def _cell(index: int) -> Callable[[Cells], object]:
    return lambda cells: cells[index] if index < len(cells) else None


def _template(text: str, indices: Mapping[str, int]) -> Callable[[Cells], object]:
    def fill(cells: Cells) -> str:
        found = {
            heading: as_text(cells[index] if index < len(cells) else None)
            for heading, index in indices.items()
        }
        # Of empty cells nothing is made, whatever stands between them.
        if not any(found.values()):
            return ""
        return " ".join(TEMPLATE.sub(lambda match: found[match[1]], text).split())

    return fill


def _translated(
    read: Callable[[Cells], object], values: Mapping[str, str] | None
) -> Callable[[Cells], object]:
    if not values:
        return read

    def translate(cells: Cells) -> object:
        value = read(cells)
        word = values.get(fold(as_text(value)))
        return value if word is None else Stated(word)

    return translate

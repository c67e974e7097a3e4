"""Files to the forms that they fill: by the mapping, by the name of a form, or by a dialect.

A mapping file beats recognition for the files that it names; a table that is called as a form and has its
columns is of the generic form; the rest is offered to the dialects.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from graph.errors import Fault, InputError
from graph.imports.dialects import DIALECTS, GENERIC, NAMES, Context, Dialect, Offer, refuse_unrecognised
from graph.imports.forms import FORMS, form_named
from graph.imports.mapping import ImportMapping
from graph.imports.report import Question
from graph.imports.rows import Binding, bind, form_of, mended
from graph.imports.sources import SUFFIXES, Table, list_files, open_tables
from graph.policy import fold

# Enough for the first headers of a mail or the first properties of a calendar.
START = 1 << 16


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
    wanted = _wanted(dialect)
    own = mapping.resolve() if mapping is not None else None
    bindings: list[Binding] = []
    listed: list[Listed] = []
    offers: dict[str, list[Offer]] = defaultdict(list)
    refused: list[Offer] = []
    for file, path in list_files(paths):
        if path == own:
            continue
        whole = Offer(file, path, _start(path))
        taker = None if _mapped(plan, file) else _taker(whole, wanted, dialect)
        if taker is not None:
            offers[taker[0].name].append(whole)
            listed.append(Listed(file, taker[0].name, None, None, taker[1]))
            continue
        if path.suffix.casefold() not in SUFFIXES:
            _refuse_unreadable(file, plan)
            listed.append(Listed(file))
            refused.append(whole)
            continue
        for table in (mended(one, plan) for one in open_tables(file, path, plan.encoding)):
            offer = Offer(table.file, path, whole.start, table)
            told = _told(table, plan, dialect)
            taker = None if told else _taker(offer, wanted, dialect)
            if taker is not None:
                offers[taker[0].name].append(offer)
                listed.append(_listed(table, *taker))
            elif told or (form_of(table) is not None and dialect in ("auto", GENERIC)):
                bindings += bind(table, plan, context.ledger)
                listed.append(_listed(table, None, told or "It is called as a form."))
            else:
                listed.append(Listed(table.file))
                refused.append(offer)
                continue
            if table.unsure:
                context.ledger.questions.append(_asked(table))
    for one in wanted:
        if offers[one.name]:
            bindings += one.bind(offers[one.name], context)
    if not bindings and wanted and dialect != "auto":
        raise refuse_unrecognised(wanted[0], refused)
    listed.sort(key=lambda one: one.file)
    _warn(bindings, listed, plan, context, dialect)
    return Recognised(tuple(bindings), tuple(listed))


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


def _taker(offer: Offer, wanted: Sequence[Dialect], dialect: str) -> tuple[Dialect, str] | None:
    for one in wanted:
        why = one.recognise(offer, forced=dialect != "auto")
        if why is not None:
            return one, why
    return None


def _mapped(plan: ImportMapping, file: str) -> bool:
    return any(
        fold(name.partition(":")[0]) in (fold(file), fold(file.rpartition("/")[2])) for name in plan.files
    )


def _told(table: Table, plan: ImportMapping, dialect: str) -> str | None:
    """Return why a table needs no dialect: the mapping names it, or it is one of the generic form."""
    if plan.forms_of(table.file):
        return f"{plan.file} says what its columns mean."
    if dialect not in ("auto", GENERIC):
        return None
    form = form_of(table)
    headings = {fold(heading) for heading in table.header}
    if form and all(fold(name) in headings for name, one in form.columns.items() if one.required):
        return f"It is called {form.name} and has the columns of that form."
    return None


def _listed(table: Table, dialect: Dialect | None, why: str) -> Listed:
    return Listed(table.file, dialect.name if dialect else GENERIC, table.encoding, table.separator, why)


def _refuse_unreadable(file: str, plan: ImportMapping) -> None:
    if form_named(Path(file).stem) or plan.forms_of(file):
        message = "is of a kind that cannot be read; save it as CSV or .xlsx"
        raise InputError(f"{file} {message}.", errors=[Fault(file, None, None, None, message)])


def _asked(table: Table) -> Question:
    return Question(
        table.file,
        None,
        None,
        table.encoding,
        f"{table.file} is not UTF-8 and was read as {table.encoding}; is that right? "
        "encoding: in a mapping file says it",
    )


def _warn(
    bindings: Sequence[Binding],
    listed: Sequence[Listed],
    plan: ImportMapping,
    context: Context,
    dialect: str,
) -> None:
    unused = [one.file for one in listed if one.dialect is None]
    if not bindings:
        context.ledger.refuse()
        raise InputError(
            f"None of {', '.join(unused)} is a file of the generic form ({', '.join(FORMS)}) or an export "
            "that is recognised, and no mapping file names one."
        )
    what = "an export that is recognised" if dialect == "auto" else f"of the dialect {dialect}"
    context.ledger.warnings += [
        f"{file} is not used: it is no file of the generic form, nor {what}." for file in unused
    ]
    context.ledger.warnings += [
        f"{one.file} is read as {one.dialect}: {one.why}"
        for one in listed
        if one.dialect not in (None, GENERIC)
    ]
    present = {one.file.casefold() for one in listed}
    context.ledger.warnings += [
        f"{plan.file} names {file}, which is not among the files."
        for file in plan.files
        if file.casefold() not in present
    ]

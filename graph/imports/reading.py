"""Files to records: the way of an import up to the store, a function of the files and what is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from graph.errors import Fault, InputError
from graph.imports.assembly import Assembly
from graph.imports.contacts import assemble_lines, assemble_ties, assemble_touchpoints, warn_without_ours
from graph.imports.dates import ORDERS, DateOrder
from graph.imports.forms import FORMS, form_named
from graph.imports.mapping import ImportMapping, read_mapping
from graph.imports.organisations import assemble_business, assemble_organisations, label_the_rest
from graph.imports.people import assemble_assessments, assemble_people, assemble_team, propose_duplicates
from graph.imports.records import Known, Records
from graph.imports.report import FileCount, Finding, Ledger, Question
from graph.imports.rows import Binding, bind, read_entries, settle_dates
from graph.imports.sources import list_files, open_tables
from graph.policy import Policy

DIALECT = "generic"


@dataclass(frozen=True)
class Reading:
    """What files hold: records for the store, and what to tell their owner."""

    records: Records
    questions: tuple[Question, ...]
    findings: tuple[Finding, ...]
    files: tuple[FileCount, ...]
    warnings: tuple[str, ...]


def read_files(
    paths: Sequence[Path],
    *,
    known: Known,
    policy: Policy,
    today: date,
    mapping: Path | None = None,
    dates: str | None = None,
) -> Reading:
    """Read files of the generic form, or with a mapping to it.

    Parameters
    ----------
    paths
        Files, or folders for the files directly in them.
    known
        What the store knows, to which rows may refer.
    today
        A contact after this day is a finding.
    mapping, dates
        How the files are to be read; `dates` beats the mapping's.

    Raises
    ------
    InputError
        Something is refused: every wrong place that was found is named.
    """
    if dates is not None and dates not in ORDERS:
        raise InputError(f"--dates must be one of {', '.join(ORDERS)}, found {dates!r}.")
    plan, ledger = read_mapping(mapping), Ledger()
    bindings, listed = _bindings(paths, mapping, plan, ledger)
    ledger.refuse()
    orders = settle_dates(bindings, _order(dates) or plan.dates, ledger)
    entries = read_entries(bindings, orders, ledger)
    ledger.refuse()
    assembly = Assembly(entries, known, policy, today, ledger, plan.ours)
    assemble_organisations(assembly)
    assemble_people(assembly)
    assemble_business(assembly)
    assemble_team(assembly)
    assemble_assessments(assembly)
    assemble_lines(assembly)
    assemble_ties(assembly)
    assemble_touchpoints(assembly)
    label_the_rest(assembly)
    propose_duplicates(assembly)
    warn_without_ours(assembly)
    ledger.refuse()
    records = assembly.records
    records.findings = sorted(ledger.findings, key=lambda one: _place(one.finding))
    records.sources = {binding.source for binding in bindings}
    return Reading(
        records,
        tuple(sorted(ledger.questions, key=_place)),
        tuple(one.finding for one in records.findings),
        tuple(ledger.count(file, dialect, encoding) for file, dialect, encoding in listed),
        tuple(dict.fromkeys(ledger.warnings)),
    )


def _place(one: Question | Finding) -> tuple[str, int, str, str]:
    return one.file, one.row or 0, one.column or "", one.value or ""


def _order(text: str | None) -> DateOrder | None:
    return next((order for order in ORDERS if order == text), None)


def _bindings(
    paths: Sequence[Path], mapping: Path | None, plan: ImportMapping, ledger: Ledger
) -> tuple[list[Binding], list[tuple[str, str | None, str | None]]]:
    """Return the forms that the files fill, and every file with its dialect and encoding."""
    files, unread = list_files(paths)
    own = mapping.resolve() if mapping is not None else None
    for name in unread:
        if form_named(Path(name).stem) or plan.forms_of(name):
            message = "is of a kind that cannot be read; save it as CSV or .xlsx"
            raise InputError(f"{name} {message}.", errors=[Fault(name, None, None, None, message)])
    bindings: list[Binding] = []
    listed: list[tuple[str, str | None, str | None]] = []
    for file, path in files:
        for table in open_tables(file, path, plan.encoding):
            found = bind(table, plan, ledger)
            bindings += found
            listed.append((table.file, DIALECT if found else None, table.encoding if found else None))
            if found and table.unsure:
                ledger.questions.append(
                    Question(
                        table.file,
                        None,
                        None,
                        table.encoding,
                        f"{table.file} is not UTF-8 and was read as {table.encoding}; is that right? "
                        "encoding: in a mapping file says it",
                    )
                )
    listed += [(name, None, None) for name in unread if own is None or name != own.name]
    listed.sort()
    unused = [file for file, dialect, _ in listed if dialect is None]
    if not bindings:
        raise InputError(
            f"None of {', '.join(unused)} is a file of the generic form ({', '.join(FORMS)}), "
            "and no mapping file names one."
        )
    ledger.warnings += [f"{file} is not used: it is no file of the generic form." for file in unused]
    present = {file.casefold() for file, _, _ in listed}
    ledger.warnings += [
        f"{plan.file} names {file}, which is not among the files."
        for file in plan.files
        if file.casefold() not in present
    ]
    return bindings, listed

"""Files to records: the way of an import up to the store, a function of the files and what is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from graph.errors import InputError
from graph.imports.assembly import Assembly
from graph.imports.cells import NAME_LIMIT, as_text, check_text, shown
from graph.imports.contacts import (
    assemble_lines,
    assemble_ties,
    assemble_touchpoints,
    engage,
    warn_without_ours,
)
from graph.imports.dates import ORDERS, DateOrder
from graph.imports.dialects import Context
from graph.imports.entries import read_entries, settle_dates
from graph.imports.mail.contacts import assemble_logs
from graph.imports.mapping import read_mapping
from graph.imports.one_person import settle_merged, still_two
from graph.imports.organisations import assemble_business, assemble_organisations, label_the_rest
from graph.imports.people import assemble_assessments, assemble_people, assemble_team, propose_duplicates
from graph.imports.recognition import Listed, recognise
from graph.imports.records import Known, Records
from graph.imports.report import FileCount, Finding, Ledger, Question
from graph.policy import Policy

WHO = "who we are is an id, a name or the domain of our addresses"


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
    dialect: str = "auto",
    ours: str | None = None,
) -> Reading:
    """Read files of the generic form, with a mapping to it, or of a dialect.

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
    dialect
        Whose export the files are; `auto` recognises it.
    ours
        Who we are, by id, name or the domain of our addresses; it beats the mapping's.

    Raises
    ------
    InputError
        Something is refused: every wrong place that was found is named.
    """
    if dates is not None and dates not in ORDERS:
        raise InputError(f"--dates must be one of {', '.join(ORDERS)}, found {dates!r}.")
    plan, ledger = read_mapping(mapping), Ledger()
    ours = _who_we_are(ours) or plan.ours or _only_supplier(known)
    order = _order(dates) or plan.dates
    context = Context(policy, today, known, ours, plan.encoding, ledger, order)
    recognised = recognise(paths, mapping, plan, dialect, context)
    bindings = recognised.bindings
    ledger.refuse()
    orders = settle_dates(bindings, order, ledger)
    entries = read_entries(bindings, orders, ledger)
    ledger.refuse()
    assembly = Assembly(entries, known, policy, today, ledger, ours)
    assemble_organisations(assembly)
    assemble_people(assembly)
    assemble_business(assembly)
    assemble_team(assembly)
    assemble_assessments(assembly)
    assemble_lines(assembly)
    assemble_ties(assembly)
    assemble_touchpoints(assembly)
    aliases = assemble_logs(assembly, context.logs, plan.mail)
    engage(assembly)
    label_the_rest(assembly)
    settle_merged(assembly.records, known)
    propose_duplicates(assembly)
    assembly.records.duplicates += still_two(aliases, known)
    warn_without_ours(assembly)
    ledger.refuse()
    records = assembly.records
    records.findings = sorted(ledger.findings, key=lambda one: _place(one.finding))
    records.sources = {one.source for one in bindings} | {one.source for one in context.logs}
    return Reading(
        records,
        tuple(sorted(ledger.questions, key=_place)),
        tuple(one.finding for one in records.findings),
        tuple(_count(one, ledger) for one in recognised.listed),
        tuple(dict.fromkeys(ledger.warnings)),
    )


def _who_we_are(ours: str | None) -> str | None:
    """Return who we are as it was said, without spaces around it."""
    if ours is None:
        return None
    text = as_text(ours)
    try:
        check_text(text, NAME_LIMIT)
    except ValueError as error:
        raise InputError(f"ours: {shown(text)} {error}; {WHO}.") from None
    if not text:
        raise InputError(f"ours: is empty; {WHO}, or leave it out.")
    return text


def _only_supplier(known: Known) -> str | None:
    """Return who we are as far as the store tells: its only supplier."""
    suppliers = [id_ for id_, one in known.organisations.items() if "Supplier" in one.labels]
    return suppliers[0] if len(suppliers) == 1 else None


def _place(one: Question | Finding) -> tuple[str, int, str, str]:
    return one.file, one.row or 0, one.column or "", one.value or ""


def _order(text: str | None) -> DateOrder | None:
    return next((order for order in ORDERS if order == text), None)


def _count(one: Listed, ledger: Ledger) -> FileCount:
    counts = ledger.count(one.file)
    return FileCount(
        one.file, one.dialect, one.encoding, *counts, one.separator, one.why, ledger.left_out(one.file)
    )

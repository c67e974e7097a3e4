"""What an import asks is told once, however many rows ask it; who may be one person has a name."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

from rich.console import Console

from api.cli.import_report import imported
from api.import_words import asked, found, things
from api.workspace import Result
from graph.imports.report import Duplicate, FileCount, Finding, ImportReport, Question

ROLE = "Is it one of those?"


def report() -> ImportReport:
    return ImportReport(
        dry_run=True,
        created={"EMPLOYED_BY": 1200, "Person": 1},
        updated={},
        unchanged=0,
        questions=(
            Question("c.csv", 7, "Job Title", "Prokurist", "What is it?"),
            *(Question("c.csv", row, "Role", "Boss", ROLE) for row in (9, 3, 5)),
        ),
        findings=tuple(Finding("c.csv", row, "Company", "", "nobody") for row in (12, 11)),
        duplicates=(Duplicate("crm:1", "crm:2", "the same name", "likely", "Ann Berg", "Ann B. Berg"),),
        files=(FileCount("c.csv", "hubspot", "cp1252", 20, 14, 4, 2, ";", left_out=3),),
    )


def test_questions_and_findings_are_told_once_with_all_their_rows() -> None:
    told = asked(report().questions)
    assert [(one.value, one.said, one.rows) for one in told] == [
        ("Boss", ROLE, (3, 5, 9)),
        ("Prokurist", "What is it?", (7,)),
    ]
    (one,) = found([Finding("c.csv", row, "Company", "Acme", "nobody") for row in (12, 11)])
    assert (one.said, one.rows) == ("names nobody and nothing that is known, or more than one", (11, 12))


def test_an_empty_reference_is_told_as_empty_and_many_rows_as_the_terminal_counts() -> None:
    findings = [Finding("d.csv", row, "account", "", "nobody") for row in range(2, 1502)]
    (one,) = found(findings)
    assert one.said.startswith("is empty")
    out = io.StringIO()
    kept_out = replace(report(), findings=tuple(findings))
    imported(Console(file=out, width=200), Result(date(2026, 1, 31), (), kept_out))
    assert "1 finding in 1,500 rows, kept out" in out.getvalue()
    assert "account (d.csv, row 2, 3, 4, 5, 6, 7 and 1,494 more): is empty" in out.getvalue()


def test_what_is_created_is_told_in_words() -> None:
    assert things({"EMPLOYED_BY": 2, "Person": 1}) == "1 person, 2 employments"


def test_the_terminal_shows_names_rows_and_all_counts_of_a_file() -> None:
    out = io.StringIO()
    imported(Console(file=out, width=200), Result(date(2026, 1, 31), (), report()))
    text = out.getvalue()
    assert "would be created: 1 person, 1,200 employments" in text
    assert "2 questions in 4 rows:" in text and "1 finding in 2 rows," in text
    assert "Role 'Boss' (c.csv, row 3, 5, 9)" in text
    assert "Ann Berg (crm:1) and Ann B. Berg (crm:2), likely: the same name" in text
    assert (
        "c.csv  HubSpot  cp1252, separated by semicolons    20     14          4         2           3"
        in text
    )

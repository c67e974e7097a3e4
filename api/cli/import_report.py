"""What an import brought in, asked and could not use, as tables and sentences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console

from api import import_words as words_of
from api.cli.output import table, text
from api.workspace import Result
from graph.imports.report import FileCount, ImportReport
from graph.wording import count

SHOWN = 20


def imported(console: Console, report: Result[ImportReport]) -> None:
    """Show the files, what was made of them, questions, findings, and who may be one person."""
    result = report.body
    if result.dry_run:
        console.print("Preview: nothing was written.")
    elif result.id is None:
        console.print("Nothing was imported.")
    else:
        console.print(f"Imported; `diamond imports undo {text(result.id)}` takes it back.")
    _files(console, result.files)
    created, updated = (words_of.things(counts, count) for counts in (result.created, result.updated))
    would = "would be " if result.dry_run else ""
    if created:
        console.print(f"{would}created: {text(created)}")
    if updated:
        console.print(f"{would}updated: {text(updated)}")
    if not created and not updated:
        console.print("Nothing would change." if result.dry_run else "Nothing changed.")
    if result.unchanged:
        console.print(count(result.unchanged, "entry stays as it is", "entries stay as they are"))

    questions = words_of.asked(result.questions)
    _listed(
        console,
        f"{count(len(questions), 'question')}{_in_rows(questions)}: the rows come in, "
        "what is asked about stays empty",
        [f"{_place(one)}: {one.said}" for one in questions],
    )
    findings = words_of.found(result.findings)
    _listed(
        console,
        f"{count(len(findings), 'finding')}{_in_rows(findings)}, kept out of the measures",
        [f"{_place(one)}: {one.said}" for one in findings],
    )
    _listed(
        console,
        f"{count(len(result.duplicates), 'pair')} who may be one person: `diamond people duplicates`",
        [
            f"{_who(one.a_name, one.a)} and {_who(one.b_name, one.b)}, {one.confidence}: {one.why}"
            for one in result.duplicates
        ],
    )


def _files(console: Console, files: Iterable[FileCount]) -> None:
    numbers = ("Rows", "Clean", "Questions", "Findings", "Not needed")
    made = table("File", "Read as", "Text", *numbers, right=numbers)
    for one in files:
        made.add_row(
            text(one.file),
            text(words_of.dialect(one.dialect)),
            text(_kind_of_text(one)),
            *(
                f"{number:,}"
                for number in (one.rows, one.imported, one.questions, one.findings, one.left_out)
            ),
        )
    console.print(made)


def _kind_of_text(one: FileCount) -> str | None:
    known = (one.encoding, words_of.separator(one.separator))
    return ", ".join(part for part in known if part) or None


def _who(name: str | None, id_: str) -> str:
    return id_ if name in (None, id_) else f"{name} ({id_})"


def _in_rows(every: Iterable[words_of.Told]) -> str:
    """Return in how many rows of the files something stands, each counted once."""
    rows = {(one.file, row) for one in every for row in one.rows}
    return f" in {count(len(rows), 'row')}" if rows else ""


def _place(one: words_of.Told) -> str:
    """Return what is meant and where it stands, the value first."""
    value = repr(one.value) if one.value else ""
    rows = f", row {words_of.rows(one.rows, counted=count)}" if one.rows else ""
    return " ".join(part for part in (one.column, value, f"({one.file}{rows})") if part)


def _listed(console: Console, title: str, lines: Sequence[str]) -> None:
    if not lines:
        return
    console.print(f"\n[bold]{text(title)}[/]")
    for line in lines[:SHOWN]:
        console.print(f"  {text(line)}")
    if len(lines) > SHOWN:
        console.print(f"  … and {len(lines) - SHOWN:,} more; --json lists them all.")

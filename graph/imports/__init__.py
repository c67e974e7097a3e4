"""Imports: files to checked rows and questions, and on into the store in one transaction.

files → `sources` (tables) → `recognition` (which forms they fill, by mapping, name or dialect) → `entries`
(forms, dates, cells) → `assembly` (references, words) → `records` → `writing` (what differs from the store).
`import_files` is the whole way.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path

from graph.imports.known import read_known
from graph.imports.merging import Changes
from graph.imports.reading import Reading, read_files
from graph.imports.report import Duplicate, FileCount, Finding, ImportReport, Question
from graph.imports.writing import Overtaken, write_records
from graph.policy import Policy, load_policy
from graph.progress import Progress
from graph.store import Store

__all__ = [
    "Changes",
    "Duplicate",
    "FileCount",
    "Finding",
    "ImportReport",
    "Question",
    "Reading",
    "import_files",
    "read_files",
    "write_records",
]


def import_files(
    store: Store,
    paths: Sequence[Path],
    *,
    mapping: Path | None = None,
    dates: str | None = None,
    dialect: str = "auto",
    ours: str | None = None,
    dry_run: bool = False,
    today: date | None = None,
    policy: Policy | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Bring files into the store, all of them or nothing, or say what that would do.

    Parameters
    ----------
    paths
        Files of the generic form or named in the mapping, or folders of them.
    mapping
        A mapping file (YAML).
    dates
        `ymd`, `dmy` or `mdy`, where a file leaves it open.
    dialect
        Whose export the files are, one of `dialects.NAMES`; `auto` recognises it and says why.
    ours
        Who we are, by id, name or the domain of our addresses; it beats the mapping's.
    dry_run
        Report, write nothing.
    today
        The import's day; the system's date without it.
    progress
        Called with what is being done, how much of it, and how much there is; 0 where nobody can tell yet.

    Raises
    ------
    InputError
        Something is refused; the store is unchanged.
    """
    today, policy = today or date.today(), policy or load_policy()
    tell = progress or _silent
    while True:
        tell("reading the files", 0, 0)
        known = read_known(store)
        reading = read_files(
            paths,
            known=known,
            policy=policy,
            today=today,
            mapping=mapping,
            dates=dates,
            dialect=dialect,
            ours=ours,
        )
        tell("reading the files", 1, 1)
        with suppress(Overtaken):  # then all is read once more
            changes = write_records(
                store,
                reading.records,
                withdrawn=known.withdrawn,
                today=today,
                dry_run=dry_run,
                files=reading.files,
                progress=progress,
            )
            break
    if changes.any and not dry_run:
        from graph.store.strengths import refresh_strengths

        tell("deriving strengths", 0, 0)
        refresh_strengths(store, today, policy)
        tell("deriving strengths", 1, 1)
    return ImportReport(
        dry_run=dry_run,
        created=dict(sorted(changes.created.items())),
        updated=dict(sorted(changes.updated.items())),
        unchanged=changes.unchanged,
        questions=reading.questions,
        findings=reading.findings,
        duplicates=tuple(reading.records.duplicates),
        files=reading.files,
        warnings=reading.warnings + changes.warnings,
        id=changes.id,
    )


def _silent(what: str, done: int, total: int) -> None:
    """Tell nobody how far it is."""

"""What an import says about itself: counts, questions, findings, proposed duplicates, and each file's rows.

A `Ledger` collects it while the files are read: every input row ends as imported, as a question or as a
finding, and wrong places add up until the import is refused with all of them at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from graph.errors import Fault, InputError
from graph.imports.cells import Key, shown

FindingKind = Literal["nobody", "self", "future", "cycle", "malformed"]

# Beyond this many wrong places the rest would only repeat what is wrong.
FAULTS_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Question:
    """Something that the tables do not know; the row came in without it."""

    file: str
    row: int | None
    column: str | None
    value: str | None
    question: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A row, or a part of one, that could not be used.

    Attributes
    ----------
    kind
        `nobody` a reference to nobody, `self` to oneself, `future` a date in the future, `cycle` a line
        in a cycle of managers or of parents, `malformed` a row with more cells than the header, or with a
        cell that cannot be read, where the mapping keeps such rows out.
    """

    file: str
    row: int
    column: str | None
    value: str | None
    kind: FindingKind


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Two people who may be one, by id, and why; how sure that is: sure, likely or doubtful.

    Attributes
    ----------
    a_name, b_name
        None where only an address is known.
    """

    a: str
    b: str
    why: str
    confidence: str = "likely"
    a_name: str | None = None
    b_name: str | None = None


@dataclass(frozen=True, slots=True)
class FileCount:
    """One file: rows = imported + questions + findings; `dialect` is None for a file that is not used.

    Attributes
    ----------
    separator
        Between the cells of a text file.
    why
        How the dialect was recognised, as a sentence.
    left_out
        Rows beside those: of a file that is not used, or the mapping or the dialect says that no form
        takes them.
    """

    file: str
    dialect: str | None
    encoding: str | None
    rows: int = 0
    imported: int = 0
    questions: int = 0
    findings: int = 0
    separator: str | None = None
    why: str | None = None
    left_out: int = 0


@dataclass(frozen=True)
class ImportReport:
    """What an import did, or, with `dry_run`, would do.

    Attributes
    ----------
    created, updated
        Nodes by label and relationships by type.
    unchanged
        Nodes and relationships that were there already and stay as they are.
    id
        Under which the import can be undone; None for a preview.
    """

    dry_run: bool
    created: dict[str, int]
    updated: dict[str, int]
    unchanged: int
    questions: tuple[Question, ...] = ()
    findings: tuple[Finding, ...] = ()
    duplicates: tuple[Duplicate, ...] = ()
    files: tuple[FileCount, ...] = ()
    warnings: tuple[str, ...] = ()
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A row of a file, with the file's headings of the form's columns."""

    file: str
    row: int
    headings: dict[str, str] = field(compare=False, hash=False)
    source: str = ""

    def heading(self, column: str) -> str:
        """Return the heading under which the file has a column of the form."""
        return self.headings.get(column, column)


@dataclass(frozen=True, slots=True)
class StoredFinding:
    """A finding with what the store keeps beside it.

    Attributes
    ----------
    subject
        What the row is about; an import that brings it in mends the finding.
    source
        Which very file it came from; importing that again replaces its findings.
    """

    finding: Finding
    subject: str
    source: str


class Ledger:
    """Collects what is wrong, asked and found, and how each row ends."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.questions: list[Question] = []
        self.findings: list[StoredFinding] = []
        self.warnings: list[str] = []
        self._rows: dict[str, set[int]] = defaultdict(set)
        self._asked: dict[str, set[int]] = defaultdict(set)
        self._found: dict[str, set[int]] = defaultdict(set)
        self._left: dict[str, int] = defaultdict(int)

    def row(self, file: str, row: int) -> None:
        """Count an input row, once however many forms read it."""
        self._rows[file].add(row)

    def fault(self, file: str, row: int | None, column: str | None, value: str | None, message: str) -> None:
        """Note a wrong place; the import will be refused."""
        fault = Fault(file, row, column, None if value is None else shown(value), message)
        if fault not in self.faults:  # several forms may read one cell
            self.faults.append(fault)
        if len(self.faults) >= FAULTS_SHOWN:
            self.refuse()

    def ask(self, places: Sequence[Place], column: str, value: str, question: str) -> None:
        """Ask about a value in each of the rows that hold it."""
        for place in places:
            heading = place.heading(column)
            self.questions.append(Question(place.file, place.row, heading, shown(value), question))
            self._asked[place.file].add(place.row)

    def wait(self, file: str, row: int) -> None:
        """Count a row as asked about: the answer to a question asked elsewhere brings it in."""
        self._asked[file].add(row)

    def find(self, places: Sequence[Place], column: str, value: str, kind: FindingKind, subject: str) -> None:
        """Note a finding in each of the rows that hold it."""
        for place in places:
            heading = (isinstance(value, Key) and value.heading) or place.heading(column)
            finding = Finding(place.file, place.row, heading, shown(value), kind)
            self.findings.append(StoredFinding(finding, subject, place.source))
            self._found[place.file].add(place.row)

    def leave_out(self, file: str, rows: int) -> None:
        """Count the rows of a file that is not used."""
        self._left[file] = rows

    def leave_out_others(self, file: str, rows: Iterable[int]) -> None:
        """Count those rows of a file that no form took; call it when all are read."""
        self._left[file] = len(set(rows) - self._rows[file])

    def left_out(self, file: str) -> int:
        """Return how many rows of a file no form took."""
        return self._left[file]

    def malformed(self, file: str, row: int, text: str, message: str) -> None:
        """Note a row with too many cells; all of a file are named, for they are mended one by one."""
        hint = "quote the cell that holds the separator, or say under malformed: in a mapping file what to do"
        self.faults.append(Fault(file, row, None, shown(text), f"{message}: {hint}"))

    def keep_out(self, place: Place, text: str, subject: str) -> None:
        """Note a row with too many cells as a finding."""
        self.row(place.file, place.row)
        finding = Finding(place.file, place.row, None, shown(text), "malformed")
        self.findings.append(StoredFinding(finding, subject, place.source))
        self._found[place.file].add(place.row)

    def refuse(self) -> None:
        """Raise what is wrong so far, if anything is.

        Raises
        ------
        InputError
            With every wrong place, in the order of the files.
        """
        if not self.faults:
            return
        faults = sorted(self.faults, key=lambda f: (f.file or "", f.row or 0, f.column or "", f.message))
        first = faults[0]
        where = first.file or "The input"
        where += f", row {first.row}" if first.row is not None else ""
        where += f", column {first.column}" if first.column is not None else ""
        more = f" ({len(faults)} places in all)" if len(faults) > 1 else ""
        raise InputError(f"{where}: {first.message}{more}. Nothing was imported.", errors=faults)

    def count(self, file: str) -> tuple[int, int, int, int]:
        """Return a file's rows, those imported, asked about and found: a finding beats a question."""
        rows, found = self._rows[file], self._found[file]
        asked = self._asked[file] - found
        return len(rows), len(rows) - len(asked) - len(found), len(asked), len(found)

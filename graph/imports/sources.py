"""Files as tables: CSV, Excel, JSON and GraphML row by row, each row with the number a user would count.

One CSV file, one sheet, one list of a JSON object or one part of a graph is a `Table`. Its rows can be read
any number of times; nothing here knows what the columns mean.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TextIO

from graph.errors import Fault, InputError
from graph.imports.cells import shown
from graph.imports.graphs import read_graph
from graph.imports.workbooks import read_json, read_workbook

Row = tuple[int, Sequence[object]]

SEPARATORS = (",", ";", "\t", "|")
TEXT_SUFFIXES = frozenset({".csv", ".tsv", ".tab", ".txt"})
SUFFIXES = TEXT_SUFFIXES | {".xlsx", ".xlsm", ".json", ".graphml"}
FILE_LIMIT = 1 << 30
LINE_LIMIT = 1 << 22
SAMPLE = 1 << 18
# What most exports are written in that are not UTF-8: Excel's "CSV" on western desktops.
WESTERN = "cp1252"
# Of what else writes the same letters: MS-DOS and what exports as it did, and Macs of old.
OLD_WESTERN = ("cp850", "mac_roman")
# What letters of other code pages become in the western one: signs that stand in no word, or undefined.
SIGN_IN_WORD = re.compile(
    r"[^\W\d_][£¥¯³¹¼½¾¿]|[£¥¯³¹¼½¾¿][^\W\d_]|[^\W\d_][€‚„…†‡ˆ‰‹“”•˜™›¡¢¤¦§¨©ª«¬®°±²´¶·¸º»×÷][^\W\d_]"
)
ACCENTED = "[À-ÖØ-ÞŠŽŒŸ]"
CAPITAL_IN_WORD = re.compile(rf"[a-zà-öø-ÿ]{ACCENTED}|[A-Z]{ACCENTED}[a-z]|ƒ|[^\W\d_][‚„§]")
WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Table:
    """One table of a file.

    Attributes
    ----------
    file
        What reports call it: the file's name, with the sheet or list after a colon where it has several.
    names
        What may name a form: the sheet, the list, or the file without its ending.
    encoding
        Of a text file; None otherwise.
    unsure
        True where the encoding was guessed.
    separator
        Between the cells of a text file; None otherwise.
    joined
        The column whose cells hold separators that nobody quoted, where the user named it.
    numbered
        The last heading stands for the numbers of the rows.
    """

    file: str
    path: Path
    names: tuple[str, ...]
    encoding: str | None
    unsure: bool
    header: tuple[str, ...]
    _rows: Iterable[Row] | partial[Iterator[Row]]
    separator: str | None = None
    joined: int | None = None
    numbered: bool = False

    @property
    def width(self) -> int:
        """Return how many cells a row has."""
        return len(self.header) - self.numbered

    def rows(self) -> Iterator[Row]:
        """Return the rows below the header, each with its number in the file; not blank or malformed ones."""
        for number, cells in self.filled():
            if not self._too_wide(cells):
                yield number, self._with_number(number, cells)
            elif self.joined is not None:
                yield number, self._with_number(number, self._mended(cells, self.joined))

    def malformed(self) -> Iterator[Row]:
        """Return the rows that have more cells than the header and that nothing mends."""
        if self.separator is not None and self.joined is None:
            for number, cells in self.filled():
                if self._too_wide(cells):
                    yield number, cells

    def filled(self) -> Iterator[Row]:
        """Return the rows below the header that are not blank, malformed ones among them."""
        rows = self._rows() if isinstance(self._rows, partial) else self._rows
        for number, cells in rows:
            if any(cell is not None and cell != "" and not str(cell).isspace() for cell in cells):
                yield number, cells

    def _too_wide(self, cells: Sequence[object]) -> bool:
        width = self.width
        return len(cells) > width and any(cell is not None and str(cell).strip() for cell in cells[width:])

    def _with_number(self, number: int, cells: Sequence[object]) -> Sequence[object]:
        if not self.numbered:
            return cells
        missing = [None] * (self.width - len(cells))
        return [*cells[: self.width], *missing, number]

    def _mended(self, cells: Sequence[object], column: int) -> list[object]:
        """Put together the parts of a cell that was cut at separators of its own."""
        stop = column + len(cells) - self.width + 1
        whole = (self.separator or "").join(str(cell) for cell in cells[column:stop])
        return [*cells[:column], whole, *cells[stop:]]


def list_files(paths: Sequence[Path]) -> list[tuple[str, Path]]:
    """Return the files with the name reports use for each.

    A folder stands for the files directly in it; one file named twice is read once.

    Raises
    ------
    InputError
        A path that is not there.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            found |= {one.resolve(): None for one in sorted(path.iterdir()) if one.is_file()}
        elif path.exists():
            found[path.resolve()] = None
        else:
            raise InputError(
                f"There is no file or folder {path}.", errors=[_fault(str(path), "is not there")]
            )
    files = [path for path in found if not path.name.startswith((".", "~$"))]
    if not files:
        raise InputError("There is no file to import in " + ", ".join(str(path) for path in paths) + ".")
    names = _names(files)
    for name in names.values():
        if any("\ud800" <= char <= "\udfff" for char in name):
            said = name.encode("utf-8", "backslashreplace").decode()
            raise InputError(
                f"The name of {said} is not written in UTF-8; rename the file.",
                errors=[_fault(said, "has a name that is no text")],
            )
    return [(names[path], path) for path in files]


def _names(files: Sequence[Path]) -> dict[Path, str]:
    """Return the shortest endings of the paths that tell the files apart."""
    names = {path: path.name for path in files}
    depth = 1
    while len(set(names.values())) < len(files):
        depth += 1
        twice = [path for path in files if list(names.values()).count(names[path]) > 1]
        names |= {path: "/".join(path.parts[-depth:]) for path in twice}
    return names


def open_tables(file: str, path: Path, encoding: str | None) -> list[Table]:
    """Return the tables of one file.

    Parameters
    ----------
    encoding
        Of text files that are not UTF-8, where the user said so.

    Raises
    ------
    InputError
        The file cannot be read.
    """
    try:
        if path.stat().st_size > FILE_LIMIT:
            raise InputError(
                f"{file} has more than {FILE_LIMIT >> 30} GiB; split it.",
                errors=[_fault(file, "is too large")],
            )
        suffix = path.suffix.casefold()
        if suffix == ".json":
            return [
                Table(label, path, names, "utf-8", False, header, rows)
                for label, names, header, rows in read_json(file, path)
            ]
        if suffix in TEXT_SUFFIXES:
            return [_text_table(file, path, encoding)]
        read = read_graph if suffix == ".graphml" else read_workbook
        return [
            Table(label, path, names, None, False, header, rows)
            for label, names, header, rows in read(file, path)
        ]
    except OSError as error:
        message = f"cannot be read ({error.strerror or error})"
        raise InputError(f"{file} {message}.", errors=[_fault(file, message)]) from None


def _fault(file: str, message: str, row: int | None = None) -> Fault:
    return Fault(file, row, None, None, message)


def _text_table(file: str, path: Path, told: str | None) -> Table:
    encoding, unsure = _encoding(file, path, told)
    separator = ","
    header: tuple[str, ...] = ()
    try:
        with path.open(encoding=encoding, newline="") as lines:
            sample = lines.read(SAMPLE)
    except UnicodeError:
        raise _not_written_in(file, encoding, 1) from None
    for line in sample.splitlines():
        hint = re.fullmatch(r'"?sep=(.)"?', line.strip("\ufeff"))
        if hint:
            separator = hint[1]
            break
        if line.strip(" \ufeff"):
            bare = re.sub(r'"[^"]*"', "", line)
            separator = max(SEPARATORS, key=lambda one: (bare.count(one), -SEPARATORS.index(one)))
            break
    rows = partial(_text_rows, file, path, encoding, separator)
    for _, cells in rows():
        header = tuple(str(cell).strip() for cell in cells)
        break
    return Table(
        file,
        path,
        (path.stem,),
        encoding.replace("-sig", ""),
        unsure,
        header,
        partial(_below, rows),
        separator,
    )


def _below(rows: partial[Iterator[Row]]) -> Iterator[Row]:
    for index, row in enumerate(rows()):
        if index:
            yield row


def _text_rows(file: str, path: Path, encoding: str, separator: str) -> Iterator[Row]:
    """Yield header and rows, numbered as a spreadsheet numbers them: the header is row 1."""
    number = 0
    with path.open(encoding=encoding, newline="") as lines:
        bounded = _Lines(file, lines)
        reader = csv.reader(bounded, delimiter=separator, strict=True)
        try:
            for number, cells in enumerate(reader, start=1):
                bounded.row, bounded.taken = number + 1, 0
                if not any(cell.strip() for cell in cells) or (number == 1 and _is_hint(cells, separator)):
                    continue
                yield number, cells
        except csv.Error as error:
            message = f"cannot be read ({error}): a quote may not be closed"
            raise InputError(
                f"{file}, row {number + 1} {message}.", errors=[_fault(file, message, number + 1)]
            ) from None
        except UnicodeError:
            raise _not_written_in(file, encoding, number + 1) from None


def _not_written_in(file: str, encoding: str, row: int) -> InputError:
    message = f"is not written in {encoding}; say in which with encoding: in the mapping file"
    return InputError(f"{file} {message}.", errors=[_fault(file, message, row)])


def _is_hint(cells: Sequence[str], separator: str) -> bool:
    return separator.join(cells).casefold() in (f"sep={separator}", "sep=" + separator * len(cells))


@dataclass
class _Lines:
    """The lines of a file, of which a row may hold several in quotes; a row that would not end is refused."""

    file: str
    lines: TextIO
    row: int = 1
    taken: int = 0

    def __iter__(self) -> Iterator[str]:
        while line := self.lines.readline(LINE_LIMIT):
            self.taken += len(line)
            if self.taken >= LINE_LIMIT:
                message = f"is a row of more than {LINE_LIMIT:,} characters"
                where = f"{self.file}, row {self.row}"
                raise InputError(f"{where} {message}.", errors=[_fault(self.file, message, self.row)])
            yield line


def _encoding(file: str, path: Path, told: str | None) -> tuple[str, bool]:
    """Return the encoding of a text file, and whether it was guessed."""
    with path.open("rb") as raw:
        start = raw.read(4)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16", False
    telling = _not_utf8(path)
    if not telling:
        return "utf-8-sig", False
    if told:
        try:
            telling.decode(told)
        except (LookupError, ValueError):
            message = f"is not written in {shown(told)}"
            raise InputError(f"{file} {message}.", errors=[_fault(file, message)]) from None
        return told, False
    for encoding in (WESTERN, *OLD_WESTERN):
        if _reads_as_western(telling, encoding):
            return encoding, True
    from charset_normalizer import from_bytes

    best = from_bytes(telling).best()
    return best.encoding if best else WESTERN, True


def _reads_as_western(telling: bytes, encoding: str) -> bool:
    """Tell whether a file that is no UTF-8 makes sense in a western code page.

    That is asked first, for a few accented letters fit any code page, and statistics say little about them.
    It makes no sense where letters of another code page become signs inside words or capitals after small
    letters, or where the words that are not plain consist of accented letters for the most part, as Cyrillic
    and Greek ones would. In what hardly anybody writes any more nothing but letters may stand.
    """
    try:
        text = telling.decode(encoding)
    except UnicodeDecodeError:
        return False
    if CAPITAL_IN_WORD.search(text):
        return False
    if encoding != WESTERN and any(not (char.isascii() or char.isalpha()) for char in text):
        return False
    words = [word for word in WORD.findall(text) if not word.isascii()]
    letters = "".join(words)
    plain = sum(letter.isascii() for letter in letters)
    return not SIGN_IN_WORD.search(text) and 2 * plain >= len(letters)


def _not_utf8(path: Path) -> bytes:
    """Return the lines that are no UTF-8, as far as they fit a sample; nothing if all are."""
    telling = bytearray()
    with path.open("rb") as raw:
        while line := raw.readline(LINE_LIMIT):
            if line.isascii():
                continue
            try:
                # A line cut at the limit may end inside a character.
                line.decode("utf-8") if len(line) < LINE_LIMIT else line[:-3].decode("utf-8", "ignore")
            except UnicodeDecodeError:
                telling += line
                if len(telling) > SAMPLE:
                    break
    return bytes(telling)
